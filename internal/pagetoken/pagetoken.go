// Package pagetoken makes the NextToken of lists: the place of the last record
// of a page, sealed so that a client can neither read nor forge it, and bound to
// the list it came from.
package pagetoken

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// KeySize is the length of a sealer's key in bytes.
const KeySize = 32

// ErrInvalid says that a token was not made by this installation for this list:
// it is damaged, or belongs to another account, operation, filter or order.
var ErrInvalid = errors.New("the page token does not belong to this list")

// Position is the place of a record in a sorted list: the value it is sorted by,
// which is a number or a text, and the identifier that settles ties.
type Position struct {
	Number int64
	Text   string
	ID     string
}

// Sealer seals and opens page tokens.
type Sealer struct {
	aead cipher.AEAD
	rand io.Reader
}

// New returns a Sealer with a key of KeySize bytes that draws its nonces from
// random.
func New(key []byte, random io.Reader) (*Sealer, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("pagetoken: key of %d bytes, want %d", len(key), KeySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &Sealer{aead: aead, rand: random}, nil
}

// Seal returns the token for a position in the list that scope names: the
// account, operation, filters and order.
func (s *Sealer) Seal(scope []byte, p Position) (string, error) {
	sealed := make([]byte, s.aead.NonceSize(), s.aead.NonceSize()+16+len(p.Text)+len(p.ID)+s.aead.Overhead())
	if _, err := io.ReadFull(s.rand, sealed); err != nil {
		return "", fmt.Errorf("pagetoken: %w", err)
	}
	plain := binary.AppendVarint(nil, p.Number)
	plain = binary.AppendUvarint(plain, uint64(len(p.Text)))
	plain = append(plain, p.Text...)
	plain = append(plain, p.ID...)
	sealed = s.aead.Seal(sealed, sealed, plain, scope)
	return base64.RawURLEncoding.EncodeToString(sealed), nil
}

// Open returns the position in a token, or ErrInvalid.
func (s *Sealer) Open(scope []byte, token string) (Position, error) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(sealed) < s.aead.NonceSize() {
		return Position{}, ErrInvalid
	}
	nonce, sealed := sealed[:s.aead.NonceSize()], sealed[s.aead.NonceSize():]
	plain, err := s.aead.Open(nil, nonce, sealed, scope)
	if err != nil {
		return Position{}, ErrInvalid
	}
	number, n := binary.Varint(plain)
	if n <= 0 {
		return Position{}, ErrInvalid
	}
	plain = plain[n:]
	length, n := binary.Uvarint(plain)
	if n <= 0 || length > math.MaxInt32 || int(length) > len(plain)-n {
		return Position{}, ErrInvalid
	}
	plain = plain[n:]
	return Position{Number: number, Text: string(plain[:length]), ID: string(plain[length:])}, nil
}
