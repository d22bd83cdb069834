package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"

	"cosell/internal/auth"
	"cosell/internal/identity"
	"cosell/internal/s3"
	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

// TestAttackPresignedFileForAnotherAccount sees that a principal hands no file of its account
// to another one which it may not read itself, also after it was deleted.
func TestAttackPresignedFileForAnotherAccount(t *testing.T) {
	const own, other = "111122223333", "444455556666"
	s, err := Open(t.Context(), Config{
		Listen: "127.0.0.1:0", Alone: true, Strict: true, Log: slog.New(slog.DiscardHandler),
		Store: func(ctx context.Context) (store.Store, error) { return sqlite.Open(ctx, t.TempDir()) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	allow := func(resource string) string {
		return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"` + resource + `"}}`
	}
	for name, c := range map[string]struct {
		policy string // "" for none
		handed bool
	}{
		"nobody": {"", false}, "reader": {allow("arn:aws:s3:::" + s3.Bucket + "/" + own + "/*"), true}, "ofanother": {allow("arn:aws:s3:::" + s3.Bucket + "/" + own + "/b.csv"), false},
	} {
		key := store.PrincipalKey{Account: own, Kind: auth.KindUser, Name: name}
		if _, err := s.identities.Put(t.Context(), key, identity.Settings{}); err != nil {
			t.Fatal(err)
		}
		if c.policy != "" {
			if err := s.identities.PutPolicy(t.Context(), key, "p", identity.Source{Document: []byte(c.policy)}); err != nil {
				t.Fatal(err)
			}
		}
		made, err := s.identities.CreateKey(t.Context(), own, name)
		if err != nil {
			t.Fatal(err)
		}
		signed := auth.Key{Principal: auth.Principal{AccessKeyID: made.ID}, Secret: made.Secret}
		u := &url.URL{Scheme: "https", Host: "cosell.test", Path: "/" + s3.Bucket + "/" + own + "/a.csv"}
		u.RawQuery = auth.Presign(signed, u.Host, u.Path, nil, time.Now(), time.Hour)
		for reader, want := range map[string]bool{own: true, other: c.handed} {
			if _, err := s.presignedFile(u, reader); (err == nil) != want {
				t.Errorf("%s for %s: %v, want %t", name, reader, err, want)
			}
		}
		if err := s.identities.Delete(t.Context(), key); err != nil {
			t.Fatal(err)
		}
		if _, err := s.presignedFile(u, other); err == nil {
			t.Errorf("%s, deleted: handed", name)
		}
	}
}

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
