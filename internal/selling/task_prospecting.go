package selling

import (
	"errors"
	"fmt"
	"slices"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/operation"
	"cosell/internal/rule"
	"cosell/internal/store"
)

// A prospecting task has AWS look into the customers of many leads. The leads
// are independent of one another: each engagement is a transaction of its own,
// and one that fails does not stop the rest. So many engagements take a while;
// the operation answers at once and workers do the rest
// (docs/behavior/prospecting.md#the-task).

const (
	kindProspecting = "prospecting-from-engagement-task"
	// workProspect is the kind of work that takes up a task's next engagement.
	workProspect = "prospect"
)

// prospecting is a task under way or ended. Step counts the engagements that were
// dealt with, in the order of the request.
type prospecting struct {
	store.Task
	prospectingDocument
}

// prospectingDocument is what of a prospecting task has no column.
type prospectingDocument struct {
	EndTime     *api.Timestamp                    `json:"EndTime"`
	Engagements []api.EngagementProspectingResult `json:"Engagements"`
}

// arn names the task. The service's own name in it is the contract's wish, for
// this kind of task alone.
func (p *prospecting) arn() *string {
	return new("arn:aws:partnercentral-selling:us-east-1::catalog/" + p.Catalog + "/" + kindProspecting + "/" + p.ID)
}

func (p *prospecting) startTime() *api.Timestamp { return new(api.Timestamp(p.StartedAt)) }

// StartProspectingFromEngagementTask has AWS look into the customers of the named
// engagements' leads. What is wrong with one of them is told with its result.
func (c *Call) StartProspectingFromEngagementTask(in *api.StartProspectingFromEngagementTaskRequest) (*api.StartProspectingFromEngagementTaskResponse, error) {
	var f rule.Findings
	if len(in.Identifiers) == 0 {
		f.Add("identifiers", api.ValidationExceptionErrorCodeNotEnoughValues, "name at least one engagement")
	}
	p := &prospecting{Task: store.Task{
		TaskKey: store.TaskKey{
			Account: c.Caller.Account, Catalog: *in.Catalog, Kind: kindProspecting, ID: c.IDs.ProspectingTask(),
		},
		Status: string(api.ProspectingTaskStatusPending), StartedAt: int64(c.Now), Name: *in.TaskName,
	}}
	for i, id := range in.Identifiers {
		if slices.Index(in.Identifiers, id) < i {
			f.Add(fmt.Sprintf("identifiers[%d]", i), api.ValidationExceptionErrorCodeDuplicateKeyValue, "must be given once")
		}
		p.Engagements = append(p.Engagements, api.EngagementProspectingResult{
			EngagementIdentifier: &id, Status: new(api.ProspectingTaskStatusPending),
		})
	}
	if err := rule.Refuse(f.List); err != nil {
		return nil, err
	}
	if err := p.encode(); err != nil {
		return nil, err
	}
	if err := c.Tx.InsertTask(&p.Task); err != nil {
		return nil, fmt.Errorf("insert task: %w", err)
	}
	if err := c.prospectLater(p.TaskKey); err != nil {
		return nil, err
	}
	return &api.StartProspectingFromEngagementTaskResponse{
		Identifiers: in.Identifiers, TaskName: in.TaskName, StartTime: p.startTime(),
		TaskId: &p.ID, TaskArn: p.arn(), TaskStatus: new(api.ProspectingTaskStatusPending),
	}, nil
}

// GetProspectingFromEngagementTask returns one of the caller's prospecting tasks
// with what became of each engagement.
func (c *Call) GetProspectingFromEngagementTask(in *api.GetProspectingFromEngagementTaskRequest) (*api.GetProspectingFromEngagementTaskResponse, error) {
	p, err := c.prospecting(store.TaskKey{
		Account: c.Caller.Account, Catalog: *in.Catalog, Kind: kindProspecting, ID: *in.TaskIdentifier,
	})
	if err != nil {
		return nil, err
	}
	return &api.GetProspectingFromEngagementTaskResponse{
		TaskId: &p.ID, TaskArn: p.arn(), TaskName: &p.Name, StartTime: p.startTime(),
		EndTime: p.EndTime, Engagements: p.Engagements,
	}, nil
}

func (c *Call) prospecting(key store.TaskKey) (*prospecting, error) {
	row, err := c.Tx.Task(key)
	if err := operation.Found("task", err); err != nil {
		return nil, err
	}
	return decodeProspecting(row)
}

func decodeProspecting(row *store.Task) (*prospecting, error) {
	p := &prospecting{Task: *row}
	if err := api.Unmarshal(row.Document, &p.prospectingDocument); err != nil {
		return nil, fmt.Errorf("decode task: %w", err)
	}
	return p, nil
}

// encode fills the row's document.
func (p *prospecting) encode() (err error) {
	if p.Document, err = api.Marshal(p.prospectingDocument); err != nil {
		return fmt.Errorf("encode task: %w", err)
	}
	return nil
}

// prospectLater asks for the work on a task's next engagement.
func (c *Call) prospectLater(key store.TaskKey) error {
	return c.Later(workProspect, key.Account+"/"+key.Catalog+"/"+key.ID, operation.Immediately, key)
}

// handleProspect deals with the next engagement of a task.
func (c *Call) handleProspect(key *store.TaskKey) error {
	row, err := c.Tx.Task(*key)
	if errors.Is(err, store.ErrNotFound) {
		return nil // the store was reset
	}
	if err != nil {
		return fmt.Errorf("read task: %w", err)
	}
	p, err := decodeProspecting(row)
	if err != nil || p.Step >= int64(len(p.Engagements)) {
		return err
	}
	taken := p.Step
	if err := c.prospect(p, &p.Engagements[taken]); err != nil {
		return err
	}
	p.Step++
	p.Status = string(api.ProspectingTaskStatusInProgress)
	if p.Step == int64(len(p.Engagements)) {
		p.Status, p.EndTime = string(api.ProspectingTaskStatusCompleted), new(max(c.Now, *p.startTime()))
	}
	if err := p.encode(); err != nil {
		return err
	}
	if err := c.Tx.UpdateTask(&p.Task, taken); err != nil {
		return fmt.Errorf("update task: %w", err)
	}
	if p.EndTime != nil {
		return nil
	}
	return c.prospectLater(*key)
}

// prospect deals with one engagement: it writes a ProspectingResult context, or
// says in the result why there is none.
func (c *Call) prospect(p *prospecting, result *api.EngagementProspectingResult) error {
	refused := func(code api.ReasonCode, message string) {
		p.Failed++
		result.Status = new(api.ProspectingTaskStatusFailed)
		result.ReasonCode, result.Message = new(string(code)), &message
	}
	// Nobody is told of an engagement that is not theirs, not even that it is.
	e, err := c.onBehalfOf(p.Account).visibleEngagement("identifiers", p.Catalog, *result.EngagementIdentifier)
	if asType(err, api.TypeResourceNotFound) {
		refused(api.ReasonCodeEngagementAccessDenied, "The account is not a member of such an engagement")
		return nil
	}
	if err != nil {
		return err
	}
	lead := e.lead()
	if lead == nil {
		refused(api.ReasonCodeContextNotFound, "The engagement has no Lead context to look into")
		return nil
	}
	customer, insights, err := c.Insights.Prospect(lead.Customer)
	if err != nil {
		c.Log.Error("no insights for an engagement", "engagement", *e.Id, "error", err)
		refused(api.ReasonCodeInternalError, "No insights could be obtained; start another task to try again")
		return nil
	}
	// What AWS finds out AWS writes: partners do not (see mayWrite).
	_, err = c.onBehalfOf(auth.AWSAccount).addContext(e, api.EngagementContextTypeProspectingResult, &api.EngagementContextPayload{
		ProspectingResult: &api.ProspectingResult{Aws: &api.ProspectingResultAws{
			Customer: customer, Insights: insights, StartTime: p.startTime(), EndTime: new(max(c.Now, *p.startTime())),
			TaskId: &p.ID, TaskArn: p.arn(), TaskName: &p.Name,
		}},
	})
	if asType(err, api.TypeServiceQuotaExceeded) {
		refused(api.ReasonCodeServiceQuotaExceeded, fmt.Sprintf("The engagement has %d contexts already", maxContexts))
		return nil
	}
	if err != nil {
		return err
	}
	result.Status = new(api.ProspectingTaskStatusCompleted)
	result.EngagementContextId = new(c.IDs.ProspectingContext())
	return nil
}

// asType reports whether an error is an API error of a type.
func asType(err error, kind string) bool {
	e, ok := errors.AsType[*api.Error](err)
	return ok && e.Type == kind
}

// lead is the content of an engagement's latest Lead context, or nil.
func (e *engagement) lead() *api.LeadContext {
	for _, engagementContext := range slices.Backward(e.Contexts) {
		if engagementContext.Payload.Lead != nil {
			return engagementContext.Payload.Lead
		}
	}
	return nil
}
