package store

// Tag is a key and a value on a resource.
type Tag struct {
	Key, Value string
}

// Tags returns a resource's tags in the order in which their keys first came.
func (tx *Tx) Tags(account, arn string) ([]Tag, error) {
	return collect(tx, func(rows Rows, t *Tag) error { return rows.Scan(&t.Key, &t.Value) },
		`SELECT tag_key, value FROM tags WHERE account = $1 AND arn = $2 ORDER BY position, tag_key`, account, arn)
}

// PutTags adds tags to a resource; the value of a key that is there already is
// replaced. The position places new keys behind older ones.
func (tx *Tx) PutTags(account, arn string, position int64, tags []Tag) error {
	for i, t := range tags {
		if _, err := tx.exec(`INSERT INTO tags (account, arn, tag_key, value, position) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (account, arn, tag_key) DO UPDATE SET value = excluded.value`,
			account, arn, t.Key, t.Value, position+int64(i)); err != nil {
			return err
		}
	}
	if catalog, id, ok := opportunityOf(arn); ok && len(tags) > 0 {
		return tx.markAdded(account, catalog, id)
	}
	return nil
}

// DeleteTags removes the tags with the keys; keys that no tag has are passed
// over.
func (tx *Tx) DeleteTags(account, arn string, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	s := new(statement)
	s.add(`DELETE FROM tags WHERE account = ? AND arn = ?`, account, arn)
	in(s, "tag_key", keys)
	if _, err := tx.exec(s.String(), s.args...); err != nil {
		return err
	}
	if catalog, id, ok := opportunityOf(arn); ok {
		return tx.MarkSearch(SearchOpportunity, account, catalog, id)
	}
	return nil
}
