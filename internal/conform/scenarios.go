package conform

import (
	"cosell/internal/api"
)

// rule is a case without a table of its own.
func rule(operation, name, place, certainty string, creates map[string]int, run func(*trial)) Case {
	return Case{Name: operation + "/" + name, Operation: operation, Rule: page + place, Certainty: certainty, creates: creates, run: run}
}

// byTwo is a rule about two accounts.
func byTwo(operation, name, place, certainty string, creates map[string]int, run func(*trial)) Case {
	c := rule(operation, name, place, certainty, creates, run)
	c.second = true
	return c
}

// draftCases are rules about an opportunity that was not submitted.
func draftCases() []Case {
	return []Case{
		rule("CreateOpportunity", "token-repeats-the-answer", "errors.md#client-tokens", inferred, one, func(t *trial) {
			in := deal()
			first := t.ok("CreateOpportunity", in)
			t.equal(t.ok("CreateOpportunity", in), "Id", first["Id"])
		}),
		rule("CreateOpportunity", "token-with-other-content", "errors.md#client-tokens", documented, one, func(t *trial) {
			in := deal()
			t.ok("CreateOpportunity", in)
			t.refused("CreateOpportunity", with(in, "Project.Title", "Another title"), api.TypeConflict)
		}),
		rule("GetOpportunity", "what-was-created", "opportunities.md#create", documented, one, func(t *trial) {
			in := deal()
			made := t.ok("CreateOpportunity", in)
			t.settled(text(made, "Id"))
			read := t.read(text(made, "Id"))
			for _, path := range []string{"Customer.Account.CompanyName", "Project.Title", "LifeCycle.TargetCloseDate", "PrimaryNeedsFromAws.0"} {
				t.equal(read, path, at(in, path))
			}
			t.equal(read, "LastModifiedDate", made["LastModifiedDate"])
			t.equal(read, "CreatedDate", made["LastModifiedDate"])
		}),
		rule("UpdateOpportunity", "moves-the-lock", "opportunities.md#the-lock", documented, one, func(t *trial) {
			id := t.draft()
			before := t.read(id)
			answer := t.ok("UpdateOpportunity", t.updated(id, "Project.Title", "A new title"))
			if text(answer, "LastModifiedDate") <= text(before, "LastModifiedDate") {
				t.failf("LastModifiedDate: want later than %v, got %v", before["LastModifiedDate"], answer["LastModifiedDate"])
			}
			t.equal(t.read(id), "Project.Title", "A new title")
		}),
		rule("UpdateOpportunity", "stale-lock", "opportunities.md#the-lock", documented, one, func(t *trial) {
			id := t.draft()
			stale := t.updated(id)
			t.ok("UpdateOpportunity", with(stale, "Project.Title", "A new title"))
			t.refused("UpdateOpportunity", with(stale, "Project.Title", "A third title"), api.TypeConflict)
		}),
		rule("UpdateOpportunity", "removes-what-is-left-out", "opportunities.md#update", documented, one, func(t *trial) {
			id := t.draft()
			t.ok("UpdateOpportunity", t.updated(id, "Project.OtherSolutionDescription", remove))
			t.equal(t.read(id), "Project.OtherSolutionDescription", nil)
		}),
		rule("UpdateOpportunity", "keeps-the-origin", "opportunities.md#create", documented, one, func(t *trial) {
			id := t.draft()
			t.ok("UpdateOpportunity", t.updated(id, "Project.Title", "A new title"))
			t.equal(t.read(id), "CreatedDate", t.read(id)["CreatedDate"])
		}),
		rule("AssignOpportunity", "replaces-the-owner", "opportunities.md#owner", documented, one, func(t *trial) {
			id := t.draft()
			t.ok("AssignOpportunity", object{"Identifier": id, "Assignee": object{"Email": "ann@example.com", "FirstName": "Ann", "LastName": "Lee", "BusinessTitle": "OpportunityOwner"}})
			t.equal(t.read(id), "OpportunityTeam.0.BusinessTitle", "OpportunityOwner")
		}),
		rule("AssociateOpportunity", "links-a-product", "associations.md#kinds", documented, one, func(t *trial) {
			id := t.draft()
			link := object{"OpportunityIdentifier": id, "RelatedEntityType": "AwsProducts", "RelatedEntityIdentifier": "AWSLambda"}
			t.ok("AssociateOpportunity", link)
			t.equal(t.read(id), "RelatedEntityIdentifiers.AwsProducts.0", "AWSLambda")
			t.ok("DisassociateOpportunity", link)
			t.equal(t.read(id), "RelatedEntityIdentifiers.AwsProducts.0", nil)
		}),
		rule("AssociateOpportunity", "unknown-product", "associations.md#aws-products", observed, one, func(t *trial) {
			t.invalid("AssociateOpportunity", object{"OpportunityIdentifier": t.draft(), "RelatedEntityType": "AwsProducts", "RelatedEntityIdentifier": "NoSuchThing"},
				businessReason, "relatedEntityIdentifier", "INVALID_VALUE")
		}),
		rule("AssociateOpportunity", "bare-offer", "associations.md#kinds", documented, one, func(t *trial) {
			t.invalid("AssociateOpportunity", object{"OpportunityIdentifier": t.draft(), "RelatedEntityType": "AwsMarketplaceOffers", "RelatedEntityIdentifier": "offer-abcdefghijklm"},
				businessReason, "relatedEntityIdentifier", "INVALID_VALUE")
		}),
		rule("AssociateOpportunity", "unknown-solution", "associations.md#kinds", inferred, one, func(t *trial) {
			t.refused("AssociateOpportunity", object{"OpportunityIdentifier": t.draft(), "RelatedEntityType": "Solutions", "RelatedEntityIdentifier": "S-9999999"}, api.TypeResourceNotFound)
		}),
		rule("AssociateOpportunity", "repeated-link", "associations.md#linking", ours, one, func(t *trial) {
			link := object{"OpportunityIdentifier": t.draft(), "RelatedEntityType": "AwsProducts", "RelatedEntityIdentifier": "AWSLambda"}
			t.ok("AssociateOpportunity", link)
			t.ok("AssociateOpportunity", link)
		}),
		rule("DisassociateOpportunity", "not-linked", "associations.md#unlinking", sample, one, func(t *trial) {
			t.refused("DisassociateOpportunity", object{"OpportunityIdentifier": t.draft(), "RelatedEntityType": "AwsProducts", "RelatedEntityIdentifier": "AWSLambda"}, api.TypeResourceNotFound)
		}),
		rule("TagResource", "adds-and-removes", "solutions-and-tags.md#tags", documented, one, func(t *trial) {
			arn := text(t.read(t.draft()), "Arn")
			t.ok("TagResource", object{"ResourceArn": arn, "Tags": []any{object{"Key": "team", "Value": "north"}}})
			t.equal(t.ok("ListTagsForResource", object{"ResourceArn": arn}), "Tags.0.Value", "north")
			t.ok("UntagResource", object{"ResourceArn": arn, "TagKeys": []any{"team", "never-there"}})
			t.equal(t.ok("ListTagsForResource", object{"ResourceArn": arn}), "Tags.0", nil)
		}),
		rule("TagResource", "reserved-key", "solutions-and-tags.md#tags", documented, one, func(t *trial) {
			arn := text(t.read(t.draft()), "Arn")
			t.refused("TagResource", object{"ResourceArn": arn, "Tags": []any{object{"Key": "aws:x", "Value": "y"}}}, api.TypeValidation)
		}),
		rule("ListTagsForResource", "tags-of-creation", "solutions-and-tags.md#tags", documented, one, func(t *trial) {
			made := t.ok("CreateOpportunity", with(deal(), "Tags", []any{object{"Key": "team", "Value": "north"}}))
			t.settled(text(made, "Id"))
			t.equal(t.ok("ListTagsForResource", object{"ResourceArn": t.read(text(made, "Id"))["Arn"]}), "Tags.0.Key", "team")
		}),
	}
}

// submissionCases are rules about submitting.
func submissionCases() []Case {
	cases := []Case{
		rule("SubmitOpportunity", "becomes-submitted", "submission.md#who-may-submit", documented, one, func(t *trial) {
			id := t.draft()
			t.ok("SubmitOpportunity", object{"Identifier": id, "InvolvementType": "Co-Sell", "Visibility": "Full"})
			t.equal(t.read(id), "LifeCycle.ReviewStatus", "Submitted")
		}),
		rule("SubmitOpportunity", "twice", "submission.md#who-may-submit", documented, one, func(t *trial) {
			id := t.draft()
			in := object{"Identifier": id, "InvolvementType": "Co-Sell", "Visibility": "Full"}
			t.ok("SubmitOpportunity", in)
			t.invalid("SubmitOpportunity", in, businessReason, "lifeCycle.reviewStatus", "INVALID_RESOURCE_STATE")
		}),
		rule("SubmitOpportunity", "limited-co-sell", "submission.md#involvement-and-visibility", observed, one, func(t *trial) {
			t.invalid("SubmitOpportunity", object{"Identifier": t.draft(), "InvolvementType": "Co-Sell", "Visibility": "Limited"},
				businessReason, "primaryNeedsFromAws", "INVALID_VALUE")
		}),
		rule("SubmitOpportunity", "visibility-only-replaces-the-needs", "submission.md#involvement-and-visibility", sample, one, func(t *trial) {
			id := t.draft()
			t.ok("SubmitOpportunity", object{"Identifier": id, "InvolvementType": "For Visibility Only", "Visibility": "Limited"})
			t.equal(t.read(id), "PrimaryNeedsFromAws.0", "Do Not Need Support from AWS Sales Rep")
		}),
		rule("UpdateOpportunity", "locked-while-submitted", "edit-locks.md", documented, one, func(t *trial) {
			id := t.draft()
			t.ok("SubmitOpportunity", object{"Identifier": id, "InvolvementType": "Co-Sell", "Visibility": "Full"})
			t.refused("UpdateOpportunity", t.updated(id, "Project.Title", "A new title"), api.TypeValidation)
		}),
		rule("GetAwsOpportunitySummary", "after-submission", "review.md#awss-side", documented, one, func(t *trial) {
			id := t.draft()
			t.ok("SubmitOpportunity", object{"Identifier": id, "InvolvementType": "Co-Sell", "Visibility": "Full"})
			summary := t.ok("GetAwsOpportunitySummary", object{"RelatedOpportunityIdentifier": id})
			t.equal(summary, "RelatedOpportunityId", id)
			t.equal(summary, "InvolvementType", "Co-Sell")
		}),
		rule("StartEngagementFromOpportunityTask", "submits-with-an-engagement", "tasks.md#startengagementfromopportunitytask", documented,
			map[string]int{opportunities: 1, engagements: 1, invitations: 1, snapshots: 1}, func(t *trial) {
				id := t.draft()
				in := object{"ClientToken": token(), "Identifier": id, "AwsSubmission": object{"InvolvementType": "Co-Sell", "Visibility": "Full"}}
				task := t.task("StartEngagementFromOpportunityTask", in)
				t.equal(task, "TaskStatus", "COMPLETE")
				t.equal(task, "OpportunityId", id)
				t.equal(t.read(id), "LifeCycle.ReviewStatus", "Submitted")
				t.ok("GetEngagement", object{"Identifier": task["EngagementId"]})
				t.forgetJob(text(task, "ResourceSnapshotJobId"))
			}),
		rule("StartEngagementFromOpportunityTask", "thin-draft-fails", "submission.md#failures-of-the-task", observed, one, func(t *trial) {
			id := text(t.ok("CreateOpportunity", object{"ClientToken": token()}), "Id")
			t.settled(id)
			task := t.task("StartEngagementFromOpportunityTask", object{"ClientToken": token(), "Identifier": id, "AwsSubmission": object{"InvolvementType": "Co-Sell", "Visibility": "Full"}})
			t.equal(task, "TaskStatus", "FAILED")
			t.equal(task, "ReasonCode", "OpportunityValidationFailed")
		}),
		rule("StartEngagementFromOpportunityTask", "token-with-other-content", "tasks.md#how-a-task-runs", documented, one, func(t *trial) {
			id := text(t.ok("CreateOpportunity", object{"ClientToken": token()}), "Id")
			t.settled(id)
			in := object{"ClientToken": token(), "Identifier": id, "AwsSubmission": object{"InvolvementType": "Co-Sell", "Visibility": "Full"}}
			t.task("StartEngagementFromOpportunityTask", in)
			t.refused("StartEngagementFromOpportunityTask", with(in, "AwsSubmission.InvolvementType", "For Visibility Only"), api.TypeConflict)
		}),
	}
	for _, missing := range []struct {
		name, path, field string
		visibility        bool // needed also for visibility only
	}{
		{"company-name", "Customer.Account", "customer.account.companyName", true},
		{"industry", "Customer.Account.Industry", "customer.account.industry", true},
		{"country", "Customer.Account.Address", "customer.account.address.countryCode", true},
		{"website", "Customer.Account.WebsiteUrl", "customer.account.websiteUrl", true},
		{"postal-code", "Customer.Account.Address.PostalCode", "customer.account.address.postalCode", true},
		{"state", "Customer.Account.Address.StateOrRegion", "customer.account.address.stateOrRegion", true},
		{"title", "Project.Title", "project.title", true},
		{"business-problem", "Project.CustomerBusinessProblem", "project.customerBusinessProblem", true},
		{"delivery-models", "Project.DeliveryModels", "project.deliveryModels", true},
		{"use-case", "Project.CustomerUseCase", "project.customerUseCase", true},
		{"spend", "Project.ExpectedCustomerSpend", "project.expectedCustomerSpend", true},
		{"close-date", "LifeCycle.TargetCloseDate", "lifeCycle.targetCloseDate", true},
		{"solution", "Project.OtherSolutionDescription", "relatedEntityIdentifiers.solutions", true},
		{"sales-activities", "Project.SalesActivities", "project.salesActivities", false},
		{"needs", "PrimaryNeedsFromAws", "primaryNeedsFromAws", false},
	} {
		submit := func(t *trial, involvement string) *Answer {
			id := text(t.ok("CreateOpportunity", with(deal(), missing.path, remove)), "Id")
			t.settled(id)
			return t.send(t.client, "SubmitOpportunity", object{"Identifier": id, "InvolvementType": involvement, "Visibility": "Full"})
		}
		want := func(t *trial, answer *Answer) {
			if answer.Error != api.TypeValidation || answer.Fields[missing.field] != "REQUIRED_FIELD_MISSING" {
				t.failf("SubmitOpportunity: want REQUIRED_FIELD_MISSING on %s, got %s", missing.field, answer)
			}
		}
		cases = append(cases, rule("SubmitOpportunity", "without-"+missing.name, "submission.md#completeness", documented, one, func(t *trial) {
			want(t, submit(t, "Co-Sell"))
		}), rule("SubmitOpportunity", "visibility-only-without-"+missing.name, "submission.md#completeness", documented, one, func(t *trial) {
			answer := submit(t, "For Visibility Only")
			if missing.visibility {
				want(t, answer)
			} else if answer.Error != "" {
				t.failf("SubmitOpportunity: want success, got %s", answer)
			}
		}))
	}
	return cases
}

// task starts a convenience task and repeats the request until the task has ended.
func (t *trial) task(operation string, in object) object {
	var task object
	t.eventually(operation, func() bool {
		task = t.ok(operation, in)
		return text(task, "TaskStatus") != "IN_PROGRESS"
	})
	return task
}

// forgetJob stops and deletes a snapshot job at the end of the case.
func (t *trial) forgetJob(id string) {
	t.cleanup = append(t.cleanup, func() {
		job := object{"Catalog": catalog, "ResourceSnapshotJobIdentifier": id}
		// What cannot be removed stays; the case has its result.
		_, _ = t.client.Call(t.ctx, "StopResourceSnapshotJob", job)
		_, _ = t.client.Call(t.ctx, "DeleteResourceSnapshotJob", job)
	})
}
