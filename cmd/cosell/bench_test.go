package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"testing"

	"cosell/internal/api"
)

// BenchmarkGetOpportunity is a signed read through everything, beside a server
// that only answers with as much. Its client writes bytes and skips bytes, so
// that what is measured is the servers.
func BenchmarkGetOpportunity(b *testing.B) {
	c := &serve{Listen: "127.0.0.1:0", Data: b.TempDir(), Auth: "dev"}
	s, err := c.open(b.Context(), quiet)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, nil) }()
	defer func() { cancel(); <-ended }()

	var created api.CreateOpportunityResponse
	if err := call(b.Context(), s.URL(), "CreateOpportunity", demoOpportunity(), &created); err != nil {
		b.Fatal(err)
	}
	in := &api.GetOpportunityRequest{Catalog: new("Sandbox"), Identifier: created.Id}
	request, answer := recorded(b, s.URL(), in)
	bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.Write(answer)
	}))
	defer bare.Close()
	b.Run("bare", func(b *testing.B) { repeat(b, bare.URL, request) })
	b.Run("ours", func(b *testing.B) { repeat(b, s.URL(), request) })
}

// recorded signs a GetOpportunity, sends it once, and returns the bytes of the
// request and the body of the answer.
func recorded(b *testing.B, url string, in *api.GetOpportunityRequest) (request, answer []byte) {
	b.Helper()
	transport := http.DefaultClient.Transport
	defer func() { http.DefaultClient.Transport = transport }()
	http.DefaultClient.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		var err error
		if request, err = httputil.DumpRequestOut(r, true); err != nil {
			return nil, err
		}
		response, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		answer, err = io.ReadAll(response.Body)
		response.Body = io.NopCloser(bytes.NewReader(answer))
		return response, err
	})
	if err := call(b.Context(), url, "GetOpportunity", in, new(api.GetOpportunityResponse)); err != nil {
		b.Fatal(err)
	}
	return request, answer
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// repeat sends the same request over and over on a few connections.
func repeat(b *testing.B, url string, request []byte) {
	b.Helper()
	b.SetParallelism(8)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		conn, err := new(net.Dialer).DialContext(b.Context(), "tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			b.Error(err)
			return
		}
		defer conn.Close()
		answers := bufio.NewReader(conn)
		for pb.Next() {
			if _, err = conn.Write(request); err == nil {
				err = skipAnswer(answers)
			}
			if err != nil {
				b.Error(err)
				return
			}
		}
	})
}

var errAnswer = errors.New("the answer is no success of known length")

func skipAnswer(r *bufio.Reader) error {
	length := 0
	for first := true; ; first = false {
		line, err := r.ReadSlice('\n')
		switch {
		case err != nil:
			return err
		case first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")):
			return errAnswer
		case bytes.HasPrefix(line, []byte("Content-Length: ")):
			for _, digit := range bytes.TrimSpace(line[len("Content-Length: "):]) {
				length = length*10 + int(digit-'0')
			}
		case len(line) == 2 && length == 0:
			return errAnswer
		case len(line) == 2:
			_, err := r.Discard(length)
			return err
		}
	}
}
