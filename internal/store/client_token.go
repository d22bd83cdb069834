package store

import "errors"

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

// ClientToken returns what the first use of a client token left, and whether there
// was one. If there was none, this transaction is the first use: it ends with
// [Tx.InsertClientToken], or, before it fails, with [Tx.ConfirmClientTokenUnused].
//
// An optimistic attempt reports every token as unused without looking, since almost
// all are: InsertClientToken fails for one that was used, which makes the engine run
// the function again.
func (tx *Tx) ClientToken(t ClientToken) (first ClientTokenRecord, used bool, err error) {
	if tx.attempt.Optimistic {
		return first, false, nil
	}
	err = tx.firstUse(t, tx.row, &first)
	if errors.Is(err, ErrNotFound) {
		return first, false, nil
	}
	if err == nil {
		err = tx.lockClientToken(t)
	}
	return first, err == nil, err
}

// ConfirmClientTokenUnused must be called before a first use returns an error of its
// own. It returns ErrStale if the token was used after all: the answer is then that
// of the first use, not the error.
func (tx *Tx) ConfirmClientTokenUnused(t ClientToken) error {
	if !tx.attempt.Optimistic {
		return nil // ClientToken has looked
	}
	err := tx.firstUse(t, tx.rowAbsent, new(ClientTokenRecord))
	switch {
	case errors.Is(err, ErrNotFound):
		return nil
	case err == nil:
		return ErrStale
	default:
		return err
	}
}

func (tx *Tx) firstUse(t ClientToken, row func(query string, args []any, dest ...any) error, r *ClientTokenRecord) error {
	return row(`SELECT request_hash, response, created_at FROM client_tokens
		WHERE account = $1 AND catalog = $2 AND operation = $3 AND token = $4`,
		[]any{t.Account, t.Catalog, t.Operation, t.Token}, &r.RequestHash, &r.Response, &r.CreatedAt)
}

// lockClientToken writes a client token as it is. The commit of a transaction that
// only read would not wait until what it read is durable (on a standby, for example)
// if the commit of the first use was interrupted.
func (tx *Tx) lockClientToken(t ClientToken) error {
	return tx.lockRow(`UPDATE client_tokens SET response = response
		WHERE account = $1 AND catalog = $2 AND operation = $3 AND token = $4`, t.Account, t.Catalog, t.Operation, t.Token)
}

// InsertClientToken records the first use of a client token. ErrStale means that
// another transaction used it.
func (tx *Tx) InsertClientToken(t ClientToken, r ClientTokenRecord) error {
	err := tx.insert(`INSERT INTO client_tokens (account, catalog, operation, token, request_hash, response, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		t.Account, t.Catalog, t.Operation, t.Token, r.RequestHash, string(r.Response), r.CreatedAt)
	if errors.Is(err, ErrExists) {
		return ErrStale
	}
	return err
}
