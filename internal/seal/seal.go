// Package seal keeps texts from being read or changed by whoever holds them: a
// sealed text is a nonce and what AES-256-GCM makes of the text.
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

// ErrBroken says that a text was not sealed with this key for this purpose.
var ErrBroken = errors.New("the seal is broken")

// Sealer seals and opens texts with one key. It is safe for concurrent use where
// its source of randomness is.
type Sealer struct {
	aead   cipher.AEAD
	random io.Reader
}

// New returns a Sealer with a key of KeySize bytes that draws its nonces from
// random.
func New(key []byte, random io.Reader) (*Sealer, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("the key has %d bytes; it must have %d", len(key), KeySize)
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

// Seal returns a text sealed for a purpose, which is needed again to open it.
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
