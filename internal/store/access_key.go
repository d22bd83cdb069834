package store

// AccessKey is an access key of a user.
type AccessKey struct {
	ID            string
	Account, User string
	Status        string // Active or Inactive
	CreatedAt     int64  // milliseconds
	LastUsedAt    int64  // milliseconds, coarse; 0 for never
	Secret        string // sealed
}

const accessKeyColumns = `id, account, user_name, status, created_at, last_used_at, secret`

func scanAccessKey(rows Rows, k *AccessKey) error {
	return rows.Scan(&k.ID, &k.Account, &k.User, &k.Status, &k.CreatedAt, &k.LastUsedAt, &k.Secret)
}

// AccessKey returns an access key, or ErrNotFound.
func (tx *Tx) AccessKey(id string) (*AccessKey, error) {
	return only(collect(tx, scanAccessKey, `SELECT `+accessKeyColumns+` FROM access_keys WHERE id = $1`, id))
}

// AccessKeys returns the access keys of a user, oldest first.
func (tx *Tx) AccessKeys(account, user string) ([]AccessKey, error) {
	return collect(tx, scanAccessKey, `SELECT `+accessKeyColumns+` FROM access_keys WHERE account = $1 AND user_name = $2
		ORDER BY created_at, id`, account, user)
}

// InsertAccessKey adds an access key, or returns ErrExists.
func (tx *Tx) InsertAccessKey(k *AccessKey) error {
	return tx.insert(`INSERT INTO access_keys (`+accessKeyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		k.ID, k.Account, k.User, k.Status, k.CreatedAt, k.LastUsedAt, k.Secret)
}

// SetAccessKeyStatus changes the status of a user's access key, or returns ErrNotFound.
func (tx *Tx) SetAccessKeyStatus(account, user, id, status string) error {
	return orNotFound(tx.exec(`UPDATE access_keys SET status = $1 WHERE id = $2 AND account = $3 AND user_name = $4`,
		status, id, account, user))
}

// SetAccessKeyUsed records when an access key was used last, if that is later than what
// is recorded. A key that is gone is passed over.
func (tx *Tx) SetAccessKeyUsed(id string, at int64) error {
	_, err := tx.exec(`UPDATE access_keys SET last_used_at = $1 WHERE id = $2 AND last_used_at < $1`, at, id)
	return err
}

// DeleteAccessKey removes a user's access key, or returns ErrNotFound.
func (tx *Tx) DeleteAccessKey(account, user, id string) error {
	return orNotFound(tx.exec(`DELETE FROM access_keys WHERE id = $1 AND account = $2 AND user_name = $3`, id, account, user))
}
