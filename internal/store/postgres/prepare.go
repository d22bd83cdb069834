package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"cosell/internal/store"
)

// migrationLock is the advisory lock that a process holds while it looks after
// the schema: any number that nobody else takes.
const migrationLock = 0x636f73656c6c // "cosell"

// prepare checks that the database can hold a store, brings its schema up to
// date, and sees to it that later connections commit durably, isolate transactions
// that nothing begins (see commit), and compress documents in a fraction of the time
// that the server otherwise takes, which is a tenth of its part in a create. What
// they set themselves no pooler has to know, as it would a start-up message.
func prepare(ctx context.Context, config *pgx.ConnConfig) (err error) {
	patient := config.Copy()
	patient.RuntimeParams["statement_timeout"] = "0" // a migration takes what it takes
	db := stdlib.OpenDB(*patient)
	// The lock ends with its connection.
	defer func() { _ = db.Close() }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return explain(config, err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return fmt.Errorf("lock schema: %w", err)
	}
	var encoding string
	var synchronous sql.NullString
	var quick bool
	if err := conn.QueryRowContext(ctx, `SELECT current_setting('server_encoding'), current_setting('synchronous_commit', true),
		EXISTS (SELECT 1 FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals))`).
		Scan(&encoding, &synchronous, &quick); err != nil {
		return fmt.Errorf("read server settings: %w", err)
	}
	if encoding != "UTF8" {
		return fmt.Errorf("the database %q is encoded in %s; cosell needs one in UTF8", config.Database, encoding)
	}
	if synchronous.String == off {
		config.RuntimeParams["synchronous_commit"] = "on"
	}
	own := "SET default_transaction_isolation = 'repeatable read'"
	if _, ok := config.RuntimeParams["default_toast_compression"]; quick && !ok {
		own += "; SET default_toast_compression = lz4"
	}
	config.AfterConnect = func(ctx context.Context, conn *pgconn.PgConn) error {
		_, err := conn.Exec(ctx, own).ReadAll()
		return err
	}
	return store.Migrate(ctx, db, goose.DialectPostgres, byteOrder{store.MigrationsFor(goose.DialectPostgres)})
}

// SchemaVersion returns the version of the schema of the database that a URL names,
// 0 where it has none. It changes nothing, and a standby will do.
func SchemaVersion(ctx context.Context, url string) (int64, error) {
	config, err := configure(url, Options{})
	if err != nil {
		return 0, err
	}
	config.ConnConfig.ValidateConnect = nil
	db := stdlib.OpenDB(*config.ConnConfig)
	defer func() { _ = db.Close() }()
	if err := db.PingContext(ctx); err != nil {
		return 0, explain(config.ConnConfig, err)
	}
	var version int64
	err = db.QueryRowContext(ctx, store.SelectSchemaVersion).Scan(&version)
	if hasCode(err, codeNoTable) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	return version, nil
}

// byteOrder is a directory of migrations whose text columns sort by bytes, as
// SQLite's do, whatever language the database was made for.
type byteOrder struct{ fs.FS }

var textType = regexp.MustCompile(`\bTEXT\b`)

// Open implements [fs.FS].
func (b byteOrder) Open(name string) (fs.File, error) {
	f, err := b.FS.Open(name)
	if err != nil || path.Ext(name) != ".sql" {
		return f, err
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	return migration{f, strings.NewReader(textType.ReplaceAllString(string(text), `TEXT COLLATE "C"`))}, nil
}

// migration is a file with another text.
type migration struct {
	fs.File

	text io.Reader
}

// Read implements [fs.File].
func (m migration) Read(b []byte) (int, error) { return m.text.Read(b) }
