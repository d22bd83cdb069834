package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"cosell/internal/api"
	"cosell/internal/bulk"
)

// bulkCommand groups the commands on bulk jobs.
type bulkCommand struct {
	Template bulkTemplate `cmd:"" help:"Print the header of a file for a bulk job."`
	Start    bulkStart    `cmd:"" help:"Start a bulk job on an uploaded file and print its identifier."`
	Watch    bulkWatch    `cmd:"" help:"Show the progress of a bulk job until it ends."`
}

type bulkTemplate struct {
	Family string `arg:"" enum:"opportunities,accounts" help:"What the records are: opportunities or accounts."`
	Update bool   `help:"Of a file that updates opportunities."`
}

// Run prints a header.
func (c *bulkTemplate) Run(out output) error {
	w := csv.NewWriter(out)
	if err := w.Write(bulk.Template(c.Family, c.Update)); err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}

type bulkStart struct {
	signedClient

	Family  string `arg:"" enum:"opportunities,accounts" help:"What the records are: opportunities or accounts."`
	URI     string `arg:"" help:"Address of the file, as files put prints it."`
	Catalog string `default:"Sandbox" enum:"AWS,Sandbox" placeholder:"CATALOG" help:"AWS or Sandbox (${default})."`
}

// Run starts a job.
func (c *bulkStart) Run(out output) error {
	operation, body := "StartOpportunityBulkJob", map[string]any{
		"Catalog": c.Catalog, "ClientToken": rand.Text(), "FileURI": c.URI, "FileFormat": "CSV",
	}
	if c.Family == "accounts" {
		operation, body = "StartCustomerAccountBulkJob", map[string]any{
			"Catalog": c.Catalog, "ClientToken": rand.Text(), "FileUri": c.URI,
		}
	}
	var started struct{ JobId, Id string } //nolint:revive // as the API names them
	if err := c.call(operation, body, &started); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, started.JobId+started.Id)
	return err
}

type bulkWatch struct {
	signedClient

	Family  string        `arg:"" enum:"opportunities,accounts" help:"What the records are: opportunities or accounts."`
	Job     string        `arg:"" help:"Identifier of the job."`
	Catalog string        `default:"Sandbox" enum:"AWS,Sandbox" placeholder:"CATALOG" help:"AWS or Sandbox (${default})."`
	Poll    time.Duration `default:"500ms" placeholder:"TIME" help:"How often to ask (${default})."`
}

// watched is what a job says of its progress.
type watched struct {
	Status                                                     string
	TotalRecords, ProcessedRecords, SuccessCount, FailureCount int
	FailureReason                                              *string
}

// Run shows the progress of a job until it ends; it fails where the job failed.
func (c *bulkWatch) Run(out output, errs diagnostics) error {
	for {
		job, err := c.ask()
		if err != nil {
			return err
		}
		fmt.Fprintf(errs, "\r%s", job.bar())
		switch job.Status {
		case "COMPLETED":
			fmt.Fprintln(errs)
			_, err := fmt.Fprintf(out, "%s: %d succeeded, %d failed\n", job.Status, job.SuccessCount, job.FailureCount)
			return err
		case "FAILED":
			fmt.Fprintln(errs)
			if job.FailureReason != nil {
				return fmt.Errorf("the job failed: %s", *job.FailureReason)
			}
			return errors.New("the job failed")
		}
		time.Sleep(c.Poll)
	}
}

func (c *bulkWatch) ask() (*watched, error) {
	if c.Family == "accounts" {
		job := new(watched)
		return job, c.call("GetCustomerAccountBulkJob", map[string]any{"Catalog": c.Catalog, "Identifier": c.Job}, job)
	}
	var list struct{ OpportunityBulkJobSummaries []watched }
	if err := c.call("ListOpportunityBulkJobs", map[string]any{"Catalog": c.Catalog, "JobId": c.Job}, &list); err != nil {
		return nil, err
	}
	if len(list.OpportunityBulkJobSummaries) == 0 {
		return nil, fmt.Errorf("the account has no bulk job %s in the catalog %s", c.Job, c.Catalog)
	}
	return &list.OpportunityBulkJobSummaries[0], nil
}

// bar is the progress of a job on one line.
func (w *watched) bar() string {
	const width = 30
	done := 0
	if w.TotalRecords > 0 {
		done = width * w.ProcessedRecords / w.TotalRecords
	}
	return fmt.Sprintf("[%s%s] %d/%d, %d failed  %-11s", strings.Repeat("#", done), strings.Repeat(".", width-done),
		w.ProcessedRecords, w.TotalRecords, w.FailureCount, w.Status)
}

// call calls an operation of the API.
func (c signedClient) call(operation string, in, out any) error {
	return c.send("application/x-amz-json-1.0", api.TargetPrefix, operation, in, out)
}

func (c signedClient) send(contentType, prefix, operation string, in, out any) (err error) {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), operatorTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.Endpoint, "/")+"/", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("X-Amz-Target", prefix+"."+operation)
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(ctx, c.credentials(), r, hex.EncodeToString(sum[:]), signingName, "us-east-1", time.Now()); err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, answer.Body.Close()) }()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		var refused struct {
			Message string `json:"Message"`
		}
		_ = json.Unmarshal(content, &refused) // then the message is empty
		return fmt.Errorf("%s: %s: %s", operation, answer.Header.Get("X-Amzn-Errortype"), refused.Message)
	}
	return json.Unmarshal(content, out)
}
