package store

// HistoryKey names a record whose changes are kept.
type HistoryKey struct {
	Account, Catalog string // the account is "" for a record that several share
	Kind             string // of the record, such as Opportunity
	Record           string // its identifier
}

// HistoryChange is a change of a record.
type HistoryChange struct {
	HistoryKey
	Sequence  int64  // it rises with time
	ChangedAt int64  // milliseconds of business time
	Document  []byte // who changed what, as JSON
}

// InsertHistory adds a change.
func (tx *Tx) InsertHistory(c *HistoryChange) error {
	return tx.insert(`INSERT INTO history (account, catalog, kind, record, sequence, changed_at, document)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		c.Account, c.Catalog, c.Kind, c.Record, c.Sequence, c.ChangedAt, string(c.Document))
}

// History returns at most limit changes of a record, the newest first, and whether there
// are more. Before is the sequence behind which they stand, 0 for the newest. After the
// first one it returns none that would make their documents larger than so many bytes
// together.
func (tx *Tx) History(key HistoryKey, before int64, limit, bytes int) (changes []HistoryChange, more bool, err error) {
	s := new(statement)
	s.add(`SELECT sequence, changed_at, document FROM history WHERE account = ? AND catalog = ? AND kind = ? AND record = ?`,
		key.Account, key.Catalog, key.Kind, key.Record)
	if before > 0 {
		s.add(` AND sequence < ?`, before)
	}
	s.add(` ORDER BY sequence DESC LIMIT ?`, limit+1)
	rows, err := tx.q.Query(tx.ctx, s.String(), s.args...)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	for total := 0; rows.Next(); {
		c := HistoryChange{HistoryKey: key}
		if err := rows.Scan(&c.Sequence, &c.ChangedAt, &c.Document); err != nil {
			return nil, false, err
		}
		if total += len(c.Document); len(changes) == limit || len(changes) > 0 && total > bytes {
			return changes, true, nil
		}
		changes = append(changes, c)
	}
	return changes, false, rows.Err()
}

// DeleteHistory removes the changes of a record.
func (tx *Tx) DeleteHistory(key HistoryKey) error {
	_, err := tx.exec(`DELETE FROM history WHERE account = $1 AND catalog = $2 AND kind = $3 AND record = $4`,
		key.Account, key.Catalog, key.Kind, key.Record)
	return err
}
