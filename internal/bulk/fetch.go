package bulk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/buckets"
	"cosell/internal/files"
	"cosell/internal/operation"
	"cosell/internal/queue"
	"cosell/internal/store"
)

const (
	// maxFetches is how many files one process fetches at a time: each occupies a
	// worker, and others have work too.
	maxFetches = 8
	// fetchTime is how long one attempt to fetch a file may take.
	fetchTime = 10 * time.Minute
)

// source is a file elsewhere. It is copied before it is read, as AWS copies a version at
// once, so that a job sees one file whatever becomes of the object.
type source struct {
	buckets.Object

	Blob    string `json:"blob,omitzero"`    // has what was copied so far
	Fetched bool   `json:"fetched,omitzero"` // all of it was copied
	Refused string `json:"refused,omitzero"` // why it cannot be, for the partner
}

// pending reports whether there is a file that is not copied yet.
func (s *source) pending() bool { return s != nil && !s.Fetched }

// awaitSource is the step of a job whose file is not copied. It is copied before the
// transaction of the step, unless the server stops.
func (c *Call) awaitSource(j *job) error {
	switch {
	case j.Source.Refused != "":
		return fileError(j.Source.Refused)
	case len(c.config.grants) == 0:
		return unusable("The server does not read files from that bucket.")
	}
	return nil
}

// prepareQueue copies the file of the job whose turn it is, where it is elsewhere.
func (s *Service) prepareQueue(ctx context.Context, payload []byte) error {
	if s.buckets == nil {
		return nil
	}
	var j *job
	if err := s.runner.View(ctx, auth.Principal{}, func(c *operation.Call) (err error) {
		call := s.Call(c)
		j, err = call.turn(payload)
		return err
	}); err != nil {
		return err
	}
	if j == nil || j.Status != string(api.BulkJobStatusInProgress) || !j.Source.pending() || j.Source.Refused != "" {
		return nil
	}
	select {
	case s.fetches <- struct{}{}:
		defer func() { <-s.fetches }()
	default:
		return queue.ErrBusy
	}
	fetching, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	progress, err := s.fetch(fetching, j)
	refusal, refused := errors.AsType[buckets.RefusedError](err)
	switch {
	case refused:
		return s.change(ctx, j, func(_ *operation.Call, j *job) error {
			j.Source.Refused = refusal.Error()
			return nil
		})
	case err == nil, progress, ctx.Err() != nil: // the next attempt continues behind what is stored
		return nil
	}
	return &api.Error{Type: api.TypeInternalServer, Message: "The file could not be read from its bucket.", Cause: err}
}

// fetch copies what is missing of a file, and reports whether anything came. What came
// before an error stays.
func (s *Service) fetch(ctx context.Context, j *job) (progress bool, err error) {
	if err := s.config.grants.Check(j.Account, j.Source.Bucket, j.Source.Key); err != nil {
		return false, buckets.RefusedError("The server does not read files from that bucket.")
	}
	to, err := s.resume(ctx, j)
	if err != nil {
		return false, err
	}
	offset := int64(0)
	if to != nil {
		offset = to.Size()
	}
	object := j.Source.Object
	content, err := s.buckets.Open(ctx, &object, offset)
	if err != nil {
		return false, err
	}
	defer content.Close()
	switch {
	case object.Size > files.MaxSize:
		return false, buckets.RefusedError("The file is larger than 100 MB.")
	case to == nil:
		if to, err = s.begin(ctx, j, object); err != nil {
			return false, err
		}
	}
	_, err = io.Copy(to, content)
	if err != nil {
		return to.Size() > offset, fmt.Errorf("copy the file: %w", err)
	}
	part, err := to.Close() //nolint:contextcheck // the writer has it
	if err != nil {
		return false, err
	}
	return true, s.change(ctx, j, func(c *operation.Call, j *job) error {
		j.Content = files.Content{Account: j.Account, Parts: []files.Part{*part}, Size: part.Size}
		j.Source.Fetched = true
		return files.Hold(c, j.Account, part)
	})
}

// resume returns the copy that was begun, nil where there is none.
func (s *Service) resume(ctx context.Context, j *job) (*files.BlobWriter, error) {
	if j.Source.Blob == "" {
		return nil, nil
	}
	to, err := files.New(s.runner).ResumeBlob(ctx, j.Account, j.Source.Blob)
	if errors.Is(err, store.ErrNotFound) { // it was not complete within a day
		j.Source.Blob, j.Source.ETag, j.Source.Size = "", "", 0
		return nil, nil
	}
	return to, err
}

// begin begins the copy of an object, which is the one from now on.
func (s *Service) begin(ctx context.Context, j *job, object buckets.Object) (*files.BlobWriter, error) {
	to, err := files.New(s.runner).NewBlob(ctx, j.Account)
	if errors.Is(err, files.ErrQuota) {
		return nil, buckets.RefusedError("The files of the account exceed the space that this server gives an account.")
	}
	if err != nil {
		return nil, err
	}
	return to, s.change(ctx, j, func(_ *operation.Call, j *job) error {
		j.Source.Object, j.Source.Blob = object, to.ID()
		return nil
	})
}

// change changes a job that nobody else has changed.
func (s *Service) change(ctx context.Context, j *job, fn func(*operation.Call, *job) error) error {
	var changed *job
	err := s.runner.Update(ctx, auth.Principal{}, func(c *operation.Call) error {
		row, err := c.Tx.BulkJob(j.BulkJobKey)
		if err != nil {
			return fmt.Errorf("read bulk job: %w", err)
		}
		if row.Step != j.Step {
			return fmt.Errorf("change bulk job: %w", store.ErrStale)
		}
		if changed, err = decodeJob(row); err != nil {
			return err
		}
		if err := fn(c, changed); err != nil {
			return err
		}
		call := s.Call(c)
		return call.save(changed)
	})
	if err == nil {
		*j = *changed
	}
	return err
}
