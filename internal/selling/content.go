package selling

import "cosell/internal/api"

// content is what a partner writes of an opportunity, at creation and at each
// update; an update replaces it whole.
type content struct {
	PrimaryNeedsFromAws          []api.PrimaryNeedFromAws
	NationalSecurity             *api.NationalSecurity
	PartnerOpportunityIdentifier *string
	Customer                     *api.Customer
	Project                      *api.Project
	OpportunityType              *api.OpportunityType
	Marketing                    *api.Marketing
	SoftwareRevenue              *api.SoftwareRevenue
	LifeCycle                    *api.LifeCycle
}
