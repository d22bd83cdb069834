package store

import "errors"

// DefaultEventBus is the name of the event bus that every account has.
const DefaultEventBus = "default"

// EventRuleKey names a rule.
type EventRuleKey struct {
	Account, Bus, Name string
}

// EventRule is a rule of an event bus.
type EventRule struct {
	EventRuleKey

	Pattern     string // JSON, as PutRule had it
	State       string // ENABLED or DISABLED
	Description string
	RoleARN     string
	CreatedAt   int64 // milliseconds
	ModifiedAt  int64
}

const eventRuleColumns = `account, bus, name, pattern, state, description, role_arn, created_at, modified_at`

func scanEventRule(rows Rows, r *EventRule) error {
	return rows.Scan(&r.Account, &r.Bus, &r.Name, &r.Pattern, &r.State, &r.Description, &r.RoleARN, &r.CreatedAt, &r.ModifiedAt)
}

// EventRule returns a rule, or ErrNotFound.
func (tx *Tx) EventRule(key EventRuleKey) (*EventRule, error) {
	return only(collect(tx, scanEventRule, `SELECT `+eventRuleColumns+` FROM event_rules
		WHERE account = $1 AND bus = $2 AND name = $3`, key.Account, key.Bus, key.Name))
}

// PutEventRule adds or replaces a rule; its creation time stays.
func (tx *Tx) PutEventRule(r *EventRule) error {
	_, err := tx.exec(`INSERT INTO event_rules (`+eventRuleColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (account, bus, name) DO UPDATE SET pattern = excluded.pattern, state = excluded.state,
		description = excluded.description, role_arn = excluded.role_arn, modified_at = excluded.modified_at`,
		r.Account, r.Bus, r.Name, r.Pattern, r.State, r.Description, r.RoleARN, r.CreatedAt, r.ModifiedAt)
	return err
}

// DeleteEventRule removes a rule, or returns ErrNotFound. Its targets are removed
// before.
func (tx *Tx) DeleteEventRule(key EventRuleKey) error {
	return orNotFound(tx.exec(`DELETE FROM event_rules WHERE account = $1 AND bus = $2 AND name = $3`, key.Account, key.Bus, key.Name))
}

// EventRules returns at most limit rules of a bus whose names begin with a prefix,
// behind a name, by name.
func (tx *Tx) EventRules(account, bus, prefix, after string, limit int) ([]EventRule, error) {
	s := new(statement)
	s.add(`SELECT `+eventRuleColumns+` FROM event_rules WHERE account = ? AND bus = ?`, account, bus)
	pageByName(s, prefix, after, limit)
	return collect(tx, scanEventRule, s.String(), s.args...)
}

// pageByName adds what selects at most limit rows whose names begin with a prefix,
// behind a name, by name. Names have no byte above "z".
func pageByName(s *statement, prefix, after string, limit int) {
	if prefix != "" {
		s.add(" AND name >= ? AND name < ?", prefix, prefix+"~")
	}
	s.add(` AND name > ? ORDER BY name LIMIT ?`, after, int64(limit))
}

// CountEventRules returns how many rules a bus has.
func (tx *Tx) CountEventRules(account, bus string) (n int64, err error) {
	err = tx.row(`SELECT count(*) FROM event_rules WHERE account = $1 AND bus = $2`, []any{account, bus}, &n)
	return n, err
}

// ChangeEventRules raises the version of an account's rules. Every transaction that
// changes rules, targets, connections or API destinations, or starts a replay, calls it
// first: of two at the same time the later runs again and sees what the other did.
func (tx *Tx) ChangeEventRules(account string) error {
	if err := tx.raiseEventRulesVersion(account); err != nil {
		return err
	}
	return tx.StartEventFollower(EventDelivering, account) // events from now on are matched
}

func (tx *Tx) raiseEventRulesVersion(account string) error {
	return tx.lockRow(`INSERT INTO event_rule_versions (account, version) VALUES ($1, 1)
		ON CONFLICT (account) DO UPDATE SET version = event_rule_versions.version + 1`, account)
}

// EventRulesVersion returns the version of an account's rules: as long as it is the
// same, so are rules, targets, connections and API destinations. It is 0 where there
// never was any.
func (tx *Tx) EventRulesVersion(account string) (version int64, err error) {
	err = tx.row(`SELECT version FROM event_rule_versions WHERE account = $1`, []any{account}, &version)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	return version, err
}

// EventRuleVersion is the version of the rules of one account.
type EventRuleVersion struct {
	Account string
	Version int64
}

// EventRuleVersions returns at most limit accounts behind one that have or had
// rules, with the version of their rules.
func (tx *Tx) EventRuleVersions(after string, limit int) ([]EventRuleVersion, error) {
	return collect(tx, func(rows Rows, v *EventRuleVersion) error { return rows.Scan(&v.Account, &v.Version) },
		`SELECT account, version FROM event_rule_versions WHERE account > $1 ORDER BY account LIMIT $2`, after, limit)
}

// changeAllEventRules raises the versions of all rules, whoever has them now or had
// them before.
func (tx *Tx) changeAllEventRules() error {
	_, err := tx.exec(`UPDATE event_rule_versions SET version = version + 1`)
	return err
}

// LockEventRules keeps the rules of an account from changing until the transaction
// ends, and returns their version, or ErrNotFound where there never was any.
func (tx *Tx) LockEventRules(account string) (version int64, err error) {
	if err := tx.lockRow(`UPDATE event_rule_versions SET version = version WHERE account = $1`, account); err != nil {
		return 0, err
	}
	return tx.EventRulesVersion(account)
}
