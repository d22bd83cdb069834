package customer

import (
	"cmp"
	"slices"

	"cosell/internal/api"
	"cosell/internal/operation"
	"cosell/internal/search"
	"cosell/internal/store"
)

// Searches are the operations that search, with the kind of record that each finds.
var Searches = map[string]store.SearchKind{
	"GetCustomerAccountStatistics": store.SearchCustomer,
	"SearchCustomerAccounts":       store.SearchCustomer,
}

// SearchCustomerAccounts returns a page of the caller's customer accounts that a filter
// finds, the last modified first unless a sort says otherwise
// (docs/behavior/searching.md).
func (c *Call) SearchCustomerAccounts(in *api.SearchCustomerAccountsRequest) (*api.SearchCustomerAccountsResponse, error) {
	page, err := c.Page("SearchCustomerAccounts", in, 20)
	if err != nil {
		return nil, err
	}
	q, err := operation.NewSearch(search.Customers, *in.Catalog, nil, in.Filter)
	if err != nil {
		return nil, err
	}
	if in.Sort != nil {
		operation.SortSearch(q, string(*in.Sort.SortBy), in.Sort.SortOrder)
	}
	found, next, err := c.Search(page, q)
	if err != nil {
		return nil, err
	}
	out := &api.SearchCustomerAccountsResponse{CustomerAccountSummaries: []api.CustomerAccountSummary{}, NextToken: next}
	for _, p := range found {
		a, err := c.read(store.CustomerAccountKey{Account: c.Caller.Account, Catalog: *in.Catalog, ID: p.ID})
		if err != nil {
			return nil, err
		}
		out.CustomerAccountSummaries = append(out.CustomerAccountSummaries, *summary(a))
	}
	return out, nil
}

// summary is a customer account as a search shows it.
func summary(a *account) *api.CustomerAccountSummary {
	s := &api.CustomerAccountSummary{
		Arn: a.Arn, Id: a.Id, Catalog: a.Catalog, EnrichmentStatus: a.EnrichmentStatus,
		PartnerAccountIdentifier: a.PartnerAccountIdentifier, CreatedDate: a.CreatedDate, LastModifiedDate: a.LastModifiedDate,
		CustomerAccount: &api.CustomerAccountDetailsSummary{},
	}
	if a.Account != nil {
		s.CustomerAccount.CompanyName = a.Account.CompanyName
	}
	if a.AwsEnrichment == nil {
		return s
	}
	s.AwsEnrichment = &api.AwsEnrichmentSummary{}
	if c := a.AwsEnrichment.Customer; c != nil {
		s.AwsEnrichment.Customer = &api.AwsEnrichmentCustomerSummary{
			Industry: c.Industry, AccountPlanningQualification: c.CustomerAccountPlanningQualification,
			EligiblePrograms: c.EligiblePrograms, Geo: c.Geo, Country: c.Country, Segment: c.Segment,
		}
	}
	if i := a.AwsEnrichment.Insights; i != nil {
		s.AwsEnrichment.Insights = &api.AwsEnrichmentInsightsSummary{
			MarketplaceEngagementScore: i.MarketplaceEngagementScore, SolutionCategory: i.SolutionCategory, SolutionScore: i.SolutionScore,
		}
	}
	return s
}

// GetCustomerAccountStatistics counts the caller's customer accounts that a filter
// finds, in all and by the values of fields.
func (c *Call) GetCustomerAccountStatistics(in *api.GetCustomerAccountStatisticsRequest) (*api.GetCustomerAccountStatisticsResponse, error) {
	q, err := operation.NewSearch(search.Customers, *in.Catalog, nil, in.Filter)
	if err != nil {
		return nil, err
	}
	q.Account = c.Caller.Account
	fields := make([]*search.Field, len(in.Aggregations))
	for i, a := range in.Aggregations {
		fields[i] = q.Table.Field(string(a.GroupBy[0]))
	}
	total, groups, err := c.Tx.SearchGroups(q, fields)
	if err != nil {
		return nil, operation.SearchError(err)
	}
	out := &api.GetCustomerAccountStatisticsResponse{TotalCount: new(int32(total))} //nolint:gosec // an account has fewer
	for i, a := range in.Aggregations {
		result := buckets(&groups[i], api.Value(in.IncludeMissing))
		result.GroupBy = a.GroupBy
		out.Aggregations = append(out.Aggregations, result)
	}
	return out, nil
}

const (
	// maxBuckets is how many buckets an aggregation has at most.
	maxBuckets = 100
	// missing is the value of the bucket for accounts without one.
	missing = "MISSING"
)

// buckets returns the buckets of a group: the largest first, and those of one size by
// their values. What has no bucket counts as other, except accounts without a value.
func buckets(g *store.SearchGroup, includeMissing bool) api.AggregationResult {
	values := make([]string, 0, len(g.Counts))
	for value := range g.Counts {
		values = append(values, value)
	}
	slices.SortFunc(values, func(x, y string) int {
		return cmp.Or(cmp.Compare(g.Counts[y], g.Counts[x]), cmp.Compare(x, y))
	})
	room := maxBuckets
	if includeMissing && g.Missing > 0 {
		room--
	}
	result := api.AggregationResult{Buckets: []api.Bucket{}}
	bucket := func(value string, n int64) {
		result.Buckets = append(result.Buckets, api.Bucket{Values: []string{value}, Count: new(int32(n))}) //nolint:gosec // as above
	}
	var other int64
	for i, value := range values {
		if i < room {
			bucket(value, g.Counts[value])
		} else {
			other += g.Counts[value]
		}
	}
	if room < maxBuckets {
		bucket(missing, g.Missing)
	}
	result.OtherCount = new(int32(other))
	return result
}
