// Package sqlite implements the embedded storage engine on one SQLite file. One
// writer commits updates in groups; readers run beside it.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver

	"cosell/internal/store"
)

// Store is the embedded engine. It implements store.Store.
type Store struct {
	name        string // of the database, with its settings
	set         settings
	directory   *directory
	readers     chan *reader
	bulkReaders sync.RWMutex // held for reading by views on a connection of their own
	commits     commitCount
	limit       time.Duration // how long an update waits for its turn
	queue       chan *update
	closing     chan struct{} // closed when Close begins
	done        chan struct{} // closed when the writer has ended
	shrink      chan struct{} // asks the writer to empty the log
	once        sync.Once
}

var _ store.Store = (*Store)(nil)

// Option changes how Open opens a store.
type Option func(*settings)

// settings are what options change.
type settings struct {
	synchronous string
	optimistic  bool
	rowCache    bool
	savepoints  bool // for every update
}

// WithoutSync makes commits return before they are on disk. A crash of the machine,
// though not of the process, may then lose acknowledged updates and damage the
// file. It is for tests and for data that may be lost.
func WithoutSync() Option { return func(s *settings) { s.synchronous = "OFF" } }

// Open opens the store in a directory, and makes both if there are none. Others than
// the owner cannot read the files. Open fails with [ErrInUse] while another process
// has the store open, with [ErrEmptied], [ErrMissing] or [ErrDamaged] if the file is
// not what was written, with [ErrExposed] if others can read it, and with
// [store.ErrNewerSchema] if a later version of Cosell wrote it.
func Open(ctx context.Context, dir string, options ...Option) (_ *Store, err error) {
	set := settings{synchronous: "FULL", optimistic: optimistic, rowCache: rowCacheEnabled, savepoints: !savepointsOnDemand}
	for _, option := range options {
		option(&set)
	}
	locked, err := openDirectory(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{
		directory: locked,
		limit:     defaultLimit,
		set:       set,
		queue:     make(chan *update, maxGroup),
		closing:   make(chan struct{}),
		done:      make(chan struct{}),
		shrink:    make(chan struct{}, 1),
	}
	defer func() {
		if err != nil {
			err = errors.Join(damaged(err), s.directory.close())
		}
	}()
	s.name = dsn(filepath.Join(dir, FileName), set)
	writer, err := s.prepare(ctx)
	if err != nil {
		return nil, err
	}
	// More readers than processors only wait for each other.
	s.readers = make(chan *reader, max(2, runtime.GOMAXPROCS(0)))
	for range cap(s.readers) {
		s.readers <- &reader{caching: set.rowCache}
	}
	writer.optimistic, writer.savepoints = set.optimistic, set.savepoints
	go s.write(writer)
	return s, nil
}

// prepare checks the database, brings its schema up to date, and returns a connection.
// To connect again is what a start spends most of its time on.
func (s *Store) prepare(ctx context.Context) (*conn, error) {
	c, err := connect(s.name)
	if err != nil {
		return nil, err
	}
	if err := s.checkSmall(ctx, c); err != nil {
		return nil, errors.Join(err, c.close())
	}
	if !upToDate(ctx, c) {
		if err := errors.Join(c.close(), migrate(ctx, s.name)); err != nil {
			return nil, err
		}
		if c, err = connect(s.name); err != nil {
			return nil, err
		}
	}
	if s.directory.created {
		if err := s.directory.setState(stateCreated); err != nil {
			return nil, errors.Join(err, c.close())
		}
	}
	return c, nil
}

// upToDate reports whether a database has the schema and the statistics of this version.
func upToDate(ctx context.Context, c *conn) bool {
	version, err := schemaVersion(ctx, c)
	if err != nil || version != store.LatestSchema() {
		return false
	}
	var present int64
	err = c.Row(ctx, "PRAGMA user_version", nil, &present)
	return err == nil && present == statisticsVersion
}

// migrate brings the schema and the statistics up to date.
func migrate(ctx context.Context, name string) (err error) {
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := store.Migrate(ctx, db, goose.DialectSQLite3, store.MigrationsFor(goose.DialectSQLite3)); err != nil {
		return err
	}
	return fixPlans(ctx, db)
}

// dsn names the database file with the settings of every connection: a write-ahead
// log, a commit on disk before it is acknowledged unless the settings say otherwise,
// and small page caches, since the operating system caches the file too.
func dsn(file string, set settings) string {
	pragmas := url.Values{"_pragma": {
		"journal_mode(WAL)",
		"synchronous(" + set.synchronous + ")",
		"busy_timeout(5000)",
		"foreign_keys(ON)",
		"cache_size(-4096)",
		"wal_autocheckpoint(2000)",
		fmt.Sprintf("journal_size_limit(%d)", maxIdleLog),
		"temp_store(MEMORY)",
	}}
	return "file:" + (&url.URL{Path: file}).EscapedPath() + "?" + pragmas.Encode()
}

// View implements store.Store.
func (s *Store) View(ctx context.Context, fn func(*store.Tx) error, options ...store.Option) error {
	if store.SettingsOf(options).WithoutTimeout {
		return s.viewOnOwnConn(fn)
	}
	r, err := s.reader(ctx)
	if err != nil {
		return err
	}
	defer func() { s.readers <- r }()
	// For a context that can end the driver starts a goroutine with every statement,
	// which costs as much as the statement. All of these are short.
	statements := context.Background()
	if err := r.connect(s.name); err != nil {
		return err
	}
	if err := r.refresh(statements, &s.commits); err != nil {
		return err
	}
	return fn(store.NewTx(statements, r, &store.SQLite, store.Attempt{}).For(ctx))
}

// viewOnOwnConn runs a long transaction on a connection of its own, so that reads
// of records do not wait for exports.
func (s *Store) viewOnOwnConn(fn func(*store.Tx) error) (err error) {
	s.bulkReaders.RLock()
	defer s.bulkReaders.RUnlock()
	select {
	case <-s.closing:
		return errClosed
	default:
	}
	c, err := connect(s.name)
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, c.close()) // and the transaction with it
		s.askToShrink()
	}()
	ctx, r := context.Background(), &reader{conn: c, caching: s.set.rowCache}
	if err := r.refresh(ctx, &s.commits); err != nil {
		return err
	}
	return fn(store.NewTx(ctx, r, &store.SQLite, store.Attempt{}))
}

// reader waits for an idle reader.
func (s *Store) reader(ctx context.Context) (*reader, error) {
	select {
	case r := <-s.readers:
		return s.preferConnected(r), nil
	default: // a select of three channels costs more than the common case
	}
	select {
	case r := <-s.readers:
		return r, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.closing:
		return nil, errClosed
	}
}

// preferConnected returns a reader that has a connection in place of one that has none,
// if such a one is idle.
func (s *Store) preferConnected(r *reader) *reader {
	if r.conn != nil {
		return r
	}
	select {
	case other := <-s.readers:
		s.readers <- r
		return other
	default:
		return r
	}
}

// Ping implements store.Store.
func (s *Store) Ping(ctx context.Context) error {
	return s.View(ctx, func(*store.Tx) error { return nil })
}

// Close implements store.Store.
func (s *Store) Close() (err error) {
	s.once.Do(func() {
		close(s.closing)
		<-s.done
		s.bulkReaders.Lock()
		defer s.bulkReaders.Unlock()
		for range cap(s.readers) {
			if r := <-s.readers; r.conn != nil {
				err = errors.Join(err, r.close())
			}
		}
		err = errors.Join(err, s.directory.close())
	})
	return err
}
