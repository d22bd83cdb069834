package store

// The states of a delivery.
const (
	DeliveryPending   = "PENDING"
	DeliveryDelivered = "DELIVERED"
	DeliveryDead      = "DEAD"
)

// EventDelivery is an event on its way to a target. Times are milliseconds of real
// time.
type EventDelivery struct {
	Account, Target string
	Sequence        int64  // of the event
	Resource        string // what the event is about; deliveries of one resource are in order
	Status          string
	CreatedAt       int64
	DueAt           int64
	Attempts        int64
	Envelope        []byte // empty once it is delivered
	Log             []byte // JSON
}

const deliveryColumns = `account, target, sequence, resource, status, created_at, due_at, attempts, envelope, log`

func scanDelivery(rows Rows, d *EventDelivery) error {
	return rows.Scan(&d.Account, &d.Target, &d.Sequence, &d.Resource, &d.Status, &d.CreatedAt, &d.DueAt, &d.Attempts, &d.Envelope, &d.Log)
}

// insertRows is how many deliveries one statement adds.
const insertRows = 50

// InsertEventDeliveries adds deliveries that are not there. With again, those that
// have ended start again.
func (tx *Tx) InsertEventDeliveries(all []EventDelivery, again bool) error {
	for len(all) > 0 {
		n := min(len(all), insertRows)
		s := new(statement)
		s.WriteString("INSERT INTO event_deliveries (" + deliveryColumns + ") VALUES ")
		for i, d := range all[:n] {
			if i > 0 {
				s.WriteString(", ")
			}
			list(s, []any{
				d.Account, d.Target, d.Sequence, d.Resource, DeliveryPending, d.CreatedAt, d.DueAt, d.Attempts, string(d.Envelope), string(d.Log),
			})
		}
		if again {
			s.WriteString(` ON CONFLICT (account, target, sequence) DO UPDATE SET status = excluded.status, created_at = excluded.created_at,
				due_at = excluded.due_at, attempts = 0, envelope = excluded.envelope WHERE event_deliveries.status <> excluded.status`)
		} else {
			s.WriteString(" ON CONFLICT DO NOTHING")
		}
		if _, err := tx.exec(s.String(), s.args...); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// DueEventDeliveries returns at most limit deliveries to a target that are due and
// whose resource has no earlier one that is not, in the order of events.
func (tx *Tx) DueEventDeliveries(account, target string, now int64, limit int) ([]EventDelivery, error) {
	return collect(tx, scanDelivery, `SELECT `+deliveryColumns+` FROM event_deliveries AS d
		WHERE account = $1 AND target = $2 AND status = 'PENDING' AND due_at <= $3 AND NOT EXISTS (
			SELECT 1 FROM event_deliveries AS e WHERE e.account = d.account AND e.target = d.target AND e.resource = d.resource
			AND e.status = 'PENDING' AND e.sequence < d.sequence AND e.due_at > $3)
		ORDER BY sequence LIMIT $4`, account, target, now, limit)
}

// NextEventDelivery returns when the next delivery to a target is due that is not due now; ok is false if there is none.
// Where DueEventDeliveries has none, nothing can be sent before that time: those that are due wait behind others.
func (tx *Tx) NextEventDelivery(account, target string, now int64) (due int64, ok bool, err error) {
	var n int64
	err = tx.row(`SELECT count(*), coalesce(min(due_at), 0) FROM event_deliveries
		WHERE account = $1 AND target = $2 AND status = 'PENDING' AND due_at > $3`, []any{account, target, now}, &n, &due)
	return due, n > 0, err
}

// UpdateEventDelivery stores what became of a pending delivery.
func (tx *Tx) UpdateEventDelivery(d *EventDelivery) error {
	_, err := tx.exec(`UPDATE event_deliveries SET status = $1, due_at = $2, attempts = $3, envelope = $4, log = $5
		WHERE account = $6 AND target = $7 AND sequence = $8 AND status = 'PENDING'`,
		d.Status, d.DueAt, d.Attempts, string(d.Envelope), string(d.Log), d.Account, d.Target, d.Sequence)
	return err
}

// DropEventDeliveries removes the pending deliveries to a target.
func (tx *Tx) DropEventDeliveries(account, target string) error {
	_, err := tx.exec(`DELETE FROM event_deliveries WHERE account = $1 AND target = $2 AND status = 'PENDING'`, account, target)
	return err
}

// EventDeliveryFilter selects deliveries of an account.
type EventDeliveryFilter struct {
	Account        string
	Target, Status string // empty for all
	Sequence       int64  // of the event; 0 for all
	After          *EventDelivery
	Limit          int
}

// EventDeliveries returns deliveries by target and sequence.
func (tx *Tx) EventDeliveries(f EventDeliveryFilter) ([]EventDelivery, error) {
	s := new(statement)
	s.add(`SELECT `+deliveryColumns+` FROM event_deliveries WHERE account = ?`, f.Account)
	equal(s, "target", f.Target)
	equal(s, "status", f.Status)
	if f.Sequence != 0 {
		s.add(" AND sequence = ?", f.Sequence)
	}
	if f.After != nil {
		s.add(" AND (target, sequence) > (?, ?)", f.After.Target, f.After.Sequence)
	}
	s.add(" ORDER BY target, sequence LIMIT ?", int64(f.Limit))
	return collect(tx, scanDelivery, s.String(), s.args...)
}

// RedriveEventDeliveries makes dead deliveries to a target pending again, one or (with
// sequence 0) all, and returns how many.
func (tx *Tx) RedriveEventDeliveries(account, target string, sequence, now int64) (int64, error) {
	s := new(statement)
	s.add(`UPDATE event_deliveries SET status = 'PENDING', attempts = 0, created_at = ?, due_at = ?
		WHERE status = 'DEAD' AND account = ? AND target = ?`, now, now, account, target)
	if sequence != 0 {
		s.add(" AND sequence = ?", sequence)
	}
	return tx.exec(s.String(), s.args...)
}

// HastenEventDeliveries makes the pending deliveries to a target due that wait for another attempt.
func (tx *Tx) HastenEventDeliveries(account, target string, now int64) error {
	_, err := tx.exec(`UPDATE event_deliveries SET due_at = $1
		WHERE account = $2 AND target = $3 AND status = 'PENDING' AND due_at > $1 AND attempts > 0`, now, account, target)
	return err
}

// EventBacklog is how many deliveries to a target are in a state.
type EventBacklog struct {
	Account, Target string
	Count           int64
	Oldest          int64 // when the oldest was made
}

// EventBacklogs returns what is pending, for at most limit targets, the oldest first.
func (tx *Tx) EventBacklogs(limit int) ([]EventBacklog, error) {
	return collect(tx, func(rows Rows, b *EventBacklog) error { return rows.Scan(&b.Account, &b.Target, &b.Count, &b.Oldest) },
		`SELECT account, target, count(*), min(created_at) FROM event_deliveries WHERE status = 'PENDING'
		GROUP BY account, target ORDER BY min(created_at), account, target LIMIT $1`, limit)
}
