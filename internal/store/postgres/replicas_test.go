package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"

	"cosell/internal/store"
	"cosell/internal/store/pgtest"
	"cosell/internal/store/postgres"
	"cosell/internal/store/storetest"
)

const account = "111122223333"

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

func opportunity(n int) *store.Opportunity {
	return &store.Opportunity{
		OpportunityKey: store.OpportunityKey{Account: account, Catalog: "AWS", ID: fmt.Sprintf("O%d", 1000+n)},
		Stage:          "Prospect", ReviewStatus: "Pending Submission",
		CreatedAt: int64(n), LastModifiedAt: int64(n), Document: []byte("{}"),
	}
}

// replicas opens a database as two processes would.
func replicas(t testing.TB) [2]*postgres.Store {
	url := pgtest.MigratedURL(t)
	return [2]*postgres.Store{pgtest.Open(t, url), pgtest.Open(t, url)}
}

// compete runs fn in 16 goroutines, half of them on each replica.
func compete(t testing.TB, on [2]*postgres.Store, fn func(ctx context.Context, s *postgres.Store, n int) error) {
	t.Helper()
	var wg sync.WaitGroup
	for n := range 16 {
		wg.Go(func() {
			if err := fn(t.Context(), on[n%2], n); err != nil {
				t.Errorf("competitor %d: %v", n, err)
			}
		})
	}
	wg.Wait()
}

// What one replica acknowledged, the other shows at once.
func TestReplicasReadTheirWrites(t *testing.T) {
	on := replicas(t)
	for n := range 50 {
		update(t, on[n%2], func(tx *store.Tx) error { return tx.PutAccount(account, fmt.Append(nil, n)) })
		view(t, on[1-n%2], func(tx *store.Tx) error {
			got, err := tx.Account(account)
			if string(got) != strconv.Itoa(n) {
				t.Errorf("read %s after %d was acknowledged", got, n)
			}
			return err
		})
	}
}

// No addition is lost, though nothing in the statement that writes the record
// guards it.
func TestReplicasAreSerializableOnARecord(t *testing.T) {
	on := replicas(t)
	update(t, on[0], func(tx *store.Tx) error { return tx.PutAccount(account, []byte("0")) })
	compete(t, on, func(ctx context.Context, s *postgres.Store, _ int) error {
		for range 10 {
			if err := s.Update(ctx, func(tx *store.Tx) error {
				document, err := tx.Account(account)
				if err != nil {
					return err
				}
				n, err := strconv.Atoi(string(document))
				if err != nil {
					return err
				}
				return tx.PutAccount(account, fmt.Append(nil, n+1))
			}); err != nil {
				return err
			}
		}
		return nil
	})
	view(t, on[0], func(tx *store.Tx) error {
		document, err := tx.Account(account)
		if string(document) != "160" {
			t.Errorf("counted %s, want 160", document)
		}
		return err
	})
}

// Of those who use a client token at once, one does the work and all answer as
// it did.
func TestReplicasHonourAClientTokenOnce(t *testing.T) {
	on := replicas(t)
	for round := range 10 {
		token := store.ClientToken{Account: account, Catalog: "AWS", Operation: "CreateOpportunity", Token: strconv.Itoa(round)}
		answers := make([]string, 16)
		compete(t, on, func(ctx context.Context, s *postgres.Store, n int) error {
			return s.Update(ctx, func(tx *store.Tx) error {
				o := opportunity(100*round + n)
				first, err := storetest.Once(tx, token, func() (store.ClientTokenRecord, error) {
					return store.ClientTokenRecord{Response: []byte(o.ID)}, tx.InsertOpportunity(o)
				})
				answers[n] = string(first.Response)
				return err
			})
		})
		slices.Sort(answers)
		if answers = slices.Compact(answers); len(answers) != 1 {
			t.Fatalf("answers %q, want one", answers)
		}
		view(t, on[0], func(tx *store.Tx) error {
			found, err := tx.Opportunities(&store.OpportunityQuery{Account: account, Catalog: "AWS", SortBy: store.ColumnID, Limit: 100})
			if len(found) != round+1 {
				t.Errorf("%d opportunities after %d tokens", len(found), round+1)
			}
			return err
		})
	}
}

func TestReplicasInviteOnce(t *testing.T) {
	on := replicas(t)
	var mu sync.Mutex
	invited := 0
	compete(t, on, func(ctx context.Context, s *postgres.Store, n int) error {
		err := s.Update(ctx, func(tx *store.Tx) error {
			return tx.InsertInvitation(&store.Invitation{
				Catalog: "AWS", ID: fmt.Sprintf("engi-%d", n), EngagementID: "eng-1",
				Sender: account, Receiver: "444455556666", Status: "PENDING", Document: []byte("{}"),
			})
		})
		if errors.Is(err, store.ErrExists) {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		invited++
		return err
	})
	if invited != 1 {
		t.Errorf("%d pending invitations, want one", invited)
	}
}

func TestReplicasNumberRevisionsWithoutGaps(t *testing.T) {
	on := replicas(t)
	key := store.SnapshotKey{Catalog: "AWS", EngagementID: "eng-1", ResourceID: "O1", Template: "T"}
	compete(t, on, func(ctx context.Context, s *postgres.Store, n int) error {
		for range 5 {
			if err := s.Update(ctx, func(tx *store.Tx) error {
				head, err := tx.SnapshotHead(key)
				if err != nil && !errors.Is(err, store.ErrNotFound) {
					return err
				}
				head.SnapshotKey, head.Revision = key, head.Revision+1
				return tx.InsertSnapshot(head, fmt.Append(nil, n))
			}); err != nil {
				return err
			}
		}
		return nil
	})
	view(t, on[0], func(tx *store.Tx) error {
		for revision := int64(1); revision <= 80; revision++ {
			if _, err := tx.Snapshot(key, revision); err != nil {
				t.Errorf("revision %d: %v", revision, err)
			}
		}
		head, err := tx.SnapshotHead(key)
		if head.Revision != 80 {
			t.Errorf("the latest revision is %d, want 80", head.Revision)
		}
		return err
	})
}

func TestReplicasShareSecrets(t *testing.T) {
	on := replicas(t)
	secrets := make([]string, 16)
	compete(t, on, func(ctx context.Context, s *postgres.Store, n int) error {
		return s.Update(ctx, func(tx *store.Tx) (err error) {
			secrets[n], err = tx.Secret("page-token", func() string { return strconv.Itoa(n) })
			return err
		})
	})
	slices.Sort(secrets)
	if secrets = slices.Compact(secrets); len(secrets) != 1 {
		t.Errorf("secrets %q, want one", secrets)
	}
}

// Followers on both replicas see one story of what both append.
func TestReplicasOrderEvents(t *testing.T) {
	on := replicas(t)
	storetest.RaceEvents(t, on[0], on[1])
}

// A follower misses nothing that a transaction noted before what it has read, and
// committed after it.
func TestReplicasTellWhatCommitsLate(t *testing.T) {
	on := replicas(t)
	tell := func(tx *store.Tx, sequence int64) error {
		return tx.InsertEvent(store.Event{Account: account, Sequence: sequence, Envelope: []byte("{}")})
	}
	noted, read := make(chan struct{}), make(chan struct{})
	late := make(chan error, 1)
	go func() {
		once := sync.OnceFunc(func() { close(noted) })
		late <- on[0].Update(t.Context(), func(tx *store.Tx) error {
			if _, err := tx.Tags(account, "none"); err != nil { // it has begun
				return err
			}
			if err := tell(tx, 10); err != nil {
				return err
			}
			once()
			<-read
			return nil
		})
	}()
	<-noted
	update(t, on[1], func(tx *store.Tx) error { return tell(tx, 20) })
	first, err := store.Events(t.Context(), on[0], account, 0, 10)
	if err != nil || len(first) != 1 || first[0].Sequence != 20 {
		t.Fatalf("before the commit: %v, %v; want the event 20", first, err)
	}
	close(read)
	if err := <-late; err != nil {
		t.Fatal(err)
	}
	second, err := store.Events(t.Context(), on[1], account, 20, 10)
	if err != nil || len(second) != 1 || second[0].Sequence != 21 {
		t.Errorf("after it: %v, %v; want the event in the next place", second, err)
	}
}

// Of two readers that would place the same events, the later sees what the other
// did, also where none had read before.
func TestReplicasPlaceEventsOnce(t *testing.T) {
	on := replicas(t)
	for round := range 20 {
		sequence := int64(10 * (round + 1)) // above every place given so far, so it stays
		update(t, on[0], func(tx *store.Tx) error {
			return tx.InsertEvent(store.Event{Account: strconv.Itoa(round), Sequence: sequence, Envelope: []byte("{}")})
		})
		compete(t, on, func(ctx context.Context, s *postgres.Store, _ int) error {
			found, err := store.Events(ctx, s, strconv.Itoa(round), 0, 10)
			if len(found) != 1 || found[0].Sequence != sequence {
				t.Errorf("found %v", found)
			}
			return err
		})
	}
}

// Work is claimed by one, and nobody waits for another's claim.
func TestReplicasShareWork(t *testing.T) {
	on := replicas(t)
	update(t, on[0], func(tx *store.Tx) error {
		for n := range 200 {
			if err := tx.Enqueue("kind", strconv.Itoa(n), 1, nil); err != nil {
				return err
			}
		}
		return nil
	})
	var mu sync.Mutex
	claims := map[string]int{}
	compete(t, on, func(ctx context.Context, s *postgres.Store, _ int) error {
		for {
			var claimed []store.Work
			if err := s.Update(ctx, func(tx *store.Tx) (err error) {
				claimed, err = tx.Claim(1, 1, 100, 5)
				return err
			}); err != nil || len(claimed) == 0 {
				return err
			}
			mu.Lock()
			for _, w := range claimed {
				claims[w.Subject]++
			}
			mu.Unlock()
		}
	})
	for subject, n := range claims {
		if n != 1 {
			t.Errorf("work %s was claimed %d times", subject, n)
		}
	}
	if len(claims) != 200 {
		t.Errorf("%d of 200 were claimed", len(claims))
	}
}
