package rule

import "cosell/internal/api"

func linked(edit func(related *api.RelatedEntityIdentifiers)) func(e *Edit) {
	return func(e *Edit) {
		updating(func(c *Content) { c.LifeCycle.Stage = new(api.StageCommitted) })(e)
		e.Related = new(api.RelatedEntityIdentifiers)
		edit(e.Related)
	}
}

var lifeCycleCases = []ruleCase{
	{
		"an opportunity is created in an open stage", "Committed is open",
		creating(func(c *Content) { c.LifeCycle.Stage = new(api.StageCommitted) }), nil,
	},
	{
		"an opportunity is created in an open stage", "the default stage is open",
		creating(func(c *Content) { c.LifeCycle = nil }), nil,
	},
	{
		"an opportunity is created in an open stage", "Closed Lost at creation",
		creating(func(c *Content) { c.LifeCycle.Stage = new(api.StageClosedLost) }),
		[]string{"lifeCycle.stage ACTION_NOT_PERMITTED An opportunity cannot be created as Closed Lost; " +
			"create it in an open stage and move it once it is approved"},
	},
	{
		"an opportunity is created in an open stage", "Launched at creation",
		creating(func(c *Content) { c.LifeCycle.Stage = new(api.StageLaunched) }),
		[]string{"lifeCycle.stage ACTION_NOT_PERMITTED An opportunity cannot be created as Launched; " +
			"create it in an open stage and move it once it is approved"},
	},
	{
		"an opportunity is created in an open stage", "an update may close",
		updating(func(c *Content) { c.LifeCycle.Stage = new(api.StageClosedLost) }), nil,
	},
	{"an update names the stage", "at creation the default is taken", creating(func(c *Content) { c.LifeCycle = nil }), nil},
	{"an update names the stage", "it does", updating(func(*Content) {}), nil},
	{
		"an update names the stage", "it does not", updating(func(c *Content) { c.LifeCycle.Stage = nil }),
		[]string{"lifeCycle.stage REQUIRED_FIELD_MISSING stage is required"},
	},
	{
		"an update names the stage", "there is no life cycle", updating(func(c *Content) { c.LifeCycle = nil }),
		[]string{"lifeCycle.stage REQUIRED_FIELD_MISSING stage is required"},
	},
	{
		"a lost opportunity has a reason", "with a reason",
		updating(func(c *Content) {
			c.LifeCycle.Stage, c.LifeCycle.ClosedLostReason = new(api.StageClosedLost), new(api.ClosedLostReasonPrice)
		}), nil,
	},
	{
		"a lost opportunity has a reason", "without",
		updating(func(c *Content) { c.LifeCycle.Stage = new(api.StageClosedLost) }),
		[]string{"lifeCycle.closedLostReason REQUIRED_FIELD_MISSING Closed Lost Reason is required when closing the opportunity"},
	},
	{"only a lost opportunity has a reason", "an open one has none", creating(func(*Content) {}), nil},
	{
		"only a lost opportunity has a reason", "an open one with a reason",
		creating(func(c *Content) { c.LifeCycle.ClosedLostReason = new(api.ClosedLostReasonPrice) }),
		[]string{"lifeCycle.closedLostReason INVALID_VALUE Closed Lost Reason is not acceptable until Opportunity has been 'Closed Lost'."},
	},
	{
		"a commitment has a linked solution", "a solution",
		linked(func(related *api.RelatedEntityIdentifiers) { related.Solutions = []string{"S-1234567"} }), nil,
	},
	{
		"a commitment has a linked solution", "an AWS Marketplace solution",
		linked(func(related *api.RelatedEntityIdentifiers) { related.AwsMarketplaceSolutions = []string{"soln-1"} }), nil,
	},
	{
		"a commitment has a linked solution", "an AWS Marketplace product",
		linked(func(related *api.RelatedEntityIdentifiers) { related.AwsMarketplaceProducts = []string{"prod-1"} }), nil,
	},
	{
		"a commitment has a linked solution", "a draft may name the stage",
		creating(func(c *Content) { c.LifeCycle.Stage = new(api.StageCommitted) }), nil,
	},
	{
		"a commitment has a linked solution", "AWS products alone",
		linked(func(related *api.RelatedEntityIdentifiers) { related.AwsProducts = []string{"AWSLambda"} }),
		[]string{"relatedEntityIdentifiers.solutions REQUIRED_FIELD_MISSING " + messageSolution},
	},
	{
		"a commitment has a linked solution", "a description is not enough to launch",
		updating(func(c *Content) { c.LifeCycle.Stage = new(api.StageLaunched) }),
		[]string{"relatedEntityIdentifiers.solutions REQUIRED_FIELD_MISSING " + messageSolution},
	},
	{
		"dates are valid", "the leap day of a leap year",
		creating(func(c *Content) { c.LifeCycle.TargetCloseDate = new("2028-02-29") }), nil,
	},
	{
		"dates are valid", "three days that no month has",
		creating(func(c *Content) {
			c.LifeCycle.TargetCloseDate = new("2027-02-29")
			c.SoftwareRevenue.EffectiveDate, c.SoftwareRevenue.ExpirationDate = new("2026-04-31"), new("2027-06-31")
		}),
		[]string{
			"lifeCycle.targetCloseDate INVALID_VALUE targetCloseDate must be a valid date in YYYY-MM-DD format",
			"softwareRevenue.effectiveDate INVALID_VALUE effectiveDate must be a valid date in YYYY-MM-DD format",
			"softwareRevenue.expirationDate INVALID_VALUE expirationDate must be a valid date in YYYY-MM-DD format",
		},
	},
	{
		"the close date is in the future", "tomorrow",
		creating(func(c *Content) { c.LifeCycle.TargetCloseDate = new("2026-03-10") }), nil,
	},
	{
		"the close date is in the future", "an unchanged one may have passed",
		func(e *Edit) {
			updating(func(c *Content) { c.LifeCycle.TargetCloseDate = new("2026-01-01") })(e)
			e.Before.LifeCycle.TargetCloseDate = new("2026-01-01")
		}, nil,
	},
	{
		"the close date is in the future", "today",
		creating(func(c *Content) { c.LifeCycle.TargetCloseDate = new(today) }),
		[]string{"lifeCycle.targetCloseDate INVALID_VALUE Invalid Data: Target Close Date should be a future date; today is 2026-03-09 on the business clock"},
	},
	{
		"the close date is in the future", "changed to the past",
		updating(func(c *Content) { c.LifeCycle.TargetCloseDate = new("2026-03-08") }),
		[]string{"lifeCycle.targetCloseDate INVALID_VALUE Invalid Data: Target Close Date should be a future date; today is 2026-03-09 on the business clock"},
	},
}
