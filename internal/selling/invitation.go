package selling

import (
	"slices"

	"cosell/internal/api"
	"cosell/internal/events"
	"cosell/internal/operation"
	"cosell/internal/rule"
	"cosell/internal/store"
)

// invitation is the stored document: what GetEngagementInvitation shows, but for
// the members and the enrichment, which are the engagement's and read with it;
// and beside it what is shown to nobody.
type invitation struct {
	api.GetEngagementInvitationResponse
	// Referral is what AWS refers by the invitation; nil where it refers nothing.
	Referral *referral `json:"Referral,omitzero"`
}

func (i *invitation) sender() string   { return *i.SenderAwsAccountId }
func (i *invitation) receiver() string { return *i.Receiver.Account.AwsAccountId }

// engagementKey names the engagement invited to.
func (i *invitation) engagementKey() store.EngagementKey {
	return store.EngagementKey{Catalog: *i.Catalog, ID: *i.EngagementId}
}

// decodeInvitation reads an invitation from its row.
func (c *Call) decodeInvitation(row *store.Invitation) (*invitation, error) {
	return operation.Decode[invitation]("invitation", row.Document)
}

// row returns an invitation as its table holds it.
func (i *invitation) row() (*store.Invitation, error) {
	document, err := operation.Encode("invitation", i)
	if err != nil {
		return nil, err
	}
	return &store.Invitation{
		Catalog: *i.Catalog, ID: *i.Id, EngagementID: *i.EngagementId,
		Sender: i.sender(), Receiver: i.receiver(),
		Status: string(*i.Status), PayloadType: string(*i.PayloadType),
		InvitedAt: int64(*i.InvitationDate), ExpiresAt: int64(api.Value(i.ExpirationDate)),
		Document: document,
	}, nil
}

// statusOf is an invitation's status now: a pending one whose time is over has
// expired, whether or not the work that says so has been done.
func (c *Call) statusOf(i *invitation) api.InvitationStatus {
	if *i.Status == api.InvitationStatusPending && i.ExpirationDate != nil && c.Now >= *i.ExpirationDate {
		return api.InvitationStatusExpired
	}
	return *i.Status
}

// CreateEngagementInvitation asks another account into an engagement of the
// caller's (docs/behavior/invitations.md#what-is-refused).
func (c *Call) CreateEngagementInvitation(in *api.CreateEngagementInvitationRequest) (*api.CreateEngagementInvitationResponse, error) {
	e, err := c.visibleEngagement("engagementIdentifier", *in.Catalog, *in.EngagementIdentifier)
	if err != nil {
		return nil, err
	}
	var f rule.Findings
	if project := in.Invitation.Payload.OpportunityInvitation; project != nil && !rule.IsDate(*project.Project.TargetCompletionDate) {
		f.InvalidValue("invitation.payload.opportunityInvitation.project.targetCompletionDate", "targetCompletionDate"+rule.MessageDate)
	}
	if planning := in.Invitation.Payload.AccountPlanningInvitation; planning != nil &&
		planning.AccountIdentifier == nil && planning.Customer == nil {
		f.Missing("invitation.payload.accountPlanningInvitation", "accountIdentifier or customer is required")
	}
	if e.Catalog != catalogSandbox {
		c.mayInvite(&f, e, in.Invitation.Payload)
	}
	if err := rule.Refuse(f.List); err != nil {
		return nil, err
	}
	i, err := c.invite(e, in.Invitation)
	if err != nil {
		return nil, err
	}
	return &api.CreateEngagementInvitationResponse{Id: i.Id, Arn: i.Arn}, nil
}

// mayInvite reports why an invitation of this kind cannot be sent now, in the AWS
// catalog: leads come from AWS alone, and what a partner is asked to join is a
// customer's project. Sandbox lets a partner play both
// (docs/behavior/invitations.md#what-is-refused).
func (c *Call) mayInvite(f *rule.Findings, e *engagement, payload *api.Payload) {
	if payload.LeadInvitation != nil {
		if !c.isAWS() {
			f.NotPermitted("invitation.payload.leadInvitation",
				"in this catalog only AWS invites to a lead; invite to an opportunity, or use Sandbox")
		}
		return
	}
	if payload.AccountPlanningInvitation != nil {
		if !slices.Contains(e.contextTypes(), api.EngagementContextTypeCustomerAccount) {
			f.Add("engagementIdentifier", api.ValidationExceptionErrorCodeInvalidResourceState,
				"the engagement must have a CustomerAccount context before anybody is invited to plan for the account")
		}
		return
	}
	if !slices.Contains(e.contextTypes(), api.EngagementContextTypeCustomerProject) {
		f.Add("engagementIdentifier", api.ValidationExceptionErrorCodeInvalidResourceState,
			"the engagement must have a CustomerProject context before anybody is invited to an opportunity")
	}
}

// GetEngagementInvitation returns an invitation that the caller sent or
// received, as much of it as the caller may see.
func (c *Call) GetEngagementInvitation(in *api.GetEngagementInvitationRequest) (*api.GetEngagementInvitationResponse, error) {
	i, err := c.visibleInvitation("identifier", *in.Catalog, *in.Identifier)
	if err != nil {
		return nil, err
	}
	out := i.GetEngagementInvitationResponse
	out.Status = new(c.statusOf(i))
	if c.viewOfInvitation(i) == invitationMetadata {
		out.Payload, out.InvitationMessage, out.EngagementDescription = nil, nil, nil
		return &out, nil
	}
	e, err := c.readEngagement(i.engagementKey())
	if err != nil {
		return nil, err
	}
	out.EnrichmentContext = enrichment(e)
	out.ExistingMembers, err = c.memberSummaries(e)
	return &out, err
}

// memberSummaries describes the members of an engagement to somebody outside:
// without their accounts.
func (c *Call) memberSummaries(e *engagement) ([]api.EngagementMemberSummary, error) {
	members, err := c.members(e)
	if err != nil {
		return nil, err
	}
	summaries := make([]api.EngagementMemberSummary, len(members))
	for i, member := range members {
		profile, err := c.profile(member)
		if err != nil {
			return nil, err
		}
		summaries[i] = api.EngagementMemberSummary{CompanyName: &profile.CompanyName, WebsiteUrl: &profile.WebsiteURL}
	}
	return summaries, nil
}

// enrichment is what an engagement knows of its customer beyond what the sender
// wrote: the latest prospecting result, and how ready the lead is.
func enrichment(e *engagement) *api.EnrichmentContext {
	var out api.EnrichmentContext
	for _, engagementContext := range e.Contexts {
		if result := engagementContext.Payload.ProspectingResult; result != nil && result.Aws != nil {
			out.ProspectingResultAws = &api.InvitationProspectingResultAws{
				Customer: result.Aws.Customer, Insights: result.Aws.Insights,
			}
		}
		if lead := engagementContext.Payload.Lead; lead != nil && lead.Insights != nil {
			out.LeadInsights = lead.Insights
		}
	}
	if out == (api.EnrichmentContext{}) {
		return nil
	}
	return &out
}

// tellOfInvitation tells both sides what happened to an invitation.
func (c *Call) tellOfInvitation(what string, i *invitation) error {
	fields := events.Invitation{
		ARN: *i.Arn, ID: *i.Id, EngagementID: *i.EngagementId, Catalog: *i.Catalog,
		SenderAccountID: i.sender(), ReceiverAccountID: i.receiver(),
		SenderCompanyName: api.Value(i.SenderCompanyName), PayloadType: string(*i.PayloadType),
	}
	if i.ExpirationDate != nil {
		fields.ExpirationDate = i.ExpirationDate.String()
	}
	if err := c.Emit(i.sender(), events.EngagementInvitation(what, fields, string(api.ParticipantTypeSender))); err != nil {
		return err
	}
	return c.Emit(i.receiver(), events.EngagementInvitation(what, fields, string(api.ParticipantTypeReceiver)))
}
