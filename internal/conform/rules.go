package conform

import (
	"slices"

	"cosell/internal/api"
)

// page is the folder of the documentation that the rules are in.
const page = "docs/behavior/"

// What stands behind a rule, as docs/behavior/README.md explains the words.
const (
	documented = "documented"
	sample     = "sample"
	observed   = "observed"
	inferred   = "inferred"
	ours       = "ours"
)

// Kinds of records that cases leave behind.
const (
	opportunities = "opportunities"
	engagements   = "engagements"
	invitations   = "invitations"
	snapshots     = "snapshots"
)

// ruleCases are the cases of the rules that the contract's shapes do not have.
func ruleCases() []Case {
	return slices.Concat(createCases(), updateCases(), draftCases(), submissionCases(), engagementCases(),
		partnerCases(), customerCases(), listCases(), missingCases())
}

// deal returns a complete opportunity.
func deal() object {
	return object{
		"ClientToken": token(), "Origin": "Partner Referral", "OpportunityType": "Net New Business",
		"PrimaryNeedsFromAws": []any{"Co-Sell - Architectural Validation"},
		"Customer": object{
			"Account": object{
				"CompanyName": "Example Corp", "Industry": "Financial Services", "WebsiteUrl": "https://www.example.com",
				"Address": object{"City": "New York", "CountryCode": "US", "PostalCode": "10001", "StateOrRegion": "New York"},
			},
		},
		"Project": object{
			"Title": "Data lake for reporting", "CustomerBusinessProblem": "Their nightly reports reach the business a day too late.",
			"CustomerUseCase": "Database", "DeliveryModels": []any{"SaaS or PaaS"}, "SalesActivities": []any{"Conducted POC / Demo"},
			"OtherSolutionDescription": "Our reporting platform",
			"ExpectedCustomerSpend":    []any{spend("AWS")},
		},
		"LifeCycle": object{"Stage": "Prospect", "NextSteps": "Present the proof of concept", "TargetCloseDate": "2035-06-30"},
		"Marketing": object{"Source": "None"},
	}
}

func spend(target string) object {
	return object{"Amount": "12500.00", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": target}
}

// draft creates a complete opportunity and returns its identifier.
func (t *trial) draft() string {
	id := text(t.ok("CreateOpportunity", deal()), "Id")
	t.settled(id)
	return id
}

// settled waits until an opportunity that was created can be read.
func (t *trial) settled(id string) {
	t.eventually("GetOpportunity after CreateOpportunity", func() bool {
		return t.send(t.client, "GetOpportunity", object{"Identifier": id}).Error == ""
	})
}

func (t *trial) read(id string) object { return t.ok("GetOpportunity", object{"Identifier": id}) }

// update sends back what was read, with changes.
func (t *trial) updated(id string, changes ...any) object {
	return with(t.read(id), append([]any{
		"Identifier", id, "Id", remove, "Arn", remove, "CreatedDate", remove,
		"OpportunityTeam", remove, "RelatedEntityIdentifiers", remove,
	}, changes...)...)
}

// one is what most cases of the opportunity leave behind.
var one = map[string]int{opportunities: 1}

// variation is a create that breaks one rule, or that a rule allows.
type variation struct {
	name, rule, certainty string
	field, code           string // empty where it is allowed
	changes               []any
	stored                []any // paths and values of what is then read
}

func createCases() []Case {
	const opportunity = page + "opportunities.md#"
	list := []variation{
		{"launched-at-creation", opportunity + "stages", inferred, "lifeCycle.stage", "ACTION_NOT_PERMITTED", []any{"LifeCycle.Stage", "Launched"}, nil},
		{"closed-lost-at-creation", opportunity + "stages", documented, "lifeCycle.stage", "ACTION_NOT_PERMITTED", []any{"LifeCycle.Stage", "Closed Lost", "LifeCycle.ClosedLostReason", "Other"}, nil},
		{"closed-lost-reason-of-open-stage", opportunity + "stages", sample, "lifeCycle.closedLostReason", "INVALID_VALUE", []any{"LifeCycle.ClosedLostReason", "Other"}, nil},
		{"close-date-past", opportunity + "dates", documented, "lifeCycle.targetCloseDate", "INVALID_VALUE", []any{"LifeCycle.TargetCloseDate", "2020-01-01"}, nil},
		{"close-date-impossible", opportunity + "dates", documented, "lifeCycle.targetCloseDate", "INVALID_VALUE", []any{"LifeCycle.TargetCloseDate", "2035-02-31"}, nil},
		{"state-abbreviated", opportunity + "account-and-address", documented, "customer.account.address.stateOrRegion", "INVALID_ENUM_VALUE", []any{"Customer.Account.Address.StateOrRegion", "NY"}, nil},
		{"website-not-a-url", opportunity + "account-and-address", ours, "customer.account.websiteUrl", "INVALID_VALUE", []any{"Customer.Account.WebsiteUrl", "not a url"}, nil},
		{"postal-code-us", opportunity + "postal-codes", documented, "customer.account.address.postalCode", "INVALID_VALUE", []any{"Customer.Account.Address.PostalCode", "ABC"}, nil},
		{"postal-code-canada", opportunity + "postal-codes", documented, "customer.account.address.postalCode", "INVALID_VALUE", []any{"Customer.Account.Address", object{"CountryCode": "CA", "PostalCode": "10001"}}, nil},
		{"team-title", opportunity + "contacts", observed, "partnerOpportunityTeam[0].member.businessTitle", "INVALID_VALUE", []any{"OpportunityTeam", []any{object{"Email": "a@example.com", "FirstName": "A", "LastName": "B", "BusinessTitle": "Boss"}}}, nil},
		{"competitor-other-unnamed", opportunity + "project", documented, "project.otherCompetitorNames", "REQUIRED_FIELD_MISSING", []any{"Project.CompetitorName", "*Other"}, nil},
		{"competitor-named-twice", opportunity + "project", documented, "project.otherCompetitorNames", "INVALID_VALUE", []any{"Project.CompetitorName", "Oracle Cloud", "Project.OtherCompetitorNames", "Somebody"}, nil},
		{"european-partition-in-dollars", opportunity + "project", documented, "project.expectedCustomerSpend.currencyCode", "INVALID_VALUE", []any{"Project.AwsPartition", "aws-eusc"}, nil},
		{"use-case-unknown", opportunity + "free-text-enums", observed, "project.customerUseCase", "INVALID_ENUM_VALUE", []any{"Project.CustomerUseCase", "World peace"}, nil},
		{"apn-program-unknown", opportunity + "free-text-enums", documented, "project.apnPrograms[0]", "INVALID_ENUM_VALUE", []any{"Project.ApnPrograms", []any{"No such program"}}, nil},
		{"marketing-use-case-unknown", opportunity + "free-text-enums", documented, "marketing.useCases[0]", "INVALID_ENUM_VALUE", []any{"Marketing", object{"Source": "Marketing Activity", "AwsFundingUsed": "Yes", "UseCases": []any{"World peace"}}}, nil},
		{"no-support-with-co-sell", opportunity + "partner-needs", documented, "primaryNeedsFromAws", "INVALID_VALUE", []any{"PrimaryNeedsFromAws", []any{"Do Not Need Support from AWS Sales Rep", "Co-Sell - Pricing Assistance"}}, nil},
		{"campaign-without-activity", opportunity + "marketing", documented, "marketing.campaignName", "ACTION_NOT_PERMITTED", []any{"Marketing.CampaignName", "Spring"}, nil},
		{"channels-without-activity", opportunity + "marketing", documented, "marketing.channels", "ACTION_NOT_PERMITTED", []any{"Marketing.Channels", []any{"Email"}}, nil},
		{"funding-without-activity", opportunity + "marketing", documented, "marketing.awsFundingUsed", "ACTION_NOT_PERMITTED", []any{"Marketing.AwsFundingUsed", "Yes"}, nil},
		{"activity-without-funding", opportunity + "marketing", documented, "marketing.awsFundingUsed", "REQUIRED_FIELD_MISSING", []any{"Marketing.Source", "Marketing Activity"}, nil},
		{"use-cases-without-funding", opportunity + "marketing", documented, "marketing.useCases", "ACTION_NOT_PERMITTED", []any{"Marketing", object{"Source": "Marketing Activity", "AwsFundingUsed": "No", "UseCases": []any{"Analytics"}}}, nil},
		{"national-security-industry", opportunity + "national-security", documented, "nationalSecurity", "INVALID_VALUE", []any{"NationalSecurity", "Yes"}, nil},
		{"national-security-abroad", opportunity + "national-security", documented, "customer.account.address.countryCode", "INVALID_VALUE", []any{"NationalSecurity", "Yes", "Customer.Account.Industry", "Government", "Customer.Account.Address", object{"CountryCode": "DE", "PostalCode": "10115"}}, nil},
		{"national-security-for-visibility", opportunity + "national-security", documented, "primaryNeedsFromAws", "INVALID_VALUE", []any{"NationalSecurity", "Yes", "Customer.Account.Industry", "Government", "PrimaryNeedsFromAws", []any{"Do Not Need Support from AWS Sales Rep"}}, nil},
		{"revenue-without-delivery-model", opportunity + "software-revenue", sample, "softwareRevenue.deliveryModel", "REQUIRED_FIELD_MISSING", []any{"SoftwareRevenue", object{"Value": object{"Amount": "10.00", "CurrencyCode": "USD"}}}, nil},
		{"revenue-expires-before-it-begins", opportunity + "software-revenue", sample, "softwareRevenue.expirationDate", "INVALID_VALUE", []any{"SoftwareRevenue", object{"DeliveryModel": "Contract", "EffectiveDate": "2030-02-01", "ExpirationDate": "2030-01-01"}}, nil},
		{"spend-in-yen", opportunity + "expected-customer-spend", documented, "project.expectedCustomerSpend.currencyCode", "INVALID_VALUE", []any{"Project.ExpectedCustomerSpend", []any{with(spend("AWS"), "CurrencyCode", "JPY")}}, nil},
		{"spend-in-two-currencies", opportunity + "expected-customer-spend", documented, "project.expectedCustomerSpend.currencyCode", "INVALID_VALUE", []any{"Project.ExpectedCustomerSpend", []any{spend("AWS"), with(spend("AWS"), "CurrencyCode", "EUR")}}, nil},
		{"two-self-entries", opportunity + "expected-customer-spend", documented, "project.expectedCustomerSpend", "INVALID_VALUE", []any{"Project.ExpectedContractDuration", object{"Value": "12", "Term": "Months"}, "Project.ExpectedCustomerSpend", []any{spend("Self"), spend("Self")}}, nil},
		{"self-without-duration", opportunity + "contract-duration", documented, "project.expectedContractDuration", "INVALID_VALUE", []any{"Project.ExpectedCustomerSpend", []any{spend("Self")}}, nil},
		{"duration-without-self", opportunity + "contract-duration", documented, "project.expectedCustomerSpend", "INVALID_VALUE", []any{"Project.ExpectedContractDuration", object{"Value": "12", "Term": "Months"}}, nil},
		{"duration-over-144-months", opportunity + "contract-duration", documented, "project.expectedContractDuration.value", "INVALID_VALUE", []any{"Project.ExpectedContractDuration", object{"Value": "145", "Term": "Months"}, "Project.ExpectedCustomerSpend", []any{spend("Self")}}, nil},
		{"reserved-tag", page + "solutions-and-tags.md#tags", documented, "tags[0].key", "INVALID_VALUE", []any{"Tags", []any{object{"Key": "aws:x", "Value": "y"}}}, nil},

		{"thin-draft", opportunity + "create", documented, "", "", []any{"Customer", remove, "Project", remove, "LifeCycle", remove, "Marketing", remove, "Origin", remove, "OpportunityType", remove, "PrimaryNeedsFromAws", remove}, []any{"LifeCycle.ReviewStatus", "Pending Submission"}},
		{"default-stage", opportunity + "defaults", sample, "", "", []any{"LifeCycle", remove}, []any{"LifeCycle.Stage", "Prospect"}},
		{"default-type", opportunity + "defaults", sample, "", "", []any{"OpportunityType", remove}, []any{"OpportunityType", "Net New Business"}},
		{"default-national-security", opportunity + "defaults", sample, "", "", nil, []any{"NationalSecurity", "No"}},
		{"default-marketing-source", opportunity + "defaults", sample, "", "", []any{"Marketing", remove}, []any{"Marketing.Source", "None"}},
		{"empty-revenue-is-absent", opportunity + "defaults", sample, "", "", []any{"SoftwareRevenue", object{}}, []any{"SoftwareRevenue", nil}},
		{"status-is-not-the-partners", opportunity + "life-cycle", sample, "", "", []any{"LifeCycle.ReviewStatus", "Approved"}, []any{"LifeCycle.ReviewStatus", "Pending Submission"}},
		{"region-outside-the-us-is-free", opportunity + "account-and-address", sample, "", "", []any{"Customer.Account.Address", object{"CountryCode": "DE", "PostalCode": "10115", "StateOrRegion": "Berlin (Land)"}}, []any{"Customer.Account.Address.StateOrRegion", "Berlin (Land)"}},
		{"use-case-with-spaces-around-slash", opportunity + "free-text-enums", sample, "", "", []any{"Project.CustomerUseCase", "AI Machine Learning and Analytics"}, []any{"Project.CustomerUseCase", "AI Machine Learning and Analytics"}},
		{"other-target-becomes-aws", opportunity + "expected-customer-spend", documented, "", "", []any{"Project.ExpectedCustomerSpend", []any{spend("Somebody Inc")}}, []any{"Project.ExpectedCustomerSpend.0.TargetCompany", "AWS"}},
		{"amount-is-stored-as-sent", opportunity + "expected-customer-spend", sample, "", "", []any{"Project.ExpectedCustomerSpend", []any{with(spend("AWS"), "Amount", "531.0")}}, []any{"Project.ExpectedCustomerSpend.0.Amount", "531.0"}},
		{"self-entry-derives-aws-entry", opportunity + "contract-duration", documented, "", "", []any{"Project.ExpectedContractDuration", object{"Value": "12", "Term": "Months"}, "Project.ExpectedCustomerSpend", []any{with(spend("Self"), "Amount", "1200.00")}}, []any{"Project.ExpectedCustomerSpend.0.TargetCompany", "AWS", "Project.ExpectedCustomerSpend.1.TargetCompany", "Self"}},
		{"unknown-members-are-ignored", page + "errors.md#protocol", sample, "", "", []any{"Custommer", object{"x": 1}}, []any{"Customer.Account.CompanyName", "Example Corp"}},
		{"absent-members-are-null", page + "errors.md#nulls-and-times", sample, "", "", nil, []any{"SoftwareRevenue", nil}},
		{"industry-other-needs-no-text-yet", opportunity + "account-and-address", inferred, "", "", []any{"Customer.Account.Industry", "Other"}, []any{"Customer.Account.Industry", "Other"}},
	}
	cases := make([]Case, 0, len(list))
	for _, v := range list {
		c := Case{Name: "CreateOpportunity/" + v.name, Operation: "CreateOpportunity", Rule: v.rule, Certainty: v.certainty}
		if v.code != "" {
			c.run = func(t *trial) {
				t.invalid("CreateOpportunity", with(deal(), v.changes...), businessReason, v.field, v.code)
			}
		} else {
			c.creates = one
			c.run = func(t *trial) {
				id := text(t.ok("CreateOpportunity", with(deal(), v.changes...)), "Id")
				t.settled(id)
				stored := t.read(id)
				for i := 0; i+1 < len(v.stored); i += 2 {
					path, _ := v.stored[i].(string)
					t.equal(stored, path, v.stored[i+1])
				}
			}
		}
		cases = append(cases, c)
	}
	return cases
}

// updateCases are updates of a draft that break one rule.
func updateCases() []Case {
	const opportunity = page + "opportunities.md#"
	list := []variation{
		{"source-missing", opportunity + "required-on-update", observed, "marketing.source", "REQUIRED_FIELD_MISSING", []any{"Marketing", remove}, nil},
		{"stage-missing", opportunity + "required-on-update", observed, "lifeCycle.stage", "REQUIRED_FIELD_MISSING", []any{"LifeCycle.Stage", remove}, nil},
		{"customer-missing", opportunity + "required-on-update", observed, "customer", "REQUIRED_FIELD_MISSING", []any{"Customer", remove}, nil},
		{"stage-before-approval", opportunity + "stages", observed, "lifeCycle.stage", "ACTION_NOT_PERMITTED", []any{"LifeCycle.Stage", "Qualified"}, nil},
		{"postal-code", opportunity + "postal-codes", documented, "customer.account.address.postalCode", "INVALID_VALUE", []any{"Customer.Account.Address.PostalCode", "ABC"}, nil},
		{"use-case-unknown", opportunity + "free-text-enums", observed, "project.customerUseCase", "INVALID_ENUM_VALUE", []any{"Project.CustomerUseCase", "World peace"}, nil},
		{"closed-lost-without-reason", opportunity + "stages", documented, "lifeCycle.closedLostReason", "REQUIRED_FIELD_MISSING", []any{"LifeCycle.Stage", "Closed Lost"}, nil},
		{"campaign-without-activity", opportunity + "marketing", documented, "marketing.campaignName", "ACTION_NOT_PERMITTED", []any{"Marketing.CampaignName", "Spring"}, nil},
	}
	cases := make([]Case, 0, len(list))
	for _, v := range list {
		cases = append(cases, Case{
			Name: "UpdateOpportunity/" + v.name, Operation: "UpdateOpportunity", Rule: v.rule, Certainty: v.certainty, creates: one,
			run: func(t *trial) {
				id := t.draft()
				t.invalid("UpdateOpportunity", t.updated(id, v.changes...), businessReason, v.field, v.code)
			},
		})
	}
	return cases
}

// missingCases ask for what does not exist.
func missingCases() []Case {
	const opportunity, engagement, invitation = "O1000000000000000001", "eng-aaaaaaaaaaaaa1", "engi-aaaaaaaaaaaa1"
	const now = "2030-01-02T03:04:05Z"
	list := []struct {
		operation string
		in        object
	}{
		{"GetOpportunity", object{"Identifier": opportunity}},
		{"GetAwsOpportunitySummary", object{"RelatedOpportunityIdentifier": opportunity}},
		{"SubmitOpportunity", object{"Identifier": opportunity, "InvolvementType": "Co-Sell"}},
		{"AssignOpportunity", object{"Identifier": opportunity, "Assignee": object{"Email": "a@example.com", "FirstName": "A", "LastName": "B", "BusinessTitle": "OpportunityOwner"}}},
		{"AssociateOpportunity", object{"OpportunityIdentifier": opportunity, "RelatedEntityType": "AwsProducts", "RelatedEntityIdentifier": "AWSLambda"}},
		{"DisassociateOpportunity", object{"OpportunityIdentifier": opportunity, "RelatedEntityType": "AwsProducts", "RelatedEntityIdentifier": "AWSLambda"}},
		{"GetEngagement", object{"Identifier": engagement}},
		{"ListEngagementMembers", object{"Identifier": engagement}},
		{"CreateEngagementContext", object{"EngagementIdentifier": engagement, "ClientToken": "", "Type": "CustomerProject", "Payload": object{"CustomerProject": object{"Project": object{"Title": "T", "BusinessProblem": "A problem that is long enough.", "TargetCompletionDate": "2030-01-01"}}}}},
		{"GetEngagementInvitation", object{"Identifier": invitation}},
		{"AcceptEngagementInvitation", object{"Identifier": invitation}},
		{"RejectEngagementInvitation", object{"Identifier": invitation}},
		{"CreateResourceSnapshot", object{"EngagementIdentifier": engagement, "ClientToken": "", "ResourceType": "Opportunity", "ResourceIdentifier": opportunity, "ResourceSnapshotTemplateIdentifier": "OpportunitySummaryView"}},
		{"CreateResourceSnapshotJob", object{"EngagementIdentifier": engagement, "ClientToken": "", "ResourceType": "Opportunity", "ResourceIdentifier": opportunity, "ResourceSnapshotTemplateIdentifier": "OpportunitySummaryView"}},
		{"GetResourceSnapshot", object{"EngagementIdentifier": engagement, "ResourceType": "Opportunity", "ResourceIdentifier": opportunity, "ResourceSnapshotTemplateIdentifier": "OpportunitySummaryView"}},
		{"GetResourceSnapshotJob", object{"ResourceSnapshotJobIdentifier": "job-aaaaaaaaaaaa1"}},
		{"StartResourceSnapshotJob", object{"ResourceSnapshotJobIdentifier": "job-aaaaaaaaaaaa1"}},
		{"StopResourceSnapshotJob", object{"ResourceSnapshotJobIdentifier": "job-aaaaaaaaaaaa1"}},
		{"DeleteResourceSnapshotJob", object{"ResourceSnapshotJobIdentifier": "job-aaaaaaaaaaaa1"}},
		{"StartEngagementFromOpportunityTask", object{"ClientToken": "", "Identifier": opportunity, "AwsSubmission": object{"InvolvementType": "Co-Sell"}}},
		{"StartEngagementByAcceptingInvitationTask", object{"ClientToken": "", "Identifier": invitation}},
		{"StartOpportunityFromEngagementTask", object{"ClientToken": "", "Identifier": engagement, "ContextIdentifier": "1"}},
		{"GetCustomerAccount", object{"Identifier": "cust-acc-aaaaaaaaaaaa1"}},
		{"UpdateCustomerAccount", object{"Identifier": "cust-acc-aaaaaaaaaaaa1", "Account": object{"CompanyName": "Example Corp"}, "LastModifiedDate": now}},
		{"GetCustomerAccountBulkJob", object{"Identifier": "bulkjob-aaaaaaaaaaaa1"}},
		{"ListOpportunityBulkJobResults", object{"JobId": "bulkjob-aaaaaaaaaaaa1"}},
		{"ListCustomerAccountBulkJobResults", object{"Identifier": "bulkjob-aaaaaaaaaaaa1"}},
		{"GetOpportunityBulkJobReportUrl", object{"JobId": "bulkjob-aaaaaaaaaaaa1", "ReportFormat": "CSV"}},
		{"GetCustomerAccountBulkJobReportUrl", object{"Identifier": "bulkjob-aaaaaaaaaaaa1"}},
	}
	cases := make([]Case, 0, len(list))
	for _, m := range list {
		cases = append(cases, Case{
			Name: m.operation + "/does-not-exist", Operation: m.operation, Rule: page + "errors.md#not-found-and-access-denied", Certainty: inferred,
			run: func(t *trial) {
				in := with(m.in)
				if _, wanted := in["ClientToken"]; wanted {
					in["ClientToken"] = token()
				}
				t.refused(m.operation, in, api.TypeResourceNotFound)
			},
		})
	}
	return cases
}
