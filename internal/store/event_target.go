package store

// EventTarget is a target of a rule.
type EventTarget struct {
	Rule     EventRuleKey
	ID       string
	ARN      string
	Document []byte // the Target of PutTargets, with Id and Arn
}

const eventTargetColumns = `account, bus, rule, id, arn, document`

func scanEventTarget(rows Rows, t *EventTarget) error {
	return rows.Scan(&t.Rule.Account, &t.Rule.Bus, &t.Rule.Name, &t.ID, &t.ARN, &t.Document)
}

// PutEventTarget adds or replaces a target of a rule.
func (tx *Tx) PutEventTarget(t *EventTarget) error {
	_, err := tx.exec(`INSERT INTO event_targets (`+eventTargetColumns+`) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (account, bus, rule, id) DO UPDATE SET arn = excluded.arn, document = excluded.document`,
		t.Rule.Account, t.Rule.Bus, t.Rule.Name, t.ID, t.ARN, string(t.Document))
	return err
}

// DeleteEventTarget removes a target, or returns ErrNotFound.
func (tx *Tx) DeleteEventTarget(rule EventRuleKey, id string) error {
	return orNotFound(tx.exec(`DELETE FROM event_targets WHERE account = $1 AND bus = $2 AND rule = $3 AND id = $4`,
		rule.Account, rule.Bus, rule.Name, id))
}

// EventTarget returns a target, or ErrNotFound.
func (tx *Tx) EventTarget(rule EventRuleKey, id string) (*EventTarget, error) {
	return only(collect(tx, scanEventTarget, `SELECT `+eventTargetColumns+` FROM event_targets
		WHERE account = $1 AND bus = $2 AND rule = $3 AND id = $4`, rule.Account, rule.Bus, rule.Name, id))
}

// EventTargets returns at most limit targets of a rule behind an id, by id.
func (tx *Tx) EventTargets(rule EventRuleKey, after string, limit int) ([]EventTarget, error) {
	return collect(tx, scanEventTarget, `SELECT `+eventTargetColumns+` FROM event_targets
		WHERE account = $1 AND bus = $2 AND rule = $3 AND id > $4 ORDER BY id LIMIT $5`,
		rule.Account, rule.Bus, rule.Name, after, limit)
}

// EventTargetsOfBus returns all targets of a bus, by rule and id. The limits on rules
// and targets bound them.
func (tx *Tx) EventTargetsOfBus(account, bus string) ([]EventTarget, error) {
	return collect(tx, scanEventTarget, `SELECT `+eventTargetColumns+` FROM event_targets
		WHERE account = $1 AND bus = $2 ORDER BY rule, id`, account, bus)
}

// EventRuleNamesByTarget returns at most limit names of rules of a bus behind a name
// that have a target with an ARN.
func (tx *Tx) EventRuleNamesByTarget(account, bus, arn, after string, limit int) ([]string, error) {
	return collect(tx, func(rows Rows, name *string) error { return rows.Scan(name) },
		`SELECT DISTINCT rule FROM event_targets WHERE account = $1 AND bus = $2 AND arn = $3 AND rule > $4
		ORDER BY rule LIMIT $5`, account, bus, arn, after, limit)
}
