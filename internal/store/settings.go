package store

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
