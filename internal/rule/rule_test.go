package rule

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
)

const today = "2026-03-09"

// sound is a complete opportunity for co-selling, as a partner sends it.
func sound() *Content {
	return &Content{
		PrimaryNeedsFromAws:          []api.PrimaryNeedFromAws{api.PrimaryNeedFromAwsCoSellDealSupport},
		NationalSecurity:             new(api.NationalSecurityNo),
		PartnerOpportunityIdentifier: new("crm-17"),
		Customer: &api.Customer{
			Account: &api.Account{
				Industry: new(api.IndustryFinancialServices), CompanyName: new("Example Bank"),
				WebsiteUrl: new("https://bank.example.com"), AwsAccountId: new("123456789012"), Duns: new("123456789"),
				Address: &api.Address{
					City: new("New York"), PostalCode: new("10001"), StateOrRegion: new("New York"),
					CountryCode: new(api.CountryCodeUS), StreetAddress: new("1 Example Street"),
				},
			},
			Contacts: []api.Contact{{Email: new("jo@bank.example.com"), FirstName: new("Jo"), LastName: new("Doe")}},
		},
		Project: &api.Project{
			DeliveryModels: []api.DeliveryModel{api.DeliveryModelSaasOrPaas},
			ExpectedCustomerSpend: []api.ExpectedCustomerSpend{
				{
					Amount: new("12500.00"), CurrencyCode: new(api.CurrencyCodeUSD),
					Frequency: new(api.PaymentFrequencyMonthly), TargetCompany: new("AWS"),
				},
			},
			Title: new("Ledger to the cloud"), ApnPrograms: []string{"Well-Architected"},
			CustomerBusinessProblem: new("The ledger is slow at the end of every month."),
			CustomerUseCase:         new("Migration / Database Migration"),
			SalesActivities:         []api.SalesActivity{api.SalesActivityConductedPocDemo},
			CompetitorName:          new(api.CompetitorNameOnPrem), OtherSolutionDescription: new("Ledger mover"),
			AdditionalComments: new("None so far."),
		},
		OpportunityType: new(api.OpportunityTypeNetNewBusiness),
		Marketing: &api.Marketing{
			CampaignName: new("Spring"), Source: new(api.MarketingSourceMarketingActivity),
			UseCases: []string{"Databases"}, Channels: []api.Channel{api.ChannelEmail},
			AwsFundingUsed: new(api.AwsFundingUsedYes),
		},
		SoftwareRevenue: &api.SoftwareRevenue{
			DeliveryModel: new(api.RevenueModelContract),
			Value:         &api.MonetaryValue{Amount: new("10000.0"), CurrencyCode: new(api.CurrencyCodeUSD)},
			EffectiveDate: new("2026-04-01"), ExpirationDate: new("2027-03-31"),
		},
		LifeCycle: &api.LifeCycle{
			Stage: new(api.StageQualified), NextSteps: new("Call on Monday"), TargetCloseDate: new("2026-12-31"),
		},
	}
}

// echo is what a client has after it read an opportunity: the same content, with
// nothing shared.
func echo(t testing.TB, c *Content) *Content {
	t.Helper()
	text, err := api.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	copied := new(Content)
	if err := api.Unmarshal(text, copied); err != nil {
		t.Fatal(err)
	}
	// The store knows no explicit null.
	if c.Project != nil && copied.Project != nil {
		copied.Project.ExpectedContractDuration.Null = c.Project.ExpectedContractDuration.Null
	}
	return copied
}

// stored is a sound opportunity as the store has it.
func stored() *Content {
	c := sound()
	c.Normalize(nil, nil)
	return c
}

// lines writes violations as field, code and message.
func lines(violations []api.ValidationExceptionError) []string {
	var text []string
	for _, v := range violations {
		text = append(text, *v.FieldName+" "+string(*v.Code)+" "+*v.Message)
	}
	return text
}

// ruleCase is a write that keeps a rule, or breaks it alone.
type ruleCase struct {
	rule, name string
	edit       func(e *Edit)
	want       []string // nothing when the rule is kept
}

// creating is a creation of sound content, after an edit.
func creating(edit func(c *Content)) func(e *Edit) {
	return func(e *Edit) { edit(e.After) }
}

// updating is an update of an approved opportunity that sends it back with an edit.
func updating(edit func(c *Content)) func(e *Edit) {
	return func(e *Edit) {
		e.Before, e.Status = stored(), api.ReviewStatusApproved
		edit(e.After)
	}
}

func TestRules(t *testing.T) {
	cases := slices.Concat(lifeCycleCases, customerCases, projectCases, marketingCases, spendCases)
	kept, broken := map[string]bool{}, map[string]bool{}
	for _, test := range cases {
		t.Run(test.rule+"/"+test.name, func(t *testing.T) {
			i := slices.IndexFunc(rules, func(r rule) bool { return r.name == test.rule })
			if i < 0 {
				t.Fatalf("there is no rule %q", test.rule)
			}
			e := &Edit{After: sound(), Status: api.ReviewStatusPendingSubmission, Today: today}
			test.edit(e)
			e.After.Normalize(e.Before, nil)
			var f Findings
			rules[i].check(e, &f)
			if diff := cmp.Diff(test.want, lines(f.List)); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
			for _, line := range test.want {
				if !slices.Contains(lines(e.Violations()), line) {
					t.Errorf("all rules together leave out %q", line)
				}
			}
		})
		if test.want == nil {
			kept[test.rule] = true
		} else {
			broken[test.rule] = true
		}
	}
	for _, rule := range rules {
		if !kept[rule.name] || !broken[rule.name] {
			t.Errorf("rule %q: a case that keeps it: %t, one that breaks it: %t", rule.name, kept[rule.name], broken[rule.name])
		}
	}
}

func TestSoundContentBreaksNoRule(t *testing.T) {
	created := &Edit{After: stored(), Status: api.ReviewStatusPendingSubmission, Today: today}
	if got := created.Violations(); got != nil {
		t.Errorf("at creation: %q", lines(got))
	}
	updated := &Edit{Before: stored(), After: stored(), Status: api.ReviewStatusApproved, Today: "2030-01-01"}
	if got := updated.Violations(); got != nil {
		t.Errorf("echoed after its close date: %q", lines(got))
	}
}

// A draft can be thin: rules speak about what is there.
func TestAnEmptyDraftBreaksNoRule(t *testing.T) {
	c := new(Content)
	c.Normalize(nil, nil)
	e := &Edit{After: c, Status: api.ReviewStatusPendingSubmission, Today: today}
	if got := e.Violations(); got != nil {
		t.Errorf("got %q", lines(got))
	}
}

func TestEveryViolationIsReportedAtOnce(t *testing.T) {
	c := sound()
	c.LifeCycle.TargetCloseDate = new("2026-03-09")
	c.Project.CustomerUseCase = new("Gardening")
	c.Project.ExpectedCustomerSpend[0].Amount = new("0")
	c.Normalize(nil, nil)
	e := &Edit{After: c, Status: api.ReviewStatusPendingSubmission, Today: today}
	var fields []string
	for _, v := range e.Violations() {
		fields = append(fields, *v.FieldName)
	}
	want := []string{"lifeCycle.targetCloseDate", "project.customerUseCase", "project.expectedCustomerSpend.amount"}
	if diff := cmp.Diff(want, fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

func TestRefuse(t *testing.T) {
	link := api.Violation(fieldSpendEstimation, api.ValidationExceptionErrorCodeInvalidValue, messageEstimation+"https://calculator.aws/#/estimate?id=0")
	title := api.Violation("project.title", api.ValidationExceptionErrorCodeActionNotPermitted, "no")
	for _, test := range []struct {
		name       string
		violations []api.ValidationExceptionError
		want       string
	}{
		{"a broken estimation link has its own summary", []api.ValidationExceptionError{link}, "The provided Estimation URL is invalid"},
		{
			"with others it is summed up like them",
			[]api.ValidationExceptionError{link, title},
			"project.expectedCustomerSpend.estimationUrl: Invalid Estimation URL: https://calculator.aws/#/estimate?id=0; project.title: no",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := Refuse(test.violations)
			got, ok := errors.AsType[*api.Error](err)
			if !ok {
				t.Fatalf("got %v", err)
			}
			if got.Message != test.want || got.Reason != api.ValidationExceptionReasonBusinessValidationFailed ||
				len(got.ErrorList) != len(test.violations) {
				t.Errorf("got %+v", got)
			}
		})
	}
	if err := Refuse(nil); err != nil {
		t.Errorf("nothing refused: %v", err)
	}
}
