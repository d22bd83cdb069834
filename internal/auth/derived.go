package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"sync"
)

// maxDerived bounds the memory of derivedKeys to well under a megabyte.
const maxDerived = 4096

// derivedKeys remembers signing keys. A client signs with the same one all day,
// and deriving it costs four times what checking a signature with it does. The
// zero value is ready for use.
type derivedKeys struct {
	mu   sync.RWMutex
	keys map[derivedID]*signingKey
}

type derivedID struct {
	keyID string
	scope scope
}

// signingKey is a derived key. It is safe for concurrent use.
type signingKey struct {
	secret string // what it was derived from: an id may get another secret
	// states are of HMAC with this key, ready to sign: making one costs more
	// than signing with it does.
	states sync.Pool
}

// get returns the signing key of key for s.
func (d *derivedKeys) get(key Key, s scope) *signingKey {
	if known := d.known(derivedID{key.Principal.AccessKeyID, s}); known != nil && known.secret == key.Secret {
		return known
	}
	return deriveKey(key.Secret, s)
}

func (d *derivedKeys) known(id derivedID) *signingKey {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.keys[id]
}

// keep remembers a signing key. It is called for verified requests only:
// whoever holds no secret cannot push anything out.
func (d *derivedKeys) keep(key Key, s scope, derived *signingKey) {
	id := derivedID{key.Principal.AccessKeyID, s}
	if d.known(id) == derived {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.keys == nil {
		d.keys = make(map[derivedID]*signingKey)
	}
	// Yesterday's keys are never asked for again, and the rest is back at the
	// price of one derivation each, so nothing is worth choosing what to drop.
	if len(d.keys) >= maxDerived {
		clear(d.keys)
	}
	d.keys[id] = derived
}

func deriveKey(secret string, s scope) *signingKey {
	key := []byte("AWS4" + secret)
	for _, part := range [...]string{s.date, s.region, s.service, terminator} {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(part))
		key = h.Sum(nil)
	}
	return &signingKey{
		secret: secret,
		states: sync.Pool{New: func() any { return hmac.New(sha256.New, key) }},
	}
}

// sign appends the signature of a text, in hexadecimal digits.
func (k *signingKey) sign(b, toSign []byte) []byte {
	state, _ := k.states.Get().(hash.Hash) // the pool holds nothing else
	defer k.states.Put(state)
	state.Reset()
	state.Write(toSign)
	var sum [sha256.Size]byte
	return hex.AppendEncode(b, state.Sum(sum[:0]))
}
