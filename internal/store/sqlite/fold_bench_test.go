package sqlite_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

// BenchmarkFold measures the rows that searches read, of opportunities that were added at
// once: what the first search pays for each, and what moving it in the background costs.
func BenchmarkFold(b *testing.B) {
	for b.Loop() {
		s, err := sqlite.Open(b.Context(), b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		const rows = 20_000
		addOpportunities(b, s, rows)
		measure := func(what string, fold func() error) {
			begun, at := cpu(), time.Now()
			if err := fold(); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64((cpu()-begun).Microseconds())/rows, what+"-cpu-µs/row")
			b.ReportMetric(float64(time.Since(at).Microseconds())/rows, what+"-µs/row")
		}
		measure("search", func() error {
			return store.FoldSearch(b.Context(), s, store.SearchOpportunity, "111122223333", "AWS")
		})
		measure("move", func() error {
			for {
				if n, err := store.FoldAnySearch(b.Context(), s); n == 0 || err != nil {
					return err
				}
			}
		})
		begun := cpu()
		if err := s.View(b.Context(), func(tx *store.Tx) error {
			_, err := tx.PipelineSums("", "")
			return err
		}); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64((cpu() - begun).Microseconds()), "pipeline-cpu-µs")
		_ = s.Close()
	}
}

// addOpportunities adds opportunities as a bulk job does.
func addOpportunities(b *testing.B, s store.Store, rows int) {
	b.Helper()
	const atOnce = 1000
	random := rand.New(rand.NewPCG(1, 2))
	one := func(texts ...string) string { return texts[random.IntN(len(texts))] }
	for n := 0; n < rows; n += atOnce {
		if err := s.Update(b.Context(), func(tx *store.Tx) error {
			for i := n; i < n+atOnce; i++ {
				at := api.Timestamp(1_700_000_000_000 + i/2)
				stage := one("Prospect", "Qualified", "Technical Validation", "Launched")
				document, err := api.Marshal(map[string]any{
					"CreatedDate": at, "LastModifiedDate": at, "OpportunityType": "Net New Business",
					"Customer": map[string]any{"Account": map[string]any{
						"CompanyName": fmt.Sprintf("Company %04d", random.IntN(1000)), "Industry": one("Retail", "Travel"), "WebsiteUrl": "https://www.example.com",
						"Address": map[string]any{"CountryCode": one("US", "DE"), "PostalCode": "98109"},
					}},
					"Project": map[string]any{
						"Title": fmt.Sprint("Deal ", i), "CustomerBusinessProblem": "Forecasts are made by hand once a week from exports of three systems. " +
							"The customer wants them hourly, from one lake, with the models retrained as the season changes.",
						"ExpectedCustomerSpend": []any{map[string]any{"Amount": one("12500.00", "99.90", "1"), "CurrencyCode": one("USD", "EUR"), "TargetCompany": "AWS"}},
					},
					"LifeCycle": map[string]any{
						"Stage": stage, "ReviewStatus": "Pending Submission", "TargetCloseDate": fmt.Sprintf("2027-%02d-%02d", 1+random.IntN(12), 1+random.IntN(28)), "NextSteps": "Workshop with both teams.",
					},
				})
				if err != nil {
					return err
				}
				if err := tx.InsertOpportunity(&store.Opportunity{
					OpportunityKey: store.OpportunityKey{Account: "111122223333", Catalog: "AWS", ID: fmt.Sprintf("O%019d", random.Int64())},
					Stage:          stage, ReviewStatus: "Pending Submission", CompanyKey: "company", TargetCloseDate: "2027-01-01",
					CreatedAt: int64(at), LastModifiedAt: int64(at), Document: document,
				}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
}
