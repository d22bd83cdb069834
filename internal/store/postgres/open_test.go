package postgres_test

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib"

	"cosell/internal/store"
	"cosell/internal/store/pgtest"
	"cosell/internal/store/postgres"
)

// change returns a database URL with something else in it.
func change(t *testing.T, databaseURL string, fn func(*url.URL)) string {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	fn(u)
	return u.String()
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	const secret = "geheim%2Fwort"
	database := pgtest.URL(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, url, want string }{
		{"NotAURL", "postgres://u:" + secret + "@[bad/db", "URL is not valid"},
		{"BadPort", "postgres://u:" + secret + "@127.0.0.1:99999/db", "URL is not valid"},
		{"BadOption", "postgres://u:" + secret + "@127.0.0.1/db?sslmode=perhaps", "URL is not valid"},
		{"Unreachable", "postgres://u:" + secret + "@" + closed.Addr().String() + "/db", "cannot reach PostgreSQL at " + closed.Addr().String()},
		{"NoDatabase", change(t, database, func(u *url.URL) { u.Path = "/nowhere" }), `has no database "nowhere"`},
		{"Standby", change(t, database, func(u *url.URL) { u.RawQuery += "&default_transaction_read_only=on" }), "takes no writes"},
		{"WrongPassword", change(t, database, func(u *url.URL) { u.User = url.UserPassword("cosell", "geheim/wort") }), `does not accept the password of user "cosell"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "WrongPassword" && os.Getenv("COSELL_TEST_DATABASE_URL") != "" {
				t.Skip("NOT TESTED: the server may not ask for passwords")
			}
			_, err := postgres.Open(t.Context(), c.url, postgres.Options{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("Open = %v, want %q", err, c.want)
			}
			password, _ := must(url.Parse(database)).User.Password()
			for _, part := range []string{"geheim", "wort", password} {
				if part != "" && strings.Contains(err.Error(), part) {
					t.Errorf("the error shows the password: %v", err)
				}
			}
		})
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestOpenRefusesAnotherEncoding(t *testing.T) {
	database := pgtest.URL(t)
	pgtest.Exec(t, database, "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
	t.Cleanup(func() { pgtest.Exec(t, database, "DROP DATABASE latin WITH (FORCE)") })
	_, err := postgres.Open(t.Context(), change(t, database, func(u *url.URL) { u.Path = "/latin" }), postgres.Options{})
	if err == nil || !strings.Contains(err.Error(), "LATIN1") {
		t.Errorf("Open = %v, want that the encoding is wrong", err)
	}
}

// Whoever asks for the version of a schema names the database as for a server, and
// leaves it as it is.
func TestSchemaVersion(t *testing.T) {
	database := pgtest.URL(t)
	standby := change(t, database, func(u *url.URL) { u.RawQuery += "&default_transaction_read_only=on&pool_max_conns=2" })
	for _, want := range []int64{0, store.LatestSchema()} {
		for _, address := range []string{database, standby} {
			if got, err := postgres.SchemaVersion(t.Context(), address); got != want || err != nil {
				t.Errorf("SchemaVersion(%s) = %d, %v, want %d", address, got, err, want)
			}
		}
		if want == 0 {
			pgtest.Open(t, database)
		}
	}
	nowhere := change(t, database, func(u *url.URL) { u.Path = "/nowhere" })
	if _, err := postgres.SchemaVersion(t.Context(), nowhere); err == nil || !strings.Contains(err.Error(), "create it first") {
		t.Errorf("SchemaVersion = %v, want what is wrong", err)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	database := pgtest.URL(t)
	if err := pgtest.Open(t, database).Close(); err != nil {
		t.Fatal(err)
	}
	pgtest.Exec(t, database, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)")
	if _, err := postgres.Open(t.Context(), database, postgres.Options{}); !errors.Is(err, store.ErrNewerSchema) {
		t.Errorf("Open = %v, want ErrNewerSchema", err)
	}
}

// Replicas that start at once on an empty database do not meet in the schema.
func TestSchemaIsMadeOnce(t *testing.T) {
	database := pgtest.URL(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s, err := postgres.Open(context.WithoutCancel(t.Context()), database, postgres.Options{})
			if err != nil {
				t.Errorf("Open: %v", err)
				return
			}
			defer func() { _ = s.Close() }()
			if err := s.Ping(t.Context()); err != nil {
				t.Errorf("Ping: %v", err)
			}
		})
	}
	wg.Wait()
}

// Nobody touches the schema while another process looks after it.
func TestSchemaIsLocked(t *testing.T) {
	database := pgtest.URL(t)
	other, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close(context.WithoutCancel(t.Context())) }()
	if _, err := other.Exec(t.Context(), "SELECT pg_advisory_lock($1)", int64(postgres.MigrationLock)); err != nil {
		t.Fatal(err)
	}
	opened := make(chan error, 1)
	go func() {
		s, err := postgres.Open(context.WithoutCancel(t.Context()), database, postgres.Options{})
		if err == nil {
			err = s.Close()
		}
		opened <- err
	}()
	for waiting := 0; waiting == 0; {
		if err := other.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-opened:
			t.Fatalf("Open did not wait: %v", err)
		default:
		}
	}
	if err := other.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; err != nil {
		t.Errorf("Open after the other had ended: %v", err)
	}
}

func TestTextSortsByBytes(t *testing.T) {
	database := pgtest.MigratedURL(t)
	db, err := sql.Open("pgx", database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var byLanguage bool
	if err := db.QueryRowContext(t.Context(), "SELECT 'a' < 'B'").Scan(&byLanguage); err != nil {
		t.Fatal(err)
	}
	if !byLanguage {
		t.Log("the database sorts by bytes on its own: the suite's cases cannot fail here")
	}
	rows, err := db.QueryContext(t.Context(), `SELECT table_name || '.' || column_name FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name <> 'goose_db_version' AND data_type NOT IN ('bigint', 'double precision', 'tsvector')
		AND (data_type <> 'text' OR collation_name IS DISTINCT FROM 'C')`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var column string
		if err := rows.Scan(&column); err != nil {
			t.Fatal(err)
		}
		t.Errorf(`%s is text that does not sort as TEXT COLLATE "C"`, column)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

func TestSettings(t *testing.T) {
	database := pgtest.MigratedURL(t)
	asked := pgtest.Open(t, change(t, database, func(u *url.URL) {
		u.RawQuery += "&application_name=hub&statement_timeout=7000&pool_max_conns=3"
	}))
	plain := pgtest.Open(t, database)
	for _, c := range []struct {
		store      *postgres.Store
		update     bool
		name, want string
	}{
		{plain, true, "transaction_isolation", "repeatable read"},
		{plain, true, "transaction_read_only", "off"},
		{plain, false, "transaction_isolation", "repeatable read"},
		{plain, false, "transaction_read_only", "on"},
		{plain, true, "statement_timeout", "30s"},
		{plain, true, "idle_in_transaction_session_timeout", "30s"},
		{plain, true, "application_name", "cosell"},
		{plain, true, "synchronous_commit", "on"},
		{asked, true, "statement_timeout", "7s"},
		{asked, true, "application_name", "hub"},
	} {
		got, err := postgres.Setting(t.Context(), c.store, c.update, c.name)
		if got != c.want || err != nil {
			t.Errorf("%s (update %t) is %q, %v; want %q", c.name, c.update, got, err, c.want)
		}
	}
}

// A database that was told not to wait for its disk is told otherwise.
func TestCommitsAreDurable(t *testing.T) {
	database := pgtest.URL(t)
	pgtest.Exec(t, database, "ALTER DATABASE "+strings.TrimPrefix(must(url.Parse(database)).Path, "/")+" SET synchronous_commit = off")
	got, err := postgres.Setting(t.Context(), pgtest.Open(t, database), true, "synchronous_commit")
	if got != "on" || err != nil {
		t.Errorf("synchronous_commit is %q, %v; want on", got, err)
	}
}
