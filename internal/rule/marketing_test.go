package rule

import (
	"strings"

	"cosell/internal/api"
)

func marketed(m api.Marketing) func(e *Edit) {
	return creating(func(c *Content) { c.Marketing = &m })
}

func earned(revenue api.SoftwareRevenue) func(e *Edit) {
	return creating(func(c *Content) { c.SoftwareRevenue = &revenue })
}

var (
	noSource = new(api.MarketingSourceNone)
	activity = new(api.MarketingSourceMarketingActivity)
)

var marketingCases = []ruleCase{
	{"an update names the marketing source", "it does", updating(func(*Content) {}), nil},
	{"an update names the marketing source", "a creation need not", creating(func(c *Content) { c.Marketing = nil }), nil},
	{
		"an update names the marketing source", "no marketing at all", updating(func(c *Content) { c.Marketing = nil }),
		[]string{"marketing.source REQUIRED_FIELD_MISSING source is required"},
	},
	{
		"an update names the marketing source", "marketing without a source",
		updating(func(c *Content) { c.Marketing.Source = nil }),
		[]string{"marketing.source REQUIRED_FIELD_MISSING source is required"},
	},
	{"without marketing there are no details of it", "nothing", marketed(api.Marketing{Source: noSource}), nil},
	{
		"without marketing there are no details of it", "empty lists are nothing",
		marketed(api.Marketing{Source: noSource, UseCases: []string{}, Channels: []api.Channel{}}), nil,
	},
	{
		"without marketing there are no details of it", "all four",
		marketed(api.Marketing{
			Source: noSource, CampaignName: new("Spring"), UseCases: []string{"Databases"},
			Channels: []api.Channel{api.ChannelEmail}, AwsFundingUsed: new(api.AwsFundingUsedNo),
		}),
		[]string{
			"marketing.campaignName ACTION_NOT_PERMITTED campaignName must be left out when marketing.source is None",
			"marketing.useCases ACTION_NOT_PERMITTED useCases must be left out when marketing.source is None",
			"marketing.channels ACTION_NOT_PERMITTED channels must be left out when marketing.source is None",
			"marketing.awsFundingUsed ACTION_NOT_PERMITTED awsFundingUsed must be left out when marketing.source is None",
		},
	},
	{
		"a marketing activity states whether AWS funded it", "it did not",
		marketed(api.Marketing{Source: activity, AwsFundingUsed: new(api.AwsFundingUsedNo)}), nil,
	},
	{
		"a marketing activity states whether AWS funded it", "unsaid", marketed(api.Marketing{Source: activity}),
		[]string{"marketing.awsFundingUsed REQUIRED_FIELD_MISSING awsFundingUsed is required when marketing.source is Marketing Activity"},
	},
	{
		"without AWS funding there are no marketing use cases", "none",
		marketed(api.Marketing{Source: activity, AwsFundingUsed: new(api.AwsFundingUsedNo), UseCases: []string{}}), nil,
	},
	{
		"without AWS funding there are no marketing use cases", "with it there are",
		marketed(api.Marketing{Source: activity, AwsFundingUsed: new(api.AwsFundingUsedYes), UseCases: []string{"Databases"}}), nil,
	},
	{
		"without AWS funding there are no marketing use cases", "without",
		marketed(api.Marketing{Source: activity, AwsFundingUsed: new(api.AwsFundingUsedNo), UseCases: []string{"Databases"}}),
		[]string{"marketing.useCases ACTION_NOT_PERMITTED useCases must be left out when awsFundingUsed is No"},
	},
	{
		"marketing use cases are in the list", "listed",
		creating(func(c *Content) { c.Marketing.UseCases = []string{"AI/ML", "VR & AR"} }), nil,
	},
	{
		"marketing use cases are in the list", "the second is not",
		creating(func(c *Content) { c.Marketing.UseCases = []string{"AI/ML", "Gardening"} }),
		[]string{"marketing.useCases[1] INVALID_ENUM_VALUE useCases must be one of: " + strings.Join(marketingUseCases, "; ")},
	},
	{"software revenue has a delivery model", "nothing is no revenue", earned(api.SoftwareRevenue{}), nil},
	{"software revenue has a delivery model", "it has", earned(api.SoftwareRevenue{DeliveryModel: new(api.RevenueModelContract)}), nil},
	{
		"software revenue has a delivery model", "a date without", earned(api.SoftwareRevenue{EffectiveDate: new("2026-04-01")}),
		[]string{"softwareRevenue.deliveryModel REQUIRED_FIELD_MISSING Delivery Model is required."},
	},
	{
		"a contract ends after it starts", "on the same day",
		creating(func(c *Content) { c.SoftwareRevenue.ExpirationDate = new("2026-04-01") }), nil,
	},
	{
		"a contract ends after it starts", "the day before",
		creating(func(c *Content) { c.SoftwareRevenue.ExpirationDate = new("2026-03-31") }),
		[]string{"softwareRevenue.expirationDate INVALID_VALUE Contract end date cannot be earlier than contract start date."},
	},
}
