package store

// OpportunityKey names one opportunity: its owner's account, the catalog, and
// its identifier.
type OpportunityKey struct {
	Account, Catalog, ID string
}

// Opportunity is a stored opportunity. Times are milliseconds since the Unix
// epoch; an absent text is empty.
type Opportunity struct {
	OpportunityKey
	Stage           string
	ReviewStatus    string
	CompanyKey      string // the customer's company name, case folded
	TargetCloseDate string // YYYY-MM-DD
	CreatedAt       int64
	LastModifiedAt  int64
	Origin          string // as the API names it; it never changes
	Document        []byte // what GetOpportunity answers, as JSON
}

// Opportunity returns an opportunity's origin and document, or ErrNotFound.
func (tx *Tx) Opportunity(key OpportunityKey) (origin string, document []byte, err error) {
	err = tx.row(`SELECT origin, document FROM opportunities WHERE account = $1 AND catalog = $2 AND id = $3`,
		[]any{key.Account, key.Catalog, key.ID}, &origin, &document)
	return origin, document, err
}

// InsertOpportunity adds an opportunity, or returns ErrExists.
func (tx *Tx) InsertOpportunity(o *Opportunity) error {
	if err := tx.insert(`INSERT INTO opportunities
		(account, catalog, id, stage, review_status, company_key, target_close_date, created_at, last_modified_at, origin, document)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
		o.Account, o.Catalog, o.ID, o.Stage, o.ReviewStatus, o.CompanyKey, o.TargetCloseDate,
		o.CreatedAt, o.LastModifiedAt, o.Origin, string(o.Document)); err != nil {
		return err
	}
	return tx.markAdded(o.Account, o.Catalog, o.ID)
}

// UpdateOpportunity replaces an opportunity that was read with the time
// previous as its last modification, or returns ErrStale.
func (tx *Tx) UpdateOpportunity(o *Opportunity, previous int64) error {
	return tx.replace(`UPDATE opportunities
		SET stage = $1, review_status = $2, company_key = $3, target_close_date = $4, last_modified_at = $5, document = $6
		WHERE account = $7 AND catalog = $8 AND id = $9 AND last_modified_at = $10`,
		o.Stage, o.ReviewStatus, o.CompanyKey, o.TargetCloseDate, o.LastModifiedAt, string(o.Document),
		o.Account, o.Catalog, o.ID, previous)
}

// LockOpportunity makes transactions that add to an opportunity exclude each
// other. It changes nothing, and returns ErrNotFound where there is no such opportunity.
func (tx *Tx) LockOpportunity(key OpportunityKey) error {
	return tx.lockRow(`UPDATE opportunities SET origin = origin WHERE account = $1 AND catalog = $2 AND id = $3`,
		key.Account, key.Catalog, key.ID)
}
