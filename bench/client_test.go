package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n"
	for _, c := range []struct {
		name, answer, body string
		complete, fails    bool
	}{
		{name: "nothing came yet"},
		{name: "the head is not all there", answer: head[:len(head)-1]},
		{name: "the body is not all there", answer: head + "four"},
		{name: "all is there", answer: head + "hello", body: "hello", complete: true},
		{name: "an empty body", answer: strings.Replace(head, "5", "0", 1), complete: true},
		{name: "more came than was asked for", answer: head + "hello!", fails: true},
		{name: "no success", answer: strings.Replace(head, "200", "400", 1) + "wrong", fails: true},
		{name: "no length", answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", fails: true},
		{name: "a length that is no number", answer: strings.Replace(head, "5", "five", 1), fails: true},
		{name: "a length below nothing", answer: strings.Replace(head, "5", "-1", 1), fails: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			body, complete, err := parse([]byte(c.answer))
			if complete != c.complete || (err != nil) != c.fails {
				t.Errorf("complete %v, error %v", complete, err)
			}
			if complete && string(body) != c.body {
				t.Errorf("body %q, want %q", body, c.body)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))
	f.Fuzz(func(t *testing.T, answer []byte) {
		body, complete, err := parse(answer)
		if complete && (err != nil || !bytes.HasSuffix(answer, body)) {
			t.Errorf("complete with body %q and error %v", body, err)
		}
	})
}

func TestRequestsShareAConnection(t *testing.T) {
	remotes := map[string]bool{}
	large := strings.Repeat("x", 300_000) // comes in pieces
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		remotes[r.RemoteAddr] = true
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Length", "300003")
		_, _ = io.WriteString(w, large+string(body))
	}))
	defer server.Close()
	c, err := dial(t.Context(), strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	for _, text := range []string{"one", "two"} {
		body, err := c.do([]byte("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\n\r\n" + text))
		if err != nil || string(body) != large+text {
			t.Errorf("answer of %d bytes, %v", len(body), err)
		}
	}
	if len(remotes) != 1 {
		t.Errorf("%d connections, want 1", len(remotes))
	}
}

func TestBrokenAnswerIsAnError(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		_, _ = io.WriteString(w, "half")
	}))
	defer server.Close()
	c, err := dial(t.Context(), strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	if _, err := c.do([]byte("GET / HTTP/1.1\r\nHost: here\r\n\r\n")); err == nil {
		t.Error("half an answer passed for one")
	}
}
