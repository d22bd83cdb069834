package sqlite

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

// maxIdleLog is the size in bytes that the write-ahead log keeps after a checkpoint
// has emptied it. The log grows beyond that while a long read needs the state of the
// store from before what it holds, or while short reads are under way all the time.
const maxIdleLog = 64 << 20

const (
	// shrinkPause is the least time between two tries to empty the log.
	shrinkPause = time.Second
	// readerPatience is how long a try waits for the short reads under way. Those that
	// begin meanwhile wait until it has ended.
	readerPatience = 100 * time.Millisecond
)

// askToShrink has the writer empty the log if it has grown.
func (s *Store) askToShrink() {
	if !s.logHasGrown() {
		return
	}
	select {
	case s.shrink <- struct{}{}:
	default: // it has been asked
	}
}

// shrinkAfterCommit empties the log if it has grown, now and then.
func (s *Store) shrinkAfterCommit(c *conn) {
	if now := time.Now(); now.Sub(c.shrunk) > shrinkPause && s.logHasGrown() {
		c.shrunk = now
		s.emptyLog(c)
	}
}

func (s *Store) logHasGrown() bool {
	info, err := os.Stat(filepath.Join(s.directory.path, FileName+"-wal"))
	return err == nil && info.Size() > maxIdleLog
}

// emptyLog moves the content of the log into the database and cuts the file.
func (s *Store) emptyLog(c *conn) {
	ctx := context.Background()
	resume := s.stopReaders(ctx, readerPatience)
	defer resume()
	var busy, pages, moved int64
	err := c.Row(ctx, "PRAGMA busy_timeout(0)", nil, new(any))
	if err == nil {
		err = c.Row(ctx, "PRAGMA wal_checkpoint(TRUNCATE)", nil, &busy, &pages, &moved)
	}
	if restored := c.Row(ctx, "PRAGMA busy_timeout(5000)", nil, new(any)); err == nil {
		err = restored
	}
	if err != nil {
		slog.Default().LogAttrs(ctx, slog.LevelWarn, "empty the write-ahead log", slog.String("cause", err.Error()))
	} else if busy != 0 { // a read was under way; a long one asks again when it ends
		time.AfterFunc(shrinkPause, s.askToShrink)
	}
}

// FileSizes returns the sizes in bytes of the database and of its write-ahead log.
func (s *Store) FileSizes() (database, log int64, err error) { return FileSizes(s.directory.path) }
