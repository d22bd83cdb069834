package sts_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"cosell/internal/auth"
	"cosell/internal/sts"
)

var now = time.Date(2026, time.March, 9, 1, 50, 25, 0, time.UTC)

// signing is a key with its secret and the service that a signature is for.
type signing struct{ key, secret, service string }

// ask sends a form that is signed.
func ask(t *testing.T, keys auth.Keys, form string, by signing, change func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1:8787/", strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	sum := sha256.Sum256([]byte(form))
	credentials := aws.Credentials{AccessKeyID: by.key, SecretAccessKey: by.secret}
	if err := v4.NewSigner().SignHTTP(t.Context(), credentials, r, hex.EncodeToString(sum[:]), by.service, "us-east-1", now); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(r)
	}
	if !sts.Serves(r) {
		t.Fatal("the request is not one of STS")
	}
	w := httptest.NewRecorder()
	w.Header().Set("X-Amzn-Requestid", "request-1")
	verifier := auth.NewVerifier(keys, func() time.Time { return now }, sts.SigningName)
	sts.New(sts.Config{Verifier: verifier, Log: slog.New(slog.DiscardHandler)}).ServeHTTP(w, r)
	return w
}

func TestAnswers(t *testing.T) {
	const identity = "Action=GetCallerIdentity&Version=2011-06-15"
	otherBody := func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(identity + "&x=y")) }
	for _, c := range []struct {
		name, form, key, secret, service string
		change                           func(*http.Request)
		status                           int
		want                             string
	}{
		{
			"GetCallerIdentity", identity, "111122223333", "test", "sts", nil, 200,
			`<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>` +
				`<Arn>arn:aws:iam::111122223333:root</Arn><UserId>111122223333</UserId><Account>111122223333</Account></GetCallerIdentityResult>` +
				`<ResponseMetadata><RequestId>request-1</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
		},
		{"another action", "Action=DecodeAuthorizationMessage&Version=2011-06-15", "test", "test", "sts", nil, 400, `<Code>InvalidAction</Code>`},
		{"two actions", identity + "&Action=AssumeRole", "test", "test", "sts", nil, 400, `<Code>InvalidParameterCombination</Code>`},
		{"another version", "Action=GetCallerIdentity&Version=2010-01-01", "test", "test", "sts", nil, 400, `<Code>InvalidAction</Code>`},
		{"wrong secret", identity, "test", "wrong", "sts", nil, 403, `<Code>SignatureDoesNotMatch</Code>`},
		{"replay with another body", identity, "test", "test", "sts", otherBody, 403, `<Code>SignatureDoesNotMatch</Code>`},
		{"unknown key", identity, "AKIAUNKNOWN", "test", "sts", nil, 403, `<Code>InvalidClientTokenId</Code>`},
		{"signed for another service", identity, "test", "test", "partnercentral-selling", nil, 403, `<Code>SignatureDoesNotMatch</Code>`},
		{"unsigned", identity, "test", "test", "sts", func(r *http.Request) { r.Header.Del("Authorization") }, 403, `<Code>MissingAuthenticationToken</Code>`},
		{"too large", identity + strings.Repeat("&a=b", 20_000), "test", "test", "sts", nil, 400, `<Code>RequestEntityTooLarge</Code>`},
		{"no form", identity + "&%zz", "test", "test", "sts", nil, 400, `<Code>MalformedQueryString</Code>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := ask(t, auth.DevKeys{}, c.form, signing{c.key, c.secret, c.service}, c.change)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
			if !strings.Contains(w.Body.String(), "<RequestId>request-1</RequestId>") {
				t.Errorf("no request id: %s", w.Body)
			}
		})
	}
}

type brokenKeys struct{}

func (brokenKeys) Lookup(context.Context, string, string) (auth.Key, error) {
	return auth.Key{}, io.ErrUnexpectedEOF
}

func TestAFaultIsNotTold(t *testing.T) {
	w := ask(t, brokenKeys{}, "Action=GetCallerIdentity&Version=2011-06-15", signing{"test", "test", "sts"}, nil)
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "EOF") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestOtherRequestsAreNotServed(t *testing.T) {
	for name, change := range map[string]func(*http.Request){
		"another method": func(r *http.Request) { r.Method = http.MethodGet },
		"another path":   func(r *http.Request) { r.URL.Path = "/x" },
		"an operation":   func(r *http.Request) { r.Header.Set("X-Amz-Target", "AWSPartnerCentralSelling.ListOpportunities") },
		"JSON":           func(r *http.Request) { r.Header.Set("Content-Type", "application/json") },
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if change(r); sts.Serves(r) {
			t.Error(name)
		}
	}
}
