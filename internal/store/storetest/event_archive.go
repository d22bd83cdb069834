package storetest

import (
	"errors"
	"testing"

	"cosell/internal/store"
)

func testEventArchives(t *testing.T, s store.Store) {
	archive := func(account, name, bus, state string) *store.EventArchive {
		return &store.EventArchive{Account: account, Name: name, Bus: bus, Pattern: "{}", State: state, Description: "d", RetentionDays: 7, CreatedAt: 1}
	}
	one := archive("1", "a", "default", "ENABLED")
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(
			tx.InsertEventArchive(one), tx.InsertEventArchive(archive("1", "b", "default", "DISABLED")),
			tx.InsertEventArchive(archive("1", "bc", "other", "ENABLED")), tx.InsertEventArchive(archive("2", "a", "default", "ENABLED")),
		)
	})
	update(t, s, func(tx *store.Tx) error { return isNot(tx.InsertEventArchive(one), store.ErrExists) })
	for _, c := range []struct {
		prefix, bus, state, after string
		want                      []string
	}{
		{want: []string{"a", "b", "bc"}},
		{prefix: "b", want: []string{"b", "bc"}},
		{bus: "default", want: []string{"a", "b"}},
		{state: "ENABLED", want: []string{"a", "bc"}},
		{after: "a", want: []string{"b", "bc"}},
	} {
		view(t, s, func(tx *store.Tx) error {
			found, err := tx.EventArchives("1", c.prefix, c.bus, c.state, c.after, 10)
			return errors.Join(err, same("names", c.want, names(found, func(a *store.EventArchive) string { return a.Name })))
		})
	}
	changed := *one
	changed.Pattern, changed.State, changed.Description, changed.RetentionDays = "", "DISABLED", "", 0
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(tx.UpdateEventArchive(&changed), isNot(tx.UpdateEventArchive(archive("2", "b", "", "")), store.ErrNotFound),
			tx.DeleteEventArchive("1", "b"), isNot(tx.DeleteEventArchive("1", "b"), store.ErrNotFound))
	})
	view(t, s, func(tx *store.Tx) error {
		found, err := tx.EventArchive("1", "a")
		_, none := tx.EventArchive("1", "b")
		return errors.Join(err, isNot(none, store.ErrNotFound), same("changed", &changed, found))
	})
}

func testEventReplays(t *testing.T, s store.Store) {
	replay := func(account, name, archive, state string) *store.EventReplay {
		return &store.EventReplay{
			Account: account, Name: name, Archive: archive, Bus: "default", State: state, Description: "d", Filters: []byte(`["arn"]`),
			From: 1, To: 9, StartedAt: 10,
		}
	}
	one := replay("1", "a", "x", "STARTING")
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(
			tx.InsertEventReplay(one), tx.InsertEventReplay(replay("1", "b", "x", "COMPLETED")),
			tx.InsertEventReplay(replay("1", "bc", "y", "STARTING")), tx.InsertEventReplay(replay("2", "a", "x", "STARTING")),
		)
	})
	update(t, s, func(tx *store.Tx) error { return isNot(tx.InsertEventReplay(one), store.ErrExists) })
	for _, c := range []struct {
		prefix, archive, state, after string
		want                          []string
	}{
		{want: []string{"a", "b", "bc"}},
		{prefix: "b", want: []string{"b", "bc"}},
		{archive: "x", want: []string{"a", "b"}},
		{state: "STARTING", want: []string{"a", "bc"}},
		{after: "a", want: []string{"b", "bc"}},
	} {
		view(t, s, func(tx *store.Tx) error {
			found, err := tx.EventReplays("1", c.prefix, c.archive, c.state, c.after, 10)
			return errors.Join(err, same("names", c.want, names(found, func(r *store.EventReplay) string { return r.Name })))
		})
	}
	running := *one
	running.State, running.StateReason, running.ReplayedTo, running.Position, running.EndedAt = "RUNNING", "r", 5, 6, 7
	update(t, s, func(tx *store.Tx) error { return tx.UpdateEventReplay(&running, "STARTING", 0) })
	for name, stale := range map[string]struct {
		state    string
		position int64
	}{"state": {"STARTING", 6}, "position": {"RUNNING", 0}} {
		err := s.Update(t.Context(), func(tx *store.Tx) error {
			return isNot(tx.UpdateEventReplay(&running, stale.state, stale.position), store.ErrStale)
		})
		if err != nil {
			t.Errorf("another %s: %v", name, err)
		}
	}
	view(t, s, func(tx *store.Tx) error {
		found, err := tx.EventReplay("1", "a")
		_, none := tx.EventReplay("2", "b")
		return errors.Join(err, isNot(none, store.ErrNotFound), same("running", &running, found))
	})
}
