// Package pgtest gives tests a PostgreSQL server of their own.
//
// A test binary's TestMain calls Run; its tests call URL for an empty database
// or Store for an open store. The server is started by the first that asks, on a
// free loopback port, and ends with the binary. COSELL_TEST_DATABASE_URL names a
// server to use instead, where the user may create databases. Where there is no
// server, tests are skipped loudly, or fail where CI is set.
package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"cosell/internal/store/postgres"
)

// shared is the server of this test binary.
var shared struct {
	running bool // within Run
	once    sync.Once
	server  *Server // nil where the URL came from outside
	url     string  // of a database to connect to when making others
	err     error
	names   atomic.Int64
}

// template is the database that Store's are copies of: its schema is there.
var template struct {
	once sync.Once
	name string
	err  error
}

// Run runs the tests and then ends the server, if any test started it.
func Run(m *testing.M) int {
	shared.running = true
	code := m.Run()
	if template.name != "" && shared.server == nil {
		_ = execute(context.Background(), "DROP DATABASE "+template.name)
	}
	if shared.server != nil {
		shared.server.remove()
	}
	return code
}

// URL returns the address of a new, empty database, which sorts text by a
// language's rules where the server can. It ends with the test.
func URL(t testing.TB) string {
	t.Helper()
	start(t)
	return create(t, newName(), emptyDatabase)
}

// Store opens a store on a new database. It ends with the test.
func Store(t testing.TB) *postgres.Store {
	t.Helper()
	return Open(t, MigratedURL(t))
}

// MigratedURL is URL for a database that has Cosell's tables already.
func MigratedURL(t testing.TB) string {
	t.Helper()
	start(t)
	template.once.Do(func() {
		name := newName()
		if template.err = createDatabase(t.Context(), name, emptyDatabase); template.err != nil {
			return
		}
		template.name = name
		var s *postgres.Store
		if s, template.err = postgres.Open(t.Context(), address(name), postgres.Options{}); template.err == nil {
			template.err = s.Close()
		}
	})
	if template.err != nil {
		t.Fatalf("prepare template database: %v", template.err)
	}
	return create(t, newName(), " TEMPLATE "+template.name)
}

// Open opens a store on a database. It is closed when the test ends.
func Open(t testing.TB, databaseURL string) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), databaseURL, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// Exec runs SQL on a database, as its owner.
func Exec(t testing.TB, databaseURL, query string) {
	t.Helper()
	if err := executeOn(t.Context(), databaseURL, query); err != nil {
		t.Fatal(err)
	}
}

// emptyDatabase makes a database in which "a-b" and "ab" are neighbours: what
// relies on the order of bytes without asking for it is found out.
const emptyDatabase = " TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C'"

// plainDatabase is for servers that know no ICU.
const plainDatabase = " TEMPLATE template0 ENCODING 'UTF8'"

func start(t testing.TB) {
	t.Helper()
	if !shared.running {
		t.Fatal("pgtest: TestMain must call pgtest.Run")
	}
	shared.once.Do(func() {
		if shared.url = os.Getenv("COSELL_TEST_DATABASE_URL"); shared.url != "" {
			return
		}
		if shared.server, shared.err = newServer(); shared.err == nil {
			shared.url = shared.server.URL
		}
	})
	unavailable(t, shared.err)
}

// unavailable ends a test for which there is no server.
func unavailable(t testing.TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatalf("pgtest: %v", err)
	default:
		t.Skipf("NOT TESTED ON POSTGRESQL: %v; install PostgreSQL or set COSELL_TEST_DATABASE_URL", err)
	}
}

func newName() string { return fmt.Sprintf("cosell_test_%d_%d", os.Getpid(), shared.names.Add(1)) }

func create(t testing.TB, name, options string) string {
	t.Helper()
	if err := createDatabase(t.Context(), name, options); err != nil {
		t.Fatalf("create database: %v", err)
	}
	t.Cleanup(func() {
		if err := execute(context.WithoutCancel(t.Context()), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop database: %v", err)
		}
	})
	return address(name)
}

func createDatabase(ctx context.Context, name, options string) error {
	err := execute(ctx, "CREATE DATABASE "+name+options)
	if err != nil && options == emptyDatabase {
		return execute(ctx, "CREATE DATABASE "+name+plainDatabase)
	}
	return err
}

// address is the URL of another database on the server.
func address(name string) string {
	u, err := url.Parse(shared.url)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		panic("pgtest: COSELL_TEST_DATABASE_URL must be like postgres://user:password@host:port/database")
	}
	u.Path = "/" + name
	return u.String()
}

func execute(ctx context.Context, query string) error { return executeOn(ctx, shared.url, query) }

func executeOn(ctx context.Context, databaseURL, query string) error {
	conn, err := pgx.Connect(ctx, databaseURL)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	_, err = conn.Exec(ctx, query)
	return err
}
