package store

import "errors"

// AuditRecord is a row of the audit: one entry, or a batch of them.
type AuditRecord struct {
	Sequence int64
	Writer   string // the process that wrote it
	Account  string // "" where the entries concern several
	Entries  int64
	Content  []byte
}

// AuditSeal is a link of the chain over the rows of the audit whose sequence is larger
// than From and at most To.
type AuditSeal struct {
	Number   int64
	From, To int64
	Entries  int64
	Hash     string
	SealedAt int64 // milliseconds of real time
}

func scanAuditRecord(rows Rows, r *AuditRecord) error {
	return rows.Scan(&r.Sequence, &r.Writer, &r.Account, &r.Entries, &r.Content)
}

func scanAuditSeal(rows Rows, s *AuditSeal) error {
	return rows.Scan(&s.Number, &s.From, &s.To, &s.Entries, &s.Hash, &s.SealedAt)
}

const (
	selectAuditRecords = `SELECT sequence, writer, account, entries, content FROM audit_records`
	selectAuditSeals   = `SELECT number, from_sequence, to_sequence, entries, hash, sealed_at FROM audit_seals`
)

// InsertAuditRecord adds a row.
func (tx *Tx) InsertAuditRecord(r *AuditRecord) error {
	return tx.insert(`INSERT INTO audit_records (sequence, writer, account, entries, content) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		r.Sequence, r.Writer, r.Account, r.Entries, string(r.Content))
}

// AuditRecords returns at most limit rows after a sequence and up to another one, oldest
// first.
func (tx *Tx) AuditRecords(after, through int64, limit int) ([]AuditRecord, error) {
	return collect(tx, scanAuditRecord, selectAuditRecords+` WHERE sequence > $1 AND sequence <= $2 ORDER BY sequence, writer LIMIT $3`,
		after, through, limit)
}

// AuditMarks returns what AuditRecords does without the content of the rows.
func (tx *Tx) AuditMarks(after, through int64, limit int) ([]AuditRecord, error) {
	scan := func(rows Rows, r *AuditRecord) error {
		return rows.Scan(&r.Sequence, &r.Writer, &r.Account, &r.Entries)
	}
	return collect(tx, scan, `SELECT sequence, writer, account, entries FROM audit_records
		WHERE sequence > $1 AND sequence <= $2 ORDER BY sequence, writer LIMIT $3`, after, through, limit)
}

// AuditRecordsBefore returns at most limit rows before a sequence and from another one
// on, latest first. With an account they are its own, and those that concern several.
func (tx *Tx) AuditRecordsBefore(before, from int64, account string, limit int) ([]AuditRecord, error) {
	return collect(tx, scanAuditRecord, selectAuditRecords+` WHERE sequence < $1 AND sequence >= $2
		AND ($3 = '' OR account = $3 OR account = '') ORDER BY sequence DESC, writer DESC LIMIT $4`, before, from, account, limit)
}

// LastAuditSequence returns the sequence of the latest row, 0 without any.
func (tx *Tx) LastAuditSequence() (last int64, err error) {
	err = tx.row(`SELECT sequence FROM audit_records ORDER BY sequence DESC LIMIT 1`, nil, &last)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	return last, err
}

// LastAuditSeal returns the latest link of the chain up to a sequence, or ErrNotFound.
func (tx *Tx) LastAuditSeal(through int64) (*AuditSeal, error) {
	return only(collect(tx, scanAuditSeal, selectAuditSeals+` WHERE to_sequence <= $1 ORDER BY number DESC LIMIT 1`, through))
}

// AuditSeals returns at most limit links after a number, in order.
func (tx *Tx) AuditSeals(after int64, limit int) ([]AuditSeal, error) {
	return collect(tx, scanAuditSeal, selectAuditSeals+` WHERE number > $1 ORDER BY number LIMIT $2`, after, limit)
}

// InsertAuditSeal adds a link, or returns ErrExists where another process was faster.
func (tx *Tx) InsertAuditSeal(s *AuditSeal) error {
	n, err := tx.exec(`INSERT INTO audit_seals (number, from_sequence, to_sequence, entries, hash, sealed_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT DO NOTHING`, s.Number, s.From, s.To, s.Entries, s.Hash, s.SealedAt)
	if err == nil && n == 0 {
		return ErrExists
	}
	return err
}
