package store

import "errors"

// EventDelivering is the follower that makes deliveries of events.
const EventDelivering = "deliveries"

// maxPlacings bounds how often StartEventFollower gives events their places.
const maxPlacings = 10

// StartEventFollower registers a follower of an account's events behind all that
// exist, if it is not registered.
func (tx *Tx) StartEventFollower(follower, account string) error {
	var sequence int64
	err := tx.row(`SELECT sequence FROM event_followers WHERE follower = $1 AND account = $2`, []any{follower, account}, &sequence)
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	// Events that are there keep out of the follower's way once they have their
	// places. Many without one are rare: then none that was noted so far is followed.
	for range maxPlacings {
		n, err := tx.placeEvents(account)
		if err != nil {
			return err
		}
		if n < maxPlaced {
			break
		}
	}
	_, err = tx.exec(`INSERT INTO event_followers (follower, account, sequence)
		SELECT $1, $2, CASE WHEN placed > waiting THEN placed ELSE waiting END FROM (SELECT
			(SELECT coalesce(max(sequence), 0) FROM events WHERE account = $2) AS placed,
			(SELECT coalesce(max(sequence), 0) FROM event_outbox WHERE account = $2) AS waiting) AS latest WHERE placed >= 0
		ON CONFLICT DO NOTHING`, follower, account)
	return err
}

// StopEventFollower removes a follower of an account's events.
func (tx *Tx) StopEventFollower(follower, account string) error {
	_, err := tx.exec(`DELETE FROM event_followers WHERE follower = $1 AND account = $2`, follower, account)
	return err
}

// EventFollower returns the sequence of the last event that a follower has seen, or
// ErrNotFound.
func (tx *Tx) EventFollower(follower, account string) (sequence int64, err error) {
	err = tx.row(`SELECT sequence FROM event_followers WHERE follower = $1 AND account = $2`, []any{follower, account}, &sequence)
	return sequence, err
}

// AdvanceEventFollower moves a follower from one sequence to another, or returns
// ErrNotFound if another process has moved it.
func (tx *Tx) AdvanceEventFollower(follower, account string, from, to int64) error {
	return orNotFound(tx.exec(`UPDATE event_followers SET sequence = $1 WHERE follower = $2 AND account = $3 AND sequence = $4`,
		to, follower, account, from))
}

// FollowersWithEvents returns at most limit accounts behind one that have events
// which a follower has not seen.
func (tx *Tx) FollowersWithEvents(follower, after string, limit int) ([]string, error) {
	return collect(tx, func(rows Rows, account *string) error { return rows.Scan(account) },
		`SELECT f.account FROM event_followers AS f WHERE f.follower = $1 AND f.account > $2 AND (
			EXISTS (SELECT 1 FROM event_outbox AS o WHERE o.account = f.account)
			OR EXISTS (SELECT 1 FROM events AS e WHERE e.account = f.account AND e.sequence > f.sequence))
		ORDER BY f.account LIMIT $3`, follower, after, limit)
}

// NeededEvents returns the sequence of the oldest event that a follower has not
// seen; ok is false if there is none.
func (tx *Tx) NeededEvents() (sequence int64, ok bool, err error) {
	err = tx.row(`SELECT coalesce(min(needed), 0) FROM (
			SELECT (SELECT min(e.sequence) FROM events AS e WHERE e.account = f.account AND e.sequence > f.sequence) AS needed
			FROM event_followers AS f
			UNION ALL
			SELECT (SELECT min(o.sequence) FROM event_outbox AS o WHERE o.account = f.account) FROM event_followers AS f
		) AS oldest`, nil, &sequence)
	return sequence, sequence > 0, err
}
