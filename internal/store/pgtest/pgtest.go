// Package pgtest gives tests a PostgreSQL server of their own.
//
// A test binary's TestMain calls Run; its tests call URL for an empty database
// or Store for an open store. The server is started by the first that asks, on a
// free loopback port, and ends with the binary. COSELL_TEST_DATABASE_URL names a
// server to use instead, where the user may create databases. Where there is no
// server, tests are skipped loudly, or fail where CI is set; with -short they are skipped.
package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
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
}

// databases are those made on it.
var databases struct {
	mu       sync.Mutex
	made     []string // names
	free     []string // addresses of migrated ones that no test uses
	template string   // a migrated one that none may use
	empty    string   // what makes one of its kind empty
}

// Run runs the tests and then ends the server, if any test started it.
func Run(m *testing.M) int {
	shared.running = true
	code := m.Run()
	if shared.server != nil {
		shared.server.remove()
		return code
	}
	for _, name := range databases.made {
		if err := execute(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			fmt.Fprintln(os.Stderr, "pgtest:", err)
			code = max(code, 1)
		}
	}
	return code
}

// URL returns the address of a new, empty database, which sorts text by a
// language's rules where the server can.
func URL(t testing.TB) string {
	t.Helper()
	start(t)
	databases.mu.Lock()
	defer databases.mu.Unlock()
	name, err := create(t.Context(), emptyDatabase)
	if err != nil {
		t.Fatalf("create database: %v", err)
	}
	return address(name)
}

// Store opens a store on a database of its own. It is closed when the test ends.
func Store(t testing.TB) *postgres.Store {
	t.Helper()
	return Open(t, MigratedURL(t))
}

// MigratedURL is URL for a database that has Cosell's tables already. Another
// test gets it, emptied, when this one has ended.
func MigratedURL(t testing.TB) string {
	t.Helper()
	start(t)
	free, err := migrated(t.Context())
	if err != nil {
		t.Fatalf("create database: %v", err)
	}
	t.Cleanup(func() {
		if err := executeOn(context.WithoutCancel(t.Context()), free, databases.empty); err != nil {
			t.Errorf("empty database: %v", err)
			return
		}
		databases.mu.Lock()
		defer databases.mu.Unlock()
		databases.free = append(databases.free, free)
	})
	return free
}

func migrated(ctx context.Context) (string, error) {
	databases.mu.Lock()
	defer databases.mu.Unlock()
	if last := len(databases.free) - 1; last >= 0 {
		free := databases.free[last]
		databases.free = databases.free[:last]
		return free, nil
	}
	if databases.template == "" {
		name, err := create(ctx, emptyDatabase)
		if err != nil {
			return "", err
		}
		if databases.empty, err = migrate(ctx, address(name)); err != nil {
			return "", err
		}
		databases.template = name
	}
	name, err := create(ctx, " TEMPLATE "+databases.template)
	return address(name), err
}

// migrate gives a database its tables. It returns what empties them.
func migrate(ctx context.Context, databaseURL string) (string, error) {
	s, err := postgres.Open(ctx, databaseURL, postgres.Options{})
	if err != nil {
		return "", err
	}
	if err := s.Close(); err != nil {
		return "", err
	}
	conn, err := pgx.Connect(ctx, databaseURL)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close(ctx) }()
	var empty string
	err = conn.QueryRow(ctx, `SELECT string_agg('DELETE FROM ' || quote_ident(tablename), '; ')
		FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'goose_db_version'`).Scan(&empty)
	return empty, err
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
	if err := executeOn(context.WithoutCancel(t.Context()), databaseURL, query); err != nil {
		t.Fatal(err)
	}
}

// emptyDatabase makes a database in which "a" comes before "B": what relies on
// the order of bytes without asking for it is found out.
const emptyDatabase = " TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C'"

// plainDatabase is for servers that know no ICU.
const plainDatabase = " TEMPLATE template0 ENCODING 'UTF8'"

func start(t testing.TB) {
	t.Helper()
	if !shared.running {
		t.Fatal("pgtest: TestMain must call pgtest.Run")
	}
	if testing.Short() {
		t.Skip("short tests need no PostgreSQL")
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

// create makes a database.
func create(ctx context.Context, options string) (string, error) {
	name := fmt.Sprintf("cosell_test_%d_%d", os.Getpid(), len(databases.made))
	err := execute(ctx, "CREATE DATABASE "+name+options)
	if err != nil && options == emptyDatabase {
		err = execute(ctx, "CREATE DATABASE "+name+plainDatabase)
	}
	if err == nil {
		databases.made = append(databases.made, name)
	}
	return name, err
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
