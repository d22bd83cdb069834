package bulk_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/feature"
	"cosell/internal/store"
)

const header = "Row Id,Customer.Account.CompanyName,Customer.Account.Industry,Customer.Account.Address.CountryCode," +
	"Project.Title,Amount,CurrencyCode,LifeCycle.TargetCloseDate,Tags\r\n"

// deals are n good rows.
func deals(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "r%d,\"Acme, %[1]d\",Retail,US,Deal %[1]d,100%[1]d.50,USD,10/05/2049,team=blue;n=%[1]d\r\n", i+1)
	}
	return b.String()
}

func TestCreate(t *testing.T) {
	h := open(t)
	uri := h.upload(t, alice, "dir/deals.csv", "\ufeff"+header+deals(250)+
		"r251,,Bogus,US,Deal,1.00,USD,2049-10-05,\r\n"+
		"r1,Acme,Retail,US,Deal,1.00,USD,2049-10-05,\r\n"+
		",,,,,,,,\r\n"+
		"r254,Acme,Retail,US,Deal,1.00,USD,2049-10-05,,too,many\r\n"+
		"r255,Acme,Retail,US\r\n")
	id := h.start(t, alice, uri)
	if j := h.job(t, alice, id); *j.Status != "SUBMITTED" || *j.TotalRecords != 0 || j.StartedAt != nil || j.OperationType != nil || *j.FileName != "deals.csv" {
		t.Errorf("before it runs: %+v", j)
	}
	seen := map[int32]bool{}
	for h.work(t) {
		j := h.job(t, alice, id)
		seen[*j.ProcessedRecords] = true
		if *j.ProcessedRecords != *j.SuccessCount+*j.FailureCount || *j.ProcessedRecords > 0 && *j.TotalRecords != 255 {
			t.Errorf("under way: %d of %d, %d succeeded, %d failed", *j.ProcessedRecords, *j.TotalRecords, *j.SuccessCount, *j.FailureCount)
		}
	}
	if !seen[250] {
		t.Errorf("the counters were %v", seen)
	}
	j := h.job(t, alice, id)
	if *j.Status != "COMPLETED" || *j.SuccessCount != 251 || *j.FailureCount != 4 || *j.OperationType != "BULK_CREATE" || j.CompletedAt == nil {
		t.Errorf("in the end: %+v", j)
	}
	if n := h.opportunities(t, alice); n != 251 {
		t.Errorf("%d opportunities, want 251", n)
	}
	all := h.results(t, alice, id, nil)
	for i, r := range all {
		want := fmt.Sprint("r", i+1)
		switch i {
		case 251:
			want = "r1"
		case 252, 253:
			want = fmt.Sprint(i + 1) // not read, or without an id
		}
		if *r.RequestId != want {
			t.Errorf("result %d is of %s, want %s", i, *r.RequestId, want)
		}
	}
	var codes []string
	for _, r := range h.results(t, alice, id, new(api.BulkRecordStatusFailed)) {
		codes = append(codes, *r.RequestId+" "+*r.ErrorCode)
		if r.ResourceIdentifier != nil || *r.ErrorMessage == "" {
			t.Errorf("failed: %+v", r)
		}
	}
	if want := []string{"r251 INVALID_ENUM_VALUE", "r1 DUPLICATE_ROW", "253 MALFORMED_ROW", "254 MALFORMED_ROW"}; !slices.Equal(codes, want) {
		t.Errorf("failed %v, want %v", codes, want)
	}
	o := h.opportunity(t, alice, *all[2].ResourceIdentifier)
	if spend := o.Project.ExpectedCustomerSpend[0]; *o.Customer.Account.CompanyName != "Acme, 3" || *o.LifeCycle.TargetCloseDate != "2049-10-05" ||
		*spend.Amount != "1003.50" || *spend.TargetCompany != "AWS" || *spend.Frequency != "Monthly" || *o.LifeCycle.ReviewStatus != "Pending Submission" {
		t.Errorf("opportunity %+v", o)
	}
	tags := do[api.ListTagsForResourceResponse](t, h, alice, "ListTagsForResource", &api.ListTagsForResourceRequest{ResourceArn: o.Arn})
	if len(tags.Tags) != 2 || *tags.Tags[1].Value != "3" {
		t.Errorf("tags %+v", tags.Tags)
	}
	if events, err := h.Events(t.Context(), alice, 0, 1000); err != nil || len(events) != 251 {
		t.Errorf("%d events, %v, want one for each opportunity", len(events), err)
	}
}

func TestUpdate(t *testing.T) {
	h := open(t)
	created := h.start(t, alice, h.upload(t, alice, "a.csv", header+deals(3)))
	h.settle(t)
	var ids []string
	for _, r := range h.results(t, alice, created, nil) {
		ids = append(ids, *r.ResourceIdentifier)
	}
	old := h.opportunity(t, alice, ids[1])
	h.clock.Advance(time.Minute)
	id := h.start(t, alice, h.upload(t, alice, "b.csv", "Opportunity Id,Last Modified Date,Project.Title,Amount,Customer.Account.Industry,LifeCycle.NextSteps\n"+
		ids[0]+",,New title,,null,Call them\n"+
		ids[1]+","+old.LastModifiedDate.Time().Format(time.RFC3339Nano)+",,77.00,,\n"+
		ids[2]+",2020-01-01T00:00:00Z,x,,,\n"+
		"O9999999,,x,,,\n"+
		",,x,,,\n"+
		ids[2]+",,,,Bogus,\n"))
	h.settle(t)
	j := h.job(t, alice, id)
	if *j.OperationType != "BULK_UPDATE" || *j.SuccessCount != 2 || *j.FailureCount != 4 {
		t.Errorf("job %+v", j)
	}
	var codes []string
	for _, r := range h.results(t, alice, id, nil) {
		codes = append(codes, api.Value(r.ErrorCode))
	}
	if want := []string{"", "", "Conflict", "ResourceNotFound", "INVALID_VALUE", "INVALID_ENUM_VALUE"}; !slices.Equal(codes, want) {
		t.Errorf("codes %q, want %q", codes, want)
	}
	first, second, third := h.opportunity(t, alice, ids[0]), h.opportunity(t, alice, ids[1]), h.opportunity(t, alice, ids[2])
	if *first.Project.Title != "New title" || first.Customer.Account.Industry != nil || *first.Customer.Account.CompanyName != "Acme, 1" ||
		*first.Project.ExpectedCustomerSpend[0].Amount != "1001.50" || *first.LifeCycle.NextSteps != "Call them" {
		t.Errorf("first %+v %+v", first.Project, first.Customer.Account)
	}
	if *second.Project.Title != "Deal 2" || *second.Project.ExpectedCustomerSpend[0].Amount != "77.00" || *second.Customer.Account.Industry != "Retail" {
		t.Errorf("second %+v %+v", second.Project, second.Customer.Account)
	}
	if *third.Project.Title != "Deal 3" {
		t.Errorf("third %+v", third.Project)
	}
}

// An association that fails leaves the opportunity and fails the record.
func TestAssociations(t *testing.T) {
	h := open(t)
	if err := h.PutSolution(t.Context(), alice, "Sandbox", api.SolutionBase{
		Id: new("S-1234567"), Name: new("Ours"), Status: new(api.SolutionStatusActive),
	}); err != nil {
		t.Fatal(err)
	}
	id := h.start(t, alice, h.upload(t, alice, "a.csv", "Project.Title,Solutions,Aws Products\na,S-1234567,AWSLambda;AmazonS3\nb,S-9999999,AWSLambda\n"))
	h.settle(t)
	results := h.results(t, alice, id, nil)
	if *results[0].Status != "SUCCEEDED" || *results[1].Status != "FAILED" || results[1].ResourceIdentifier == nil || results[1].ErrorCode == nil {
		t.Fatalf("results %+v", results)
	}
	good := h.opportunity(t, alice, *results[0].ResourceIdentifier).RelatedEntityIdentifiers
	bad := h.opportunity(t, alice, *results[1].ResourceIdentifier).RelatedEntityIdentifiers
	if len(good.Solutions) != 1 || len(good.AwsProducts) != 2 || len(bad.Solutions) != 0 {
		t.Errorf("related %+v and %+v", good, bad)
	}
}

// TestUnusable lists the files that fail their whole job.
func TestUnusable(t *testing.T) {
	h := open(t)
	long := header + strings.Repeat("x", 300_000)
	for name, c := range map[string]struct{ file, says string }{
		"empty":                      {"", "is empty"},
		"a header alone":             {header, "no data rows"},
		"Latin-1":                    {header + deals(3) + "M\xfcller,,,,,,,,\n", "not encoded in UTF-8"},
		"UTF-16":                     {"\xff\xfeR\x00", "not encoded in UTF-8"},
		"an unknown column":          {"Project.Titel\nx\n", `unknown column: "Project.Titel"`},
		"a column of updates":        {"LastModifiedDate\nx\n", `unknown column`},
		"a column twice":             {"Amount,Project.ExpectedCustomerSpend.Amount\n1,2\n", "twice"},
		"a column without a name":    {"Project.Title,\nx,\n", "Column 2 has no name"},
		"columns of a report":        {"Project.Title,Error Code\nx,\n", "of a report"},
		"a quote open to the end":    {header + deals(3) + "\"x,\n", "not closed"},
		"a quote open for long":      {header + "\"" + strings.Repeat("x\n", 200_000), "longer than 262144 bytes"},
		"one long line":              {long, "longer than 262144 bytes"},
		"a million columns":          {strings.Repeat("a,", 1_000_000) + "\n", "longer than 262144 bytes"},
		"a thousand and one columns": {strings.Repeat("a,", 1_000) + "a\n1\n", "the most is 1000"},
		"100,001 rows":               {"Project.Title\n" + strings.Repeat("x\n", 100_001), "more than 100000"},
	} {
		t.Run(name, func(t *testing.T) {
			id := h.start(t, alice, h.upload(t, alice, "a.csv", c.file))
			h.settle(t)
			j := h.job(t, alice, id)
			if *j.Status != "FAILED" || !strings.Contains(api.Value(j.FailureReason), c.says) || *j.TotalRecords+*j.ProcessedRecords != 0 {
				t.Errorf("job %s, %q, %d records", *j.Status, api.Value(j.FailureReason), *j.TotalRecords)
			}
			if len(h.results(t, alice, id, nil)) > 0 || h.opportunities(t, alice) > 0 {
				t.Error("some records were processed")
			}
		})
	}
}

// TestAddresses lists what the address of a file may be.
func TestAddresses(t *testing.T) {
	h := open(t)
	good := h.upload(t, alice, "a b.csv", header+deals(1))
	h.upload(t, bob, "a.csv", header)
	base, _, _ := strings.Cut(good, "?")
	for uri, code := range map[string]string{
		good:                                    "",
		base:                                    "",
		base + "?versionId=unknown":             "",
		base + "x":                              "",
		base + "?versionId=a&x=b":               "INVALID_VALUE",
		base + "?x=b":                           "INVALID_VALUE",
		base + "#x":                             "INVALID_VALUE",
		"s3://other/" + alice + "/a":            "INVALID_VALUE",
		"s3://" + bucket + "/" + alice:          "INVALID_VALUE",
		"s3://" + bucket + "/" + bob + "/a.csv": "ACTION_NOT_PERMITTED",
		"https://localhost/" + bucket + "/" + alice + "/a%20b.csv?X-Amz-Signature=good":   "",
		"https://localhost/" + bucket + "/" + alice + "/a%20b.csv?X-Amz-Signature=forged": "INVALID_VALUE",
		"https://localhost/" + bucket + "/" + bob + "/a.csv?X-Amz-Signature=good":         "ACTION_NOT_PERMITTED",
		"https://169.254.169.254/latest/meta-data":                                        "INVALID_VALUE",
		"https://example.com/a.csv":                                                       "INVALID_VALUE",
	} {
		out, err := try[api.StartOpportunityBulkJobResponse](t, h, alice, "StartOpportunityBulkJob", h.request(uri))
		if code != "" {
			fails(t, err, api.TypeValidation, code)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", uri, err)
			continue
		}
		h.settle(t)
		j := h.job(t, alice, *out.JobId)
		missing := strings.HasSuffix(uri, "unknown") || strings.HasSuffix(uri, "x")
		if (*j.Status == "FAILED") != missing || missing && *j.FailureReason != "The file does not exist." {
			t.Errorf("%s: %s, %s", uri, *j.Status, api.Value(j.FailureReason))
		}
	}
}

// A job reads the version that was the newest when it started.
func TestVersionIsPinned(t *testing.T) {
	h := open(t)
	base, _, _ := strings.Cut(h.upload(t, alice, "a.csv", header+deals(1)), "?")
	id := h.start(t, alice, base)
	h.upload(t, alice, "a.csv", header+deals(5))
	h.clock.Advance(8 * 24 * time.Hour) // and it is kept until it was read
	h.settle(t)
	if j := h.job(t, alice, id); *j.TotalRecords != 1 {
		t.Errorf("read %d records, want 1", *j.TotalRecords)
	}
}

func TestTurns(t *testing.T) {
	h := open(t)
	uri := h.upload(t, alice, "a.csv", header+deals(150))
	var jobs []string
	for range 10 {
		jobs = append(jobs, h.start(t, alice, uri))
		h.clock.Advance(time.Second)
	}
	_, err := try[api.StartOpportunityBulkJobResponse](t, h, alice, "StartOpportunityBulkJob", h.request(uri))
	fails(t, err, api.TypeServiceQuotaExceeded, "")
	other := h.start(t, bob, h.upload(t, bob, "b.csv", header+deals(1)))
	for h.work(t) {
		running := 0
		for _, id := range jobs {
			if *h.job(t, alice, id).Status == "IN_PROGRESS" {
				running++
			}
		}
		if running > 1 {
			t.Fatalf("%d jobs of one account run at once", running)
		}
	}
	if *h.job(t, bob, other).Status != "COMPLETED" || *h.job(t, alice, jobs[9]).SuccessCount != 150 {
		t.Error("not all jobs ran")
	}
	list := do[api.ListOpportunityBulkJobsResponse](t, h, alice, "ListOpportunityBulkJobs", &api.ListOpportunityBulkJobsRequest{
		Catalog: new("Sandbox"), MaxResults: new(int32(3)), Status: new(api.BulkJobStatusCompleted),
	})
	if got := list.OpportunityBulkJobSummaries; len(got) != 3 || *got[0].JobId != jobs[9] || *got[2].JobId != jobs[7] || list.NextToken == nil {
		t.Errorf("list %+v", got)
	}
}

// TestToken: the same request starts one job.
func TestToken(t *testing.T) {
	h := open(t)
	in := h.request(h.upload(t, alice, "a.csv", header+deals(1)))
	first := do[api.StartOpportunityBulkJobResponse](t, h, alice, "StartOpportunityBulkJob", in)
	again := do[api.StartOpportunityBulkJobResponse](t, h, alice, "StartOpportunityBulkJob", in)
	if *first.JobId != *again.JobId {
		t.Errorf("jobs %s and %s", *first.JobId, *again.JobId)
	}
	other := *in
	other.FileURI = new("s3://" + bucket + "/" + alice + "/b.csv")
	_, err := try[api.StartOpportunityBulkJobResponse](t, h, alice, "StartOpportunityBulkJob", &other)
	fails(t, err, api.TypeConflict, "")
}

// TestStrangers: a job is its account's alone, in its catalog.
func TestStrangers(t *testing.T) {
	h := open(t)
	id := h.start(t, alice, h.upload(t, alice, "a.csv", header+deals(1)))
	h.settle(t)
	for _, c := range []struct{ account, catalog string }{{bob, "Sandbox"}, {alice, "AWS"}} {
		_, err := try[api.ListOpportunityBulkJobResultsResponse](t, h, c.account, "ListOpportunityBulkJobResults",
			&api.ListOpportunityBulkJobResultsRequest{Catalog: &c.catalog, JobId: &id})
		fails(t, err, api.TypeResourceNotFound, "")
		_, err = try[api.GetOpportunityBulkJobReportUrlResponse](t, h, c.account, "GetOpportunityBulkJobReportUrl",
			&api.GetOpportunityBulkJobReportUrlRequest{Catalog: &c.catalog, JobId: &id, ReportFormat: new(api.BulkFileFormatCSV)})
		fails(t, err, api.TypeResourceNotFound, "")
		list := do[api.ListOpportunityBulkJobsResponse](t, h, c.account, "ListOpportunityBulkJobs",
			&api.ListOpportunityBulkJobsRequest{Catalog: &c.catalog, JobId: &id})
		if len(list.OpportunityBulkJobSummaries) > 0 {
			t.Errorf("%s in %s sees the job", c.account, c.catalog)
		}
	}
}

func TestFeatureSwitch(t *testing.T) {
	h := open(t)
	uri := h.upload(t, alice, "a.csv", header+deals(1))
	id := h.start(t, alice, uri)
	if err := h.Features.PutFeatures(t.Context(), alice, feature.Features{SearchOpportunities: true}); err != nil {
		t.Fatal(err)
	}
	catalog := new("Sandbox")
	for operation, in := range map[string]api.Input{
		"StartOpportunityBulkJob":        h.request(uri),
		"ListOpportunityBulkJobs":        &api.ListOpportunityBulkJobsRequest{Catalog: catalog},
		"ListOpportunityBulkJobResults":  &api.ListOpportunityBulkJobResultsRequest{Catalog: catalog, JobId: &id},
		"GetOpportunityBulkJobReportUrl": &api.GetOpportunityBulkJobReportUrlRequest{Catalog: catalog, JobId: &id, ReportFormat: new(api.BulkFileFormatCSV)},
	} {
		_, err := try[struct{}](t, h, alice, operation, in)
		fails(t, err, api.TypeAccessDenied, "")
		if e, ok := err.(*api.Error); !ok || e.AccessReason != "OPPORTUNITY_BULK_JOB_NOT_ENABLED" {
			t.Errorf("%s: %v", operation, err)
		}
	}
	if err := h.Features.PutFeatures(t.Context(), alice, feature.Features{OpportunityBulkJobs: true}); err != nil {
		t.Fatal(err)
	}
	h.job(t, alice, id)
}

func report(t *testing.T, h *harness, id string) *api.GetOpportunityBulkJobReportUrlResponse {
	t.Helper()
	return do[api.GetOpportunityBulkJobReportUrlResponse](t, h, alice, "GetOpportunityBulkJobReportUrl",
		&api.GetOpportunityBulkJobReportUrlRequest{Catalog: new("Sandbox"), JobId: &id, ReportFormat: new(api.BulkFileFormatCSV)})
}

func TestReport(t *testing.T) {
	h := open(t)
	id := h.start(t, alice, h.upload(t, alice, "a.csv", "Row Id,Project.Title,OpportunityType\n"+
		"=1+1,\"=cmd|' /C calc'!A0\",Bogus\nb,good,Expansion\n-c,\"x, \"\"y\"\"\",@SUM(1)\n"))
	_, err := try[struct{}](t, h, alice, "GetOpportunityBulkJobReportUrl",
		&api.GetOpportunityBulkJobReportUrlRequest{Catalog: new("Sandbox"), JobId: &id, ReportFormat: new(api.BulkFileFormatCSV)})
	fails(t, err, api.TypeConflict, "")
	h.settle(t)
	_, err = try[struct{}](t, h, alice, "GetOpportunityBulkJobReportUrl", &api.GetOpportunityBulkJobReportUrlRequest{
		Catalog: new("Sandbox"), JobId: &id, ReportFormat: new(api.BulkFileFormatCSV), ReportType: new(api.BulkReportTypeAllRecords),
	})
	fails(t, err, api.TypeValidation, "INVALID_VALUE")

	out := report(t, h, id)
	if *out.ReportStatus != "AVAILABLE" || *out.ReportType != "FAILED_RECORDS" || !out.ExpiresAt.Time().Equal(h.clock.Now().Add(15*time.Minute)) {
		t.Errorf("report %+v", out)
	}
	// Another replica answers alike.
	replica := on(t, h.store, h.clock)
	status, body := replica.download(t, *out.Url)
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil || status != 200 || len(rows) != 3 {
		t.Fatalf("%d %q %v", status, body, err)
	}
	want := [][]string{
		{"Row Id", "Project.Title", "OpportunityType", "Error Code"},
		{"'=1+1", "'=cmd|' /C calc'!A0", "Bogus", "INVALID_ENUM_VALUE"},
		{"'-c", `x, "y"`, "'@SUM(1)", "INVALID_ENUM_VALUE"},
	}
	for i := range rows {
		if !slices.Equal(rows[i][:4], want[i]) {
			t.Errorf("row %d: %q, want %q", i, rows[i], want[i])
		}
	}
	for name, spoiled := range map[string]string{
		"another job":     strings.Replace(*out.Url, id, "bulkjob-0000000000000", 1),
		"another account": strings.Replace(*out.Url, "account="+alice, "account="+bob, 1),
		"another host":    strings.Replace(*out.Url, "//", "//x", 1),
		"unsigned":        strings.Split(*out.Url, "?")[0],
	} {
		if status, body := h.download(t, spoiled); status != 403 {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	h.clock.Advance(15 * time.Minute)
	if status, body := h.download(t, *out.Url); status != 403 || !strings.Contains(body, "<Code>AccessDenied</Code><Message>Request has expired</Message>") {
		t.Errorf("after 15 minutes: %d %s", status, body)
	}
	if status, _ := h.download(t, *report(t, h, id).Url); status != 200 {
		t.Errorf("a new URL: %d", status)
	}
	h.clock.Advance(7 * 24 * time.Hour)
	if late := report(t, h, id); *late.ReportStatus != "EXPIRED" || late.Url != nil || late.ExpiresAt != nil {
		t.Errorf("after seven days: %+v", late)
	}

	// The rows of a report can be corrected and uploaded as they are.
	fixed := strings.NewReplacer(",Error Code,Error Message", "", "Bogus", "Expansion", "'@SUM(1)", "Expansion").Replace(body)
	var kept []string
	for i, row := range strings.Split(strings.TrimSpace(fixed), "\r\n") {
		if i > 0 {
			row, _, _ = strings.Cut(row, ",INVALID")
		}
		kept = append(kept, row)
	}
	again := h.start(t, alice, h.upload(t, alice, "a.csv", strings.Join(kept, "\r\n")))
	h.settle(t)
	results := h.results(t, alice, again, nil)
	if len(results) != 2 || *results[0].RequestId != "=1+1" || *results[0].Status != "SUCCEEDED" || *results[1].RequestId != "-c" {
		t.Fatalf("results %+v of %q", results, kept)
	}
	if o := h.opportunity(t, alice, *results[0].ResourceIdentifier); *o.Project.Title != "=cmd|' /C calc'!A0" {
		t.Errorf("title %q", *o.Project.Title)
	}
}

// A job and all that belongs to it is forgotten after 90 days; what it made stays.
func TestForget(t *testing.T) {
	h := open(t)
	id := h.start(t, alice, h.upload(t, alice, "a.csv", header+deals(3)))
	h.settle(t)
	report(t, h, id)
	h.clock.Advance(89 * 24 * time.Hour)
	h.settle(t)
	h.job(t, alice, id)
	h.clock.Advance(2 * 24 * time.Hour)
	h.settle(t)
	if err := h.store.View(t.Context(), func(tx *store.Tx) error {
		for _, table := range store.Tables() {
			if strings.HasPrefix(table.Name, "bulk_") || strings.HasPrefix(table.Name, "blob") || table.Name == "files" {
				if err := tx.Walk(table, func(row []any) error { t.Errorf("%s holds %v", table.Name, row); return nil }); err != nil {
					return err
				}
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if h.opportunities(t, alice) != 3 {
		t.Error("the opportunities are gone")
	}
}

// A job whose server ends goes on at the first record that was not processed.
func TestRestart(t *testing.T) {
	h := open(t)
	id := h.start(t, alice, h.upload(t, alice, "a.csv", header+deals(620)))
	for steps := 0; h.work(t); steps++ {
		// The next transaction of each step is lost with its server.
		now := h.clock.Now().UnixMilli()
		lost := errors.New("the server died")
		_ = h.store.Update(t.Context(), func(tx *store.Tx) error {
			claimed, err := tx.Claim(now, now, now-1, 1)
			if err != nil || len(claimed) == 0 {
				return err
			}
			if err := h.Handle(tx, claimed[0]); err != nil {
				t.Errorf("perform: %v", err)
			}
			return lost
		})
		h.clock.Advance(time.Millisecond) // two servers rarely make identifiers in one
		h = on(t, h.store, h.clock)
	}
	j := h.job(t, alice, id)
	if *j.SuccessCount != 620 || h.opportunities(t, alice) != 620 || len(h.results(t, alice, id, nil)) != 620 {
		t.Errorf("%d succeeded, %d opportunities", *j.SuccessCount, h.opportunities(t, alice))
	}
}
