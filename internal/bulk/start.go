package bulk

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"

	"cosell/internal/api"
	"cosell/internal/buckets"
	"cosell/internal/files"
	"cosell/internal/operation"
	"cosell/internal/store"
)

// bucket is the one that files are uploaded to.
const bucket = "aws-partner-central-marketplace-ephemeral-writeonly-files"

// StartOpportunityBulkJob starts a job that creates or updates opportunities.
func (c *Call) StartOpportunityBulkJob(in *api.StartOpportunityBulkJobRequest) (*api.StartOpportunityBulkJobResponse, error) {
	if err := c.requireOpportunityJobs(); err != nil {
		return nil, err
	}
	j, err := c.start(opportunities, *in.Catalog, "fileURI", *in.FileURI)
	if err != nil {
		return nil, err
	}
	return &api.StartOpportunityBulkJobResponse{JobId: &j.ID}, nil
}

// StartCustomerAccountBulkJob starts a job that creates customer accounts.
func (c *Call) StartCustomerAccountBulkJob(
	in *api.StartCustomerAccountBulkJobRequest,
) (*api.StartCustomerAccountBulkJobResponse, error) {
	j, err := c.start(accounts, *in.Catalog, "fileUri", *in.FileUri)
	if err != nil {
		return nil, err
	}
	return &api.StartCustomerAccountBulkJobResponse{
		Arn: j.arn(), Id: &j.ID, Status: new(api.BulkJobStatus(j.Status)), CreatedAt: new(api.Timestamp(j.CreatedAt)),
	}, nil
}

// start makes a job on a file. The field is what the request calls its address.
func (c *Call) start(family, catalog, field, uri string) (*job, error) {
	at, err := c.locate(field, uri)
	if err != nil {
		return nil, err
	}
	// The work comes first: of two requests that count at once, the later one waits.
	if err := c.queue(c.Caller.Account, catalog); err != nil {
		return nil, err
	}
	unfinished, err := c.Tx.CountBulkJobs(c.Caller.Account, catalog,
		string(api.BulkJobStatusSubmitted), string(api.BulkJobStatusInProgress))
	if err != nil {
		return nil, fmt.Errorf("count bulk jobs: %w", err)
	}
	if unfinished >= maxUnfinished {
		return nil, api.QuotaExceeded(fmt.Sprintf("The account has %d bulk jobs in this catalog that have not ended; wait for one to end", unfinished))
	}
	j := &job{BulkJob: store.BulkJob{
		BulkJobKey: store.BulkJobKey{Account: c.Caller.Account, Catalog: catalog, ID: c.IDs.BulkJob()},
		Family:     family, Status: string(api.BulkJobStatusSubmitted), CreatedAt: int64(c.Now),
	}, state: state{FileName: fileName(family, at.key.Name), File: at.key.Name, Source: at.source}}
	if err := c.pin(j, at); err != nil {
		return nil, err
	}
	if j.Document, err = operation.Encode("bulk job", j.state); err != nil {
		return nil, err
	}
	if err := c.Tx.InsertBulkJob(&j.BulkJob); err != nil {
		return nil, fmt.Errorf("insert bulk job: %w", err)
	}
	return j, nil
}

// pin keeps the version of a file for a job. What is missing fails the job when it
// is read (docs/behavior/bulk-jobs.md#file-addresses).
func (c *Call) pin(j *job, at *location) error {
	if at.source != nil {
		return nil
	}
	v, err := files.Find(c.Tx, at.key, at.version)
	if errors.Is(err, store.ErrNotFound) {
		j.Missing = true
		return nil
	}
	if err != nil {
		return fmt.Errorf("find file: %w", err)
	}
	j.Version, j.Content = v.ID, v.Content
	return c.Tx.PinFile(at.key.Account, v.ID, 1)
}

// fileName is by what a partner recognizes a job: the last part of the file's name.
func fileName(family, name string) string {
	most := 255
	if family == accounts {
		most = 1024
	}
	runes := []rune(path.Base(name))
	return string(runes[:min(len(runes), most)])
}

// location is where a file is.
type location struct {
	key     store.FileKey
	version string  // "" is the newest
	source  *source // of a file elsewhere; nil for one of this server
}

// locate reads the address of a file (docs/behavior/bulk-jobs.md#file-addresses).
func (c *Call) locate(field, uri string) (*location, error) {
	wrong := func(code api.ValidationExceptionErrorCode, message string) (*location, error) {
		return nil, operation.Invalid(api.Violation(field, code, message))
	}
	const invalid = api.ValidationExceptionErrorCodeInvalidValue
	u, err := url.Parse(uri)
	if err != nil {
		return wrong(invalid, "must be the address of a file; it is no URI")
	}
	at := &location{}
	switch u.Scheme {
	case "s3":
		query, err := url.ParseQuery(u.RawQuery)
		if err != nil || len(query) > 1 || len(query) == 1 && len(query["versionId"]) != 1 || u.Fragment != "" {
			return wrong(invalid, "must have no query parameter but versionId")
		}
		at.version = query.Get("versionId")
		if u.Host != bucket {
			at.key = store.FileKey{Account: c.Caller.Account, Name: strings.TrimPrefix(u.Path, "/")}
			at.source = &source{Object: buckets.Object{Bucket: u.Host, Key: at.key.Name, Version: at.version}}
			switch err := c.config.grants.Check(c.Caller.Account, u.Host, at.key.Name); {
			case err == nil:
			case errors.Is(err, buckets.ErrKey):
				return wrong(api.ValidationExceptionErrorCodeActionNotPermitted, "must be a file that the operator of the server lets the account read")
			default:
				return wrong(invalid, "must be in the bucket "+bucket)
			}
			break
		}
		at.key.Account, at.key.Name, _ = strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
		if at.key.Account != c.Caller.Account {
			return wrong(api.ValidationExceptionErrorCodeActionNotPermitted, "must be a file of the caller's account, below s3://"+bucket+"/"+c.Caller.Account+"/")
		}
	default:
		rest, own := strings.CutPrefix(u.Path, "/"+bucket+"/")
		if !own || c.config.Presigned == nil {
			return wrong(invalid, "must be an s3:// address, or a presigned URL of a file on this server; other hosts are not allowed here")
		}
		signer, err := c.config.Presigned(u, c.Caller.Account)
		if e, ok := errors.AsType[*api.Error](err); ok && e.Type == api.TypeAccessDenied {
			return wrong(api.ValidationExceptionErrorCodeActionNotPermitted, "must be presigned by a principal that may read the file with s3:GetObject")
		}
		if err != nil {
			return wrong(invalid, "must be a presigned URL that is good now")
		}
		at.version = u.Query().Get("versionId")
		at.key.Account, at.key.Name, _ = strings.Cut(rest, "/")
		if at.key.Account != signer.Account {
			return wrong(api.ValidationExceptionErrorCodeActionNotPermitted, "must be presigned by the account of the file")
		}
	}
	if at.key.Name == "" || len(at.key.Name) > files.MaxName {
		return wrong(invalid, "must name a file below the account")
	}
	return at, nil
}
