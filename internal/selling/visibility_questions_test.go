package selling_test

import "fmt"

// question is a row of the matrix: an operation, and what it is asked about.
type question struct {
	operation, on string
	// body is the request, without the catalog.
	body func(d *deal, p party) string
	// shows is what a list must show for a yes; else every success is one.
	shows func(d *deal, p party) string
	// own says that the operation is about what is the caller's alone.
	own bool
}

// with makes a request or a mark out of what it is about.
func with(format string, about ...func(*deal, party) string) func(*deal, party) string {
	return func(d *deal, p party) string {
		arguments := make([]any, len(about))
		for i, of := range about {
			arguments[i] = of(d, p)
		}
		return fmt.Sprintf(format, arguments...)
	}
}

func theOpportunity(d *deal, _ party) string    { return d.opportunity }
func theEngagement(d *deal, _ party) string     { return d.engagement }
func theProspecting(d *deal, _ party) string    { return d.prospecting }
func theSubmission(d *deal, _ party) string     { return d.submission }
func theAcceptance(d *deal, _ party) string     { return d.acceptance }
func theConversion(d *deal, _ party) string     { return d.conversion }
func theAccountJob(d *deal, _ party) string     { return d.accountJob }
func theJob(d *deal, _ party) string            { return d.job }
func anothers(d *deal, _ party) string          { return d.another }
func theirs(_ *deal, p party) string            { return p.invitation }
func theirOpportunity(_ *deal, p party) string  { return p.opportunity }
func freshToken(d *deal, _ party) string        { return d.token() }
func theOpportunityARN(d *deal, p party) string { return d.arn(p, "opportunity/"+d.opportunity) }
func theCustomer(d *deal, _ party) string       { return d.customer }
func theCustomerARN(d *deal, p party) string    { return d.arn(p, "customer-account/"+d.customer) }

func theBulkJob(d *deal, _ party) string          { return d.bulkJob }
func theJobARN(d *deal, p party) string           { return d.arn(p, "resource-snapshot-job/"+d.job) }
func completeOpportunity(d *deal, _ party) string { return opportunityBody(d.token()) }
func friendOf(d *deal, p party) string            { return d.invitationBody(d.engagement, "2"+p.account[1:]) }

func bulkJobBody(d *deal, p party) string {
	return fmt.Sprintf(`{"ClientToken": %q, "FileFormat": "CSV", "FileURI": "s3://%s/%s/a.csv"}`,
		fmt.Sprint("bulk-", d.tokens), "aws-partner-central-marketplace-ephemeral-writeonly-files", p.account)
}

func accountJobBody(d *deal, p party) string {
	return fmt.Sprintf(`{"ClientToken": %q, "FileUri": "s3://%s/%s/a.csv"}`,
		fmt.Sprint("accounts-", d.tokens), "aws-partner-central-marketplace-ephemeral-writeonly-files", p.account)
}

func mark(text string) func(*deal, party) string { return func(*deal, party) string { return text } }

func subject(template string, of func(*deal, party) string) func(*deal, party) string {
	return func(d *deal, p party) string {
		return snapshotBody(d.engagement, of(d, p), template, d.token())
	}
}

var questions = []question{
	{operation: "CreateOpportunity", body: completeOpportunity, own: true},
	{operation: "GetOpportunity", on: "the opportunity", body: with(`{"Identifier": %q}`, theOpportunity)},
	{operation: "UpdateOpportunity", on: "the opportunity", body: func(d *deal, _ party) string {
		return merge(opportunityBody("unused"), fmt.Sprintf(`"Identifier": %q, "LastModifiedDate": %q`, d.opportunity, d.modified))
	}},
	{operation: "AssignOpportunity", on: "the opportunity", body: with(`{"Identifier": %q, "Assignee":
		{"Email": "kim@example.com", "FirstName": "Kim", "LastName": "Ray", "BusinessTitle": "OpportunityOwner"}}`, theOpportunity)},
	{operation: "AssociateOpportunity", on: "the opportunity", body: with(`{"OpportunityIdentifier": %q,
		"RelatedEntityType": "Solutions", "RelatedEntityIdentifier": "S-1234567"}`, theOpportunity)},
	{operation: "DisassociateOpportunity", on: "the opportunity", body: with(`{"OpportunityIdentifier": %q,
		"RelatedEntityType": "AwsProducts", "RelatedEntityIdentifier": "AWSLambda"}`, theOpportunity)},
	{operation: "SubmitOpportunity", on: "the opportunity", body: with(`{"Identifier": %q, "InvolvementType": "Co-Sell"}`, theOpportunity)},
	{operation: "GetAwsOpportunitySummary", on: "the opportunity", body: with(`{"RelatedOpportunityIdentifier": %q}`, theOpportunity)},
	{operation: "ListOpportunities", on: "the opportunity", body: with(`{}`), shows: theOpportunity},
	{operation: "SearchOpportunities", on: "the opportunity", body: with(`{}`), shows: theOpportunity},
	{operation: "ListSolutions", body: with(`{}`), own: true},

	{operation: "CreateEngagement", body: with(`{"ClientToken": "c", "Title": "T", "Description": "D"}`), own: true},
	{operation: "GetEngagement", on: "the engagement", body: with(`{"Identifier": %q}`, theEngagement)},
	{operation: "ListEngagements", on: "the engagement", body: with(`{}`), shows: theEngagement},
	{operation: "ListEngagementGroups", body: with(`{}`), own: true},
	{operation: "SearchEngagements", on: "the engagement", body: with(`{}`), shows: theEngagement},
	{operation: "ListEngagementMembers", on: "the engagement", body: with(`{"Identifier": %q}`, theEngagement)},
	{operation: "CreateEngagementContext", on: "the engagement", body: func(d *deal, _ party) string {
		return merge(customerProject, d.token(), fmt.Sprintf(`"EngagementIdentifier": %q`, d.engagement))
	}},
	{operation: "UpdateEngagementContext", on: "the engagement", body: func(d *deal, _ party) string {
		return merge(customerProject, fmt.Sprintf(`"EngagementIdentifier": %q, "ContextIdentifier": "1", "EngagementLastModifiedAt": %q`,
			d.engagement, d.engagementModified))
	}},

	{operation: "CreateEngagementInvitation", on: "the engagement", body: friendOf},
	{operation: "GetEngagementInvitation", on: "the party's", body: with(`{"Identifier": %q}`, theirs)},
	{operation: "GetEngagementInvitation", on: "another's", body: with(`{"Identifier": %q}`, anothers)},
	{operation: "AcceptEngagementInvitation", on: "the party's", body: with(`{"Identifier": %q}`, theirs)},
	{operation: "AcceptEngagementInvitation", on: "another's", body: with(`{"Identifier": %q}`, anothers)},
	{operation: "RejectEngagementInvitation", on: "the party's", body: with(`{"Identifier": %q}`, theirs)},
	{operation: "RejectEngagementInvitation", on: "another's", body: with(`{"Identifier": %q}`, anothers)},
	{operation: "ListEngagementInvitations", on: "the party's, received", body: with(`{"ParticipantType": "RECEIVER"}`), shows: theirs},
	{operation: "ListEngagementInvitations", on: "the party's, sent", body: with(`{"ParticipantType": "SENDER"}`), shows: theirs},
	{operation: "ListEngagementInvitations", on: "another's, received", body: with(`{"ParticipantType": "RECEIVER"}`), shows: anothers},

	{operation: "CreateResourceSnapshot", on: "the opportunity", body: subject(summaryView, theOpportunity)},
	{operation: "CreateResourceSnapshot", on: "an opportunity of the party's", body: subject(summaryView, theirOpportunity)},
	{operation: "GetResourceSnapshot", on: "the partner's view", body: subject(summaryView, theOpportunity)},
	{operation: "GetResourceSnapshot", on: "the view of AWS's side", body: subject(awsView, theOpportunity)},
	{operation: "ListResourceSnapshots", on: "the partner's view", body: with(`{"EngagementIdentifier": %q}`, theEngagement), shows: mark(summaryView)},
	{operation: "ListResourceSnapshots", on: "the view of AWS's side", body: with(`{"EngagementIdentifier": %q}`, theEngagement), shows: mark(awsView)},
	{operation: "ListEngagementResourceAssociations", on: "the opportunity", body: with(`{"EngagementIdentifier": %q}`, theEngagement), shows: theOpportunity},
	{operation: "CreateResourceSnapshotJob", on: "the opportunity", body: subject(awsView, theOpportunity)},
	{operation: "CreateResourceSnapshotJob", on: "an opportunity of the party's", body: subject(summaryView, theirOpportunity)},
	{operation: "GetResourceSnapshotJob", on: "the job", body: with(`{"ResourceSnapshotJobIdentifier": %q}`, theJob)},
	{operation: "ListResourceSnapshotJobs", on: "the job", body: with(`{}`), shows: theJob},
	{operation: "StartResourceSnapshotJob", on: "the job", body: with(`{"ResourceSnapshotJobIdentifier": %q}`, theJob)},
	{operation: "StopResourceSnapshotJob", on: "the job", body: with(`{"ResourceSnapshotJobIdentifier": %q}`, theJob)},
	{operation: "DeleteResourceSnapshotJob", on: "the job", body: with(`{"ResourceSnapshotJobIdentifier": %q}`, theJob)},

	{operation: "StartEngagementFromOpportunityTask", on: "the opportunity", body: func(d *deal, _ party) string {
		return d.fromOpportunityBody(d.opportunity)
	}},
	{operation: "ListEngagementFromOpportunityTasks", on: "the owner's task", body: with(`{}`), shows: theSubmission},
	{operation: "StartEngagementByAcceptingInvitationTask", on: "the party's", body: with(`{"Identifier": %q, %s}`, theirs, freshToken)},
	{operation: "StartEngagementByAcceptingInvitationTask", on: "another's", body: with(`{"Identifier": %q, %s}`, anothers, freshToken)},
	{operation: "ListEngagementByAcceptingInvitationTasks", on: "the owner's task", body: with(`{}`), shows: theAcceptance},
	{
		operation: "StartOpportunityFromEngagementTask", on: "the engagement",
		body: with(`{"Identifier": %q, "ContextIdentifier": "2", %s}`, theEngagement, freshToken),
	},
	{operation: "ListOpportunityFromEngagementTasks", on: "the owner's task", body: with(`{}`), shows: theConversion},
	{
		operation: "StartProspectingFromEngagementTask", on: "the engagement",
		body: with(`{"Identifiers": [%q], "TaskName": "spring", %s}`, theEngagement, freshToken),
	},
	{operation: "GetProspectingFromEngagementTask", on: "the owner's task", body: with(`{"TaskIdentifier": %q}`, theProspecting)},
	{operation: "ListProspectingFromEngagementTasks", on: "the owner's task", body: with(`{}`), shows: theProspecting},

	{operation: "CreateCustomerAccount", body: with(`{"Account": {"CompanyName": "Goats"}}`), own: true},
	{operation: "GetCustomerAccount", on: "the customer account", body: with(`{"Identifier": %q}`, theCustomer)},
	{operation: "UpdateCustomerAccount", on: "the customer account", body: func(d *deal, _ party) string {
		return fmt.Sprintf(`{"Identifier": %q, "LastModifiedDate": %q, "Account": {"CompanyName": "Goats"}}`, d.customer, d.customerModified)
	}},
	{operation: "SearchCustomerAccounts", on: "the customer account", body: with(`{}`), shows: theCustomer},
	{operation: "GetCustomerAccountStatistics", body: with(`{}`), own: true},
	{operation: "DeleteCustomerAccount", on: "the customer account", body: with(`{"Identifier": %q}`, theCustomer), own: true},
	{operation: "StartOpportunityBulkJob", body: bulkJobBody, own: true},
	{operation: "ListOpportunityBulkJobs", on: "the bulk job", body: with(`{}`), shows: theBulkJob},
	{operation: "ListOpportunityBulkJobResults", on: "the bulk job", body: with(`{"JobId": %q}`, theBulkJob)},
	{operation: "GetOpportunityBulkJobReportUrl", on: "the bulk job", body: with(`{"JobId": %q, "ReportFormat": "CSV"}`, theBulkJob)},
	{operation: "StartCustomerAccountBulkJob", body: accountJobBody, own: true},
	{operation: "GetCustomerAccountBulkJob", on: "the account job", body: with(`{"Identifier": %q}`, theAccountJob)},
	{operation: "ListCustomerAccountBulkJobs", on: "the account job", body: with(`{}`), shows: theAccountJob},
	{operation: "ListCustomerAccountBulkJobResults", on: "the account job", body: with(`{"Identifier": %q}`, theAccountJob)},
	{operation: "GetCustomerAccountBulkJobReportUrl", on: "the account job", body: with(`{"Identifier": %q}`, theAccountJob)},

	{operation: "GetSellingSystemSettings", on: "the owner's role", body: with(`{}`), shows: mark("alice-role")},
	{operation: "PutSellingSystemSettings", body: with(`{"ResourceSnapshotJobRoleIdentifier": "other-role"}`), own: true},
	{operation: "TagResource", on: "the opportunity", body: with(`{"ResourceArn": %q, "Tags": [{"Key": "a", "Value": "b"}]}`, theOpportunityARN)},
	{operation: "TagResource", on: "the job", body: with(`{"ResourceArn": %q, "Tags": [{"Key": "a", "Value": "b"}]}`, theJobARN)},
	{operation: "TagResource", on: "the customer account", body: with(`{"ResourceArn": %q, "Tags": [{"Key": "a", "Value": "b"}]}`, theCustomerARN)},
	{operation: "UntagResource", on: "the opportunity", body: with(`{"ResourceArn": %q, "TagKeys": ["color"]}`, theOpportunityARN)},
	{operation: "UntagResource", on: "the job", body: with(`{"ResourceArn": %q, "TagKeys": ["color"]}`, theJobARN)},
	{operation: "UntagResource", on: "the customer account", body: with(`{"ResourceArn": %q, "TagKeys": ["color"]}`, theCustomerARN)},
	{operation: "ListTagsForResource", on: "the opportunity", body: with(`{"ResourceArn": %q}`, theOpportunityARN)},
	{operation: "ListTagsForResource", on: "the job", body: with(`{"ResourceArn": %q}`, theJobARN)},
	{operation: "ListTagsForResource", on: "the customer account", body: with(`{"ResourceArn": %q}`, theCustomerARN)},
}
