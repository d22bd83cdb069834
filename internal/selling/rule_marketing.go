package selling

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
	// At creation settle gives the default; an update must say.
	{"an update names the marketing source", func(r *review, f *findings) {
		if r.after.marketing().Source == nil {
			f.missing(fieldSource, "source is required")
		}
	}},
	{"without marketing there are no details of it", func(r *review, f *findings) {
		m := r.after.marketing()
		if value(m.Source) != api.MarketingSourceNone {
			return
		}
		for _, detail := range []struct {
			name  string
			given bool
		}{
			{"campaignName", value(m.CampaignName) != ""},
			{"useCases", len(m.UseCases) > 0},
			{"channels", len(m.Channels) > 0},
			{"awsFundingUsed", m.AwsFundingUsed != nil},
		} {
			if detail.given {
				f.notPermitted("marketing."+detail.name, detail.name+" must be left out when marketing.source is None")
			}
		}
	}},
	{"a marketing activity says whether AWS funded it", func(r *review, f *findings) {
		m := r.after.marketing()
		if value(m.Source) == api.MarketingSourceMarketingActivity && m.AwsFundingUsed == nil {
			f.missing(fieldFunding, "awsFundingUsed is required when marketing.source is Marketing Activity")
		}
	}},
	{"without AWS funding there are no marketing use cases", func(r *review, f *findings) {
		m := r.after.marketing()
		if value(m.Source) != api.MarketingSourceNone && value(m.AwsFundingUsed) == api.AwsFundingUsedNo && len(m.UseCases) > 0 {
			f.notPermitted(fieldMarketingUses, "useCases must be left out when awsFundingUsed is No")
		}
	}},
	{"marketing use cases are of the list", func(r *review, f *findings) {
		for i, useCase := range r.after.marketing().UseCases {
			if !slices.Contains(marketingUseCases, useCase) {
				f.enum(fmt.Sprintf("%s[%d]", fieldMarketingUses, i), "useCases must be of: "+strings.Join(marketingUseCases, "; "))
			}
		}
	}},
	{"software revenue has a delivery model", func(r *review, f *findings) {
		if r.after.SoftwareRevenue != nil && r.after.SoftwareRevenue.DeliveryModel == nil {
			f.missing(fieldRevenueDelivery, "Delivery Model is required.")
		}
	}},
	{"a contract ends after it starts", func(r *review, f *findings) {
		start, end := value(r.after.revenue().EffectiveDate), value(r.after.revenue().ExpirationDate)
		if isDate(start) && isDate(end) && end < start {
			f.value(fieldExpirationDate, "Contract end date cannot be earlier than contract start date.")
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
