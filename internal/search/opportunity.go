package search

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cosell/internal/api"
)

// Opportunities describes SearchOpportunities.
var Opportunities = newTable(Table{
	Name: "SearchOpportunities", Noun: "opportunity", SQL: "opportunity_search",
	Limits: Limits{Depth: 3, Leaves: 20}, AloneInList: true,
	Extra: []string{"currency", "amount"}, // of EstimatedMrr, as it is written
	Fields: []*Field{
		{Name: "OpportunityId", From: "`Id`", Column: "id", Filterable: true, Sortable: true, Indexed: ColumnIndex},
		{
			Name: "Stage", From: "`LifeCycle.Stage`", Column: "stage", Values: names(api.Stage("").Values()),
			Filterable: true, Sortable: true, Indexed: ColumnIndex,
		},
		{
			Name: "ReviewStatus", From: "`LifeCycle.ReviewStatus`", Column: "review_status", Values: names(api.ReviewStatus("").Values()),
			Filterable: true, Sortable: true, Indexed: ColumnIndex,
		},
		{
			Name: "CustomerCompanyName", From: "`Customer.Account.CompanyName`", Column: "company", Folded: true,
			Filterable: true, Sortable: true, Indexed: ColumnIndex,
		},
		{Name: "LastModifiedDate", Kind: Date, From: "`LastModifiedDate`", Column: orderColumn, Filterable: true, Sortable: true, Indexed: ColumnIndex},
		{
			Name: "TargetCloseDate", Kind: Date, From: "`LifeCycle.TargetCloseDate`, the day at 00:00 UTC", Column: "target_close_at",
			Filterable: true, Sortable: true, Indexed: ColumnIndex,
		},
		{
			Name: "CreatedDate", Kind: Date, From: "`CreatedDate`", Column: "created_at",
			Filterable: true, Sortable: true, Indexed: ColumnIndex, ByDay: true,
		},
		{
			Name: "CountryCode", From: "`Customer.Account.Address.CountryCode`", Column: "country", Values: names(api.CountryCode("").Values()),
			Filterable: true, Sortable: true, Indexed: ColumnIndex,
		},
		{
			Name: "PartnerProjectTitle", From: "`Project.Title`", Column: "title", Folded: true,
			Filterable: true, Sortable: true, Indexed: TokenIndex,
		},
		{
			Name: "OpportunityType", From: "`OpportunityType`", Column: "opportunity_type", Values: names(api.OpportunityType("").Values()),
			Filterable: true, Sortable: true, Indexed: ColumnIndex,
		},
		{
			Name: "PartnerOpportunityIdentifier", From: "`PartnerOpportunityIdentifier`", Column: "partner_identifier",
			Filterable: true, Sortable: true, Indexed: ColumnIndex,
		},
		{
			Name: "Industry", From: "`Customer.Account.Industry`", Column: "industry", Values: names(api.Industry("").Values()),
			Filterable: true, Sortable: true, Indexed: ColumnIndex,
		},
		{
			Name: "AwsAccountId", From: "`Customer.Account.AwsAccountId`", Column: "aws_account",
			Filterable: true, Sortable: true, Indexed: ColumnIndex,
		},
		{
			Name: "ApnPrograms", From: "`Project.ApnPrograms`", Column: "apn_programs", Several: true,
			Filterable: true, Sortable: true, Indexed: TokenIndex,
		},
		{
			Name: "Origin", From: "AWS's side: `Origin`", Column: "origin", Values: names(api.OpportunityOrigin("").Values()),
			Filterable: true, Sortable: true, Indexed: ColumnIndex,
		},
		{
			Name: "Tags", From: "the opportunity's tags, each as `key` and as `key=value`", Column: "tags", Several: true,
			Filterable: true, Sortable: true, Indexed: TokenIndex,
		},
		{
			Name: "NextStep", From: "`LifeCycle.NextSteps`", Column: "next_step", Folded: true,
			Filterable: true, Sortable: true, Indexed: TokenIndex,
		},
		{
			Name: "OfferId", From: "`RelatedEntityIdentifiers.AwsMarketplaceOffers`, each as ARN and as what follows its last slash", Column: "offers",
			Several: true, Filterable: true, Sortable: true, Indexed: TokenIndex,
		},
		{
			Name: "OfferSetId", From: "`RelatedEntityIdentifiers.AwsMarketplaceOfferSets`, likewise", Column: "offer_sets",
			Several: true, Filterable: true, Sortable: true, Indexed: TokenIndex,
		},
		{
			Name: "AwsMarketplaceSolution", From: "`RelatedEntityIdentifiers.AwsMarketplaceSolutions`, likewise", Column: "solutions",
			Several: true, Filterable: true, Indexed: TokenIndex,
		},
		{Name: "CosellMotion", From: "AWS's side: `CosellMotion`", Column: "cosell_motion", Filterable: true, Sortable: true, Indexed: ColumnIndex},
		{
			Name: "OpportunityOwner", From: "the owner in `OpportunityTeam`: the full name, and the e-mail address", Column: "owner",
			Several: true, Folded: true, Filterable: true, Sortable: true, Indexed: TokenIndex,
		},
		{
			Name: "EstimatedMrr", Kind: Double, From: "the amount of the first entry of `Project.ExpectedCustomerSpend` for AWS, in whatever currency",
			Column: "estimated_mrr", Filterable: true, Sortable: true, Indexed: ColumnIndex,
		},
		{
			Name: "EngagementScore", From: "AWS's side: `Insights.EngagementScore`", Column: "engagement_score",
			Values: scores, Ranks: scores, Filterable: true, Sortable: true, Indexed: ColumnIndex,
		},
	},
})

// scores are the values of scores, the lowest first.
var scores = []string{"Low", "Medium", "High"}

func names[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// OpportunityRecord is what the store has of an opportunity.
type OpportunityRecord struct {
	ID       string
	Document []byte
	Tags     []api.Tag
	AwsSide  []byte // nil where there is none
	Origin   string // as stored; empty is the partner's
}

// opportunityDocument is what a search knows of the document.
type opportunityDocument struct {
	PartnerOpportunityIdentifier *string
	OpportunityType              *string
	CreatedDate                  api.Timestamp
	LastModifiedDate             api.Timestamp
	LifeCycle                    struct {
		Stage, ReviewStatus, NextSteps, TargetCloseDate *string
	}
	Customer struct {
		Account struct {
			CompanyName, Industry, AwsAccountId *string
			Address                             struct{ CountryCode *string }
		}
	}
	Project struct {
		Title                 *string
		ApnPrograms           []string
		ExpectedCustomerSpend []struct{ Amount, CurrencyCode, TargetCompany *string }
	}
	RelatedEntityIdentifiers struct {
		AwsMarketplaceOffers, AwsMarketplaceOfferSets, AwsMarketplaceSolutions []string
	}
	OpportunityTeam []struct{ FirstName, LastName, Email, BusinessTitle *string }
}

// awsSideDocument is what a search knows of AWS's side.
type awsSideDocument struct {
	CosellMotion *string
	Insights     struct{ EngagementScore *string }
}

// OpportunityRow returns the row of an opportunity.
func OpportunityRow(o *OpportunityRecord) (*Row, error) {
	var d opportunityDocument
	if err := api.Unmarshal(o.Document, &d); err != nil {
		return nil, fmt.Errorf("decode opportunity: %w", err)
	}
	t := Opportunities
	r := t.newRow(o.ID)
	r.At = int64(d.LastModifiedDate)
	account := &d.Customer.Account
	t.setInt(r, "LastModifiedDate", r.At)
	t.setInt(r, "CreatedDate", int64(d.CreatedDate))
	if at, ok := moment(api.Value(d.LifeCycle.TargetCloseDate)); ok {
		t.setInt(r, "TargetCloseDate", at)
	}
	for name, text := range map[string]*string{
		"OpportunityId": &o.ID, "Stage": d.LifeCycle.Stage, "ReviewStatus": d.LifeCycle.ReviewStatus,
		"CustomerCompanyName": account.CompanyName, "CountryCode": account.Address.CountryCode,
		"PartnerProjectTitle": d.Project.Title, "OpportunityType": d.OpportunityType,
		"PartnerOpportunityIdentifier": d.PartnerOpportunityIdentifier, "Industry": account.Industry,
		"AwsAccountId": account.AwsAccountId, "NextStep": d.LifeCycle.NextSteps,
	} {
		t.setTexts(r, name, api.Value(text))
	}
	t.setTexts(r, "ApnPrograms", sorted(d.Project.ApnPrograms)...)
	t.setTexts(r, "Tags", tagTexts(o.Tags)...)
	t.setTexts(r, "OfferId", identifiers(d.RelatedEntityIdentifiers.AwsMarketplaceOffers)...)
	t.setTexts(r, "OfferSetId", identifiers(d.RelatedEntityIdentifiers.AwsMarketplaceOfferSets)...)
	t.setTexts(r, "AwsMarketplaceSolution", identifiers(d.RelatedEntityIdentifiers.AwsMarketplaceSolutions)...)
	currency, amount := d.estimatedMrr()
	if number, err := strconv.ParseFloat(amount, 64); err == nil {
		t.setFloat(r, "EstimatedMrr", number)
	}
	r.Extra = []string{Clean(currency), Clean(amount)}
	r.Texts = []string{
		o.ID, api.Value(d.PartnerOpportunityIdentifier), api.Value(d.Project.Title), api.Value(account.CompanyName), api.Value(d.LifeCycle.NextSteps),
	}
	for _, member := range d.OpportunityTeam {
		name := strings.TrimSpace(api.Value(member.FirstName) + " " + api.Value(member.LastName))
		r.Texts = append(r.Texts, name)
		if api.Value(member.BusinessTitle) == "OpportunityOwner" && !r.Value(t.Field("OpportunityOwner")).Exists {
			t.setTexts(r, "OpportunityOwner", name, api.Value(member.Email))
		}
	}
	if o.AwsSide == nil {
		return r, nil
	}
	var side awsSideDocument
	if err := api.Unmarshal(o.AwsSide, &side); err != nil {
		return nil, fmt.Errorf("decode AWS's side: %w", err)
	}
	origin := o.Origin
	if origin == "" {
		origin = string(api.OpportunityOriginPartnerReferral)
	}
	t.setTexts(r, "Origin", origin)
	t.setTexts(r, "CosellMotion", api.Value(side.CosellMotion))
	t.setTexts(r, "EngagementScore", api.Value(side.Insights.EngagementScore))
	return r, nil
}

// estimatedMrr is the amount of the first expected spend with AWS.
func (d *opportunityDocument) estimatedMrr() (currency, amount string) {
	for _, spend := range d.Project.ExpectedCustomerSpend {
		if api.Value(spend.TargetCompany) == "AWS" {
			return api.Value(spend.CurrencyCode), api.Value(spend.Amount)
		}
	}
	return "", ""
}

// tagTexts are the texts by which tags are found, the smallest first.
func tagTexts(tags []api.Tag) []string {
	var texts []string
	for _, tag := range tags {
		texts = append(texts, api.Value(tag.Key), api.Value(tag.Key)+"="+api.Value(tag.Value))
	}
	return sorted(texts)
}

// identifiers returns ARNs and what follows the last slash of each, the smallest
// first.
func identifiers(arns []string) []string {
	var texts []string
	for _, arn := range arns {
		texts = append(texts, arn)
		if i := strings.LastIndexByte(arn, '/'); i >= 0 {
			texts = append(texts, arn[i+1:])
		}
	}
	return sorted(texts)
}

// sorted returns each text once, the smallest first.
func sorted(texts []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(texts)))
}
