package auth

import "sync"

// maxDerived bounds the memory of derivedKeys to well under a megabyte.
const maxDerived = 4096

// derivedKeys remembers signing keys. A client signs with the same one all day,
// and deriving it costs four times what checking a signature with it does. The
// zero value is ready for use.
type derivedKeys struct {
	mu   sync.RWMutex
	keys map[derivedID]derivedKey
}

type derivedID struct {
	keyID string
	scope scope
}

type derivedKey struct {
	secret     string // what it was derived from: an id may get another secret
	signingKey []byte
}

// get returns the signing key of key for s.
func (d *derivedKeys) get(key Key, s scope) []byte {
	d.mu.RLock()
	known, ok := d.keys[derivedID{key.Principal.AccessKeyID, s}]
	d.mu.RUnlock()
	if ok && known.secret == key.Secret {
		return known.signingKey
	}
	return deriveKey(key.Secret, s)
}

// keep remembers a signing key. It is called for verified requests only:
// whoever holds no secret cannot push anything out.
func (d *derivedKeys) keep(key Key, s scope, signingKey []byte) {
	id := derivedID{key.Principal.AccessKeyID, s}
	d.mu.RLock()
	known, ok := d.keys[id]
	d.mu.RUnlock()
	if ok && known.secret == key.Secret {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.keys == nil {
		d.keys = make(map[derivedID]derivedKey)
	}
	// Yesterday's keys are never asked for again, and the rest is back at the
	// price of one derivation each, so nothing is worth choosing what to drop.
	if len(d.keys) >= maxDerived {
		clear(d.keys)
	}
	d.keys[id] = derivedKey{key.Secret, signingKey}
}

func deriveKey(secret string, s scope) []byte {
	key := hmacSHA256([]byte("AWS4"+secret), s.date)
	key = hmacSHA256(key, s.region)
	key = hmacSHA256(key, s.service)
	return hmacSHA256(key, terminator)
}
