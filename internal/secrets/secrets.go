// Package secrets reads and creates the secrets of an installation, which all
// processes share through the store, sealed with a key that is not in the store.
package secrets

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"cosell/internal/seal"
	"cosell/internal/store"
)

// KeySize is the length of the key in bytes.
const KeySize = seal.KeySize

// sealedPrefix begins a sealed secret; others are stored in plain.
const sealedPrefix = "sealed:1:"

// Errors of a key that does not fit the stored secrets.
var (
	// ErrNoKey reports that the stored secrets are sealed and no key was given.
	ErrNoKey = errors.New("the secrets in the store are sealed: give the key they were sealed with")
	// ErrWrongKey reports that the stored secrets were sealed with another key.
	ErrWrongKey = errors.New("the secrets in the store were sealed with another key")
)

// Keeper reads and creates secrets. Without a key they are stored in plain, readable
// by whoever can read the store.
type Keeper struct {
	sealer *seal.Sealer // nil without a key
	random io.Reader
}

// New returns a Keeper. key has KeySize bytes, or is nil.
func New(key []byte, random io.Reader) (*Keeper, error) {
	if key == nil {
		return &Keeper{random: random}, nil
	}
	sealer, err := seal.New(key, random)
	if err != nil {
		return nil, err
	}
	return &Keeper{sealer: sealer, random: random}, nil
}

// ParseKey parses a key: KeySize bytes in base64, with or without surrounding space.
func ParseKey(text string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) != KeySize {
		return nil, fmt.Errorf("key: must be %d random bytes in base64, as printed by `openssl rand -base64 %[1]d`", KeySize)
	}
	return key, nil
}

// Bytes returns a secret of a size, which the first call creates. A secret that was
// stored before there was a key is sealed now.
func (k *Keeper) Bytes(tx *store.Tx, name string, size int) ([]byte, error) {
	made := make([]byte, size)
	if _, err := io.ReadFull(k.random, made); err != nil {
		return nil, fmt.Errorf("make secret: %w", err)
	}
	candidate, err := k.seal(name, made)
	if err != nil {
		return nil, err
	}
	stored, err := tx.Secret(name, func() string { return candidate })
	if err != nil {
		return nil, fmt.Errorf("read secret: %w", err)
	}
	secret, err := k.open(name, stored)
	if err != nil || k.sealer == nil || strings.HasPrefix(stored, sealedPrefix) {
		return secret, err
	}
	sealed, err := k.seal(name, secret)
	if err != nil {
		return nil, err
	}
	return secret, tx.PutSecret(name, sealed)
}

// Put stores a secret that comes from elsewhere, in place of one of the name.
func (k *Keeper) Put(tx *store.Tx, name string, secret []byte) error {
	sealed, err := k.seal(name, secret)
	if err != nil {
		return err
	}
	return tx.PutSecret(name, sealed)
}

func (k *Keeper) seal(name string, secret []byte) (string, error) {
	if k.sealer == nil {
		return base64.StdEncoding.EncodeToString(secret), nil
	}
	sealed, err := k.sealer.Seal(secret, []byte(name))
	if err != nil {
		return "", fmt.Errorf("secret %s: %w", name, err)
	}
	return sealedPrefix + base64.StdEncoding.EncodeToString(sealed), nil
}

func (k *Keeper) open(name, stored string) ([]byte, error) {
	text, sealed := strings.CutPrefix(stored, sealedPrefix)
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("secret %s is damaged: %w", name, err)
	}
	switch {
	case !sealed:
		return data, nil
	case k.sealer == nil:
		return nil, ErrNoKey
	}
	secret, err := k.sealer.Open(data, []byte(name))
	if err != nil {
		return nil, ErrWrongKey
	}
	return secret, nil
}
