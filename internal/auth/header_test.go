package auth

import (
	"slices"
	"strings"
	"testing"
)

func TestParseAuthorization(t *testing.T) {
	t.Parallel()
	const list = "!#$%&'*+-.^_`|~09az;host" // every kind of character a field name may have
	got, err := parseAuthorization(algorithm + "  Credential=AKID/20260309/local/events/aws4_request ,\tSignature=ab=c,SignedHeaders=" + list)
	if err != nil {
		t.Fatal(err)
	}
	if got.keyID != "AKID" || got.scope != (scope{"20260309", "local", "events"}) || got.signature != "ab=c" ||
		!slices.Equal(got.signedHeaders, strings.Split(list, ";")) {
		t.Errorf("got %+v", got)
	}
}

func FuzzAuthorizationHeader(f *testing.F) {
	c := newCall()
	c.sign(f)
	valid := c.Header.Get("Authorization")
	for _, seed := range []string{
		valid,
		"",
		algorithm,
		"Bearer x",
		valid[:len(valid)/2],
		strings.ReplaceAll(valid, ", ", ","),
		strings.ReplaceAll(valid, "/", ";"),
		strings.ReplaceAll(valid, ";", ";;"),
		strings.ReplaceAll(valid, "us-east-1", "é"),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		a, err := parseAuthorization(value)
		if err != nil {
			wantRefusal(t, err)
			return
		}
		if a.keyID == "" || a.signature == "" || len(a.signedHeaders) == 0 || !slices.IsSorted(a.signedHeaders) ||
			a.scope.date == "" || a.scope.region == "" || a.scope.service == "" {
			t.Errorf("%q parsed as %+v", value, a)
		}
		// What was understood says the same when it is written out again.
		again, err := parseAuthorization(algorithm + " Credential=" + a.keyID + "/" + string(a.scope.appendTo(nil)) +
			", SignedHeaders=" + strings.Join(a.signedHeaders, ";") + ", Signature=" + a.signature)
		if err != nil || again.keyID != a.keyID || again.scope != a.scope || again.signature != a.signature ||
			!slices.Equal(again.signedHeaders, a.signedHeaders) {
			t.Errorf("%q parsed as %+v, and that as %+v, %v", value, a, again, err)
		}
		// The right key is not known to whoever wrote this.
		c := newCall()
		c.Header.Set("Authorization", value)
		principal, err := newDevVerifier().Verify(c.Request, []byte(c.body))
		if value != valid && a.signature != validSignature(valid) {
			wantRefusal(t, err)
			if principal != (Principal{}) {
				t.Errorf("%q speaks for %+v", value, principal)
			}
		}
	})
}

func validSignature(authorization string) string {
	_, signature, _ := strings.Cut(authorization, "Signature=")
	return signature
}
