package store

// EngagementKey names an engagement. It has no account: an engagement is shared.
type EngagementKey struct {
	Catalog, ID string
}

// EngagementMember is an account's part in an engagement. What lists filter and
// sort by is repeated in each member's row, so that a list reads rows of its own
// account alone.
type EngagementMember struct {
	Account      string
	CreatedBy    string // of the engagement
	CreatedAt    int64  // of the engagement, milliseconds
	ContextTypes int64  // a bit for each kind of context it has
	JoinedAt     int64  // milliseconds
}

// Engagement returns an engagement's document and how many members it has, or
// ErrNotFound.
func (tx *Tx) Engagement(key EngagementKey) (document []byte, memberCount int32, err error) {
	err = tx.row(`SELECT e.document,
		(SELECT count(*) FROM engagement_members m WHERE m.catalog = e.catalog AND m.engagement_id = e.id)
		FROM engagements e WHERE e.catalog = $1 AND e.id = $2`, []any{key.Catalog, key.ID}, &document, &memberCount)
	return document, memberCount, err
}

// InsertEngagement adds an engagement, or returns ErrExists. Members are added
// one by one.
func (tx *Tx) InsertEngagement(key EngagementKey, modifiedAt int64, document []byte) error {
	return tx.insert(`INSERT INTO engagements (catalog, id, modified_at, document) VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING`, key.Catalog, key.ID, modifiedAt, string(document))
}

// UpdateEngagement replaces an engagement that was read with the time previous
// as its last modification, or returns ErrStale. contextTypes is written to all
// its members' rows.
func (tx *Tx) UpdateEngagement(key EngagementKey, previous, modifiedAt, contextTypes int64, document []byte) error {
	err := tx.replace(`UPDATE engagements SET modified_at = $1, document = $2
		WHERE catalog = $3 AND id = $4 AND modified_at = $5`,
		modifiedAt, string(document), key.Catalog, key.ID, previous)
	if err != nil {
		return err
	}
	_, err = tx.exec(`UPDATE engagement_members SET context_types = $1
		WHERE catalog = $2 AND engagement_id = $3 AND context_types <> $4`,
		contextTypes, key.Catalog, key.ID, contextTypes)
	return err
}

// LockEngagement makes transactions that add to an engagement exclude each
// other. It changes nothing, and returns ErrNotFound where there is no such engagement.
func (tx *Tx) LockEngagement(key EngagementKey) error {
	return tx.lockRow(`UPDATE engagements SET modified_at = modified_at WHERE catalog = $1 AND id = $2`, key.Catalog, key.ID)
}

// InsertEngagementMember adds a member, or returns ErrExists.
func (tx *Tx) InsertEngagementMember(key EngagementKey, m EngagementMember) error {
	return tx.insert(`INSERT INTO engagement_members
		(account, catalog, engagement_id, engagement_created_by, engagement_created_at, context_types, joined_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		m.Account, key.Catalog, key.ID, m.CreatedBy, m.CreatedAt, m.ContextTypes, m.JoinedAt)
}

// EngagementMembers returns an engagement's members in the order in which they
// joined; accounts that joined in the same millisecond by their numbers.
func (tx *Tx) EngagementMembers(key EngagementKey) ([]EngagementMember, error) {
	return collect(tx, func(rows Rows, m *EngagementMember) error {
		return rows.Scan(&m.Account, &m.CreatedBy, &m.CreatedAt, &m.ContextTypes, &m.JoinedAt)
	}, `SELECT account, engagement_created_by, engagement_created_at, context_types, joined_at
		FROM engagement_members WHERE catalog = $1 AND engagement_id = $2 ORDER BY joined_at, account`, key.Catalog, key.ID)
}

// IsEngagementMember reports whether an account is a member.
func (tx *Tx) IsEngagementMember(key EngagementKey, account string) (bool, error) {
	var n int
	err := tx.row(`SELECT count(*) FROM engagement_members WHERE account = $1 AND catalog = $2 AND engagement_id = $3`,
		[]any{account, key.Catalog, key.ID}, &n)
	return n > 0, err
}

// EngagementQuery asks for one page of the engagements an account is a member
// of, by time of creation. An empty filter lets everything pass.
type EngagementQuery struct {
	Account, Catalog string
	IDs              []string
	CreatedBy        []string
	ExcludeCreatedBy []string
	AnyContextType   int64 // bits of which an engagement must have one; 0 is no filter
	ExcludeContexts  int64 // bits of which an engagement must have none
	Descending       bool
	After            *Position // the last engagement of the page before
	Limit            int
}

// EngagementRow is one engagement of a page.
type EngagementRow struct {
	Position    Position
	MemberCount int32
	Document    []byte
}

// Engagements returns one page.
func (tx *Tx) Engagements(q *EngagementQuery) ([]EngagementRow, error) {
	s := new(statement)
	s.add(`SELECT m.engagement_created_at, e.id, e.document,
		(SELECT count(*) FROM engagement_members n WHERE n.catalog = m.catalog AND n.engagement_id = m.engagement_id)
		FROM engagement_members m JOIN engagements e ON e.catalog = m.catalog AND e.id = m.engagement_id
		WHERE m.account = ? AND m.catalog = ?`, q.Account, q.Catalog)
	in(s, "m.engagement_id", q.IDs)
	in(s, "m.engagement_created_by", q.CreatedBy)
	if len(q.ExcludeCreatedBy) > 0 {
		s.WriteString(" AND m.engagement_created_by NOT IN ")
		list(s, q.ExcludeCreatedBy)
	}
	if q.AnyContextType != 0 {
		s.add(" AND (m.context_types & ?) <> 0", q.AnyContextType)
	}
	if q.ExcludeContexts != 0 {
		s.add(" AND (m.context_types & ?) = 0", q.ExcludeContexts)
	}
	s.page("m.engagement_created_at", "m.engagement_id", q.Descending, q.After, q.Limit)
	return collect(tx, func(rows Rows, r *EngagementRow) error {
		return rows.Scan(&r.Position.Value, &r.Position.ID, &r.Document, &r.MemberCount)
	}, s.String(), s.args...)
}
