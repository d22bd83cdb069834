package auth

import (
	"bytes"
	"strconv"
	"testing"
)

var keyScope = scope{"20260309", "us-east-1", service}

// keptKey returns a key and the memory of it.
func keptKey() (Key, *derivedKeys) {
	key := Key{Principal: Principal{AccessKeyID: "AKID"}, Secret: "old"}
	d := new(derivedKeys)
	d.keep(key, keyScope, d.get(key, keyScope))
	return key, d
}

func TestKeptKeyIsTheDerivedOne(t *testing.T) {
	t.Parallel()
	key, d := keptKey()
	if got := d.get(key, keyScope); !bytes.Equal(got, deriveKey("old", keyScope)) || len(d.keys) != 1 {
		t.Errorf("got %x of %d keys", got, len(d.keys))
	}
}

func TestAnotherScopeHasAnotherKey(t *testing.T) {
	t.Parallel()
	key, d := keptKey()
	other := scope{"20260310", "us-east-1", service}
	if got := d.get(key, other); !bytes.Equal(got, deriveKey("old", other)) {
		t.Errorf("got %x", got)
	}
}

func TestNewSecretReplacesTheOld(t *testing.T) {
	t.Parallel()
	key, d := keptKey()
	key.Secret = "new"
	want := deriveKey("new", keyScope)
	if got := d.get(key, keyScope); !bytes.Equal(got, want) {
		t.Errorf("got %x", got)
	}
	d.keep(key, keyScope, want)
	if got := d.keys[derivedID{"AKID", keyScope}]; got.secret != "new" || !bytes.Equal(got.signingKey, want) {
		t.Errorf("kept %x", got.signingKey)
	}
}

func TestMemoryOfKeysIsBounded(t *testing.T) {
	t.Parallel()
	key, d := keptKey()
	for i := range 2*maxDerived + 1 {
		key.Principal.AccessKeyID = strconv.Itoa(i)
		d.keep(key, keyScope, nil)
	}
	if len(d.keys) == 0 || len(d.keys) > maxDerived {
		t.Errorf("%d keys kept", len(d.keys))
	}
}

// TestOnlyVerifiedKeysAreKept guards the memory against whoever has no secret.
func TestOnlyVerifiedKeysAreKept(t *testing.T) {
	t.Parallel()
	v := newDevVerifier()
	c := newCall()
	c.secret = "wrong"
	c.sign(t)
	if _, err := v.Verify(c.Request, []byte(c.body)); err == nil || len(v.derived.keys) != 0 {
		t.Errorf("a wrong signature (%v) left %d keys", err, len(v.derived.keys))
	}
	c.secret = "test"
	c.sign(t)
	if _, err := v.Verify(c.Request, []byte(c.body)); err != nil || len(v.derived.keys) != 1 {
		t.Errorf("a right signature (%v) left %d keys", err, len(v.derived.keys))
	}
}

func BenchmarkVerify(b *testing.B) {
	v := newDevVerifier()
	c := newCall()
	c.sign(b)
	body := []byte(c.body)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Verify(c.Request, body); err != nil {
			b.Fatal(err)
		}
	}
}
