package store

// Policy returns the document of an operator's policy, or ErrNotFound.
func (tx *Tx) Policy(name string) ([]byte, error) {
	var document []byte
	err := tx.row(`SELECT document FROM policies WHERE name = $1`, []any{name}, &document)
	return document, err
}

// PutPolicy adds or replaces an operator's policy.
func (tx *Tx) PutPolicy(name string, document []byte) error {
	_, err := tx.exec(`INSERT INTO policies (name, document) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET document = excluded.document`, name, string(document))
	return err
}

// DeletePolicy removes a policy; one that is not there is passed over.
func (tx *Tx) DeletePolicy(name string) error {
	_, err := tx.exec(`DELETE FROM policies WHERE name = $1`, name)
	return err
}

// PolicyNames returns the names of all policies in their order.
func (tx *Tx) PolicyNames() ([]string, error) {
	return collect(tx, func(rows Rows, name *string) error { return rows.Scan(name) }, `SELECT name FROM policies ORDER BY name`)
}
