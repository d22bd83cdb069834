package store

import "errors"

// QuotaUsage returns the document of what an account used of a group of operations, or
// ErrNotFound.
func (tx *Tx) QuotaUsage(account, group string) ([]byte, error) {
	var document []byte
	err := tx.row(`SELECT document FROM quota_usage WHERE account = $1 AND quota_group = $2`, []any{account, group}, &document)
	return document, err
}

// PutQuotaUsage replaces what an account used of a group, or adds it where previous is
// nil. It returns ErrStale if it is no longer previous.
func (tx *Tx) PutQuotaUsage(account, group string, previous, document []byte) error {
	if previous != nil {
		return tx.replace(`UPDATE quota_usage SET document = $1 WHERE account = $2 AND quota_group = $3 AND document = $4`,
			string(document), account, group, string(previous))
	}
	err := tx.insert(`INSERT INTO quota_usage (account, quota_group, document) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		account, group, string(document))
	if errors.Is(err, ErrExists) {
		return ErrStale
	}
	return err
}

// AccountQuotas returns the document of the quotas that were set for an account, or
// ErrNotFound.
func (tx *Tx) AccountQuotas(account string) ([]byte, error) {
	var document []byte
	err := tx.row(`SELECT document FROM account_quotas WHERE account = $1`, []any{account}, &document)
	return document, err
}

// PutAccountQuotas sets the quotas of an account.
func (tx *Tx) PutAccountQuotas(account string, document []byte) error {
	_, err := tx.exec(`INSERT INTO account_quotas (account, document) VALUES ($1, $2)
		ON CONFLICT (account) DO UPDATE SET document = excluded.document`, account, string(document))
	return err
}

// DeleteAccountQuotas removes the quotas that were set for an account, if there are any.
func (tx *Tx) DeleteAccountQuotas(account string) error {
	_, err := tx.exec(`DELETE FROM account_quotas WHERE account = $1`, account)
	return err
}
