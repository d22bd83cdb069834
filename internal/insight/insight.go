// Package insight provides facts and scores about companies: what AWS adds to
// prospecting results and to customer accounts.
package insight

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"cosell/internal/api"
)

// Source is where prospecting tasks and customer accounts get their insights.
type Source interface {
	// Prospect returns what is known about a company. It is called inside a
	// transaction, so it must return at once.
	Prospect(customer *api.LeadCustomer) (*api.ProspectingResultCustomer, *api.ProspectingInsights, error)
}

// Invented makes insights up out of the company's name: the same for the same
// company, whoever asks. There is nobody to ask on this side of AWS.
type Invented struct{}

// Prospect returns the made-up insights of a company. It never fails.
func (Invented) Prospect(lead *api.LeadCustomer) (*api.ProspectingResultCustomer, *api.ProspectingInsights, error) {
	name := api.Value(lead.CompanyName)
	hash := fnv.New64a()
	hash.Write([]byte(strings.ToLower(name))) // it never fails
	seed := hash.Sum64()
	pick := func(values []string) *string {
		chosen := values[seed%uint64(len(values))]
		seed /= uint64(len(values))
		return &chosen
	}
	customer := &api.ProspectingResultCustomer{
		AccountName: &name,
		Segment:     pick([]string{"Small", "Medium", "Enterprise", "Strategic"}),
		CompanySize: pick([]string{"1-50", "51-500", "501-5000", "More than 5000"}),
		EligiblePrograms: slices.Compact([]string{
			*pick([]string{"Migration Acceleration Program", "Proof of Concept funding"}),
			*pick([]string{"Migration Acceleration Program", "Well-Architected Review"}),
		}),
		Industry: known[api.Industry](api.Value(lead.Industry)),
	}
	if lead.Address != nil {
		customer.Country = known[api.CountryCode](api.Value(lead.Address.CountryCode))
	}
	if lead.MarketSegment != nil {
		customer.Segment = lead.MarketSegment
	}
	customer.Geo = pick([]string{"AMER", "EMEA", "APJ"})
	if customer.Country != nil {
		customer.Region = new(string(*customer.Country))
	}
	customer.PublicProfileSummary = new(fmt.Sprintf("%s has %s employees. This profile is invented.", name, *customer.CompanySize))
	levels := []string{"High", "Medium", "Low"}
	insights := &api.ProspectingInsights{
		MarketplaceEngagementScore: pick(levels), SolutionScore: pick(levels),
		SolutionCategory: pick([]string{"Data and analytics", "Infrastructure", "Security", "Business applications"}),
	}
	insights.SolutionSubCategory = new(*insights.SolutionCategory + ", general")
	return customer, insights, nil
}

// known returns a free text as a value of an enumeration, nil where it is none.
func known[E interface {
	~string
	Values() []E
}](text string) *E {
	e := E(text)
	if !slices.Contains(e.Values(), e) {
		return nil
	}
	return &e
}
