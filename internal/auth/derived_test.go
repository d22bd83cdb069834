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

// signsAs tells whether two keys sign alike, the first time and the next.
func signsAs(a, b *signingKey) bool {
	alike := true
	for _, text := range []string{"one", "two"} {
		alike = alike && bytes.Equal(a.sign(nil, []byte(text)), b.sign(nil, []byte(text)))
	}
	return alike
}

func TestKeptKeyIsTheDerivedOne(t *testing.T) {
	t.Parallel()
	key, d := keptKey()
	got := d.get(key, keyScope)
	if !signsAs(got, deriveKey("old", keyScope)) || len(d.keys) != 1 {
		t.Errorf("another key, or %d keys", len(d.keys))
	}
	if again := d.get(key, keyScope); again != got {
		t.Error("derived again")
	}
}

func TestAnotherScopeHasAnotherKey(t *testing.T) {
	t.Parallel()
	key, d := keptKey()
	other := scope{"20260310", "us-east-1", service}
	if !signsAs(d.get(key, other), deriveKey("old", other)) {
		t.Error("the key of the first scope")
	}
}

func TestNewSecretReplacesTheOld(t *testing.T) {
	t.Parallel()
	key, d := keptKey()
	key.Secret = "new"
	want := deriveKey("new", keyScope)
	if !signsAs(d.get(key, keyScope), want) {
		t.Error("the key of the old secret")
	}
	d.keep(key, keyScope, want)
	if got := d.get(key, keyScope); got != want {
		t.Error("the key of the old secret is kept")
	}
}

func TestMemoryOfKeysIsBounded(t *testing.T) {
	t.Parallel()
	key, d := keptKey()
	for i := range 2*maxDerived + 1 {
		key.Principal.AccessKeyID = strconv.Itoa(i)
		d.keep(key, keyScope, new(signingKey))
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
