package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/store"
)

func eventRule(account, name string) *store.EventRule {
	return &store.EventRule{
		EventRuleKey: store.EventRuleKey{Account: account, Bus: store.DefaultEventBus, Name: name},
		Pattern:      `{"source":["a"]}`, State: "ENABLED", Description: "d", RoleARN: "role", CreatedAt: 1, ModifiedAt: 2,
	}
}

// names returns the names of what was found.
func names[T any](found []T, name func(*T) string) (all []string) {
	for i := range found {
		all = append(all, name(&found[i]))
	}
	return all
}

// same is an error if two values differ.
func same[T any](what string, want, got T) error {
	if diff := cmp.Diff(want, got); diff != "" {
		return fmt.Errorf("%s (-want +got):\n%s", what, diff)
	}
	return nil
}

func testEventRules(t *testing.T, s store.Store) {
	rule := eventRule("1", "b")
	update(t, s, func(tx *store.Tx) error {
		other := *eventRule("1", "other")
		other.Bus = "bus"
		return errors.Join(
			tx.PutEventRule(rule), tx.PutEventRule(eventRule("1", "a_1")), tx.PutEventRule(eventRule("1", "aX1")),
			tx.PutEventRule(eventRule("1", "az")), tx.PutEventRule(eventRule("2", "a")), tx.PutEventRule(&other),
		)
	})
	view(t, s, func(tx *store.Tx) error {
		found, err := tx.EventRule(rule.EventRuleKey)
		_, none := tx.EventRule(store.EventRuleKey{Account: "2", Bus: store.DefaultEventBus, Name: "b"})
		n, countErr := tx.CountEventRules("1", store.DefaultEventBus)
		return errors.Join(err, countErr, isNot(none, store.ErrNotFound), same("rule", rule, found), same("count", 4, n))
	})
	for _, c := range []struct {
		prefix, after string
		limit         int
		want          []string
	}{
		{"", "", 10, []string{"aX1", "a_1", "az", "b"}},
		{"a", "", 10, []string{"aX1", "a_1", "az"}},
		{"a_", "", 10, []string{"a_1"}},
		{"a", "aX1", 1, []string{"a_1"}},
		{"c", "", 10, nil},
	} {
		view(t, s, func(tx *store.Tx) error {
			found, err := tx.EventRules("1", store.DefaultEventBus, c.prefix, c.after, c.limit)
			return errors.Join(err, same("names", c.want, names(found, func(r *store.EventRule) string { return r.Name })))
		})
	}
	changed := *rule
	changed.Pattern, changed.State, changed.Description, changed.RoleARN, changed.CreatedAt, changed.ModifiedAt = "{}", "DISABLED", "", "", 9, 9
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(tx.PutEventRule(&changed), tx.DeleteEventRule(eventRule("1", "az").EventRuleKey),
			isNot(tx.DeleteEventRule(eventRule("1", "az").EventRuleKey), store.ErrNotFound))
	})
	changed.CreatedAt = 1
	view(t, s, func(tx *store.Tx) error {
		found, err := tx.EventRule(rule.EventRuleKey)
		return errors.Join(err, same("replaced", &changed, found))
	})
}

// Of transactions that change rules at the same time, each sees what the others did;
// the version tells readers of every change, also of one to the whole store.
func testEventRulesRace(t *testing.T, s store.Store) {
	const writers, limit = 8, 5
	version := func(account string) (v int64) {
		view(t, s, func(tx *store.Tx) (err error) {
			v, err = tx.EventRulesVersion(account)
			return err
		})
		return v
	}
	if v := version("1"); v != 0 {
		t.Errorf("version %d without a rule", v)
	}
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			if err := s.Update(context.Background(), func(tx *store.Tx) error {
				if err := tx.ChangeEventRules("1"); err != nil {
					return err
				}
				n, err := tx.CountEventRules("1", store.DefaultEventBus)
				if err != nil || n >= limit {
					return err
				}
				return tx.PutEventRule(eventRule("1", fmt.Sprint("r", i)))
			}); err != nil {
				t.Errorf("Update: %v", err)
			}
		})
	}
	wg.Wait()
	before := version("1")
	update(t, s, func(tx *store.Tx) error {
		n, err := tx.CountEventRules("1", store.DefaultEventBus)
		versions, versionsErr := tx.EventRuleVersions("", 10)
		behind, behindErr := tx.EventRuleVersions("1", 10)
		return errors.Join(err, versionsErr, behindErr, tx.ChangeEventRules("2"), same("rules", limit, n),
			same("versions", []store.EventRuleVersion{{Account: "1", Version: writers}}, versions), same("behind", nil, behind))
	})
	update(t, s, func(tx *store.Tx) error {
		_, err := tx.Clear()
		return err
	})
	if after := version("1"); after <= before {
		t.Errorf("version %d after Clear, %d before", after, before)
	}
}

func testEventTargets(t *testing.T, s store.Store) {
	target := func(account, rule, id, arn string) *store.EventTarget {
		return &store.EventTarget{Rule: eventRule(account, rule).EventRuleKey, ID: id, ARN: arn, Document: []byte(`{"Id":"` + id + `"}`)}
	}
	one := target("1", "r", "a", "arn:1")
	id := func(t *store.EventTarget) string { return t.ID }
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(
			tx.PutEventTarget(target("1", "r", "a", "arn:0")), tx.PutEventTarget(one), tx.PutEventTarget(target("1", "r", "b", "arn:1")),
			tx.PutEventTarget(target("1", "r", "c", "arn:2")), tx.PutEventTarget(target("1", "q", "z", "arn:1")),
			tx.PutEventTarget(target("2", "r", "y", "arn:1")),
		)
	})
	view(t, s, func(tx *store.Tx) error {
		found, err := tx.EventTarget(one.Rule, "a")
		_, none := tx.EventTarget(target("2", "r", "", "").Rule, "a")
		page, pageErr := tx.EventTargets(one.Rule, "a", 1)
		all, allErr := tx.EventTargetsOfBus("1", store.DefaultEventBus)
		rules, rulesErr := tx.EventRuleNamesByTarget("1", store.DefaultEventBus, "arn:1", "", 10)
		next, nextErr := tx.EventRuleNamesByTarget("1", store.DefaultEventBus, "arn:1", "q", 10)
		return errors.Join(
			err, pageErr, allErr, rulesErr, nextErr, isNot(none, store.ErrNotFound),
			same("target", one, found), same("page", []string{"b"}, names(page, id)),
			same("all", []string{"z", "a", "b", "c"}, names(all, id)),
			same("rules", []string{"q", "r"}, rules), same("rules behind", []string{"r"}, next),
		)
	})
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(tx.DeleteEventTarget(one.Rule, "a"), isNot(tx.DeleteEventTarget(one.Rule, "a"), store.ErrNotFound))
	})
}
