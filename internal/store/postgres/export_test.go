package postgres

import (
	"context"

	"cosell/internal/store"
)

// Setting returns a setting of the server's as an update or a view has it.
func Setting(ctx context.Context, s *Store, update bool, name string, options ...store.Option) (value string, err error) {
	conn, err := s.acquire(ctx)
	if err != nil {
		return "", err
	}
	defer conn.Release()
	begin := beginView
	if update {
		begin = beginUpdate
	}
	t := s.transaction(store.SettingsOf(options), conn, begin)
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

// StrictInsert returns the strict form of a statement, and whether a taken key fails
// it.
func StrictInsert(query string) (string, bool) {
	s := buildStrictInsert(query)
	return s.query, s.conflictCode != ""
}

// WithoutForecasting makes a store run every statement as an exchange of its own.
func WithoutForecasting(s *Store) { s.forecasting = false }
