package awsjson_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/awsjson"
	"cosell/internal/ids"
)

// answer2K is as long as an opportunity is.
var answer2K = api.Raw(`{"Id":"O1","Title":"` + strings.Repeat("x", 2000) + `"}`)

type fixed struct{}

func (fixed) Do(context.Context, auth.Principal, *api.Operation, api.Input) (any, error) {
	return answer2K, nil
}

func signed(tb testing.TB, url string) *http.Request {
	r := newRequest("GetOpportunity", getOpportunity)
	r.URL.Host = strings.TrimPrefix(url, "http://")
	r.URL.Scheme, r.Host, r.RequestURI = "http", r.URL.Host, ""
	sum := sha256.Sum256([]byte(getOpportunity))
	err := v4.NewSigner().SignHTTP(tb.Context(), aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, r,
		hex.EncodeToString(sum[:]), "partnercentral-selling", "us-east-1", time.Now())
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// BenchmarkWire is everything but the work: signed requests over the network
// through the real verifier, beside a server that only answers.
func BenchmarkWire(b *testing.B) {
	wire := awsjson.New(awsjson.Config{
		Service:   fixed{},
		Verifier:  auth.NewVerifier(auth.DevKeys{}, time.Now, "partnercentral-selling"),
		RequestID: ids.System().UUID,
		Timeout:   time.Minute,
	})
	bare := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", json10)
		w.Write(answer2K)
	})
	for _, c := range []struct {
		name    string
		handler http.Handler
	}{{"bare", bare}, {"ours", wire}} {
		b.Run(c.name, func(b *testing.B) {
			server := httptest.NewServer(c.handler)
			defer server.Close()
			request := signed(b, server.URL)
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					r := request.Clone(context.Background())
					r.Body = io.NopCloser(strings.NewReader(getOpportunity))
					answer, err := http.DefaultClient.Do(r)
					if err != nil {
						b.Error(err)
						return
					}
					io.Copy(io.Discard, answer.Body)
					answer.Body.Close()
					if answer.StatusCode != http.StatusOK {
						b.Errorf("status %d", answer.StatusCode)
						return
					}
				}
			})
		})
	}
}

// BenchmarkHandler is the handler alone.
func BenchmarkHandler(b *testing.B) {
	wire := awsjson.New(awsjson.Config{
		Service: fixed{}, Verifier: new(world), RequestID: ids.System().UUID, Timeout: time.Minute,
	})
	r := newRequest("GetOpportunity", "")
	body := strings.NewReader(getOpportunity)
	r.Body = io.NopCloser(body)
	w := discard{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		body.Reset(getOpportunity)
		wire.ServeHTTP(w, r)
	}
}

type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}
