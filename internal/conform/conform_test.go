package conform_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"cosell/internal/conform"
	"cosell/internal/servertest"
	"cosell/internal/store/pgtest"
)

var binary string

func TestMain(m *testing.M) {
	os.Exit(servertest.Run(&binary, func() int { return pgtest.Run(m) }))
}

func client(endpoint, account string) *conform.Client {
	return &conform.Client{
		Endpoint: endpoint, Region: "us-east-1", HTTP: http.DefaultClient,
		Credentials: aws.Credentials{AccessKeyID: account, SecretAccessKey: "test"},
	}
}

func run(t *testing.T, endpoint, only string) *conform.Report {
	t.Helper()
	cases, err := conform.Cases(regexp.MustCompile(only))
	if err != nil {
		t.Fatal(err)
	}
	runner := conform.Runner{Client: client(endpoint, "111122223333"), Second: client(endpoint, "444455556666")}
	report, err := runner.Run(t.Context(), cases)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestBothEnginesConform(t *testing.T) {
	engines := map[string]func(t *testing.T) []string{
		"embedded":   func(*testing.T) []string { return nil },
		"PostgreSQL": func(t *testing.T) []string { t.Helper(); return []string{"--database-url", pgtest.MigratedURL(t)} },
	}
	for engine, flags := range engines {
		t.Run(engine, func(t *testing.T) {
			report := run(t, servertest.Serve(t, binary, flags(t)...), "")
			operations := map[string]bool{}
			for _, r := range report.Results {
				operations[r.Operation] = true
				if r.Status != conform.Pass {
					t.Errorf("%s: %s: %s", r.Name, r.Status, r.Detail)
				}
			}
			if len(report.Results) < 1500 || len(operations) != 63 {
				t.Errorf("%d cases of %d operations", len(report.Results), len(operations))
			}
		})
	}
}

func TestNamesAreUnique(t *testing.T) {
	cases, err := conform.Cases(nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, c := range cases {
		if seen[c.Name] {
			t.Errorf("two cases are called %s", c.Name)
		}
		seen[c.Name] = true
		if !strings.HasPrefix(c.Name, c.Operation+"/") || c.Rule == "" || c.Certainty == "" {
			t.Errorf("incomplete: %+v", c)
		}
	}
}

// altered passes requests on and may change what is answered to an operation.
func altered(t *testing.T, upstream string, change func(operation string, answer *http.Response) *http.Response) string {
	t.Helper()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out := r.Clone(r.Context())
		out.RequestURI, out.URL.Scheme = "", "http"
		out.URL.Host = strings.TrimPrefix(upstream, "http://")
		answer, err := http.DefaultTransport.RoundTrip(out)
		if err != nil {
			t.Error(err)
			return
		}
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		answer = change(operation, answer)
		defer answer.Body.Close()
		w.WriteHeader(answer.StatusCode)
		_, _ = io.Copy(w, answer.Body)
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL
}

func answered(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body))}
}

// A server that answers otherwise fails the cases of that operation and no others.
func TestDifferencesAreFound(t *testing.T) {
	upstream := servertest.Serve(t, binary)
	wrong := map[string]string{
		"another exception":  `{"__type":"ConflictException","Message":"x"}`,
		"another reason":     `{"__type":"ValidationException","Reason":"BUSINESS_VALIDATION_FAILED","ErrorList":[{"FieldName":"catalog","Code":"REQUIRED_FIELD_MISSING"}]}`,
		"another field":      `{"__type":"ValidationException","Reason":"REQUEST_VALIDATION_FAILED","ErrorList":[{"FieldName":"other","Code":"REQUIRED_FIELD_MISSING"}]}`,
		"another code":       `{"__type":"ValidationException","Reason":"REQUEST_VALIDATION_FAILED","ErrorList":[{"FieldName":"catalog","Code":"INVALID_VALUE"}]}`,
		"no list of fields":  `{"__type":"ValidationException","Reason":"REQUEST_VALIDATION_FAILED"}`,
		"no JSON":            `<html>`,
		"the right one":      `{"__type":"ValidationException","Reason":"REQUEST_VALIDATION_FAILED","ErrorList":[{"FieldName":"catalog","Code":"REQUIRED_FIELD_MISSING"}]}`,
		"the namespaced one": `{"__type":"com.amazon#ValidationException","Reason":"REQUEST_VALIDATION_FAILED","ErrorList":[{"FieldName":"catalog","Code":"REQUIRED_FIELD_MISSING"}]}`,
	}
	for name, body := range wrong {
		t.Run(name, func(t *testing.T) {
			endpoint := altered(t, upstream, func(operation string, answer *http.Response) *http.Response {
				if operation == "GetEngagement" {
					return answered(http.StatusBadRequest, body)
				}
				return answer
			})
			report := run(t, endpoint, "^Get(Engagement|Opportunity)/catalog-missing$")
			for _, r := range report.Results {
				want := conform.Pass
				if r.Operation == "GetEngagement" && !strings.HasPrefix(name, "the ") {
					want = conform.Fail
				}
				if r.Status != want {
					t.Errorf("%s: want %s, got %s %s", r.Name, want, r.Status, r.Detail)
				}
			}
		})
	}
}

func TestOlderModelIsNoticed(t *testing.T) {
	endpoint := altered(t, servertest.Serve(t, binary), func(operation string, answer *http.Response) *http.Response {
		if operation == "SearchOpportunities" || operation == "ListEngagementGroups" {
			return answered(http.StatusBadRequest, `{"__type":"UnknownOperationException"}`)
		}
		return answer
	})
	report := run(t, endpoint, "^(SearchOpportunities|ListEngagementGroups|ListSolutions)/catalog-missing$")
	if report.Model != "before 2026-11-19" || report.Count(conform.Skip) != 2 || report.Count(conform.Pass) != 1 {
		t.Errorf("model %s, %d skipped, %d passed", report.Model, report.Count(conform.Skip), report.Count(conform.Pass))
	}
}

func TestCasesOfTwoAccountsAreSkippedWithOne(t *testing.T) {
	cases, err := conform.Cases(regexp.MustCompile("^GetOpportunity/(of-another-account|catalog-missing)$"))
	if err != nil {
		t.Fatal(err)
	}
	report, err := (&conform.Runner{Client: client(servertest.Serve(t, binary), "111122223333")}).Run(t.Context(), cases)
	if err != nil {
		t.Fatal(err)
	}
	if report.Count(conform.Skip) != 1 || report.Count(conform.Pass) != 1 {
		t.Errorf("%+v", report.Results)
	}
}

func TestOtherServersAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		status     int
		body, want string
	}{
		"a web site":        {200, "<html>hello</html>", "does not speak"},
		"an empty answer":   {200, "", "does not speak"},
		"other JSON":        {200, `{"hello":1}`, "does not speak"},
		"not found":         {404, "404 page not found", "does not speak"},
		"another service":   {400, `{"__type":"UnknownOperationException"}`, "refuses ListOpportunities"},
		"wrong credentials": {400, `{"__type":"UnrecognizedClientException","message":"bad token"}`, "bad token"},
	} {
		t.Run(name, func(t *testing.T) {
			requests := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				requests++
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}))
			defer server.Close()
			cases, err := conform.Cases(nil)
			if err != nil {
				t.Fatal(err)
			}
			_, err = (&conform.Runner{Client: client(server.URL, "111122223333")}).Run(t.Context(), cases)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("want an error with %q, got %v", c.want, err)
			}
			if requests != 1 {
				t.Errorf("%d requests were sent", requests)
			}
		})
	}
}

func sampleReport() *conform.Report {
	result := func(name string, status conform.Status, detail string) conform.Result {
		operation, _, _ := strings.Cut(name, "/")
		return conform.Result{Case: conform.Case{Name: name, Operation: operation, Rule: "place", Certainty: "documented"}, Status: status, Detail: detail, Milliseconds: 1.5}
	}
	return &conform.Report{Endpoint: "http://a", Model: "m", Results: []conform.Result{
		result("A/one", conform.Pass, ""), result("A/two", conform.Fail, "want <x>"), result("B/three", conform.Skip, "no"),
	}}
}

func TestReports(t *testing.T) {
	report := sampleReport()
	var table, text, suite bytes.Buffer
	for format, w := range map[string]*bytes.Buffer{"table": &table, "json": &text, "junit": &suite} {
		if err := report.Write(w, format); err != nil {
			t.Fatal(format, err)
		}
	}
	for _, want := range []string{"A          1       1       0", "FAILED A/two (documented, place)\n  want <x>", "1 passed, 1 failed, 1 skipped"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("table lacks %q:\n%s", want, &table)
		}
	}
	again, err := conform.ReadReport(&text)
	if err != nil || len(again.Results) != 3 || again.Results[1].Detail != "want <x>" {
		t.Errorf("read again: %v %+v", err, again)
	}
	var read struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Skipped  int `xml:"skipped,attr"`
		Cases    []struct {
			Failure *struct {
				Message string `xml:"message,attr"`
			} `xml:"failure"`
		} `xml:"testcase"`
	}
	if err := xml.Unmarshal(suite.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	if read.Tests != 3 || read.Failures != 1 || read.Skipped != 1 || read.Cases[1].Failure.Message != "want <x>" {
		t.Errorf("%+v", read)
	}
}

func TestCompare(t *testing.T) {
	a, b := sampleReport(), sampleReport()
	var same bytes.Buffer
	if n := conform.Compare(&same, a, b); n != 0 {
		t.Errorf("%d differ: %s", n, &same)
	}
	b.Results[0].Status, b.Results[0].Detail = conform.Fail, "got y"
	b.Results[2].Name = "B/four"
	var different bytes.Buffer
	if n := conform.Compare(&different, a, b); n != 3 {
		t.Errorf("%d differ: %s", n, &different)
	}
	for _, want := range []string{"A/one\n  a: pass\n  b: fail: got y", "B/three\n  a: skip: no\n  b: no such case", "B/four\n  a: no such case", "3 cases differ"} {
		if !strings.Contains(different.String(), want) {
			t.Errorf("lacks %q:\n%s", want, &different)
		}
	}
}

func TestReadReportRefusesOthers(t *testing.T) {
	for _, text := range []string{"", "{}", "[]", `{"endpoint":"x"}`, "<xml>"} {
		if _, err := conform.ReadReport(strings.NewReader(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestLocal(t *testing.T) {
	for endpoint, want := range map[string]bool{
		"http://127.0.0.1:8787": true, "http://localhost:1": true, "http://[::1]:1": true,
		"https://partnercentral-selling.us-east-1.api.aws": false, "http://127.evil.example": false, "http://10.0.0.1": false, "": false,
	} {
		if got := conform.Local(endpoint); got != want {
			t.Errorf("%s: %v", endpoint, got)
		}
	}
}
