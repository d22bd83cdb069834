package bulk_test

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"cosell/internal/api"
)

// A job of customer accounts creates one for each good row; a report may have all rows,
// and the job counts what was deleted of what it created.
func TestAccountJob(t *testing.T) {
	h := open(t)
	in := &api.StartCustomerAccountBulkJobRequest{
		Catalog: new("Sandbox"), ClientToken: new("accounts"),
		FileUri: new(h.upload(t, alice, "accounts.csv", "Row Id,Company Name,Website Url,Country,State Or Region\r\n"+
			"a,Acme,https://acme.example,DE,\r\n"+
			"b,,https://nobody.example,DE,\r\n"+
			"c,Globex,https://globex.example,US,NY\r\n"+
			"d,Initech,https://initech.example,US,New York\r\n")),
	}
	started := do[api.StartCustomerAccountBulkJobResponse](t, h, alice, "StartCustomerAccountBulkJob", in)
	again := do[api.StartCustomerAccountBulkJobResponse](t, h, alice, "StartCustomerAccountBulkJob", in)
	if *started.Status != "SUBMITTED" || *again.Id != *started.Id {
		t.Errorf("started %+v, then %+v", started, again)
	}
	find := &api.GetCustomerAccountBulkJobRequest{Catalog: in.Catalog, Identifier: started.Id}
	report := func(kind api.BulkReportType) (*api.GetCustomerAccountBulkJobReportUrlResponse, error) {
		return try[api.GetCustomerAccountBulkJobReportUrlResponse](t, h, alice, "GetCustomerAccountBulkJobReportUrl",
			&api.GetCustomerAccountBulkJobReportUrlRequest{Catalog: in.Catalog, Identifier: started.Arn, ReportType: &kind})
	}
	_, err := report(api.BulkReportTypeAllRecords)
	fails(t, err, api.TypeConflict, "")
	h.settle(t)
	j := do[api.GetCustomerAccountBulkJobResponse](t, h, alice, "GetCustomerAccountBulkJob", find)
	if *j.Status != "COMPLETED" || *j.TotalRecords != 4 || *j.SuccessCount != 2 || *j.FailureCount != 2 || *j.DeletedCount != 0 {
		t.Errorf("%d records, %d succeeded, %d failed, %d deleted: %s", *j.TotalRecords, *j.SuccessCount, *j.FailureCount, *j.DeletedCount, *j.Status)
	}
	_, err = try[struct{}](t, h, bob, "GetCustomerAccountBulkJob", find)
	fails(t, err, api.TypeResourceNotFound, "")

	results := do[api.ListCustomerAccountBulkJobResultsResponse](t, h, alice, "ListCustomerAccountBulkJobResults",
		&api.ListCustomerAccountBulkJobResultsRequest{Catalog: in.Catalog, Identifier: started.Id}).Results
	var outcomes []string
	for _, r := range results {
		outcomes = append(outcomes, *r.RequestId+" "+string(*r.Status)+" "+api.Value(r.ErrorCode))
	}
	want := []string{"a SUCCEEDED ", "b FAILED REQUIRED_FIELD_MISSING", "c FAILED INVALID_VALUE", "d SUCCEEDED "}
	if !slices.Equal(outcomes, want) {
		t.Fatalf("outcomes %q, want %q", outcomes, want)
	}

	for kind, ids := range map[api.BulkReportType][]string{
		api.BulkReportTypeAllRecords:    {"a", "b", "c", "d"},
		api.BulkReportTypeFailedRecords: {"b", "c"},
	} {
		out, err := report(kind)
		if err != nil {
			t.Fatal(err)
		}
		status, body := h.download(t, *out.Url)
		rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
		if err != nil || status != 200 || *out.ReportType != kind {
			t.Fatalf("%s: %d %q %v", kind, status, body, err)
		}
		var got []string
		for _, row := range rows[1:] {
			got = append(got, row[0])
		}
		if !slices.Equal(got, ids) {
			t.Errorf("the report of %s has %q, want %q", kind, got, ids)
		}
	}

	remove := &api.DeleteCustomerAccountRequest{Catalog: in.Catalog, Identifier: results[0].ResourceIdentifier}
	for range 2 { // what is gone counts once
		_, _ = try[api.DeleteCustomerAccountResponse](t, h, alice, "DeleteCustomerAccount", remove)
		if j := do[api.GetCustomerAccountBulkJobResponse](t, h, alice, "GetCustomerAccountBulkJob", find); *j.DeletedCount != 1 {
			t.Errorf("%d are deleted, want 1", *j.DeletedCount)
		}
	}
}
