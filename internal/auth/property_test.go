package auth

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"pgregory.net/rapid"
)

// drawSigned draws a request, has the SDK sign it and sends it through the wire
// form of HTTP. Every part begins with a letter or digit, so that each has a
// byte whose change cannot be one of notation only.
func drawSigned(t *rapid.T) (r *http.Request, body []byte) {
	word := func(label string) string {
		return rapid.StringMatching(`[a-z0-9][a-z0-9 /+&=%~:é-]{0,8}`).Draw(t, label)
	}
	var path strings.Builder
	for range rapid.IntRange(1, 3).Draw(t, "segments") {
		path.WriteString("/" + rapid.StringMatching(`[a-z0-9][a-zA-Z0-9 ~+:@!%é-]{0,6}`).Draw(t, "segment"))
	}
	query := url.Values{"first": {word("first")}}
	for range rapid.IntRange(0, 3).Draw(t, "parameters") {
		query.Add(word("name"), word("value"))
	}
	content := rapid.StringN(1, -1, 64).Draw(t, "body")

	u := &url.URL{
		Scheme:   "http",
		Host:     rapid.SampledFrom([]string{"localhost:8787", "127.0.0.1:80", "partner.example"}).Draw(t, "host"),
		Path:     path.String(),
		RawQuery: query.Encode(),
	}
	method := rapid.SampledFrom([]string{http.MethodPost, http.MethodPut, http.MethodPatch}).Draw(t, "method")
	client, err := http.NewRequestWithContext(t.Context(), method, u.String(), strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	client.Header.Set("X-Amz-Target", word("target"))
	for range rapid.IntRange(0, 3).Draw(t, "headers") {
		name := rapid.StringMatching(`X-(Amz-)?[A-Z][a-z0-9-]{0,6}`).Filter(func(s string) bool {
			return s != "X-Amz-Target" && s != "X-Amz-Date"
		}).Draw(t, "header")
		client.Header.Add(name, rapid.StringMatching(`[ -~é]{0,20}`).Draw(t, "header value"))
	}
	keys := aws.Credentials{
		AccessKeyID:     rapid.StringMatching(`test|aws|[0-9]{12}`).Draw(t, "key"),
		SecretAccessKey: "test",
		SessionToken:    rapid.StringMatching(`|[A-Za-z0-9+/=]{20}`).Draw(t, "session"),
	}
	region := rapid.StringMatching(`[a-z]{2}-[a-z]{4}-[1-9]`).Draw(t, "region")
	sdkSign(t, client, content, keys, scope{"20260309", region, service}, signedAt)

	var wire bytes.Buffer
	if err := client.Write(&wire); err != nil {
		t.Fatal(err)
	}
	r, err = http.ReadRequest(bufio.NewReader(&wire))
	if err != nil {
		t.Fatal(err)
	}
	body, err = io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, body
}

func TestWhatTheSDKSignsIsAccepted(t *testing.T) {
	t.Parallel()
	v := newDevVerifier()
	rapid.Check(t, func(t *rapid.T) {
		r, body := drawSigned(t)
		if _, err := v.Verify(r, body); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAnyChangedByteIsRefused(t *testing.T) {
	t.Parallel()
	v := newDevVerifier()
	// other draws a letter or digit that is not b.
	other := func(t *rapid.T, b byte) byte {
		return rapid.SampledFrom([]byte("0123456789abcdef")).Filter(func(c byte) bool { return c != b }).Draw(t, "byte")
	}
	// first changes the first byte of s after skip.
	first := func(t *rapid.T, s string, skip int) string {
		return s[:skip] + string(other(t, s[skip])) + s[skip+1:]
	}
	changes := map[string]func(t *rapid.T, r *http.Request, body []byte){
		"body": func(t *rapid.T, _ *http.Request, body []byte) {
			i := rapid.IntRange(0, len(body)-1).Draw(t, "index")
			body[i] ^= rapid.ByteRange(1, 255).Draw(t, "bits")
		},
		"method": func(t *rapid.T, r *http.Request, _ []byte) { r.Method = first(t, r.Method, 0) },
		"host":   func(t *rapid.T, r *http.Request, _ []byte) { r.Host = first(t, r.Host, 0) },
		"path":   func(t *rapid.T, r *http.Request, _ []byte) { r.URL.Path, r.URL.RawPath = first(t, r.URL.Path, 1), "" },
		"target": func(t *rapid.T, r *http.Request, _ []byte) {
			r.Header.Set("X-Amz-Target", first(t, r.Header.Get("X-Amz-Target"), 0))
		},
		"date":    func(_ *rapid.T, r *http.Request, _ []byte) { r.Header.Set("X-Amz-Date", "20260309T015026Z") },
		"session": func(t *rapid.T, r *http.Request, _ []byte) { r.Header.Add("X-Amz-Security-Token", "x") },
		"query": func(t *rapid.T, r *http.Request, _ []byte) {
			query := r.URL.Query()
			query.Set("first", first(t, query.Get("first"), 0))
			r.URL.RawQuery = query.Encode()
		},
		"signature": func(t *rapid.T, r *http.Request, _ []byte) {
			value := r.Header.Get("Authorization")
			i := len(value) - 1 - rapid.IntRange(0, 63).Draw(t, "index")
			r.Header.Set("Authorization", first(t, value, i))
		},
		"scope": func(t *rapid.T, r *http.Request, _ []byte) {
			value := r.Header.Get("Authorization")
			i := strings.Index(value, "/") + rapid.IntRange(1, len("20260309/us-east-1/"+service)).Draw(t, "index")
			r.Header.Set("Authorization", first(t, value, i))
		},
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				r, body := drawSigned(t)
				change(t, r, body)
				_, err := v.Verify(r, body)
				wantRefusal(t, err)
			})
		})
	}
}
