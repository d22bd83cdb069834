package store

// Review is an opportunity that awaits AWS's review.
type Review struct {
	OpportunityKey
	SubmittedAt int64 // milliseconds
}

// InsertReview puts an opportunity into the queue of those that await review;
// one that is there stays in its place.
func (tx *Tx) InsertReview(r Review) error {
	_, err := tx.exec(`INSERT INTO review_queue (catalog, account, opportunity_id, submitted_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING`, r.Catalog, r.Account, r.ID, r.SubmittedAt)
	return err
}

// DeleteReview takes an opportunity out of the queue.
func (tx *Tx) DeleteReview(key OpportunityKey) error {
	_, err := tx.exec(`DELETE FROM review_queue WHERE catalog = $1 AND account = $2 AND opportunity_id = $3`,
		key.Catalog, key.Account, key.ID)
	return err
}

// Review returns an opportunity's place in the queue, or ErrNotFound.
func (tx *Tx) Review(key OpportunityKey) (Review, error) {
	r := Review{OpportunityKey: key}
	err := tx.row(`SELECT submitted_at FROM review_queue WHERE catalog = $1 AND account = $2 AND opportunity_id = $3`,
		[]any{key.Catalog, key.Account, key.ID}, &r.SubmittedAt)
	return r, err
}

// Reviews returns at most limit of what awaits review, the longest waiting
// first; catalog and account narrow it where they are not empty.
func (tx *Tx) Reviews(catalog, account string, limit int) ([]Review, error) {
	s := new(statement)
	s.WriteString("SELECT catalog, account, opportunity_id, submitted_at FROM review_queue WHERE 1 = 1")
	if catalog != "" {
		s.add(" AND catalog = ?", catalog)
	}
	if account != "" {
		s.add(" AND account = ?", account)
	}
	s.add(" ORDER BY submitted_at, catalog, account, opportunity_id LIMIT ?", limit)
	return collect(tx, func(rows Rows, r *Review) error {
		return rows.Scan(&r.Catalog, &r.Account, &r.ID, &r.SubmittedAt)
	}, s.String(), s.args...)
}

// InsertReviewFollower makes an opportunity follow the review of another one in
// the same catalog; what is so already stays so.
func (tx *Tx) InsertReviewFollower(followed, follower OpportunityKey) error {
	_, err := tx.exec(`INSERT INTO review_followers (account, catalog, opportunity_id, follower_account, follower_id)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		followed.Account, followed.Catalog, followed.ID, follower.Account, follower.ID)
	return err
}

// ReviewFollowers returns the opportunities that follow the review of another.
func (tx *Tx) ReviewFollowers(followed OpportunityKey) ([]OpportunityKey, error) {
	return collect(tx, func(rows Rows, k *OpportunityKey) error {
		k.Catalog = followed.Catalog
		return rows.Scan(&k.Account, &k.ID)
	}, `SELECT follower_account, follower_id FROM review_followers
		WHERE account = $1 AND catalog = $2 AND opportunity_id = $3 ORDER BY follower_account, follower_id`,
		followed.Account, followed.Catalog, followed.ID)
}
