package store

// CustomerAccountKey names a customer account. Identifiers are unique within an
// account and a catalog.
type CustomerAccountKey struct {
	Account, Catalog, ID string
}

// CustomerAccount is a row of a customer account.
type CustomerAccount struct {
	CustomerAccountKey

	Status     string
	ModifiedAt int64 // milliseconds; the optimistic lock
	Document   []byte
}

const customerAccountColumns = `account, catalog, id, status, modified_at, document`

func scanCustomerAccount(rows Rows, a *CustomerAccount) error {
	return rows.Scan(&a.Account, &a.Catalog, &a.ID, &a.Status, &a.ModifiedAt, &a.Document)
}

// CustomerAccount returns a customer account, or ErrNotFound.
func (tx *Tx) CustomerAccount(key CustomerAccountKey) (*CustomerAccount, error) {
	return only(collect(tx, scanCustomerAccount, `SELECT `+customerAccountColumns+` FROM customer_accounts
		WHERE account = $1 AND catalog = $2 AND id = $3`, key.Account, key.Catalog, key.ID))
}

// InsertCustomerAccount adds a customer account, or returns ErrExists.
func (tx *Tx) InsertCustomerAccount(a *CustomerAccount) error {
	return tx.insert(`INSERT INTO customer_accounts (`+customerAccountColumns+`) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT DO NOTHING`, a.Account, a.Catalog, a.ID, a.Status, a.ModifiedAt, string(a.Document))
}

// UpdateCustomerAccount replaces a customer account that was read with the time
// previous as its last modification, or returns ErrStale.
func (tx *Tx) UpdateCustomerAccount(a *CustomerAccount, previous int64) error {
	return tx.replace(`UPDATE customer_accounts SET status = $1, modified_at = $2, document = $3
		WHERE account = $4 AND catalog = $5 AND id = $6 AND modified_at = $7`,
		a.Status, a.ModifiedAt, string(a.Document), a.Account, a.Catalog, a.ID, previous)
}

// DeleteCustomerAccount removes a customer account and its mapping, or returns
// ErrNotFound.
func (tx *Tx) DeleteCustomerAccount(key CustomerAccountKey) error {
	if err := tx.UnmapCustomer(key); err != nil {
		return err
	}
	if err := orNotFound(tx.exec(`DELETE FROM customer_accounts WHERE account = $1 AND catalog = $2 AND id = $3`,
		key.Account, key.Catalog, key.ID)); err != nil {
		return err
	}
	return tx.MarkSearch(SearchCustomer, key.Account, key.Catalog, key.ID)
}

// LockCustomerAccount makes transactions that count what belongs to a customer
// account exclude each other. It changes nothing, and returns ErrNotFound where
// there is no such customer account.
func (tx *Tx) LockCustomerAccount(key CustomerAccountKey) error {
	return tx.lockRow(`UPDATE customer_accounts SET status = status WHERE account = $1 AND catalog = $2 AND id = $3`,
		key.Account, key.Catalog, key.ID)
}

// CountCustomerAccounts returns how many customer accounts an account has in a
// catalog.
func (tx *Tx) CountCustomerAccounts(account, catalog string) (n int64, err error) {
	err = tx.row(`SELECT count(*) FROM customer_accounts WHERE account = $1 AND catalog = $2`,
		[]any{account, catalog}, &n)
	return n, err
}

// CustomerAccounts returns at most limit customer accounts of an account in a
// catalog behind an identifier, by identifier. An empty status is any.
func (tx *Tx) CustomerAccounts(account, catalog, status, after string, limit int) ([]CustomerAccount, error) {
	s := new(statement)
	s.add(`SELECT `+customerAccountColumns+` FROM customer_accounts WHERE account = ? AND catalog = ?`, account, catalog)
	if status != "" {
		s.add(` AND status = ?`, status)
	}
	s.add(` AND id > ? ORDER BY id LIMIT ?`, after, int64(limit))
	return collect(tx, scanCustomerAccount, s.String(), s.args...)
}

// MappedCustomerAccount returns the identifier of the customer account that is
// mapped to a customer, or ErrNotFound.
func (tx *Tx) MappedCustomerAccount(account, catalog, customer string) (id string, err error) {
	err = tx.row(`SELECT id FROM customer_mappings WHERE account = $1 AND catalog = $2 AND customer = $3`,
		[]any{account, catalog, customer}, &id)
	return id, err
}

// MapCustomer maps a customer account to a customer, or returns ErrExists where
// another one of the account and catalog is.
func (tx *Tx) MapCustomer(key CustomerAccountKey, customer string) error {
	return tx.insert(`INSERT INTO customer_mappings (account, catalog, customer, id) VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING`, key.Account, key.Catalog, customer, key.ID)
}

// UnmapCustomer removes the mapping of a customer account. One without a mapping
// is passed over.
func (tx *Tx) UnmapCustomer(key CustomerAccountKey) error {
	_, err := tx.exec(`DELETE FROM customer_mappings WHERE account = $1 AND catalog = $2 AND id = $3`,
		key.Account, key.Catalog, key.ID)
	return err
}

// DirectoryCustomer is a customer in an operator's directory. Empty text is absent.
type DirectoryCustomer struct {
	Duns     string
	Domain   string // in lower case
	Name     string // in lower case
	Country  string // two letters
	Document []byte
}

// PutDirectory replaces the directory of a catalog.
func (tx *Tx) PutDirectory(catalog string, customers []DirectoryCustomer) error {
	if _, err := tx.exec(`DELETE FROM directory_customers WHERE catalog = $1`, catalog); err != nil {
		return err
	}
	for i, c := range customers {
		if _, err := tx.exec(`INSERT INTO directory_customers (catalog, position, duns, domain, name, country, document)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			catalog, int64(i), c.Duns, c.Domain, c.Name, c.Country, string(c.Document)); err != nil {
			return err
		}
	}
	return nil
}

// Directory returns the documents of a catalog's directory in its order.
func (tx *Tx) Directory(catalog string) ([][]byte, error) {
	return collect(tx, scanDocument, `SELECT document FROM directory_customers WHERE catalog = $1 ORDER BY position`, catalog)
}

// FindInDirectory returns the first customer of a catalog's directory that has the
// D-U-N-S number, else the first that has the domain, else the first that has the
// name and the country, or ErrNotFound. What is empty finds nothing. The position
// names the customer until the directory is replaced.
func (tx *Tx) FindInDirectory(catalog string, like DirectoryCustomer) (position int64, document []byte, err error) {
	const columns = `SELECT position, document FROM directory_customers WHERE catalog = $1 `
	for _, find := range []struct {
		possible bool
		query    string
		args     []any
	}{
		{like.Duns != "", `AND duns <> '' AND duns = $2`, []any{catalog, like.Duns}},
		{like.Domain != "", `AND domain <> '' AND domain = $2`, []any{catalog, like.Domain}},
		{like.Name != "" && like.Country != "", `AND name = $2 AND country = $3`, []any{catalog, like.Name, like.Country}},
	} {
		if !find.possible {
			continue
		}
		found, err := collect(tx, func(rows Rows, r *struct {
			position int64
			document []byte
		},
		) error {
			return rows.Scan(&r.position, &r.document)
		}, columns+find.query+` ORDER BY position LIMIT 1`, find.args...)
		if err != nil {
			return 0, nil, err
		}
		if len(found) > 0 {
			return found[0].position, found[0].document, nil
		}
	}
	return 0, nil, ErrNotFound
}
