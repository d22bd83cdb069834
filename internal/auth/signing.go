package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strings"
	"sync"
)

// signing is what an Authorization header says beside the signature: who signed
// what. It never changes once it is shared.
type signing struct {
	keyID         string
	scope         scope
	signedHeaders []string // lower case, sorted, no two alike
	// key verified a request that was signed so; nil where none was.
	key *signingKey
}

const (
	// maxSignings and maxSigningText bound the memory of signings to a megabyte.
	maxSignings    = 1024
	maxSigningText = 512
)

// signings remembers how clients sign, by the text of the header up to the
// signature. A client writes the same text all day, reading it costs half of what
// the rest of a verification does, and deriving its key four times as much. The
// zero value is ready for use.
type signings struct {
	mu    sync.RWMutex
	known map[string]*signing
}

// signatureName begins the part of an Authorization header that clients put last.
const signatureName = "Signature="

// cutSignature splits the value of an Authorization header before the signature,
// where nothing follows that.
func cutSignature(value string) (before, signature string, found bool) {
	i := strings.LastIndex(value, signatureName) + len(signatureName)
	if i < len(signatureName) || i > maxSigningText || strings.ContainsAny(value[i:], ", \t") || i == len(value) {
		return "", "", false
	}
	return value[:i], value[i:], true
}

// find reads the value of an Authorization header that began like one before.
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

// keep remembers how a request was signed, and the key that verified it. It is
// called for verified requests only: whoever holds no secret cannot push anything
// out.
func (s *signings) keep(value string, given *signing, key *signingKey) {
	if given.key == key {
		return // as nearly always
	}
	before, _, found := cutSignature(value)
	if !found {
		return
	}
	verified := *given
	verified.key = key
	s.mu.Lock()
	defer s.mu.Unlock()
	// Yesterday's are never asked for again, and the rest is back at the price of
	// one derivation each, so nothing is worth choosing what to drop.
	if len(s.known) >= maxSignings || s.known == nil {
		s.known = map[string]*signing{}
	}
	s.known[strings.Clone(before)] = &verified // not a part of a request
}

// keyOf returns the signing key for a secret, which may not be the one that was
// the key's before.
func (s *signing) keyOf(secret string) *signingKey {
	if s.key != nil && s.key.secret == secret {
		return s.key
	}
	return deriveKey(secret, s.scope)
}

// signingKey is a derived key. It is safe for concurrent use.
type signingKey struct {
	secret string // what it was derived from: an id may get another secret
	// states are of HMAC with this key, ready to sign: making one costs more
	// than signing with it does.
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

// sign appends the signature of a text, in hexadecimal digits.
func (k *signingKey) sign(b, toSign []byte) []byte {
	state, _ := k.states.Get().(hash.Hash) // the pool holds nothing else
	defer k.states.Put(state)
	state.Reset()
	state.Write(toSign)
	var sum [sha256.Size]byte
	return hex.AppendEncode(b, state.Sum(sum[:0]))
}
