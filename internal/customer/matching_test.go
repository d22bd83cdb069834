package customer_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
	"cosell/internal/customer"
	"cosell/internal/insight"
	"cosell/internal/store"
)

// matched is what a test checks of the outcome of a matching.
type matched struct {
	status, reason, account, existing, issue string
}

func (h *harness) matched(t testing.TB, account, id string) matched {
	t.Helper()
	got := h.get(t, account, id)
	m := matched{status: string(*got.EnrichmentStatus)}
	if got.ReasonCode != nil {
		m.reason = string(*got.ReasonCode)
	}
	if (got.ReasonCode != nil) != (got.Message != nil) || (got.ReasonCode != nil) != (m.status == "ACTION_REQUIRED") {
		t.Errorf("reason %v and message %v in %s", got.ReasonCode, got.Message, m.status)
	}
	if (got.AwsEnrichment != nil) != (m.status == "ENRICHED") {
		t.Errorf("enrichment %v in %s", got.AwsEnrichment, m.status)
	}
	if got.AwsEnrichment != nil {
		m.account = *got.AwsEnrichment.Customer.AccountName
	}
	if got.ExistingCustomerAccountArn != nil {
		m.existing = (*got.ExistingCustomerAccountArn)[len(*got.ExistingCustomerAccountArn)-len(id):]
	}
	if len(got.Issues) > 0 {
		m.issue = *got.Issues[0].Code
	}
	return m
}

func TestMatching(t *testing.T) {
	directory := []customer.DirectoryEntry{
		{CompanyName: "Known by Duns", Duns: "123456789"},
		{CompanyName: "Known by Domain", Domain: "known.example"},
		{CompanyName: "Known by Name", CountryCode: "DE"},
		{CompanyName: "With Facts", Domain: "facts.example", Enrichment: &api.AwsEnrichment{
			Customer: &api.AwsEnrichmentCustomer{AccountName: new("From the operator")},
		}},
	}
	const enriched, none = "ENRICHED", "NO_MATCH_FOUND"
	for _, c := range []struct {
		name string
		mode customer.Mode
		data string
		want matched
	}{
		{"SyntheticWebsite", customer.Synthetic, acme, matched{status: enriched, account: "Acme Corp"}},
		{"SyntheticDomain", customer.Synthetic, `{"CompanyName": "A", "Domain": "a.example"}`, matched{status: enriched, account: "A"}},
		{"SyntheticDuns", customer.Synthetic, `{"CompanyName": "A", "Duns": "123456789"}`, matched{status: enriched, account: "A"}},
		{"SyntheticNameAlone", customer.Synthetic, `{"CompanyName": "A"}`, matched{status: none}},
		{
			"WebsiteOfAnotherDomain", customer.Synthetic, `{"CompanyName": "A", "Domain": "a.example", "WebsiteUrl": "https://b.example"}`,
			matched{status: enriched, account: "A", issue: "WEBSITE_DOMAIN_MISMATCH"},
		},
		{
			"WebsiteWithinTheDomain", customer.Synthetic, `{"CompanyName": "A", "Domain": "a.example", "WebsiteUrl": "https://shop.a.example/x"}`,
			matched{status: enriched, account: "A"},
		},
		{"DirectoryDuns", customer.Directory, `{"CompanyName": "A", "Duns": "123456789", "Domain": "known.example"}`, matched{status: enriched, account: "Known by Duns"}},
		{"DirectoryDomain", customer.Directory, `{"CompanyName": "A", "Domain": "KNOWN.example"}`, matched{status: enriched, account: "Known by Domain"}},
		{"DirectoryWebsite", customer.Directory, `{"CompanyName": "A", "WebsiteUrl": "http://www.known.example/de"}`, matched{status: enriched, account: "Known by Domain"}},
		{
			"DirectoryName", customer.Directory, `{"CompanyName": "known  BY name", "Address": {"CountryCode": "DE"}}`,
			matched{status: enriched, account: "Known by Name"},
		},
		{"DirectoryNameElsewhere", customer.Directory, `{"CompanyName": "Known by Name", "Address": {"CountryCode": "FR"}}`, matched{status: none}},
		{"DirectoryUnknown", customer.Directory, acme, matched{status: none}},
		{"DirectoryFacts", customer.Directory, `{"CompanyName": "A", "Domain": "facts.example"}`, matched{status: enriched, account: "From the operator"}},
		{"Manual", customer.Manual, acme, matched{status: "PENDING"}},
		{"MagicNoMatch", customer.Manual, `{"CompanyName": "No Match Ltd", "Domain": "a.example"}`, matched{status: none}},
		{
			"MagicError", customer.Synthetic, `{"CompanyName": "Processing Error LLC", "Domain": "a.example"}`,
			matched{status: "ACTION_REQUIRED", reason: "PROCESSING_ERROR"},
		},
		{
			"MagicDuplicate", customer.Synthetic, `{"CompanyName": "Duplicate Inc"}`,
			matched{status: "ACTION_REQUIRED", reason: "DUPLICATE_CUSTOMER_MATCH"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			h.mode(t, c.mode)
			if err := h.PutDirectory(t.Context(), "Sandbox", directory); err != nil {
				t.Fatal(err)
			}
			id := h.create(t, alice, c.data)
			if got := h.matched(t, alice, id); got.status != "PENDING" {
				t.Errorf("at creation: %+v", got)
			}
			h.work(t)
			if diff := cmp.Diff(c.want, h.matched(t, alice, id), cmp.AllowUnexported(matched{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The magic names are those of Sandbox alone.
func TestMagicNamesInTheRealCatalog(t *testing.T) {
	h := newHarness(t)
	id := *do[api.CreateCustomerAccountResponse](t, h, alice, "CreateCustomerAccount",
		`{"Catalog": "AWS", "Account": {"CompanyName": "No Match Ltd", "Domain": "a.example"}}`).Id
	h.work(t)
	got := do[api.GetCustomerAccountResponse](t, h, alice, "GetCustomerAccount", fmt.Sprintf(`{"Catalog": "AWS", "Identifier": %q}`, id))
	if *got.EnrichmentStatus != api.EnrichmentStatusEnriched {
		t.Errorf("status %s", *got.EnrichmentStatus)
	}
}

func TestDuplicates(t *testing.T) {
	h := newHarness(t)
	first := h.create(t, alice, acme)
	h.work(t)
	second := h.create(t, alice, `{"CompanyName": "ACME", "Domain": "acme.example"}`)
	of := h.create(t, bob, acme)
	h.work(t)
	duplicate := matched{status: "ACTION_REQUIRED", reason: "DUPLICATE_CUSTOMER_MATCH", existing: first}
	check := func(account, id string, want matched) {
		t.Helper()
		if diff := cmp.Diff(want, h.matched(t, account, id), cmp.AllowUnexported(matched{})); diff != "" {
			t.Error(diff)
		}
	}
	check(alice, second, duplicate)
	check(bob, of, matched{status: "ENRICHED", account: "Acme Corp"})

	// The older one is gone: that changes nothing until the next update.
	do[struct{}](t, h, alice, "DeleteCustomerAccount", named(first))
	h.work(t)
	check(alice, second, duplicate)
	do[struct{}](t, h, alice, "UpdateCustomerAccount", updateBody(h.get(t, alice, second), `{"CompanyName": "ACME", "Domain": "acme.example"}`))
	h.work(t)
	check(alice, second, matched{status: "ENRICHED", account: "ACME"})

	// An update gives the mapping up until it is matched again.
	do[struct{}](t, h, alice, "UpdateCustomerAccount", updateBody(h.get(t, alice, second), `{"CompanyName": "Other", "Domain": "other.example"}`))
	h.work(t)
	third := h.create(t, alice, acme)
	h.work(t)
	check(alice, third, matched{status: "ENRICHED", account: "Acme Corp"})
}

// Of two accounts that are matched with one customer in either order, the later is
// the duplicate.
func TestDuplicateByName(t *testing.T) {
	h := newHarness(t)
	other := h.create(t, alice, `{"CompanyName": "B"}`)
	id := h.create(t, alice, `{"CompanyName": "Duplicate Inc"}`)
	h.work(t)
	if got := h.matched(t, alice, id); got.existing != other {
		t.Errorf("existing %q, want %q", got.existing, other)
	}
}

// A delay holds an account PENDING on the business clock.
func TestDelay(t *testing.T) {
	h := newHarness(t)
	if err := h.PutMatching(t.Context(), "Sandbox", customer.Matching{Mode: customer.Synthetic, Delay: time.Hour.Milliseconds()}); err != nil {
		t.Fatal(err)
	}
	id := h.create(t, alice, acme)
	h.work(t)
	if got := h.matched(t, alice, id); got.status != "PENDING" {
		t.Errorf("before its time: %+v", got)
	}
	h.clock.Advance(time.Hour)
	h.work(t)
	if got := h.matched(t, alice, id); got.status != "ENRICHED" {
		t.Errorf("in its time: %+v", got)
	}
}

// Prospecting and customer accounts agree about a company.
func TestEnrichmentIsThatOfProspecting(t *testing.T) {
	h := newHarness(t)
	id := h.create(t, alice, acme)
	h.work(t)
	got := h.get(t, alice, id).AwsEnrichment
	facts, insights, err := insight.Invented{}.Prospect(&api.LeadCustomer{
		CompanyName: new("Acme Corp"), Industry: new("Retail"), Address: &api.LeadAddress{CountryCode: new("US")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if *got.Customer.Segment != *facts.Segment || *got.Customer.CompanySize != *facts.CompanySize || *got.Customer.Geo != *facts.Geo ||
		*got.Customer.Country != string(*facts.Country) || *got.Customer.Industry != string(*facts.Industry) ||
		*got.Insights.SolutionScore != *insights.SolutionScore || *got.Insights.SolutionCategory != *insights.SolutionCategory {
		t.Errorf("got %+v and %+v", got.Customer, got.Insights)
	}
	if got.Customer.Sector == nil || got.Customer.CustomerAccountPlanningQualification == nil || len(got.Customer.EligiblePrograms) == 0 {
		t.Errorf("got %+v", got.Customer)
	}
}

func TestOperatorDecides(t *testing.T) {
	h := newHarness(t)
	h.mode(t, customer.Manual)
	const required = api.EnrichmentStatusActionRequired
	for _, c := range []struct {
		name     string
		decision customer.Decision
		existing bool
		want     matched
		refused  string // type of the error, and its fields
		fields   []string
	}{
		{name: "Enriched", decision: customer.Decision{Outcome: api.EnrichmentStatusEnriched}, want: matched{status: "ENRICHED", account: "Acme Corp"}},
		{
			name: "EnrichedWith", decision: customer.Decision{Outcome: api.EnrichmentStatusEnriched, Enrichment: &api.AwsEnrichment{
				Customer: &api.AwsEnrichmentCustomer{AccountName: new("By hand")},
			}}, want: matched{status: "ENRICHED", account: "By hand"},
		},
		{name: "NoMatch", decision: customer.Decision{Outcome: api.EnrichmentStatusNoMatchFound}, want: matched{status: "NO_MATCH_FOUND"}},
		{name: "ProcessingError", decision: customer.Decision{Outcome: required}, want: matched{status: "ACTION_REQUIRED", reason: "PROCESSING_ERROR"}},
		{name: "Duplicate", existing: true, decision: customer.Decision{Outcome: required}, want: matched{status: "ACTION_REQUIRED", reason: "DUPLICATE_CUSTOMER_MATCH"}},
		{
			name: "Issue", decision: customer.Decision{Outcome: api.EnrichmentStatusNoMatchFound, Issues: []api.Issue{{Code: new("X")}}},
			want: matched{status: "NO_MATCH_FOUND", issue: "X"},
		},
		{
			name: "UnknownExisting", decision: customer.Decision{Outcome: required, Existing: "cust-acc-0000000000000"},
			refused: api.TypeValidation, fields: []string{"existing INVALID_VALUE"},
		},
		{
			name: "ErrorWithExisting", existing: true, decision: customer.Decision{Outcome: required, ReasonCode: "PROCESSING_ERROR"},
			refused: api.TypeValidation, fields: []string{"existing INVALID_VALUE"},
		},
		{
			name: "DuplicateOfNone", decision: customer.Decision{Outcome: required, ReasonCode: "DUPLICATE_CUSTOMER_MATCH"},
			refused: api.TypeValidation, fields: []string{"existing REQUIRED_FIELD_MISSING"},
		},
		{
			name: "MessageWithoutAction", decision: customer.Decision{Outcome: api.EnrichmentStatusNoMatchFound, Message: "m"},
			refused: api.TypeValidation, fields: []string{"message INVALID_VALUE"},
		},
		{
			name: "FactsWithoutMatch", decision: customer.Decision{Outcome: api.EnrichmentStatusNoMatchFound, Enrichment: &api.AwsEnrichment{}},
			refused: api.TypeValidation, fields: []string{"enrichment INVALID_VALUE"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			id := h.create(t, bob, acme)
			other := h.create(t, bob, acme)
			h.work(t)
			if c.existing {
				c.decision.Existing, c.want.existing = other, other
			}
			_, err := h.MatchCustomerAccount(t.Context(), store.CustomerAccountKey{Account: bob, Catalog: "Sandbox", ID: id}, c.decision)
			if c.refused != "" {
				fails(t, err, c.refused, c.fields...)
				c.want = matched{status: "PENDING"}
			} else if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, h.matched(t, bob, id), cmp.AllowUnexported(matched{})); diff != "" {
				t.Error(diff)
			}
			do[struct{}](t, h, bob, "DeleteCustomerAccount", named(id))
		})
	}
}

func TestOperatorDoesNotMapACustomerTwice(t *testing.T) {
	h := newHarness(t)
	first := h.create(t, alice, acme)
	h.work(t)
	second := h.create(t, alice, acme)
	h.work(t)
	_, err := h.MatchCustomerAccount(t.Context(), store.CustomerAccountKey{Account: alice, Catalog: "Sandbox", ID: second},
		customer.Decision{Outcome: api.EnrichmentStatusEnriched})
	fails(t, err, api.TypeConflict)
	if got := h.matched(t, alice, first); got.status != "ENRICHED" {
		t.Errorf("the first is %+v", got)
	}
	_, err = h.MatchCustomerAccount(t.Context(), store.CustomerAccountKey{Account: bob, Catalog: "Sandbox", ID: second},
		customer.Decision{Outcome: api.EnrichmentStatusEnriched})
	fails(t, err, api.TypeResourceNotFound)
}
