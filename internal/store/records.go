package store

import (
	"cmp"
	"context"
	"errors"
)

// Account returns the document of an account's profile, or ErrNotFound.
func (tx *Tx) Account(account string) ([]byte, error) {
	var document []byte
	err := tx.q.ExpectSame(tx.ctx, `SELECT document FROM accounts WHERE account = $1`, []any{account}, &document)
	return document, err
}

// PutAccount adds or replaces an account's profile.
func (tx *Tx) PutAccount(account string, document []byte) error {
	_, err := tx.exec(`INSERT INTO accounts (account, document) VALUES ($1, $2)
		ON CONFLICT (account) DO UPDATE SET document = excluded.document`, account, string(document))
	return err
}

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

// Solutions returns the documents of an account's solutions in a catalog, in
// the order of their identifiers.
func (tx *Tx) Solutions(account, catalog string) ([][]byte, error) {
	return collect(tx, scanDocument,
		`SELECT document FROM solutions WHERE account = $1 AND catalog = $2 ORDER BY id`, account, catalog)
}

// Solution returns one solution's document, or ErrNotFound.
func (tx *Tx) Solution(account, catalog, id string) ([]byte, error) {
	var document []byte
	err := tx.row(`SELECT document FROM solutions WHERE account = $1 AND catalog = $2 AND id = $3`,
		[]any{account, catalog, id}, &document)
	return document, err
}

// PutSolution adds or replaces a solution.
func (tx *Tx) PutSolution(account, catalog, id string, document []byte) error {
	_, err := tx.exec(`INSERT INTO solutions (account, catalog, id, document) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account, catalog, id) DO UPDATE SET document = excluded.document`,
		account, catalog, id, string(document))
	return err
}

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

// ClientToken names one use of a client token.
type ClientToken struct {
	Account, Catalog, Operation, Token string
}

// ClientTokenRecord is what the first use of a client token left.
type ClientTokenRecord struct {
	RequestHash string
	Response    []byte // the answer as JSON
	CreatedAt   int64  // milliseconds since the Unix epoch
}

// Once runs fn for the first use of a client token and keeps what it returns;
// every later use returns that without running it. Where fn fails, nothing is kept.
func (tx *Tx) Once(t ClientToken, fn func() (ClientTokenRecord, error)) (ClientTokenRecord, error) {
	foresees := tx.q.Foresees() // the insertion fails for a token that was used
	if !foresees {
		if first, err := tx.firstUse(t, tx.q.Row); !errors.Is(err, ErrNotFound) {
			return first, cmp.Or(err, tx.holdClientToken(t))
		}
	}
	r, err := fn()
	if err == nil {
		return r, tx.InsertClientToken(t, r)
	}
	if foresees { // nothing is inserted, so the token has to be asked for
		if _, asked := tx.firstUse(t, tx.q.ExpectNone); !errors.Is(asked, ErrNotFound) {
			return r, cmp.Or(asked, ErrStale)
		}
	}
	return r, err
}

func (tx *Tx) firstUse(
	t ClientToken, ask func(ctx context.Context, query string, args []any, dest ...any) error,
) (r ClientTokenRecord, err error) {
	err = ask(tx.ctx, `SELECT request_hash, response, created_at FROM client_tokens
		WHERE account = $1 AND catalog = $2 AND operation = $3 AND token = $4`,
		[]any{t.Account, t.Catalog, t.Operation, t.Token}, &r.RequestHash, &r.Response, &r.CreatedAt)
	return r, err
}

// holdClientToken writes a client token as it is. The commit of a transaction that
// only read would not wait for what it saw to be durable, on a standby say, where the
// commit of the first use was broken off.
func (tx *Tx) holdClientToken(t ClientToken) error {
	return tx.hold(`UPDATE client_tokens SET response = response
		WHERE account = $1 AND catalog = $2 AND operation = $3 AND token = $4`, t.Account, t.Catalog, t.Operation, t.Token)
}

// InsertClientToken records the first use of a client token. ErrStale says
// that another transaction used it at the same time.
func (tx *Tx) InsertClientToken(t ClientToken, r ClientTokenRecord) error {
	err := tx.insert(`INSERT INTO client_tokens (account, catalog, operation, token, request_hash, response, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		t.Account, t.Catalog, t.Operation, t.Token, r.RequestHash, string(r.Response), r.CreatedAt)
	if errors.Is(err, ErrExists) {
		return ErrStale
	}
	return err
}
