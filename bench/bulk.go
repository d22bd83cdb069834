package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"cosell/internal/api"
	"cosell/internal/servertest"
)

const (
	bulkGoal       = 2000 // rows a second
	bulkMemoryGoal = 2    // of the memory after a tenth of the job, at its end
	bulkSearchGoal = 10   // seconds; a request has 30
	bulkPoll       = 20 * time.Millisecond
)

// measureBulk times a bulk job that creates opportunities, from the request that
// starts it to its last record, and watches the memory of the server meanwhile.
func (b *bench) measureBulk(ctx context.Context) error {
	server, err := b.start(ctx, "bulk")
	if err != nil {
		return err
	}
	defer func() { _ = server.Kill() }()
	file := filepath.Join(b.dir, "bulk.csv")
	if err := writeBulkFile(file, b.bulkRows); err != nil {
		return err
	}
	uri, err := exec.CommandContext(ctx, b.binary, "files", "put", file, "--endpoint", server.URL, "--account", accessKey).Output() //nolint:gosec // what was built
	if err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	r, err := runBulk(ctx, server, strings.TrimSpace(string(uri)), b.bulkRows)
	if err != nil {
		return err
	}
	begun := time.Now()
	found, err := call[api.SearchOpportunitiesResponse](ctx, server.URL, "SearchOpportunities", &api.SearchOpportunitiesRequest{Catalog: new(catalog)})
	if err != nil {
		return err
	}
	first := time.Since(begun)
	if len(found.OpportunitySearchSummaries) == 0 {
		return errors.New("the search after the bulk job found nothing")
	}
	const mega = 1e6
	b.show(
		line{
			fmt.Sprintf("Bulk job that creates %s opportunities", count(b.bulkRows)), perSecond(r.rate),
			fmt.Sprintf("≥ %d/s", bulkGoal), verdict(r.rate >= bulkGoal), fmt.Sprintf("%.1f s", r.elapsed.Seconds()),
		},
		shown("… the server's CPU time per row", short(r.perRow), ""),
		atMost("… the first search after it, with the rows that it makes", first.Seconds(), bulkSearchGoal, "%.1f s", ""),
		atMost("… resident memory at its end, of that after a tenth", float64(r.last)/float64(r.early), bulkMemoryGoal, "%.2f",
			fmt.Sprintf("%.0f MB of %.0f MB; most %.0f MB", float64(r.last)/mega, float64(r.early)/mega, float64(r.most)/mega)),
	)
	return nil
}

// bulkRun is what a job took.
type bulkRun struct {
	rate              float64
	elapsed, perRow   time.Duration
	early, last, most int64 // bytes in memory
}

func runBulk(ctx context.Context, server *servertest.Process, uri string, rows int) (*bulkRun, error) {
	r := new(bulkRun)
	before, err := cpuTime(server.PID())
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	started, err := call[api.StartOpportunityBulkJobResponse](ctx, server.URL, "StartOpportunityBulkJob", &api.StartOpportunityBulkJobRequest{
		Catalog: new(catalog), ClientToken: new("bulk"), FileFormat: new(api.BulkFileFormatCSV), FileURI: &uri,
	})
	if err != nil {
		return nil, err
	}
	for {
		out, err := call[api.ListOpportunityBulkJobsResponse](ctx, server.URL, "ListOpportunityBulkJobs",
			&api.ListOpportunityBulkJobsRequest{Catalog: new(catalog), JobId: started.JobId})
		if err != nil {
			return nil, err
		}
		j := out.OpportunityBulkJobSummaries[0]
		if r.last, err = residentMemory(server.PID()); err != nil {
			return nil, err
		}
		r.most = max(r.most, r.last)
		if done := int(*j.ProcessedRecords); r.early == 0 && done >= rows/10 { //nolint:mnd // a tenth
			r.early = r.last
		}
		switch *j.Status {
		case api.BulkJobStatusCompleted:
			r.elapsed = time.Since(begun)
			after, err := cpuTime(server.PID())
			if int(*j.SuccessCount) != rows {
				err = errors.Join(err, fmt.Errorf("%d of %d rows succeeded", *j.SuccessCount, rows))
			}
			r.rate, r.perRow = float64(rows)/r.elapsed.Seconds(), (after-before)/time.Duration(rows)
			return r, err
		case api.BulkJobStatusFailed:
			return nil, fmt.Errorf("the job failed: %s", *j.FailureReason)
		}
		select {
		case <-time.After(bulkPoll):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// writeBulkFile writes a file of opportunities as a CRM exports them.
func writeBulkFile(name string, rows int) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := csv.NewWriter(f)
	if err := w.Write([]string{
		"Row Id", "Customer.Account.CompanyName", "Customer.Account.Industry", "Customer.Account.WebsiteUrl",
		"Customer.Account.Address.CountryCode", "Customer.Account.Address.PostalCode", "Customer.Account.Address.StateOrRegion",
		"Project.Title", "Project.CustomerBusinessProblem", "OpportunityType", "LifeCycle.TargetCloseDate", "LifeCycle.NextSteps",
	}); err != nil {
		return err
	}
	closes := time.Now().UTC().AddDate(0, 6, 0).Format(time.DateOnly)
	problem := *draft("").Project.CustomerBusinessProblem
	for i := range rows {
		if err := w.Write([]string{
			fmt.Sprint("row-", i), fmt.Sprintf("Company %04d", i%1000), "Retail", "https://www.example.com", //nolint:mnd // many companies
			"US", "98109", "Washington", fmt.Sprint("Deal ", i), problem, "Net New Business", closes, "Workshop with both teams.",
		}); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
