package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/gob"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver

	"cosell/internal/ids"
	"cosell/internal/store"
)

// rows are what one CreateOpportunity writes.
type rows struct {
	Opportunity store.Opportunity
	Token       store.ClientToken
	First       store.ClientTokenRecord
	Event       store.Event
}

// write adds the rows once more, under keys of their own.
func (r *rows) write(tx *store.Tx, source *ids.Source) error {
	o, token, event := r.Opportunity, r.Token, r.Event
	o.ID, token.Token, event.Sequence = source.Opportunity(), source.UUID(), source.Sequence()
	o.CreatedAt = time.Now().UnixMilli()
	o.LastModifiedAt = o.CreatedAt
	if err := tx.InsertOpportunity(&o); err != nil {
		return err
	}
	if err := tx.InsertClientToken(token, r.First); err != nil {
		return err
	}
	return tx.InsertEvent(event)
}

// writeFile keeps the rows for another process.
func (r *rows) writeFile(name string) error {
	var text bytes.Buffer
	if err := gob.NewEncoder(&text).Encode(r); err != nil {
		return err
	}
	return os.WriteFile(name, text.Bytes(), 0o600)
}

func readRowsFile(name string) (*rows, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	r := new(rows)
	return r, gob.NewDecoder(bytes.NewReader(text)).Decode(r)
}

// openFile opens the database of a data directory beside the server that owns
// it, to read only.
func openFile(dir string) (*sql.DB, error) {
	file := &url.URL{Path: filepath.Join(dir, "cosell.db")}
	return sql.Open("sqlite", "file:"+file.EscapedPath()+"?mode=ro&_pragma=busy_timeout(5000)")
}

// readRows reads what the latest CreateOpportunity in a database wrote.
func readRows(ctx context.Context, db *sql.DB) (_ *rows, err error) {
	r := new(rows)
	o, t, e := &r.Opportunity, &r.Token, &r.Event
	for _, row := range []struct {
		query string
		dest  []any
	}{
		{
			`SELECT account, catalog, id, stage, review_status, company_key, target_close_date, created_at, last_modified_at, origin, document
				FROM opportunities ORDER BY id DESC LIMIT 1`,
			[]any{
				&o.Account, &o.Catalog, &o.ID, &o.Stage, &o.ReviewStatus, &o.CompanyKey, &o.TargetCloseDate,
				&o.CreatedAt, &o.LastModifiedAt, &o.Origin, &o.Document,
			},
		},
		{
			`SELECT account, catalog, operation, token, request_hash, response, created_at FROM client_tokens ORDER BY created_at DESC LIMIT 1`,
			[]any{
				&t.Account, &t.Catalog, &t.Operation, &t.Token,
				&r.First.RequestHash, &r.First.Response, &r.First.CreatedAt,
			},
		},
		{`SELECT account, sequence, envelope FROM event_outbox ORDER BY sequence DESC LIMIT 1`, []any{&e.Account, &e.Sequence, &e.Envelope}},
	} {
		if err := db.QueryRowContext(ctx, row.query).Scan(row.dest...); err != nil {
			return nil, fmt.Errorf("read what a create wrote: %w", err)
		}
	}
	return r, nil
}
