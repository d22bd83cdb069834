package selling

import (
	"errors"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/arn"
	"cosell/internal/operation"
	"cosell/internal/pagetoken"
	"cosell/internal/store"
	"cosell/internal/tagging"
)

// snapshotJob is the stored document: what GetResourceSnapshotJob shows.
type snapshotJob struct {
	api.GetResourceSnapshotJobResponse
}

// CreateResourceSnapshotJob makes a watcher of one of the caller's opportunities
// for an engagement. It is born stopped. There is one for an engagement, an
// opportunity and a template (docs/behavior/snapshots.md#jobs).
func (c *Call) CreateResourceSnapshotJob(in *api.CreateResourceSnapshotJobRequest) (*api.CreateResourceSnapshotJobResponse, error) {
	e, o, err := c.snapshotSubject(*in.Catalog, *in.EngagementIdentifier, *in.ResourceIdentifier, *in.ResourceSnapshotTemplateIdentifier)
	if err != nil {
		return nil, err
	}
	job, err := c.createSnapshotJob(e, o, *in.ResourceSnapshotTemplateIdentifier, in.Tags)
	if err != nil {
		return nil, err
	}
	return &api.CreateResourceSnapshotJobResponse{Id: job.Id, Arn: job.Arn}, nil
}

// createSnapshotJob makes a stopped job of the caller's. A second one for the
// same is a conflict.
func (c *Call) createSnapshotJob(e *engagement, o *opportunity, template string, tags []api.Tag) (*snapshotJob, error) {
	id := c.IDs.ResourceSnapshotJob()
	job := &snapshotJob{api.GetResourceSnapshotJobResponse{
		Catalog: &e.Catalog, Id: &id, Arn: new(arn.Of(c.Caller.Account, e.Catalog, kindJob+"/"+id)),
		EngagementId: e.Id, ResourceType: new(api.ResourceTypeOpportunity), ResourceId: o.Id, ResourceArn: o.Arn,
		ResourceSnapshotTemplateName: &template, CreatedAt: &c.Now, Status: new(api.ResourceSnapshotJobStatusStopped),
	}}
	row, err := c.jobRow(job)
	if err != nil {
		return nil, err
	}
	err = c.Tx.InsertSnapshotJob(row)
	if errors.Is(err, store.ErrExists) {
		return nil, api.Conflict("A snapshot job exists already for this engagement, resource and template")
	}
	if err != nil {
		return nil, fmt.Errorf("insert snapshot job: %w", err)
	}
	return job, c.putTags(*job.Arn, tags)
}

// jobRow returns a job of the caller's as its table holds it.
func (c *Call) jobRow(job *snapshotJob) (*store.SnapshotJob, error) {
	document, err := operation.Encode("snapshot job", job)
	if err != nil {
		return nil, err
	}
	return &store.SnapshotJob{
		Account: c.Caller.Account, Catalog: *job.Catalog, ID: *job.Id,
		EngagementID: *job.EngagementId, ResourceID: *job.ResourceId, Template: *job.ResourceSnapshotTemplateName,
		Status: string(*job.Status), CreatedAt: int64(*job.CreatedAt), Document: document,
	}, nil
}

// snapshotJob reads one of the caller's jobs.
func (c *Call) snapshotJob(catalog, id string) (*snapshotJob, error) {
	row, err := c.Tx.SnapshotJob(c.Caller.Account, catalog, id)
	if err := operation.Found("snapshot job", err); err != nil {
		return nil, err
	}
	return operation.Decode[snapshotJob]("snapshot job", row.Document)
}

// saveSnapshotJob writes a job of the caller's that was read with the status
// previous.
func (c *Call) saveSnapshotJob(job *snapshotJob, previous api.ResourceSnapshotJobStatus) error {
	row, err := c.jobRow(job)
	if err != nil {
		return err
	}
	if err := c.Tx.UpdateSnapshotJob(row, string(previous)); err != nil {
		return fmt.Errorf("update snapshot job: %w", err)
	}
	return nil
}

// GetResourceSnapshotJob returns one of the caller's jobs.
func (c *Call) GetResourceSnapshotJob(in *api.GetResourceSnapshotJobRequest) (*api.GetResourceSnapshotJobResponse, error) {
	job, err := c.snapshotJob(*in.Catalog, *in.ResourceSnapshotJobIdentifier)
	if err != nil {
		return nil, err
	}
	return &job.GetResourceSnapshotJobResponse, nil
}

// ListResourceSnapshotJobs returns a page of the caller's jobs, the newest first
// unless a sort says otherwise.
func (c *Call) ListResourceSnapshotJobs(in *api.ListResourceSnapshotJobsRequest) (*api.ListResourceSnapshotJobsResponse, error) {
	page, err := c.Page("ListResourceSnapshotJobs", in, snapshotPage)
	if err != nil {
		return nil, err
	}
	q := &store.SnapshotJobQuery{
		Account: c.Caller.Account, Catalog: *in.Catalog, EngagementID: api.Value(in.EngagementIdentifier),
		Status:     string(api.Value(in.Status)),
		Descending: in.Sort == nil || api.Value(in.Sort.SortOrder) != api.SortOrderAscending,
		After:      page.AfterNumber(), Limit: page.Limit(),
	}
	rows, err := c.Tx.SnapshotJobs(q)
	if err != nil {
		return nil, fmt.Errorf("list snapshot jobs: %w", err)
	}
	rows, next, err := operation.Cut(page, rows, func(job *store.SnapshotJob) pagetoken.Position {
		return pagetoken.Position{Number: job.CreatedAt, ID: job.ID}
	})
	if err != nil {
		return nil, err
	}
	out := &api.ListResourceSnapshotJobsResponse{ResourceSnapshotJobSummaries: make([]api.ResourceSnapshotJobSummary, len(rows)), NextToken: next}
	for i := range rows {
		// A summary has fewer members than the document, of the same names.
		if err := api.Unmarshal(rows[i].Document, &out.ResourceSnapshotJobSummaries[i]); err != nil {
			return nil, fmt.Errorf("decode snapshot job: %w", err)
		}
	}
	return out, nil
}

// StartResourceSnapshotJob makes a job follow its opportunity, beginning with a
// first pass at once. Starting a running one changes nothing.
func (c *Call) StartResourceSnapshotJob(in *api.StartResourceSnapshotJobRequest) error {
	job, err := c.snapshotJob(*in.Catalog, *in.ResourceSnapshotJobIdentifier)
	if err != nil {
		return err
	}
	return c.startSnapshotJob(job)
}

// startSnapshotJob starts a job that has been read.
func (c *Call) startSnapshotJob(job *snapshotJob) error {
	if *job.Status == api.ResourceSnapshotJobStatusRunning {
		return nil
	}
	// A change under way that takes the job for stopped must run again: else no
	// pass would follow it.
	if err := c.Tx.LockOpportunity(c.opportunityKey(*job.Catalog, *job.ResourceId)); err != nil {
		return fmt.Errorf("hold opportunity: %w", err)
	}
	job.Status = new(api.ResourceSnapshotJobStatusRunning)
	if err := c.saveSnapshotJob(job, api.ResourceSnapshotJobStatusStopped); err != nil {
		return err
	}
	return c.enqueueRun(*job.Catalog, *job.Id)
}

// StopResourceSnapshotJob makes a job follow no longer; a pass that was asked for
// and not made yet is not made. Stopping a stopped one changes nothing.
func (c *Call) StopResourceSnapshotJob(in *api.StopResourceSnapshotJobRequest) error {
	job, err := c.snapshotJob(*in.Catalog, *in.ResourceSnapshotJobIdentifier)
	if err != nil || *job.Status == api.ResourceSnapshotJobStatusStopped {
		return err
	}
	job.Status = new(api.ResourceSnapshotJobStatusStopped)
	return c.saveSnapshotJob(job, api.ResourceSnapshotJobStatusRunning)
}

// DeleteResourceSnapshotJob removes a stopped job with its tags. The snapshots it
// made remain.
func (c *Call) DeleteResourceSnapshotJob(in *api.DeleteResourceSnapshotJobRequest) error {
	job, err := c.snapshotJob(*in.Catalog, *in.ResourceSnapshotJobIdentifier)
	if err != nil {
		return err
	}
	if *job.Status != api.ResourceSnapshotJobStatusStopped {
		return api.Conflict("The snapshot job is running; stop it before you delete it")
	}
	if err := c.Tx.DeleteSnapshotJob(c.Caller.Account, *job.Catalog, *job.Id); err != nil {
		return fmt.Errorf("delete snapshot job: %w", err)
	}
	return tagging.DeleteAll(c.Call, *job.Arn)
}
