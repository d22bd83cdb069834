package store

// OperatorToken is what the store knows of a token of an operator. Times are
// milliseconds of real time; 0 is never.
type OperatorToken struct {
	Name, Role string
	Accounts   []byte // a JSON array of accounts; empty is all
	Hash       string // of the token, which is not stored
	CreatedAt  int64
	ExpiresAt  int64
	LastUsedAt int64
}

const operatorTokenColumns = `name, role, accounts, hash, created_at, expires_at, last_used_at` //nolint:gosec // names of columns

func scanOperatorToken(rows Rows, t *OperatorToken) error {
	return rows.Scan(&t.Name, &t.Role, &t.Accounts, &t.Hash, &t.CreatedAt, &t.ExpiresAt, &t.LastUsedAt)
}

// OperatorToken returns the token with a hash, or ErrNotFound.
func (tx *Tx) OperatorToken(hash string) (*OperatorToken, error) {
	return only(collect(tx, scanOperatorToken, `SELECT `+operatorTokenColumns+` FROM operator_tokens WHERE hash = $1 LIMIT 1`, hash))
}

// OperatorTokens returns at most limit tokens, by name.
func (tx *Tx) OperatorTokens(limit int) ([]OperatorToken, error) {
	return collect(tx, scanOperatorToken, `SELECT `+operatorTokenColumns+` FROM operator_tokens ORDER BY name LIMIT $1`, limit)
}

// InsertOperatorToken adds a token, or returns ErrExists where the name is taken.
func (tx *Tx) InsertOperatorToken(t *OperatorToken) error {
	return tx.insert(`INSERT INTO operator_tokens (`+operatorTokenColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		t.Name, t.Role, string(t.Accounts), t.Hash, t.CreatedAt, t.ExpiresAt, t.LastUsedAt)
}

// UseOperatorToken records when the token with a hash was used.
func (tx *Tx) UseOperatorToken(hash string, at int64) error {
	_, err := tx.exec(`UPDATE operator_tokens SET last_used_at = $1 WHERE hash = $2 AND last_used_at < $1`, at, hash)
	return err
}

// DeleteOperatorToken removes a token, or returns ErrNotFound.
func (tx *Tx) DeleteOperatorToken(name string) error {
	return orNotFound(tx.exec(`DELETE FROM operator_tokens WHERE name = $1`, name))
}
