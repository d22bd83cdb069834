package pagetoken_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"cosell/internal/pagetoken"
)

func sealer(t testing.TB, key byte) *pagetoken.Sealer {
	t.Helper()
	k := make([]byte, pagetoken.KeySize)
	k[0] = key
	s, err := pagetoken.New(k, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRoundTrip(t *testing.T) {
	s := sealer(t, 1)
	for _, p := range []pagetoken.Position{
		{},
		{Number: -1, ID: "O1"},
		{Number: 1 << 62, Text: "acme \x00 gmbh", ID: "O9223372036854775807"},
	} {
		token, err := s.Seal([]byte("scope"), p)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Open([]byte("scope"), token)
		if err != nil || got != p {
			t.Errorf("Open = %+v, %v; want %+v", got, err, p)
		}
		if strings.Contains(token, "acme") {
			t.Errorf("the token shows what it holds: %s", token)
		}
	}
}

// A command line would take a token that begins with a hyphen for an option.
func TestNoTokenBeginsWithAHyphen(t *testing.T) {
	key := make([]byte, pagetoken.KeySize)
	first := append([]byte{0xf8}, make([]byte, 11)...) // a nonce whose text begins with a hyphen
	s, err := pagetoken.New(key, bytes.NewReader(append(first, make([]byte, 12)...)))
	if err != nil {
		t.Fatal(err)
	}
	if token, err := s.Seal(nil, pagetoken.Position{}); err != nil || token[0] != 'A' {
		t.Errorf("Seal = %s, %v; want the text of the second nonce", token, err)
	}
}

func TestRefused(t *testing.T) {
	s := sealer(t, 1)
	token, err := s.Seal([]byte("scope"), pagetoken.Position{Number: 1, ID: "O1"})
	if err != nil {
		t.Fatal(err)
	}
	flipped := []byte(token)
	flipped[len(flipped)/2] ^= 1
	for name, open := range map[string]func() error{
		"another list":         func() error { _, err := s.Open([]byte("other"), token); return err },
		"another installation": func() error { _, err := sealer(t, 2).Open([]byte("scope"), token); return err },
		"a changed byte":       func() error { _, err := s.Open([]byte("scope"), string(flipped)); return err },
		"a cut token":          func() error { _, err := s.Open([]byte("scope"), token[:8]); return err },
		"not base64":           func() error { _, err := s.Open([]byte("scope"), "%%%"); return err },
		"nothing":              func() error { _, err := s.Open([]byte("scope"), ""); return err },
	} {
		t.Run(name, func(t *testing.T) {
			if err := open(); !errors.Is(err, pagetoken.ErrInvalid) {
				t.Errorf("got %v, want ErrInvalid", err)
			}
		})
	}
}

func TestKeySize(t *testing.T) {
	if _, err := pagetoken.New(make([]byte, 16), rand.Reader); err == nil {
		t.Error("a short key was taken")
	}
}

func FuzzOpen(f *testing.F) {
	// The processes of a fuzzer must agree on which token is no forgery.
	s, err := pagetoken.New(make([]byte, pagetoken.KeySize), strings.NewReader("a nonce, always the same"))
	if err != nil {
		f.Fatal(err)
	}
	token, err := s.Seal([]byte("scope"), pagetoken.Position{Text: "x", ID: "O1"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Add("")
	f.Fuzz(func(t *testing.T, fuzzed string) {
		p, err := s.Open([]byte("scope"), fuzzed)
		if err == nil && fuzzed != token {
			t.Errorf("forged token %q opens as %+v", fuzzed, p)
		}
	})
}
