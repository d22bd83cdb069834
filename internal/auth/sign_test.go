package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"cosell/internal/api"
)

const service = "partnercentral-selling"

var signedAt = time.Date(2026, time.March, 9, 1, 50, 25, 0, time.UTC)

func at(now time.Time) func() time.Time { return func() time.Time { return now } }

func newDevVerifier() *Verifier { return NewVerifier(DevKeys{}, at(signedAt), service) }

// call is a request of the kind clients send, on its way to being signed. Its
// fields are what the signature is made with, right or wrong.
type call struct {
	*http.Request

	body          string
	keyID, secret string
	scope         scope
	at            time.Time
	signed        []string
}

func newCall() *call {
	const body = `{"Catalog":"Sandbox","Identifier":"O1234567"}`
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:8787/", strings.NewReader(body))
	r.Header = http.Header{
		"Content-Type": {"application/x-amz-json-1.0"},
		"X-Amz-Target": {"AWSPartnerCentralSelling.GetOpportunity"},
		"X-Amz-Date":   {signedAt.Format(basicTime)},
	}
	return &call{
		Request: r,
		body:    body,
		keyID:   "123456789012",
		secret:  "test",
		scope:   scope{"20260309", "us-east-1", service},
		at:      signedAt,
		signed:  []string{"content-type", "host", "x-amz-date", "x-amz-target"},
	}
}

// sign puts in the Authorization header what a client would that signs exactly
// as the fields say. It shares the canonical form with the verifier (which the
// published vectors and the SDK's signer hold to account) so that it can make
// signatures that are right over requests no SDK would make.
func (c *call) sign(t tester) {
	t.Helper()
	canonical, err := appendCanonicalRequest(nil, c.Request, c.signed, sum(c.body))
	if err != nil {
		t.Fatal(err)
	}
	key := deriveKey(c.secret, c.scope)
	c.Header.Set("Authorization", algorithm+
		" Credential="+c.keyID+"/"+string(c.scope.appendTo(nil))+
		", SignedHeaders="+strings.Join(c.signed, ";")+
		", Signature="+string(key.sign(nil, appendStringToSign(nil, []byte(c.at.Format(basicTime)), c.scope, canonical))))
}

// edit replaces text in the Authorization header.
func (c *call) edit(t tester, before, after string) {
	t.Helper()
	value := c.Header.Get("Authorization")
	if !strings.Contains(value, before) {
		t.Fatalf("no %q in %q", before, value)
	}
	c.Header.Set("Authorization", strings.Replace(value, before, after, 1))
}

// tester is what rapid.T and testing.TB have in common and is needed here.
type tester interface {
	Helper()
	Context() context.Context
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// sdkSign signs r as a Go client would; the date of the scope follows from at.
func sdkSign(t tester, r *http.Request, body string, keys aws.Credentials, s scope, at time.Time) {
	t.Helper()
	if err := v4.NewSigner().SignHTTP(t.Context(), keys, r, sum(body), s.service, s.region, at); err != nil {
		t.Fatal(err)
	}
}

func sum(body string) string {
	digest := sha256.Sum256([]byte(body))
	return hex.EncodeToString(digest[:])
}

// wantError checks type and text of an error of Verify.
func wantError(t tester, err error, errorType, says string) {
	t.Helper()
	e, ok := errors.AsType[*api.Error](err)
	if !ok {
		t.Fatalf("got %#v, want an *api.Error", err)
	}
	if e.Type != errorType || !strings.Contains(e.Message, says) {
		t.Errorf("got %s %q,\nwant %s …%q…", e.Type, e.Message, errorType, says)
	}
}

// overHTTP sends r to a real server and returns what its handler made of it.
func overHTTP(t *testing.T, v *Verifier, r *http.Request) (Principal, error) {
	t.Helper()
	var principal Principal
	var err error
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body []byte
		if body, err = io.ReadAll(r.Body); err == nil {
			principal, err = v.Verify(r, body)
		}
	}))
	defer server.Close()
	r.RequestURI = ""
	r.URL.Host = strings.TrimPrefix(server.URL, "http://")
	response, doErr := server.Client().Do(r)
	if doErr != nil {
		t.Fatal(doErr)
	}
	if closeErr := response.Body.Close(); closeErr != nil {
		t.Fatal(closeErr)
	}
	return principal, err
}

// wantRefusal checks that err is one of the refusals of this package.
func wantRefusal(t tester, err error) {
	t.Helper()
	switch e, ok := errors.AsType[*api.Error](err); {
	case !ok:
		t.Errorf("got %#v, want an *api.Error", err)
	case !slices.Contains([]string{missingToken, incomplete, invalidSignature, unrecognizedClient}, e.Type):
		t.Errorf("got %v, want a refusal", err)
	case !utf8.ValidString(e.Message):
		t.Errorf("the message %q is not UTF-8", e.Message)
	}
}
