package store

// ConsolePassword is what the store knows of the password with which a user signs in to
// the console. Times are milliseconds of real time; 0 is never.
type ConsolePassword struct {
	Account, User string
	Hash          string // with its parameters and salt
	CreatedAt     int64
	LastUsedAt    int64
}

const consolePasswordColumns = `account, user_name, hash, created_at, last_used_at`

func scanConsolePassword(rows Rows, p *ConsolePassword) error {
	return rows.Scan(&p.Account, &p.User, &p.Hash, &p.CreatedAt, &p.LastUsedAt)
}

// ConsolePassword returns the password of a user, or ErrNotFound.
func (tx *Tx) ConsolePassword(account, user string) (*ConsolePassword, error) {
	return only(collect(tx, scanConsolePassword, `SELECT `+consolePasswordColumns+` FROM console_passwords
		WHERE account = $1 AND user_name = $2`, account, user))
}

// PutConsolePassword adds or replaces the password of a user.
func (tx *Tx) PutConsolePassword(p *ConsolePassword) error {
	_, err := tx.exec(`INSERT INTO console_passwords (`+consolePasswordColumns+`) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account, user_name) DO UPDATE
		SET hash = excluded.hash, created_at = excluded.created_at, last_used_at = excluded.last_used_at`,
		p.Account, p.User, p.Hash, p.CreatedAt, p.LastUsedAt)
	return err
}

// UseConsolePassword records when a user signed in. A password that is gone is passed over.
func (tx *Tx) UseConsolePassword(account, user string, at int64) error {
	_, err := tx.exec(`UPDATE console_passwords SET last_used_at = $1 WHERE account = $2 AND user_name = $3 AND last_used_at < $1`,
		at, account, user)
	return err
}

// DeleteConsolePassword removes the password of a user, or returns ErrNotFound.
func (tx *Tx) DeleteConsolePassword(account, user string) error {
	return orNotFound(tx.exec(`DELETE FROM console_passwords WHERE account = $1 AND user_name = $2`, account, user))
}
