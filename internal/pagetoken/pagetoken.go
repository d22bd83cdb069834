// Package pagetoken seals and opens the NextToken of lists: the position of the last
// record of a page, which a client can neither read nor forge, bound to its list.
package pagetoken

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"cosell/internal/seal"
)

// KeySize is the length of a sealer's key in bytes.
const KeySize = seal.KeySize

// ErrInvalid reports that a token was not issued by this installation for this list:
// it is damaged, or belongs to another account, operation, filter or order.
var ErrInvalid = errors.New("the page token does not belong to this list")

// Position is the position of a record in a sorted list: the value it is sorted by,
// a number or a text, and the identifier that breaks ties.
type Position struct {
	Number int64
	Text   string
	ID     string
}

// Sealer seals and opens page tokens.
type Sealer struct{ sealer *seal.Sealer }

// New returns a Sealer with a key of KeySize bytes that reads its nonces from
// random.
func New(key []byte, random io.Reader) (*Sealer, error) {
	sealer, err := seal.New(key, random)
	if err != nil {
		return nil, fmt.Errorf("pagetoken: %w", err)
	}
	return &Sealer{sealer}, nil
}

// Seal returns the token for a position in the list that scope names: the
// account, operation, filters and order.
func (s *Sealer) Seal(scope []byte, p Position) (string, error) {
	plain := binary.AppendVarint(nil, p.Number)
	plain = binary.AppendUvarint(plain, uint64(len(p.Text)))
	plain = append(plain, p.Text...)
	plain = append(plain, p.ID...)
	for {
		sealed, err := s.sealer.Seal(plain, scope)
		if err != nil {
			return "", fmt.Errorf("pagetoken: %w", err)
		}
		// A command line takes what begins with a hyphen for an option: seal again,
		// with another nonce.
		if token := base64.RawURLEncoding.EncodeToString(sealed); token[0] != '-' {
			return token, nil
		}
	}
}

// Open returns the position in a token, or ErrInvalid.
func (s *Sealer) Open(scope []byte, token string) (Position, error) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil {
		return Position{}, ErrInvalid
	}
	plain, err := s.sealer.Open(sealed, scope)
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
