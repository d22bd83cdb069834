package auth

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var keyScope = scope{"20260309", "us-east-1", service}

// head is what stands before the signature in the header of the client of an
// access key.
func head(accessKeyID string) string {
	return algorithm + " Credential=" + accessKeyID + "/" + string(keyScope.appendTo(nil)) + ", SignedHeaders=host, Signature="
}

// remembered returns a memory in which a client's first request was verified.
func remembered(t *testing.T) *signings {
	t.Helper()
	s := new(signings)
	first, err := parseAuthorization(head("AKID") + "aa")
	if err != nil {
		t.Fatal(err)
	}
	s.keep(head("AKID")+"aa", first.signing, first.keyOf("old"))
	return s
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
	s := remembered(t)
	found, ok := s.find(head("AKID") + "bb")
	if !ok || found.signature != "bb" || found.keyOf("old") != found.key || !signsAs(found.key, deriveKey("old", keyScope)) {
		t.Errorf("found %+v, %t", found, ok)
	}
	s.keep(head("AKID")+"bb", found.signing, found.key)
	if again, _ := s.find(head("AKID") + "cc"); again.signing != found.signing || len(s.known) != 1 {
		t.Error("kept again")
	}
}

func TestOnlyTheSameTextIsFound(t *testing.T) {
	t.Parallel()
	s := remembered(t)
	for _, value := range []string{
		head("OTHER") + "aa",
		strings.Replace(head("AKID"), "20260309", "20260310", 1) + "aa",
		strings.Replace(head("AKID"), "host", "host;x-amz-date", 1) + "aa",
		head("AKID"),
		head("AKID") + "aa, SignedHeaders=host",
		head("AKID") + "aa ",
		strings.ToLower(head("AKID")) + "aa",
		"",
	} {
		if found, ok := s.find(value); ok {
			t.Errorf("%q is taken for %+v", value, found)
		}
	}
}

func TestNewSecretReplacesTheOld(t *testing.T) {
	t.Parallel()
	s := remembered(t)
	found, _ := s.find(head("AKID") + "aa")
	derived := found.keyOf("new")
	if !signsAs(derived, deriveKey("new", keyScope)) {
		t.Error("the key of the old secret")
	}
	s.keep(head("AKID")+"aa", found.signing, derived)
	if again, _ := s.find(head("AKID") + "aa"); again.keyOf("new") != derived {
		t.Error("the key of the old secret is kept")
	}
}

func TestMemoryOfSigningsIsBounded(t *testing.T) {
	t.Parallel()
	s := remembered(t)
	found, _ := s.find(head("AKID") + "aa")
	for i := range 2*maxSignings + 1 {
		s.keep(head(strconv.Itoa(i))+"aa", found.signing, new(signingKey))
	}
	if len(s.known) == 0 || len(s.known) > maxSignings {
		t.Errorf("%d kept", len(s.known))
	}
	long := head(strings.Repeat("A", maxSigningText)) + "aa"
	s.keep(long, found.signing, new(signingKey))
	if _, ok := s.find(long); ok {
		t.Error("a long text is kept")
	}
}

// TestOnlyVerifiedSigningsAreKept guards the memory against whoever has no secret.
func TestOnlyVerifiedSigningsAreKept(t *testing.T) {
	t.Parallel()
	v := newDevVerifier()
	c := newCall()
	c.secret = "wrong"
	c.sign(t)
	if _, err := v.Verify(c.Request, []byte(c.body)); err == nil || len(v.signings.known) != 0 {
		t.Errorf("a wrong signature (%v) left %d", err, len(v.signings.known))
	}
	c.secret = "test"
	for range 2 {
		c.sign(t)
		if _, err := v.Verify(c.Request, []byte(c.body)); err != nil || len(v.signings.known) != 1 {
			t.Errorf("a right signature (%v) left %d", err, len(v.signings.known))
		}
	}
	// What is known is no reason to believe.
	c.secret = "wrong"
	c.sign(t)
	_, err := v.Verify(c.Request, []byte(c.body))
	wantRefusal(t, err)
}

// FuzzKnownSigning reads headers that begin like a known one, which must say what
// they say to whoever reads all of them.
func FuzzKnownSigning(f *testing.F) {
	for _, end := range []string{"aa", "", "a=b", "aa ", "\taa", "aa,", "aa, Signature=bb", "Signature=aa", ", SignedHeaders=date, Signature=aa"} {
		f.Add(end)
	}
	f.Fuzz(func(t *testing.T, end string) {
		value := head("AKID") + end
		found, ok := remembered(t).find(value)
		if !ok {
			return
		}
		want, err := parseAuthorization(value)
		if err != nil || found.keyID != want.keyID || found.scope != want.scope || found.signature != want.signature ||
			!slices.Equal(found.signedHeaders, want.signedHeaders) {
			t.Errorf("%q is taken for %+v, %+v; want %+v, %v", value, found, found.signing, want, err)
		}
	})
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
