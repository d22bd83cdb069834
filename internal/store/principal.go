package store

// PrincipalKey names a principal of an account.
type PrincipalKey struct {
	Account string
	Kind    string // user, group, role or root
	Name    string
}

// Principal is a user, group, role or root user of an account.
type Principal struct {
	PrincipalKey
	Document []byte
}

// Principal returns the document of a principal, or ErrNotFound.
func (tx *Tx) Principal(key PrincipalKey) ([]byte, error) {
	var document []byte
	err := tx.row(`SELECT document FROM principals WHERE account = $1 AND kind = $2 AND name = $3`,
		[]any{key.Account, key.Kind, key.Name}, &document)
	return document, err
}

// PutPrincipal adds or replaces a principal.
func (tx *Tx) PutPrincipal(key PrincipalKey, document []byte) error {
	_, err := tx.exec(`INSERT INTO principals (account, kind, name, document) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account, kind, name) DO UPDATE SET document = excluded.document`,
		key.Account, key.Kind, key.Name, string(document))
	return err
}

// LockPrincipal makes transactions that add to a principal exclude each other, or
// returns ErrNotFound.
func (tx *Tx) LockPrincipal(key PrincipalKey) error {
	return tx.lockRow(`UPDATE principals SET document = document WHERE account = $1 AND kind = $2 AND name = $3`,
		key.Account, key.Kind, key.Name)
}

// DeletePrincipal removes a principal with its policies, memberships, access keys and password, or
// returns ErrNotFound.
func (tx *Tx) DeletePrincipal(key PrincipalKey) error {
	if err := orNotFound(tx.exec(`DELETE FROM principals WHERE account = $1 AND kind = $2 AND name = $3`,
		key.Account, key.Kind, key.Name)); err != nil {
		return err
	}
	if _, err := tx.exec(`DELETE FROM principal_policies WHERE account = $1 AND kind = $2 AND principal = $3`,
		key.Account, key.Kind, key.Name); err != nil {
		return err
	}
	var queries []string
	switch key.Kind {
	case "user":
		queries = []string{
			`DELETE FROM group_members WHERE account = $1 AND user_name = $2`,
			`DELETE FROM access_keys WHERE account = $1 AND user_name = $2`,
			`DELETE FROM console_passwords WHERE account = $1 AND user_name = $2`,
		}
	case "group":
		queries = []string{`DELETE FROM group_members WHERE account = $1 AND group_name = $2`}
	}
	for _, query := range queries {
		if _, err := tx.exec(query, key.Account, key.Name); err != nil {
			return err
		}
	}
	return nil
}

// Principals returns at most limit principals of a kind behind a name, by name.
func (tx *Tx) Principals(account, kind, after string, limit int) ([]Principal, error) {
	return collect(tx, func(rows Rows, p *Principal) error {
		p.Account, p.Kind = account, kind
		return rows.Scan(&p.Name, &p.Document)
	}, `SELECT name, document FROM principals WHERE account = $1 AND kind = $2 AND name > $3 ORDER BY name LIMIT $4`,
		account, kind, after, int64(limit))
}

// PrincipalPolicy is a policy of a principal.
type PrincipalPolicy struct {
	Name     string
	Document []byte
}

// PrincipalPolicies returns the policies of a principal by name.
func (tx *Tx) PrincipalPolicies(key PrincipalKey) ([]PrincipalPolicy, error) {
	return collect(tx, func(rows Rows, p *PrincipalPolicy) error { return rows.Scan(&p.Name, &p.Document) },
		`SELECT name, document FROM principal_policies WHERE account = $1 AND kind = $2 AND principal = $3 ORDER BY name`,
		key.Account, key.Kind, key.Name)
}

// PutPrincipalPolicy adds or replaces a policy of a principal.
func (tx *Tx) PutPrincipalPolicy(key PrincipalKey, name string, document []byte) error {
	_, err := tx.exec(`INSERT INTO principal_policies (account, kind, principal, name, document) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account, kind, principal, name) DO UPDATE SET document = excluded.document`,
		key.Account, key.Kind, key.Name, name, string(document))
	return err
}

// DeletePrincipalPolicy removes a policy of a principal, or returns ErrNotFound.
func (tx *Tx) DeletePrincipalPolicy(key PrincipalKey, name string) error {
	return orNotFound(tx.exec(`DELETE FROM principal_policies WHERE account = $1 AND kind = $2 AND principal = $3 AND name = $4`,
		key.Account, key.Kind, key.Name, name))
}

// PutGroupMember makes a user a member of a group.
func (tx *Tx) PutGroupMember(account, user, group string) error {
	_, err := tx.exec(`INSERT INTO group_members (account, user_name, group_name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		account, user, group)
	return err
}

// DeleteGroupMember ends the membership of a user in a group, or returns ErrNotFound.
func (tx *Tx) DeleteGroupMember(account, user, group string) error {
	return orNotFound(tx.exec(`DELETE FROM group_members WHERE account = $1 AND user_name = $2 AND group_name = $3`,
		account, user, group))
}

// GroupsOf returns the groups of a user by name.
func (tx *Tx) GroupsOf(account, user string) ([]string, error) {
	return collect(tx, scanName, `SELECT group_name FROM group_members WHERE account = $1 AND user_name = $2 ORDER BY group_name`,
		account, user)
}

// GroupMembers returns at most limit members of a group by name.
func (tx *Tx) GroupMembers(account, group string, limit int) ([]string, error) {
	return collect(tx, scanName, `SELECT user_name FROM group_members WHERE account = $1 AND group_name = $2
		ORDER BY user_name LIMIT $3`, account, group, int64(limit))
}

func scanName(rows Rows, name *string) error { return rows.Scan(name) }

// CountPrincipals returns how many principals of a kind an account has.
func (tx *Tx) CountPrincipals(account, kind string) (n int64, err error) {
	err = tx.row(`SELECT count(*) FROM principals WHERE account = $1 AND kind = $2`, []any{account, kind}, &n)
	return n, err
}
