package selling

import (
	"fmt"
	"slices"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/events"
	"cosell/internal/store"
)

// taskFromOpportunity submits an opportunity: an engagement about it, what its
// members see of it, AWS's invitation, and the submission itself
// (docs/behavior/tasks.md#startengagementfromopportunitytask).
// The first step asks already whether the submission can
// succeed, so that a draft with gaps leaves nothing behind.
var taskFromOpportunity = &taskKind{
	name:      "engagement-from-opportunity-task",
	operation: "StartEngagementFromOpportunityTask",
	answer:    func(t *task) any { return showFromOpportunity(t) },
	steps: []taskStep{
		{"GetOpportunity", (*Call).readyForTask, opportunityReasons},
		{"CreateEngagement", (*Call).engageForTask, engagementReasons},
		{"CreateResourceSnapshot", (*Call).shareForTask, snapshotReasons},
		stepJob,
		{"CreateEngagementInvitation", (*Call).inviteAWSForTask, invitationReasons},
		{"SubmitOpportunity", (*Call).submitForTask, opportunityReasons},
	},
}

// StartEngagementFromOpportunityTask starts a task that submits an opportunity. An
// opportunity that is not the caller's is refused at once.
func (c *Call) StartEngagementFromOpportunityTask(in *api.StartEngagementFromOpportunityTaskRequest) (*api.StartEngagementFromOpportunityTaskResponse, error) {
	if _, err := c.opportunity(*in.Catalog, *in.Identifier); err != nil {
		return nil, err
	}
	t, err := c.newTask(taskFromOpportunity, *in.Catalog, in.Tags)
	if err != nil {
		return nil, err
	}
	t.OpportunityID, t.AwsSubmission = *in.Identifier, in.AwsSubmission
	return showFromOpportunity(t), c.start(t)
}

func showFromOpportunity(t *task) *api.StartEngagementFromOpportunityTaskResponse {
	return &api.StartEngagementFromOpportunityTaskResponse{
		TaskId: &t.ID, TaskArn: new(t.arn()), StartTime: new(t.startTime()), TaskStatus: t.status(),
		Message: t.Message, ReasonCode: t.ReasonCode,
		OpportunityId: optionalID(t.OpportunityID), ResourceSnapshotJobId: t.createdID(api.Value(t.SnapshotJobID)),
		EngagementId: t.createdID(t.EngagementID), EngagementInvitationId: t.createdID(t.InvitationID),
	}
}

// submission is what a task submits with.
func (t *task) submission() (api.SalesInvolvementType, api.Visibility) {
	visibility := api.VisibilityFull
	if t.AwsSubmission.Visibility != nil {
		visibility = *t.AwsSubmission.Visibility
	}
	return *t.AwsSubmission.InvolvementType, visibility
}

// readyForTask reports why the submission cannot succeed, or is not this
// task's to make.
func (c *Call) readyForTask(t *task) error {
	o, err := c.opportunity(t.Catalog, t.OpportunityID)
	if err != nil {
		return err
	}
	if err := c.ensureSoleSubmission(t, o); err != nil {
		return err
	}
	involvement, visibility := t.submission()
	if again, err := c.sentBack(o, involvement, visibility); again || err != nil {
		return err
	}
	return because(c.checkSubmission(o, involvement, visibility))
}

// ensureSoleSubmission refuses a task whose opportunity another task has begun to
// submit: both together would make two engagements. It takes the write lock of the
// opportunity, so that of two tasks that begin together one sees the other.
func (c *Call) ensureSoleSubmission(t *task, o *opportunity) error {
	if err := c.Tx.LockOpportunity(c.key(o)); err != nil {
		return fmt.Errorf("lock opportunity: %w", err)
	}
	others, err := c.Tx.Tasks(&store.TaskQuery{
		Account: t.Account, Catalog: t.Catalog, Kind: t.Kind, OpportunityIDs: []string{t.OpportunityID},
		Statuses: []string{string(api.TaskStatusInProgress)}, SortBy: store.ColumnStarted, Limit: tasksPage,
	})
	if err != nil {
		return fmt.Errorf("read tasks: %w", err)
	}
	i := slices.IndexFunc(others, func(other store.Task) bool { return other.Step > 0 })
	if i < 0 {
		return nil
	}
	return api.Conflict("The opportunity is being submitted by " + others[i].ID)
}

// engageForTask finds the engagement that the opportunity is in, or makes one.
func (c *Call) engageForTask(t *task) error {
	o, err := c.opportunity(t.Catalog, t.OpportunityID)
	if err != nil {
		return err
	}
	e, err := c.engagementOf(o)
	if err != nil {
		return err
	}
	if e == nil {
		if e, err = c.engage(o); err != nil {
			return err
		}
	}
	t.EngagementID = *e.Id
	return nil
}

// maxSharing is in how many engagements of one opportunity a task looks for the
// one that suits it.
const maxSharing = 100

// engagementOf finds the engagement in which the caller shares an opportunity;
// nil where there is none. Of several it is one about a customer's project, or a
// lead that becomes one; without such a context nothing can be submitted
// (docs/behavior/tasks.md#startengagementfromopportunitytask).
func (c *Call) engagementOf(o *opportunity) (*engagement, error) {
	found, err := c.Tx.Associations(&store.AssociationQuery{
		Account: c.Caller.Account, Catalog: *o.Catalog, ResourceID: *o.Id, CreatedBy: c.Caller.Account, Limit: maxSharing,
	})
	if err != nil {
		return nil, fmt.Errorf("read associations: %w", err)
	}
	for _, association := range found {
		e, err := c.readEngagement(store.EngagementKey{Catalog: *o.Catalog, ID: association.EngagementID})
		if err != nil {
			return nil, err
		}
		kinds := e.contextTypes()
		if slices.Contains(kinds, api.EngagementContextTypeCustomerProject) || slices.Contains(kinds, api.EngagementContextTypeLead) {
			return e, nil
		}
	}
	if len(found) == 0 {
		return nil, nil
	}
	return nil, invalid(api.Violation("engagementIdentifier", api.ValidationExceptionErrorCodeInvalidResourceState,
		"the engagement "+found[0].EngagementID+" must have a CustomerProject context; add one with CreateEngagementContext"))
}

// engage makes an engagement about an opportunity. That the caller is its member
// is told besides (docs/behavior/events.md#triggers).
func (c *Call) engage(o *opportunity) (*engagement, error) {
	content := o.content()
	e := c.newEngagement(*o.Catalog, new(shorten(api.Value(orEmpty(content.Project).Title), maxEngagementTitle)),
		new(shorten(api.Value(orEmpty(content.Project).CustomerBusinessProblem), maxEngagementDescription)))
	e.appendContext(api.EngagementContextTypeCustomerProject,
		&api.EngagementContextPayload{CustomerProject: o.customerProject()})
	if err := c.createEngagement(e, c.Caller.Account); err != nil {
		return nil, err
	}
	profile, err := c.profile(c.Caller.Account)
	if err != nil {
		return nil, err
	}
	return e, c.Emit(c.Caller.Account,
		events.EngagementMemberAdded(e.Catalog, *e.Arn, *e.Id, c.Caller.Account, profile.CompanyName))
}

// shareForTask is CreateResourceSnapshot whole: a lead's engagement becomes one
// about a customer's project by it.
func (c *Call) shareForTask(t *task) error {
	e, o, err := c.taskSubject(t)
	if err != nil {
		return err
	}
	if _, err := c.createSnapshot(e, o, templateSummary); err != nil {
		return err
	}
	return c.convertLead(e, o)
}

// inviteAWSForTask invites AWS, unless it is a member or invited already. AWS answers with
// its review.
func (c *Call) inviteAWSForTask(t *task) error {
	e, o, err := c.taskSubject(t)
	if err != nil {
		return err
	}
	members, err := c.members(e)
	if err != nil || slices.Contains(members, auth.AWSAccount) {
		return err
	}
	pending, err := c.pendingInvitations(e)
	if err != nil {
		return err
	}
	for _, i := range pending {
		if i.receiver() != auth.AWSAccount {
			continue
		}
		if i.sender() == c.Caller.Account { // else it is not for the caller to see
			t.InvitationID = *i.Id
		}
		return nil
	}
	i, err := c.invite(e, o.offerToAWS())
	if err != nil {
		return err
	}
	t.InvitationID = *i.Id
	return nil
}

// maxSenderContacts is how many people an invitation names.
const maxSenderContacts = 3

// offerToAWS is the invitation of AWS to an opportunity that is about to be
// submitted.
func (o *opportunity) offerToAWS() *api.Invitation {
	var contacts []api.SenderContact
	for _, member := range o.OpportunityTeam {
		if member.Email == nil || len(contacts) == maxSenderContacts {
			continue
		}
		contacts = append(contacts, api.SenderContact(member))
	}
	content := o.content()
	account, project := content.Account(), orEmpty(content.Project)
	return &api.Invitation{
		Message:  new("Please review this opportunity."),
		Receiver: &api.Receiver{Account: &api.AccountReceiver{AwsAccountId: new(auth.AWSAccount)}},
		Payload: &api.Payload{OpportunityInvitation: &api.OpportunityInvitationPayload{
			SenderContacts:           contacts,
			ReceiverResponsibilities: []api.ReceiverResponsibility{api.ReceiverResponsibilityCoSellFacilitator},
			OpportunityType:          o.OpportunityType,
			// Of a customer who is a secret it tells less than other invitations.
			Customer: &api.EngagementCustomer{
				Industry: account.Industry, CompanyName: account.CompanyName,
				WebsiteUrl: account.WebsiteUrl, CountryCode: content.Address().CountryCode,
			},
			Project: &api.ProjectDetails{
				Title: project.Title, BusinessProblem: project.CustomerBusinessProblem,
				TargetCompletionDate: orEmpty(content.LifeCycle).TargetCloseDate, ExpectedCustomerSpend: project.ExpectedCustomerSpend,
			},
		}},
	}
}

func (c *Call) submitForTask(t *task) error {
	o, err := c.opportunity(t.Catalog, t.OpportunityID)
	if err != nil {
		return err
	}
	involvement, visibility := t.submission()
	if again, err := c.sentBack(o, involvement, visibility); again || err != nil {
		return err
	}
	if err := because(c.checkSubmission(o, involvement, visibility)); err != nil {
		return err
	}
	return c.submit(o, involvement, visibility)
}
