package search

import (
	"cmp"
	"fmt"
	"slices"

	"cosell/internal/api"
)

// Engagements describes SearchEngagements.
var Engagements = newTable(Table{
	Name: "SearchEngagements", Noun: "engagement", SQL: "engagement_search",
	Limits: Limits{Depth: 3, Leaves: 20}, AloneInList: true,
	Fields: []*Field{
		{Name: "EngagementId", From: "`Id`", Column: "id", Filterable: true, Sortable: true, Indexed: ColumnIndex},
		{Name: "Title", From: "`Title`", Column: "title", Folded: true, Filterable: true, Sortable: true, Indexed: TokenIndex},
		{Name: "PartnerId", From: "`CreatedBy`: the account that created the engagement", Column: "partner", Filterable: true, Sortable: true, Indexed: ColumnIndex},
		{Name: "CreatedAt", Kind: Date, From: "`CreatedAt`", Column: orderColumn, Filterable: true, Sortable: true, Indexed: ColumnIndex},
		{Name: "LastModifiedAt", Kind: Date, From: "`ModifiedAt`", Column: "modified_at", Filterable: true, Sortable: true, Indexed: ColumnIndex},
		{Name: "MemberCount", Kind: Long, From: "`MemberCount`", Column: "members", Filterable: true, Sortable: true},
		context("ProspectingCustomerGeo", "prospect_geo", "ProspectingResult.Aws.Customer.Geo"),
		context("ProspectingCustomerRegion", "prospect_region", "ProspectingResult.Aws.Customer.Region"),
		context("ProspectingCustomerIndustry", "prospect_industry", "ProspectingResult.Aws.Customer.Industry"),
		context("ProspectingCustomerSegment", "prospect_segment", "ProspectingResult.Aws.Customer.Segment"),
		context("ProspectingCustomerCountry", "prospect_country", "ProspectingResult.Aws.Customer.Country"),
		context("ProspectingCustomerCompanySize", "prospect_size", "ProspectingResult.Aws.Customer.CompanySize"),
		context("ProspectingInsightsMarketplaceEngagementScore", "prospect_score", "ProspectingResult.Aws.Insights.MarketplaceEngagementScore"),
		context("ProspectingInsightsSolutionCategory", "prospect_category", "ProspectingResult.Aws.Insights.SolutionCategory"),
		context("ProspectingInsightsSolutionSubCategory", "prospect_sub_category", "ProspectingResult.Aws.Insights.SolutionSubCategory"),
		context("LeadQualificationStatus", "lead_status", "Lead.QualificationStatus"),
		context("LeadReadinessScore", "lead_readiness", "Lead.Insights.LeadReadinessScore"),
		context("LeadCustomerIndustry", "lead_industry", "Lead.Customer.Industry"),
		context("LeadCustomerCountryCode", "lead_country", "Lead.Customer.Address.CountryCode"),
		context("LeadCustomerAwsMaturity", "lead_maturity", "Lead.Customer.AwsMaturity"),
		context("LeadCustomerMarketSegment", "lead_segment", "Lead.Customer.MarketSegment"),
		unsorted(interaction("LeadInteractionsSourceType", "lead_source_type", "SourceType")),
		folded(context("LeadCustomerCompanyName", "lead_company", "Lead.Customer.CompanyName")),
		folded(interaction("LeadInteractionsContactFirstName", "lead_first_name", "Contact.FirstName")),
		folded(interaction("LeadInteractionsContactLastName", "lead_last_name", "Contact.LastName")),
		interaction("LeadInteractionsUsecase", "lead_use_case", "Usecase"),
		unsorted(interaction("LeadInteractionsSourceName", "lead_source_name", "SourceName")),
		folded(interaction("LeadInteractionsContactBusinessTitle", "lead_business_title", "Contact.BusinessTitle")),
		unsorted(context("ContextType", "context_types", "Type")),
	},
})

// context is a field that each context may have.
func context(name, column, path string) *Field {
	return &Field{
		Name: name, Column: column, From: "each context's `" + path + "`", Several: true,
		Filterable: true, Sortable: true, Indexed: TokenIndex,
	}
}

// interaction is a field that each interaction of a lead may have; the latest
// comes first.
func interaction(name, column, path string) *Field {
	f := context(name, column, path)
	f.From = "each interaction's `" + path + "`, of each Lead context"
	return f
}

func folded(f *Field) *Field {
	f.Folded = true
	return f
}

func unsorted(f *Field) *Field {
	f.Sortable = false
	return f
}

// EngagementRecord is what the store has of an engagement.
type EngagementRecord struct {
	ID       string
	Document []byte
	Members  int64
	// Companies are the members' company names.
	Companies []string
}

type engagementDocument struct {
	CreatedBy             string
	Title, Description    *string
	CreatedAt, ModifiedAt api.Timestamp
	Contexts              []struct {
		Type    *string
		Payload struct {
			CustomerProject struct {
				Customer struct{ CompanyName *string }
			}
			CustomerAccount struct {
				Customer struct{ CompanyName *string }
			}
			Lead              leadDocument
			ProspectingResult struct {
				Aws struct {
					Customer struct {
						AccountName, Geo, Region, Industry, Segment, Country, CompanySize *string
					}
					Insights struct {
						MarketplaceEngagementScore, SolutionCategory, SolutionSubCategory *string
					}
				}
			}
		}
	}
}

type leadDocument struct {
	QualificationStatus *string
	Insights            struct{ LeadReadinessScore *string }
	Customer            struct {
		Industry, CompanyName, AwsMaturity, MarketSegment *string
		Address                                           struct{ CountryCode *string }
	}
	Interactions []interactionDocument
}

type interactionDocument struct {
	SourceType, SourceName, Usecase *string
	InteractionDate                 *api.Timestamp
	Contact                         struct{ FirstName, LastName, BusinessTitle *string }
}

// EngagementRow returns the row of an engagement, the same for all its members.
func EngagementRow(e *EngagementRecord) (*Row, error) {
	var d engagementDocument
	if err := api.Unmarshal(e.Document, &d); err != nil {
		return nil, fmt.Errorf("decode engagement: %w", err)
	}
	t := Engagements
	r := t.newRow(e.ID)
	r.At = int64(d.CreatedAt)
	t.setInt(r, "CreatedAt", r.At)
	t.setInt(r, "LastModifiedAt", int64(d.ModifiedAt))
	t.setInt(r, "MemberCount", e.Members)
	t.setTexts(r, "EngagementId", e.ID)
	t.setTexts(r, "Title", api.Value(d.Title))
	t.setTexts(r, "PartnerId", d.CreatedBy)
	r.Texts = append([]string{api.Value(d.Title), api.Value(d.Description)}, e.Companies...)

	texts := map[string][]string{}
	var interactions []interactionDocument
	for _, c := range d.Contexts {
		p := &c.Payload
		prospect, lead := &p.ProspectingResult.Aws, &p.Lead
		for name, text := range map[string]*string{
			"ContextType":                                   c.Type,
			"ProspectingCustomerGeo":                        prospect.Customer.Geo,
			"ProspectingCustomerRegion":                     prospect.Customer.Region,
			"ProspectingCustomerIndustry":                   prospect.Customer.Industry,
			"ProspectingCustomerSegment":                    prospect.Customer.Segment,
			"ProspectingCustomerCountry":                    prospect.Customer.Country,
			"ProspectingCustomerCompanySize":                prospect.Customer.CompanySize,
			"ProspectingInsightsMarketplaceEngagementScore": prospect.Insights.MarketplaceEngagementScore,
			"ProspectingInsightsSolutionCategory":           prospect.Insights.SolutionCategory,
			"ProspectingInsightsSolutionSubCategory":        prospect.Insights.SolutionSubCategory,
			"LeadQualificationStatus":                       lead.QualificationStatus,
			"LeadReadinessScore":                            lead.Insights.LeadReadinessScore,
			"LeadCustomerIndustry":                          lead.Customer.Industry,
			"LeadCustomerCountryCode":                       lead.Customer.Address.CountryCode,
			"LeadCustomerAwsMaturity":                       lead.Customer.AwsMaturity,
			"LeadCustomerMarketSegment":                     lead.Customer.MarketSegment,
			"LeadCustomerCompanyName":                       lead.Customer.CompanyName,
		} {
			if text != nil {
				texts[name] = append(texts[name], *text)
			}
		}
		interactions = append(interactions, lead.Interactions...)
		for _, company := range []*string{
			p.CustomerProject.Customer.CompanyName, p.CustomerAccount.Customer.CompanyName, lead.Customer.CompanyName, prospect.Customer.AccountName,
		} {
			if company != nil {
				r.Texts = append(r.Texts, *company)
			}
		}
	}
	for name, found := range texts {
		f := t.Field(name)
		for i := range found {
			found[i] = f.form(found[i])
		}
		t.setTexts(r, name, sorted(found)...)
	}
	t.setInteractions(r, interactions)
	return r, nil
}

// setInteractions gives a row what the interactions of its leads have, the latest
// first.
func (t *Table) setInteractions(r *Row, interactions []interactionDocument) {
	slices.SortStableFunc(interactions, func(x, y interactionDocument) int {
		return cmp.Compare(timeOf(y.InteractionDate), timeOf(x.InteractionDate))
	})
	texts := map[string][]string{}
	for _, i := range interactions {
		for name, text := range map[string]*string{
			"LeadInteractionsSourceType":           i.SourceType,
			"LeadInteractionsSourceName":           i.SourceName,
			"LeadInteractionsUsecase":              i.Usecase,
			"LeadInteractionsContactFirstName":     i.Contact.FirstName,
			"LeadInteractionsContactLastName":      i.Contact.LastName,
			"LeadInteractionsContactBusinessTitle": i.Contact.BusinessTitle,
		} {
			if text != nil {
				texts[name] = append(texts[name], *text)
			}
		}
	}
	for name, found := range texts {
		t.setTexts(r, name, found...)
	}
}

func timeOf(t *api.Timestamp) api.Timestamp {
	if t == nil {
		return -1 << 62
	}
	return *t
}

// CompanyName returns the company name in an account's profile; nil is an account
// without one.
func CompanyName(account string, profile []byte) (string, error) {
	p := struct {
		CompanyName string `json:"companyName"`
	}{DefaultCompanyName(account)}
	if len(profile) == 0 {
		return p.CompanyName, nil
	}
	if err := api.Unmarshal(profile, &p); err != nil {
		return "", fmt.Errorf("decode profile of %s: %w", account, err)
	}
	return p.CompanyName, nil
}

// DefaultCompanyName is the company name of an account without a profile.
func DefaultCompanyName(account string) string {
	if account == "aws" {
		return "AWS"
	}
	return "Partner " + account
}
