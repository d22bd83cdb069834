package customer

import (
	"hash/fnv"

	"cosell/internal/api"
)

// enrichment returns what AWS adds to the account of a customer: what prospecting
// finds out about the company, in the form that customer accounts have, and the two
// facts that only customer accounts have.
func (c *Call) enrichment(data *api.CustomerAccountData) (*api.AwsEnrichment, error) {
	customer, insights, err := c.Insights.Prospect(lead(data))
	if err != nil {
		return nil, err
	}
	seed := fnv.New64a()
	seed.Write([]byte("customer account " + fold(*data.CompanyName))) // it never fails
	pick := func(values ...string) *string { return &values[seed.Sum64()%uint64(len(values))] }
	return &api.AwsEnrichment{
		Customer: &api.AwsEnrichmentCustomer{
			AccountName: customer.AccountName, Industry: text(customer.Industry), SubIndustry: customer.SubIndustry,
			Sector: pick("Commercial", "Public Sector"), Segment: customer.Segment, CompanySize: customer.CompanySize,
			Region: customer.Region, SubRegion: customer.SubRegion, Geo: customer.Geo, Country: text(customer.Country),
			CustomerAccountPlanningQualification: pick("Qualified", "Not Qualified", "In Review"),
			EligiblePrograms:                     customer.EligiblePrograms,
		},
		Insights: &api.AwsEnrichmentInsights{
			MarketplaceEngagementScore: insights.MarketplaceEngagementScore, SolutionScore: insights.SolutionScore,
			SolutionCategory: insights.SolutionCategory, SolutionSubCategory: insights.SolutionSubCategory,
		},
	}, nil
}

// lead is a customer in the form in which prospecting asks for it.
func lead(data *api.CustomerAccountData) *api.LeadCustomer {
	l := &api.LeadCustomer{CompanyName: data.CompanyName, Industry: data.Industry, WebsiteUrl: data.WebsiteUrl}
	if address := data.Address; address != nil {
		l.Address = &api.LeadAddress{
			City: address.City, PostalCode: address.PostalCode, StateOrRegion: address.StateOrRegion,
			CountryCode: text(address.CountryCode),
		}
	}
	return l
}

// text returns a value of an enumeration as free text.
func text[E ~string](e *E) *string {
	if e == nil {
		return nil
	}
	return new(string(api.Value(e)))
}
