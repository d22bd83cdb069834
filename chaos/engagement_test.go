package chaos

import (
	"context"
	"fmt"
	"slices"

	"cosell/internal/api"
)

// engagement is one of a partner's, as the partner knows it.
type engagement struct {
	id, arn     string
	job         string // that follows the deal
	deal        *deal
	members     []string
	invitations []*invitation
	published   []publication // by CreateResourceSnapshot, not by the job
}

// publication is a revision that a partner asked for.
type publication struct {
	revision  int32
	nextSteps string // of the opportunity then
}

// invitation is one that a partner sent.
type invitation struct {
	id, arn, receiver string
	status            api.InvitationStatus
	task              *taskUse // that accepts it
}

// taskUse is a task that was started.
type taskUse struct {
	account, operation string
	in                 any
	made               *taskResult // once it is verified
}

const template = "OpportunitySummaryView"

func engagementARN(id string) string {
	return "arn:aws:partnercentral:us-east-1::catalog/" + sandbox + "/engagement/" + id
}

func invitationARN(id string) string {
	return "arn:aws:partnercentral:us-east-1::catalog/" + sandbox + "/engagement-invitation/" + id
}

// engage makes an engagement, and a snapshot job by which it follows an
// opportunity.
func (p *partner) engage(ctx context.Context, d *deal) error {
	if d.follower != nil {
		return nil
	}
	e, err := p.makeEngagement(ctx)
	if err != nil {
		return err
	}
	e.deal, d.follower = d, e
	p.engagements = append(p.engagements, e)
	job, err := once[api.CreateResourceSnapshotJobResponse](ctx, p, p.account, "CreateResourceSnapshotJob", &api.CreateResourceSnapshotJobRequest{
		Catalog: catalog, ClientToken: p.token(), EngagementIdentifier: &e.id,
		ResourceType: new(api.ResourceTypeOpportunity), ResourceIdentifier: &d.id, ResourceSnapshotTemplateIdentifier: new(template),
	})
	if err != nil {
		return err
	}
	e.job = *job.Id
	_, err = p.write(ctx, p.account, "StartResourceSnapshotJob",
		&api.StartResourceSnapshotJobRequest{Catalog: catalog, ResourceSnapshotJobIdentifier: &e.job})
	if err != nil {
		return err
	}
	return p.publish(ctx, e) // whoever joins now shares its review, whenever the job comes round
}

func (p *partner) makeEngagement(ctx context.Context) (*engagement, error) {
	made, err := once[api.CreateEngagementResponse](ctx, p, p.account, "CreateEngagement", &api.CreateEngagementRequest{
		Catalog: catalog, ClientToken: p.token(), Title: new("Farms"), Description: new(p.words(250)),
	})
	if err != nil {
		return nil, err
	}
	p.story.add(p.account, *made.Arn, engagementCreated)
	return &engagement{id: *made.Id, arn: *made.Arn, members: []string{p.account}}, nil
}

// publish adds a revision beside those of the job.
func (p *partner) publish(ctx context.Context, e *engagement) error {
	out, err := once[api.CreateResourceSnapshotResponse](ctx, p, p.account, "CreateResourceSnapshot",
		snapshotRequest(e.id, e.deal.id, p.token()))
	if err != nil {
		return err
	}
	if last := len(e.published); last > 0 && *out.Revision <= e.published[last-1].revision {
		return fmt.Errorf("revision %d of %s follows revision %d", *out.Revision, e.id, e.published[last-1].revision)
	}
	e.published = append(e.published, publication{*out.Revision, e.deal.content.nextSteps})
	return nil
}

func snapshotRequest(engagementID, opportunityID string, token *string) *api.CreateResourceSnapshotRequest {
	return &api.CreateResourceSnapshotRequest{
		Catalog: catalog, ClientToken: token, EngagementIdentifier: &engagementID,
		ResourceType: new(api.ResourceTypeOpportunity), ResourceIdentifier: &opportunityID, ResourceSnapshotTemplateIdentifier: new(template),
	}
}

// invite asks another account in, and answers in its name: yes, no, by a task or
// not at all.
func (p *partner) invite(ctx context.Context, e *engagement) error {
	i, err := p.send(ctx, e)
	if err != nil || i == nil {
		return err
	}
	switch p.random.IntN(4) {
	case 0: // it will expire
		return nil
	case 1:
		return p.reject(ctx, i)
	case 2:
		return p.join(ctx, e, i)
	default:
		return p.accept(ctx, e, i)
	}
}

// send invites an account that is neither a member nor invited; nil where there is
// none.
func (p *partner) send(ctx context.Context, e *engagement) (*invitation, error) {
	strangers := slices.DeleteFunc(slices.Clone(p.others), func(account string) bool {
		return slices.Contains(e.members, account) || slices.ContainsFunc(e.invitations, func(i *invitation) bool {
			return i.receiver == account && i.status == api.InvitationStatusPending
		})
	})
	if len(strangers) == 0 {
		return nil, nil //nolint:nilnil // nobody is left
	}
	i := &invitation{receiver: strangers[0], status: api.InvitationStatusPending}
	in := new(api.CreateEngagementInvitationRequest)
	if err := api.Unmarshal([]byte(welcome), in); err != nil {
		return nil, err
	}
	in.ClientToken, in.EngagementIdentifier = p.token(), &e.id
	in.Invitation.Receiver = &api.Receiver{Account: &api.AccountReceiver{AwsAccountId: &i.receiver}}
	out, err := once[api.CreateEngagementInvitationResponse](ctx, p, p.account, "CreateEngagementInvitation", in)
	if err != nil {
		return nil, err
	}
	i.id, i.arn = *out.Id, *out.Arn
	e.invitations = append(e.invitations, i)
	p.story.both(p.account, i, invitationCreated)
	return i, nil
}

// welcome is an invitation to an opportunity.
const welcome = `{"Catalog": "Sandbox", "Invitation": {"Message": "Join us", "Payload": {"OpportunityInvitation": {
	"SenderContacts": [{"Email": "ann@alice.example.com", "FirstName": "Ann", "LastName": "Lee", "BusinessTitle": "Manager", "Phone": "+14151231234"}],
	"ReceiverResponsibilities": ["Distributor"],
	"Customer": {"Industry": "Agriculture", "CompanyName": "Acme Farms", "WebsiteUrl": "https://farms.example.com", "CountryCode": "US"},
	"Project": {"Title": "Harvest", "BusinessProblem": "They count their sheep by hand.", "TargetCompletionDate": "2037-10-04",
		"ExpectedCustomerSpend": [{"Amount": "10000.00", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}]}}}}}`

func (p *partner) reject(ctx context.Context, i *invitation) error {
	_, err := p.write(ctx, i.receiver, "RejectEngagementInvitation",
		&api.RejectEngagementInvitationRequest{Catalog: catalog, Identifier: &i.id, RejectionReason: new("Next steps unclear")})
	if err != nil {
		return err
	}
	i.status = api.InvitationStatusRejected
	p.story.both(p.account, i, invitationRejected)
	return nil
}

func (p *partner) accept(ctx context.Context, e *engagement, i *invitation) error {
	_, err := p.write(ctx, i.receiver, "AcceptEngagementInvitation",
		&api.AcceptEngagementInvitationRequest{Catalog: catalog, Identifier: &i.id})
	if err != nil {
		return err
	}
	p.accepted(e, i)
	return nil
}

// accepted makes true what an acknowledged acceptance says.
func (p *partner) accepted(e *engagement, i *invitation) {
	i.status = api.InvitationStatusAccepted
	p.story.both(p.account, i, invitationAccepted)
	e.members = append(e.members, i.receiver)
	for _, member := range e.members {
		p.story.add(member, e.arn, memberAdded)
	}
}

// join accepts by a task, which copies the opportunity for the receiver.
func (p *partner) join(ctx context.Context, e *engagement, i *invitation) error {
	in := &api.StartEngagementByAcceptingInvitationTaskRequest{Catalog: catalog, ClientToken: p.token(), Identifier: &i.id}
	i.task = &taskUse{account: i.receiver, operation: "StartEngagementByAcceptingInvitationTask", in: in}
	for {
		out, err := write[api.StartEngagementByAcceptingInvitationTaskResponse](ctx, &p.client, i.receiver, i.task.operation, in)
		if err != nil {
			return err
		}
		if *out.TaskStatus == api.TaskStatusComplete {
			break // else somebody else may join before
		}
	}
	p.accepted(e, i)
	return nil
}

// submit puts an opportunity before AWS by a task, which makes an engagement
// about it.
func (p *partner) submit(ctx context.Context, d *deal) error {
	if d.follower != nil {
		return nil // its engagement has no context to submit by
	}
	in := &api.StartEngagementFromOpportunityTaskRequest{
		Catalog: catalog, ClientToken: p.token(), Identifier: &d.id,
		AwsSubmission: &api.AwsSubmission{InvolvementType: new(api.SalesInvolvementTypeCoSell)},
	}
	d.submitted = &taskUse{account: p.account, operation: "StartEngagementFromOpportunityTask", in: in}
	_, err := p.write(ctx, p.account, d.submitted.operation, in)
	return err // a worker finishes what is under way
}
