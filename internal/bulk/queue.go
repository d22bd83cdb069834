package bulk

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"cosell/internal/api"
	"cosell/internal/files"
	"cosell/internal/operation"
	"cosell/internal/store"
)

const (
	// batchRows and batchBytes bound what one transaction processes: others wait
	// for it on the embedded store.
	batchRows  = 250
	batchBytes = 1 << 20
	// checkBytes bounds what one transaction checks of a file.
	checkBytes = 1 << 20
	// maxFaults is how many faults of ours in a row a record, or the check of a
	// file, may have before it is given up.
	maxFaults = 5
)

// queueKey names the jobs of which one runs at a time.
type queueKey struct {
	Account string `json:"account"`
	Catalog string `json:"catalog"`
}

// queue has the next batch of an account and catalog processed.
func (c *Call) queue(account, catalog string) error {
	return c.Later(workQueue, account+"/"+catalog, operation.Immediately, queueKey{account, catalog})
}

// handleQueue takes the next step of the job whose turn it is, and asks for the
// one after it.
func (c *Call) handleQueue(payload []byte) error {
	j, err := c.turn(payload)
	if err != nil || j == nil {
		return err
	}
	c.Call = c.OnBehalfOf(j.Account)
	switch {
	case j.Status == string(api.BulkJobStatusSubmitted):
		j.Status, j.StartedAt = string(api.BulkJobStatusInProgress), &c.Now
	case j.Missing:
		err = c.fail(j, "The file does not exist.")
	case j.Source.pending():
		err = c.awaitSource(j)
	case !j.Checked:
		err = c.check(j)
	default:
		err = c.batch(j)
	}
	if unusable, ok := errors.AsType[fileError](err); ok {
		err = c.fail(j, unusable.Error())
	}
	if err != nil {
		return err
	}
	j.Faults = 0
	if err := c.save(j); err != nil {
		return err
	}
	return c.queue(j.Account, j.Catalog)
}

// turn returns the job whose turn it is: the one that runs, else the first that
// waits; nil where none does.
func (c *Call) turn(payload []byte) (*job, error) {
	key, err := operation.Decode[queueKey]("bulk queue", payload)
	if err != nil {
		return nil, err
	}
	for _, status := range []api.BulkJobStatus{api.BulkJobStatusInProgress, api.BulkJobStatusSubmitted} {
		row, err := c.Tx.OldestBulkJob(key.Account, key.Catalog, string(status))
		switch {
		case err == nil:
			return decodeJob(row)
		case !errors.Is(err, store.ErrNotFound):
			return nil, fmt.Errorf("read bulk job: %w", err)
		}
	}
	return nil, nil
}

// queueFailed counts a fault of ours. The rows of a batch are then processed one at
// a time, and one that keeps failing is given up.
func (c *Call) queueFailed(payload []byte, reason string) error {
	j, err := c.turn(payload)
	if err != nil || j == nil {
		return err
	}
	if j.Faults++; j.Faults < maxFaults {
		return c.save(j)
	}
	if !j.Checked {
		if err := c.fail(j, reason); err != nil {
			return err
		}
		return c.save(j)
	}
	return c.giveUp(j, reason)
}

// fail ends a job that no record of was processed.
func (c *Call) fail(j *job, reason string) error {
	j.FailureReason, j.Total, j.Succeeded, j.Failed = &reason, 0, 0, 0
	return c.end(j, api.BulkJobStatusFailed)
}

// end ends a job. Its file may go, and the job itself after its time.
func (c *Call) end(j *job, status api.BulkJobStatus) error {
	j.Status, j.CompletedAt = string(status), &c.Now
	if j.Version != "" {
		if err := c.Tx.PinFile(j.Content.Account, j.Version, -1); err != nil && !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("release file: %w", err)
		}
		j.Version = ""
	}
	if j.Source != nil && j.Source.Fetched {
		if err := files.Release(c.Call, j.Content); err != nil {
			return err
		}
	}
	due := api.NewTimestamp(c.Now.Time().Add(jobLife))
	return c.Later(workForget, j.Account+"/"+j.Catalog+"/"+j.ID, due, j.BulkJobKey)
}

// forgetJob removes a job whose time is over, some results at a time.
func forgetJob(c *operation.Call, payload []byte) error {
	key, err := operation.Decode[store.BulkJobKey]("bulk job", payload)
	if err != nil {
		return err
	}
	const results = 1000
	more, err := c.Tx.DeleteBulkJob(*key, results)
	if err != nil {
		return fmt.Errorf("remove bulk job: %w", err)
	}
	if !more {
		return nil
	}
	return c.Later(workForget, key.Account+"/"+key.Catalog+"/"+key.ID, operation.Immediately, key)
}

func (c *Call) rows(j *job) *rows {
	return newRows(files.NewReader(j.Content, j.Offset, c.Tx.BlobChunk), j.Offset)
}

// check reads on in a file that no record was processed of yet: a file that cannot
// be read to its end changes nothing.
func (c *Call) check(j *job) error {
	begin := j.Offset
	in := c.rows(j)
	if begin == 0 {
		header, err := in.next()
		switch {
		case errors.Is(err, io.EOF):
			return unusable("The file is empty.")
		case errors.Is(err, errMalformed):
			return unusable("The header is not well-formed CSV.")
		case err != nil:
			return err
		}
		p, err := newPlan(j.Family, header)
		if err != nil {
			return err
		}
		j.Header, j.Update = p.header, p.update
	}
	for in.offset()-begin < checkBytes {
		_, err := in.next()
		switch {
		case errors.Is(err, io.EOF):
			if j.Total == 0 {
				return unusable("The file has a header and no data rows.")
			}
			j.Checked, j.Offset = true, 0
			return nil
		case err != nil && !errors.Is(err, errMalformed):
			return err
		}
		if j.Total++; j.Total > maxRows {
			return unusable("The file has more than %d data rows.", maxRows)
		}
	}
	j.Offset = in.offset()
	return nil
}

// batch processes the next rows of a job.
func (c *Call) batch(j *job) error {
	p, err := newPlan(j.Family, j.Header)
	if err != nil {
		return err
	}
	before := *j
	err = c.Tx.Savepoint(func() error { return c.process(j, p) })
	if !errors.Is(err, errRefused) {
		return err
	}
	*j = before
	c.savepoints = true
	return c.process(j, p)
}

func (c *Call) process(j *job, p *plan) error {
	begin, in := j.Offset, c.rows(j)
	if begin == 0 {
		if _, err := in.next(); err != nil {
			return err
		}
	}
	most := batchRows
	if j.Faults > 0 {
		most = 1
	}
	for n := 0; n < most && in.offset()-begin < batchBytes; n++ {
		cells, err := in.next()
		if errors.Is(err, io.EOF) {
			return c.end(j, api.BulkJobStatusCompleted)
		}
		if err != nil && !errors.Is(err, errMalformed) {
			return err
		}
		j.Row++
		r, err := c.record(j, p, cells, err)
		if err != nil {
			return err
		}
		if err := c.finish(j, r); err != nil {
			return err
		}
	}
	j.Offset = in.offset()
	return nil
}

// giveUp fails the record that is next, because of faults of ours.
func (c *Call) giveUp(j *job, reason string) error {
	begin, in := j.Offset, c.rows(j)
	if begin == 0 {
		if _, err := in.next(); err != nil {
			return err
		}
	}
	if _, err := in.next(); err != nil && !errors.Is(err, errMalformed) {
		if errors.Is(err, io.EOF) {
			return c.save(j)
		}
		return err
	}
	j.Row++
	j.Offset, j.Faults = in.offset(), 0
	r := &outcome{requestID: strconv.FormatInt(j.Row, 10)}
	r.fail("InternalServer", reason)
	if err := c.finish(j, r); err != nil {
		return err
	}
	return c.save(j)
}

// finish stores what came of a record, and counts it.
func (c *Call) finish(j *job, r *outcome) error {
	status := api.BulkRecordStatusSucceeded
	if r.Code == "" {
		j.Succeeded++
	} else {
		status = api.BulkRecordStatusFailed
		j.Failed++
	}
	document, err := operation.Encode("bulk result", r.result)
	if err != nil {
		return err
	}
	if err := c.Tx.InsertBulkResult(j.Account, j.ID, &store.BulkResult{
		Row: j.Row, RequestID: r.requestID, Status: string(status), Document: document,
	}); err != nil {
		return fmt.Errorf("insert bulk result: %w", err)
	}
	return nil
}
