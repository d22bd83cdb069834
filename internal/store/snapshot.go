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
