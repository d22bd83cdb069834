package store

// EventArchive is an archive: it says which events of a bus may be replayed.
type EventArchive struct {
	Account, Name string
	Bus           string
	Pattern       string // "" lets every event pass
	State         string
	Description   string
	RetentionDays int64 // 0 for ever
	CreatedAt     int64 // milliseconds
}

const eventArchiveColumns = `account, name, bus, pattern, state, description, retention_days, created_at`

func scanEventArchive(rows Rows, a *EventArchive) error {
	return rows.Scan(&a.Account, &a.Name, &a.Bus, &a.Pattern, &a.State, &a.Description, &a.RetentionDays, &a.CreatedAt)
}

// EventArchive returns an archive, or ErrNotFound.
func (tx *Tx) EventArchive(account, name string) (*EventArchive, error) {
	return only(collect(tx, scanEventArchive, `SELECT `+eventArchiveColumns+` FROM event_archives
		WHERE account = $1 AND name = $2`, account, name))
}

// InsertEventArchive adds an archive, or returns ErrExists.
func (tx *Tx) InsertEventArchive(a *EventArchive) error {
	return tx.insert(`INSERT INTO event_archives (`+eventArchiveColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT DO NOTHING`, a.Account, a.Name, a.Bus, a.Pattern, a.State, a.Description, a.RetentionDays, a.CreatedAt)
}

// UpdateEventArchive replaces an archive, or returns ErrNotFound.
func (tx *Tx) UpdateEventArchive(a *EventArchive) error {
	return orNotFound(tx.exec(`UPDATE event_archives SET pattern = $1, state = $2, description = $3, retention_days = $4
		WHERE account = $5 AND name = $6`, a.Pattern, a.State, a.Description, a.RetentionDays, a.Account, a.Name))
}

// DeleteEventArchive removes an archive, or returns ErrNotFound.
func (tx *Tx) DeleteEventArchive(account, name string) error {
	return orNotFound(tx.exec(`DELETE FROM event_archives WHERE account = $1 AND name = $2`, account, name))
}

// EventArchives returns at most limit archives whose names begin with a prefix,
// behind a name, by name. An empty bus or state is any.
func (tx *Tx) EventArchives(account, prefix, bus, state, after string, limit int) ([]EventArchive, error) {
	s := new(statement)
	s.add(`SELECT `+eventArchiveColumns+` FROM event_archives WHERE account = ?`, account)
	equal(s, "bus", bus)
	equal(s, "state", state)
	pageByName(s, prefix, after, limit)
	return collect(tx, scanEventArchive, s.String(), s.args...)
}

// EventReplay is a replay of archived events.
type EventReplay struct {
	Account, Name string
	Archive       string // the name
	Bus           string
	State         string
	StateReason   string
	Description   string
	Filters       []byte // the ARNs of the rules that get the events, as a JSON list; "" is all rules
	From, To      int64  // milliseconds: the archived events from one time up to before another
	ReplayedTo    int64  // the time of the last event that was replayed
	Position      int64  // its sequence
	StartedAt     int64
	EndedAt       int64
}

const eventReplayColumns = `account, name, archive, bus, state, state_reason, description, filters, from_time, to_time,
	replayed_to, position, started_at, ended_at`

func scanEventReplay(rows Rows, r *EventReplay) error {
	return rows.Scan(&r.Account, &r.Name, &r.Archive, &r.Bus, &r.State, &r.StateReason, &r.Description, &r.Filters, &r.From, &r.To,
		&r.ReplayedTo, &r.Position, &r.StartedAt, &r.EndedAt)
}

// EventReplay returns a replay, or ErrNotFound.
func (tx *Tx) EventReplay(account, name string) (*EventReplay, error) {
	return only(collect(tx, scanEventReplay, `SELECT `+eventReplayColumns+` FROM event_replays
		WHERE account = $1 AND name = $2`, account, name))
}

// InsertEventReplay adds a replay, or returns ErrExists.
func (tx *Tx) InsertEventReplay(r *EventReplay) error {
	return tx.insert(`INSERT INTO event_replays (`+eventReplayColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING`,
		r.Account, r.Name, r.Archive, r.Bus, r.State, r.StateReason, r.Description, string(r.Filters), r.From, r.To,
		r.ReplayedTo, r.Position, r.StartedAt, r.EndedAt)
}

// UpdateEventReplay replaces the state of a replay that was in the state previous at
// the position from when it was read, or returns ErrStale.
func (tx *Tx) UpdateEventReplay(r *EventReplay, previous string, from int64) error {
	return tx.replace(`UPDATE event_replays SET state = $1, state_reason = $2, replayed_to = $3, position = $4, ended_at = $5
		WHERE account = $6 AND name = $7 AND state = $8 AND position = $9`,
		r.State, r.StateReason, r.ReplayedTo, r.Position, r.EndedAt, r.Account, r.Name, previous, from)
}

// EventReplays returns at most limit replays whose names begin with a prefix, behind
// a name, by name. An empty archive or state is any.
func (tx *Tx) EventReplays(account, prefix, archive, state, after string, limit int) ([]EventReplay, error) {
	s := new(statement)
	s.add(`SELECT `+eventReplayColumns+` FROM event_replays WHERE account = ?`, account)
	equal(s, "archive", archive)
	equal(s, "state", state)
	pageByName(s, prefix, after, limit)
	return collect(tx, scanEventReplay, s.String(), s.args...)
}
