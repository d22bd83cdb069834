package audit

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"math"
	"strings"
	"time"

	"cosell/internal/ids"
	"cosell/internal/store"
)

const (
	// sealRows is how many rows one link of the chain covers, and sealEntries after how many
	// entries none is added: a check reads the rows of a link at once.
	sealRows    = 1000
	sealEntries = 20_000
	// linkPage is how many links are read at a time.
	linkPage = 100
)

// Seal adds the rows that are not sealed yet to the chain. Of several processes one is
// first; the others go on behind it.
func (r *Recorder) Seal(ctx context.Context) error {
	for {
		sealed, err := r.sealOnce(ctx)
		if errors.Is(err, store.ErrExists) {
			return nil // another process is at it
		}
		if err != nil || !sealed {
			return err
		}
	}
}

func (r *Recorder) sealOnce(ctx context.Context) (sealed bool, err error) {
	through := int64(math.MaxInt64)
	if r.Settle > 0 {
		through = ids.FirstSequence(r.Now().Add(-r.Settle)) - 1
	}
	// Writers do not wait while rows are read. If another process adds the link
	// meanwhile, its number is taken.
	var link store.AuditSeal
	err = r.Store.View(ctx, func(tx *store.Tx) error {
		link = store.AuditSeal{}
		before, err := tx.LastAuditSeal(math.MaxInt64)
		if errors.Is(err, store.ErrNotFound) {
			before, err = new(store.AuditSeal), nil
		}
		if err != nil {
			return err
		}
		rows, err := tx.AuditMarks(before.To, through, sealRows)
		if err != nil || len(rows) == 0 {
			return err
		}
		rows = oneLink(rows)
		link = store.AuditSeal{Number: before.Number + 1, From: before.To, To: rows[len(rows)-1].Sequence, SealedAt: r.Now().UnixMilli()}
		if len(rows) == sealRows { // rows of one sequence stay together
			rows, err = tx.AuditMarks(before.To, link.To, 2*sealRows)
			if err != nil {
				return err
			}
		}
		r.sign(&link, before.Hash, rows)
		return nil
	})
	if err != nil || link.Number == 0 {
		return false, err
	}
	return true, r.Store.Update(ctx, func(tx *store.Tx) error { return tx.InsertAuditSeal(&link) })
}

// oneLink returns the first of rows that one link covers. Rows of one sequence stay together.
func oneLink(rows []store.AuditRecord) []store.AuditRecord {
	entries := int64(0)
	for i := range rows {
		if entries >= sealEntries && rows[i].Sequence != rows[i-1].Sequence {
			return rows[:i]
		}
		entries += rows[i].Entries
	}
	return rows
}

// sign fills in the hash of a link over rows, and how many entries they have. It covers
// the marks of the rows, and each mark the content of its row: so nothing that was
// written is read again to be sealed.
func (r *Recorder) sign(link *store.AuditSeal, before string, rows []store.AuditRecord) {
	h := hmac.New(sha256.New, r.Key)
	b := text(nil, before)
	b = number(b, link.Number, link.From, link.To, link.SealedAt)
	link.Entries = 0
	for i := range rows {
		row := &rows[i]
		b = number(b, row.Sequence, row.Entries)
		b = text(text(b, row.Writer), row.Account)
		link.Entries += row.Entries
		_, _ = h.Write(b) // a hash takes everything
		b = b[:0]
	}
	_, _ = h.Write(b)
	link.Hash = hex.EncodeToString(h.Sum(nil))
}

// mark returns what shows that a row was written with the key of the chain. The row has
// it behind its writer, so that none is believed which somebody else added to the store
// and which is sealed then.
func (r *Recorder) mark(row *store.AuditRecord) string {
	h, _ := r.hashes.Get().(hash.Hash)
	defer r.hashes.Put(h)
	h.Reset()
	writer, _ := writerOf(row)
	var room [128]byte
	b := text(room[:0], "row")
	b = number(b, row.Sequence, row.Entries)
	b = text(text(b, writer), row.Account)
	b = number(b, int64(len(row.Content)))
	_, _ = h.Write(b) // a hash takes everything
	_, _ = h.Write(row.Content)
	const size = 16
	return hex.EncodeToString(h.Sum(b[:0])[:size])
}

// writerOf returns the process that wrote a row, and the row's mark.
func writerOf(row *store.AuditRecord) (writer, mark string) {
	writer, mark, _ = strings.Cut(row.Writer, "-")
	return writer, mark
}

// text and number append to what is hashed so that no two lists give the same bytes.
func text(b []byte, s string) []byte { return append(number(b, int64(len(s))), s...) }

func number(b []byte, all ...int64) []byte {
	for _, n := range all {
		b = binary.BigEndian.AppendUint64(b, uint64(n)) //nolint:gosec // the bits count
	}
	return b
}

// Verification is what a check of the chain found.
type Verification struct {
	OK bool
	// Problem is the first that was found, "" without one.
	Problem string
	// Links and Entries are how many were checked. Open is how many entries are behind
	// the last link, and Removed how many links have lost their entries to retention.
	Links, Entries, Open, Removed int64
	// Number and Hash are those of the last link, to keep elsewhere: a later check that
	// is given them finds a chain that was cut off.
	Number int64
	Hash   string
	// Through is the time up to which entries are sealed.
	Through time.Time
}

// Verify checks the whole chain. With a number, the link of that number must be there
// and have the hash.
func (r *Recorder) Verify(ctx context.Context, wantNumber int64, wantHash string) (Verification, error) {
	var v Verification
	err := r.Store.View(ctx, func(tx *store.Tx) error {
		v = Verification{}
		c := checker{Recorder: r, Verification: &v, tx: tx, wantNumber: wantNumber, wantHash: wantHash}
		return c.run(ctx)
	}, store.WithoutTimeout())
	v.OK = err == nil && v.Problem == ""
	return v, err
}

// checker is one check of the chain.
type checker struct {
	*Recorder
	*Verification

	tx         *store.Tx
	before     store.AuditSeal
	removed    int64 // through which sequence retention says that it removed entries
	emptied    int64 // through which sequence there are none
	wantNumber int64
	wantHash   string
}

func (c *checker) problemf(format string, args ...any) {
	if c.Problem == "" {
		c.Problem = fmt.Sprintf(format, args...)
	}
}

func (c *checker) run(ctx context.Context) error {
	for c.Problem == "" {
		links, err := c.tx.AuditSeals(c.before.Number, linkPage)
		if err != nil || len(links) == 0 {
			return c.end(err)
		}
		for i := range links {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err := c.check(&links[i]); err != nil || c.Problem != "" {
				return err
			}
		}
	}
	return nil
}

// check checks a link and the rows that it covers.
func (c *checker) check(link *store.AuditSeal) error {
	if link.Number != c.before.Number+1 || link.From != c.before.To {
		c.problemf("link %d: is missing", c.before.Number+1)
		return nil
	}
	rows, err := c.tx.AuditRecords(link.From, link.To, 2*sealRows)
	if err != nil {
		return err
	}
	want := *link
	c.sign(&want, c.before.Hash, rows)
	switch {
	case len(rows) == 0 && c.Entries == 0: // removed because of their age, as an entry must say
		c.Removed++
		c.emptied = link.To
	case want.Hash != link.Hash || want.Entries != link.Entries:
		c.problemf("link %d: entries from %s to %s were changed, added or removed", link.Number, timeOf(link.From), timeOf(link.To))
		return nil
	default:
		c.Links++
		c.Entries += link.Entries
		c.checkRows(rows) // the hash covers their marks
	}
	if link.Number == c.wantNumber && link.Hash != c.wantHash {
		c.problemf("link %d: has another hash than before", link.Number)
	}
	c.before = *link
	return nil
}

// checkRows checks that servers of this installation wrote rows, and notes which of them
// say that others were removed.
func (c *checker) checkRows(rows []store.AuditRecord) {
	for i := range rows {
		if _, mark := writerOf(&rows[i]); !hmac.Equal([]byte(mark), []byte(c.mark(&rows[i]))) {
			c.problemf("an entry of %s was changed, or not written by this installation", timeOf(rows[i].Sequence))
			return
		}
	}
	c.noteRemovals(rows)
}

// end checks what concerns the whole chain.
func (c *checker) end(err error) error {
	if err != nil {
		return err
	}
	c.Number, c.Hash = c.before.Number, c.before.Hash
	if c.Number > 0 {
		c.Through = timeOf(c.before.To)
	}
	open, err := c.tx.AuditRecords(c.before.To, math.MaxInt64, 2*sealRows)
	if err != nil {
		return err
	}
	for i := range open {
		c.Open += open[i].Entries
	}
	c.checkRows(open)
	if c.emptied > c.removed {
		c.problemf("entries up to %s are missing, and none says that they were removed because of their age", timeOf(c.emptied))
	}
	if c.wantNumber > c.Number {
		c.problemf("link %d: is missing at the end", c.wantNumber)
	}
	return nil
}

func timeOf(sequence int64) time.Time { return ids.SequenceTime(sequence).UTC() }
