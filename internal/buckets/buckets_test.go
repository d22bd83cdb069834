package buckets_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cosell/internal/buckets"
)

func TestParseGrant(t *testing.T) {
	for text, want := range map[string]buckets.Grant{
		"crm-exports":                   {Bucket: "crm-exports"},
		"crm-exports/daily/":            {Bucket: "crm-exports", Prefix: "daily/"},
		"111122223333=crm":              {Account: "111122223333", Bucket: "crm"},
		"111122223333=crm/daily/deals":  {Account: "111122223333", Bucket: "crm", Prefix: "daily/deals/"},
		"aws=my.bucket":                 {Account: "aws", Bucket: "my.bucket"},
		"":                              {},
		"Crm":                           {},
		"*":                             {},
		"a..b":                          {},
		"s3://crm":                      {},
		"=crm":                          {},
		"1111=crm":                      {},
		"crm/../other":                  {},
		"111122223333=444455556666=crm": {},
	} {
		g, err := buckets.ParseGrant(text)
		if (err == nil) != (want != buckets.Grant{}) || err == nil && g != want {
			t.Errorf("%q: %+v, %v", text, g, err)
		}
	}
}

// TestCheck lists what accounts may read.
func TestCheck(t *testing.T) {
	r := buckets.New(buckets.Config{Grants: []buckets.Grant{
		{Bucket: "shared"},
		{Bucket: "deep", Prefix: "in/"},
		{Account: "111122223333", Bucket: "own"},
		{Account: "111122223333", Bucket: "part", Prefix: "a/"},
		{Account: "111122223333", Bucket: "part", Prefix: "b/"},
	}})
	for _, c := range []struct {
		account, bucket, key string
		want                 error
	}{
		{"111122223333", "shared", "111122223333/a.csv", nil},
		{"444455556666", "shared", "444455556666/a.csv", nil},
		{"444455556666", "shared", "111122223333/a.csv", buckets.ErrKey},
		{"444455556666", "shared", "444455556666/../111122223333/a.csv", buckets.ErrKey},
		{"444455556666", "shared", "444455556666/..", buckets.ErrKey},
		{"444455556666", "shared", `444455556666/..\111122223333\a.csv`, buckets.ErrKey},
		{"444455556666", "shared", "444455556666/./a.csv", buckets.ErrKey},
		{"444455556666", "shared", "444455556666/", buckets.ErrKey},
		{"444455556666", "shared", "444455556666", buckets.ErrKey},
		{"444455556666", "shared", "4444555566667/a.csv", buckets.ErrKey},
		{"444455556666", "shared", "", buckets.ErrKey},
		{"111122223333", "deep", "in/111122223333/a.csv", nil},
		{"111122223333", "deep", "111122223333/a.csv", buckets.ErrKey},
		{"111122223333", "own", "any/a.csv", nil},
		{"444455556666", "own", "any/a.csv", buckets.ErrBucket},
		{"111122223333", "part", "a/x", nil},
		{"111122223333", "part", "b/x", nil},
		{"111122223333", "part", "c/x", buckets.ErrKey},
		{"111122223333", "other", "111122223333/x", buckets.ErrBucket},
	} {
		if err := r.Grants().Check(c.account, c.bucket, c.key); !errors.Is(err, c.want) || err != nil && c.want == nil {
			t.Errorf("%s reads %s/%s: %v, want %v", c.account, c.bucket, c.key, err, c.want)
		}
		if err := (*buckets.Reader)(nil).Grants().Check(c.account, c.bucket, c.key); !errors.Is(err, buckets.ErrBucket) {
			t.Errorf("without a configuration: %v", err)
		}
	}
}

// serve is an S3 elsewhere with one answer.
func serve(t *testing.T, answer http.HandlerFunc) *buckets.Reader {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	return buckets.New(buckets.Config{
		Region: "eu-west-1", Endpoint: s.URL, AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "hush", SessionToken: "session",
		Patience: 200 * time.Millisecond,
	})
}

func TestOpen(t *testing.T) {
	const content = "0123456789"
	var last *http.Request
	r := serve(t, func(w http.ResponseWriter, r *http.Request) {
		last = r
		w.Header().Set("ETag", `"one"`)
		w.Header().Set("X-Amz-Version-Id", "v1")
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(content))
	})
	o := &buckets.Object{Bucket: "crm", Key: "a b/ü.csv"}
	for offset := range int64(len(content)) {
		in, err := r.Open(t.Context(), o, offset)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(in)
		if err != nil || string(got) != content[offset:] || in.Close() != nil {
			t.Errorf("from %d: %q, %v", offset, got, err)
		}
		switch {
		case last.URL.Path != "/crm/a b/ü.csv" || last.Method != http.MethodGet:
			t.Errorf("asked for %s %s", last.Method, last.URL)
		case !strings.Contains(last.Header.Get("Authorization"), "Credential=AKIDEXAMPLE/") || !strings.Contains(last.Header.Get("Authorization"), "/eu-west-1/s3/"):
			t.Errorf("signed %s", last.Header.Get("Authorization"))
		case offset > 0 && (last.Header.Get("If-Match") != `"one"` || last.URL.Query().Get("versionId") != "v1"):
			t.Errorf("from %d: %v %s", offset, last.Header, last.URL)
		}
	}
	if o.ETag != `"one"` || o.Size != 10 || o.Version != "v1" {
		t.Errorf("object %+v", o)
	}
}

// TestHostile lists servers that do not answer as S3 does, and what becomes of it. Nothing
// says where the object is, nor what the server says besides a code.
func TestHostile(t *testing.T) {
	answer := func(status int, header map[string]string, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for name, value := range header {
				w.Header().Set(name, value)
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	code := func(code string) string {
		return "<?xml version='1.0'?><Error><Code>" + code + "</Code><Message>secret.csv</Message></Error>"
	}
	etag := map[string]string{"ETag": `"one"`, "Content-Range": "bytes 2-4/5"}
	known := buckets.Object{ETag: `"one"`, Size: 5}
	redirected := false
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		known  buckets.Object
		offset int64
		says   string
		final  bool
	}{
		"no such key":         {answer: answer(404, nil, code("NoSuchKey")), says: "does not exist", final: true},
		"no such bucket":      {answer: answer(404, nil, code("NoSuchBucket")), says: "does not exist", final: true},
		"forbidden":           {answer: answer(403, nil, code("AccessDenied")), says: "may not read the file: AccessDenied.", final: true},
		"an unusual code":     {answer: answer(400, nil, code("secret.csv and so on")), says: "Bad Request", final: true},
		"changed":             {answer: answer(412, nil, code("PreconditionFailed")), known: known, says: "changed", final: true},
		"shorter than before": {answer: answer(416, nil, code("InvalidRange")), known: known, offset: 2, says: "changed", final: true},
		"another ETag":        {answer: answer(200, map[string]string{"ETag": `"two"`}, "01234"), known: known, says: "changed", final: true},
		"no ETag":             {answer: answer(200, nil, "01234"), says: "as S3", final: true},
		"no range":            {answer: answer(200, map[string]string{"ETag": `"one"`}, "01234"), known: known, offset: 2, says: "as S3", final: true},
		"another range":       {answer: answer(206, map[string]string{"ETag": `"one"`, "Content-Range": "bytes 1-3/5"}, "123"), known: known, offset: 2, says: "as S3", final: true},
		"another region":      {answer: answer(301, map[string]string{"Location": "/secret.csv"}, code("PermanentRedirect")), says: "redirects", final: true},
		"a redirect": {answer: func(w http.ResponseWriter, r *http.Request) {
			redirected = redirected || r.URL.Path == "/elsewhere"
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, says: "redirects", final: true},
		"slow down":      {answer: answer(503, nil, code("SlowDown")), says: "503 SlowDown"},
		"a fault":        {answer: answer(500, nil, "<html>"), says: "500"},
		"throttled":      {answer: answer(429, nil, code("TooManyRequests")), says: "429"},
		"no XML":         {answer: answer(403, nil, strings.Repeat("x", 1<<20)), says: "may not read", final: true},
		"endless errors": {answer: endless(403, nil), says: "may not read", final: true},
		"a long body":    {answer: endless(206, etag), known: known, offset: 2, says: "as S3", final: true},
		"truncated":      {answer: answer(200, map[string]string{"ETag": `"one"`, "Content-Length": "100"}, "01234"), says: "unexpected EOF"},
		"silent":         {answer: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, says: "sends nothing"},
		"silent later": {answer: func(w http.ResponseWriter, r *http.Request) {
			answer(200, map[string]string{"ETag": `"one"`, "Content-Length": "100"}, "01234")(w, r)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, says: "sends nothing"},
		"gone": {answer: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, says: "reach the server"},
	} {
		t.Run(name, func(t *testing.T) {
			o := c.known
			o.Bucket, o.Key = "crm", "secret.csv"
			in, err := serve(t, c.answer).Open(t.Context(), &o, c.offset)
			if err == nil {
				_, err = io.Copy(io.Discard, in)
				_ = in.Close()
			}
			_, final := errors.AsType[buckets.RefusedError](err)
			if err == nil || !strings.Contains(err.Error(), c.says) || final != c.final {
				t.Errorf("%v, final %v", err, final)
			}
			if text := fmt.Sprint(err); strings.Contains(text, "secret.csv") || strings.Contains(text, "hush") {
				t.Errorf("the error says %s", text)
			}
		})
	}
	if redirected {
		t.Error("a redirect was followed")
	}
}

// endless answers with a body that does not end.
func endless(status int, header map[string]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for name, value := range header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		for block := []byte(strings.Repeat("x", 64<<10)); r.Context().Err() == nil; {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}
}

// A body is read as far as the object goes, however much comes.
func TestBounded(t *testing.T) {
	r := serve(t, func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nETag: \"one\"\r\nContent-Length: 5\r\n\r\n01234"+strings.Repeat("x", 1<<20))
	})
	in, err := r.Open(t.Context(), &buckets.Object{Bucket: "crm", Key: "a"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if got, err := io.ReadAll(in); err != nil || string(got) != "01234" {
		t.Errorf("%.20q, %v", got, err)
	}
}
