package store

// SnapshotJob is a stored resource snapshot job.
type SnapshotJob struct {
	Account, Catalog, ID               string
	EngagementID, ResourceID, Template string
	Status                             string
	CreatedAt                          int64 // milliseconds
	Document                           []byte
}

const jobColumns = "account, catalog, id, engagement_id, resource_id, template, status, created_at, document"

func scanJob(rows Rows, j *SnapshotJob) error {
	return rows.Scan(&j.Account, &j.Catalog, &j.ID, &j.EngagementID, &j.ResourceID, &j.Template, &j.Status, &j.CreatedAt, &j.Document)
}

// SnapshotJob returns a job, or ErrNotFound.
func (tx *Tx) SnapshotJob(account, catalog, id string) (*SnapshotJob, error) {
	return only(collect(tx, scanJob, "SELECT "+jobColumns+` FROM resource_snapshot_jobs
		WHERE account = $1 AND catalog = $2 AND id = $3`, account, catalog, id))
}

// InsertSnapshotJob adds a job. ErrExists says that the owner has one for the
// same engagement, resource and template already.
func (tx *Tx) InsertSnapshotJob(j *SnapshotJob) error {
	return tx.insert("INSERT INTO resource_snapshot_jobs ("+jobColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT DO NOTHING`,
		j.Account, j.Catalog, j.ID, j.EngagementID, j.ResourceID, j.Template, j.Status, j.CreatedAt, string(j.Document))
}

// UpdateSnapshotJob replaces a job that was read with the status previous, or
// returns ErrStale.
func (tx *Tx) UpdateSnapshotJob(j *SnapshotJob, previous string) error {
	return tx.replace(`UPDATE resource_snapshot_jobs SET status = $1, document = $2
		WHERE account = $3 AND catalog = $4 AND id = $5 AND status = $6`,
		j.Status, string(j.Document), j.Account, j.Catalog, j.ID, previous)
}

// LockSnapshotJob makes transactions that add to a job exclude each other. It
// changes nothing, and returns ErrNotFound where there is no such job.
func (tx *Tx) LockSnapshotJob(account, catalog, id string) error {
	return tx.lockRow(`UPDATE resource_snapshot_jobs SET status = status WHERE account = $1 AND catalog = $2 AND id = $3`,
		account, catalog, id)
}

// DeleteSnapshotJob removes a job.
func (tx *Tx) DeleteSnapshotJob(account, catalog, id string) error {
	_, err := tx.exec(`DELETE FROM resource_snapshot_jobs WHERE account = $1 AND catalog = $2 AND id = $3`, account, catalog, id)
	return err
}

// ResourceSnapshotJobs returns the jobs of an account on one resource.
func (tx *Tx) ResourceSnapshotJobs(account, catalog, resourceID string) ([]SnapshotJob, error) {
	return collect(tx, scanJob, "SELECT "+jobColumns+` FROM resource_snapshot_jobs
		WHERE account = $1 AND catalog = $2 AND resource_id = $3 ORDER BY engagement_id, template`, account, catalog, resourceID)
}

// SnapshotJobQuery asks for one page of an account's jobs, by time of creation.
// An empty filter lets everything pass.
type SnapshotJobQuery struct {
	Account, Catalog     string
	EngagementID, Status string
	Descending           bool
	After                *Position // the last job of the page before
	Limit                int
}

// SnapshotJobs returns one page.
func (tx *Tx) SnapshotJobs(q *SnapshotJobQuery) ([]SnapshotJob, error) {
	s := new(statement)
	s.add("SELECT "+jobColumns+" FROM resource_snapshot_jobs WHERE account = ? AND catalog = ?", q.Account, q.Catalog)
	equal(s, "engagement_id", q.EngagementID)
	equal(s, "status", q.Status)
	s.page("created_at", "id", q.Descending, q.After, q.Limit)
	return collect(tx, scanJob, s.String(), s.args...)
}
