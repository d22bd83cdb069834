package selling

import (
	"fmt"

	"cosell/internal/api"
	"cosell/internal/arn"
	"cosell/internal/auth"
	"cosell/internal/rule"
	"cosell/internal/store"
)

// taskAccepting joins an engagement and gives the caller an opportunity of its
// own in it: the one that AWS refers, or a copy of what another partner offers
// (docs/behavior/tasks.md#startengagementbyacceptinginvitationtask).
// The review status is settled before the first
// snapshot, in the order of the documented events.
var taskAccepting = &taskKind{
	name:      "engagement-by-accepting-invitation-task",
	operation: "StartEngagementByAcceptingInvitationTask",
	answer:    func(t *task) any { return showAccepting(t) },
	steps: []taskStep{
		{"GetEngagementInvitation", (*Call).readInvitationForTask, invitationReasons},
		{"AcceptEngagementInvitation", (*Call).acceptForTask, invitationReasons},
		{"CreateOpportunity", (*Call).copyForTask, opportunityReasons},
		{"SubmitOpportunity", (*Call).joinReviewForTask, opportunityReasons},
		stepSnapshot,
		stepJob,
	},
}

// StartEngagementByAcceptingInvitationTask starts a task that accepts an
// invitation. An invitation that the caller cannot see is refused at once.
func (c *Call) StartEngagementByAcceptingInvitationTask(in *api.StartEngagementByAcceptingInvitationTaskRequest) (*api.StartEngagementByAcceptingInvitationTaskResponse, error) {
	i, err := c.visibleInvitation("identifier", *in.Catalog, *in.Identifier)
	if err != nil {
		return nil, err
	}
	t, err := c.newTask(taskAccepting, *in.Catalog, in.Tags)
	if err != nil {
		return nil, err
	}
	t.InvitationID, t.EngagementID = *i.Id, *i.EngagementId
	return showAccepting(t), c.start(t)
}

func showAccepting(t *task) *api.StartEngagementByAcceptingInvitationTaskResponse {
	return &api.StartEngagementByAcceptingInvitationTaskResponse{
		TaskId: &t.ID, TaskArn: new(t.arn()), StartTime: new(t.startTime()), TaskStatus: t.status(),
		Message: t.Message, ReasonCode: t.ReasonCode,
		OpportunityId: optionalID(t.OpportunityID), ResourceSnapshotJobId: t.createdID(api.Value(t.SnapshotJobID)),
		EngagementInvitationId: t.createdID(t.InvitationID),
	}
}

// taskInvitation reads the invitation that the caller may answer.
func (c *Call) taskInvitation(t *task) (*invitation, error) {
	return c.receivedInvitation(t.Catalog, t.InvitationID)
}

func (c *Call) readInvitationForTask(t *task) error {
	i, err := c.taskInvitation(t)
	if err != nil {
		return err
	}
	switch status := c.statusOf(i); {
	case status == api.InvitationStatusExpired:
		return because(api.ReasonCodeInvitationValidationFailed, errAlreadyAnswered(status))
	case status != api.InvitationStatusPending:
		return errAlreadyAnswered(status)
	case i.Payload.AccountPlanningInvitation != nil:
		return invalid(api.Violation("identifier", api.ValidationExceptionErrorCodeActionNotPermitted,
			"an invitation to plan for an account has no opportunity; accept it with AcceptEngagementInvitation"))
	case i.Payload.OpportunityInvitation == nil:
		return invalid(api.Violation("identifier", api.ValidationExceptionErrorCodeActionNotPermitted,
			"a lead has no opportunity yet: accept it with AcceptEngagementInvitation, "+
				"and convert it with StartOpportunityFromEngagementTask"))
	}
	return nil
}

func (c *Call) acceptForTask(t *task) error {
	i, err := c.taskInvitation(t)
	if err != nil {
		return err
	}
	return c.acceptInvitation(i)
}

// copyForTask gives the caller its opportunity. The one that AWS refers became
// the caller's by accepting.
func (c *Call) copyForTask(t *task) error {
	i, err := c.taskInvitation(t)
	if err != nil {
		return err
	}
	if i.Referral != nil {
		t.OpportunityID = *i.Referral.Opportunity.Id
		return c.putTags(*i.Referral.Opportunity.Arn, t.Tags)
	}
	o, err := c.copyOf(i)
	if err != nil {
		return err
	}
	return c.insertForTask(t, o)
}

// copyOf makes an opportunity out of what an invitation tells. It is sparse: what
// the sender keeps to itself the caller has to find out, and to add. It stands
// not checked by the rules, because the caller cannot correct what the sender wrote.
func (c *Call) copyOf(i *invitation) (*opportunity, error) {
	team, err := c.team(nil)
	if err != nil {
		return nil, err
	}
	id, offered := c.IDs.Opportunity(), i.Payload.OpportunityInvitation
	customer, project := orEmpty(offered.Customer), orEmpty(offered.Project)
	opportunityType := api.OpportunityTypeNetNewBusiness
	if offered.OpportunityType != nil {
		opportunityType = *offered.OpportunityType
	}
	o := &opportunity{GetOpportunityResponse: api.GetOpportunityResponse{
		Catalog: i.Catalog, Id: &id, Arn: new(arn.Of(c.Caller.Account, *i.Catalog, kindOpportunity+"/"+id)),
		CreatedDate: new(c.Now), LastModifiedDate: new(c.Now),
		PrimaryNeedsFromAws: []api.PrimaryNeedFromAws{rule.VisibilityOnly},
		NationalSecurity:    new(api.NationalSecurityNo),
		OpportunityType:     &opportunityType,
		Marketing:           &api.Marketing{Source: new(api.MarketingSourceNone)},
		Customer: &api.Customer{
			Account: &api.Account{
				CompanyName: customer.CompanyName, Industry: customer.Industry, WebsiteUrl: customer.WebsiteUrl,
				Address: &api.Address{CountryCode: customer.CountryCode},
			},
			Contacts: []api.Contact{},
		},
		Project: &api.Project{
			Title: project.Title, CustomerBusinessProblem: project.BusinessProblem,
			ExpectedCustomerSpend: project.ExpectedCustomerSpend,
		},
		LifeCycle: &api.LifeCycle{
			Stage: new(api.StageProspect), ReviewStatus: new(api.ReviewStatusPendingSubmission),
			TargetCloseDate: project.TargetCompletionDate,
		},
		OpportunityTeam:          team,
		RelatedEntityIdentifiers: noRelatedEntities(),
	}}
	if i.sender() == auth.AWSAccount {
		o.Origin = new(api.OpportunityOriginAwsReferral)
	}
	return o, nil
}

// joinReviewForTask gives the caller's opportunity its place in AWS's review.
func (c *Call) joinReviewForTask(t *task) error {
	i, err := c.taskInvitation(t)
	if err != nil {
		return err
	}
	o, err := c.opportunity(t.Catalog, t.OpportunityID)
	if err != nil {
		return err
	}
	if i.sender() == auth.AWSAccount {
		return c.joinAsReferred(o)
	}
	return c.joinReviewOf(i.sender(), t.EngagementID, o)
}

// joinAsReferred takes an opportunity of AWS's for reviewed: AWS brings it, and
// co-sells.
func (c *Call) joinAsReferred(o *opportunity) error {
	o.LifeCycle.ReviewStatus = new(api.ReviewStatusApproved)
	record, err := c.awsRecord(o)
	if err != nil {
		return err
	}
	record.InvolvementType, record.Visibility = new(api.SalesInvolvementTypeCoSell), new(api.VisibilityFull)
	if err := c.putAwsRecord(o, record); err != nil {
		return err
	}
	if err := c.startAwsRecord(o); err != nil {
		return err
	}
	return c.save(o)
}

// joinReviewOf has an opportunity share the review of the sender's in an
// engagement: its status now, and its approval later. AWS keeps of it what it
// keeps of the sender's. Where the sender shares none yet there is no review to
// share, and the copy remains a draft.
func (c *Call) joinReviewOf(sender, engagementID string, o *opportunity) error {
	shared, err := c.Tx.Associations(&store.AssociationQuery{
		Account: c.Caller.Account, Catalog: *o.Catalog, EngagementID: engagementID, CreatedBy: sender, Limit: 1,
	})
	if err != nil {
		return fmt.Errorf("read associations: %w", err)
	}
	if len(shared) == 0 {
		return nil
	}
	other := c.onBehalfOf(sender)
	theirs, err := other.opportunity(*o.Catalog, shared[0].ResourceID)
	if err != nil {
		return err
	}
	// A review decision about the sender's opportunity commits entirely before or
	// entirely after this transaction.
	if err := c.Tx.LockOpportunity(other.key(theirs)); err != nil {
		return fmt.Errorf("lock opportunity: %w", err)
	}
	if err := c.Tx.InsertReviewFollower(other.key(theirs), c.key(o)); err != nil {
		return fmt.Errorf("follow review: %w", err)
	}
	record, err := other.awsRecord(theirs)
	if err != nil {
		return err
	}
	if record.version > 0 {
		record.version, record.stored = 0, nil // becomes a record of its own
		if err := c.putAwsRecord(o, record); err != nil {
			return err
		}
	}
	o.LifeCycle.ReviewStatus = new(followed(*theirs.LifeCycle.ReviewStatus))
	return c.save(o)
}

// followed is the status of an opportunity that shares the review of one in a
// given status. What AWS does meanwhile concerns the sender alone: the copy stays
// Submitted until the approval.
func followed(status api.ReviewStatus) api.ReviewStatus {
	switch status {
	case api.ReviewStatusInReview, api.ReviewStatusActionRequired:
		return api.ReviewStatusSubmitted
	default:
		return status
	}
}
