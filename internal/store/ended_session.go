package store

// EndSession records that a session has ended before its time, which is in milliseconds,
// and forgets those whose time has come by now.
func (tx *Tx) EndSession(id string, endsAt, now int64) error {
	if _, err := tx.exec(`DELETE FROM ended_sessions WHERE ends_at <= $1`, now); err != nil {
		return err
	}
	_, err := tx.exec(`INSERT INTO ended_sessions (id, ends_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`, id, endsAt)
	return err
}

// SessionEnded reports whether a session was ended before its time.
func (tx *Tx) SessionEnded(id string) (bool, error) {
	found, err := collect(tx, scanSequence, `SELECT ends_at FROM ended_sessions WHERE id = $1`, id)
	return len(found) > 0, err
}
