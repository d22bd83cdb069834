package selling

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/clock"
	"cosell/internal/ids"
	"cosell/internal/operation"
	"cosell/internal/store/sqlite"
)

// inCall runs fn as an operation of an account on an empty store.
func inCall(t *testing.T, account string, fn func(*Call) error) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.WithoutSync())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	runner, err := operation.NewRunner(t.Context(), operation.Config{
		Store: s, Clock: clock.System(), IDs: ids.New(time.Now, rand.NewChaCha8([32]byte{8})),
	})
	if err != nil {
		t.Fatal(err)
	}
	err = New(runner, Config{}).update(t.Context(), auth.Principal{Account: account}, fn)
	if err != nil {
		t.Fatal(err)
	}
}

func errorType(err error) string {
	if e, ok := err.(*api.Error); ok {
		return e.Type
	}
	return fmt.Sprint(err)
}

// Whatever brings members in, there are ten partners at most; AWS does not count
// when it comes nor when others do, and nobody comes twice.
func TestAddMember(t *testing.T) {
	const creator = "100000000000"
	partners := make([]string, maxPartners-1)
	for n := range partners {
		partners[n] = fmt.Sprintf("20000000000%d", n)
	}
	for name, joining := range map[string][]string{
		"AWS first": append([]string{auth.AWSAccount}, partners...),
		"AWS last":  append(slices.Clone(partners), auth.AWSAccount),
	} {
		t.Run(name, func(t *testing.T) {
			inCall(t, creator, func(c *Call) error {
				e := c.newEngagement("Sandbox", nil, nil)
				if err := c.createEngagement(e, creator); err != nil {
					return err
				}
				for n, account := range joining {
					before := *e.ModifiedAt
					err := c.onBehalfOf(account).addMember(e, account)
					if err != nil || *e.ModifiedBy != account || *e.ModifiedAt <= before || int(*e.MemberCount) != n+2 {
						t.Errorf("adding %s: %v; %d members, modified by %s", account, err, *e.MemberCount, *e.ModifiedBy)
					}
				}
				for account, want := range map[string]string{
					"400000000000": api.TypeServiceQuotaExceeded, partners[3]: api.TypeConflict, auth.AWSAccount: api.TypeConflict,
				} {
					if err := c.onBehalfOf(account).addMember(e, account); errorType(err) != want {
						t.Errorf("adding %s: %v, want a %s", account, err, want)
					}
				}
				got, err := c.members(e)
				if want := append([]string{creator}, joining...); !slices.Equal(got, want) {
					t.Errorf("members %q, want %q in the order they came", got, want)
				}
				return err
			})
		})
	}
}

// A task's context has the next number and moves the lock; there are five at
// most.
func TestAddContext(t *testing.T) {
	inCall(t, "100000000000", func(c *Call) error {
		e := c.newEngagement("Sandbox", nil, nil)
		if err := c.createEngagement(e, "100000000000"); err != nil {
			return err
		}
		payload := &api.EngagementContextPayload{ProspectingResult: &api.ProspectingResult{}}
		for n := range maxContexts {
			before := *e.ModifiedAt
			id, err := c.addContext(e, api.EngagementContextTypeProspectingResult, payload)
			if err != nil || id != fmt.Sprint(n+1) || *e.ModifiedAt <= before {
				t.Errorf("context %d: %q, %v", n+1, id, err)
			}
		}
		_, err := c.addContext(e, api.EngagementContextTypeProspectingResult, payload)
		if errorType(err) != api.TypeServiceQuotaExceeded {
			t.Errorf("a sixth: %v", err)
		}
		stored, err := c.readEngagement(e.key())
		if len(stored.Contexts) != maxContexts {
			t.Errorf("%d contexts are stored", len(stored.Contexts))
		}
		return err
	})
}
