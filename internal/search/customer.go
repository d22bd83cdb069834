package search

import (
	"fmt"

	"cosell/internal/api"
)

// Customers describes SearchCustomerAccounts and GetCustomerAccountStatistics.
var Customers = newTable(Table{
	Name: "SearchCustomerAccounts", Noun: "customer account", SQL: "customer_search",
	Limits: Limits{Depth: 10, Leaves: 100},
	Fields: []*Field{
		grouped("ENRICHMENT_STATUS", "status", "`EnrichmentStatus`"),
		{
			Name: "COMPANY_NAME", From: "`Account.CompanyName`", Column: "company", Folded: true,
			Filterable: true, Sortable: true, Indexed: ColumnIndex,
		},
		grouped("AWS_INDUSTRY", "industry", "`AwsEnrichment.Customer.Industry`"),
		grouped("ACCOUNT_PLANNING_QUALIFICATION", "qualification", "`AwsEnrichment.Customer.CustomerAccountPlanningQualification`"),
		{
			Name: "PROGRAM_ELIGIBILITY", From: "`AwsEnrichment.Customer.EligiblePrograms`", Column: "programs", Several: true, Whole: true,
			Filterable: true, Grouped: true, Indexed: TokenIndex,
		},
		{Name: "IMPORT_ID", From: "the bulk job that created the account", Column: "import", Whole: true, Filterable: true, Indexed: ColumnIndex},
		{Name: "CREATED_DATE", Kind: Date, From: "`CreatedDate`", Column: "created_at", Filterable: true, Sortable: true, Indexed: ColumnIndex},
		{Name: "LAST_MODIFIED_DATE", Kind: Date, From: "`LastModifiedDate`", Column: orderColumn, Filterable: true, Sortable: true, Indexed: ColumnIndex},
		grouped("GEO", "geo", "`AwsEnrichment.Customer.Geo`"),
		grouped("COUNTRY", "country", "`AwsEnrichment.Customer.Country`"),
		grouped("SEGMENT", "segment", "`AwsEnrichment.Customer.Segment`"),
		grouped("SOLUTION_CATEGORY", "category", "`AwsEnrichment.Insights.SolutionCategory`"),
		score("MARKETPLACE_ENGAGEMENT_SCORE", "score", "`AwsEnrichment.Insights.MarketplaceEngagementScore`"),
		score("SOLUTION_SCORE", "solution_score", "`AwsEnrichment.Insights.SolutionScore`"),
		unfiltered(grouped("REGION", "region", "`AwsEnrichment.Customer.Region`")),
	},
})

func grouped(name, column, from string) *Field {
	return &Field{Name: name, Column: column, From: from, Whole: true, Filterable: true, Grouped: true, Indexed: ColumnIndex}
}

func score(name, column, from string) *Field {
	f := grouped(name, column, from)
	f.Ranks, f.Sortable = scores, true
	return f
}

func unfiltered(f *Field) *Field {
	f.Filterable, f.Indexed = false, NoIndex
	return f
}

type customerDocument struct {
	EnrichmentStatus string
	ImportId         *string
	CreatedDate      api.Timestamp
	LastModifiedDate api.Timestamp
	Account          struct{ CompanyName *string }
	AwsEnrichment    struct {
		Customer struct {
			Industry, Segment, Region, Geo, Country, CustomerAccountPlanningQualification *string
			EligiblePrograms                                                              []string
		}
		Insights struct{ MarketplaceEngagementScore, SolutionScore, SolutionCategory *string }
	}
}

// CustomerRow returns the row of a customer account.
func CustomerRow(id string, document []byte) (*Row, error) {
	var d customerDocument
	if err := api.Unmarshal(document, &d); err != nil {
		return nil, fmt.Errorf("decode customer account: %w", err)
	}
	t := Customers
	r := t.newRow(id)
	r.At = int64(d.LastModifiedDate)
	t.setInt(r, "LAST_MODIFIED_DATE", r.At)
	t.setInt(r, "CREATED_DATE", int64(d.CreatedDate))
	customer, insights := &d.AwsEnrichment.Customer, &d.AwsEnrichment.Insights
	for name, text := range map[string]*string{
		"ENRICHMENT_STATUS": &d.EnrichmentStatus, "COMPANY_NAME": d.Account.CompanyName, "IMPORT_ID": d.ImportId,
		"AWS_INDUSTRY": customer.Industry, "SEGMENT": customer.Segment, "REGION": customer.Region, "GEO": customer.Geo,
		"COUNTRY": customer.Country, "ACCOUNT_PLANNING_QUALIFICATION": customer.CustomerAccountPlanningQualification,
		"MARKETPLACE_ENGAGEMENT_SCORE": insights.MarketplaceEngagementScore, "SOLUTION_SCORE": insights.SolutionScore,
		"SOLUTION_CATEGORY": insights.SolutionCategory,
	} {
		t.setTexts(r, name, api.Value(text))
	}
	t.setTexts(r, "PROGRAM_ELIGIBILITY", sorted(customer.EligiblePrograms)...)
	return r, nil
}
