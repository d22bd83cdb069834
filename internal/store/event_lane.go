package store

// EventLane is all deliveries to one target. Times are milliseconds of real time.
type EventLane struct {
	Account, Target string
	Attempt         int64 // rises with each claim; it fences a process whose lease ran out
	Version         int64 // rises with each new delivery
	Failures        int64 // of the target, in a row
}

// WakeEventLane makes a lane due, since it has new deliveries. With unblock it also
// ends a pause that the target was given.
func (tx *Tx) WakeEventLane(account, target string, unblock bool) error {
	blocked := "event_lanes.blocked_until"
	if unblock {
		blocked = "0"
	}
	_, err := tx.execOne(`INSERT INTO event_lanes (account, target, due_at, blocked_until, leased_until, attempt, version, failures)
		VALUES ($1, $2, 0, 0, 0, 0, 1, 0)
		ON CONFLICT (account, target) DO UPDATE SET version = event_lanes.version + 1, due_at = 0, blocked_until = `+blocked, account, target)
	return err
}

// HasEventLane reports whether ClaimEventLanes would return a lane.
func (tx *Tx) HasEventLane(now int64) (bool, error) {
	due, err := collect(tx, func(rows Rows, target *string) error { return rows.Scan(target) },
		`SELECT target FROM event_lanes WHERE due_at <= $1 AND blocked_until <= $1 AND leased_until <= $1 LIMIT 1`, now)
	return len(due) > 0, err
}

// ClaimEventLanes leases at most limit lanes that are due, until leaseUntil.
func (tx *Tx) ClaimEventLanes(now, leaseUntil int64, limit int) ([]EventLane, error) {
	return collect(tx, func(rows Rows, l *EventLane) error {
		return rows.Scan(&l.Account, &l.Target, &l.Attempt, &l.Version, &l.Failures)
	}, `WITH claimed AS MATERIALIZED (
			SELECT account, target FROM event_lanes WHERE due_at <= $1 AND blocked_until <= $1 AND leased_until <= $1
			ORDER BY due_at, account, target LIMIT $2`+tx.attempt.SkipLocked+`)
		UPDATE event_lanes SET leased_until = $3, attempt = attempt + 1
		WHERE (account, target) IN (SELECT account, target FROM claimed)
		RETURNING account, target, attempt, version, failures`, now, limit, leaseUntil)
}

// EventLaneVersion returns the version of a lane that the caller has leased, or
// ErrNotFound if another process has it.
func (tx *Tx) EventLaneVersion(l *EventLane) (version int64, err error) {
	err = tx.row(`SELECT version FROM event_lanes WHERE account = $1 AND target = $2 AND attempt = $3`,
		[]any{l.Account, l.Target, l.Attempt}, &version)
	return version, err
}

// RenewEventLane extends a lease, or returns ErrNotFound if another process has the lane.
func (tx *Tx) RenewEventLane(l *EventLane, leaseUntil int64) error {
	return orNotFound(tx.exec(`UPDATE event_lanes SET leased_until = $1 WHERE account = $2 AND target = $3 AND attempt = $4`,
		leaseUntil, l.Account, l.Target, l.Attempt))
}

// ReleaseEventLane ends a lease. The lane is due at a time, at once if it has new
// deliveries, and in no case before blocked.
func (tx *Tx) ReleaseEventLane(l *EventLane, due, blocked int64) error {
	return orNotFound(tx.exec(`UPDATE event_lanes SET leased_until = 0, blocked_until = $1, failures = $2,
		due_at = CASE WHEN version = $3 THEN CAST($4 AS bigint) ELSE 0 END WHERE account = $5 AND target = $6 AND attempt = $7`,
		blocked, l.Failures, l.Version, due, l.Account, l.Target, l.Attempt))
}

// ReleaseEventLanes ends all leases. It is for a process that knows itself alone.
func (tx *Tx) ReleaseEventLanes() error {
	_, err := tx.exec(`UPDATE event_lanes SET leased_until = 0 WHERE leased_until > 0`)
	return err
}
