package conform

import (
	"slices"

	"cosell/internal/api"
)

var (
	oneEngagement = map[string]int{engagements: 1}
	sharedDeal    = map[string]int{engagements: 1, opportunities: 1, snapshots: 1}
	oneInvitation = map[string]int{engagements: 1, invitations: 1}
)

// engagement creates one without contexts and returns its identifier.
func (t *trial) engagement() string {
	return text(t.ok("CreateEngagement", object{"ClientToken": token(), "Title": "Data lake", "Description": "For reporting"}), "Id")
}

func customerProject() object {
	return object{"CustomerProject": object{"Project": object{
		"Title": "Data lake", "BusinessProblem": "Their reports reach the business too late.", "TargetCompletionDate": "2035-06-30",
	}}}
}

func snapshot(engagement, opportunity string) object {
	return object{
		"EngagementIdentifier": engagement, "ResourceType": "Opportunity", "ResourceIdentifier": opportunity,
		"ResourceSnapshotTemplateIdentifier": "OpportunitySummaryView",
	}
}

// engagementCases are rules about engagements and snapshots of one account.
func engagementCases() []Case {
	return []Case{
		rule("CreateEngagement", "creator-is-a-member", "engagements.md#members", documented, oneEngagement, func(t *trial) {
			id := t.engagement()
			t.equal(t.ok("GetEngagement", object{"Identifier": id}), "MemberCount", 1)
			if n := len(rows(t.ok("ListEngagementMembers", object{"Identifier": id}), "EngagementMemberList")); n != 1 {
				t.failf("ListEngagementMembers: want 1 member, got %d", n)
			}
		}),
		rule("CreateEngagement", "token-repeats-the-answer", "errors.md#client-tokens", inferred, oneEngagement, func(t *trial) {
			in := object{"ClientToken": token(), "Title": "Data lake", "Description": "For reporting"}
			t.equal(t.ok("CreateEngagement", in), "Id", t.ok("CreateEngagement", in)["Id"])
		}),
		rule("CreateEngagement", "token-with-other-content", "errors.md#client-tokens", documented, oneEngagement, func(t *trial) {
			in := object{"ClientToken": token(), "Title": "Data lake", "Description": "For reporting"}
			t.ok("CreateEngagement", in)
			t.refused("CreateEngagement", with(in, "Title", "Another"), api.TypeConflict)
		}),
		rule("GetEngagement", "by-arn", "engagements.md#members", documented, oneEngagement, func(t *trial) {
			id := t.engagement()
			arn := t.ok("GetEngagement", object{"Identifier": id})["Arn"]
			t.equal(t.ok("GetEngagement", object{"Identifier": arn}), "Id", id)
		}),
		rule("CreateEngagementContext", "numbered", "engagements.md#contexts", sample, oneEngagement, func(t *trial) {
			id := t.engagement()
			made := t.ok("CreateEngagementContext", object{"EngagementIdentifier": id, "ClientToken": token(), "Type": "CustomerProject", "Payload": customerProject()})
			t.equal(made, "ContextId", "1")
			t.equal(t.ok("GetEngagement", object{"Identifier": id}), "Contexts.0.Type", "CustomerProject")
		}),
		rule("CreateEngagementContext", "payload-of-another-type", "engagements.md#contexts", documented, oneEngagement, func(t *trial) {
			t.refused("CreateEngagementContext", object{"EngagementIdentifier": t.engagement(), "ClientToken": token(), "Type": "Lead", "Payload": customerProject()}, api.TypeValidation)
		}),
		rule("CreateEngagementContext", "sixth", "engagements.md#limits", inferred, oneEngagement, func(t *trial) {
			id := t.engagement()
			add := func() object {
				return object{"EngagementIdentifier": id, "ClientToken": token(), "Type": "CustomerProject", "Payload": customerProject()}
			}
			for range 5 {
				t.ok("CreateEngagementContext", add())
			}
			t.refused("CreateEngagementContext", add(), api.TypeServiceQuotaExceeded)
		}),
		rule("CreateEngagementContext", "prospecting-result-by-a-partner", "engagements.md#contexts", inferred, oneEngagement, func(t *trial) {
			t.refused("CreateEngagementContext", object{"EngagementIdentifier": t.engagement(), "ClientToken": token(), "Type": "ProspectingResult", "Payload": object{"ProspectingResult": object{}}}, api.TypeValidation)
		}),
		rule("UpdateEngagementContext", "replaces-the-project", "engagements.md#contexts", inferred, oneEngagement, func(t *trial) {
			id := t.engagement()
			t.ok("CreateEngagementContext", object{"EngagementIdentifier": id, "ClientToken": token(), "Type": "CustomerProject", "Payload": customerProject()})
			lock := t.ok("GetEngagement", object{"Identifier": id})["ModifiedAt"]
			t.ok("UpdateEngagementContext", object{"EngagementIdentifier": id, "ContextIdentifier": "1", "EngagementLastModifiedAt": lock, "Type": "CustomerProject", "Payload": with(customerProject(), "CustomerProject.Project.Title", "Lake house")})
			t.equal(t.ok("GetEngagement", object{"Identifier": id}), "Contexts.0.Payload.CustomerProject.Project.Title", "Lake house")
		}),
		rule("UpdateEngagementContext", "stale-lock", "engagements.md#the-lock", documented, oneEngagement, func(t *trial) {
			id := t.engagement()
			lock := t.ok("GetEngagement", object{"Identifier": id})["ModifiedAt"]
			t.ok("CreateEngagementContext", object{"EngagementIdentifier": id, "ClientToken": token(), "Type": "CustomerProject", "Payload": customerProject()})
			t.refused("UpdateEngagementContext", object{"EngagementIdentifier": id, "ContextIdentifier": "1", "EngagementLastModifiedAt": lock, "Type": "CustomerProject", "Payload": customerProject()}, api.TypeConflict)
		}),
		rule("UpdateEngagementContext", "unknown-context", "engagements.md#contexts", inferred, oneEngagement, func(t *trial) {
			id := t.engagement()
			lock := t.ok("GetEngagement", object{"Identifier": id})["ModifiedAt"]
			t.refused("UpdateEngagementContext", object{"EngagementIdentifier": id, "ContextIdentifier": "7", "EngagementLastModifiedAt": lock, "Type": "CustomerProject", "Payload": customerProject()}, api.TypeResourceNotFound)
		}),
		rule("ListEngagements", "by-identifier", "engagements.md#listengagements", documented, oneEngagement, func(t *trial) {
			id := t.engagement()
			t.equal(t.ok("ListEngagements", object{"EngagementIdentifier": []any{id}}), "EngagementSummaryList.0.Id", id)
		}),
		rule("CreateResourceSnapshot", "revisions-count-from-1", "snapshots.md#publishing", documented, map[string]int{engagements: 1, opportunities: 1, snapshots: 2}, func(t *trial) {
			e, o := t.engagement(), t.draft()
			for want := 1; want <= 2; want++ {
				t.equal(t.ok("CreateResourceSnapshot", with(snapshot(e, o), "ClientToken", token())), "Revision", want)
			}
		}),
		rule("CreateResourceSnapshot", "unknown-template", "snapshots.md#templates", inferred, map[string]int{engagements: 1, opportunities: 1}, func(t *trial) {
			t.invalid("CreateResourceSnapshot", with(snapshot(t.engagement(), t.draft()), "ClientToken", token(), "ResourceSnapshotTemplateIdentifier", "NoSuchView"),
				businessReason, "resourceSnapshotTemplateIdentifier", "INVALID_VALUE")
		}),
		rule("GetResourceSnapshot", "latest-without-a-revision", "snapshots.md#publishing", documented, sharedDeal, func(t *trial) {
			e, o := t.engagement(), t.draft()
			t.ok("CreateResourceSnapshot", with(snapshot(e, o), "ClientToken", token()))
			read := t.ok("GetResourceSnapshot", snapshot(e, o))
			t.equal(read, "Revision", 1)
			t.equal(read, "Payload.OpportunitySummary.Customer.Account.CompanyName", "Example Corp")
			t.equal(read, "Payload.OpportunitySummary.Project.Title", nil)
		}),
		rule("ListResourceSnapshots", "latest-revision", "snapshots.md#lists", inferred, sharedDeal, func(t *trial) {
			e, o := t.engagement(), t.draft()
			t.ok("CreateResourceSnapshot", with(snapshot(e, o), "ClientToken", token()))
			t.equal(t.ok("ListResourceSnapshots", object{"EngagementIdentifier": e}), "ResourceSnapshotSummaries.0.ResourceId", o)
		}),
		rule("ListEngagementResourceAssociations", "by-opportunity", "snapshots.md#lists", documented, sharedDeal, func(t *trial) {
			e, o := t.engagement(), t.draft()
			t.ok("CreateResourceSnapshot", with(snapshot(e, o), "ClientToken", token()))
			t.equal(t.ok("ListEngagementResourceAssociations", object{"ResourceType": "Opportunity", "ResourceIdentifier": o}),
				"EngagementResourceAssociationSummaries.0.EngagementId", e)
		}),
		rule("CreateResourceSnapshotJob", "life", "snapshots.md#jobs", documented, sharedDeal, func(t *trial) {
			e, o := t.engagement(), t.draft()
			id := text(t.ok("CreateResourceSnapshotJob", with(snapshot(e, o), "ClientToken", token())), "Id")
			job := object{"ResourceSnapshotJobIdentifier": id}
			t.forgetJob(id)
			t.equal(t.ok("GetResourceSnapshotJob", job), "Status", "Stopped")
			t.ok("StartResourceSnapshotJob", job)
			t.equal(t.ok("GetResourceSnapshotJob", job), "Status", "Running")
			t.refused("DeleteResourceSnapshotJob", job, api.TypeConflict)
			t.ok("StopResourceSnapshotJob", job)
			t.ok("StopResourceSnapshotJob", job)
			t.ok("DeleteResourceSnapshotJob", job)
			t.refused("GetResourceSnapshotJob", job, api.TypeResourceNotFound)
		}),
		rule("CreateResourceSnapshotJob", "second-of-its-kind", "snapshots.md#jobs", inferred, map[string]int{engagements: 1, opportunities: 1}, func(t *trial) {
			e, o := t.engagement(), t.draft()
			t.forgetJob(text(t.ok("CreateResourceSnapshotJob", with(snapshot(e, o), "ClientToken", token())), "Id"))
			t.refused("CreateResourceSnapshotJob", with(snapshot(e, o), "ClientToken", token()), api.TypeConflict)
		}),
		rule("ListResourceSnapshotJobs", "by-engagement", "snapshots.md#lists", documented, map[string]int{engagements: 1, opportunities: 1}, func(t *trial) {
			e, o := t.engagement(), t.draft()
			id := text(t.ok("CreateResourceSnapshotJob", with(snapshot(e, o), "ClientToken", token())), "Id")
			t.forgetJob(id)
			t.equal(t.ok("ListResourceSnapshotJobs", object{"EngagementIdentifier": e}), "ResourceSnapshotJobSummaries.0.Id", id)
		}),
	}
}

// invite creates an engagement and invites the second account to a lead.
func (t *trial) invite() (engagement, invitation string) {
	engagement = t.engagement()
	return engagement, text(t.ok("CreateEngagementInvitation", t.invitation(engagement)), "Id")
}

func (t *trial) invitation(engagement string) object {
	return object{"ClientToken": token(), "EngagementIdentifier": engagement, "Invitation": object{
		"Message":  "Join us",
		"Receiver": object{"Account": object{"AwsAccountId": t.secondAccount()}},
		"Payload": object{"LeadInvitation": object{
			"Customer": object{"CompanyName": "Example Corp"}, "Interaction": object{"ContactBusinessTitle": "CTO"},
		}},
	}}
}

// secondAccount finds out which account the second client acts for: that of a new opportunity's ARN.
func (t *trial) secondAccount() string {
	made := t.okAs(t.second, "CreateEngagement", object{"ClientToken": token(), "Title": "Who am I", "Description": "x"})
	read := t.okAs(t.second, "GetEngagement", object{"Identifier": made["Id"]})
	return text(read, "CreatedBy")
}

// partnerCases are rules about two accounts.
func partnerCases() []Case {
	cases := []Case{
		byTwo("GetOpportunity", "of-another-account", "opportunities.md#read", inferred, one, func(t *trial) {
			t.refusedAs(t.second, "GetOpportunity", object{"Identifier": t.draft()}, api.TypeResourceNotFound)
		}),
		byTwo("GetEngagement", "by-no-member", "engagements.md#members", documented, oneEngagement, func(t *trial) {
			t.refusedAs(t.second, "GetEngagement", object{"Identifier": t.engagement()}, api.TypeResourceNotFound)
		}),
		byTwo("TagResource", "of-another-account", "errors.md#not-found-and-access-denied", sample, one, func(t *trial) {
			arn := t.read(t.draft())["Arn"]
			t.refusedAs(t.second, "TagResource", object{"ResourceArn": arn, "Tags": []any{object{"Key": "a", "Value": "b"}}}, api.TypeAccessDenied)
		}),
		byTwo("CreateEngagementInvitation", "receiver-reads-it", "invitations.md#what-the-receiver-reads", documented, oneInvitation, func(t *trial) {
			_, id := t.invite()
			t.equal(t.okAs(t.second, "GetEngagementInvitation", object{"Identifier": id}), "Status", "PENDING")
		}),
		byTwo("CreateEngagementInvitation", "twice", "invitations.md#what-is-refused", inferred, oneInvitation, func(t *trial) {
			engagement, _ := t.invite()
			t.refused("CreateEngagementInvitation", t.invitation(engagement), api.TypeConflict)
		}),
		byTwo("AcceptEngagementInvitation", "receiver-joins", "invitations.md#the-life-of-an-invitation", documented, oneInvitation, func(t *trial) {
			engagement, id := t.invite()
			t.okAs(t.second, "AcceptEngagementInvitation", object{"Identifier": id})
			t.equal(t.ok("GetEngagement", object{"Identifier": engagement}), "MemberCount", 2)
			t.okAs(t.second, "GetEngagement", object{"Identifier": engagement})
		}),
		byTwo("AcceptEngagementInvitation", "twice", "invitations.md#what-is-refused", inferred, oneInvitation, func(t *trial) {
			_, id := t.invite()
			t.okAs(t.second, "AcceptEngagementInvitation", object{"Identifier": id})
			t.refusedAs(t.second, "AcceptEngagementInvitation", object{"Identifier": id}, api.TypeConflict)
		}),
		byTwo("AcceptEngagementInvitation", "by-the-sender", "invitations.md#what-is-refused", inferred, oneInvitation, func(t *trial) {
			_, id := t.invite()
			t.refused("AcceptEngagementInvitation", object{"Identifier": id}, api.TypeAccessDenied)
		}),
		byTwo("RejectEngagementInvitation", "keeps-the-reason", "invitations.md#the-life-of-an-invitation", documented, oneInvitation, func(t *trial) {
			_, id := t.invite()
			t.okAs(t.second, "RejectEngagementInvitation", object{"Identifier": id, "RejectionReason": "Not our field"})
			read := t.ok("GetEngagementInvitation", object{"Identifier": id})
			t.equal(read, "Status", "REJECTED")
			t.equal(read, "RejectionReason", "Not our field")
		}),
		byTwo("RejectEngagementInvitation", "then-invited-again", "invitations.md#what-is-refused", documented, map[string]int{engagements: 1, invitations: 2}, func(t *trial) {
			engagement, id := t.invite()
			t.okAs(t.second, "RejectEngagementInvitation", object{"Identifier": id})
			t.ok("CreateEngagementInvitation", t.invitation(engagement))
		}),
		byTwo("ListEngagementInvitations", "each-by-its-part", "invitations.md#lists", documented, oneInvitation, func(t *trial) {
			engagement, id := t.invite()
			for part, c := range map[string]*Client{"SENDER": t.client, "RECEIVER": t.second} {
				list := t.okAs(c, "ListEngagementInvitations", object{"ParticipantType": part, "EngagementIdentifier": []any{engagement}})
				t.equal(list, "EngagementInvitationSummaries.0.Id", id)
			}
		}),
		byTwo("GetResourceSnapshot", "by-a-member", "snapshots.md#templates", documented, map[string]int{engagements: 1, invitations: 1, opportunities: 1, snapshots: 1}, func(t *trial) {
			e, id := t.invite()
			o := t.draft()
			t.ok("CreateResourceSnapshot", with(snapshot(e, o), "ClientToken", token()))
			t.refusedAs(t.second, "GetResourceSnapshot", snapshot(e, o), api.TypeResourceNotFound)
			t.okAs(t.second, "AcceptEngagementInvitation", object{"Identifier": id})
			t.equal(t.okAs(t.second, "GetResourceSnapshot", snapshot(e, o)), "Revision", 1)
		}),
		byTwo("StartEngagementByAcceptingInvitationTask", "lead-is-no-opportunity", "tasks.md#startengagementbyacceptinginvitationtask", ours, oneInvitation, func(t *trial) {
			_, id := t.invite()
			task := t.okAs(t.second, "StartEngagementByAcceptingInvitationTask", object{"ClientToken": token(), "Identifier": id})
			t.equal(task, "TaskStatus", "FAILED")
			t.equal(task, "ReasonCode", "InvitationValidationFailed")
		}),
	}
	for i := range cases {
		if cases[i].creates[invitations] > 0 {
			// Each invitation costs an engagement that tells the second account's number.
			creates := map[string]int{engagements: cases[i].creates[engagements] + cases[i].creates[invitations]}
			for _, kind := range []string{invitations, opportunities, snapshots} {
				creates[kind] = cases[i].creates[kind]
			}
			cases[i].creates = creates
		}
	}
	return slices.Clip(cases)
}
