package audit_test

import (
	"testing"

	"cosell/internal/api"
	"cosell/internal/audit"
	"cosell/internal/store"
)

const opportunity = `{"Catalog":"Sandbox","ClientToken":"0123456789abcdef","Customer":{"Account":{"CompanyName":"Example Corp","Industry":"Retail","WebsiteUrl":"https://example.com",` +
	`"Address":{"CountryCode":"US","PostalCode":"98101","StateOrRegion":"Washington"}}},"LifeCycle":{"Stage":"Prospect","TargetCloseDate":"2027-01-01"},` +
	`"Project":{"Title":"Some title of a project","CustomerBusinessProblem":"A problem that is long enough","DeliveryModels":["SaaS or PaaS"],` +
	`"ExpectedCustomerSpend":[{"Amount":"100.00","CurrencyCode":"USD","Frequency":"Monthly","TargetCompany":"Example"}]},` +
	`"OpportunityType":"Net New Business","PrimaryNeedsFromAws":["Co-Sell - Architectural Validation"]}`

// BenchmarkRead is what the audit of a read costs, with its part of the batches and of the
// chain.
func BenchmarkRead(b *testing.B) {
	const flushed, sealed = 3000, 30_000
	w := newWorld(b, audit.All)
	w.File = nil
	body := []byte(`{"Catalog":"Sandbox","Identifier":"O1234567890"}`)
	in := new(api.GetOpportunityRequest)
	b.ReportAllocs()
	for n := 1; b.Loop(); n++ {
		e := entry(w.Recorder, "GetOpportunity", true, "111122223333")
		e.SetRequest(body, in, true)
		w.End(b.Context(), e)
		if n%flushed == 0 {
			if err := w.Flush(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		if n%sealed == 0 {
			w.seal(b)
		}
	}
}

// BenchmarkWrite is what the audit of a write costs in the transaction of a group.
func BenchmarkWrite(b *testing.B) {
	const sealed = 2000
	w := newWorld(b, audit.Writes)
	w.File = nil
	in, out := new(api.CreateOpportunityRequest), &api.CreateOpportunityResponse{Id: new("O1234567890"), LastModifiedDate: new(api.Timestamp(1))}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		const group = 50
		if n%group > 0 {
			continue // was in the transaction of the first
		}
		err := w.store.Update(b.Context(), func(tx *store.Tx) error {
			for range group {
				e := entry(w.Recorder, "CreateOpportunity", false, "111122223333")
				e.SetRequest([]byte(opportunity), in, true)
				ctx := audit.With(b.Context(), e)
				audit.Answered(ctx, out)
				if err := audit.Commit(ctx, tx); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		if n%sealed == 0 {
			w.seal(b)
		}
	}
}

func (w *world) seal(t testing.TB) {
	if err := w.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
}
