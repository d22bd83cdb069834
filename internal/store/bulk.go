package store

import "errors"

// BulkJobKey names a bulk job.
type BulkJobKey struct {
	Account, Catalog, ID string
}

// BulkJob is a stored bulk job.
type BulkJob struct {
	BulkJobKey
	Family    string // what its records are
	Status    string
	CreatedAt int64 // milliseconds
	Step      int64 // rises with every change of the job
	Deleted   int64 // how many resources that it made were deleted since
	Document  []byte
}

const bulkJobColumns = `account, catalog, id, family, status, created_at, step, deleted, document`

func scanBulkJob(rows Rows, j *BulkJob) error {
	return rows.Scan(&j.Account, &j.Catalog, &j.ID, &j.Family, &j.Status, &j.CreatedAt, &j.Step, &j.Deleted, &j.Document)
}

// BulkJob returns a bulk job, or ErrNotFound.
func (tx *Tx) BulkJob(key BulkJobKey) (*BulkJob, error) {
	return only(collect(tx, scanBulkJob, "SELECT "+bulkJobColumns+` FROM bulk_jobs
		WHERE account = $1 AND catalog = $2 AND id = $3`, key.Account, key.Catalog, key.ID))
}

// InsertBulkJob adds a bulk job, or returns ErrExists.
func (tx *Tx) InsertBulkJob(j *BulkJob) error {
	return tx.insert("INSERT INTO bulk_jobs ("+bulkJobColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
		j.Account, j.Catalog, j.ID, j.Family, j.Status, j.CreatedAt, j.Step, j.Deleted, string(j.Document))
}

// UpdateBulkJob replaces a bulk job that was at step previous when it was read, or
// returns ErrStale: each record is processed once.
func (tx *Tx) UpdateBulkJob(j *BulkJob, previous int64) error {
	return tx.replace(`UPDATE bulk_jobs SET status = $1, step = $2, document = $3
		WHERE account = $4 AND catalog = $5 AND id = $6 AND step = $7`,
		j.Status, j.Step, string(j.Document), j.Account, j.Catalog, j.ID, previous)
}

// CountDeleted counts that a resource which a bulk job made was deleted. A job that
// is no longer there counts nothing.
func (tx *Tx) CountDeleted(key BulkJobKey) error {
	_, err := tx.exec(`UPDATE bulk_jobs SET deleted = deleted + 1 WHERE account = $1 AND catalog = $2 AND id = $3`,
		key.Account, key.Catalog, key.ID)
	return err
}

// BulkJobQuery asks for a page of bulk jobs, the newest first.
type BulkJobQuery struct {
	Account, Catalog, Family string
	ID, Status               string // "" is any
	After                    *Position
	Limit                    int
}

// BulkJobs returns a page of bulk jobs.
func (tx *Tx) BulkJobs(q *BulkJobQuery) ([]BulkJob, error) {
	s := new(statement)
	s.add("SELECT "+bulkJobColumns+" FROM bulk_jobs WHERE account = ? AND catalog = ? AND family = ?", q.Account, q.Catalog, q.Family)
	if q.ID != "" {
		s.add(" AND id = ?", q.ID)
	}
	if q.Status != "" {
		s.add(" AND status = ?", q.Status)
	}
	s.page("created_at", "id", true, q.After, q.Limit)
	return collect(tx, scanBulkJob, s.String(), s.args...)
}

// OldestBulkJob returns the bulk job of a status that was made first, whatever its
// family, or ErrNotFound.
func (tx *Tx) OldestBulkJob(account, catalog, status string) (*BulkJob, error) {
	return only(collect(tx, scanBulkJob, "SELECT "+bulkJobColumns+` FROM bulk_jobs
		WHERE account = $1 AND catalog = $2 AND status = $3 ORDER BY created_at, id LIMIT 1`, account, catalog, status))
}

// CountBulkJobs returns how many bulk jobs have one of the statuses.
func (tx *Tx) CountBulkJobs(account, catalog string, statuses ...string) (n int, err error) {
	s := new(statement)
	s.add("SELECT count(*) FROM bulk_jobs WHERE account = ? AND catalog = ? AND status IN ", account, catalog)
	list(s, statuses)
	err = tx.row(s.String(), s.args, &n)
	return n, err
}

// DeleteBulkJob removes a bulk job, its reports and at most limit of its results;
// the job goes with the last of them. It reports whether anything is left.
func (tx *Tx) DeleteBulkJob(key BulkJobKey, limit int64) (more bool, err error) {
	n, err := tx.exec(`DELETE FROM bulk_results WHERE account = $1 AND job = $2 AND row_number IN (
		SELECT row_number FROM bulk_results WHERE account = $1 AND job = $2 ORDER BY row_number LIMIT $3)`,
		key.Account, key.ID, limit)
	if err != nil || n == limit {
		return err == nil, err
	}
	if _, err := tx.exec(`DELETE FROM bulk_reports WHERE account = $1 AND job = $2`, key.Account, key.ID); err != nil {
		return false, err
	}
	_, err = tx.exec(`DELETE FROM bulk_jobs WHERE account = $1 AND catalog = $2 AND id = $3`, key.Account, key.Catalog, key.ID)
	return false, err
}

// BulkResult is what came of one record of a bulk job.
type BulkResult struct {
	Row       int64 // in the file, from 1
	RequestID string
	Status    string
	Document  []byte
}

// InsertBulkResult adds the result of a record, or returns ErrExists.
func (tx *Tx) InsertBulkResult(account, job string, r *BulkResult) error {
	return tx.insert(`INSERT INTO bulk_results (account, job, row_number, request_id, status, document)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		account, job, r.Row, r.RequestID, r.Status, string(r.Document))
}

// HasBulkResult reports whether a record of a bulk job had a request id already.
func (tx *Tx) HasBulkResult(account, job, requestID string) (bool, error) {
	var row int64
	// A range in order, so that PostgreSQL takes the index of request ids also while it knows
	// nothing of the table.
	err := tx.rowAbsent(`SELECT row_number FROM bulk_results WHERE account = $1 AND job = $2 AND request_id BETWEEN $3 AND $3
		ORDER BY request_id LIMIT 1`, []any{account, job, requestID}, &row)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// BulkResults returns at most limit results of a bulk job behind a row, in the order
// of the file; those of a status unless it is "".
func (tx *Tx) BulkResults(account, job, status string, after int64, limit int) ([]BulkResult, error) {
	s := new(statement)
	s.add("SELECT row_number, request_id, status, document FROM bulk_results WHERE account = ? AND job = ?", account, job)
	if status != "" {
		s.add(" AND status = ?", status)
	}
	s.add(" AND row_number > ? ORDER BY row_number LIMIT ?", after, limit)
	return collect(tx, func(rows Rows, r *BulkResult) error {
		return rows.Scan(&r.Row, &r.RequestID, &r.Status, &r.Document)
	}, s.String(), s.args...)
}

// BulkReport is a report on a bulk job.
type BulkReport struct {
	Account, Job, Kind string
	Status             string
	Document           []byte
}

// BulkReport returns a report, or ErrNotFound where nobody asked for it yet.
func (tx *Tx) BulkReport(account, job, kind string) (*BulkReport, error) {
	return only(collect(tx, func(rows Rows, r *BulkReport) error {
		return rows.Scan(&r.Account, &r.Job, &r.Kind, &r.Status, &r.Document)
	}, `SELECT account, job, kind, status, document FROM bulk_reports WHERE account = $1 AND job = $2 AND kind = $3`,
		account, job, kind))
}

// PutBulkReport adds or replaces a report.
func (tx *Tx) PutBulkReport(r *BulkReport) error {
	_, err := tx.exec(`INSERT INTO bulk_reports (account, job, kind, status, document) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account, job, kind) DO UPDATE SET status = excluded.status, document = excluded.document`,
		r.Account, r.Job, r.Kind, r.Status, string(r.Document))
	return err
}

// Features returns the document of what is switched off for an account, or
// ErrNotFound where nothing ever was.
func (tx *Tx) Features(account string) ([]byte, error) {
	var document []byte
	err := tx.row(`SELECT document FROM account_features WHERE account = $1`, []any{account}, &document)
	return document, err
}

// PutFeatures replaces what is switched off for an account.
func (tx *Tx) PutFeatures(account string, document []byte) error {
	_, err := tx.exec(`INSERT INTO account_features (account, document) VALUES ($1, $2)
		ON CONFLICT (account) DO UPDATE SET document = excluded.document`, account, string(document))
	return err
}
