package selling

import (
	"cosell/internal/api"
)

// snapshotPayload returns what a template shows of one of the caller's
// opportunities now.
func (c *Call) snapshotPayload(o *opportunity, template string) (*api.ResourceSnapshotPayload, error) {
	if template != templateAws {
		return &api.ResourceSnapshotPayload{OpportunitySummary: o.summaryView()}, nil
	}
	summary, err := c.awsSummary(o)
	if err != nil {
		return nil, err
	}
	return &api.ResourceSnapshotPayload{AwsOpportunitySummaryFullView: &api.AwsOpportunitySummaryFullView{
		RelatedOpportunityId: summary.RelatedOpportunityId, Origin: summary.Origin,
		InvolvementType: summary.InvolvementType, Visibility: summary.Visibility, LifeCycle: summary.LifeCycle,
		OpportunityTeam: summary.OpportunityTeam, Insights: summary.Insights,
		InvolvementTypeChangeReason: summary.InvolvementTypeChangeReason, RelatedEntityIds: summary.RelatedEntityIds,
		Customer: summary.Customer, Project: summary.Project, CosellMotion: summary.CosellMotion,
		CosellMotionReason: summary.CosellMotionReason, SoftwareRevenue: summary.SoftwareRevenue,
	}}, nil
}

// summaryView is the partner's side of an opportunity as members see it: what the
// partner keeps to itself (the title, the problem, competitors, marketing,
// revenue, comments) is not in it (docs/behavior/snapshots.md#templates).
func (o *opportunity) summaryView() *api.OpportunitySummaryView {
	view := &api.OpportunitySummaryView{
		OpportunityType: o.OpportunityType,
		Lifecycle: &api.LifeCycleForView{
			TargetCloseDate: o.LifeCycle.TargetCloseDate, ReviewStatus: o.LifeCycle.ReviewStatus,
			Stage: o.LifeCycle.Stage, NextSteps: o.LifeCycle.NextSteps,
		},
		OpportunityTeam: o.OpportunityTeam, PrimaryNeedsFromAws: o.PrimaryNeedsFromAws,
		Customer: o.Customer, RelatedEntityIdentifiers: o.RelatedEntityIdentifiers,
	}
	if p := o.Project; p != nil {
		view.Project = &api.ProjectView{
			DeliveryModels: p.DeliveryModels, ExpectedCustomerSpend: p.ExpectedCustomerSpend,
			ExpectedContractDuration: p.ExpectedContractDuration.Value, CustomerUseCase: p.CustomerUseCase,
			SalesActivities: p.SalesActivities, OtherSolutionDescription: p.OtherSolutionDescription,
		}
	}
	return view
}

// convertLead gives a lead engagement its first CustomerProject context, from the
// opportunity that is being linked to it (docs/behavior/snapshots.md#linking-to-a-lead).
func (c *Call) convertLead(e *engagement, o *opportunity) error {
	kinds := contextBits(e.contextTypes())
	lead := contextBits([]api.EngagementContextType{api.EngagementContextTypeLead})
	project := contextBits([]api.EngagementContextType{api.EngagementContextTypeCustomerProject})
	if kinds&lead == 0 || kinds&project != 0 {
		return nil
	}
	converted := o.customerProject()
	if converted.Customer == nil && converted.Project == nil {
		return nil
	}
	_, err := c.addContext(e, api.EngagementContextTypeCustomerProject, &api.EngagementContextPayload{CustomerProject: converted})
	return err
}

// customerProject is what an opportunity tells of its customer and project in a
// context. Each of the two takes all its members; where the opportunity lacks
// one, that part stays out.
func (o *opportunity) customerProject() *api.CustomerProjectsContext {
	engagementContext := new(api.CustomerProjectsContext)
	if o.Customer != nil && o.Customer.Account != nil && o.Customer.Account.Address != nil {
		account := o.Customer.Account
		if account.Industry != nil && api.Value(account.CompanyName) != "" && account.WebsiteUrl != nil && account.Address.CountryCode != nil {
			engagementContext.Customer = &api.EngagementCustomer{
				Industry: account.Industry, CompanyName: account.CompanyName,
				WebsiteUrl: account.WebsiteUrl, CountryCode: account.Address.CountryCode,
			}
		}
	}
	if p := o.Project; p != nil && api.Value(p.Title) != "" && p.CustomerBusinessProblem != nil && o.LifeCycle.TargetCloseDate != nil {
		engagementContext.Project = &api.EngagementCustomerProjectDetails{
			Title: p.Title, BusinessProblem: p.CustomerBusinessProblem, TargetCompletionDate: o.LifeCycle.TargetCloseDate,
		}
	}
	return engagementContext
}
