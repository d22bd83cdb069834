package postgres_test

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"cosell/internal/store"
	"cosell/internal/store/pgtest"
	"cosell/internal/store/storetest"
)

// BenchmarkCreate compares what a CreateOpportunity costs the store with the
// same rows inserted bare: 32 clients for each processor, every commit on disk.
func BenchmarkCreate(b *testing.B) {
	var n atomic.Int64
	document, envelope := []byte(strings.Repeat("d", 1500)), []byte(strings.Repeat("e", 400))
	b.Run("Bare", func(b *testing.B) {
		pool, err := pgxpool.New(b.Context(), pgtest.MigratedURL(b)+"&pool_max_conns=20")
		if err != nil {
			b.Fatal(err)
		}
		defer pool.Close()
		parallel(b, func() error {
			tx, err := pool.Begin(b.Context())
			if err != nil {
				return err
			}
			n := n.Add(1)
			if _, err := tx.Exec(b.Context(), `INSERT INTO opportunities (account, catalog, id, stage, review_status,
				company_key, target_close_date, created_at, last_modified_at, origin, document)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, account, "AWS", fmt.Sprintf("O%d", n), "Prospect",
				"Pending Submission", fmt.Sprintf("company %d", n%1000), "2027-01-01", n, n, "Partner", string(document)); err != nil {
				return err
			}
			if _, err := tx.Exec(b.Context(), `INSERT INTO event_outbox (account, sequence, envelope) VALUES ($1, $2, $3)`,
				account, n, string(envelope)); err != nil {
				return err
			}
			if _, err := tx.Exec(b.Context(), `INSERT INTO client_tokens (account, catalog, operation, token, request_hash, response, created_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7)`, account, "AWS", "CreateOpportunity", fmt.Sprint(n), "hash", "{}", n); err != nil {
				return err
			}
			return tx.Commit(b.Context())
		})
	})
	b.Run("Store", func(b *testing.B) {
		s := pgtest.Store(b)
		parallel(b, func() error {
			n := n.Add(1)
			token := store.ClientToken{Account: account, Catalog: "AWS", Operation: "CreateOpportunity", Token: fmt.Sprint(n)}
			return s.Update(b.Context(), func(tx *store.Tx) error {
				_, err := storetest.Once(tx, token, func() (store.ClientTokenRecord, error) {
					o := opportunity(int(n))
					o.CompanyKey, o.TargetCloseDate, o.Origin, o.Document = fmt.Sprintf("company %d", n%1000), "2027-01-01", "Partner", document
					return store.ClientTokenRecord{RequestHash: "hash", Response: []byte("{}"), CreatedAt: n}, errors.Join(tx.InsertOpportunity(o),
						tx.InsertEvent(store.Event{Account: account, Sequence: n, Envelope: envelope}))
				})
				return err
			}, store.Idempotent())
		})
	})
}

func parallel(b *testing.B, fn func() error) {
	b.Helper()
	b.SetParallelism(32)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := fn(); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tx/s")
}

// BenchmarkStatistics measures time: most is the database's.
func BenchmarkStatistics(b *testing.B) {
	started := time.Now()
	storetest.BenchmarkStatistics(b, func(b *testing.B) (store.Store, func()) {
		url := pgtest.MigratedURL(b)
		return pgtest.Open(b, url), func() { pgtest.Exec(b, url, "VACUUM ANALYZE") } // as its own daemon does in time
	}, func() time.Duration { return time.Since(started) })
}
