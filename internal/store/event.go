package store

import (
	"context"
	"fmt"
)

// Event is an EventBridge envelope addressed to one account. While it waits in the
// outbox, its sequence is the time at which it was noted; once it was read, its
// place among the account's events, which never changes.
type Event struct {
	Account  string
	Sequence int64
	Envelope []byte
}

// InsertEvent appends an event to the outbox. Events that nobody has read yet will
// stand in the order of their sequences.
func (tx *Tx) InsertEvent(e Event) error {
	return tx.insert(`INSERT INTO event_outbox (account, sequence, envelope) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		e.Account, e.Sequence, string(e.Envelope))
}

// maxPlaced bounds how many events get their places in one transaction.
const maxPlaced = 1000

// Events returns at most limit of an account's events after a sequence, oldest
// first: fewer only where there are no more, or where there are more than a
// thousand that nobody has read yet. Who goes on from the last sequence misses none
// and sees none twice.
//
// Transactions do not commit in the order in which they note their events, so one
// could become visible behind others that were read already. Events therefore get
// their places when they are read, above all that have one.
func Events(ctx context.Context, s Store, account string, after int64, limit int) (found []Event, err error) {
	var placed bool
	err = s.View(ctx, func(tx *Tx) error {
		if found, err = tx.events(account, after, limit); err != nil {
			return err
		}
		placed = len(found) == limit // what comes next has a higher place, or will have one
		if !placed {
			placed, err = tx.allPlaced(account)
		}
		return err
	})
	if err != nil || placed {
		return found, err
	}
	err = s.Update(ctx, func(tx *Tx) error {
		if err := tx.placeEvents(account); err != nil {
			return fmt.Errorf("place events: %w", err)
		}
		found, err = tx.events(account, after, limit)
		return err
	}, Idempotent()) // an event that has its place keeps it
	return found, err
}

func (tx *Tx) events(account string, after int64, limit int) ([]Event, error) {
	return collect(tx, func(rows Rows, e *Event) error { return rows.Scan(&e.Account, &e.Sequence, &e.Envelope) },
		`SELECT account, sequence, envelope FROM events WHERE account = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`,
		account, after, limit)
}

// allPlaced says whether no event of an account waits for its place.
func (tx *Tx) allPlaced(account string) (bool, error) {
	waiting, err := collect(tx, func(rows Rows, sequence *int64) error { return rows.Scan(sequence) },
		`SELECT sequence FROM event_outbox WHERE account = $1 ORDER BY sequence LIMIT 1`, account)
	return len(waiting) == 0, err
}

// placeEvents moves the events of an account that were noted first from the outbox
// to their places: each keeps its sequence where that is above all places given so
// far, else it gets the next.
func (tx *Tx) placeEvents(account string) error {
	var n, from, through, last int64
	if err := tx.row(`SELECT count(*), coalesce(min(sequence), 0), coalesce(max(sequence), 0),
		(SELECT coalesce(max(sequence), 0) FROM events WHERE account = $1)
		FROM (SELECT sequence FROM event_outbox WHERE account = $1 ORDER BY sequence LIMIT $2) AS batch`,
		[]any{account, maxPlaced}, &n, &from, &through, &last); err != nil {
		return err
	}
	if n == 0 {
		return nil // another reader came before
	}
	// Of two that come so far from one state, the later fails here and runs again.
	if err := tx.hold(`INSERT INTO event_locks (account, version) VALUES ($1, 1)
		ON CONFLICT (account) DO UPDATE SET version = event_locks.version + 1`, account); err != nil {
		return err
	}
	// Sequences rise by one from row to row at least, so the larger of both rises too.
	placed, err := tx.exec(`INSERT INTO events (account, sequence, envelope)
		SELECT account, CASE WHEN sequence > $1 + place THEN sequence ELSE $1 + place END, envelope
		FROM (SELECT account, sequence, envelope, row_number() OVER (ORDER BY sequence) AS place
			FROM event_outbox WHERE account = $2 AND sequence BETWEEN $3 AND $4) AS batch`, last, account, from, through)
	if err != nil {
		return err
	}
	removed, err := tx.exec(`DELETE FROM event_outbox WHERE account = $1 AND sequence BETWEEN $2 AND $3`, account, from, through)
	if err == nil && (placed != n || removed != n) {
		return ErrStale // the database did not show all three the same events
	}
	return err
}
