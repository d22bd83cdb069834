package chaos

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"cosell/internal/api"
	"cosell/internal/store/pgtest"
)

const (
	bulkAccount = "777788889999"
	bulkBucket  = "aws-partner-central-marketplace-ephemeral-writeonly-files"
)

// Servers are killed while files are uploaded and bulk jobs run on them. Every file
// whose upload was acknowledged is read whole, and every row makes one opportunity.
func TestBulkJobsKilled(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	bulkKilled(t, embedded(t, dir), 200*time.Millisecond, func(*testing.T) {})
}

// TestBulkJobsOfReplicasKilled is the same with replicas on one database.
func TestBulkJobsOfReplicasKilled(t *testing.T) {
	database := pgtest.URL(t)
	c := replicas(t, 2, database)
	s := pgtest.Open(t, database)
	bulkKilled(t, c, time.Second, func(t *testing.T) { t.Helper(); hasten(t, s) })
}

// bulkKilled runs jobs while a server is killed after every pause, of that length on
// average: some batches must come through in between.
func bulkKilled(t *testing.T, c *cluster, pause time.Duration, after func(*testing.T)) {
	t.Helper()
	random := draw(t)
	tally := &tally{progress: make(chan struct{}, 1)}
	ctx, stop := context.WithTimeout(t.Context(), time.Duration(times(5, 40))*time.Minute)
	defer stop()
	jobs, rows := times(2, 6), times(1500, 5000)
	done := make(chan error, 1)
	go func() { done <- (&client{cluster: c, tally: tally}).bulk(ctx, jobs, rows) }()
	for kills := 0; ; kills++ {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d kills, %d requests sent again", kills, tally.again.Load())
			if kills == 0 {
				t.Error("no server was killed while the jobs ran")
			}
			return
		case <-time.After(pause/2 + time.Duration(random.Int64N(int64(pause)))):
			c.restart(t, random.IntN(c.Size()))
			after(t)
		}
	}
}

// bulk uploads a file and runs a job on it, again and again, and checks what came of
// each.
func (c *client) bulk(ctx context.Context, jobs, rows int) error {
	made := map[string]bool{}
	for n := range jobs {
		var file bytes.Buffer
		file.WriteString("Row Id,Project.Title,OpportunityType,Project.AdditionalComments\n")
		for i := range rows {
			kind := "Expansion"
			if i%100 == 99 {
				kind = "Bogus"
			}
			fmt.Fprintf(&file, "%d-%d,Deal %[2]d,%s,%s\n", n, i, kind, strings.Repeat("x", 200))
		}
		version, err := c.upload(ctx, fmt.Sprintf("%s/%d.csv", bulkAccount, n), file.Bytes())
		if err != nil {
			return err
		}
		started, err := write[api.StartOpportunityBulkJobResponse](ctx, c, bulkAccount, "StartOpportunityBulkJob",
			&api.StartOpportunityBulkJobRequest{
				Catalog: new("Sandbox"), ClientToken: new(fmt.Sprint("job-", n)), FileFormat: new(api.BulkFileFormatCSV),
				FileURI: new(fmt.Sprintf("s3://%s/%s/%d.csv?versionId=%s", bulkBucket, bulkAccount, n, version)),
			})
		if err != nil {
			return err
		}
		if err := c.finished(ctx, *started.JobId, rows); err != nil {
			return err
		}
		if err := c.results(ctx, *started.JobId, n, rows, made); err != nil {
			return err
		}
	}
	// Every opportunity is named by a result.
	in := &api.ListOpportunitiesRequest{Catalog: new("Sandbox"), MaxResults: new(int32(100))}
	for {
		out, err := ask[api.ListOpportunitiesResponse](ctx, c, bulkAccount, "ListOpportunities", in)
		if err != nil {
			return err
		}
		for _, o := range out.OpportunitySummaries {
			if !made[*o.Id] {
				return fmt.Errorf("opportunity %s is doubled: no record made it", *o.Id)
			}
			delete(made, *o.Id)
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
	}
	if len(made) > 0 {
		return fmt.Errorf("%d opportunities that records made are lost", len(made))
	}
	return nil
}

// upload puts a file until that is acknowledged.
func (c *client) upload(ctx context.Context, key string, content []byte) (version string, err error) {
	for {
		url, err := c.cluster.URL(ctx, c.prefers)
		if err != nil {
			return "", err
		}
		out, err := s3.New(s3.Options{
			BaseEndpoint: &url, UsePathStyle: true, Region: "us-east-1", RetryMaxAttempts: 1,
			Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: bulkAccount, SecretAccessKey: "test"}, nil
			}),
		}).PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String(bulkBucket), Key: &key, Body: bytes.NewReader(content)})
		if err == nil {
			return *out.VersionId, nil
		}
		c.prefers++
		c.tally.again.Add(1)
	}
}

// finished waits for the end of a job, whose counters never fall.
func (c *client) finished(ctx context.Context, job string, rows int) error {
	var processed int32
	for {
		out, err := ask[api.ListOpportunityBulkJobsResponse](ctx, c, bulkAccount, "ListOpportunityBulkJobs",
			&api.ListOpportunityBulkJobsRequest{Catalog: new("Sandbox"), JobId: &job})
		if err != nil {
			return err
		}
		if len(out.OpportunityBulkJobSummaries) != 1 {
			return fmt.Errorf("job %s is lost", job)
		}
		j := out.OpportunityBulkJobSummaries[0]
		if *j.ProcessedRecords < processed {
			return fmt.Errorf("job %s: %d records are processed, after %d", job, *j.ProcessedRecords, processed)
		}
		processed = *j.ProcessedRecords
		switch *j.Status {
		case api.BulkJobStatusCompleted:
			if int(*j.SuccessCount) != rows-rows/100 || int(*j.FailureCount) != rows/100 {
				return fmt.Errorf("job %s: %d succeeded and %d failed of %d", job, *j.SuccessCount, *j.FailureCount, rows)
			}
			return nil
		case api.BulkJobStatusFailed:
			return fmt.Errorf("job %s failed: %s", job, *j.FailureReason)
		}
		select {
		case <-time.After(time.Duration(rand.IntN(50)) * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// results reads the results of a job: one for each row, in the order of the file.
func (c *client) results(ctx context.Context, job string, n, rows int, made map[string]bool) error {
	in := &api.ListOpportunityBulkJobResultsRequest{Catalog: new("Sandbox"), JobId: &job, MaxResults: new(int32(1000))}
	i := 0
	for {
		out, err := ask[api.ListOpportunityBulkJobResultsResponse](ctx, c, bulkAccount, "ListOpportunityBulkJobResults", in)
		if err != nil {
			return err
		}
		for _, r := range out.Results {
			if want := fmt.Sprintf("%d-%d", n, i); *r.RequestId != want {
				return fmt.Errorf("job %s: result %d is of row %s, want %s", job, i, *r.RequestId, want)
			}
			i++
			if *r.Status != api.BulkRecordStatusSucceeded {
				continue
			}
			if made[*r.ResourceIdentifier] {
				return fmt.Errorf("opportunity %s is made by two records", *r.ResourceIdentifier)
			}
			made[*r.ResourceIdentifier] = true
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
	}
	if i != rows {
		return fmt.Errorf("job %s: %d results, want %d", job, i, rows)
	}
	return nil
}
