package store

// SnapshotKey names the snapshots of one resource by one template in one
// engagement; a revision picks one of them.
type SnapshotKey struct {
	Catalog, EngagementID, ResourceID, Template string
}

// SnapshotHead is the latest revision under a key.
type SnapshotHead struct {
	SnapshotKey
	CreatedBy   string // the resource's owner
	Revision    int64  // from 1
	ContentHash string // of what the template shows
}

func scanHead(rows Rows, h *SnapshotHead) error {
	return rows.Scan(&h.Catalog, &h.EngagementID, &h.ResourceID, &h.Template, &h.CreatedBy, &h.Revision, &h.ContentHash)
}

const headColumns = "catalog, engagement_id, resource_id, template, created_by, revision, content_hash"

// SnapshotHead returns the latest revision under a key, or ErrNotFound.
func (tx *Tx) SnapshotHead(key SnapshotKey) (SnapshotHead, error) {
	found, err := collect(tx, scanHead, "SELECT "+headColumns+` FROM resource_snapshot_heads
		WHERE catalog = $1 AND engagement_id = $2 AND resource_id = $3 AND template = $4`,
		key.Catalog, key.EngagementID, key.ResourceID, key.Template)
	if err != nil {
		return SnapshotHead{}, err
	}
	if len(found) == 0 {
		return SnapshotHead{}, ErrNotFound
	}
	return found[0], nil
}

// InsertSnapshot adds the revision after the latest one, which the head names;
// snapshots are never changed. ErrStale says that another transaction added that
// revision at the same time.
func (tx *Tx) InsertSnapshot(head SnapshotHead, document []byte) error {
	err := tx.replace(`INSERT INTO resource_snapshots (catalog, engagement_id, resource_id, template, revision, document)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		head.Catalog, head.EngagementID, head.ResourceID, head.Template, head.Revision, string(document))
	if err != nil {
		return err
	}
	_, err = tx.exec("INSERT INTO resource_snapshot_heads ("+headColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (catalog, engagement_id, resource_id, template)
		DO UPDATE SET revision = excluded.revision, content_hash = excluded.content_hash`,
		head.Catalog, head.EngagementID, head.ResourceID, head.Template, head.CreatedBy, head.Revision, head.ContentHash)
	return err
}

// LatestRevision asks Snapshot for the last one there is.
const LatestRevision = 0

// Snapshot returns the document of one revision, or ErrNotFound.
func (tx *Tx) Snapshot(key SnapshotKey, revision int64) ([]byte, error) {
	query := `SELECT document FROM resource_snapshots
		WHERE catalog = $1 AND engagement_id = $2 AND resource_id = $3 AND template = $4`
	args := []any{key.Catalog, key.EngagementID, key.ResourceID, key.Template}
	if revision == LatestRevision {
		query += " ORDER BY revision DESC LIMIT 1"
	} else {
		query += " AND revision = $5"
		args = append(args, revision)
	}
	var document []byte
	err := tx.row(query, args, &document)
	return document, err
}

// Audience narrows a list of snapshots to what an account may read: of a private
// template only what is its own. The zero value lets everything pass.
type Audience struct {
	Account         string
	PrivateTemplate string
}

func (a Audience) narrow(s *statement) {
	if a.PrivateTemplate != "" {
		s.add(" AND (h.template <> ? OR h.created_by = ?)", a.PrivateTemplate, a.Account)
	}
}

// SnapshotQuery asks for one page of the latest revisions in an engagement, by
// resource and template. An empty filter lets everything pass.
type SnapshotQuery struct {
	EngagementKey
	Audience                        Audience
	ResourceID, Template, CreatedBy string
	After                           *SnapshotKey // the last of the page before
	Limit                           int
}

// SnapshotHeads returns one page.
func (tx *Tx) SnapshotHeads(q *SnapshotQuery) ([]SnapshotHead, error) {
	s := new(statement)
	s.add("SELECT "+headColumns+" FROM resource_snapshot_heads h WHERE catalog = ? AND engagement_id = ?", q.Catalog, q.ID)
	q.Audience.narrow(s)
	equal(s, "resource_id", q.ResourceID)
	equal(s, "template", q.Template)
	equal(s, "created_by", q.CreatedBy)
	var after *Position
	if q.After != nil {
		after = &Position{Value: q.After.ResourceID, ID: q.After.Template}
	}
	s.page("resource_id", "template", false, after, q.Limit)
	return collect(tx, scanHead, s.String(), s.args...)
}

// equal adds a filter, unless its value is empty.
func equal(s *statement, column, value string) {
	if value != "" {
		s.add(" AND "+column+" = ?", value)
	}
}

// Association says that an account's resource has a snapshot in an engagement.
type Association struct {
	EngagementID, ResourceID, CreatedBy string
}

// AssociationQuery asks for one page of the associations in the engagements
// that an account is a member of, by engagement and resource. An empty filter
// lets everything pass.
type AssociationQuery struct {
	Account, Catalog                    string
	Audience                            Audience
	EngagementID, ResourceID, CreatedBy string
	After                               *Association
	Limit                               int
}

// Associations returns one page.
func (tx *Tx) Associations(q *AssociationQuery) ([]Association, error) {
	s := new(statement)
	s.add(`SELECT DISTINCT h.engagement_id, h.resource_id, h.created_by
		FROM engagement_members m JOIN resource_snapshot_heads h ON h.catalog = m.catalog AND h.engagement_id = m.engagement_id
		WHERE m.account = ? AND m.catalog = ?`, q.Account, q.Catalog)
	q.Audience.narrow(s)
	equal(s, "h.engagement_id", q.EngagementID)
	equal(s, "h.resource_id", q.ResourceID)
	equal(s, "h.created_by", q.CreatedBy)
	var after *Position
	if q.After != nil {
		after = &Position{Value: q.After.EngagementID, ID: q.After.ResourceID}
	}
	s.page("h.engagement_id", "h.resource_id", false, after, q.Limit)
	return collect(tx, func(rows Rows, a *Association) error {
		return rows.Scan(&a.EngagementID, &a.ResourceID, &a.CreatedBy)
	}, s.String(), s.args...)
}

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

// HoldSnapshotJob makes transactions that add to a job exclude each other. It
// changes nothing, and returns ErrNotFound where there is no such job.
func (tx *Tx) HoldSnapshotJob(account, catalog, id string) error {
	return tx.hold(`UPDATE resource_snapshot_jobs SET status = status WHERE account = $1 AND catalog = $2 AND id = $3`,
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

// Settings returns the document of an account's selling system settings in a
// catalog, or ErrNotFound.
func (tx *Tx) Settings(account, catalog string) ([]byte, error) {
	var document []byte
	err := tx.row(`SELECT document FROM selling_system_settings WHERE account = $1 AND catalog = $2`,
		[]any{account, catalog}, &document)
	return document, err
}

// PutSettings adds or replaces an account's selling system settings.
func (tx *Tx) PutSettings(account, catalog string, document []byte) error {
	_, err := tx.exec(`INSERT INTO selling_system_settings (account, catalog, document) VALUES ($1, $2, $3)
		ON CONFLICT (account, catalog) DO UPDATE SET document = excluded.document`, account, catalog, string(document))
	return err
}
