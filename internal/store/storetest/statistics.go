package storetest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/search"
	"cosell/internal/store"
)

// BenchmarkStatistics measures statistics over 100,000 customer accounts, with filters that most of
// them pass and some that few do: accounts that have few combinations of values, and accounts that
// have as many as AWS's side gives them. ready is called once they are there; spent is the time that is measured.
func BenchmarkStatistics(b *testing.B, fresh func(*testing.B) (s store.Store, ready func()), spent func() time.Duration) {
	for _, c := range []struct {
		name      string
		countries int
		many      bool
	}{{"Few", 8, false}, {"Many", 200, true}} {
		b.Run(c.name, func(b *testing.B) {
			s, ready := fresh(b)
			benchmarkStatistics(b, s, c.countries, c.many, ready, spent)
		})
	}
}

const (
	countedAccount  = "111122223333"
	countedAccounts = 100_000
)

// addCounted adds customer accounts, two of which were created in each second.
func addCounted(b *testing.B, s store.Store, countries int, many bool) {
	b.Helper()
	const atOnce = 1000
	random := rand.New(rand.NewPCG(1, 2))
	one := func(texts ...string) string { return texts[random.IntN(len(texts))] }
	for n := 0; n < countedAccounts; n += atOnce {
		update(b, s, func(tx *store.Tx) error {
			for i := n; i < n+atOnce; i++ {
				country := fmt.Sprint("C", random.IntN(countries))
				customer := map[string]any{
					"Industry": one("Retail", "Travel", "Healthcare", "Education", "Energy", "Software and Internet"), "Segment": one("Small", "Medium", "Strategic"),
					"Geo": one("EMEA", "AMER", "APJ"), "Country": country, "EligiblePrograms": []string{one("Migration", "Proof of Concept"), one("Funding", "Well-Architected Review")},
				}
				enrichment := map[string]any{"Customer": customer}
				document := map[string]any{
					"EnrichmentStatus": one("PENDING", "ENRICHED", "ENRICHED", "ENRICHED"), "ImportId": one("bulkjob-1", "bulkjob-2", "bulkjob-3", "bulkjob-4"),
					"CreatedDate": api.Timestamp(1_700_000_000_000 + 500*i), "LastModifiedDate": api.Timestamp(1_700_000_000_000 + 500*i),
					"Account":       map[string]any{"CompanyName": fmt.Sprintf("Acme %s %d", one("Corp", "Ltd"), i)},
					"AwsEnrichment": enrichment,
				}
				if many {
					customer["Region"], customer["CustomerAccountPlanningQualification"] = country, one("Qualified", "Not Qualified", "In Review")
					enrichment["Insights"] = map[string]any{
						"MarketplaceEngagementScore": one("High", "Medium", "Low"), "SolutionScore": one("High", "Medium", "Low"),
						"SolutionCategory": one("Data and analytics", "Infrastructure", "Security", "Business applications"),
					}
				}
				text, err := api.Marshal(document)
				if err != nil {
					return err
				}
				if err := tx.InsertCustomerAccount(&store.CustomerAccount{
					CustomerAccountKey: store.CustomerAccountKey{Account: countedAccount, Catalog: searchCatalog, ID: fmt.Sprintf("cust-acc-%013d", i)},
					ModifiedAt:         1, Document: text,
				}); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func benchmarkStatistics(b *testing.B, s store.Store, countries int, many bool, ready func(), spent func() time.Duration) {
	addCounted(b, s, countries, many)
	begun := spent()
	for n := 1; n > 0; {
		var err error
		if n, err = store.FoldAnySearch(b.Context(), s); err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("a row that searches read takes %d µs", (spent()-begun).Microseconds()/countedAccounts)
	if ready != nil {
		ready()
	}
	field := search.Customers.Field
	leaf := func(op search.Op, name string, texts ...string) *search.Node {
		return &search.Node{Op: op, Field: field(name), Texts: texts}
	}
	since := func(part int64) *search.Node {
		return &search.Node{Op: search.GreaterThanOrEquals, Field: field("CREATED_DATE"), Int: 1_700_000_000_000 + 500*(countedAccounts-countedAccounts/part)}
	}
	three := []*search.Field{field("AWS_INDUSTRY"), field("COUNTRY"), field("SEGMENT")}
	ten := append([]*search.Field{
		field("ENRICHMENT_STATUS"), field("PROGRAM_ELIGIBILITY"), field("GEO"), field("SOLUTION_CATEGORY"), field("SOLUTION_SCORE"),
		field("MARKETPLACE_ENGAGEMENT_SCORE"), field("REGION"),
	}, three...)
	name := leaf(search.ContainsAny, "COMPANY_NAME", "corp")
	for _, c := range []struct {
		name   string
		filter *search.Node
		fields []*search.Field
	}{
		{"OneValue", leaf(search.EqualsTo, "ENRICHMENT_STATUS", "ENRICHED"), three},
		{"Not", &search.Node{Op: search.Not, Nodes: []*search.Node{leaf(search.EqualsTo, "COUNTRY", "C1")}}, three},
		{"Program", leaf(search.ContainsAll, "PROGRAM_ELIGIBILITY", "Migration"), three},
		{"PartOfName", name, three},
		{"PartOfName10", name, ten},
		{"PartOfNameAndCountry", &search.Node{Op: search.And, Nodes: []*search.Node{name, leaf(search.EqualsTo, "COUNTRY", "C1")}}, three},
		{"Import", leaf(search.EqualsTo, "IMPORT_ID", "bulkjob-1"), three},
		{"SinceHalf", since(2), three},       //nolint:mnd // as it says
		{"SinceTwentieth", since(20), three}, //nolint:mnd // likewise
	} {
		b.Run(c.name, func(b *testing.B) {
			begun, found := spent(), int64(0)
			for range b.N {
				view(b, s, func(tx *store.Tx) (err error) {
					found, _, err = tx.SearchGroups(&store.SearchQuery{Table: search.Customers, Account: countedAccount, Catalog: searchCatalog, Filter: c.filter}, c.fields)
					return err
				})
			}
			b.ReportMetric(float64((spent()-begun).Microseconds())/float64(b.N), "µs/op")
			b.ReportMetric(float64(found), "found")
		})
	}
}
