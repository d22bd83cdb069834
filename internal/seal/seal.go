// Package seal encrypts and authenticates short texts with AES-256-GCM. A sealed
// text is a nonce followed by the ciphertext.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
)

// KeySize is the length of a key in bytes.
const KeySize = 32

// ErrBroken reports that a text was not sealed with this key for this purpose.
var ErrBroken = errors.New("the text was not sealed with this key for this purpose")

// Sealer seals and opens texts with one key. It is safe for concurrent use if its
// source of randomness is.
type Sealer struct {
	aead   cipher.AEAD
	random io.Reader
}

// New returns a Sealer with a key of KeySize bytes that reads its nonces from
// random.
func New(key []byte, random io.Reader) (*Sealer, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("key: has %d bytes; must have %d", len(key), KeySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &Sealer{aead: aead, random: random}, nil
}

// Seal returns a text sealed for a purpose. Open needs the same purpose.
func (s *Sealer) Seal(text, purpose []byte) ([]byte, error) {
	nonce := make([]byte, s.aead.NonceSize(), s.aead.NonceSize()+len(text)+s.aead.Overhead())
	if _, err := io.ReadFull(s.random, nonce); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return s.aead.Seal(nonce, nonce, text, purpose), nil
}

// Open returns the text that was sealed for a purpose, or ErrBroken.
func (s *Sealer) Open(sealed, purpose []byte) ([]byte, error) {
	size := s.aead.NonceSize()
	if len(sealed) < size {
		return nil, ErrBroken
	}
	text, err := s.aead.Open(nil, sealed[:size], sealed[size:], purpose)
	if err != nil {
		return nil, ErrBroken
	}
	return text, nil
}
