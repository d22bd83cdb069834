package seal_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"

	"cosell/internal/seal"
)

func TestSeal(t *testing.T) {
	sealer := func(key byte) *seal.Sealer {
		s, err := seal.New(bytes.Repeat([]byte{key}, seal.KeySize), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	one, text, purpose := sealer(1), []byte("text"), []byte("purpose")
	sealed, err := one.Seal(text, purpose)
	if err != nil || bytes.Contains(sealed, text) {
		t.Fatalf("Seal = %q, %v", sealed, err)
	}
	if again, _ := one.Seal(text, purpose); bytes.Equal(again, sealed) {
		t.Error("sealed alike twice")
	}
	if got, err := sealer(1).Open(sealed, purpose); err != nil || !bytes.Equal(got, text) {
		t.Errorf("Open = %q, %v", got, err)
	}
	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"another key":     func() ([]byte, error) { return sealer(2).Open(sealed, purpose) },
		"another purpose": func() ([]byte, error) { return one.Open(sealed, []byte("other")) },
		"a changed byte":  func() ([]byte, error) { return one.Open(changed, purpose) },
		"cut short":       func() ([]byte, error) { return one.Open(sealed[:5], purpose) },
		"nothing":         func() ([]byte, error) { return one.Open(nil, purpose) },
	} {
		if got, err := open(); !errors.Is(err, seal.ErrBroken) {
			t.Errorf("%s: Open = %q, %v", name, got, err)
		}
	}
	if _, err := seal.New(make([]byte, seal.KeySize-1), rand.Reader); err == nil {
		t.Error("a short key is taken")
	}
}
