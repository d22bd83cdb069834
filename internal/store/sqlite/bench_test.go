package sqlite_test

import (
	"cmp"
	"fmt"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

// cpu returns the processor time of this process.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkCreate measures what a CreateOpportunity costs the store: an opportunity,
// an event and a client token, with 64 clients for each processor. Processor time
// tells more than the time of a busy machine.
func BenchmarkCreate(b *testing.B) {
	for _, c := range []struct {
		name    string
		options []sqlite.Option
	}{
		{"Durable", nil},
		{"WithoutSync", []sqlite.Option{sqlite.WithoutSync()}},
		{"WithSavepoints", []sqlite.Option{sqlite.WithoutSync(), sqlite.WithSavepoints()}},
		{"WithoutOptimizations", []sqlite.Option{sqlite.WithoutSync(), sqlite.WithoutOptimizations()}},
	} {
		b.Run(c.name, func(b *testing.B) {
			s, err := sqlite.Open(b.Context(), b.TempDir(), c.options...)
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			var n atomic.Int64
			document, envelope := []byte(`{"d":"`+strings.Repeat("d", 1500)+`"}`), []byte(`{"e":"`+strings.Repeat("e", 400)+`"}`)
			b.SetParallelism(64)
			b.ResetTimer()
			begun := cpu()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := s.Update(b.Context(), func(tx *store.Tx) error { return create(tx, n.Add(1), document, envelope) }); err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64((cpu()-begun).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}

func create(tx *store.Tx, n int64, document, envelope []byte) error {
	token := store.ClientToken{Account: "111122223333", Catalog: "AWS", Operation: "CreateOpportunity", Token: fmt.Sprintf("%016x", uint64(n)*0x9e3779b97f4a7c15)}
	_, used, err := tx.ClientToken(token)
	if err != nil || used {
		return err
	}
	return cmp.Or(
		tx.InsertOpportunity(&store.Opportunity{
			OpportunityKey: store.OpportunityKey{Account: token.Account, Catalog: "AWS", ID: fmt.Sprintf("O%d", 7_000_000_000_000_000_000+n)},
			Stage:          "Prospect", ReviewStatus: "Pending Submission", CompanyKey: fmt.Sprintf("company %d", n%1000),
			TargetCloseDate: "2027-01-01", CreatedAt: n, LastModifiedAt: n, Origin: "Partner", Document: document,
		}),
		tx.InsertEvent(store.Event{Account: token.Account, Sequence: n, Envelope: envelope}),
		tx.InsertClientToken(token, store.ClientTokenRecord{RequestHash: strings.Repeat("a", 64), Response: []byte(`{"Id":"O1234567890123456789","LastModifiedDate":"2026-11-28T00:00:00.000Z"}`), CreatedAt: n}),
	)
}
