package postgres_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"cosell/internal/store"
	"cosell/internal/store/pgtest"
	"cosell/internal/store/postgres"
	"cosell/internal/store/storetest"
)

// COMMIT may follow in the same exchange only a statement that changes one row or
// fails.
func TestStrictInsert(t *testing.T) {
	for _, c := range []struct {
		name, query, want string
		stricter          bool
	}{
		{"Plain", "INSERT INTO t (a, b) VALUES ($1, 0)", "INSERT INTO t (a, b) VALUES ($1, 0)", false},
		{"UnlessTaken", "INSERT INTO t (a)\n\tVALUES ($1)\n\tON CONFLICT DO NOTHING", "INSERT INTO t (a)\n\tVALUES ($1)", true},
		{
			"OrReplace", "INSERT INTO t (a, b) VALUES ($1, '') ON CONFLICT (a) DO UPDATE SET b = t.b + 1",
			"INSERT INTO t (a, b) VALUES ($1, '') ON CONFLICT (a) DO UPDATE SET b = t.b + 1", false,
		},
		{"OrReplaceSome", "INSERT INTO t (a, b) VALUES ($1, $2) ON CONFLICT (a) DO UPDATE SET b = $2 where t.b < $2", "", false},
		{"UnlessOneKeyIsTaken", "INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO NOTHING", "", false},
		{"TwoRows", "INSERT INTO t (a) VALUES ($1), ($2) ON CONFLICT DO NOTHING", "", false},
		{"RowsOfAQuery", "INSERT INTO t (a) SELECT $1 ON CONFLICT DO NOTHING", "", false},
		{"RowsOfAFunction", "INSERT INTO t (a) VALUES (unnest($1)) ON CONFLICT DO NOTHING", "", false},
		{"Returning", "INSERT INTO t (a) VALUES ($1) RETURNING a", "", false},
		{"TwoStatements", "INSERT INTO t (a) VALUES ($1); DELETE FROM t", "", false},
		{"Update", "UPDATE t SET a = 1 WHERE b = $1", "", false},
		{"Delete", "DELETE FROM t WHERE a = $1", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, stricter := postgres.StrictInsert(c.query); got != c.want || stricter != c.stricter {
				t.Errorf("StrictInsert(%q) = %q, %t; want %q, %t", c.query, got, stricter, c.want, c.stricter)
			}
		})
	}
}

func FuzzStrictInsert(f *testing.F) {
	f.Add("INSERT INTO t (a) VALUES ($1) ON CONFLICT DO NOTHING")
	f.Add("INSERT INTO t (a) VALUES ($1), ($2)")
	f.Fuzz(func(t *testing.T, query string) {
		got, stricter := postgres.StrictInsert(query)
		switch rest, same := strings.CutPrefix(query, got); {
		case got == "" && !stricter:
		case !same || stricter != (strings.TrimSpace(rest) != "") || strings.Count(got, "VALUES") == 0:
			t.Errorf("StrictInsert(%q) = %q, %t", query, got, stricter)
		}
	})
}

// read is what a transaction does before statements that wait: their exchange is
// then its last.
func read(tx *store.Tx) error {
	if _, _, err := tx.Opportunity(store.OpportunityKey{}); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return nil
}

// gone checks that an opportunity is not there.
func gone(t *testing.T, s store.Store, o *store.Opportunity) {
	t.Helper()
	view(t, s, func(tx *store.Tx) error {
		if _, _, err := tx.Opportunity(o.OpportunityKey); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v, want ErrNotFound", o.ID, err)
		}
		return nil
	})
}

// A wrong assumption in the exchange with the COMMIT is not committed, nor is any
// other statement of the transaction.
func TestAssumptionIsCheckedBeforeTheCommit(t *testing.T) {
	s := pgtest.Store(t)
	taken := opportunity(2)
	update(t, s, func(tx *store.Tx) error { return tx.InsertOpportunity(taken) })
	var seen []error
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		if err := read(tx); err != nil {
			return err
		}
		if err := tx.InsertOpportunity(opportunity(1)); err != nil {
			return err
		}
		found := tx.InsertOpportunity(taken)
		seen = append(seen, found)
		return errors.Join(found, tx.InsertOpportunity(opportunity(3)))
	})
	if !errors.Is(err, store.ErrExists) || len(seen) != 2 || seen[0] != nil {
		t.Errorf("Update = %v; the function saw %v, want ErrExists in its second run", err, seen)
	}
	gone(t, s, opportunity(1))
	gone(t, s, opportunity(3))
}

// A client token that was used returns its first answer, whatever the function did in
// the run that assumed it unused.
func TestUsedClientTokenIsFound(t *testing.T) {
	token := store.ClientToken{Account: account, Catalog: "AWS", Operation: "CreateOpportunity", Token: "t"}
	for _, c := range []struct {
		name string
		then func(tx *store.Tx) error
	}{
		{"Alone", func(*store.Tx) error { return nil }},
		{"BeforeAnError", func(*store.Tx) error { return errors.New("there is one already") }},
		{"BeforeAnErrorAfterAnInsert", func(tx *store.Tx) error {
			return errors.Join(tx.InsertOpportunity(opportunity(1)), errors.New("there is one already"))
		}},
		{"BeforeARead", read},
		{"BeforeAnInsert", func(tx *store.Tx) error { return tx.InsertOpportunity(opportunity(1)) }},
		{"BeforeAnInsertAndARead", func(tx *store.Tx) error { return errors.Join(tx.InsertOpportunity(opportunity(1)), read(tx)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := pgtest.Store(t)
			update(t, s, func(tx *store.Tx) error {
				return tx.InsertClientToken(token, store.ClientTokenRecord{Response: []byte("first")})
			})
			answer := ""
			update(t, s, func(tx *store.Tx) error {
				first, err := storetest.Once(tx, token, func() (store.ClientTokenRecord, error) { return store.ClientTokenRecord{}, c.then(tx) })
				answer = string(first.Response)
				return err
			})
			if answer != "first" {
				t.Errorf("answered %q, want as the first time", answer)
			}
			gone(t, s, opportunity(1))
		})
	}
}

// A cached row that another replica has changed is not relied on: the function runs
// again with the row as it is.
func TestCachedRowIsChecked(t *testing.T) {
	on := replicas(t)
	insert := func(s store.Store, n int) (seen []string) {
		update(t, s, func(tx *store.Tx) error {
			document, err := tx.Account("1")
			if errors.Is(err, store.ErrNotFound) {
				document, err = []byte("none"), nil
			}
			seen = append(seen, string(document))
			o := opportunity(n)
			o.Document = document
			return errors.Join(err, tx.InsertOpportunity(o))
		})
		view(t, s, func(tx *store.Tx) error {
			_, document, err := tx.Opportunity(opportunity(n).OpportunityKey)
			if last := seen[len(seen)-1]; string(document) != last {
				t.Errorf("stored %q, saw %q last", document, last)
			}
			return err
		})
		return seen
	}
	put := func(s store.Store, document string) {
		update(t, s, func(tx *store.Tx) error { return tx.PutAccount("1", []byte(document)) })
	}
	for i, step := range []struct {
		put  string
		want []string
	}{
		{"", []string{"none"}},                               // read
		{"", []string{"none"}},                               // cached
		{"first\x00\x01", []string{"none", "first\x00\x01"}}, // out of date
		{"", []string{"first\x00\x01"}},                      // cached
		{"second", []string{"first\x00\x01", "second"}},      // out of date
		{"", []string{"second"}},                             // cached
	} {
		if step.put != "" {
			put(on[1], step.put)
		}
		if got := insert(on[0], i); !slices.Equal(got, step.want) {
			t.Errorf("step %d saw %q, want %q", i, got, step.want)
		}
	}
	// Nor is what a transaction has written itself and taken back.
	err := on[0].Update(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Account("1")
		return errors.Join(err, tx.PutAccount("1", []byte("third")), read(tx), errors.New("no"))
	})
	if err == nil {
		t.Error("an update that fails succeeded")
	}
	if got := insert(on[0], 100); !slices.Equal(got, []string{"second"}) {
		t.Errorf("saw %q after a failed update, want second", got)
	}
}

// A statement that the server refuses keeps it from the COMMIT behind it, and leaves
// a connection that can be used.
func TestFailureBeforeTheCommit(t *testing.T) {
	s, err := postgres.Open(t.Context(), pgtest.MigratedURL(t), postgres.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	bad := opportunity(2)
	bad.CompanyKey = "\xff" // text that is not UTF-8
	runs := 0
	err = s.Update(t.Context(), func(tx *store.Tx) error {
		runs++
		return errors.Join(read(tx), tx.InsertOpportunity(opportunity(1)), tx.InsertOpportunity(bad), tx.InsertOpportunity(opportunity(3)))
	})
	if err == nil || errors.Is(err, store.ErrOutcomeUnknown) || runs != 1 {
		t.Errorf("Update = %v after %d runs, want that it was refused", err, runs)
	}
	for _, o := range []*store.Opportunity{opportunity(1), bad, opportunity(3)} {
		gone(t, s, o)
	}
	update(t, s, func(tx *store.Tx) error { return errors.Join(read(tx), tx.InsertOpportunity(opportunity(1))) })
}

// A failed serialization leaves nothing and is run again, whether a statement beside
// the COMMIT meets it or the COMMIT itself.
func TestSerializationFailureInTheLastExchange(t *testing.T) {
	for _, c := range []struct {
		name, timing string
		whole        bool // the last exchange is the only one
	}{
		{"Statement", "AFTER INSERT ON event_outbox", false},
		{"Commit", "AFTER INSERT ON event_outbox DEFERRABLE INITIALLY DEFERRED", false},
		{"OnlyStatement", "AFTER INSERT ON event_outbox", true},
		{"OnlyCommit", "AFTER INSERT ON event_outbox DEFERRABLE INITIALLY DEFERRED", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			database := pgtest.URL(t)
			s := pgtest.Open(t, database)
			// A sequence counts what is taken back, too.
			pgtest.Exec(t, database, `CREATE SEQUENCE attempts; CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
				IF current_setting('transaction_isolation') <> 'repeatable read' THEN RAISE 'not isolated'; END IF;
				IF nextval('attempts') < 3 THEN RAISE 'not now' USING ERRCODE = '40001'; END IF; RETURN NULL; END $$;
				CREATE CONSTRAINT TRIGGER refuse `+c.timing+` FOR EACH ROW EXECUTE FUNCTION refuse()`)
			runs := 0
			if err := s.Update(t.Context(), func(tx *store.Tx) error {
				runs++
				if !c.whole {
					if err := read(tx); err != nil {
						return err
					}
				}
				return tx.InsertEvent(store.Event{Account: account, Sequence: int64(runs), Envelope: []byte("{}")})
			}, store.Idempotent()); err != nil {
				t.Fatal(err)
			}
			found, err := store.Events(t.Context(), s, account, 0, 10)
			if runs != 3 || len(found) != 1 || found[0].Sequence != 3 || err != nil {
				t.Errorf("after %d runs: %v, %v; want the event of the third", runs, found, err)
			}
		})
	}
}

// blocked runs an update whose last exchange waits for the key of an opportunity that
// another connection has inserted. It calls fn with that connection and the process
// that waits, then takes the key back, and returns how the update ended, and after how
// many runs.
func blocked(ctx context.Context, t *testing.T, fn func(other *pgx.Conn, waiting int)) (store.Store, int, error) {
	t.Helper()
	database := pgtest.MigratedURL(t)
	s := pgtest.Open(t, database)
	other, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close(context.WithoutCancel(t.Context())) }()
	o := opportunity(1)
	if _, err := other.Exec(t.Context(), "BEGIN"); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Exec(t.Context(), `INSERT INTO opportunities (account, catalog, id, stage, review_status, company_key,
		target_close_date, created_at, last_modified_at, origin, document) VALUES ($1, $2, $3, '', '', '', '', 0, 0, '', '')`,
		o.Account, o.Catalog, o.ID); err != nil {
		t.Fatal(err)
	}
	runs := 0
	ended := make(chan error, 1)
	go func() {
		ended <- s.Update(ctx, func(tx *store.Tx) error {
			runs++
			return errors.Join(read(tx), tx.InsertOpportunity(o))
		})
	}()
	waiting := 0
	for waiting == 0 {
		select {
		case err := <-ended:
			t.Fatalf("the update ended and did not wait: %v", err)
		default:
		}
		if err := other.QueryRow(t.Context(), `SELECT coalesce(max(pid), 0) FROM pg_locks
			WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	fn(other, waiting)
	if _, err := other.Exec(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	err = <-ended
	return s, runs, err
}

// A server that ends the connection while it works on a statement did not get to the
// COMMIT: the outcome is known.
func TestShutdownBeforeTheCommit(t *testing.T) {
	s, runs, err := blocked(t.Context(), t, func(other *pgx.Conn, waiting int) {
		if _, err := other.Exec(t.Context(), "SELECT pg_terminate_backend($1, 5000)", waiting); err != nil {
			t.Fatal(err)
		}
	})
	if err != nil || runs != 2 {
		t.Errorf("Update = %v after %d runs, want success in the second", err, runs)
	}
	view(t, s, func(tx *store.Tx) error {
		_, _, err := tx.Opportunity(opportunity(1).OpportunityKey)
		return err
	})
}

// Whoever leaves while the last exchange is under way changes nothing: its outcome is
// awaited and told.
func TestCancelInTheLastExchange(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, runs, err := blocked(ctx, t, func(*pgx.Conn, int) { cancel() })
	if err != nil || runs != 1 {
		t.Errorf("Update = %v after %d runs, want what the server did", err, runs)
	}
	view(t, s, func(tx *store.Tx) error {
		_, _, err := tx.Opportunity(opportunity(1).OpportunityKey)
		return err
	})
}
