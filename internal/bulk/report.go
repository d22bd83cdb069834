package bulk

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/operation"
	"cosell/internal/store"
)

// ReportKey names a report, in the reference of an operation and in its URL.
type ReportKey struct {
	Account string `json:"account"`
	Catalog string `json:"catalog"`
	Job     string `json:"job"`
	Kind    string `json:"kind"`
	Family  string `json:"family"`
}

// made is what the document of a report has. Its rows are those of the results.
type made struct {
	MadeAt api.Timestamp `json:"madeAt"`
}

// GetOpportunityBulkJobReportUrl makes the report of an opportunity job and returns
// where it is downloaded.
func (c *Call) GetOpportunityBulkJobReportUrl(
	in *api.GetOpportunityBulkJobReportUrlRequest,
) (*api.GetOpportunityBulkJobReportUrlResponse, error) {
	if err := c.requireOpportunityJobs(); err != nil {
		return nil, err
	}
	j, err := c.find(opportunities, *in.Catalog, *in.JobId)
	if err != nil {
		return nil, err
	}
	if api.Value(in.ReportType) == api.BulkReportTypeAllRecords {
		return nil, operation.Invalid(api.Violation("reportType", api.ValidationExceptionErrorCodeInvalidValue,
			"ALL_RECORDS is not supported for opportunities; use FAILED_RECORDS"))
	}
	return nil, c.report(j, in.ReportType)
}

// GetCustomerAccountBulkJobReportUrl makes a report of an account job and returns
// where it is downloaded.
func (c *Call) GetCustomerAccountBulkJobReportUrl(
	in *api.GetCustomerAccountBulkJobReportUrlRequest,
) (*api.GetCustomerAccountBulkJobReportUrlResponse, error) {
	j, err := c.findAccountJob(*in.Catalog, *in.Identifier)
	if err != nil {
		return nil, err
	}
	return nil, c.report(j, in.ReportType)
}

// report has the operation continue where it may write: it is marked read-only, and
// the first call makes the report.
func (c *Call) report(j *job, kind *api.BulkReportType) error {
	if !j.finished() {
		return api.Conflict("The bulk job has not ended; its report can be made once its status is COMPLETED or FAILED")
	}
	key := ReportKey{Account: j.Account, Catalog: j.Catalog, Job: j.ID, Family: j.Family, Kind: string(api.BulkReportTypeFailedRecords)}
	if kind != nil {
		key.Kind = string(*kind)
	}
	return c.Continue(key)
}

// continueReport makes a report unless it was made, and answers with a new URL.
func (s *Service) continueReport(ctx context.Context, caller auth.Principal, reference api.Raw) (any, error) {
	key, err := operation.Decode[ReportKey]("report", reference)
	if err != nil {
		return nil, err
	}
	var expired bool
	var now api.Timestamp
	if err := s.runner.Update(ctx, caller, func(c *operation.Call) error {
		now = c.Now
		m, err := ensureReport(c, key)
		expired = err == nil && !now.Time().Before(m.MadeAt.Time().Add(reportLife))
		return err
	}); err != nil {
		return nil, err
	}
	out := api.GetOpportunityBulkJobReportUrlResponse{
		ReportStatus: new(api.BulkReportStatusExpired), ReportType: new(api.BulkReportType(key.Kind)),
		ReportFormat: new(api.BulkFileFormatCSV),
	}
	if !expired {
		out.ReportStatus = new(api.BulkReportStatusAvailable)
		out.Url = new(s.links.Sign(s.publicURL(ctx), key, now.Time(), urlLife))
		out.ExpiresAt = new(api.NewTimestamp(now.Time().Add(urlLife)))
	}
	if key.Family == opportunities {
		return &out, nil
	}
	return &api.GetCustomerAccountBulkJobReportUrlResponse{
		ReportStatus: out.ReportStatus, ReportType: out.ReportType, Url: out.Url, ExpiresAt: out.ExpiresAt,
	}, nil
}

// ensureReport returns the report of a key, and makes it the first time.
func ensureReport(c *operation.Call, key *ReportKey) (*made, error) {
	stored, err := c.Tx.BulkReport(key.Account, key.Job, key.Kind)
	if err == nil {
		return operation.Decode[made]("report", stored.Document)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("read report: %w", err)
	}
	m := &made{MadeAt: c.Now}
	document, err := operation.Encode("report", m)
	if err != nil {
		return nil, err
	}
	return m, c.Tx.PutBulkReport(&store.BulkReport{
		Account: key.Account, Job: key.Job, Kind: key.Kind, Status: string(api.BulkReportStatusAvailable), Document: document,
	})
}

// reportPage is how many results a report reads at a time.
const reportPage = 500

// Links makes the URLs of reports.
type Links interface {
	// Sign returns the URL of a report on a server, good from now on for a time.
	Sign(server string, key *ReportKey, now time.Time, life time.Duration) string
}

// WriteReport writes a report: the columns and cells of the file, in its order, and what
// went wrong.
func (s *Service) WriteReport(ctx context.Context, key *ReportKey, out io.Writer) error {
	caller := auth.Principal{Account: key.Account}
	w := csv.NewWriter(out)
	w.UseCRLF = true
	all := key.Kind == string(api.BulkReportTypeAllRecords)
	var j *job
	for after := int64(0); ; {
		var results []store.BulkResult
		if err := s.runner.View(ctx, caller, func(oc *operation.Call) (err error) {
			c := s.Call(oc)
			if j, err = c.find(key.Family, key.Catalog, key.Job); err != nil {
				return err
			}
			status := string(api.BulkRecordStatusFailed)
			if all {
				status = ""
			}
			results, err = oc.Tx.BulkResults(key.Account, key.Job, status, after, reportPage)
			return err
		}); err != nil {
			return err
		}
		if after == 0 {
			if err := w.Write(append(safe(j.Header), extraColumns(all)...)); err != nil {
				return err
			}
		}
		for _, r := range results {
			if err := writeResult(w, len(j.Header), r, all); err != nil {
				return err
			}
			after = r.Row
		}
		if len(results) < reportPage {
			w.Flush()
			return w.Error()
		}
	}
}

func extraColumns(all bool) []string {
	if all {
		return []string{"Status", "Resource Identifier", "Error Code", "Error Message"}
	}
	return []string{"Error Code", "Error Message"}
}

func writeResult(w *csv.Writer, columns int, r store.BulkResult, all bool) error {
	d, err := operation.Decode[result]("bulk result", r.Document)
	if err != nil {
		return err
	}
	row := padded(safe(d.Cells), columns)
	if all {
		row = append(row, r.Status, d.Resource)
	}
	return w.Write(append(row, safe([]string{d.Code, d.Message})...))
}

// safe returns cells of which no spreadsheet takes one for a formula.
func safe(cells []string) []string {
	out := make([]string, 0, len(cells)+4)
	for _, cell := range cells {
		out = append(out, harmless(cell))
	}
	return out
}
