package rule

import "cosell/internal/api"

// Content is the part of an opportunity that a partner writes, at creation and
// at each update; an update replaces all of it.
type Content struct {
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

// The functions below are the only ones that copy all fields of a content. A test
// walks the fields: one that is forgotten here would be lost without a trace.

// OfCreation returns the content of a request that creates an opportunity.
func OfCreation(in *api.CreateOpportunityRequest) *Content {
	return &Content{
		PrimaryNeedsFromAws: in.PrimaryNeedsFromAws, NationalSecurity: in.NationalSecurity,
		PartnerOpportunityIdentifier: in.PartnerOpportunityIdentifier, Customer: in.Customer,
		Project: in.Project, OpportunityType: in.OpportunityType, Marketing: in.Marketing,
		SoftwareRevenue: in.SoftwareRevenue, LifeCycle: in.LifeCycle,
	}
}

// OfUpdate returns the content of a request that updates an opportunity.
func OfUpdate(in *api.UpdateOpportunityRequest) *Content {
	return &Content{
		PrimaryNeedsFromAws: in.PrimaryNeedsFromAws, NationalSecurity: in.NationalSecurity,
		PartnerOpportunityIdentifier: in.PartnerOpportunityIdentifier, Customer: in.Customer,
		Project: in.Project, OpportunityType: in.OpportunityType, Marketing: in.Marketing,
		SoftwareRevenue: in.SoftwareRevenue, LifeCycle: in.LifeCycle,
	}
}

// OfStored returns the content of a stored opportunity.
func OfStored(o *api.GetOpportunityResponse) *Content {
	return &Content{
		PrimaryNeedsFromAws: o.PrimaryNeedsFromAws, NationalSecurity: o.NationalSecurity,
		PartnerOpportunityIdentifier: o.PartnerOpportunityIdentifier, Customer: o.Customer,
		Project: o.Project, OpportunityType: o.OpportunityType, Marketing: o.Marketing,
		SoftwareRevenue: o.SoftwareRevenue, LifeCycle: o.LifeCycle,
	}
}

// Store puts the content into an opportunity that is to be stored.
func (c *Content) Store(o *api.GetOpportunityResponse) {
	o.PrimaryNeedsFromAws, o.NationalSecurity = c.PrimaryNeedsFromAws, c.NationalSecurity
	o.PartnerOpportunityIdentifier, o.Customer = c.PartnerOpportunityIdentifier, c.Customer
	o.Project, o.OpportunityType = c.Project, c.OpportunityType
	o.Marketing, o.SoftwareRevenue, o.LifeCycle = c.Marketing, c.SoftwareRevenue, c.LifeCycle
}

// RelatedOpportunity returns the identifier of the opportunity that this one
// follows, "" when it follows none.
func (c *Content) RelatedOpportunity() string {
	return api.Value(c.project().RelatedOpportunityIdentifier)
}

// The readers below return an empty structure for an absent one, so that rules
// need not check every step. Only Normalize writes.

// Account returns the customer's account, empty when there is none.
func (c *Content) Account() *api.Account {
	if c.Customer == nil || c.Customer.Account == nil {
		return &api.Account{}
	}
	return c.Customer.Account
}

// Address returns the customer's address, empty when there is none.
func (c *Content) Address() *api.Address { return orEmpty(c.Account().Address) }

func (c *Content) contacts() []api.Contact { return orEmpty(c.Customer).Contacts }

func (c *Content) project() *api.Project { return orEmpty(c.Project) }

func (c *Content) spend() []api.ExpectedCustomerSpend { return c.project().ExpectedCustomerSpend }

// duration returns the contract's duration, nil when there is no contract.
func (c *Content) duration() *api.ExpectedContractDuration {
	return c.project().ExpectedContractDuration.Value
}

func (c *Content) marketing() *api.Marketing { return orEmpty(c.Marketing) }

func (c *Content) revenue() *api.SoftwareRevenue { return orEmpty(c.SoftwareRevenue) }

func (c *Content) lifeCycle() *api.LifeCycle { return orEmpty(c.LifeCycle) }

func (c *Content) stage() api.Stage { return api.Value(c.lifeCycle().Stage) }

func (c *Content) secret() bool { return api.Value(c.NationalSecurity) == api.NationalSecurityYes }

// orEmpty returns p, or a pointer to an empty value when p is nil.
func orEmpty[T any](p *T) *T {
	if p == nil {
		return new(T)
	}
	return p
}
