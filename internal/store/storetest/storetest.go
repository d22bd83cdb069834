// Package storetest holds the suite that every storage engine must pass. An
// engine's own test calls Run; what is true of one engine only has no place in
// the contract.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/store"
)

// aTest is one test of a suite.
type aTest struct {
	name string
	test func(*testing.T, store.Store)
}

func run(t *testing.T, open func(testing.TB) store.Store, tests []aTest) {
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

// RandomSearches compares random searches with a slow search in memory. They take
// longest of all, so an engine runs them once, and the race detector sees a tenth.
func RandomSearches(t *testing.T, open func(testing.TB) store.Store) {
	run(t, open, []aTest{
		{"Opportunities", testSearchOpportunities},
		{"Engagements", testSearchEngagements},
		{"Customers", testSearchCustomers},
		{"Recent", testSearchRecent},
	})
}

// Run runs the suite. open returns a new, empty store, closed by the test's
// cleanup.
func Run(t *testing.T, open func(testing.TB) store.Store) {
	run(t, open, []aTest{
		{"UpdateIsAllOrNothing", testAtomic},
		{"UpdatePanics", testPanic},
		{"UpdateAfterCancelChangesNothing", testCancelled},
		{"UpdateInsideUpdate", testNestedUpdate},
		{"UpdateEndsWhileItWaits", testUpdateEndsWhileItWaits},
		{"UpdatesAreSerializable", testSerializable},
		{"ViewSeesWhatWasAcknowledged", testReadYourWrites},
		{"ViewIsOneState", testSnapshot},
		{"ClosedStoreRefuses", testClosed},
		{"Savepoint", testSavepoint},
		{"SavepointInAFailure", testSavepointInAFailure},
		{"Late", testLate},
		{"Opportunity", testOpportunity},
		{"OpportunityStale", testStale},
		{"Opportunities", testOpportunities},
		{"OpportunitiesSelective", testSelective},
		{"OpportunitiesFarAway", testFarAway},
		{"SearchCleared", testSearchCleared},
		{"SearchSeesWrites", testSearchSeesWrites},
		{"SearchAfterMany", testSearchAfterMany},
		{"PipelineSums", testPipelineSums},
		{"SearchEnds", testSearchEnds},
		{"SearchTooWide", testSearchTooWide},
		{"Accounts", testAccounts},
		{"Overview", testOverview},
		{"Secrets", testSecrets},
		{"Principals", testPrincipals},
		{"PrincipalDeleted", testPrincipalDeleted},
		{"ConsolePasswords", testConsolePasswords},
		{"GroupMembers", testGroupMembers},
		{"AccessKeys", testAccessKeys},
		{"AccessKeysAreCounted", testAccessKeysRace},
		{"Solutions", testSolutions},
		{"Tags", testTags},
		{"LockExcludes", testLock},
		{"ClientTokens", testClientTokens},
		{"Events", testEvents},
		{"EventsCommittedLate", testEventsLate},
		{"EventsFollowedByMany", testEventsRace},
		{"EventsOfASubject", testEventsOfASubject},
		{"EventsUnreadForLong", testEventsUnread},
		{"EventsPolled", testEventsPolled},
		{"EventsLast", testEventsLast},
		{"EventRules", testEventRules},
		{"EventRulesHaveOneWriter", testEventRulesRace},
		{"EventTargets", testEventTargets},
		{"EventConnections", testEventConnections},
		{"EventAPIDestinations", testEventAPIDestinations},
		{"EventArchives", testEventArchives},
		{"EventReplays", testEventReplays},
		{"EventsOfAllAccounts", testEventsOfAll},
		{"EventFollowers", testEventFollowers},
		{"EventDeliveries", testEventDeliveries},
		{"EventLanes", testEventLanes},
		{"Webhooks", testWebhooks},
		{"Engagement", testEngagement},
		{"EngagementStale", testEngagementStale},
		{"EngagementsAreSerializable", testEngagementSerializable},
		{"EngagementMembers", testEngagementMembers},
		{"Engagements", testEngagements},
		{"Invitation", testInvitation},
		{"InvitationPendingOnce", testInvitationPending},
		{"InvitationAnsweredOnce", testInvitationRace},
		{"EngagementInvitations", testEngagementInvitations},
		{"Invitations", testInvitations},
		{"Snapshots", testSnapshots},
		{"SnapshotRevisionsHaveNoGaps", testSnapshotRevisions},
		{"SnapshotHeads", testSnapshotHeads},
		{"Associations", testAssociations},
		{"SnapshotJob", testSnapshotJob},
		{"ResourceSnapshotJobs", testResourceSnapshotJobs},
		{"SnapshotJobs", testSnapshotJobs},
		{"Settings", testSettings},
		{"QuotaUsage", testQuotaUsage},
		{"AccountQuotas", testAccountQuotas},
		{"OperatorTokens", testOperatorTokens},
		{"EndedSessions", testEndedSessions},
		{"Proposals", testProposals},
		{"History", testHistory},
		{"Audit", testAudit},
		{"Task", testTask},
		{"TaskStale", testTaskStale},
		{"TaskStepsHappenOnce", testTaskSteps},
		{"Tasks", testTasks},
		{"TasksByName", testTasksByName},
		{"AwsOpportunity", testAwsOpportunity},
		{"AwsOpportunityIsSerializable", testAwsOpportunitySerializable},
		{"Reviews", testReviews},
		{"ReviewFollowers", testReviewFollowers},
		{"Policies", testPolicies},
		{"CustomerAccount", testCustomerAccount},
		{"CustomerAccounts", testCustomerAccounts},
		{"CustomerMappings", testCustomerMappings},
		{"Directory", testDirectory},
		{"Blobs", testBlobs},
		{"Files", testFiles},
		{"FileUploads", testFileUploads},
		{"BulkJobs", testBulkJobs},
		{"BulkJobStepsHappenOnce", testBulkJobSteps},
		{"BulkResults", testBulkResults},
		{"Features", testFeatures},
		{"Work", testWork},
		{"WorkOrder", testWorkOrder},
		{"WorkAskedTwice", testWorkAskedTwice},
		{"WorkAskedMeanwhile", testWorkAskedMeanwhile},
		{"WorkLease", testWorkLease},
		{"WorkRelease", testWorkRelease},
		{"WorkFence", testWorkFence},
		{"WorkFail", testWorkFail},
		{"WorkRace", testWorkRace},
		{"Tables", testTables},
		{"SecretIsReplaced", testSecretIsReplaced},
		{"WalkPages", testWalkPages},
		{"Clear", testClear},
		{"ResetAccount", testResetAccount},
		{"ResetAccountEngagements", testResetAccountEngagements},
		{"ImportProgress", testImportProgress},
	})
}

func update(t testing.TB, s store.Store, fn func(*store.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

func view(t testing.TB, s store.Store, fn func(*store.Tx) error) {
	t.Helper()
	if err := s.View(t.Context(), fn); err != nil {
		t.Fatalf("View: %v", err)
	}
}

func isNot(err, want error) error {
	if errors.Is(err, want) {
		return nil
	}
	return fmt.Errorf("got %v, want %v", err, want)
}

func testAtomic(t *testing.T, s store.Store) {
	failure := errors.New("changed my mind")
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.PutAccount("1", []byte(`{"a":1}`)); err != nil {
			return err
		}
		return failure
	})
	if !errors.Is(err, failure) {
		t.Fatalf("Update = %v, want the function's error", err)
	}
	view(t, s, func(tx *store.Tx) error {
		_, err := tx.Account("1")
		return isNot(err, store.ErrNotFound)
	})
}

func testPanic(t *testing.T, s store.Store) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			err := s.Update(context.Background(), func(tx *store.Tx) error {
				if err := tx.PutAccount(fmt.Sprint(i), []byte("{}")); err != nil {
					return err
				}
				return boom(i == 3)
			})
			if (err != nil) != (i == 3) {
				t.Errorf("update %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	view(t, s, func(tx *store.Tx) error {
		for i := range 8 {
			if _, err := tx.Account(fmt.Sprint(i)); errors.Is(err, store.ErrNotFound) != (i == 3) {
				t.Errorf("account %d: %v", i, err)
			}
		}
		return nil
	})
}

func boom(now bool) error {
	if now {
		panic("boom")
	}
	return nil
}

func testCancelled(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := s.Update(ctx, func(tx *store.Tx) error { return tx.PutAccount("1", []byte("{}")) })
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("Update = %v, want context.Canceled", err)
	}
	view(t, s, func(tx *store.Tx) error {
		_, err := tx.Account("1")
		return isNot(err, store.ErrNotFound)
	})
}

// Many clients add to one number; none of the additions may be lost.
func testSerializable(t *testing.T, s store.Store) {
	const clients, additions = 16, 20
	o := opportunity(1)
	update(t, s, func(tx *store.Tx) error { return tx.InsertOpportunity(o) })
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for range additions {
				err := s.Update(context.Background(), func(tx *store.Tx) error {
					_, document, err := tx.Opportunity(o.OpportunityKey)
					if err != nil {
						return err
					}
					var n int64
					if _, err := fmt.Sscan(string(document), &n); err != nil {
						return err
					}
					changed := *o
					changed.LastModifiedAt, changed.Document = n+1, fmt.Append(nil, n+1)
					return tx.UpdateOpportunity(&changed, n)
				})
				if err != nil {
					t.Errorf("Update: %v", err)
				}
			}
		})
	}
	wg.Wait()
	view(t, s, func(tx *store.Tx) error {
		_, document, err := tx.Opportunity(o.OpportunityKey)
		if want := fmt.Sprint(1 + clients*additions); string(document) != want {
			t.Errorf("counted %s, want %s", document, want)
		}
		return err
	})
}

func testReadYourWrites(t *testing.T, s store.Store) {
	for i := range 50 {
		document := fmt.Append(nil, i)
		update(t, s, func(tx *store.Tx) error { return tx.PutAccount("1", document) })
		view(t, s, func(tx *store.Tx) error {
			got, err := tx.Account("1")
			if string(got) != string(document) {
				t.Fatalf("read %s after %s was acknowledged", got, document)
			}
			return err
		})
	}
}

// Two records change together; no reader may see one without the other.
func testSnapshot(t *testing.T, s store.Store) {
	put := func(n int) {
		update(t, s, func(tx *store.Tx) error {
			return errors.Join(tx.PutAccount("1", fmt.Append(nil, n)), tx.PutAccount("2", fmt.Append(nil, n)))
		})
	}
	put(0)
	var stop atomic.Bool
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for !stop.Load() {
				err := s.View(context.Background(), func(tx *store.Tx) error {
					a, err := tx.Account("1")
					if err != nil {
						return err
					}
					b, err := tx.Account("2")
					if string(a) != string(b) {
						t.Errorf("saw %s and %s", a, b)
					}
					return err
				})
				if err != nil {
					t.Errorf("View: %v", err)
				}
			}
		})
	}
	for n := range 100 {
		put(n)
	}
	stop.Store(true)
	wg.Wait()
}

func testClosed(t *testing.T, s store.Store) {
	if err := s.Ping(t.Context()); err != nil {
		t.Fatalf("Ping: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	nothing := func(*store.Tx) error { return nil }
	for name, err := range map[string]error{
		"Update": s.Update(t.Context(), nothing),
		"View":   s.View(t.Context(), nothing),
		"Ping":   s.Ping(t.Context()),
	} {
		if err == nil {
			t.Errorf("%s works on a closed store", name)
		}
	}
}

func opportunity(n int) *store.Opportunity {
	return &store.Opportunity{
		OpportunityKey: store.OpportunityKey{Account: "111122223333", Catalog: "AWS", ID: fmt.Sprintf("O%d", 1000+n)},
		Stage:          "Prospect", ReviewStatus: "Pending Submission",
		CreatedAt: int64(n), LastModifiedAt: int64(n), Document: fmt.Append(nil, n),
	}
}

func testOpportunity(t *testing.T, s store.Store) {
	o := opportunity(1)
	o.Document, o.Origin = []byte(`{"name":"Müller, 東京 \u0000"}`), "AWS Referral"
	update(t, s, func(tx *store.Tx) error {
		if err := tx.InsertOpportunity(o); err != nil {
			return err
		}
		return isNot(tx.InsertOpportunity(o), store.ErrExists)
	})
	view(t, s, func(tx *store.Tx) error {
		origin, document, err := tx.Opportunity(o.OpportunityKey)
		if diff := cmp.Diff(string(o.Document), string(document)); diff != "" {
			t.Error(diff)
		}
		if origin != o.Origin {
			t.Errorf("origin %q, want %q", origin, o.Origin)
		}
		return err
	})
	for name, key := range map[string]store.OpportunityKey{
		"another account":    {Account: "444455556666", Catalog: o.Catalog, ID: o.ID},
		"another catalog":    {Account: o.Account, Catalog: "Sandbox", ID: o.ID},
		"another identifier": {Account: o.Account, Catalog: o.Catalog, ID: "O1"},
	} {
		view(t, s, func(tx *store.Tx) error {
			if _, _, err := tx.Opportunity(key); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %v, want ErrNotFound", name, err)
			}
			return nil
		})
	}
}

func testStale(t *testing.T, s store.Store) {
	o := opportunity(1)
	update(t, s, func(tx *store.Tx) error { return tx.InsertOpportunity(o) })
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		err := tx.UpdateOpportunity(o, o.LastModifiedAt-1)
		if !errors.Is(err, store.ErrStale) {
			t.Errorf("update over another state: %v, want ErrStale", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
