package postgres

import "context"

// Setting returns a setting of the server's as an update or a view has it.
func Setting(ctx context.Context, s *Store, update bool, name string) (value string, err error) {
	conn, err := s.acquire(ctx)
	if err != nil {
		return "", err
	}
	defer conn.Release()
	begin := beginView
	if update {
		begin = beginUpdate
	}
	t := s.transaction(ctx, conn, begin)
	defer t.rollback(ctx)
	found, err := t.Query(ctx, "SELECT current_setting($1)", name)
	if err != nil {
		return "", err
	}
	defer func() { _ = found.Close() }()
	found.Next()
	return value, found.Scan(&value)
}

// MigrationLock is the number of the lock that guards the schema.
const MigrationLock = migrationLock

// Encoded and Decoded are how text goes into columns and comes back.
func Encoded(text string) string { return encoded([]any{text})[0].(string) }

// Decoded is the inverse of Encoded.
func Decoded(text string) string {
	decode([]any{&text})
	return text
}

// Surely returns the statement that stands for another where that is to change one
// row, and whether a taken key fails it.
func Surely(query string) (string, bool) {
	s := makeSure(query)
	return s.query, s.refusal != ""
}
