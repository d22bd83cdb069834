package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strings"
	"sync"
)

// signing is what an Authorization header says besides the signature: who signed
// what. It is immutable once shared.
type signing struct {
	keyID         string
	scope         scope
	signedHeaders []string // lower case, sorted, no two alike
	// key verified an earlier request with the same header; nil if there was none.
	key *signingKey
}

const (
	// maxSignings and maxSigningText limit the memory of signings to a megabyte.
	maxSignings    = 1024
	maxSigningText = 512
)

// signings caches parsed Authorization headers with their signing key, by the text
// up to the signature. A client sends the same text all day; parsing it costs half
// as much as the rest of a verification, and deriving the key four times as much.
// The zero value is ready for use.
type signings struct {
	mu    sync.RWMutex
	known map[string]*signing
}

// signatureName begins the part of an Authorization header that clients send last.
const signatureName = "Signature="

// cutSignature splits the value of an Authorization header before the signature.
// It does not find a signature that is not last.
func cutSignature(value string) (before, signature string, found bool) {
	i := strings.LastIndex(value, signatureName) + len(signatureName)
	if i < len(signatureName) || i > maxSigningText || strings.ContainsAny(value[i:], ", \t") || i == len(value) {
		return "", "", false
	}
	return value[:i], value[i:], true
}

// find returns the parsed value of an Authorization header that was seen before.
func (s *signings) find(value string) (authorization, bool) {
	before, signature, found := cutSignature(value)
	if !found {
		return authorization{}, false
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	known, found := s.known[before]
	return authorization{signing: known, signature: signature}, found
}

// keep caches how a request was signed and the key that verified it. It is called
// for verified requests only, so that strangers cannot evict entries.
func (s *signings) keep(value string, given *signing, key *signingKey) {
	if given.key == key {
		return // the usual case: it is cached
	}
	before, _, found := cutSignature(value)
	if !found {
		return
	}
	verified := *given
	verified.key = key
	s.mu.Lock()
	defer s.mu.Unlock()
	// Dropping everything is fine: keys from earlier days are never used again, and
	// a current key costs one derivation to rebuild.
	if len(s.known) >= maxSignings || s.known == nil {
		s.known = map[string]*signing{}
	}
	s.known[strings.Clone(before)] = &verified // value is part of a larger buffer
}

// keyOf returns the signing key for a secret, which may have changed since the
// cached key was derived.
func (s *signing) keyOf(secret string) *signingKey {
	if s.key != nil && s.key.secret == secret {
		return s.key
	}
	return deriveKey(secret, s.scope)
}

// signingKey is a derived key. It is safe for concurrent use.
type signingKey struct {
	secret string // what the key was derived from: the secret of an id may change
	// states are HMAC states with this key: creating one costs more than signing.
	states sync.Pool
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

// sign appends the signature of a text in hexadecimal.
func (k *signingKey) sign(b, toSign []byte) []byte {
	state, _ := k.states.Get().(hash.Hash) // the pool holds only hashes
	defer k.states.Put(state)
	state.Reset()
	state.Write(toSign)
	var sum [sha256.Size]byte
	return hex.AppendEncode(b, state.Sum(sum[:0]))
}
