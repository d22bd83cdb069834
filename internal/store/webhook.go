package store

// Webhook is a webhook endpoint of an account.
type Webhook struct {
	Account, ID string
	Document    []byte
}

func scanWebhook(rows Rows, w *Webhook) error { return rows.Scan(&w.Account, &w.ID, &w.Document) }

// Webhook returns a webhook endpoint, or ErrNotFound.
func (tx *Tx) Webhook(account, id string) (*Webhook, error) {
	return only(collect(tx, scanWebhook, `SELECT account, id, document FROM webhooks WHERE account = $1 AND id = $2`, account, id))
}

// Webhooks returns at most limit webhook endpoints of an account.
func (tx *Tx) Webhooks(account string, limit int) ([]Webhook, error) {
	return collect(tx, scanWebhook, `SELECT account, id, document FROM webhooks WHERE account = $1 ORDER BY id LIMIT $2`, account, limit)
}

// PutWebhook adds or replaces a webhook endpoint.
func (tx *Tx) PutWebhook(w *Webhook) error {
	_, err := tx.exec(`INSERT INTO webhooks (account, id, document) VALUES ($1, $2, $3)
		ON CONFLICT (account, id) DO UPDATE SET document = excluded.document`, w.Account, w.ID, string(w.Document))
	return err
}

// DeleteWebhook removes a webhook endpoint, or returns ErrNotFound.
func (tx *Tx) DeleteWebhook(account, id string) error {
	return orNotFound(tx.exec(`DELETE FROM webhooks WHERE account = $1 AND id = $2`, account, id))
}
