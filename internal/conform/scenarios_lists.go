package conform

import (
	"cosell/internal/api"
)

var oneCustomer = map[string]int{"customer accounts": 1}

// customer creates a customer account, which is deleted at the end of the case.
func (t *trial) customer() string {
	id := text(t.ok("CreateCustomerAccount", object{"ClientToken": token(), "Account": object{"CompanyName": "Example Corp", "Domain": "example.com"}}), "Id")
	t.cleanup = append(t.cleanup, func() {
		_, _ = t.client.Call(t.ctx, "DeleteCustomerAccount", object{"Catalog": catalog, "Identifier": id}) // the case has its result
	})
	return id
}

// customerCases are rules about customer accounts.
func customerCases() []Case {
	return []Case{
		rule("CreateCustomerAccount", "begins-pending", "customer-accounts.md#life-of-the-enrichment", documented, oneCustomer, func(t *trial) {
			made := t.ok("CreateCustomerAccount", object{"ClientToken": token(), "Account": object{"CompanyName": "Example Corp"}})
			t.equal(made, "Status", "PENDING")
			t.ok("DeleteCustomerAccount", object{"Identifier": made["Id"]})
		}),
		rule("CreateCustomerAccount", "token-with-other-content", "customer-accounts.md#what-the-partner-gives", documented, oneCustomer, func(t *trial) {
			in := object{"ClientToken": token(), "Account": object{"CompanyName": "Example Corp"}}
			made := t.ok("CreateCustomerAccount", in)
			t.refused("CreateCustomerAccount", with(in, "Account.CompanyName", "Another"), api.TypeConflict)
			t.ok("DeleteCustomerAccount", object{"Identifier": made["Id"]})
		}),
		rule("GetCustomerAccount", "what-was-created", "customer-accounts.md#read", documented, oneCustomer, func(t *trial) {
			id := t.customer()
			t.equal(t.ok("GetCustomerAccount", object{"Identifier": id}), "Account.CompanyName", "Example Corp")
		}),
		rule("UpdateCustomerAccount", "replaces-the-account", "customer-accounts.md#update", documented, oneCustomer, func(t *trial) {
			id := t.customer()
			t.unlocked(id, func(lock any) *Answer {
				return t.send(t.client, "UpdateCustomerAccount", object{"Identifier": id, "LastModifiedDate": lock, "Account": object{"CompanyName": "Example Inc"}})
			})
			read := t.ok("GetCustomerAccount", object{"Identifier": id})
			t.equal(read, "Account.CompanyName", "Example Inc")
			t.equal(read, "Account.Domain", nil)
		}),
		rule("UpdateCustomerAccount", "stale-lock", "customer-accounts.md#update", documented, oneCustomer, func(t *trial) {
			id := t.customer()
			t.refused("UpdateCustomerAccount", object{"Identifier": id, "LastModifiedDate": "2020-01-02T03:04:05Z", "Account": object{"CompanyName": "Example Inc"}}, api.TypeConflict)
		}),
		rule("DeleteCustomerAccount", "can-be-repeated", "customer-accounts.md#delete", documented, oneCustomer, func(t *trial) {
			id := object{"Identifier": t.customer()}
			t.ok("DeleteCustomerAccount", id)
			t.ok("DeleteCustomerAccount", id)
			t.refused("GetCustomerAccount", id, api.TypeResourceNotFound)
		}),
		rule("DeleteCustomerAccount", "that-never-was", "customer-accounts.md#delete", documented, nil, func(t *trial) {
			t.ok("DeleteCustomerAccount", object{"Identifier": "cust-acc-aaaaaaaaaaaa1"})
		}),
		rule("SearchCustomerAccounts", "newest-change-first", "customer-accounts.md#search", ours, oneCustomer, func(t *trial) {
			id := t.customer()
			t.eventually("SearchCustomerAccounts", func() bool {
				list := t.ok("SearchCustomerAccounts", object{"MaxResults": 100})
				for _, row := range rows(list, "CustomerAccountSummaries") {
					if text(row, "Id") == id {
						return true
					}
				}
				return false
			})
		}),
		rule("GetCustomerAccountStatistics", "counts-all", "customer-accounts.md#statistics", documented, oneCustomer, func(t *trial) {
			t.customer()
			answer := t.ok("GetCustomerAccountStatistics", object{})
			if n, _ := at(answer, "TotalCount").(float64); n < 1 {
				t.failf("TotalCount: want at least 1, got %v", at(answer, "TotalCount"))
			}
		}),
		byTwo("GetCustomerAccount", "of-another-account", "customer-accounts.md#who-sees-them", inferred, oneCustomer, func(t *trial) {
			t.refusedAs(t.second, "GetCustomerAccount", object{"Identifier": t.customer()}, api.TypeResourceNotFound)
		}),
	}
}

// unlocked sends an update with the lock that was just read, again where the matching came between.
func (t *trial) unlocked(id string, update func(lock any) *Answer) {
	t.eventually("update of "+id, func() bool {
		answer := update(t.ok("GetCustomerAccount", object{"Identifier": id})["LastModifiedDate"])
		if answer.Error != "" && answer.Error != api.TypeConflict {
			t.failf("want success, got %s", answer)
		}
		return answer.Error == ""
	})
}

// listCases are rules about lists, searches, settings and bulk jobs.
func listCases() []Case {
	cases := []Case{
		rule("ListOpportunities", "pages", "lists.md#pages", documented, map[string]int{opportunities: 2}, func(t *trial) {
			t.draft()
			t.draft()
			first := t.ok("ListOpportunities", object{"MaxResults": 1})
			if len(rows(first, "OpportunitySummaries")) != 1 || text(first, "NextToken") == "" {
				t.failf("want one row and a NextToken, got %d rows", len(rows(first, "OpportunitySummaries")))
			}
			second := t.ok("ListOpportunities", object{"MaxResults": 1, "NextToken": first["NextToken"]})
			if text(second, "OpportunitySummaries.0.Id") == text(first, "OpportunitySummaries.0.Id") {
				t.failf("both pages have %s", text(first, "OpportunitySummaries.0.Id"))
			}
		}),
		rule("ListOpportunities", "token-of-another-filter", "lists.md#pages", documented, map[string]int{opportunities: 2}, func(t *trial) {
			t.draft()
			t.draft()
			first := t.ok("ListOpportunities", object{"MaxResults": 1})
			t.refused("ListOpportunities", object{"MaxResults": 1, "NextToken": first["NextToken"], "LifeCycleStage": []any{"Launched"}}, api.TypeValidation)
		}),
		rule("ListOpportunities", "by-identifier", "lists.md#listopportunities", documented, one, func(t *trial) {
			id := t.draft()
			list := t.ok("ListOpportunities", object{"Identifier": []any{id}})
			t.equal(list, "OpportunitySummaries.0.Id", id)
			t.equal(list, "OpportunitySummaries.1", nil)
		}),
		rule("ListOpportunities", "by-company", "lists.md#listopportunities", documented, one, func(t *trial) {
			name := "Conform " + token()
			made := t.ok("CreateOpportunity", with(deal(), "Customer.Account.CompanyName", name))
			t.eventually("ListOpportunities", func() bool {
				return text(t.ok("ListOpportunities", object{"CustomerCompanyName": []any{name}}), "OpportunitySummaries.0.Id") == text(made, "Id")
			})
		}),
		rule("ListOpportunities", "by-status", "lists.md#listopportunities", documented, one, func(t *trial) {
			t.draft()
			for _, row := range rows(t.ok("ListOpportunities", object{"LifeCycleReviewStatus": []any{"Pending Submission"}}), "OpportunitySummaries") {
				t.equal(row, "LifeCycle.ReviewStatus", "Pending Submission")
			}
		}),
		rule("SearchOpportunities", "finds-the-title", "searching.md", documented, one, func(t *trial) {
			id := t.draft()
			t.eventually("SearchOpportunities", func() bool {
				for _, row := range rows(t.ok("SearchOpportunities", object{"MaxResults": 100}), "OpportunitySearchSummaries") {
					if text(row, "Id") == id {
						return true
					}
				}
				return false
			})
		}),
		rule("SearchEngagements", "finds-the-engagement", "searching.md", documented, oneEngagement, func(t *trial) {
			id := t.engagement()
			t.eventually("SearchEngagements", func() bool {
				for _, row := range rows(t.ok("SearchEngagements", object{"MaxResults": 100}), "EngagementSearchSummaries") {
					if text(row, "Id") == id {
						return true
					}
				}
				return false
			})
		}),
		rule("GetSellingSystemSettings", "answers", "settings.md", documented, nil, func(t *trial) {
			t.equal(t.ok("GetSellingSystemSettings", object{}), "Catalog", catalog)
		}),
		rule("StartOpportunityBulkJob", "another-bucket", "bulk-jobs.md#file-addresses", documented, nil, func(t *trial) {
			t.refused("StartOpportunityBulkJob", object{"ClientToken": token(), "FileFormat": "CSV", "FileURI": "s3://some-other-bucket/111122223333/a.csv"}, api.TypeValidation)
		}),
		rule("StartCustomerAccountBulkJob", "another-bucket", "bulk-jobs.md#file-addresses", documented, nil, func(t *trial) {
			t.refused("StartCustomerAccountBulkJob", object{"ClientToken": token(), "FileUri": "s3://some-other-bucket/111122223333/a.csv"}, api.TypeValidation)
		}),
		rule("ListTagsForResource", "of-another-account", "solutions-and-tags.md#taggable-resources", sample, nil, func(t *trial) {
			t.refused("ListTagsForResource", object{"ResourceArn": "arn:aws:partnercentral:us-east-1:999999999999:catalog/Sandbox/opportunity/O1000000000000000001"}, api.TypeAccessDenied)
		}),
		rule("GetProspectingFromEngagementTask", "does-not-exist", "prospecting.md", inferred, nil, func(t *trial) {
			t.refused("GetProspectingFromEngagementTask", object{"TaskIdentifier": "task-aaaaaaaaaaaaa1"}, api.TypeResourceNotFound)
		}),
	}
	for operation, list := range map[string]string{
		"ListOpportunities": "OpportunitySummaries", "ListEngagements": "EngagementSummaryList", "ListSolutions": "SolutionSummaries",
		"ListEngagementFromOpportunityTasks": "TaskSummaries", "ListEngagementByAcceptingInvitationTasks": "TaskSummaries",
		"ListOpportunityFromEngagementTasks": "TaskSummaries", "ListResourceSnapshotJobs": "ResourceSnapshotJobSummaries",
		"ListProspectingFromEngagementTasks": "TaskSummaries", "ListEngagementGroups": "EngagementGroupSummaries",
		"ListOpportunityBulkJobs": "OpportunityBulkJobSummaries", "ListCustomerAccountBulkJobs": "items",
		"SearchCustomerAccounts": "CustomerAccountSummaries", "SearchOpportunities": "OpportunitySearchSummaries", "SearchEngagements": "EngagementSearchSummaries",
	} {
		cases = append(cases, rule(operation, "answers-a-list", "lists.md#pages", documented, nil, func(t *trial) {
			answer := t.ok(operation, object{"MaxResults": 1})
			if _, is := at(answer, list).([]any); !is {
				t.failf("%s: want a list %s, got %v", operation, list, at(answer, list))
			}
		}), rule(operation, "foreign-token", "lists.md#pages", documented, nil, func(t *trial) {
			t.refused(operation, object{"MaxResults": 1, "NextToken": "never given"}, api.TypeValidation)
		}))
	}
	return cases
}
