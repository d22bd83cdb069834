package store

import (
	"context"
	"fmt"
	"slices"
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

// AllAccounts stands for every account where events are read.
const AllAccounts = "*"

const (
	// maxPlaced bounds how many events get their places in one transaction.
	maxPlaced = 1000
	// maxPlacedAccounts bounds whose.
	maxPlacedAccounts = 200
)

// Events returns at most limit of an account's events after a sequence, oldest
// first: fewer only where there are no more, or where there are more than a
// thousand that nobody has read yet. A reader that resumes from the last sequence
// sees every event exactly once. With AllAccounts it returns the events of all.
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
		found, err = tx.PlacedEvents(account, after, limit)
		return err
	}, Idempotent()) // an event that has its place keeps it
	return found, err
}

// maxPlacing bounds how many transactions give places to events for one request.
const maxPlacing = 100

// LastEvents returns the newest limit of an account's events after a sequence, oldest
// first. It first gives places to events that nobody has read yet, so that a reader that
// resumes from the last sequence sees every later event exactly once. Where more than
// maxPlacing times maxPlaced have none, the newest are not among those it returns.
func LastEvents(ctx context.Context, s Store, account string, after int64, limit int) (found []Event, err error) {
	for range maxPlacing {
		var placed bool
		err = s.View(ctx, func(tx *Tx) error {
			if placed, err = tx.allPlaced(account); err != nil {
				return err
			}
			found, err = tx.NewestEvents(account, after, limit)
			return err
		})
		if err != nil || placed {
			return found, err
		}
		err = s.Update(ctx, func(tx *Tx) error {
			if _, err = tx.placeEvents(account); err != nil {
				return fmt.Errorf("place events: %w", err)
			}
			found, err = tx.NewestEvents(account, after, limit)
			return err
		}, Idempotent()) // an event that has its place keeps it
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// NewestEvents returns the newest limit of those of an account's events after a sequence
// that have their places, oldest first. It walks the index backwards from its end.
func (tx *Tx) NewestEvents(account string, after int64, limit int) (found []Event, err error) {
	found, err = tx.sortedEvents(account, after, "DESC", limit)
	slices.Reverse(found)
	return found, err
}

func (tx *Tx) events(account string, after int64, limit int) ([]Event, error) {
	return tx.sortedEvents(account, after, "ASC", limit)
}

// sortedEvents returns the first limit, in a direction, of those of an account's events
// after a sequence that have their places.
func (tx *Tx) sortedEvents(account string, after int64, direction string, limit int) ([]Event, error) {
	s := new(statement)
	s.add("SELECT account, sequence, envelope FROM events WHERE sequence > ?", after)
	if account != AllAccounts {
		s.add(" AND account = ?", account)
	}
	s.add(" ORDER BY sequence "+direction+" LIMIT ?", limit)
	return collect(tx, scanEvent, s.String(), s.args...)
}

func scanEvent(rows Rows, e *Event) error { return rows.Scan(&e.Account, &e.Sequence, &e.Envelope) }

func scanSequence(rows Rows, sequence *int64) error { return rows.Scan(sequence) }

// StoredEvents returns at most limit of an account's events after a sequence, by
// sequence, including those that have no place yet. It gives no places, so a reader that
// resumes from the last sequence may miss events that are committed meanwhile.
func (tx *Tx) StoredEvents(account string, after int64, limit int) ([]Event, error) {
	return collect(tx, scanEvent,
		`SELECT account, sequence, envelope FROM events WHERE account = $1 AND sequence > $2
		UNION ALL SELECT account, sequence, envelope FROM event_outbox WHERE account = $1 AND sequence > $2
		ORDER BY sequence LIMIT $3`, account, after, limit)
}

// PlacedEvents gives the next of an account's unread events their places, and returns
// at most limit of those after a sequence: fewer only where there are no more. The limit
// is at most maxPlaced.
func (tx *Tx) PlacedEvents(account string, after int64, limit int) ([]Event, error) {
	if _, err := tx.placeEvents(account); err != nil {
		return nil, fmt.Errorf("place events: %w", err)
	}
	return tx.events(account, after, limit)
}

// allPlaced reports whether no event of an account waits for its place.
func (tx *Tx) allPlaced(account string) (bool, error) {
	if account == AllAccounts {
		waiting, err := collect(tx, scanSequence, `SELECT sequence FROM event_outbox LIMIT 1`)
		return len(waiting) == 0, err
	}
	waiting, err := collect(tx, scanSequence, `SELECT sequence FROM event_outbox WHERE account = $1 ORDER BY sequence LIMIT 1`, account)
	return len(waiting) == 0, err
}

// waitingAccounts returns accounts whose events wait for their places, by an index
// look-up for each.
func (tx *Tx) waitingAccounts(account string) ([]any, error) {
	if account != AllAccounts {
		return []any{account}, nil
	}
	return collect(tx, func(rows Rows, account *any) error {
		var text string
		err := rows.Scan(&text)
		*account = text
		return err
	}, `WITH RECURSIVE waiting (account) AS (
			SELECT min(account) FROM event_outbox
			UNION ALL
			SELECT (SELECT min(o.account) FROM event_outbox AS o WHERE o.account > w.account) FROM waiting AS w WHERE w.account IS NOT NULL
		) SELECT account FROM waiting WHERE account IS NOT NULL LIMIT $1`, maxPlacedAccounts)
}

// placeEvents moves the events of an account that were noted first from the outbox
// to their places, and returns how many: each keeps its sequence where that is above
// all places given so far, else it gets the next. The places of all accounts rise
// together, so that a reader of all accounts misses none either.
func (tx *Tx) placeEvents(account string) (int64, error) {
	accounts, err := tx.waitingAccounts(account)
	if err != nil {
		return 0, err
	}
	var noted []int64
	for _, account := range accounts {
		found, err := collect(tx, scanSequence, `SELECT sequence FROM event_outbox WHERE account = $1 ORDER BY sequence LIMIT $2`, account, maxPlaced)
		if err != nil {
			return 0, err
		}
		noted = append(noted, found...)
	}
	if len(noted) == 0 {
		return 0, nil // another reader came before
	}
	slices.Sort(noted)
	from, through := noted[0], noted[min(len(noted), maxPlaced)-1]
	n, _ := slices.BinarySearch(noted, through+1) // how many are not behind it
	// Of two that come so far from one state, the later fails here and runs again.
	if err := tx.lockRow(`INSERT INTO event_locks (account, version) VALUES ($1, 1)
		ON CONFLICT (account) DO UPDATE SET version = event_locks.version + 1`, AllAccounts); err != nil {
		return 0, err
	}
	var last int64
	if err := tx.row(`SELECT coalesce(max(sequence), 0) FROM events`, nil, &last); err != nil {
		return 0, err
	}
	// A place is the sequence, or one more than the place before where that is not below it.
	move := new(statement)
	move.add(`INSERT INTO events (account, sequence, envelope)
		SELECT account, place + CASE WHEN ahead > ? THEN ahead ELSE ? END, envelope
		FROM (SELECT account, envelope, place, max(sequence - place) OVER (ORDER BY place) AS ahead
			FROM (SELECT account, sequence, envelope, row_number() OVER (ORDER BY sequence, account) AS place
				FROM event_outbox WHERE sequence BETWEEN ? AND ? AND account IN `, last, last, from, through)
	list(move, accounts)
	move.WriteString(`) AS batch) AS numbered`)
	placed, err := tx.exec(move.String(), move.args...)
	if err != nil {
		return 0, err
	}
	remove := new(statement)
	remove.add(`DELETE FROM event_outbox WHERE sequence BETWEEN ? AND ? AND account IN `, from, through)
	list(remove, accounts)
	removed, err := tx.exec(remove.String(), remove.args...)
	if err == nil && (placed != int64(n) || removed != int64(n)) {
		return 0, ErrStale // the database did not show all three the same events
	}
	return placed, err
}
