package sqlite_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"cosell/internal/api"
	"cosell/internal/search"
	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

// BenchmarkStatistics measures statistics over 20,000 customer accounts, with filters
// that most of them pass.
func BenchmarkStatistics(b *testing.B) {
	s, err := sqlite.Open(b.Context(), b.TempDir(), sqlite.WithoutSync())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	random := rand.New(rand.NewPCG(1, 2))
	one := func(texts ...string) string { return texts[random.IntN(len(texts))] }
	const accounts, atOnce = 20_000, 1000
	for n := 0; n < accounts; n += atOnce {
		if err := s.Update(b.Context(), func(tx *store.Tx) error {
			for i := range atOnce {
				document, err := api.Marshal(map[string]any{
					"EnrichmentStatus": one("PENDING", "ENRICHED", "ENRICHED", "ENRICHED"),
					"CreatedDate":      api.Timestamp(1_700_000_000_000 + n + i), "LastModifiedDate": api.Timestamp(1_700_000_000_000 + n + i),
					"Account": map[string]any{"CompanyName": fmt.Sprintf("Acme %s %d", one("Corp", "Ltd"), n+i)},
					"AwsEnrichment": map[string]any{"Customer": map[string]any{
						"Industry": one("Retail", "Travel", "Healthcare", "Education", "Energy", "Software and Internet"), "Segment": one("SMB", "ENT", "PS"),
						"Geo": one("EMEA", "AMER", "APJ"), "Country": one("DE", "GB", "US", "FR", "JP", "IN", "BR", "ES"), "EligiblePrograms": []string{one("A", "B"), one("C", "D")},
					}},
				})
				if err != nil {
					return err
				}
				if err := tx.InsertCustomerAccount(&store.CustomerAccount{
					CustomerAccountKey: store.CustomerAccountKey{Account: "111122223333", Catalog: "AWS", ID: fmt.Sprintf("cust-acc-%013d", n+i)},
					ModifiedAt:         1, Document: document,
				}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	for n := 1; n > 0; {
		if n, err = store.FoldAnySearch(b.Context(), s); err != nil {
			b.Fatal(err)
		}
	}
	leaf := func(op search.Op, field string, texts ...string) *search.Node {
		return &search.Node{Op: op, Field: search.Customers.Field(field), Texts: texts}
	}
	fields := []*search.Field{search.Customers.Field("AWS_INDUSTRY"), search.Customers.Field("COUNTRY"), search.Customers.Field("SEGMENT")}
	for _, c := range []struct {
		name   string
		filter *search.Node
	}{
		{"OneValue", leaf(search.EqualsTo, "ENRICHMENT_STATUS", "ENRICHED")},
		{"Values", leaf(search.ContainsAny, "GEO", "EMEA", "AMER")},
		{"PartOfName", leaf(search.ContainsAny, "COMPANY_NAME", "corp")},
		{"Not", &search.Node{Op: search.Not, Nodes: []*search.Node{leaf(search.EqualsTo, "COUNTRY", "DE")}}},
		{"Program", leaf(search.ContainsAll, "PROGRAM_ELIGIBILITY", "A")},
	} {
		b.Run(c.name, func(b *testing.B) {
			begun, found := cpu(), int64(0)
			for range b.N {
				if err := s.View(b.Context(), func(tx *store.Tx) (err error) {
					found, _, err = tx.SearchGroups(&store.SearchQuery{Table: search.Customers, Account: "111122223333", Catalog: "AWS", Filter: c.filter}, fields)
					return err
				}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((cpu()-begun).Microseconds())/float64(b.N), "cpu-µs/op")
			b.ReportMetric(float64(found), "found")
		})
	}
}
