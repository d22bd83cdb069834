package storetest

import (
	"errors"
	"testing"

	"cosell/internal/store"
)

func testEventConnections(t *testing.T, s store.Store) {
	connection := func(account, name, state string) *store.EventConnection {
		return &store.EventConnection{
			Account: account, Name: name, ID: "id-" + name, AuthorizationType: "BASIC", State: state, StateReason: "r", Description: "d",
			Document: []byte(`{"a":1}`), Secret: "sealed", CreatedAt: 1, ModifiedAt: 2, AuthorizedAt: 3,
		}
	}
	one := connection("1", "a", "AUTHORIZED")
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(
			tx.InsertEventConnection(one), tx.InsertEventConnection(connection("1", "b", "DEAUTHORIZED")),
			tx.InsertEventConnection(connection("1", "bc", "AUTHORIZED")), tx.InsertEventConnection(connection("2", "a", "AUTHORIZED")),
		)
	})
	update(t, s, func(tx *store.Tx) error { return isNot(tx.InsertEventConnection(one), store.ErrExists) })
	for _, c := range []struct {
		prefix, state, after string
		want                 []string
	}{
		{"", "", "", []string{"a", "b", "bc"}},
		{"b", "", "", []string{"b", "bc"}},
		{"", "AUTHORIZED", "", []string{"a", "bc"}},
		{"", "", "a", []string{"b", "bc"}},
	} {
		view(t, s, func(tx *store.Tx) error {
			found, err := tx.EventConnections("1", c.prefix, c.state, c.after, 10)
			return errors.Join(err, same("names", c.want, names(found, func(c *store.EventConnection) string { return c.Name })))
		})
	}
	changed := *one
	changed.AuthorizationType, changed.State, changed.StateReason, changed.Description = "API_KEY", "DEAUTHORIZED", "", ""
	changed.Document, changed.Secret, changed.ModifiedAt, changed.AuthorizedAt = []byte(`{}`), "other", 9, 0
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(tx.UpdateEventConnection(&changed), isNot(tx.UpdateEventConnection(connection("2", "b", "")), store.ErrNotFound),
			tx.DeleteEventConnection("1", "b"), isNot(tx.DeleteEventConnection("1", "b"), store.ErrNotFound))
	})
	view(t, s, func(tx *store.Tx) error {
		found, err := tx.EventConnection("1", "a")
		other, otherErr := tx.EventConnection("2", "a")
		_, none := tx.EventConnection("1", "b")
		n, countErr := tx.CountEventConnections("1")
		return errors.Join(err, otherErr, countErr, isNot(none, store.ErrNotFound), same("count", 2, n),
			same("changed", &changed, found), same("other account", connection("2", "a", "AUTHORIZED"), other))
	})
}

func testEventAPIDestinations(t *testing.T, s store.Store) {
	destination := func(account, name, connection string) *store.EventAPIDestination {
		return &store.EventAPIDestination{
			Account: account, Name: name, ID: "id-" + name, Connection: connection, Endpoint: "https://example.com/", Method: "POST",
			RateLimit: 300, State: "ACTIVE", Description: "d", CreatedAt: 1, ModifiedAt: 2,
		}
	}
	one := destination("1", "a", "c")
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(
			tx.InsertEventAPIDestination(one), tx.InsertEventAPIDestination(destination("1", "b", "c")),
			tx.InsertEventAPIDestination(destination("1", "bc", "d")), tx.InsertEventAPIDestination(destination("2", "a", "c")),
		)
	})
	update(t, s, func(tx *store.Tx) error { return isNot(tx.InsertEventAPIDestination(one), store.ErrExists) })
	for _, c := range []struct {
		prefix, connection, after string
		want                      []string
	}{
		{"", "", "", []string{"a", "b", "bc"}},
		{"b", "", "", []string{"b", "bc"}},
		{"", "c", "", []string{"a", "b"}},
		{"", "", "a", []string{"b", "bc"}},
	} {
		view(t, s, func(tx *store.Tx) error {
			found, err := tx.EventAPIDestinations("1", c.prefix, c.connection, c.after, 10)
			return errors.Join(err, same("names", c.want, names(found, func(d *store.EventAPIDestination) string { return d.Name })))
		})
	}
	changed := *one
	changed.Connection, changed.Endpoint, changed.Method, changed.RateLimit = "d", "http://localhost/", "PUT", 1
	changed.State, changed.Description, changed.ModifiedAt = "INACTIVE", "", 9
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(tx.UpdateEventAPIDestination(&changed), isNot(tx.UpdateEventAPIDestination(destination("2", "b", "")), store.ErrNotFound),
			tx.DeleteEventAPIDestination("1", "b"), isNot(tx.DeleteEventAPIDestination("1", "b"), store.ErrNotFound))
	})
	view(t, s, func(tx *store.Tx) error {
		found, err := tx.EventAPIDestination("1", "a")
		_, none := tx.EventAPIDestination("1", "b")
		n, countErr := tx.CountEventAPIDestinations("1")
		return errors.Join(err, countErr, isNot(none, store.ErrNotFound), same("changed", &changed, found), same("count", 2, n))
	})
}
