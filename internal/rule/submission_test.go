package rule

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
)

func TestSubmission(t *testing.T) {
	const coSelling, seen = api.SalesInvolvementTypeCoSell, api.SalesInvolvementTypeForVisibilityOnly
	required := func(field string) []string {
		return []string{field + " REQUIRED_FIELD_MISSING " + LastName(field) + " is required"}
	}
	secret := func(c *Content) {
		c.NationalSecurity = new(api.NationalSecurityYes)
		a := c.Customer.Account
		a.CompanyName, a.WebsiteUrl, a.Address.PostalCode, a.Address.StateOrRegion = nil, nil, nil, nil
	}
	description := "relatedEntityIdentifiers.solutions REQUIRED_FIELD_MISSING A solution, an AWS Marketplace solution or " +
		"an AWS Marketplace product must be associated, or described in otherSolutionDescription"
	for _, test := range []struct {
		name        string
		involvement api.SalesInvolvementType
		edit        func(c *Content)
		related     *api.RelatedEntityIdentifiers
		want        []string
	}{
		{"complete for co-selling", coSelling, func(*Content) {}, nil, nil},
		{"complete for visibility", seen, func(*Content) {}, nil, nil},
		{"the company's name", seen, func(c *Content) { c.Customer.Account.CompanyName = new("") }, nil, required("customer.account.companyName")},
		{"the industry", seen, func(c *Content) { c.Customer.Account.Industry = nil }, nil, required("customer.account.industry")},
		{
			"another industry has a name", seen, func(c *Content) { c.Customer.Account.Industry = new(api.IndustryOther) }, nil,
			[]string{"customer.account.otherIndustry REQUIRED_FIELD_MISSING otherIndustry is required when industry is Other"},
		},
		{
			"it has", seen, func(c *Content) {
				c.Customer.Account.Industry, c.Customer.Account.OtherIndustry = new(api.IndustryOther), new("Circus")
			}, nil, nil,
		},
		{"the website", seen, func(c *Content) { c.Customer.Account.WebsiteUrl = nil }, nil, required("customer.account.websiteUrl")},
		{"national security hides the customer", coSelling, secret, nil, nil},
		{
			"national security is co-sold", seen, secret, nil,
			[]string{"involvementType ACTION_NOT_PERMITTED A national security opportunity cannot be for visibility only"},
		},
		{"the country", seen, func(c *Content) { c.Customer.Account.Address.CountryCode = nil }, nil, required("customer.account.address.countryCode")},
		{"the postal code", seen, func(c *Content) { c.Customer.Account.Address.PostalCode = nil }, nil, required("customer.account.address.postalCode")},
		{
			"no postal code where there are none", seen, func(c *Content) {
				c.Customer.Account.Address = &api.Address{CountryCode: new(api.CountryCode("AO"))}
			}, nil, nil,
		},
		{
			"the state in the United States", seen, func(c *Content) { c.Customer.Account.Address.StateOrRegion = nil }, nil,
			[]string{"customer.account.address.stateOrRegion REQUIRED_FIELD_MISSING State is required when Country is United States"},
		},
		{
			"no state elsewhere", seen, func(c *Content) {
				c.Customer.Account.Address = &api.Address{CountryCode: new(api.CountryCode("DE")), PostalCode: new("60311")}
			}, nil, nil,
		},
		{"the title", seen, func(c *Content) { c.Project.Title = nil }, nil, required("project.title")},
		{
			"the problem", seen, func(c *Content) { c.Project.CustomerBusinessProblem = new("Nineteen characters") }, nil,
			[]string{"project.customerBusinessProblem REQUIRED_FIELD_MISSING customerBusinessProblem is required, with at least 20 characters"},
		},
		{"the delivery models", seen, func(c *Content) { c.Project.DeliveryModels = nil }, nil, required("project.deliveryModels")},
		{"the use case", seen, func(c *Content) { c.Project.CustomerUseCase = nil }, nil, required("project.customerUseCase")},
		{"the spend", seen, func(c *Content) { c.Project.ExpectedCustomerSpend = nil }, nil, required("project.expectedCustomerSpend")},
		{
			"the amount", seen, func(c *Content) { c.Project.ExpectedCustomerSpend[0].Amount = nil }, nil,
			[]string{"project.expectedCustomerSpend.amount REQUIRED_FIELD_MISSING " + messageAmount},
		},
		{
			"the opportunity that is renewed", seen, func(c *Content) { c.OpportunityType = new(api.OpportunityTypeFlatRenewal) }, nil,
			[]string{"project.relatedOpportunityIdentifier REQUIRED_FIELD_MISSING " +
				"relatedOpportunityIdentifier is required when opportunityType is Flat Renewal"},
		},
		{
			"it is named", seen, func(c *Content) {
				c.OpportunityType, c.Project.RelatedOpportunityIdentifier = new(api.OpportunityTypeFlatRenewal), new("O1")
			}, nil, nil,
		},
		{
			"sales activities for co-selling", coSelling, func(c *Content) { c.Project.SalesActivities = nil }, nil,
			[]string{"project.salesActivities REQUIRED_FIELD_MISSING project.salesActivities is required"},
		},
		{"no sales activities for visibility", seen, func(c *Content) { c.Project.SalesActivities = nil }, nil, nil},
		{"the close date", seen, func(c *Content) { c.LifeCycle.TargetCloseDate = nil }, nil, required("lifeCycle.targetCloseDate")},
		{
			"a close date that has come", seen, func(c *Content) { c.LifeCycle.TargetCloseDate = new(today) }, nil,
			[]string{"lifeCycle.targetCloseDate INVALID_VALUE Invalid Data: Target Close Date should be a future date; today is 2026-03-09 on the business clock"},
		},
		{"the type", seen, func(c *Content) { c.OpportunityType = nil }, nil, required("opportunityType")},
		{"the marketing source", seen, func(c *Content) { c.Marketing = nil }, nil, required("marketing.source")},
		{
			"the funding of a marketing activity", seen, func(c *Content) { c.Marketing.AwsFundingUsed = nil }, nil,
			[]string{"marketing.awsFundingUsed REQUIRED_FIELD_MISSING awsFundingUsed is required when marketing.source is Marketing Activity"},
		},
		{
			"a need for co-selling", coSelling, func(c *Content) { c.PrimaryNeedsFromAws = []api.PrimaryNeedFromAws{VisibilityOnly} }, nil,
			[]string{"primaryNeedsFromAws REQUIRED_FIELD_MISSING primaryNeedsFromAws needs a Co-Sell value"},
		},
		{"no need for visibility", seen, func(c *Content) { c.PrimaryNeedsFromAws = nil }, nil, nil},
		{"a solution", seen, func(c *Content) { c.Project.OtherSolutionDescription = nil }, nil, []string{description}},
		{
			"it is linked", seen, func(c *Content) { c.Project.OtherSolutionDescription = nil },
			&api.RelatedEntityIdentifiers{Solutions: []string{"S-1234567"}}, nil,
		},
		{
			"a commitment needs a real one", seen, func(c *Content) { c.LifeCycle.Stage = new(api.StageCommitted) }, nil,
			[]string{"relatedEntityIdentifiers.solutions REQUIRED_FIELD_MISSING " + messageSolution},
		},
		{
			"it has one", seen, func(c *Content) { c.LifeCycle.Stage = new(api.StageCommitted) },
			&api.RelatedEntityIdentifiers{AwsMarketplaceProducts: []string{"prod-1"}}, nil,
		},
		{"no next steps, no contact", coSelling, func(c *Content) { c.LifeCycle.NextSteps, c.Customer.Contacts = nil, nil }, nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := stored()
			test.edit(c)
			if diff := cmp.Diff(test.want, lines((&Submission{c, test.related, test.involvement, today}).Violations())); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

// An empty draft lacks everything that is not conditional on something it has.
func TestAnEmptyDraftLacksEverything(t *testing.T) {
	c := new(Content)
	c.Normalize(nil, nil)
	var got []string
	for _, v := range (&Submission{Content: c, Involvement: api.SalesInvolvementTypeCoSell, Today: today}).Violations() {
		got = append(got, *v.FieldName)
	}
	want := []string{
		"customer.account.companyName", "customer.account.industry", "customer.account.websiteUrl",
		"customer.account.address.countryCode", "customer.account.address.postalCode",
		"project.title", "project.customerBusinessProblem", "project.deliveryModels", "project.customerUseCase",
		"project.expectedCustomerSpend", "project.salesActivities", "lifeCycle.targetCloseDate",
		"primaryNeedsFromAws", "relatedEntityIdentifiers.solutions",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// Once it was submitted, an update cannot take away what submission required.
func TestASubmittedOpportunityStaysComplete(t *testing.T) {
	for _, status := range []api.ReviewStatus{api.ReviewStatusActionRequired, api.ReviewStatusApproved} {
		for _, test := range []struct {
			name        string
			involvement *api.SalesInvolvementType
			before      func(c *Content)
			edit        func(c *Content)
			want        string
		}{
			{"the needs", new(api.SalesInvolvementTypeCoSell), nil, func(c *Content) { c.PrimaryNeedsFromAws = nil }, "primaryNeedsFromAws"},
			{"the needs, for visibility only", new(api.SalesInvolvementTypeForVisibilityOnly), nil, func(c *Content) { c.PrimaryNeedsFromAws = nil }, ""},
			{"the type", nil, nil, func(c *Content) { c.OpportunityType = nil }, "opportunityType"},
			{"the spend", nil, nil, func(c *Content) { c.Project.ExpectedCustomerSpend = nil }, "project.expectedCustomerSpend"},
			{"the amount", nil, nil, func(c *Content) { c.Project.ExpectedCustomerSpend[0].Amount = nil }, "project.expectedCustomerSpend.amount"},
			{"the delivery models", nil, nil, func(c *Content) { c.Project.DeliveryModels = nil }, "project.deliveryModels"},
			{"the use case", nil, nil, func(c *Content) { c.Project.CustomerUseCase = nil }, "project.customerUseCase"},
			{"the sales activities", new(api.SalesInvolvementTypeCoSell), nil, func(c *Content) { c.Project.SalesActivities = nil }, "project.salesActivities"},
			{"the close date", nil, nil, func(c *Content) { c.LifeCycle.TargetCloseDate = nil }, "lifeCycle.targetCloseDate"},
			{
				"the state of an American address", nil, nil,
				func(c *Content) { c.Customer.Account.Address.StateOrRegion = nil }, "customer.account.address.stateOrRegion",
			},
			{
				"a state that a new country asks for", nil,
				func(c *Content) { c.Customer.Account.Address = &api.Address{CountryCode: new(api.CountryCode("CA"))} },
				func(c *Content) { c.Customer.Account.Address.StateOrRegion = nil }, "customer.account.address.stateOrRegion",
			},
			{
				"what a referral from AWS never had", new(api.SalesInvolvementTypeCoSell),
				func(c *Content) { c.Project.SalesActivities, c.PrimaryNeedsFromAws = nil, nil },
				func(c *Content) { c.Project.SalesActivities, c.PrimaryNeedsFromAws = nil, nil }, "",
			},
			{"a close date that has passed", nil, nil, func(*Content) {}, ""},
		} {
			t.Run(string(status)+"/"+test.name, func(t *testing.T) {
				e := &Edit{Before: stored(), After: stored(), Status: status, Involvement: test.involvement, Today: "2030-01-01"}
				if test.before != nil {
					test.before(e.Before)
				}
				test.edit(e.After)
				var got []string
				for _, v := range e.Violations() {
					got = append(got, *v.FieldName+" "+string(*v.Code))
				}
				var want []string
				if test.want != "" {
					want = []string{test.want + " REQUIRED_FIELD_MISSING"}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("violations (-want +got):\n%s", diff)
				}
				e.Status = api.ReviewStatusPendingSubmission
				if got := e.Violations(); got != nil {
					t.Errorf("a draft lacks %q", lines(got))
				}
			})
		}
	}
}

// A field that a rule has refused is not reported as missing besides.
func TestOneViolationForAField(t *testing.T) {
	e := &Edit{Before: stored(), After: stored(), Status: api.ReviewStatusApproved, Today: today}
	e.After.Project.ExpectedCustomerSpend[0].Amount = new("0")
	if got := lines(e.Violations()); !slices.Equal(got, []string{"project.expectedCustomerSpend.amount INVALID_VALUE " + messageAmount}) {
		t.Errorf("got %q", got)
	}
}
