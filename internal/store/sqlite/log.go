package sqlite

import (
	"context"
	"log/slog"
	"time"
)

// maxIdleLog is the size in bytes that the write-ahead log keeps after a checkpoint
// has emptied it. The log grows beyond that while a long read needs the state of the
// store from before what it holds.
const maxIdleLog = 64 << 20

// askToShrink has the writer empty the log if a long read has let it grow.
func (s *Store) askToShrink() {
	if _, log, err := FileSizes(s.directory.path); err != nil || log <= maxIdleLog {
		return
	}
	select {
	case s.shrink <- struct{}{}:
	default: // it has been asked
	}
}

// shrinkPause is how long the writer goes on before it tries again to empty the log,
// if another long read kept it from doing so.
const shrinkPause = time.Second

// emptyLog moves the content of the log into the database and cuts the file. It does
// not wait for readers, who would keep the writer from its work.
func (s *Store) emptyLog(c *conn) {
	ctx := context.Background()
	s.endReaders(ctx)
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
	} else if busy != 0 { // a short read was under way; a long one asks again when it ends
		time.AfterFunc(shrinkPause, s.askToShrink)
	}
}

// FileSizes returns the sizes in bytes of the database and of its write-ahead log.
func (s *Store) FileSizes() (database, log int64, err error) { return FileSizes(s.directory.path) }
