package selling

import (
	"slices"

	"cosell/internal/api"
	"cosell/internal/store"
)

// taskKinds are the convenience tasks by name.
var taskKinds = map[string]*taskKind{
	taskAccepting.name:       taskAccepting,
	taskFromOpportunity.name: taskFromOpportunity,
	taskFromEngagement.name:  taskFromEngagement,
}

// What a step's failure is called, by what the step is about.
var (
	invitationReasons = reasons{
		denied:   api.ReasonCodeInvitationAccessDenied,
		invalid:  api.ReasonCodeInvitationValidationFailed,
		conflict: api.ReasonCodeEngagementInvitationConflict,
	}
	engagementReasons = reasons{
		denied:   api.ReasonCodeEngagementAccessDenied,
		invalid:  api.ReasonCodeEngagementValidationFailed,
		conflict: api.ReasonCodeEngagementConflict,
	}
	opportunityReasons = reasons{
		denied:   api.ReasonCodeOpportunityAccessDenied,
		invalid:  api.ReasonCodeOpportunityValidationFailed,
		conflict: api.ReasonCodeOpportunityConflict,
	}
	snapshotReasons = reasons{
		denied:   api.ReasonCodeResourceSnapshotAccessDenied,
		invalid:  api.ReasonCodeResourceSnapshotValidationFailed,
		conflict: api.ReasonCodeResourceSnapshotConflict,
	}
	jobReasons = reasons{
		denied:   api.ReasonCodeResourceSnapshotJobAccessDenied,
		invalid:  api.ReasonCodeResourceSnapshotJobValidationFailed,
		conflict: api.ReasonCodeResourceSnapshotJobConflict,
	}
)

// The steps that several kinds share.
var (
	stepSnapshot = taskStep{"CreateResourceSnapshot", (*Call).snapshotForTask, snapshotReasons}
	stepJob      = taskStep{"CreateResourceSnapshotJob", (*Call).jobForTask, jobReasons}
)

// taskSubject reads the engagement and the opportunity that a task brings
// together.
func (c *Call) taskSubject(t *task) (*engagement, *opportunity, error) {
	return c.snapshotSubject(t.Catalog, t.EngagementID, t.OpportunityID, templateSummary)
}

// insertForTask stores the opportunity that a task makes, with the task's tags.
func (c *Call) insertForTask(t *task, o *opportunity) error {
	if err := c.putTags(*o.Arn, t.Tags); err != nil {
		return err
	}
	t.OpportunityID = *o.Id
	return c.insertOpportunity(o)
}

// snapshotForTask shows the opportunity to the members of the engagement. It is
// the operation's work, but for the context that the operation gives to a lead's
// engagement: a task adds that in a step of its own, or has none to add.
func (c *Call) snapshotForTask(t *task) error {
	e, o, err := c.taskSubject(t)
	if err != nil {
		return err
	}
	_, err = c.createSnapshot(e, o, templateSummary)
	return err
}

// jobForTask has a snapshot job follow the opportunity. There can be one only:
// what an earlier task or the partner made is taken, and started again where it
// was stopped.
func (c *Call) jobForTask(t *task) error {
	e, o, err := c.taskSubject(t)
	if err != nil {
		return err
	}
	job, err := c.jobFor(e, o)
	if err != nil {
		return err
	}
	if job == nil {
		job, err = c.createSnapshotJob(e, o, templateSummary, t.Tags)
	} else {
		err = c.putTags(*job.Arn, t.Tags)
	}
	if err != nil {
		return err
	}
	t.SnapshotJobID = job.Id
	return c.startSnapshotJob(job)
}

// jobFor finds the caller's job on an opportunity in an engagement, nil where
// there is none.
func (c *Call) jobFor(e *engagement, o *opportunity) (*snapshotJob, error) {
	jobs, err := c.Tx.ResourceSnapshotJobs(c.Caller.Account, e.Catalog, *o.Id)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(jobs, func(job store.SnapshotJob) bool {
		return job.EngagementID == *e.Id && job.Template == templateSummary
	})
	if i < 0 {
		return nil, nil
	}
	return c.snapshotJob(e.Catalog, jobs[i].ID)
}
