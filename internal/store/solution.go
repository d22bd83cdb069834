package store

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
