package rule

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
)

// calculator is an estimator that knows one link.
type calculator struct {
	amount, currency string
	asked            int
}

func (c *calculator) Estimate(url string) (amount, currency string, ok bool) {
	c.asked++
	return c.amount, c.currency, url == link
}

func spends(duration api.Nullable[api.ExpectedContractDuration], entries ...api.ExpectedCustomerSpend) *Content {
	return &Content{Project: &api.Project{ExpectedContractDuration: duration, ExpectedCustomerSpend: entries}}
}

// show writes a content's spend as one reads it: the months, then the entries.
func show(c *Content) []string {
	text := []string{api.Value(orEmpty(c.duration()).Value)}
	for _, e := range c.project().ExpectedCustomerSpend {
		line := fmt.Sprintf("%s %s %s %s", api.Value(e.TargetCompany), api.Value(e.Amount), api.Value(e.CurrencyCode), api.Value(e.Frequency))
		if e.EstimationUrl != nil {
			line += " linked"
		}
		text = append(text, line)
	}
	return text
}

func TestNormalizeSpend(t *testing.T) {
	var omitted api.Nullable[api.ExpectedContractDuration]
	cleared := api.Nullable[api.ExpectedContractDuration]{Null: true}
	contract := spends(months("12"), entry("AWS", "100.00", "USD"), self)
	linkedAlone, linkedBeside := withLink(entry("AWS", "", "USD")), withLink(entry("AWS", "500", "USD"))
	online := func(amount, currency string) *calculator { return &calculator{amount: amount, currency: currency} }

	for _, test := range []struct {
		name         string
		before, sent *Content
		estimator    *calculator
		want         []string
	}{
		{"amounts are kept to the digit", nil, spends(omitted, entry("AWS", "10000.0", "USD")), nil, []string{"", "AWS 10000.0 USD Monthly"}},
		{"without a contract the target is AWS", nil, spends(omitted, entry("Example", "5", "USD")), nil, []string{"", "AWS 5 USD Monthly"}},
		{"a Self entry without a contract stays for its rule", nil, spends(omitted, self), nil, []string{"", "Self 1200.00 USD None"}},
		{
			"a contract value makes a monthly AWS entry before it", nil, spends(months("36"), self), nil,
			[]string{"36", "AWS 33.33 USD Monthly", "Self 1200.00 USD None"},
		},
		{
			"half a cent is rounded up", nil, spends(months("8"), entry("Self", "0.20", "USD")), nil,
			[]string{"8", "AWS 0.03 USD Monthly", "Self 0.20 USD None"},
		},
		{
			"a large contract is exact", nil, spends(months("3"), entry("Self", "1000000000000000000000000000000.01", "EUR")), nil,
			[]string{"3", "AWS 333333333333333333333333333333.34 EUR Monthly", "Self 1000000000000000000000000000000.01 EUR None"},
		},
		{
			"with a contract what AWS paysAWS is derived, not taken", nil, spends(months("12"), self, entry("AWS", "7", "USD")), nil,
			[]string{"12", "AWS 100.00 USD Monthly", "Self 1200.00 USD None"},
		},
		{
			"an unsound duration derives nothing", nil, spends(months("145"), self), nil,
			[]string{"145", "Self 1200.00 USD None"},
		},
		{
			"two currencies derive nothing", nil, spends(months("12"), entry("AWS", "7", "EUR"), self), nil,
			[]string{"12", "AWS 7 EUR Monthly", "Self 1200.00 USD None"},
		},
		{
			"a link beside a contract derives nothing", nil, spends(months("12"), linkedBeside, self), nil,
			[]string{"12", "AWS 500 USD Monthly linked", "Self 1200.00 USD None"},
		},
		{
			"a contract value without an amount derives nothing", nil, spends(months("12"), entry("Self", "", "USD")), nil,
			[]string{"12", "Self  USD None"},
		},

		{
			"an update that omits the duration keeps the contract", contract, spends(omitted, entry("AWS", "9", "USD")), nil,
			[]string{"12", "AWS 100.00 USD Monthly", "Self 1200.00 USD None"},
		},
		{
			"so does one that omits the project", contract, &Content{}, nil,
			[]string{"12", "AWS 100.00 USD Monthly", "Self 1200.00 USD None"},
		},
		{
			"an explicit null clears the contract", contract, spends(cleared, entry("AWS", "8000.00", "USD")), nil,
			[]string{"", "AWS 8000.00 USD Monthly"},
		},
		{
			"a duration without a Self entry uses the stored one", contract, spends(months("24")), nil,
			[]string{"24", "AWS 50.00 USD Monthly", "Self 1200.00 USD None"},
		},
		{
			"a stored Self entry is kept wherever it stands", spends(months("12"), self), spends(omitted, entry("AWS", "9", "USD")), nil,
			[]string{"12", "AWS 100.00 USD Monthly", "Self 1200.00 USD None"},
		},
		{
			"a new Self entry replaces the stored one", contract, spends(omitted, entry("Self", "2400", "USD")), nil,
			[]string{"12", "AWS 200.00 USD Monthly", "Self 2400 USD None"},
		},
		{
			"without a stored contract nothing is kept", spends(omitted, aws), spends(omitted, entry("AWS", "9", "USD")), nil,
			[]string{"", "AWS 9 USD Monthly"},
		},

		{
			"a link alone gets its amount", nil, spends(omitted, linkedAlone), online("636.38", "USD"),
			[]string{"", "AWS 636.38 USD Monthly linked"},
		},
		{
			"a link alone in another currency stays for its rule", nil, spends(omitted, linkedAlone), online("636.38", "EUR"),
			[]string{"", "AWS  USD Monthly linked"},
		},
		{
			"a link that says the same is kept", nil, spends(omitted, linkedBeside), online("500.00", "USD"),
			[]string{"", "AWS 500 USD Monthly linked"},
		},
		{
			"a link that says otherwise is dropped", nil, spends(omitted, linkedBeside), online("501", "USD"),
			[]string{"", "AWS 500 USD Monthly"},
		},
		{
			"a link that leads nowhere is dropped beside an amount", nil,
			func() *Content {
				c := spends(omitted, linkedBeside)
				c.Project.ExpectedCustomerSpend[0].EstimationUrl = new(link + "0")
				return c
			}(), online("500", "USD"),
			[]string{"", "AWS 500 USD Monthly"},
		},
		{
			"offline a link beside an amount is kept", nil, spends(omitted, linkedBeside), nil,
			[]string{"", "AWS 500 USD Monthly linked"},
		},
		{
			"an unchanged link keeps its amount", spends(omitted, linkedBeside), spends(omitted, linkedAlone), nil,
			[]string{"", "AWS 500 USD Monthly linked"},
		},
		{
			"an unchanged link without an amount stays so beside the same link with one",
			spends(omitted, linkedBeside, linkedAlone), spends(omitted, linkedBeside, linkedAlone), nil,
			[]string{"", "AWS 500 USD Monthly linked", "AWS  USD Monthly linked"},
		},
		{
			"an unchanged pair is left alone", spends(omitted, linkedBeside), spends(omitted, linkedBeside), online("501", "USD"),
			[]string{"", "AWS 500 USD Monthly linked"},
		},
		{
			"a changed amount is held against the link", spends(omitted, linkedBeside), spends(omitted, withLink(entry("AWS", "600", "USD"))), online("500", "USD"),
			[]string{"", "AWS 600 USD Monthly"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var estimator Estimator
			if test.estimator != nil {
				estimator = test.estimator
			}
			sent, kept := echo(t, test.sent), echo(t, orEmpty(test.before))
			for range 2 {
				sent.Normalize(test.before, estimator)
				if diff := cmp.Diff(test.want, show(sent)); diff != "" {
					t.Fatalf("spend (-want +got):\n%s", diff)
				}
			}
			if diff := cmp.Diff(kept, orEmpty(test.before)); diff != "" {
				t.Errorf("Normalize changed what was stored:\n%s", diff)
			}
		})
	}
}

func TestAnUnchangedPairIsNotLookedUp(t *testing.T) {
	var omitted api.Nullable[api.ExpectedContractDuration]
	before := spends(omitted, withLink(entry("AWS", "500", "USD")))
	estimator := &calculator{amount: "500", currency: "USD"}
	echo(t, before).Normalize(before, estimator)
	if estimator.asked != 0 {
		t.Errorf("asked %d times", estimator.asked)
	}
}

func TestNormalize(t *testing.T) {
	t.Run("a creation gets its defaults", func(t *testing.T) {
		got := new(Content)
		got.Normalize(nil, nil)
		want := &Content{
			NationalSecurity: new(api.NationalSecurityNo), OpportunityType: new(api.OpportunityTypeNetNewBusiness),
			Marketing: &api.Marketing{Source: new(api.MarketingSourceNone)}, LifeCycle: &api.LifeCycle{Stage: new(api.StageProspect)},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("an update that leaves everything out keeps the mark", func(t *testing.T) {
		before := stored()
		before.NationalSecurity = new(api.NationalSecurityYes)
		got := new(Content)
		got.Normalize(before, nil)
		want := &Content{
			NationalSecurity: new(api.NationalSecurityYes), LifeCycle: new(api.LifeCycle),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("what is empty is absent", func(t *testing.T) {
		got := &Content{
			PrimaryNeedsFromAws: []api.PrimaryNeedFromAws{}, SoftwareRevenue: new(api.SoftwareRevenue),
			Marketing: &api.Marketing{UseCases: []string{}, Channels: []api.Channel{}},
			Project: &api.Project{
				DeliveryModels: []api.DeliveryModel{}, SalesActivities: []api.SalesActivity{}, ApnPrograms: []string{},
			},
		}
		got.simplify()
		want := &Content{Marketing: new(api.Marketing), Project: new(api.Project)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// A month's share times the months is the amount, but for half a cent a month.
func FuzzMonthly(f *testing.F) {
	f.Add("1200.00", int64(12))
	f.Add("10.", int64(144))
	f.Add("1e9", int64(3))
	f.Add("1/3", int64(3))
	f.Fuzz(func(t *testing.T, amount string, n int64) {
		n = 1 + max(n, -n, 0)%maxContractMonths
		share, ok := monthly(amount, n)
		if !ok {
			return
		}
		whole, isAmount := ParseAmount(amount)
		part, isShare := ParseAmount(share)
		if !isAmount || !isShare {
			t.Fatalf("%q over %d months is %q", amount, n, share)
		}
		months := new(big.Rat).SetInt64(n)
		gap := new(big.Rat).Sub(new(big.Rat).Mul(part, months), whole)
		if gap.Abs(gap).Cmp(new(big.Rat).Mul(big.NewRat(1, 200), months)) > 0 {
			t.Errorf("%q over %d months is %q", amount, n, share)
		}
	})
}
