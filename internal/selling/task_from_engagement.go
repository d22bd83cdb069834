package selling

import (
	"slices"
	"time"
	"unicode/utf8"

	"cosell/internal/api"
)

// taskFromEngagement converts a lead: a draft opportunity of the caller's, linked
// to the lead's engagement, which thereby becomes one about a customer's project
// (docs/behavior/tasks.md#startopportunityfromengagementtask).
var taskFromEngagement = &taskKind{
	name:      "opportunity-from-engagement-task",
	operation: "StartOpportunityFromEngagementTask",
	answer:    func(t *task) any { return showFromEngagement(t) },
	steps: []taskStep{
		{"GetEngagement", (*Call).readLeadForTask, engagementReasons},
		{"CreateOpportunity", (*Call).convertForTask, opportunityReasons},
		stepSnapshot,
		stepJob,
		{"CreateEngagementContext", (*Call).addProjectForTask, engagementReasons},
	},
}

// StartOpportunityFromEngagementTask starts a task that converts a lead. An
// engagement that the caller is no member of is refused at once.
func (c *Call) StartOpportunityFromEngagementTask(in *api.StartOpportunityFromEngagementTaskRequest) (*api.StartOpportunityFromEngagementTaskResponse, error) {
	key, err := c.visibleEngagementKey("identifier", *in.Catalog, *in.Identifier)
	if err != nil {
		return nil, err
	}
	t, err := c.newTask(taskFromEngagement, *in.Catalog, in.Tags)
	if err != nil {
		return nil, err
	}
	t.EngagementID, t.LeadContextID = key.ID, in.ContextIdentifier
	return showFromEngagement(t), c.start(t)
}

func showFromEngagement(t *task) *api.StartOpportunityFromEngagementTaskResponse {
	return &api.StartOpportunityFromEngagementTaskResponse{
		TaskId: &t.ID, TaskArn: new(t.arn()), StartTime: new(t.startTime()), TaskStatus: t.status(),
		Message: t.Message, ReasonCode: t.ReasonCode,
		OpportunityId: optionalID(t.OpportunityID), ResourceSnapshotJobId: t.createdID(api.Value(t.SnapshotJobID)),
		EngagementId: t.createdID(t.EngagementID), ContextId: t.createdID(t.ContextID),
	}
}

// disqualified is the status of a lead that nobody may convert.
const disqualified = "Disqualified"

// taskLead reads the lead that a task converts.
func (c *Call) taskLead(t *task) (*api.LeadContext, error) {
	e, err := c.visibleEngagement("identifier", t.Catalog, t.EngagementID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(e.Contexts, func(engagementContext api.EngagementContextDetails) bool {
		return *engagementContext.Id == *t.LeadContextID
	})
	if i < 0 {
		return nil, because(api.ReasonCodeContextNotFound, api.NotFound("The engagement has no such context"))
	}
	lead := e.Contexts[i].Payload.Lead
	switch {
	case lead == nil:
		return nil, because(api.ReasonCodeCustomerProjectContextNotPermitted, invalid(api.Violation("contextIdentifier",
			api.ValidationExceptionErrorCodeActionNotPermitted,
			"only a Lead context can be converted; this one is a "+string(*e.Contexts[i].Type))))
	case api.Value(lead.QualificationStatus) == disqualified:
		return nil, because(api.ReasonCodeDisqualifiedLeadNotPermitted, invalid(api.Violation("contextIdentifier",
			api.ValidationExceptionErrorCodeInvalidResourceState,
			"the lead is Disqualified; change its QualificationStatus before you convert it")))
	}
	return lead, nil
}

func (c *Call) readLeadForTask(t *task) error {
	_, err := c.taskLead(t)
	return err
}

// leadLifetime is how far off the close date of a converted lead is.
const leadLifetime = 90 * 24 * time.Hour

// convertForTask makes the draft.
func (c *Call) convertForTask(t *task) error {
	lead, err := c.taskLead(t)
	if err != nil {
		return err
	}
	o, err := c.newOpportunity(&api.CreateOpportunityRequest{
		Catalog:  &t.Catalog,
		Customer: &api.Customer{Account: leadAccount(orEmpty(lead.Customer)), Contacts: []api.Contact{}},
		Project: &api.Project{
			Title: new("Converted from Lead"), CustomerBusinessProblem: leadProblem(lead.Interactions),
			ExpectedCustomerSpend: []api.ExpectedCustomerSpend{},
		},
		LifeCycle: &api.LifeCycle{
			TargetCloseDate: new(c.Now.Time().Add(leadLifetime).Format(time.DateOnly)),
		},
	})
	if err != nil {
		return err
	}
	return c.insertForTask(t, o)
}

// leadAccount is a lead's customer as an opportunity's. A lead is free text: an
// industry that the contract does not list becomes an other one, and a site or a
// country that an opportunity cannot hold stays out.
func leadAccount(lead *api.LeadCustomer) *api.Account {
	account := &api.Account{CompanyName: lead.CompanyName, Address: &api.Address{}}
	if industry := api.Industry(api.Value(lead.Industry)); slices.Contains(industry.Values(), industry) {
		account.Industry = &industry
	} else if industry != "" {
		account.Industry, account.OtherIndustry = new(api.IndustryOther), lead.Industry
	}
	if utf8.RuneCountInString(api.Value(lead.WebsiteUrl)) >= minWebsite {
		account.WebsiteUrl = lead.WebsiteUrl
	}
	if lead.Address != nil {
		if country := api.CountryCode(api.Value(lead.Address.CountryCode)); slices.Contains(country.Values(), country) {
			account.Address.CountryCode = &country
		}
	}
	return account
}

// The least that an opportunity holds of a website and of a business problem.
const (
	minWebsite = 4
	minProblem = 20
)

// leadProblem is the business problem that a lead's latest interaction told of,
// nil where none told one that an opportunity can hold.
func leadProblem(interactions []api.LeadInteraction) *string {
	var latest *api.LeadInteraction
	for i := range interactions {
		one := &interactions[i]
		if utf8.RuneCountInString(api.Value(one.BusinessProblem)) >= minProblem &&
			(latest == nil || *one.InteractionDate >= *latest.InteractionDate) {
			latest = one
		}
	}
	if latest == nil {
		return nil
	}
	return latest.BusinessProblem
}

// addProjectForTask adds the context that makes the engagement one about a
// customer's project. Where the lead tells too little for a whole customer or
// project, it says what is known of the customer.
func (c *Call) addProjectForTask(t *task) error {
	e, o, err := c.taskSubject(t)
	if err != nil {
		return err
	}
	project := o.customerProject()
	if project.Customer == nil && project.Project == nil {
		account := o.content().Account()
		project.Customer = &api.EngagementCustomer{
			CompanyName: account.CompanyName, Industry: account.Industry, WebsiteUrl: account.WebsiteUrl,
			CountryCode: o.content().Address().CountryCode,
		}
	}
	t.ContextID, err = c.addContext(e, api.EngagementContextTypeCustomerProject,
		&api.EngagementContextPayload{CustomerProject: project})
	return err
}
