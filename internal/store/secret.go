package store

// Secret returns a secret of the installation, making it with generate when
// there is none. Every process on the same store gets the same value.
func (tx *Tx) Secret(name string, generate func() string) (string, error) {
	if _, err := tx.exec(`INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
		name, generate()); err != nil {
		return "", err
	}
	var value string
	err := tx.row(`SELECT value FROM secrets WHERE name = $1`, []any{name}, &value)
	return value, err
}

// PutSecret replaces a secret, in another form of the same value.
func (tx *Tx) PutSecret(name, value string) error {
	_, err := tx.exec(`UPDATE secrets SET value = $1 WHERE name = $2`, value, name)
	return err
}

// DeleteSecret removes a secret, if it is there.
func (tx *Tx) DeleteSecret(name string) error {
	_, err := tx.exec(`DELETE FROM secrets WHERE name = $1`, name)
	return err
}
