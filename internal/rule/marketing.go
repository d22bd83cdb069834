package rule

import (
	"fmt"
	"slices"
	"strings"

	"cosell/internal/api"
)

const (
	fieldSource          = "marketing.source"
	fieldFunding         = "marketing.awsFundingUsed"
	fieldMarketingUses   = "marketing.useCases"
	fieldRevenueDelivery = "softwareRevenue.deliveryModel"
	fieldEffectiveDate   = "softwareRevenue.effectiveDate"
	fieldExpirationDate  = "softwareRevenue.expirationDate"
)

var marketingRules = []rule{
	// At creation Normalize gives the default; an update must say.
	{"an update names the marketing source", func(e *Edit, f *Findings) {
		if e.After.marketing().Source == nil {
			f.Missing(fieldSource, "source is required")
		}
	}},
	{"without marketing there are no details of it", func(e *Edit, f *Findings) {
		m := e.After.marketing()
		if api.Value(m.Source) != api.MarketingSourceNone {
			return
		}
		for _, detail := range []struct {
			name  string
			given bool
		}{
			{"campaignName", api.Value(m.CampaignName) != ""},
			{"useCases", len(m.UseCases) > 0},
			{"channels", len(m.Channels) > 0},
			{"awsFundingUsed", m.AwsFundingUsed != nil},
		} {
			if detail.given {
				f.NotPermitted("marketing."+detail.name, detail.name+" must be left out when marketing.source is None")
			}
		}
	}},
	{"a marketing activity states whether AWS funded it", func(e *Edit, f *Findings) {
		m := e.After.marketing()
		if api.Value(m.Source) == api.MarketingSourceMarketingActivity && m.AwsFundingUsed == nil {
			f.Missing(fieldFunding, "awsFundingUsed is required when marketing.source is Marketing Activity")
		}
	}},
	{"without AWS funding there are no marketing use cases", func(e *Edit, f *Findings) {
		m := e.After.marketing()
		if api.Value(m.Source) != api.MarketingSourceNone && api.Value(m.AwsFundingUsed) == api.AwsFundingUsedNo && len(m.UseCases) > 0 {
			f.NotPermitted(fieldMarketingUses, "useCases must be left out when awsFundingUsed is No")
		}
	}},
	{"marketing use cases are in the list", func(e *Edit, f *Findings) {
		for i, useCase := range e.After.marketing().UseCases {
			if !slices.Contains(marketingUseCases, useCase) {
				f.InvalidEnum(fmt.Sprintf("%s[%d]", fieldMarketingUses, i), "useCases must be one of: "+strings.Join(marketingUseCases, "; "))
			}
		}
	}},
	{"software revenue has a delivery model", func(e *Edit, f *Findings) {
		if e.After.SoftwareRevenue != nil && e.After.SoftwareRevenue.DeliveryModel == nil {
			f.Missing(fieldRevenueDelivery, "Delivery Model is required.")
		}
	}},
	{"a contract ends after it starts", func(e *Edit, f *Findings) {
		start, end := api.Value(e.After.revenue().EffectiveDate), api.Value(e.After.revenue().ExpirationDate)
		if IsDate(start) && IsDate(end) && end < start {
			f.InvalidValue(fieldExpirationDate, "Contract end date cannot be earlier than contract start date.")
		}
	}},
}

// marketingUseCases are the values of Marketing.UseCases, plain strings in the
// model.
var marketingUseCases = []string{
	"AI/ML", "Analytics", "Application Integration", "Blockchain", "Business Applications",
	"Cloud Financial Management", "Compute", "Containers", "Customer Engagement", "Databases", "Developer Tools",
	"End User Computing", "Front End Web & Mobile", "Game Tech", "IoT", "Management & Governance", "Media Services",
	"Migration & Transfer", "Networking & Content Delivery", "Quantum Technologies", "Robotics", "Satellite",
	"Security", "Serverless", "Storage", "VR & AR",
}
