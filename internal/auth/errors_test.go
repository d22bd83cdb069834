package auth

import (
	"context"
	"errors"
	"strings"
	"testing"

	"cosell/internal/api"
)

// TestMismatchShowsWhatWasSigned pins the two texts callers compare with theirs.
func TestMismatchShowsWhatWasSigned(t *testing.T) {
	t.Parallel()
	c := newCall()
	c.secret = "wrong"
	c.Header.Set("X-Amz-Security-Token", "session-credential")
	c.Header.Set("X-Amz-Meta", "caf\xe9")
	c.signed = []string{"content-type", "host", "x-amz-date", "x-amz-meta", "x-amz-security-token", "x-amz-target"}
	c.sign(t)
	_, err := newDevVerifier().Verify(c.Request, []byte(c.body))
	wantError(t, err, invalidSignature, `
The Canonical String for this request should have been
'POST
/

content-type:application/x-amz-json-1.0
host:127.0.0.1:8787
x-amz-date:20260309T015025Z
x-amz-meta:caf`+"\uFFFD"+`
x-amz-security-token:(hidden)
x-amz-target:AWSPartnerCentralSelling.GetOpportunity

content-type;host;x-amz-date;x-amz-meta;x-amz-security-token;x-amz-target
`+sum(c.body)+`'

The String-to-Sign should have been
'AWS4-HMAC-SHA256
20260309T015025Z
20260309/us-east-1/partnercentral-selling/aws4_request
`)
	if strings.Contains(err.Error(), "session-credential") {
		t.Error("the message shows the session token")
	}
}

// TestErrorsKeepSecrets puts a secret where a mistaken caller might.
func TestErrorsKeepSecrets(t *testing.T) {
	t.Parallel()
	const secret = "hunter2hunter2"
	for _, value := range []string{
		algorithm + " Credential=" + secret,
		algorithm + " Credential=" + secret + ", SignedHeaders=host, Signature=00",
		algorithm + " " + secret,
		algorithm + " " + secret + "=1",
		"Basic " + secret,
	} {
		if _, err := parseAuthorization(value); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("parseAuthorization(%q) = %v", value, err)
		}
	}
}

type brokenKeys struct{ err error }

func (k brokenKeys) Lookup(context.Context, string, string) (Key, error) { return Key{}, k.err }

func TestFailedLookupIsOurFault(t *testing.T) {
	t.Parallel()
	cause := errors.New("disk on fire")
	c := newCall()
	c.sign(t)
	_, err := NewVerifier(brokenKeys{cause}, at(signedAt), service).Verify(c.Request, []byte(c.body))
	wantError(t, err, api.TypeInternalServer, "")
	if !errors.Is(err, cause) {
		t.Errorf("%v does not wrap its cause", err)
	}
}
