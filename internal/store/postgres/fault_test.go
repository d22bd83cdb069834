package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"cosell/internal/store"
	"cosell/internal/store/pgtest"
	"cosell/internal/store/postgres"
	"cosell/internal/store/storetest"
)

// cable lies between a store and its server. It can be cut once, when the
// client sends certain bytes.
type cable struct {
	at     []byte
	after  bool // the server has answered them, but not the client
	intact atomic.Bool
}

// lay returns the address of a database through a cable.
func (c *cable) lay(t *testing.T, databaseURL string) string {
	t.Helper()
	server := must(url.Parse(databaseURL)).Host
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go c.connect(client, server)
		}
	}()
	return change(t, databaseURL, func(u *url.URL) { u.Host = listener.Addr().String() })
}

func (c *cable) connect(client net.Conn, address string) {
	defer func() { _ = client.Close() }()
	server, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	var deaf atomic.Bool // the client hears no more
	answered := make(chan struct{})
	go func() {
		defer func() { _ = client.Close() }()
		buffer := make([]byte, 1<<16)
		for {
			n, err := server.Read(buffer)
			if deaf.Load() {
				close(answered)
				return
			}
			if err != nil {
				return
			}
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
	}()
	buffer := make([]byte, 1<<16)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		cut := bytes.Contains(buffer[:n], c.at) && c.intact.CompareAndSwap(true, false)
		if cut && !c.after {
			return
		}
		deaf.Store(cut)
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
		if cut {
			<-answered
			return
		}
	}
}

func TestLostConnection(t *testing.T) {
	commit := []byte("COMMIT\x00")
	put := func(tx *store.Tx) error { return tx.PutAccount("1", []byte("{}")) }
	insert := func(tx *store.Tx) error {
		return errors.Join(tx.InsertOpportunity(opportunity(1)), put(tx))
	}
	// The opportunity waits for the COMMIT.
	along := func(tx *store.Tx) error { return errors.Join(put(tx), tx.InsertOpportunity(opportunity(1))) }
	// Everything waits for the COMMIT, on a connection that is not known to be there.
	first := func(tx *store.Tx) error { return tx.InsertOpportunity(opportunity(1)) }
	// Everything waits for the COMMIT, and what came of it can be told.
	once := func(tx *store.Tx) error {
		token := store.ClientToken{Account: account, Catalog: "AWS", Operation: "CreateOpportunity", Token: "t"}
		_, err := storetest.Once(tx, token, func() (store.ClientTokenRecord, error) {
			return store.ClientTokenRecord{}, tx.InsertOpportunity(opportunity(1))
		})
		return err
	}
	for _, c := range []struct {
		name    string
		cable   *cable
		fn      func(*store.Tx) error
		runs    int
		unknown bool
		there   bool
		repeat  bool // the update is repeatable
	}{
		{name: "BeforeAStatement", cable: &cable{at: []byte("INTO accounts")}, fn: put, runs: 2, there: true},
		{name: "AfterAStatement", cable: &cable{at: []byte("INTO accounts"), after: true}, fn: put, runs: 2, there: true},
		{name: "BeforeTheCommitArrived", cable: &cable{at: commit}, fn: put, runs: 1, unknown: true},
		{name: "AfterTheCommit", cable: &cable{at: commit, after: true}, fn: put, runs: 1, unknown: true, there: true},
		{name: "BeforeStatementsThatWaited", cable: &cable{at: []byte("O1001")}, fn: insert, runs: 2, there: true},
		{name: "BeforeAStatementIsPrepared", cable: &cable{at: []byte("INTO opportunities")}, fn: along, runs: 2, there: true},
		{name: "BeforeAStatementAndTheCommitArrived", cable: &cable{at: []byte("O1001")}, fn: along, runs: 1, unknown: true},
		{name: "AfterAStatementAndTheCommit", cable: &cable{at: []byte("O1001"), after: true}, fn: along, runs: 1, unknown: true, there: true},
		{name: "BeforeTheFirstExchange", cable: &cable{at: []byte("O1001")}, fn: first, runs: 2, there: true},
		{name: "AfterTheFirstExchange", cable: &cable{at: []byte("O1001"), after: true}, fn: first, runs: 2, there: true},
		{name: "BeforeTheOnlyExchange", cable: &cable{at: []byte("O1001")}, fn: once, repeat: true, runs: 2, there: true},
		{name: "AfterTheOnlyExchange", cable: &cable{at: []byte("O1001"), after: true}, fn: once, repeat: true, runs: 2, there: true},
		{name: "AfterAnIdempotentCommit", cable: &cable{at: commit, after: true}, fn: put, repeat: true, runs: 2, there: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			database := pgtest.MigratedURL(t)
			s := pgtest.Open(t, c.cable.lay(t, database))
			c.cable.intact.Store(true)
			runs := 0
			var options []store.Option
			if c.repeat {
				options = append(options, store.Idempotent())
			}
			err := s.Update(t.Context(), func(tx *store.Tx) error {
				runs++
				return c.fn(tx)
			}, options...)
			if runs != c.runs {
				t.Errorf("%d runs, want %d", runs, c.runs)
			}
			if errors.Is(err, store.ErrOutcomeUnknown) != c.unknown || !c.unknown && err != nil {
				t.Errorf("Update = %v, want an unknown outcome: %t", err, c.unknown)
			}
			view(t, s, func(tx *store.Tx) error {
				_, err := tx.Account("1")
				if _, _, other := tx.Opportunity(opportunity(1).OpportunityKey); errors.Is(err, store.ErrNotFound) {
					err = other // of the two, what the function writes
				}
				if errors.Is(err, store.ErrNotFound) == c.there {
					t.Errorf("what it wrote: %v, want it there: %t", err, c.there)
				}
				return nil
			})
		})
	}
}

func TestLostConnectionInView(t *testing.T) {
	database := pgtest.MigratedURL(t)
	c := &cable{at: []byte("FROM accounts"), after: true}
	s := pgtest.Open(t, c.lay(t, database))
	update(t, s, func(tx *store.Tx) error { return tx.PutAccount("1", []byte("{}")) })
	c.intact.Store(true)
	view(t, s, func(tx *store.Tx) error {
		_, err := tx.Account("1")
		return err
	})
	if c.intact.Load() {
		t.Error("the cable was not cut")
	}
}

// The server is killed under load, three times. What was acknowledged is there;
// callers saw nothing worse than an unknown outcome.
func TestServerCrash(t *testing.T) {
	server := pgtest.NewServer(t)
	s := pgtest.Open(t, server.URL)
	const writers, perPhase = 8, 200
	var (
		mu           sync.Mutex
		acknowledged []int
		unknown      int
		next         atomic.Int64
		progress     = make(chan struct{})
		ctx, stop    = context.WithCancel(t.Context())
		ended        sync.WaitGroup
	)
	for range writers {
		ended.Go(func() {
			for ctx.Err() == nil {
				n := int(next.Add(1))
				err := s.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
					if err := tx.InsertOpportunity(opportunity(n)); err != nil {
						return err
					}
					return tx.InsertEvent(store.Event{Account: account, Sequence: int64(n), Envelope: []byte("{}")})
				})
				switch {
				case err == nil:
					mu.Lock()
					acknowledged = append(acknowledged, n)
					mu.Unlock()
					select {
					case progress <- struct{}{}:
					case <-ctx.Done():
					}
				case errors.Is(err, store.ErrOutcomeUnknown):
					mu.Lock()
					unknown++
					mu.Unlock()
				default:
					t.Errorf("Update: %v", err)
					stop() // nobody waits for progress any more
					return
				}
			}
		})
	}
	await := func() {
		for range perPhase {
			select {
			case <-progress:
			case <-ctx.Done():
			}
		}
	}
	for range 3 {
		await()
		server.Crash()
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
	}
	await()
	stop()
	ended.Wait()
	t.Logf("%d acknowledged, %d unknown, none lost", len(acknowledged), unknown)
	told := storetest.Follow(t, s, account, 0, 1000)
	view(t, s, func(tx *store.Tx) error {
		for _, n := range acknowledged {
			if _, _, err := tx.Opportunity(opportunity(n).OpportunityKey); err != nil {
				t.Errorf("acknowledged opportunity %d: %v", n, err)
			}
		}
		// Each transaction is there in whole or not at all.
		for _, e := range told {
			if _, _, err := tx.Opportunity(opportunity(int(e.Sequence)).OpportunityKey); err != nil {
				t.Errorf("event %d without its opportunity: %v", e.Sequence, err)
			}
		}
		return nil
	})
}

// A commit that a standby never confirmed is not acknowledged, even when the
// server is told to stop waiting; nor does who finds its client token again take it
// for done.
func TestUnreplicatedCommitIsNotAcknowledged(t *testing.T) {
	token := store.ClientToken{Account: account, Catalog: "AWS", Operation: "CreateOpportunity", Token: "t"}
	for _, c := range []struct {
		name   string
		repeat bool
		fn     func(tx *store.Tx) error
		runs   int // at least
	}{
		{"InATransaction", false, func(tx *store.Tx) error { return tx.PutAccount("1", []byte("{}")) }, 1},
		{"InOneExchange", true, func(tx *store.Tx) error {
			_, err := storetest.Once(tx, token, func() (store.ClientTokenRecord, error) {
				return store.ClientTokenRecord{}, tx.InsertOpportunity(opportunity(1))
			})
			return err
		}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := pgtest.NewServer(t)
			s, err := postgres.Open(t.Context(), server.URL, postgres.Options{Limit: 2 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			pgtest.Exec(t, server.URL, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
			pgtest.Exec(t, server.URL, "SELECT pg_reload_conf()")
			admin, err := pgx.Connect(t.Context(), server.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = admin.Close(context.WithoutCancel(t.Context())) }()
			var options []store.Option
			if c.repeat {
				options = append(options, store.Idempotent())
			}
			runs := 0
			result := make(chan error, 1)
			go func() {
				result <- s.Update(t.Context(), func(tx *store.Tx) error {
					runs++
					return c.fn(tx)
				}, options...)
			}()
			for ended := false; !ended; {
				select {
				case err := <-result:
					if !errors.Is(err, store.ErrOutcomeUnknown) || runs < c.runs {
						t.Errorf("Update = %v after %d runs, want an unknown outcome", err, runs)
					}
					ended = true
				default:
					if _, err := admin.Exec(t.Context(), "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}

func TestPingWithoutServer(t *testing.T) {
	server := pgtest.NewServer(t)
	s := pgtest.Open(t, server.URL)
	server.Stop()
	if err := s.Ping(t.Context()); err == nil {
		t.Error("Ping found a server that is not there")
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("Ping after its return: %v", err)
	}
}

// Updates beyond the number of connections wait for one.
func TestPoolIsShared(t *testing.T) {
	s, err := postgres.Open(t.Context(), pgtest.MigratedURL(t), postgres.Options{MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var ended sync.WaitGroup
	for n := range 50 {
		ended.Go(func() {
			if err := s.Update(t.Context(), func(tx *store.Tx) error {
				return tx.PutAccount(strconv.Itoa(n), []byte("{}"))
			}); err != nil {
				t.Errorf("Update: %v", err)
			}
		})
	}
	ended.Wait()
}
