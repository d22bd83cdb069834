package proposal_test

import (
	"fmt"
	"maps"
	"testing"

	"cosell/internal/api"
	"cosell/internal/proposal"
)

type members = map[string]any

// sold is the world of the demonstration with what the difference of some operations needs.
type sold struct {
	*desk

	named           map[string]string
	running, halted string // snapshot jobs
	engagement      string // with the opportunity of the running job
	tagged          string // ARN of an opportunity with a tag
}

func newSold(t *testing.T) *sold {
	t.Helper()
	s := &sold{desk: newDesk(t)}
	s.named = s.world()
	job := func(name string) (id, engagement string) {
		var task struct {
			EngagementID string `json:"EngagementId"`
			JobID        string `json:"ResourceSnapshotJobId"`
		}
		s.call(alice, "StartEngagementFromOpportunityTask", submission(s.named[name]), &task)
		return task.JobID, task.EngagementID
	}
	s.running, s.engagement = job("recipe-data")
	in := submission(s.named["student-desktops"])
	in["ClientToken"] = "another"
	var task struct {
		JobID string `json:"ResourceSnapshotJobId"`
	}
	s.call(alice, "StartEngagementFromOpportunityTask", in, &task)
	s.halted = task.JobID
	s.call(alice, "StopResourceSnapshotJob", s.of(members{"ResourceSnapshotJobIdentifier": s.halted}), nil)
	s.tagged, _ = s.record("GetOpportunity", "county-backup")["Arn"].(string)
	s.call(alice, "TagResource", members{"ResourceArn": s.tagged, "Tags": []members{{"Key": "team", "Value": "north"}}}, nil)
	return s
}

// of is a request with a catalog and some members.
func (*sold) of(in members) members {
	out := members{"Catalog": sandbox}
	maps.Copy(out, in)
	return out
}

// record reads a record by its name.
func (s *sold) record(operation, name string) (out members) {
	s.t.Helper()
	s.call(alice, operation, s.of(members{"Identifier": s.named[name]}), &out)
	return out
}

// update is the request that updates a record as it is, but for a change.
func (s *sold) update(record members, change func(members), only ...string) members {
	in := s.of(members{"Identifier": record["Id"], "LastModifiedDate": record["LastModifiedDate"]})
	for _, name := range only {
		if record[name] != nil {
			in[name] = record[name]
		}
	}
	change(in)
	return in
}

// lead is the payload of a lead with a status.
func lead(status, interactions string) members {
	interaction := members{
		"SourceType": "Event", "SourceName": "Retail forum", "Contact": members{"BusinessTitle": "CTO", "Email": "m@example.com", "FirstName": "Megan", "LastName": "Sato"},
		"CustomerAction": "Asked for a price",
	}
	in := members{"QualificationStatus": status, "Customer": members{"CompanyName": "Orchard Lane Foods", "AwsMaturity": "Evaluating"}}
	if interactions == "Interactions" {
		in[interactions] = []members{interaction}
	}
	return members{"Lead": in}
}

// Each operation that writes says what it would change: fields of its record, those of a new
// one, or what it is asked for where all of it is beside the record.
func TestDifferenceOfEachOperation(t *testing.T) {
	s := newSold(t)
	draftID, customer := s.named["harvest-images"], s.named["customer-harbor"]
	opportunity, account := s.record("GetOpportunity", "smart-stamping"), s.record("GetCustomerAccount", "customer-harbor")
	orchard, rheintal := s.record("GetEngagement", "lead-orchard"), s.named["rollout-rheintal"]
	var invitations struct {
		EngagementInvitationSummaries []struct {
			ID string `json:"Id"`
		}
	}
	s.call(alice, "ListEngagementInvitations", s.of(members{"ParticipantType": "RECEIVER", "Status": []string{"PENDING"}}), &invitations)
	plan := s.of(members{"ClientToken": "plan", "Title": "A plan", "Description": "What is planned", "Contexts": []members{{"Type": "Lead", "Payload": lead("Qualified", "Interactions")}}})
	var qualified struct {
		ID string `json:"Id"`
	}
	s.call(alice, "CreateEngagement", plan, &qualified)
	first, second := invitations.EngagementInvitationSummaries[0].ID, invitations.EngagementInvitationSummaries[1].ID
	snapshot := members{"EngagementIdentifier": rheintal, "ClientToken": "1", "ResourceType": "Opportunity", "ResourceIdentifier": s.named["freight-lake"], "ResourceSnapshotTemplateIdentifier": "OpportunitySummaryView"}
	solution := members{"RelatedEntityType": "Solutions", "RelatedEntityIdentifier": s.named["data-platform"], "OpportunityIdentifier": draftID}
	own := s.record("GetOpportunity", "harvest-images")["RelatedEntityIdentifiers"].(members)["Solutions"].([]any)[0]
	associated := members{"RelatedEntityType": "Solutions", "RelatedEntityIdentifier": own, "OpportunityIdentifier": draftID}

	cases := map[string]struct {
		in    members
		field string
		// before and after are what is said of the field; "*" is anything.
		before, after string
	}{
		"CreateOpportunity": {draft("Example Corp"), "Customer.Account.CompanyName", "", "Example Corp"},
		"UpdateOpportunity": {s.update(opportunity, func(in members) {
			in["Project"].(members)["Title"] = "Another title"
		}, "Customer", "LifeCycle", "Marketing", "NationalSecurity", "OpportunityType", "PartnerOpportunityIdentifier", "PrimaryNeedsFromAws", "Project"), "Project.Title", "*", "Another title"},
		"AssignOpportunity": {s.of(members{"Identifier": draftID, "Assignee": members{
			"Email": "a@example.com", "FirstName": "Ada", "LastName": "B", "BusinessTitle": "Sales",
		}}), "OpportunityTeam[0].FirstName", "*", "Ada"},
		"SubmitOpportunity":                        {s.of(members{"Identifier": draftID, "InvolvementType": "Co-Sell", "Visibility": "Full"}), "LifeCycle.ReviewStatus", "Pending Submission", "Submitted"},
		"AssociateOpportunity":                     {s.of(solution), "RelatedEntityIdentifiers.Solutions[1]", "", s.named["data-platform"]},
		"DisassociateOpportunity":                  {s.of(associated), "RelatedEntityIdentifiers.Solutions[0]", fmt.Sprint(own), ""},
		"StartEngagementFromOpportunityTask":       {submission(draftID), "LifeCycle.ReviewStatus", "Pending Submission", "Submitted"},
		"StartEngagementByAcceptingInvitationTask": {s.of(members{"Identifier": first, "ClientToken": "1"}), "Status", "PENDING", "ACCEPTED"},
		"StartOpportunityFromEngagementTask":       {s.of(members{"Identifier": qualified.ID, "ContextIdentifier": "1", "ClientToken": "1"}), "Contexts[1].Type", "", "CustomerProject"},
		"AcceptEngagementInvitation":               {s.of(members{"Identifier": second}), "Status", "PENDING", "ACCEPTED"},
		"RejectEngagementInvitation":               {s.of(members{"Identifier": second, "RejectionReason": "Customer problem unclear"}), "Status", "PENDING", "REJECTED"},
		"CreateEngagement":                         {plan, "Title", "", "A plan"},
		"CreateEngagementInvitation": {s.of(members{"ClientToken": "1", "EngagementIdentifier": rheintal, "Invitation": members{
			"Message": "Join us", "Receiver": members{"Account": members{"AwsAccountId": "999988887777"}},
			"Payload": members{"OpportunityInvitation": members{
				"SenderContacts": []members{{"Email": "a@example.com", "FirstName": "A", "LastName": "B"}}, "ReceiverResponsibilities": []string{"Reseller"},
				"Customer": members{"CompanyName": "Example Corp", "CountryCode": "US", "Industry": "Retail", "WebsiteUrl": "https://example.com"},
				"Project":  members{"BusinessProblem": "The current system is at its end.", "Title": "A plan", "TargetCompletionDate": "2028-01-01", "ExpectedCustomerSpend": []members{{"Amount": "1", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}}},
			}},
		}}), "Invitation.Receiver.Account.AwsAccountId", "", "999988887777"},
		"CreateEngagementContext": {s.of(members{"ClientToken": "1", "EngagementIdentifier": orchard["Id"], "Type": "CustomerProject", "Payload": members{"CustomerProject": members{
			"Customer": members{"CompanyName": "Example Corp", "CountryCode": "US", "Industry": "Retail", "WebsiteUrl": "https://example.com"},
			"Project":  members{"BusinessProblem": "The current system is at its end.", "Title": "A plan", "TargetCompletionDate": "2028-01-01"},
		}}}), "Contexts[1].Payload.CustomerProject.Project.Title", "", "A plan"},
		"UpdateEngagementContext": {s.of(members{
			"EngagementIdentifier": orchard["Id"], "ContextIdentifier": "1", "EngagementLastModifiedAt": orchard["ModifiedAt"], "Type": "Lead", "Payload": lead("Qualified", ""),
		}), "Contexts[0].Payload.Lead.QualificationStatus", "Unqualified", "Qualified"},
		"CreateResourceSnapshot":    {s.of(snapshot), "ResourceIdentifier", "", s.named["freight-lake"]},
		"CreateResourceSnapshotJob": {s.of(snapshot), "ResourceIdentifier", "", s.named["freight-lake"]},
		"StopResourceSnapshotJob":   {s.of(members{"ResourceSnapshotJobIdentifier": s.running}), "Status", "Running", "Stopped"},
		"StartResourceSnapshotJob":  {s.of(members{"ResourceSnapshotJobIdentifier": s.halted}), "Status", "Stopped", "Running"},
		"DeleteResourceSnapshotJob": {s.of(members{"ResourceSnapshotJobIdentifier": s.halted}), "Status", "Stopped", ""},
		"PutSellingSystemSettings":  {s.of(members{"ResourceSnapshotJobRoleIdentifier": "arn:aws:iam::" + alice + ":role/snapshots"}), "ResourceSnapshotJobRoleArn", "", "arn:aws:iam::" + alice + ":role/snapshots"},
		"TagResource":               {members{"ResourceArn": s.tagged, "Tags": []members{{"Key": "zone", "Value": "west"}}}, "Tags[1].Key", "", "zone"},
		"UntagResource":             {members{"ResourceArn": s.tagged, "TagKeys": []string{"team"}}, "Tags[0].Key", "team", ""},
		"CreateCustomerAccount":     {s.of(members{"ClientToken": "1", "Account": members{"CompanyName": "Example Corp", "WebsiteUrl": "https://example.com"}}), "Account.CompanyName", "", "Example Corp"},
		"UpdateCustomerAccount": {s.update(account, func(in members) {
			in["Account"].(members)["Industry"] = "Retail"
		}, "Account", "PartnerAccountIdentifier"), "Account.Industry", "*", "Retail"},
		"DeleteCustomerAccount":              {s.of(members{"Identifier": customer}), "Account.CompanyName", "Harborline Freight", ""},
		"StartProspectingFromEngagementTask": {s.of(members{"ClientToken": "1", "Identifiers": []any{orchard["Id"]}, "TaskName": "Orchards"}), "TaskName", "", "Orchards"},
		"StartOpportunityBulkJob":            {s.of(members{"ClientToken": "1", "FileURI": "s3://aws-partner-central-marketplace-ephemeral-writeonly-files/" + alice + "/a.csv", "FileFormat": "CSV"}), "FileFormat", "", "CSV"},
		"StartCustomerAccountBulkJob":        {s.of(members{"ClientToken": "1", "FileUri": "s3://aws-partner-central-marketplace-ephemeral-writeonly-files/" + alice + "/a.csv"}), "FileUri", "", "*"},
	}
	for i := range api.Operations {
		op := &api.Operations[i]
		if op.ReadOnly {
			continue
		}
		t.Run(op.Name, func(t *testing.T) {
			c, ok := cases[op.Name]
			if !ok {
				t.Fatal("has no case here")
			}
			made, err := s.propose(alice, op.Name, c.in)
			if err != nil {
				t.Fatal(err)
			}
			change := made.change(c.field)
			if change == nil || c.before != "*" && change.Before != c.before || c.after != "*" && change.After != c.after {
				t.Errorf("%s: %+v in %+v", c.field, change, made.Changes)
			}
		})
	}
	// Each says what it is about, for a person who reads the list.
	list, err := s.Proposals.List(t.Context(), proposal.Query{Account: alice, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		want, told := map[string]string{
			"CreateOpportunity": "Example Corp", "AssignOpportunity": "Drone images of fields", "StartProspectingFromEngagementTask": "Orchards",
			"UpdateEngagementContext": "Lead from the retail forum", "DeleteCustomerAccount": "Harborline Freight", "RejectEngagementInvitation": "Archive of court records",
		}[p.Operation]
		if told && p.Subject != want {
			t.Errorf("%s is about %q, want %q", p.Operation, p.Subject, want)
		}
	}
	// Nothing of it was done.
	if got := s.record("GetOpportunity", "harvest-images")["LifeCycle"].(members)["ReviewStatus"]; got != "Pending Submission" {
		t.Errorf("the opportunity that was proposed to be submitted is %v", got)
	}
}
