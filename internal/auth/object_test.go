package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"cosell/internal/api"
)

const objectURL = "http://127.0.0.1:8787/a-bucket/123456789012/dir/fi%20le%2B%C3%BC.csv"

func newObjectVerifier() *ObjectVerifier { return NewObjectVerifier(DevKeys{}, at(signedAt)) }

// objectCall is a request of S3's on its way to being signed by the SDK.
type objectCall struct {
	*http.Request

	body    string
	covered string // what x-amz-content-sha256 says
	keys    aws.Credentials
	service string
	at      time.Time
	presign bool
	expires string
}

func newObjectCall(body string) *objectCall {
	r := httptest.NewRequest(http.MethodPut, objectURL, strings.NewReader(body))
	r.Header = http.Header{}
	return &objectCall{
		Request: r, body: body, covered: sum(body), service: ObjectService, at: signedAt, expires: "900",
		keys: aws.Credentials{AccessKeyID: "123456789012", SecretAccessKey: "test"},
	}
}

func (c *objectCall) sign(t *testing.T) {
	t.Helper()
	plain := func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }
	if c.presign {
		query := c.URL.Query()
		query.Set("X-Amz-Expires", c.expires)
		c.URL.RawQuery = query.Encode()
		signed, _, err := v4.NewSigner().PresignHTTP(t.Context(), c.keys, c.Request, c.covered, c.service, "us-east-1", c.at, plain)
		if err != nil {
			t.Fatal(err)
		}
		if c.URL, err = url.Parse(signed); err != nil {
			t.Fatal(err)
		}
		return
	}
	c.Header.Set("X-Amz-Content-Sha256", c.covered)
	if err := v4.NewSigner().SignHTTP(t.Context(), c.keys, c.Request, c.covered, c.service, "us-east-1", c.at, plain); err != nil {
		t.Fatal(err)
	}
}

// read verifies the request and reads its body as its handler would.
func (c *objectCall) read(v *ObjectVerifier) (string, *Object, error) {
	o, err := v.Verify(c.Request)
	if err != nil {
		return "", nil, err
	}
	content, err := io.ReadAll(o.Body(c.Body))
	return string(content), o, err
}

// TestObjectsRight are the forms in which the SDK signs.
func TestObjectsRight(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*objectCall){
		"body signed":            func(*objectCall) {},
		"body unsigned":          func(c *objectCall) { c.covered = unsignedPayload },
		"presigned":              func(c *objectCall) { c.presign, c.covered = true, unsignedPayload },
		"presigned, body signed": func(c *objectCall) { c.presign = true; c.Header.Set("X-Amz-Content-Sha256", c.covered) },
		"presigned, with a query": func(c *objectCall) {
			c.presign, c.covered = true, unsignedPayload
			c.URL.RawQuery = "x-id=PutObject&b=+%2B&a="
		},
		"presigned, session":      func(c *objectCall) { c.presign, c.covered, c.keys.SessionToken = true, unsignedPayload, "token" },
		"a query":                 func(c *objectCall) { c.URL.RawQuery = "partNumber=1&uploadId=a%2Fb" },
		"a session":               func(c *objectCall) { c.keys.SessionToken = "token" },
		"clock 14 minutes behind": func(c *objectCall) { c.at = c.at.Add(-14 * time.Minute) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newObjectCall("a,b\r\n1,2\r\n")
			change(c)
			c.sign(t)
			content, o, err := c.read(newObjectVerifier())
			if err != nil || content != c.body || o.Account != "123456789012" {
				t.Errorf("read %q of %+v, %v", content, o, err)
			}
		})
	}
}

// TestObjectsWrong lists the ways in which an S3 request can be wrong; each is a
// right one but for what its name says.
func TestObjectsWrong(t *testing.T) {
	t.Parallel()
	type test struct {
		before, after func(*objectCall)
		want, says    string
	}
	query := func(name, value string) func(*objectCall) {
		return func(c *objectCall) {
			q := c.URL.Query()
			q.Del(name)
			if value != "" {
				q.Set(name, value)
			}
			c.URL.RawQuery = q.Encode()
		}
	}
	presigned := func(c *objectCall) { c.presign, c.covered = true, unsignedPayload }
	for name, tt := range map[string]test{
		"no signature": {after: func(c *objectCall) { c.Header.Del("Authorization") }, want: CodeAccessDenied, says: "Access Denied"},
		"both forms": {
			after: func(c *objectCall) { c.URL.RawQuery = "X-Amz-Algorithm=AWS4-HMAC-SHA256" },
			want:  CodeInvalidRequest, says: "Only one auth mechanism",
		},
		"presigned with version 2": {
			after: func(c *objectCall) {
				c.Header.Del("Authorization")
				c.URL.RawQuery = "AWSAccessKeyId=123456789012&Signature=a&Expires=1"
			},
			want: CodeInvalidRequest, says: "Please use AWS4-HMAC-SHA256",
		},
		"for another service": {
			before: func(c *objectCall) { c.service = "partnercentral-selling" }, want: CodeHeaderMalformed, says: "service \"s3\"",
		},
		"presigned for another service": {
			before: func(c *objectCall) { presigned(c); c.service = "partnercentral-selling" }, want: CodeQueryMalformed, says: "service \"s3\"",
		},
		"unknown key": {before: func(c *objectCall) { c.keys.AccessKeyID = "nobody" }, want: CodeInvalidAccessKeyID},
		"wrong secret": {
			before: func(c *objectCall) { c.keys.SecretAccessKey = "wrong" }, want: CodeSignatureMismatch, says: "Canonical String",
		},
		"another path":   {after: func(c *objectCall) { c.URL.Path += "x" }, want: CodeSignatureMismatch},
		"another query":  {after: func(c *objectCall) { c.URL.RawQuery = "partNumber=1" }, want: CodeSignatureMismatch},
		"another method": {after: func(c *objectCall) { c.Method = http.MethodGet }, want: CodeSignatureMismatch},
		"another host":   {after: func(c *objectCall) { c.Host = "elsewhere" }, want: CodeSignatureMismatch},
		"a path with dots is not cleaned": {
			after: func(c *objectCall) { c.URL.Path = "/a-bucket/./123456789012/dir/fi le+ü.csv" }, want: CodeSignatureMismatch,
		},
		"an x-amz header unsigned": {
			after: func(c *objectCall) { c.Header.Set("X-Amz-Acl", "public") }, want: CodeHeaderMalformed, says: "must be a 'SignedHeader'",
		},
		"clock 16 minutes behind": {before: func(c *objectCall) { c.at = c.at.Add(-16 * time.Minute) }, want: CodeRequestTimeTooSkewed},
		"clock 16 minutes ahead":  {before: func(c *objectCall) { c.at = c.at.Add(16 * time.Minute) }, want: CodeRequestTimeTooSkewed},
		"no payload hash": {
			after: func(c *objectCall) { c.Header.Del("X-Amz-Content-Sha256") }, want: CodeInvalidRequest, says: "x-amz-content-sha256",
		},
		"payload hash of another kind": {before: func(c *objectCall) { c.covered = "STREAMING-ECDSA" }, want: CodeInvalidRequest},
		"payload hash in upper case":   {before: func(c *objectCall) { c.covered = strings.ToUpper(c.covered) }, want: CodeInvalidRequest},
		"another body of the length":   {after: func(c *objectCall) { c.Body = io.NopCloser(strings.NewReader("x,b\r\n1,2\r\n")) }, want: CodePayloadMismatch},
		"a shorter body":               {after: func(c *objectCall) { c.Body = io.NopCloser(strings.NewReader("a,b")) }, want: CodePayloadMismatch},
		"a shorter body, unsigned": {
			before: func(c *objectCall) { c.covered = unsignedPayload },
			after:  func(c *objectCall) { c.Body = io.NopCloser(strings.NewReader("a,b")) }, want: CodeIncompleteBody,
		},
		"presigned, expired":          {before: func(c *objectCall) { presigned(c); c.at = c.at.Add(-15 * time.Minute) }, want: CodeAccessDenied, says: "Request has expired"},
		"presigned, not yet":          {before: func(c *objectCall) { presigned(c); c.at = c.at.Add(16 * time.Minute) }, want: CodeAccessDenied, says: "not valid yet"},
		"presigned for over a week":   {before: func(c *objectCall) { presigned(c); c.expires = "604801" }, want: CodeQueryMalformed, says: "604800"},
		"presigned for no number":     {before: func(c *objectCall) { presigned(c); c.expires = "-1" }, want: CodeQueryMalformed, says: "number"},
		"presigned, longer afterward": {before: presigned, after: query("X-Amz-Expires", "901"), want: CodeSignatureMismatch},
		"presigned, no expiry":        {before: presigned, after: query("X-Amz-Expires", ""), want: CodeQueryMalformed, says: "requires"},
		"presigned, no signature":     {before: presigned, after: query("X-Amz-Signature", ""), want: CodeQueryMalformed, says: "requires"},
		"presigned, date malformed":   {before: presigned, after: query("X-Amz-Date", "2026-03-09"), want: CodeQueryMalformed},
		"presigned, other algorithm":  {before: presigned, after: query("X-Amz-Algorithm", "AWS4-ECDSA-P256-SHA256"), want: CodeQueryMalformed},
		"presigned, parameter twice": {
			before: presigned, after: func(c *objectCall) { c.URL.RawQuery += "&X-Amz-Date=20260309T015025Z" }, want: CodeQueryMalformed,
		},
		"presigned, host unsigned": {before: presigned, after: query("X-Amz-SignedHeaders", "accept"), want: CodeQueryMalformed},
		"presigned, query too long": {
			before: presigned, after: func(c *objectCall) { c.URL.RawQuery += "&a=" + strings.Repeat("a", maxObjectQuery) },
			want: CodeInvalidRequest, says: "longer than 8192 bytes",
		},
		"query not encoded": {after: func(c *objectCall) { c.URL.RawQuery = "a=%zz" }, want: CodeInvalidRequest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newObjectCall("a,b\r\n1,2\r\n")
			if tt.before != nil {
				tt.before(c)
			}
			c.sign(t)
			if tt.after != nil {
				tt.after(c)
			}
			_, _, err := c.read(newObjectVerifier())
			wantError(t, err, tt.want, tt.says)
		})
	}
}

func TestObjectMismatchHidesToken(t *testing.T) {
	t.Parallel()
	for _, presign := range []bool{true, false} {
		c := newObjectCall("")
		c.presign, c.keys.SessionToken, c.keys.SecretAccessKey = presign, "session-credential", "wrong"
		c.sign(t)
		_, _, err := c.read(newObjectVerifier())
		wantError(t, err, CodeSignatureMismatch, "(hidden)")
		if strings.Contains(err.Error(), "session-credential") {
			t.Errorf("presigned %t: the message shows the session token", presign)
		}
	}
}

func TestPresign(t *testing.T) {
	t.Parallel()
	key, err := DevKeys{}.Lookup(t.Context(), "test", "")
	if err != nil {
		t.Fatal(err)
	}
	const path = "/reports/ü a+b.csv"
	query := Presign(key, "example.com", path, url.Values{"attname": {"x y"}}, signedAt, time.Minute)
	r := httptest.NewRequest(http.MethodGet, (&url.URL{Scheme: "http", Host: "example.com", Path: path, RawQuery: query}).String(), nil)
	if o, err := newObjectVerifier().Verify(r); err != nil || o.Account != devAccount {
		t.Errorf("Verify = %+v, %v", o, err)
	}
	_, err = NewObjectVerifier(DevKeys{}, at(signedAt.Add(time.Minute))).Verify(r)
	wantError(t, err, CodeAccessDenied, "Request has expired")
}

// published is the example of a chunked upload in the documentation of S3.
type published struct{}

func (published) Lookup(context.Context, string, string) (Key, error) {
	return Key{Secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", Principal: Principal{Account: "123456789012"}}, nil
}

const publishedBody = "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n" +
	"{64K}\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n" +
	"{1K}\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n"

func publishedRequest(body string) *http.Request {
	body = strings.NewReplacer("{64K}", strings.Repeat("a", 64<<10), "{1K}", strings.Repeat("a", 1<<10)).Replace(body)
	r := httptest.NewRequest(http.MethodPut, "http://s3.amazonaws.com/examplebucket/chunkObject.txt", strings.NewReader(body))
	r.Header = http.Header{
		"X-Amz-Date":                   {"20130524T000000Z"},
		"X-Amz-Storage-Class":          {"REDUCED_REDUNDANCY"},
		"X-Amz-Content-Sha256":         {streamingSigned},
		"X-Amz-Decoded-Content-Length": {"66560"},
		"Content-Encoding":             {"aws-chunked"},
		"Content-Length":               {"66824"},
		"Authorization": {algorithm + " Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request," +
			"SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class," +
			"Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"},
	}
	return r
}

func readPublished(body string) (string, error) {
	r := publishedRequest(body)
	o, err := NewObjectVerifier(published{}, at(time.Date(2013, 5, 24, 0, 1, 0, 0, time.UTC))).Verify(r)
	if err != nil {
		return "", err
	}
	content, err := io.ReadAll(o.Body(iotest.OneByteReader(r.Body)))
	return string(content), err
}

func TestPublishedChunks(t *testing.T) {
	t.Parallel()
	content, err := readPublished(publishedBody)
	if err != nil || content != strings.Repeat("a", 65<<10) {
		t.Errorf("read %d bytes, %v", len(content), err)
	}
}

func TestSignedChunksWrong(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ before, after, want string }{
		"content of a chunk":          {"{1K}", strings.Repeat("a", 1023) + "b", CodeSignatureMismatch},
		"signature of a chunk":        {"0055", "0056", CodeSignatureMismatch},
		"signature of the last chunk": {"b6c6", "b6c7", CodeSignatureMismatch},
		"no signature":                {";chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9", "", CodeInvalidRequest},
		"another extension":           {"400;chunk-signature", "400;signature", CodeInvalidRequest},
		"last chunk missing":          {"0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n", "", CodeIncompleteBody},
		"end missing":                 {"df9\r\n\r\n", "df9\r\n", CodeIncompleteBody},
		"more behind the end":         {"df9\r\n\r\n", "df9\r\n\r\nx", CodeInvalidRequest},
		"size is no number":           {"400;", "4g0;", CodeInvalidRequest},
		"size negative":               {"400;", "-400;", CodeInvalidRequest},
		"size too large":              {"400;", "ffffffffffff;", CodeInvalidRequest},
		"size without end":            {"10000;", strings.Repeat("0", 2*maxChunkLine) + "10000;", CodeInvalidRequest},
		"no line end behind a chunk":  {"{1K}\r\n", "{1K}xx", CodeInvalidRequest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(publishedBody, tt.before) {
				t.Fatalf("no %q", tt.before)
			}
			_, err := readPublished(strings.Replace(publishedBody, tt.before, tt.after, 1))
			wantError(t, err, tt.want, "")
		})
	}
}

// chunkedCall is a request whose body comes in unsigned chunks with trailers.
func chunkedCall(t *testing.T, covered, trailer, body string) *objectCall {
	t.Helper()
	c := newObjectCall(body)
	c.covered = covered
	c.Header.Set("X-Amz-Decoded-Content-Length", "5")
	if trailer != "" {
		c.Header.Set("X-Amz-Trailer", trailer)
	}
	c.sign(t)
	return c
}

func TestTrailers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ trailer, body, want string }{
		"a checksum":          {"x-amz-checksum-crc32", "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", ""},
		"several chunks":      {"x-amz-checksum-crc32", "2\r\nhe\r\n3\r\nllo\r\n0\r\nX-Amz-Checksum-Crc32: NhCmhg==\r\n\r\n", ""},
		"no trailer":          {"", "5\r\nhello\r\n0\r\n\r\n", ""},
		"trailer missing":     {"x-amz-checksum-crc32", "5\r\nhello\r\n0\r\n\r\n", CodeInvalidRequest},
		"trailer unannounced": {"", "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", CodeInvalidRequest},
		"trailer twice": {
			"x-amz-checksum-crc32", "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:a\r\nx-amz-checksum-crc32:a\r\n\r\n", CodeInvalidRequest, //nolint:dupword // twice on purpose
		},
		"trailer without end": {"a", "5\r\nhello\r\n0\r\na:" + strings.Repeat("a", 2*maxChunkLine), CodeInvalidRequest},
		"too many announced":  {"a,b,c,d,e", "5\r\nhello\r\n0\r\n\r\n", CodeInvalidRequest},
		"too much content":    {"", "6\r\nhello!\r\n0\r\n\r\n", CodeInvalidRequest},
		"too little content":  {"", "4\r\nhell\r\n0\r\n\r\n", CodeIncompleteBody},
		"cut off":             {"", "5\r\nhel", CodeIncompleteBody},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := chunkedCall(t, streamingUnsigned, tt.trailer, tt.body)
			o, err := newObjectVerifier().Verify(c.Request)
			if err == nil {
				body := o.Body(c.Body)
				var content []byte
				content, err = io.ReadAll(body)
				if tt.want == "" && (string(content) != "hello" || tt.trailer != "" && body.Trailers()[tt.trailer] != "NhCmhg==") {
					t.Errorf("read %q with %v", content, body.Trailers())
				}
			}
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantError(t, err, tt.want, "")
		})
	}
}

// TestSignedTrailers signs chunks and trailers here, as the documentation says.
func TestSignedTrailers(t *testing.T) {
	t.Parallel()
	s := scope{signedAt.Format(basicDate), "us-east-1", ObjectService}
	for name, tt := range map[string]struct{ spoil, want string }{
		"right":             {"", ""},
		"another trailer":   {"NhCmhg==", CodeSignatureMismatch},
		"another signature": {"x-amz-trailer-signature:", CodeSignatureMismatch},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := chunkedCall(t, streamingSignedTrailer, "x-amz-checksum-crc32", "")
			_, seed, _ := strings.Cut(c.Header.Get("Authorization"), "Signature=")
			signer := chunkSigner{key: deriveKey("test", s), when: signedAt.Format(basicTime), scope: s, previous: seed}
			digest := sha256.Sum256([]byte("x-amz-checksum-crc32:NhCmhg==\n"))
			body := "5;chunk-signature=" + signer.next("PAYLOAD", sum("hello")) + "\r\nhello\r\n" +
				"0;chunk-signature=" + signer.next("PAYLOAD", sum("")) + "\r\nx-amz-checksum-crc32:NhCmhg==\r\n" +
				"x-amz-trailer-signature:" + signer.next("TRAILER", hex.EncodeToString(digest[:])) + "\r\n\r\n"
			if tt.spoil != "" {
				body = strings.Replace(body, tt.spoil, tt.spoil+"0", 1)
			}
			c.Body = io.NopCloser(strings.NewReader(body))
			content, _, err := c.read(newObjectVerifier())
			if tt.want == "" {
				if err != nil || content != "hello" {
					t.Errorf("read %q, %v", content, err)
				}
				return
			}
			wantError(t, err, tt.want, "")
		})
	}
}

// FuzzChunks reads any body as aws-chunked: it never panics, and what it accepts is
// as long as promised.
func FuzzChunks(f *testing.F) {
	f.Add("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", false)
	f.Add(publishedBody, true)
	f.Add("0\r\n\r\n", false)
	f.Add("5;chunk-signature=", true)
	f.Fuzz(func(t *testing.T, body string, signed bool) {
		s := scope{"20130524", "us-east-1", ObjectService}
		o := &Object{
			payload: payload{length: 5, chunked: true, signed: signed, trailers: []string{"x-amz-checksum-crc32"}},
			chunks:  chunkSigner{key: deriveKey("test", s), when: "20130524T000000Z", scope: s},
		}
		content, err := io.ReadAll(o.Body(strings.NewReader(body)))
		if err == nil && len(content) != 5 || len(content) > 5 {
			t.Errorf("read %d bytes, %v", len(content), err)
		}
		if e, ok := err.(*api.Error); err != nil && (!ok || e.Type == api.TypeInternalServer) {
			t.Errorf("got %v", err)
		}
	})
}
