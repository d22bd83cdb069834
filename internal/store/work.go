package store

// Work is something to be done later, at most one of a kind for a subject at a
// time.
type Work struct {
	Kind, Subject string
	Payload       []byte
	DueAt         int64  // business time, milliseconds
	Attempt       int64  // rises with every claim; it fences a worker whose lease ran out
	Version       int64  // rises with every Enqueue
	Failures      int64  // in a row
	LastError     string // of the last failure
}

// Enqueue asks for work. Where the same is asked for already it is done once, at
// the earlier time; where it is under way it is done once more.
func (tx *Tx) Enqueue(kind, subject string, dueAt int64, payload []byte) error {
	_, err := tx.execOne(`INSERT INTO work (kind, subject, due_at, leased_until, attempt, version, failures, last_error, payload)
		VALUES ($1, $2, $3, 0, 0, 1, 0, '', $4)
		ON CONFLICT (kind, subject) DO UPDATE SET version = work.version + 1, payload = excluded.payload, failures = 0,
		due_at = CASE WHEN work.due_at < excluded.due_at THEN work.due_at ELSE excluded.due_at END`,
		kind, subject, dueAt, string(payload))
	return err
}

// HasWork reports whether there is work that Claim would return.
func (tx *Tx) HasWork(now, realTime int64) (bool, error) {
	// Not a row to be found by its key: each question has another time in it.
	due, err := collect(tx, func(rows Rows, subject *string) error { return rows.Scan(subject) },
		`SELECT subject FROM work WHERE due_at <= $1 AND leased_until <= $2 LIMIT 1`, now, realTime)
	return len(due) > 0, err
}

// Claim leases at most limit of the work that is due at business time now, and
// whose lease has run out at the time realTime, until leaseUntil. The longest due
// comes first.
func (tx *Tx) Claim(now, realTime, leaseUntil int64, limit int) ([]Work, error) {
	return collect(tx, scanWork, `WITH claimed AS MATERIALIZED (
			SELECT kind, subject FROM work WHERE due_at <= $1 AND leased_until <= $2
			ORDER BY due_at, kind, subject LIMIT $3`+tx.attempt.SkipLocked+`)
		UPDATE work SET leased_until = $4, attempt = attempt + 1
		WHERE (kind, subject) IN (SELECT kind, subject FROM claimed)
		RETURNING kind, subject, payload, due_at, attempt, version, failures, last_error`,
		now, realTime, limit, leaseUntil)
}

func scanWork(rows Rows, w *Work) error {
	return rows.Scan(&w.Kind, &w.Subject, &w.Payload, &w.DueAt, &w.Attempt, &w.Version, &w.Failures, &w.LastError)
}

// Renew extends the lease of claimed work, or returns ErrNotFound where another
// worker has it.
func (tx *Tx) Renew(w *Work, leaseUntil int64) error {
	return orNotFound(tx.exec(`UPDATE work SET leased_until = $1 WHERE kind = $2 AND subject = $3 AND attempt = $4`,
		leaseUntil, w.Kind, w.Subject, w.Attempt))
}

// ReleaseWork ends all leases. It is for a process that knows itself alone.
func (tx *Tx) ReleaseWork() error {
	_, err := tx.exec(`UPDATE work SET leased_until = 0 WHERE leased_until > 0`)
	return err
}

// Complete ends claimed work, in the transaction of what it did. Work that was
// asked for again meanwhile stays, due at once. ErrNotFound says that another
// worker has it by now: nothing that this one did may be kept.
func (tx *Tx) Complete(w *Work) error {
	n, err := tx.exec(`DELETE FROM work WHERE kind = $1 AND subject = $2 AND attempt = $3 AND version = $4`,
		w.Kind, w.Subject, w.Attempt, w.Version)
	if err != nil || n > 0 {
		return err
	}
	return orNotFound(tx.exec(`UPDATE work SET leased_until = 0, failures = 0 WHERE kind = $1 AND subject = $2 AND attempt = $3`,
		w.Kind, w.Subject, w.Attempt))
}

// Fail puts claimed work off until dueAt and keeps the reason, or returns
// ErrNotFound where another worker has it.
func (tx *Tx) Fail(w *Work, dueAt int64, reason string) error {
	return orNotFound(tx.exec(`UPDATE work SET leased_until = 0, failures = failures + 1, due_at = $1, last_error = $2
		WHERE kind = $3 AND subject = $4 AND attempt = $5`, dueAt, reason, w.Kind, w.Subject, w.Attempt))
}

// AllWork returns at most limit of what is to be done, the longest due first.
func (tx *Tx) AllWork(limit int) ([]Work, error) {
	return collect(tx, scanWork, `SELECT kind, subject, payload, due_at, attempt, version, failures, last_error
		FROM work ORDER BY due_at, kind, subject LIMIT $1`, limit)
}

// orNotFound turns a change of nothing into ErrNotFound.
func orNotFound(n int64, err error) error {
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}
