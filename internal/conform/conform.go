// Package conform checks whether an endpoint behaves as docs/behavior says: a named case for each rule, sent over the
// network with real credentials, against this server or any other that speaks the Partner Central Selling API.
package conform

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"cosell/internal/api"
)

// Case is one rule as a test.
type Case struct {
	Name      string `json:"name"`      // such as CreateOpportunity/title-too-long
	Operation string `json:"operation"` // that the rule is about
	Rule      string `json:"rule"`      // its place in the documentation
	Certainty string `json:"certainty"` // what stands behind it

	creates map[string]int // records that it leaves behind, by kind
	second  bool           // needs a second account
	run     func(*trial)
}

// Status says how a case ended.
type Status string

// How a case can end.
const (
	Pass Status = "pass"
	Fail Status = "fail"
	Skip Status = "skip"
)

// Result is a case and how it ended.
type Result struct {
	Case

	Status       Status  `json:"status"`
	Detail       string  `json:"detail,omitempty"` // why it failed or was skipped
	Milliseconds float64 `json:"milliseconds"`
}

// Report is what a run found.
type Report struct {
	Endpoint string    `json:"endpoint"`
	Model    string    `json:"model"` // the date of AWS's model that the endpoint speaks
	Version  string    `json:"version"`
	Started  time.Time `json:"started"`
	Results  []Result  `json:"results"`
}

// Count returns how many cases ended so.
func (r *Report) Count(status Status) int {
	n := 0
	for _, result := range r.Results {
		if result.Status == status {
			n++
		}
	}
	return n
}

// modelBefore is the model that lacks the operations of newOperations.
const modelBefore = "before 2026-11-19"

// newOperations came with AWS's model of 19 November 2026.
var newOperations = []string{
	"CreateCustomerAccount", "DeleteCustomerAccount", "GetCustomerAccount", "GetCustomerAccountBulkJob",
	"GetCustomerAccountBulkJobReportUrl", "GetCustomerAccountStatistics", "GetOpportunityBulkJobReportUrl",
	"ListCustomerAccountBulkJobResults", "ListCustomerAccountBulkJobs", "ListEngagementGroups",
	"ListOpportunityBulkJobResults", "ListOpportunityBulkJobs", "SearchCustomerAccounts", "SearchEngagements",
	"SearchOpportunities", "StartCustomerAccountBulkJob", "StartOpportunityBulkJob", "UpdateCustomerAccount",
}

// Runner runs cases against an endpoint.
type Runner struct {
	Client  *Client
	Second  *Client // of another account; nil if there is none
	Version string  // of this program
	// Progress, if set, is called after each case.
	Progress func(done, total int, result Result)
}

// Cases returns every case, or those whose name matches a pattern.
func Cases(only *regexp.Regexp) ([]Case, error) {
	all, err := contractCases()
	if err != nil {
		return nil, err
	}
	all = append(all, ruleCases()...)
	slices.SortStableFunc(all, func(a, b Case) int { return cmp.Compare(a.Operation, b.Operation) })
	if only != nil {
		all = slices.DeleteFunc(all, func(c Case) bool { return !only.MatchString(c.Name) })
	}
	return all, nil
}

// Plan says in a line what the cases create at the endpoint.
func Plan(cases []Case) string {
	total := map[string]int{}
	for _, c := range cases {
		for kind, n := range c.creates {
			total[kind] += n
		}
	}
	parts := make([]string, 0, len(total))
	for _, kind := range slices.Sorted(maps.Keys(total)) {
		parts = append(parts, fmt.Sprintf("%d %s", total[kind], kind))
	}
	made := strings.Join(parts, ", ")
	return fmt.Sprintf("%d cases in catalog Sandbox, which create %s. Customer accounts and snapshot jobs are deleted afterwards; "+
		"the API has no operation that deletes the rest.", len(cases), cmp.Or(made, "nothing"))
}

// Run runs the cases one after the other. It fails where the endpoint is not this API.
func (r *Runner) Run(ctx context.Context, cases []Case) (*Report, error) {
	model, err := r.Client.detect(ctx)
	if err != nil {
		return nil, err
	}
	report := &Report{Endpoint: r.Client.Endpoint, Model: model, Version: r.Version, Started: time.Now().UTC()}
	for i, c := range cases {
		if err := ctx.Err(); err != nil {
			return report, err
		}
		result := r.try(ctx, c, model)
		report.Results = append(report.Results, result)
		if r.Progress != nil {
			r.Progress(i+1, len(cases), result)
		}
	}
	return report, nil
}

// try runs one case.
func (r *Runner) try(ctx context.Context, c Case, model string) (result Result) {
	result = Result{Case: c, Status: Pass}
	switch {
	case model == modelBefore && slices.Contains(newOperations, c.Operation):
		result.Status, result.Detail = Skip, "the endpoint speaks the model "+model
		return result
	case c.second && r.Second == nil:
		result.Status, result.Detail = Skip, "needs the credentials of a second account"
		return result
	}
	t := &trial{ctx: ctx, client: r.Client, second: r.Second}
	began := time.Now()
	defer func() {
		if recovered := recover(); recovered != nil {
			wrong, ours := recovered.(failure)
			if !ours {
				panic(recovered)
			}
			result.Status, result.Detail = Fail, string(wrong)
		}
		t.clean()
		result.Milliseconds = float64(time.Since(began).Microseconds()) / 1000
	}()
	c.run(t)
	return result
}

// detect asks the endpoint what it is.
func (c *Client) detect(ctx context.Context) (model string, err error) {
	answer, err := c.Call(ctx, "ListOpportunities", object{"Catalog": catalog, "MaxResults": 1})
	if err != nil {
		return "", err
	}
	switch {
	case answer.Error == "" && answer.Body["OpportunitySummaries"] == nil,
		answer.Error != "" && answer.Body["__type"] == nil && !strings.HasSuffix(answer.Error, "Exception"):
		return "", fmt.Errorf("%s does not speak the Partner Central Selling API: ListOpportunities answered %d with %s", c.Endpoint, answer.Status, answer.excerpt())
	case answer.Error != "":
		return "", fmt.Errorf("%s refuses ListOpportunities in catalog %s: %s: %s", c.Endpoint, catalog, answer.Error, answer.Message)
	}
	known, err := c.Call(ctx, "SearchOpportunities", object{})
	if err != nil {
		return "", err
	}
	if known.Error == "UnknownOperationException" {
		return modelBefore, nil
	}
	return cmp.Or(known.Header.Get("X-Cosell-Model"), api.ModelDate+" or later"), nil
}

// Local reports whether an endpoint is on this machine, so that no rate has to be kept.
func Local(endpoint string) bool {
	u, err := url.Parse(endpoint)
	if err != nil {
		return false
	}
	address, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && address.IsLoopback()
}
