package store

// Account returns the document of an account's profile, or ErrNotFound.
func (tx *Tx) Account(account string) ([]byte, error) {
	var document []byte
	err := tx.rowCached(`SELECT document FROM accounts WHERE account = $1`, []any{account}, &document)
	return document, err
}

// PutAccount adds or replaces an account's profile.
func (tx *Tx) PutAccount(account string, document []byte) error {
	_, err := tx.exec(`INSERT INTO accounts (account, document) VALUES ($1, $2)
		ON CONFLICT (account) DO UPDATE SET document = excluded.document`, account, string(document))
	return err
}
