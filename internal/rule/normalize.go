package rule

import (
	"cosell/internal/api"
)

// Normalize brings what was sent into the form in which it is judged, compared and
// stored: at creation with the defaults, at an update (before is not nil) with
// what an update keeps although it leaves it out. It writes into c, never into
// before, and settling twice is settling once. A nil estimator is offline.
func (c *Content) Normalize(before *Content, estimator Estimator) {
	if before == nil {
		c.setDefaults()
	} else {
		c.inherit(before)
	}
	c.simplify()
	c.applyEstimates(before, estimator)
	c.deriveSpend()
}

// setDefaults fills what a creation leaves out (docs/behavior/opportunities.md#defaults).
func (c *Content) setDefaults() {
	if c.OpportunityType == nil {
		c.OpportunityType = new(api.OpportunityTypeNetNewBusiness)
	}
	if c.NationalSecurity == nil {
		c.NationalSecurity = new(api.NationalSecurityNo)
	}
	c.Marketing = orEmpty(c.Marketing)
	if c.Marketing.Source == nil {
		c.Marketing.Source = new(api.MarketingSourceNone)
	}
	c.LifeCycle = orEmpty(c.LifeCycle)
	if c.LifeCycle.Stage == nil {
		c.LifeCycle.Stage = new(api.StageProspect)
	}
}

// inherit keeps what an update cannot take away by leaving it out: the national
// security mark, which is fixed, and the contract value, which only an explicit
// null clears.
func (c *Content) inherit(before *Content) {
	if c.NationalSecurity == nil {
		c.NationalSecurity = before.NationalSecurity
	}
	c.LifeCycle = orEmpty(c.LifeCycle)
	c.inheritContract(before)
}

// simplify writes equal things alike: an empty list or structure is an absent
// one, and an opportunity of national security is in the United States unless
// it says otherwise.
func (c *Content) simplify() {
	c.PrimaryNeedsFromAws = orAbsent(c.PrimaryNeedsFromAws)
	if c.SoftwareRevenue != nil && *c.SoftwareRevenue == (api.SoftwareRevenue{}) {
		c.SoftwareRevenue = nil
	}
	if m := c.Marketing; m != nil {
		m.UseCases, m.Channels = orAbsent(m.UseCases), orAbsent(m.Channels)
	}
	if p := c.Project; p != nil {
		p.DeliveryModels, p.SalesActivities = orAbsent(p.DeliveryModels), orAbsent(p.SalesActivities)
		p.ApnPrograms = orAbsent(p.ApnPrograms)
		forceTargets(p)
	}
	if c.secret() && c.Customer != nil && c.Customer.Account != nil {
		a := c.Customer.Account
		a.Address = orEmpty(a.Address)
		if a.Address.CountryCode == nil {
			a.Address.CountryCode = new(api.CountryCodeUS)
		}
	}
}

func orAbsent[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}
