package audit

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"cosell/internal/ids"
	"cosell/internal/store"
)

// Mode says what is kept.
type Mode string

// The modes.
const (
	Off    Mode = "off"
	Writes Mode = "writes" // calls that change something, and those that are refused
	All    Mode = "all"
)

const (
	// flushEvery is how long entries of reads wait for others, and enough how many bytes
	// of them do not wait any longer. Each commit ends what readers have cached, so there
	// are as few as this allows.
	flushEvery = 200 * time.Millisecond
	enough     = 2 << 20
	// maxBatch and maxBytes are how many entries one row has.
	maxBatch = 200
	maxBytes = 1 << 20
	// maxWaiting is how many bytes may wait; then requests wait.
	maxWaiting = 8 << 20
	// writeTimeout bounds the writing of what waits when the server stops.
	writeTimeout = 10 * time.Second
	// KeySize is the size of the key of the chain in bytes.
	KeySize = 32
)

// Config configures a Recorder. Store, IDs, Key, Now and Mode are required.
type Config struct {
	Store store.Store
	IDs   *ids.Source
	// Key is the key of the chain. Whoever has the store alone cannot forge it.
	Key  []byte
	Mode Mode
	Now  func() time.Time // real time
	Log  *slog.Logger
	// File gets every entry as a line of JSON, once it is in the store; nil gets none.
	File io.Writer
	// Events appends every entry of an account that changes something to the account's
	// events, as EventBridge gets CloudTrail's records.
	Events bool
	// Emitted is called after a commit that appended events.
	Emitted func()
	// Settle is how long after its sequence was drawn a row may be committed: younger
	// rows are not sealed yet.
	Settle time.Duration
}

// Recorder writes the audit of one process. It is safe for concurrent use.
type Recorder struct {
	Config

	writer string
	hashes sync.Pool // of hashes with the key

	mu      sync.Mutex
	room    *sync.Cond
	waiting pile          // entries of reads and refusals
	full    chan struct{} // enough entries wait
	floor   int64         // sequences are larger

	expected []expected // entries of jobs for the file

	file sync.Mutex
}

// New returns a Recorder.
func New(ctx context.Context, c Config) (*Recorder, error) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	r := &Recorder{Config: c, writer: hex.EncodeToString(c.IDs.Bytes(4)), full: make(chan struct{}, 1)}
	r.hashes.New = func() any { return hmac.New(sha256.New, r.Key) }
	r.room = sync.NewCond(&r.mu)
	err := c.Store.View(ctx, func(tx *store.Tx) (err error) {
		r.floor, err = tx.LastAuditSequence()
		return err
	})
	return r, err
}

// Enabled reports whether anything is kept.
func (r *Recorder) Enabled() bool { return r != nil && (r.Mode == Writes || r.Mode == All) }

// Begin returns an entry, nil where nothing is kept.
func (r *Recorder) Begin(source, name string, readOnly bool) *Entry {
	if !r.Enabled() {
		return nil
	}
	return &Entry{recorder: r, At: r.Now(), Source: source, Name: name, ReadOnly: readOnly}
}

// Wants reports whether an entry may be kept, whatever becomes of its request.
func (r *Recorder) Wants(readOnly bool) bool {
	return r.Enabled() && (r.Mode == All || !readOnly)
}

func (r *Recorder) wants(e *Entry) bool {
	return r.Mode == All || r.Mode == Writes && (!e.ReadOnly || e.Always)
}

// End keeps an entry that no transaction did, behind the request.
func (r *Recorder) End(ctx context.Context, e *Entry) {
	if e == nil || e.recorded || !e.wanted() {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.waiting.text) > maxWaiting && ctx.Err() == nil {
		r.room.Wait()
	}
	if len(r.waiting.text) > maxWaiting {
		r.Log.LogAttrs(ctx, slog.LevelError, "audit entry is lost, since the store takes none", slog.String("name", e.Name), slog.String("request_id", e.RequestID))
		return
	}
	r.waiting.add(e)
	if len(r.waiting.text) >= enough {
		select {
		case r.full <- struct{}{}:
		default:
		}
	}
}

// EndNow keeps entries of one request before it is answered, all of them or none.
func (r *Recorder) EndNow(ctx context.Context, all ...*Entry) error {
	all = slices.DeleteFunc(all, func(e *Entry) bool { return e == nil || e.recorded || !e.wanted() })
	if len(all) == 0 {
		return nil
	}
	err := r.Store.Update(ctx, func(tx *store.Tx) error {
		for _, e := range all {
			e.add(tx)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, e := range all {
		e.recorded = true
		r.written(e)
	}
	return nil
}

// insert adds a row of entries, each on a line, and returns its sequence, which is drawn
// in the transaction.
func (r *Recorder) insert(tx *store.Tx, account string, entries int, lines []byte) (sequence int64, err error) {
	sequence = r.IDs.Sequence()
	r.mu.Lock()
	if sequence <= r.floor { // the clock was set back while no process ran
		sequence = r.floor + 1
	}
	r.floor = sequence
	r.mu.Unlock()
	row := &store.AuditRecord{Sequence: sequence, Writer: r.writer, Account: account, Entries: int64(entries), Content: lines}
	row.Writer += "-" + r.mark(row)
	err = tx.InsertAuditRecord(row)
	if err == nil && r.Events {
		err = r.emit(tx, sequence, lines)
	}
	if err != nil {
		return 0, fmt.Errorf("write audit: %w", err)
	}
	return sequence, nil
}

// Run writes and seals what comes, until the context ends, and then the rest.
func (r *Recorder) Run(ctx context.Context) {
	if !r.Enabled() {
		return
	}
	const sealEvery = 5 * time.Second
	flush, chain := time.NewTicker(flushEvery), time.NewTicker(sealEvery)
	defer flush.Stop()
	defer chain.Stop()
	for {
		select {
		case <-ctx.Done():
			r.finish(ctx)
			return
		case <-flush.C:
			r.report(ctx, "write audit", r.Flush(ctx))
			r.report(ctx, "write audit", r.confirm(ctx))
		case <-r.full:
			r.report(ctx, "write audit", r.Flush(ctx))
		case <-chain.C:
			r.report(ctx, "seal audit", r.Seal(ctx))
		}
	}
}

// finish writes and seals what is left when the server stops.
func (r *Recorder) finish(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	r.report(ctx, "write audit", r.Flush(ctx))
	r.report(ctx, "write audit", r.confirm(ctx))
	r.report(ctx, "seal audit", r.Seal(ctx))
}

func (r *Recorder) report(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		r.Log.LogAttrs(ctx, slog.LevelError, what, slog.String("cause", err.Error()))
	}
}

// Flush writes the entries that wait. What could not be written waits on.
func (r *Recorder) Flush(ctx context.Context) error {
	waiting := r.take()
	if len(waiting.ends) == 0 {
		return nil
	}
	rows := slices.Collect(waiting.rows())
	err := r.Store.Update(ctx, func(tx *store.Tx) (err error) {
		for i := range rows {
			row := &rows[i]
			if row.sequence, err = r.insert(tx, "", row.entries, row.lines); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		r.putBack(&waiting)
		return err
	}
	r.emitted()
	if r.File == nil {
		return nil
	}
	for i := range rows {
		for index, line := range bytes.Split(rows[i].lines, newline) {
			r.writeLine(line, place{rows[i].sequence, index})
		}
	}
	return nil
}

// take takes the entries that wait.
func (r *Recorder) take() pile {
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := r.waiting
	r.waiting = pile{}
	if len(taken.text) > 0 { // about as many will come again
		r.waiting.text = make([]byte, 0, min(len(taken.text)+len(taken.text)/4, enough))
		r.waiting.ends = make([]int, 0, len(taken.ends)+len(taken.ends)/4)
	}
	r.room.Broadcast()
	return taken
}

// putBack lets entries wait again, before those that came meanwhile.
func (r *Recorder) putBack(p *pile) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, end := range r.waiting.ends {
		p.ends = append(p.ends, len(p.text)+end)
	}
	p.text = append(p.text, r.waiting.text...)
	r.waiting = *p
}

// written passes an entry on whose transaction is committed.
func (r *Recorder) written(e *Entry) {
	r.emitted()
	if r.File != nil {
		r.writeLine(e.encode(nil), *e.place)
	}
}

// writeLine writes an entry to the file, as the record of its place in a row.
func (r *Recorder) writeLine(entry []byte, at place) {
	if r.File == nil {
		return
	}
	record, err := decode(entry, at.sequence, r.writer, at.index)
	if err == nil {
		var line []byte
		if line, err = json.Marshal(record); err == nil {
			r.file.Lock()
			defer r.file.Unlock()
			_, err = r.File.Write(append(line, '\n'))
		}
	}
	if err != nil {
		r.Log.Error("write audit file", slog.String("cause", err.Error()))
	}
}
