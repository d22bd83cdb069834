package selling

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/operation"
	"cosell/internal/rule"
)

const (
	// maxContexts is how many contexts an engagement has at most.
	maxContexts = 5
	// maxInteractions is how many interactions a lead has at most.
	maxInteractions = 10
	// unqualified is what a lead's status is until somebody says otherwise.
	unqualified = "Unqualified"
)

// contextTypes returns the kinds of an engagement's contexts, each once, in the
// order in which they came.
func (e *engagement) contextTypes() []api.EngagementContextType {
	kinds := []api.EngagementContextType{}
	for _, engagementContext := range e.Contexts {
		if !slices.Contains(kinds, *engagementContext.Type) {
			kinds = append(kinds, *engagementContext.Type)
		}
	}
	return kinds
}

// contextBits is a set of kinds as the store filters by it.
func contextBits(kinds []api.EngagementContextType) int64 {
	var bits int64
	for _, kind := range kinds {
		switch kind {
		case api.EngagementContextTypeCustomerProject:
			bits |= 1
		case api.EngagementContextTypeLead:
			bits |= 2
		case api.EngagementContextTypeProspectingResult:
			bits |= 4
		case api.EngagementContextTypeCustomerAccount:
			bits |= 8
		}
	}
	return bits
}

// appendContext gives an engagement one more context, with the next number.
func (e *engagement) appendContext(kind api.EngagementContextType, payload *api.EngagementContextPayload) string {
	id := strconv.Itoa(len(e.Contexts) + 1)
	e.Contexts = append(e.Contexts, api.EngagementContextDetails{Id: &id, Type: &kind, Payload: payload})
	return id
}

// addContext stores one more context as the caller's change, and tells all
// members. The payload must be right.
func (c *Call) addContext(
	e *engagement, kind api.EngagementContextType, payload *api.EngagementContextPayload,
) (id string, err error) {
	if len(e.Contexts) >= maxContexts {
		return "", api.QuotaExceeded(fmt.Sprintf("An engagement has at most %d contexts", maxContexts))
	}
	id = e.appendContext(kind, payload)
	if err := c.saveEngagement(e, nil); err != nil {
		return "", err
	}
	return id, c.engagementUpdated(e)
}

// CreateEngagementContext adds a context to an engagement. Any member may.
func (c *Call) CreateEngagementContext(in *api.CreateEngagementContextRequest) (*api.CreateEngagementContextResponse, error) {
	e, err := c.visibleEngagement("engagementIdentifier", *in.Catalog, *in.EngagementIdentifier)
	if err != nil {
		return nil, err
	}
	payload, violations, err := c.newContext("", e.Catalog, *in.Type, in.Payload)
	if err != nil {
		return nil, err
	}
	if violations != nil {
		return nil, invalid(violations...)
	}
	id, err := c.addContext(e, *in.Type, payload)
	if err != nil {
		return nil, err
	}
	return &api.CreateEngagementContextResponse{
		EngagementId: e.Id, EngagementArn: e.Arn, EngagementLastModifiedAt: e.ModifiedAt, ContextId: &id,
	}, nil
}

// UpdateEngagementContext replaces the content of a context; a lead's
// interaction is added to those it has. The lock is that of the whole engagement
// (docs/behavior/engagements.md#contexts).
func (c *Call) UpdateEngagementContext(in *api.UpdateEngagementContextRequest) (*api.UpdateEngagementContextResponse, error) {
	e, err := c.visibleEngagement("engagementIdentifier", *in.Catalog, *in.EngagementIdentifier)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(e.Contexts, func(engagementContext api.EngagementContextDetails) bool {
		return *engagementContext.Id == *in.ContextIdentifier
	})
	if i < 0 {
		return nil, api.NotFound("The engagement has no such context")
	}
	if *in.EngagementLastModifiedAt != *e.ModifiedAt {
		return nil, operation.StaleLock(*in.EngagementLastModifiedAt, *e.ModifiedAt)
	}
	engagementContext := &e.Contexts[i]
	payload, violations := c.changedContext(engagementContext, *in.Type, in.Payload)
	if violations != nil {
		return nil, invalid(violations...)
	}
	engagementContext.Payload = payload
	if err := c.saveEngagement(e, nil); err != nil {
		return nil, err
	}
	if err := c.engagementUpdated(e); err != nil {
		return nil, err
	}
	return &api.UpdateEngagementContextResponse{
		EngagementId: e.Id, EngagementArn: e.Arn, EngagementLastModifiedAt: e.ModifiedAt, ContextId: engagementContext.Id,
	}, nil
}

// newContext returns what is stored of a payload that the caller writes, or what
// is wrong with it. at leads to the context in the request.
func (c *Call) newContext(
	at, catalog string, kind api.EngagementContextType, given *api.EngagementContextPayload,
) (*api.EngagementContextPayload, []api.ValidationExceptionError, error) {
	var f rule.Findings
	c.mayWrite(&f, at, kind)
	if given == nil {
		f.Missing(at+"payload", "payload is required")
		return nil, f.List, nil
	}
	if !payloadFits(&f, at, kind, given) {
		return nil, f.List, nil
	}
	stored := *given
	if given.CustomerAccount != nil {
		var err error
		if stored.CustomerAccount, err = c.newCustomerAccountContext(at, catalog, given.CustomerAccount, &f); err != nil {
			return nil, nil, err
		}
	}
	if given.CustomerProject != nil {
		checkCustomerProject(&f, at, given.CustomerProject)
	}
	if given.Lead != nil {
		lead := *given.Lead
		if c.isAWS() {
			checkChannel(&f, at, lead.Insights)
		} else {
			lead.Insights = nil // AWS's to write
		}
		lead.QualificationStatus = qualification(lead.QualificationStatus)
		lead.Interactions = slices.Clone(lead.Interactions)
		for i := range lead.Interactions {
			c.defaultDate(&lead.Interactions[i])
		}
		stored.Lead = &lead
	}
	return &stored, f.List, nil
}

// changedContext returns a context's payload after an update, or what is wrong
// with the update.
func (c *Call) changedContext(
	before *api.EngagementContextDetails, kind api.EngagementContextType, given *api.UpdateEngagementContextPayload,
) (*api.EngagementContextPayload, []api.ValidationExceptionError) {
	var f rule.Findings
	if kind != *before.Type {
		f.InvalidValue("type", "must be "+string(*before.Type)+", the type of this context")
		return nil, f.List
	}
	c.mayWrite(&f, "", kind)
	fits := &api.EngagementContextPayload{CustomerProject: given.CustomerProject, ProspectingResult: given.ProspectingResult}
	if given.Lead != nil {
		fits.Lead = new(api.LeadContext)
	}
	if !payloadFits(&f, "", kind, fits) {
		return nil, f.List
	}
	after := &api.EngagementContextPayload{CustomerProject: given.CustomerProject, ProspectingResult: given.ProspectingResult}
	if given.CustomerProject != nil {
		checkCustomerProject(&f, "", given.CustomerProject)
	}
	if given.Lead != nil {
		lead := *before.Payload.Lead
		lead.Customer = given.Lead.Customer
		lead.QualificationStatus = qualification(given.Lead.QualificationStatus)
		if c.isAWS() && given.Lead.Insights != nil {
			checkChannel(&f, "", given.Lead.Insights)
			lead.Insights = given.Lead.Insights
		}
		if given.Lead.Interaction != nil {
			if len(lead.Interactions) >= maxInteractions {
				f.Add("payload.lead.interaction", api.ValidationExceptionErrorCodeTooManyValues,
					fmt.Sprintf("a lead has at most %d interactions", maxInteractions))
			}
			interaction := *given.Lead.Interaction
			c.defaultDate(&interaction)
			lead.Interactions = append(lead.Interactions, interaction)
		}
		after.Lead = &lead
	}
	return after, f.List
}

func (c *Call) isAWS() bool { return c.Caller.Account == auth.AWSAccount }

// mayWrite refuses what a partner does not write by hand.
func (c *Call) mayWrite(f *rule.Findings, at string, kind api.EngagementContextType) {
	if kind == api.EngagementContextTypeProspectingResult && !c.isAWS() {
		f.NotPermitted(at+"type", "a ProspectingResult is written by prospecting tasks only")
	}
}

// outreachChannels are the channels that AWS recommends for a lead.
var outreachChannels = []string{"EMAIL", "CALL"}

// checkChannel checks AWS's advice on how to contact a lead, which the contract
// leaves open.
func checkChannel(f *rule.Findings, at string, insights *api.LeadInsights) {
	if insights == nil || insights.ChannelRecommendation == nil {
		return
	}
	channel := api.Value(insights.ChannelRecommendation.RecommendedChannel)
	if channel != "" && !slices.Contains(outreachChannels, channel) {
		f.InvalidValue(at+"payload.lead.insights.channelRecommendation.recommendedChannel",
			"recommendedChannel must be one of: "+strings.Join(outreachChannels, ", "))
	}
}

// payloadFits reports whether the one member that a payload has is that of its type.
func payloadFits(f *rule.Findings, at string, kind api.EngagementContextType, given *api.EngagementContextPayload) bool {
	fits := map[api.EngagementContextType]bool{
		api.EngagementContextTypeCustomerProject:   given.CustomerProject != nil,
		api.EngagementContextTypeLead:              given.Lead != nil,
		api.EngagementContextTypeProspectingResult: given.ProspectingResult != nil,
		api.EngagementContextTypeCustomerAccount:   given.CustomerAccount != nil,
	}[kind]
	if !fits {
		f.InvalidValue(at+"payload", "must have the member "+string(kind)+", as its type says")
	}
	return fits
}

func checkCustomerProject(f *rule.Findings, at string, given *api.CustomerProjectsContext) {
	if given.Customer == nil && given.Project == nil {
		f.Missing(at+"payload.customerProject", "customer or project is required")
	}
	if given.Project != nil && !rule.IsDate(*given.Project.TargetCompletionDate) {
		f.InvalidValue(at+"payload.customerProject.project.targetCompletionDate", "targetCompletionDate"+rule.MessageDate)
	}
}

// qualification is a lead's status, by default Unqualified.
func qualification(given *string) *string {
	if given == nil {
		return new(unqualified)
	}
	return given
}

// defaultDate gives an interaction the time of the call where it has none.
func (c *Call) defaultDate(interaction *api.LeadInteraction) {
	if interaction.InteractionDate == nil {
		interaction.InteractionDate = new(c.Now)
	}
}
