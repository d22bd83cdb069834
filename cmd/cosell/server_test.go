package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cosell/internal/api"
	"cosell/internal/server"
	"cosell/internal/store/sqlite"
)

var quiet = slog.New(slog.DiscardHandler)

// listening opens a server in this process, on a free port and an empty store.
func listening(t *testing.T, log io.Writer) *server.Server {
	t.Helper()
	return listeningOn(t, t.TempDir(), log)
}

func listeningOn(t *testing.T, data string, log io.Writer) *server.Server {
	t.Helper()
	c := &serve{Listen: "127.0.0.1:0", Data: data, Auth: "dev"}
	s, err := c.open(t.Context(), slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// running runs s until the function it returns is called, which returns what
// run did.
func running(t *testing.T, s *server.Server) (end func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, nil) }()
	return func() error { cancel(); return <-ended }
}

func TestASignedCallGoesAllTheWay(t *testing.T) {
	defer goleak.VerifyNone(t)
	defer http.DefaultClient.CloseIdleConnections()
	s := listening(t, io.Discard)
	end := running(t, s)
	var created api.CreateOpportunityResponse
	if err := call(t.Context(), s.URL(), "CreateOpportunity", demoOpportunity(), &created); err != nil {
		t.Fatal(err)
	}
	var got api.GetOpportunityResponse
	in := &api.GetOpportunityRequest{Catalog: new("Sandbox"), Identifier: created.Id}
	if err := call(t.Context(), s.URL(), "GetOpportunity", in, &got); err != nil {
		t.Fatal(err)
	}
	if *got.Id != *created.Id || *got.LifeCycle.ReviewStatus != api.ReviewStatusPendingSubmission {
		t.Errorf("got %+v", got)
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}

func TestUnsignedCallsAreRefused(t *testing.T) {
	s := listening(t, io.Discard)
	end := running(t, s)
	defer end()
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL(), strings.NewReader(`{}`))
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", "AWSPartnerCentralSelling.ListOpportunities")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if got := answer.Header.Get("X-Amzn-Errortype"); got != "MissingAuthenticationTokenException" || answer.StatusCode != http.StatusBadRequest {
		t.Errorf("got %d %s", answer.StatusCode, got)
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// signalled tells when a text is logged.
type signalled struct {
	text string
	seen chan struct{}
}

func (s signalled) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(s.text)) {
		close(s.seen)
	}
	return len(p), nil
}

func TestRequestsUnderWayAreFinished(t *testing.T) {
	log := signalled{"msg=stopping", make(chan struct{})}
	data := t.TempDir()
	s := listeningOn(t, data, log)
	end := running(t, s)
	body, rest := io.Pipe()
	answered := make(chan string, 1)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL(), body)
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = 2
	if err := sign(r, "GetOpportunity", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	go func() {
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			answered <- err.Error()
			return
		}
		defer answer.Body.Close()
		answered <- answer.Header.Get("X-Amzn-Errortype")
	}()
	io.WriteString(rest, "{")
	for !strings.Contains(get(t, s.URL()+"/metrics"), "cosell_requests_in_flight 1") {
		continue // until the server works on it
	}
	ended := make(chan error, 1)
	go func() { ended <- end() }()
	<-log.seen
	io.WriteString(rest, "}")
	rest.Close()
	if got := <-answered; got != "ValidationException" {
		t.Errorf("answered %s", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	again, err := sqlite.Open(t.Context(), data)
	if err != nil {
		t.Fatalf("the store is still open: %v", err)
	}
	again.Close()
}

func TestAServerThatCannotServeEnds(t *testing.T) {
	s := listening(t, io.Discard)
	s.Close()
	if err := s.Run(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "closed network connection") {
		t.Errorf("run returned %v", err)
	}
}

func TestAServerEndsWhenWhatComesFirstFails(t *testing.T) {
	s := listening(t, io.Discard)
	failed := errors.New("failed")
	if err := s.Run(t.Context(), func(context.Context) error { return failed }); !errors.Is(err, failed) {
		t.Errorf("run returned %v", err)
	}
}

func TestTheDemonstrationSaysWhatWentWrong(t *testing.T) {
	s := listening(t, io.Discard)
	end := running(t, s)
	defer end()
	in := demoOpportunity()
	in.LifeCycle.TargetCloseDate = new(time.Now().UTC().Format(time.DateOnly))
	err := call(t.Context(), s.URL(), "CreateOpportunity", in, nil)
	if err == nil || !strings.Contains(err.Error(), "CreateOpportunity answered 400 Bad Request") {
		t.Errorf("call returned %v", err)
	}
}

func TestThePortMayBeTaken(t *testing.T) {
	s := listening(t, io.Discard)
	end := running(t, s)
	defer end()
	c := &serve{Listen: strings.TrimPrefix(s.URL(), "http://"), Data: t.TempDir(), Auth: "dev"}
	if _, err := c.open(t.Context(), quiet); err == nil || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("open returned %v", err)
	}
}

// A web page whose name leads to this machine reads nothing.
func TestMetricsAreForThisMachine(t *testing.T) {
	s := listening(t, io.Discard)
	end := running(t, s)
	defer end()
	for host, status := range map[string]int{"": 200, "attacker.example:8787": 403} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != status {
			t.Errorf("%q: got %d", host, answer.StatusCode)
		}
	}
}
