package selling

import (
	"errors"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/operation"
	"cosell/internal/store"
)

// workSnapshot is the kind of work that is one pass of a running snapshot job.
const workSnapshot = "snapshot"

// snapshotRun is the payload of that work.
type snapshotRun struct {
	Account string `json:"account"`
	Catalog string `json:"catalog"`
	Job     string `json:"job"`
}

// opportunityChanged asks for a pass of each running job on one of the caller's
// opportunities, in the transaction of its change.
func (c *Call) opportunityChanged(o *opportunity) error {
	jobs, err := c.Tx.ResourceSnapshotJobs(c.Caller.Account, *o.Catalog, *o.Id)
	if err != nil {
		return fmt.Errorf("read snapshot jobs: %w", err)
	}
	for _, job := range jobs {
		if job.Status != string(api.ResourceSnapshotJobStatusRunning) {
			continue
		}
		if err := c.enqueueRun(job.Catalog, job.ID); err != nil {
			return err
		}
	}
	return nil
}

// enqueueRun enqueues a run of one of the caller's jobs, due immediately.
func (c *Call) enqueueRun(catalog, job string) error {
	p := snapshotRun{Account: c.Caller.Account, Catalog: catalog, Job: job}
	return c.Later(workSnapshot, p.Account+"/"+catalog+"/"+job, operation.Immediately, p)
}

// runningJob reads the job of a pass and acts for its owner; nil where it was
// stopped or deleted since the pass was asked for.
func (c *Call) runningJob(p *snapshotRun) (*Call, *snapshotJob, error) {
	owner := c.onBehalfOf(p.Account)
	job, err := owner.snapshotJob(p.Catalog, p.Job)
	if e, ok := errors.AsType[*api.Error](err); ok && e.Type == api.TypeResourceNotFound {
		return owner, nil, nil
	}
	if err != nil || *job.Status != api.ResourceSnapshotJobStatusRunning {
		return owner, nil, err
	}
	return owner, job, nil
}

// handleSnapshot makes a pass: it adds a revision if what the template shows is
// not what the latest revision shows.
func (c *Call) handleSnapshot(run *snapshotRun) error {
	c, job, err := c.runningJob(run)
	if err != nil || job == nil {
		return err
	}
	e, o, err := c.snapshotSubject(*job.Catalog, *job.EngagementId, *job.ResourceId, *job.ResourceSnapshotTemplateName)
	if err != nil {
		return err
	}
	pass, err := c.authorizePass(job)
	if err != nil {
		return err
	}
	head, err := c.followChange(e, o, *job.ResourceSnapshotTemplateName)
	if err != nil {
		return err
	}
	if head != nil && c.Recorder != nil {
		answer := &api.CreateResourceSnapshotResponse{Arn: new(snapshotARN(head)), Revision: revision(head)}
		if err := c.Recorder.Job(c.Tx, pass.who, snapshotJobService, createResourceSnapshot, job.publication(), answer); err != nil {
			return err
		}
	}
	job.LastSuccessfulExecutionDate = &c.Now
	return c.saveSnapshotJob(job, *job.Status)
}

const (
	// snapshotJobService is what the role of snapshot jobs must trust.
	snapshotJobService = "resource-snapshot-job.partnercentral-selling.amazonaws.com"
	// createResourceSnapshot is the operation that a pass does where something changed.
	createResourceSnapshot = "CreateResourceSnapshot"
)

// publication returns the request that a pass of a job stands for.
func (j *snapshotJob) publication() *api.CreateResourceSnapshotRequest {
	return &api.CreateResourceSnapshotRequest{
		Catalog: j.Catalog, EngagementIdentifier: j.EngagementId, ResourceType: new(api.ResourceTypeOpportunity),
		ResourceIdentifier: j.ResourceId, ResourceSnapshotTemplateIdentifier: j.ResourceSnapshotTemplateName,
	}
}

// pass is who makes a pass of a job, and the operation of it that was decided last.
type pass struct {
	job       *auth.Job
	who       auth.Principal
	operation string
	in        api.Input
}

// authorizePass refuses a pass that the role in the account's settings may not make: it reads
// the opportunity and publishes a snapshot (docs/behavior/snapshots.md#role).
func (c *Call) authorizePass(job *snapshotJob) (pass, error) {
	p := pass{who: auth.Principal{Account: c.Caller.Account}}
	if c.Roles == nil {
		return p, nil
	}
	settings, err := c.GetSellingSystemSettings(&api.GetSellingSystemSettingsRequest{Catalog: job.Catalog})
	if err != nil {
		return p, err
	}
	p.job = &auth.Job{
		Service: snapshotJobService, Account: c.Caller.Account, ARN: *job.Arn,
		RoleARN: api.Value(settings.ResourceSnapshotJobRoleArn), Session: "ResourceSnapshotJob",
	}
	p.operation, p.in = "GetOpportunity", &api.GetOpportunityRequest{Catalog: job.Catalog, Identifier: job.ResourceId}
	if p.who, err = c.Roles.CheckJob(c.Tx, p.job, p.operation, p.in); err != nil {
		return p, err
	}
	p.operation, p.in = createResourceSnapshot, job.publication()
	p.who, err = c.Roles.CheckJob(c.Tx, p.job, p.operation, p.in)
	return p, err
}

// followChange adds a revision unless the latest shows the same, and returns it; nil is none.
func (c *Call) followChange(e *engagement, o *opportunity, template string) (*store.SnapshotHead, error) {
	payload, err := c.snapshotPayload(o, template)
	if err != nil {
		return nil, err
	}
	hash, err := payloadHash(payload)
	if err != nil {
		return nil, err
	}
	head, err := c.Tx.SnapshotHead(snapshotKey(e, o, template))
	switch {
	case err == nil && head.ContentHash == hash:
		return nil, nil
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return nil, fmt.Errorf("read latest snapshot: %w", err)
	}
	return c.insertSnapshot(e, o, template, payload, hash)
}

// snapshotFailed records on the job why a pass failed, and in the audit that its role was
// refused. The job keeps running: the pass is tried again.
func (c *Call) snapshotFailed(run *snapshotRun, reason string) error {
	c, job, err := c.runningJob(run)
	if err != nil || job == nil {
		return err
	}
	// Nothing is left of the transaction of the pass, so this decides once more.
	p, err := c.authorizePass(job)
	refusal, refused := errors.AsType[*api.Error](err)
	switch {
	case refused && refusal.Type == api.TypeAccessDenied && refusal.Message == reason && c.Recorder != nil:
		if err := c.Recorder.JobRefused(c.Tx, p.who, p.job, p.operation, p.in, refusal); err != nil {
			return err
		}
	case err != nil && !refused:
		return err
	}
	job.LastFailure = &reason
	return c.saveSnapshotJob(job, *job.Status)
}
