package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"testing"

	"cosell/internal/auth"
	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

// What looks up unknown keys knows where a request is from.
func TestRequestsHaveTheirSource(t *testing.T) {
	s, err := Open(t.Context(), Config{
		Listen: "127.0.0.1:0", Alone: true, Log: slog.New(slog.DiscardHandler),
		Store: func(ctx context.Context) (store.Store, error) { return sqlite.Open(ctx, t.TempDir()) },
	})
	if err != nil {
		t.Fatal(err)
	}
	source := ""
	s.http.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { source = auth.SourceOf(r.Context()).String() })
	err = s.Run(t.Context(), func(ctx context.Context) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL(), http.NoBody)
		if err != nil {
			return err
		}
		answer, err := http.DefaultClient.Do(r)
		if err == nil {
			err = answer.Body.Close()
		}
		return errors.Join(errEnd, err)
	})
	if !errors.Is(err, errEnd) || source != "127.0.0.1" {
		t.Errorf("%v; the source is %q", err, source)
	}
}

var errEnd = errors.New("the test is over")

func TestURLIsReachedFromThisMachine(t *testing.T) {
	for listener, want := range map[string]string{
		"127.0.0.1:8787": "127.0.0.1:8787", "[::1]:8787": "[::1]:8787", "192.0.2.1:80": "192.0.2.1:80",
		"0.0.0.0:8787": "localhost:8787", "[::]:8787": "localhost:8787",
	} {
		address, err := net.ResolveTCPAddr("tcp", listener)
		if err != nil {
			t.Fatal(err)
		}
		if got := fromHere(address); got != want {
			t.Errorf("%s: %s, want %s", listener, got, want)
		}
	}
}
