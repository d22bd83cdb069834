package bulk

import (
	"fmt"

	"cosell/internal/api"
	"cosell/internal/arn"
	"cosell/internal/files"
	"cosell/internal/operation"
	"cosell/internal/store"
)

// job is a bulk job as it is stored.
type job struct {
	store.BulkJob
	state
}

// state is what the document of a job has.
type state struct {
	FileName string        `json:"fileName"`
	Version  string        `json:"version"` // of the file; "" once the job has ended
	File     string        `json:"file"`    // its name in the store
	Content  files.Content `json:"content"`
	Missing  bool          `json:"missing"` // there was no such file
	Source   *source       `json:"source,omitzero"`

	Header  []string `json:"header"`
	Update  bool     `json:"update"`
	Checked bool     `json:"checked"` // the whole file was read
	Offset  int64    `json:"offset"`  // where the next row begins
	Row     int64    `json:"row"`     // of the last row that was read, from 1
	Faults  int64    `json:"faults"`  // of ours, in a row

	Total         int64          `json:"total"`
	Succeeded     int64          `json:"succeeded"`
	Failed        int64          `json:"failed"`
	StartedAt     *api.Timestamp `json:"startedAt"`
	CompletedAt   *api.Timestamp `json:"completedAt"`
	FailureReason *string        `json:"failureReason"`
}

func decodeJob(row *store.BulkJob) (*job, error) {
	s, err := operation.Decode[state]("bulk job", row.Document)
	if err != nil {
		return nil, err
	}
	return &job{BulkJob: *row, state: *s}, nil
}

// finished reports whether a job has ended.
func (j *job) finished() bool {
	return j.Status == string(api.BulkJobStatusCompleted) || j.Status == string(api.BulkJobStatusFailed)
}

// save writes a job as it is now.
func (c *Call) save(j *job) error {
	document, err := operation.Encode("bulk job", j.state)
	if err != nil {
		return err
	}
	previous := j.Step
	j.Step, j.Document = j.Step+1, document
	if err := c.Tx.UpdateBulkJob(&j.BulkJob, previous); err != nil {
		return fmt.Errorf("update bulk job: %w", err)
	}
	return nil
}

// find reads one of the caller's jobs of a family.
func (c *Call) find(family, catalog, id string) (*job, error) {
	row, err := c.Tx.BulkJob(store.BulkJobKey{Account: c.Caller.Account, Catalog: catalog, ID: id})
	if err == nil && row.Family != family {
		err = store.ErrNotFound // another family's jobs are not seen
	}
	if err := operation.Found("bulk job", err); err != nil {
		return nil, err
	}
	return decodeJob(row)
}

const accountJobKind = "customer-account-bulk-job"

// findAccountJob reads one of the caller's account jobs by its identifier or ARN.
func (c *Call) findAccountJob(catalog, identifier string) (*job, error) {
	id, err := c.accountJobID("identifier", catalog, identifier)
	if err != nil {
		return nil, err
	}
	return c.find(accounts, catalog, id)
}

func (c *Call) accountJobID(field, catalog, identifier string) (string, error) {
	if owner := arn.Account(identifier); owner != "" && owner != c.Caller.Account {
		return "", api.AccessDenied("The resource belongs to another account")
	}
	return arn.Identifier(field, identifier, catalog, accountJobKind)
}

func (j *job) arn() *string {
	return new(arn.Of(j.Account, j.Catalog, accountJobKind+"/"+j.ID))
}

// count returns a counter as the contract has it.
func count(n int64) *int32 { return new(int32(n)) } //nolint:gosec // at most 100,000

// total is how many records the file has: none before it was read.
func (j *job) total() int64 {
	if !j.Checked {
		return 0
	}
	return j.Total
}

func (j *job) opportunitySummary() api.OpportunityBulkJobSummary {
	s := api.OpportunityBulkJobSummary{
		JobId: &j.ID, Status: new(api.BulkJobStatus(j.Status)), FileName: &j.FileName,
		TotalRecords: count(j.total()), ProcessedRecords: count(j.Succeeded + j.Failed),
		SuccessCount: count(j.Succeeded), FailureCount: count(j.Failed),
		CreatedAt: new(api.Timestamp(j.CreatedAt)), StartedAt: j.StartedAt, CompletedAt: j.CompletedAt,
		FailureReason: j.FailureReason,
	}
	if j.Checked {
		kind := api.BulkOperationTypeBulkCreate
		if j.Update {
			kind = api.BulkOperationTypeBulkUpdate
		}
		s.OperationType = &kind
	}
	return s
}

func (j *job) accountSummary() api.CustomerAccountBulkJobSummary {
	return api.CustomerAccountBulkJobSummary{
		Arn: j.arn(), Id: &j.ID, Status: new(api.BulkJobStatus(j.Status)), FileName: &j.FileName,
		TotalRecords: count(j.total()), ProcessedRecords: count(j.Succeeded + j.Failed),
		SuccessCount: count(j.Succeeded), FailureCount: count(j.Failed), DeletedCount: count(j.Deleted),
		FailureReason: j.FailureReason, CreatedAt: new(api.Timestamp(j.CreatedAt)), CompletedAt: j.CompletedAt,
	}
}

// result is what the document of a record's result has.
type result struct {
	Resource string   `json:"resource,omitzero"`
	Code     string   `json:"code,omitzero"`
	Message  string   `json:"message,omitzero"`
	Cells    []string `json:"cells,omitzero"` // of the file, where a report shows them
}

func bulkJobResult(r store.BulkResult) (api.BulkJobResult, error) {
	d, err := operation.Decode[result]("bulk result", r.Document)
	if err != nil {
		return api.BulkJobResult{}, err
	}
	return api.BulkJobResult{
		RequestId: &r.RequestID, Status: new(api.BulkRecordStatus(r.Status)),
		ResourceIdentifier: text(d.Resource), ErrorCode: text(d.Code), ErrorMessage: text(d.Message),
	}, nil
}

// text is a member that is absent where there is none.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
