package rule

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cosell/internal/api"
)

// drawn is some content, sound in most ways: what matters here is which members
// it has and how they stand to each other.
func drawn(t *rapid.T) *Content {
	c := sound()
	maybe := func(name string, edit func()) {
		if rapid.Bool().Draw(t, name) {
			edit()
		}
	}
	maybe("no customer", func() { c.Customer = nil })
	maybe("national security", func() {
		c.NationalSecurity = new(api.NationalSecurityYes)
		if c.Customer != nil {
			c.Customer.Account.Industry = new(api.IndustryGovernment)
		}
	})
	maybe("needs", func() {
		c.PrimaryNeedsFromAws = rapid.SliceOfN(rapid.SampledFrom([]api.PrimaryNeedFromAws{
			VisibilityOnly, api.PrimaryNeedFromAwsCoSellDealSupport, api.PrimaryNeedFromAwsCoSellPricingAssistance,
		}), 0, 2).Draw(t, "list of needs")
	})
	maybe("no marketing", func() { c.Marketing = nil })
	maybe("empty revenue", func() { c.SoftwareRevenue = new(api.SoftwareRevenue) })
	maybe("no life cycle", func() { c.LifeCycle = nil })
	maybe("programs", func() {
		c.Project.ApnPrograms = rapid.SliceOfN(rapid.SampledFrom(programs), 0, 3).Draw(t, "list of programs")
	})
	maybe("contract", func() {
		c.Project.ExpectedContractDuration = months(rapid.StringMatching(`[0-9]{1,3}`).Draw(t, "months"))
	})
	maybe("spend", func() {
		c.Project.ExpectedCustomerSpend = rapid.SliceOfN(rapid.Custom(drawnEntry), 0, 3).Draw(t, "entries")
	})
	maybe("no project", func() { c.Project = nil })
	return c
}

func drawnEntry(t *rapid.T) api.ExpectedCustomerSpend {
	e := entry(
		rapid.SampledFrom([]string{"AWS", "Self", "Example"}).Draw(t, "target"),
		rapid.StringMatching(`((0|([1-9][0-9]{0,5}))(\.[0-9]{0,2})?)?`).Draw(t, "amount"),
		rapid.SampledFrom([]api.CurrencyCode{"USD", "USD", "USD", "EUR"}).Draw(t, "currency"),
	)
	if rapid.IntRange(0, 3).Draw(t, "link") == 0 {
		e = withLink(e)
	}
	return e
}

var openStatuses = slices.Sorted(maps.Keys(statusColumns))

func TestNormalizeIsIdempotent(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		once := drawn(rt)
		once.Normalize(nil, nil)
		twice := echo(t, once)
		twice.Normalize(nil, nil)
		if diff := cmp.Diff(echo(t, once), echo(t, twice)); diff != "" {
			rt.Fatalf("(-once +twice):\n%s", diff)
		}
		first, second := Edit{After: once, Today: today}, Edit{After: twice, Today: today}
		if diff := cmp.Diff(lines(first.Violations()), lines(second.Violations())); diff != "" {
			rt.Fatalf("violations (-once +twice):\n%s", diff)
		}
	})
}

// Reading an opportunity and sending it back unchanged is allowed wherever an
// update is, and changes nothing.
func TestAnEchoIsHarmless(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		before := drawn(rt)
		before.Normalize(nil, nil)
		status := rapid.SampledFrom(openStatuses).Draw(rt, "status")
		created := Edit{After: before, Status: status, Today: today}
		if created.Violations() != nil {
			rt.Skip("not stored")
		}
		before = echo(t, before)
		after := echo(t, before)
		after.Normalize(before, nil)
		if diff := cmp.Diff(before, after); diff != "" {
			rt.Fatalf("content (-stored +echoed):\n%s", diff)
		}
		updated := Edit{Before: before, After: after, Status: status, Today: "2030-01-01", Involvement: new(api.SalesInvolvementTypeCoSell)}
		if got := updated.Refused(); got != nil {
			rt.Fatalf("the echo breaks rules: %q", lines(got))
		}
		stage := rapid.SampledFrom(api.Stage("").Values()).Draw(rt, "stage")
		if got := locked(before, after, status, stage); got != nil {
			rt.Fatalf("the echo is locked in %s, %s: %q", status, stage, lines(got))
		}
	})
}
