package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"cosell/internal/store"
)

func principalKey(account, kind, name string) store.PrincipalKey {
	return store.PrincipalKey{Account: account, Kind: kind, Name: name}
}

func testPrincipals(t *testing.T, s store.Store) {
	a := principalKey("1", "user", "a")
	update(t, s, func(tx *store.Tx) error {
		_, err := tx.Principal(a)
		return errors.Join(isNot(err, store.ErrNotFound), isNot(tx.LockPrincipal(a), store.ErrNotFound),
			isNot(tx.DeletePrincipal(a), store.ErrNotFound))
	})
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(
			tx.PutPrincipal(a, []byte(`{"a":1}`)), tx.PutPrincipal(principalKey("1", "user", "b"), []byte(`{}`)),
			tx.PutPrincipal(principalKey("1", "role", "a"), []byte(`{"role":1}`)), tx.PutPrincipal(principalKey("2", "user", "c"), []byte(`{}`)),
			tx.PutPrincipal(a, []byte(`{"a":2}`)), tx.LockPrincipal(a),
			tx.PutPrincipalPolicy(a, "q", []byte(`{"old":1}`)), tx.PutPrincipalPolicy(a, "q", []byte(`{"new":1}`)),
			tx.PutPrincipalPolicy(a, "p", []byte(`{}`)), tx.PutPrincipalPolicy(principalKey("1", "role", "a"), "r", []byte(`{}`)),
			tx.PutPrincipalPolicy(principalKey("2", "user", "a"), "s", []byte(`{}`)),
		)
	})
	name := func(p *store.Principal) string { return p.Name }
	policy := func(p *store.PrincipalPolicy) string { return p.Name + string(p.Document) }
	view(t, s, func(tx *store.Tx) error {
		document, err := tx.Principal(a)
		all, allErr := tx.Principals("1", "user", "", 10)
		after, afterErr := tx.Principals("1", "user", "a", 10)
		first, firstErr := tx.Principals("1", "user", "", 1)
		policies, policiesErr := tx.PrincipalPolicies(a)
		return errors.Join(err, allErr, afterErr, firstErr, policiesErr, same("document", `{"a":2}`, string(document)),
			same("all", []string{"a", "b"}, names(all, name)), same("after", []string{"b"}, names(after, name)),
			same("first", []store.Principal{{PrincipalKey: a, Document: []byte(`{"a":2}`)}}, first),
			same("policies", []string{"p{}", `q{"new":1}`}, names(policies, policy)))
	})
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(tx.DeletePrincipalPolicy(a, "p"), isNot(tx.DeletePrincipalPolicy(a, "p"), store.ErrNotFound))
	})
	view(t, s, func(tx *store.Tx) error {
		policies, err := tx.PrincipalPolicies(a)
		return errors.Join(err, same("policies", []string{`q{"new":1}`}, names(policies, policy)))
	})
}

// testPrincipalDeleted sees that nothing stays of a principal that another one of its
// name would get.
func testPrincipalDeleted(t *testing.T, s store.Store) {
	user, group, role := principalKey("1", "user", "a"), principalKey("1", "group", "a"), principalKey("1", "role", "a")
	update(t, s, func(tx *store.Tx) error {
		var all []error
		for _, key := range []store.PrincipalKey{user, group, role} {
			all = append(all, tx.PutPrincipal(key, []byte(`{}`)), tx.PutPrincipalPolicy(key, "p", []byte(`{}`)))
		}
		return errors.Join(append(
			all, tx.PutGroupMember("1", "a", "a"), tx.PutGroupMember("1", "b", "a"), tx.PutGroupMember("1", "a", "b"), tx.PutGroupMember("2", "a", "a"),
			tx.InsertAccessKey(&store.AccessKey{ID: "K1", Account: "1", User: "a"}), tx.InsertAccessKey(&store.AccessKey{ID: "K2", Account: "2", User: "a"}),
			tx.PutConsolePassword(&store.ConsolePassword{Account: "1", User: "a"}), tx.PutConsolePassword(&store.ConsolePassword{Account: "2", User: "a"}),
		)...)
	})
	left := func(when string, want ...string) {
		view(t, s, func(tx *store.Tx) error {
			var found []string
			for _, key := range []store.PrincipalKey{user, group, role} {
				policies, err := tx.PrincipalPolicies(key)
				if err != nil {
					return err
				}
				if len(policies) > 0 {
					found = append(found, key.Kind)
				}
			}
			groups, groupsErr := tx.GroupsOf("1", "a")
			members, membersErr := tx.GroupMembers("1", "a", 10)
			keys, keysErr := tx.AccessKeys("1", "a")
			other, otherErr := tx.GroupsOf("2", "a")
			_, foreign := tx.AccessKey("K2")
			if _, err := tx.ConsolePassword("1", "a"); err == nil {
				found = append(found, "password")
			}
			_, foreignPassword := tx.ConsolePassword("2", "a")
			found = append(found, fmt.Sprint(groups, members, len(keys)))
			return errors.Join(groupsErr, membersErr, keysErr, otherErr, foreign, foreignPassword, same(when, want, found), same("other account", []string{"a"}, other))
		})
	}
	left("before", "user", "group", "role", "password", "[a b] [a b] 1")
	update(t, s, func(tx *store.Tx) error { return tx.DeletePrincipal(role) })
	left("without the role", "user", "group", "password", "[a b] [a b] 1")
	update(t, s, func(tx *store.Tx) error { return tx.DeletePrincipal(user) })
	left("without the user", "group", "[] [b] 0")
	update(t, s, func(tx *store.Tx) error { return tx.DeletePrincipal(group) })
	left("without the group", "[] [] 0")
}

func testGroupMembers(t *testing.T, s store.Store) {
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(tx.PutGroupMember("1", "b", "g"), tx.PutGroupMember("1", "a", "g"), tx.PutGroupMember("1", "a", "g"),
			tx.PutGroupMember("1", "a", "f"), tx.PutGroupMember("2", "c", "g"))
	})
	view(t, s, func(tx *store.Tx) error {
		groups, err := tx.GroupsOf("1", "a")
		members, membersErr := tx.GroupMembers("1", "g", 10)
		first, firstErr := tx.GroupMembers("1", "g", 1)
		return errors.Join(err, membersErr, firstErr, same("groups", []string{"f", "g"}, groups),
			same("members", []string{"a", "b"}, members), same("first", []string{"a"}, first))
	})
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(tx.DeleteGroupMember("1", "a", "g"), isNot(tx.DeleteGroupMember("1", "a", "g"), store.ErrNotFound))
	})
}

func testAccessKeys(t *testing.T, s store.Store) {
	key := func(id, user string, createdAt int64) *store.AccessKey {
		return &store.AccessKey{ID: id, Account: "1", User: user, Status: "Active", CreatedAt: createdAt, Secret: "sealed"}
	}
	update(t, s, func(tx *store.Tx) error {
		_, err := tx.AccessKey("K1")
		return errors.Join(isNot(err, store.ErrNotFound), tx.InsertAccessKey(key("K2", "a", 1)), tx.InsertAccessKey(key("K1", "a", 2)),
			tx.InsertAccessKey(key("K3", "b", 3)))
	})
	update(t, s, func(tx *store.Tx) error { return isNot(tx.InsertAccessKey(key("K1", "b", 1)), store.ErrExists) })
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(tx.SetAccessKeyStatus("1", "a", "K1", "Inactive"), isNot(tx.SetAccessKeyStatus("1", "b", "K1", "Active"), store.ErrNotFound),
			isNot(tx.SetAccessKeyStatus("2", "a", "K1", "Active"), store.ErrNotFound),
			tx.SetAccessKeyUsed("K1", 60), tx.SetAccessKeyUsed("K1", 20), tx.SetAccessKeyUsed("K9", 20),
			isNot(tx.DeleteAccessKey("1", "b", "K2"), store.ErrNotFound))
	})
	view(t, s, func(tx *store.Tx) error {
		changed := key("K1", "a", 2)
		changed.Status, changed.LastUsedAt = "Inactive", 60
		got, err := tx.AccessKey("K1")
		all, allErr := tx.AccessKeys("1", "a")
		return errors.Join(err, allErr, same("changed", changed, got),
			same("keys", []string{"K2", "K1"}, names(all, func(k *store.AccessKey) string { return k.ID })))
	})
	update(t, s, func(tx *store.Tx) error { return tx.DeleteAccessKey("1", "a", "K2") })
	view(t, s, func(tx *store.Tx) error {
		all, err := tx.AccessKeys("1", "a")
		return errors.Join(err, same("left", 1, len(all)))
	})
}

// testAccessKeysRace sees that a user who is held has no more keys than were counted,
// however many are made at once.
func testAccessKeysRace(t *testing.T, s store.Store) {
	const clients, room = 8, 2
	user := principalKey("1", "user", "a")
	update(t, s, func(tx *store.Tx) error { return tx.PutPrincipal(user, []byte(`{}`)) })
	errFull := errors.New("full")
	var all sync.WaitGroup
	results := make([]error, clients)
	for i := range results {
		all.Go(func() {
			results[i] = s.Update(context.Background(), func(tx *store.Tx) error {
				if err := tx.LockPrincipal(user); err != nil {
					return err
				}
				keys, err := tx.AccessKeys("1", "a")
				if err != nil {
					return err
				}
				if len(keys) >= room {
					return errFull
				}
				return tx.InsertAccessKey(&store.AccessKey{ID: fmt.Sprint(i), Account: "1", User: "a"})
			})
		})
	}
	all.Wait()
	added := 0
	for _, err := range results {
		switch {
		case err == nil:
			added++
		case !errors.Is(err, errFull):
			t.Error(err)
		}
	}
	if added != room {
		t.Errorf("%d keys were made, want %d", added, room)
	}
}

func testConsolePasswords(t *testing.T, s store.Store) {
	update(t, s, func(tx *store.Tx) error {
		_, err := tx.ConsolePassword("1", "a")
		return errors.Join(isNot(err, store.ErrNotFound), isNot(tx.DeleteConsolePassword("1", "a"), store.ErrNotFound),
			tx.PutConsolePassword(&store.ConsolePassword{Account: "1", User: "a", Hash: "old", CreatedAt: 1, LastUsedAt: 9}),
			tx.PutConsolePassword(&store.ConsolePassword{Account: "2", User: "a", Hash: "other", CreatedAt: 1}),
			tx.PutConsolePassword(&store.ConsolePassword{Account: "1", User: "a", Hash: "new", CreatedAt: 2}),
			tx.UseConsolePassword("1", "a", 60), tx.UseConsolePassword("1", "a", 20), tx.UseConsolePassword("1", "b", 20))
	})
	view(t, s, func(tx *store.Tx) error {
		got, err := tx.ConsolePassword("1", "a")
		_, none := tx.ConsolePassword("1", "b")
		return errors.Join(err, isNot(none, store.ErrNotFound),
			same("password", &store.ConsolePassword{Account: "1", User: "a", Hash: "new", CreatedAt: 2, LastUsedAt: 60}, got))
	})
	update(t, s, func(tx *store.Tx) error { return tx.DeleteConsolePassword("1", "a") })
	view(t, s, func(tx *store.Tx) error {
		_, err := tx.ConsolePassword("1", "a")
		_, other := tx.ConsolePassword("2", "a")
		return errors.Join(isNot(err, store.ErrNotFound), other)
	})
}
