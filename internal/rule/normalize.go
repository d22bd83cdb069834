package rule

import (
	"cosell/internal/api"
)

// Normalize brings a request into the form in which it is checked, compared and
// stored: a creation gets the defaults, an update (before is not nil) gets what it
// keeps although it leaves it out. It changes c, never before, and is idempotent. A
// nil estimator resolves no links.
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

// simplify gives equal content one form: an empty list or structure becomes an absent
// one, and a national security customer without a country gets the United States.
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
