package store

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
