package store

// AwsOpportunity returns the document of AWS's side of an opportunity and its
// version, or ErrNotFound.
func (tx *Tx) AwsOpportunity(key OpportunityKey) (document []byte, version int64, err error) {
	err = tx.row(`SELECT document, version FROM aws_opportunities WHERE account = $1 AND catalog = $2 AND id = $3`,
		[]any{key.Account, key.Catalog, key.ID}, &document, &version)
	return document, version, err
}

// PutAwsOpportunity adds AWS's side of an opportunity (previous is 0), or
// replaces the version that was read. ErrStale says that it changed meanwhile.
func (tx *Tx) PutAwsOpportunity(key OpportunityKey, previous int64, document []byte) error {
	if previous == 0 {
		return tx.replace(`INSERT INTO aws_opportunities (account, catalog, id, version, document)
			VALUES ($1, $2, $3, 1, $4) ON CONFLICT DO NOTHING`, key.Account, key.Catalog, key.ID, string(document))
	}
	return tx.replace(`UPDATE aws_opportunities SET version = version + 1, document = $1
		WHERE account = $2 AND catalog = $3 AND id = $4 AND version = $5`,
		string(document), key.Account, key.Catalog, key.ID, previous)
}
