// Package coselltest runs a Cosell server inside a Go test.
//
//	func TestPipeline(t *testing.T) {
//		s := coselltest.Start(t)
//		client := newClient(s.Endpoint, s.Credentials("111122223333"))
//		…
//	}
//
// Each server has a store of its own, which is empty at the start and gone after the
// test. A start takes some milliseconds, so that every test can have its own; any number
// run side by side in one process.
package coselltest

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"cosell/internal/outbound"
	"cosell/internal/quota"
	"cosell/internal/selling"
	"cosell/internal/server"
	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

// Region is the region of every server.
const Region = "us-east-1"

// AWS is the account that acts as AWS.
const AWS = "aws"

// Credentials are what an AWS client of a server needs.
type Credentials struct{ AccessKeyID, SecretAccessKey string }

// Server is a server that runs until its test ends.
type Server struct {
	// Endpoint is the address of the API: the base endpoint of an AWS client.
	Endpoint string

	t      testing.TB
	client *http.Client

	mu   sync.Mutex
	seen map[string]string // the last event of each account that Events returned
}

// Option changes how a server starts.
type Option func(*options)

type options struct {
	determinism server.Determinism
	faults      []Fault
	fixtures    []string
	quotas      *quota.Limits
	log         *slog.Logger
	store       func(context.Context) (store.Store, error) // nothing for a new embedded one
}

// WithSeed makes identifiers and faults repeat: the same requests in the same order get
// the same ones.
func WithSeed(seed uint64) Option { return func(o *options) { o.determinism.Seed = &seed } }

// WithClock starts the business clock at a time, from which it runs on.
func WithClock(at time.Time) Option { return func(o *options) { o.determinism.Start = at } }

// WithFrozenClock starts the business clock at a time, where it stays until the test
// moves it.
func WithFrozenClock(at time.Time) Option {
	return func(o *options) { o.determinism.Start, o.determinism.Frozen = at, true }
}

// WithFaults lets requests fail from the start.
func WithFaults(faults ...Fault) Option { return func(o *options) { o.faults = faults } }

// WithFixtures loads files of records (docs/fixtures.md) before the server is ready.
func WithFixtures(files ...string) Option { return func(o *options) { o.fixtures = files } }

// WithQuotas holds accounts to the quotas that AWS publishes: more requests in a second are
// throttled.
func WithQuotas() Option { return func(o *options) { o.quotas = quota.AWS() } }

// WithLog receives the log of the server, which is dropped without it.
func WithLog(log *slog.Logger) Option { return func(o *options) { o.log = log } }

// stopTime is how long requests in progress may take at the end of a test.
const stopTime = 5 * time.Second

// Start starts a server, which stops when the test ends.
func Start(t testing.TB, with ...Option) *Server {
	t.Helper()
	chosen := options{log: slog.New(slog.DiscardHandler)}
	for _, option := range with {
		option(&chosen)
	}
	if chosen.store == nil {
		data := directory(t)
		chosen.store = func(ctx context.Context) (store.Store, error) { return openStore(ctx, data) }
	}
	// Not t.Context(), which ends before the cleanups: the server ends in one of them.
	ctx, cancel := context.WithCancel(context.Background())
	running, err := server.Open(ctx, server.Config{
		Listen: "127.0.0.1:0", Alone: true, Log: chosen.log, Version: "test", Determinism: chosen.determinism,
		Store: chosen.store, Products: products(), Outbound: outbound.Policy{Loopback: true}, Faults: chosen.faults, Quotas: chosen.quotas, DrainTime: stopTime,
	})
	if err != nil {
		cancel()
		t.Fatalf("start the server: %v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- running.Run(ctx, nil) }()
	s := &Server{
		Endpoint: running.URL(), t: t, client: &http.Client{Transport: new(http.Transport)}, seen: map[string]string{},
	}
	t.Cleanup(func() {
		s.client.CloseIdleConnections()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("stop the server: %v", err)
		}
	})
	for _, file := range chosen.fixtures {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s.Load(filepath.Base(file), string(text))
	}
	return s
}

// Credentials returns the credentials of an account: twelve digits, or [AWS].
func (*Server) Credentials(account string) Credentials {
	return Credentials{AccessKeyID: account, SecretAccessKey: "test"}
}

// Environ returns the environment variables with which a process that uses an AWS SDK or
// the AWS CLI acts for an account on this server.
func (s *Server) Environ(account string) []string {
	return []string{
		"AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=" + s.Endpoint,
		"AWS_REGION=" + Region, "AWS_DEFAULT_REGION=" + Region,
		"AWS_ACCESS_KEY_ID=" + account, "AWS_SECRET_ACCESS_KEY=test",
	}
}

// products are read once for all servers.
var products = sync.OnceValue(selling.AWSProducts)

// memory is a file system in memory, where the system has one.
const memory = "/dev/shm"

// directory returns a directory that is removed after the test, in memory if it can be.
func directory(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp(memory, "coselltest-") //nolint:usetesting // TempDir is on disk
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// empty returns the file of an empty store, so that only the first server of a process
// makes the tables.
var empty = sync.OnceValues(func() (file []byte, err error) {
	dir, err := os.MkdirTemp("", "coselltest-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	s, err := sqlite.Open(context.Background(), dir, sqlite.WithoutSync())
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, sqlite.FileName))
})

func openStore(ctx context.Context, dir string) (store.Store, error) {
	file, err := empty()
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, sqlite.FileName), file, 0o600); err != nil {
		return nil, err
	}
	return sqlite.Open(ctx, dir, sqlite.WithoutSync())
}
