package secrets_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"cosell/internal/secrets"
	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

func TestSecretsAndKeys(t *testing.T) {
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.WithoutSync())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	one, other := bytes.Repeat([]byte{1}, secrets.KeySize), bytes.Repeat([]byte{2}, secrets.KeySize)
	var stored string
	read := func(key []byte) (secret []byte, err error) {
		t.Helper()
		keeper, err := secrets.New(key, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		err = s.Update(t.Context(), func(tx *store.Tx) error {
			secret, err = keeper.Bytes(tx, "token", 16)
			if err != nil {
				return err
			}
			stored, err = tx.Secret("token", func() string { return "" })
			return err
		})
		return secret, err
	}
	first, err := read(nil)
	if err != nil || len(first) != 16 {
		t.Fatalf("made %x, %v", first, err)
	}
	if again, err := read(nil); err != nil || !bytes.Equal(again, first) {
		t.Errorf("read %x, %v; want the one that was made", again, err)
	}
	if sealed, err := read(one); err != nil || !bytes.Equal(sealed, first) {
		t.Errorf("a key came: %x, %v; want the same secret", sealed, err)
	}
	if strings.Contains(stored, base64.StdEncoding.EncodeToString(first)) || !strings.HasPrefix(stored, "sealed:") {
		t.Errorf("stored as %q, want it sealed once there is a key", stored)
	}
	if sealed, err := read(one); err != nil || !bytes.Equal(sealed, first) {
		t.Errorf("sealed: %x, %v; want the same secret", sealed, err)
	}
	if _, err := read(nil); !errors.Is(err, secrets.ErrNoKey) {
		t.Errorf("without the key: %v, want ErrNoKey", err)
	}
	if _, err := read(other); !errors.Is(err, secrets.ErrWrongKey) {
		t.Errorf("with another key: %v, want ErrWrongKey", err)
	}
}

func TestParseKey(t *testing.T) {
	key := bytes.Repeat([]byte{7}, secrets.KeySize)
	if got, err := secrets.ParseKey(base64.StdEncoding.EncodeToString(key) + "\n"); err != nil || !bytes.Equal(got, key) {
		t.Errorf("got %x, %v", got, err)
	}
	for _, bad := range []string{"", "abc", "%%", base64.StdEncoding.EncodeToString(key[:16])} {
		if _, err := secrets.ParseKey(bad); err == nil {
			t.Errorf("%q was taken for a key", bad)
		}
	}
	if _, err := secrets.New(key[:5], rand.Reader); err == nil {
		t.Error("a short key was taken")
	}
}
