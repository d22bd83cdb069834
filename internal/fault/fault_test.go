package fault_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
	"cosell/internal/fault"
)

var now = time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)

// table returns a table with the faults of a list in JSON.
func table(t *testing.T, text string, seed uint64) *fault.Table {
	t.Helper()
	faults, err := fault.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	table := fault.NewTable(func() time.Time { return now })
	if err := table.Set(faults, seed); err != nil {
		t.Fatal(err)
	}
	return table
}

func request(t *testing.T, operation, account, body string) fault.Request {
	t.Helper()
	op, ok := api.Lookup(operation)
	if !ok {
		t.Fatalf("%s is no operation", operation)
	}
	return fault.Request{ID: "r", Operation: op, Account: account, Body: []byte(body)}
}

// strikes returns which of n requests are struck: x for one that is, . for one that passes.
func strikes(t *testing.T, faults *fault.Table, n int) string {
	t.Helper()
	var b strings.Builder
	for range n {
		if faults.Strike(request(t, "GetOpportunity", "111111111111", `{"Identifier":"O1"}`)) != nil {
			b.WriteByte('x')
		} else {
			b.WriteByte('.')
		}
	}
	return b.String()
}

func TestWhichRequestsAreStruck(t *testing.T) {
	for list, want := range map[string]string{
		`[]`:                  "......",
		`[{"latency":"1ms"}]`: "xxxxxx",
		`[{"operation":"*","account":"*","latency":"1ms"}]`:                              "xxxxxx",
		`[{"operation":"GetOpportunity","latency":"1ms"}]`:                               "xxxxxx",
		`[{"operation":"CreateOpportunity","latency":"1ms"}]`:                            "......",
		`[{"account":"111111111111","latency":"1ms"}]`:                                   "xxxxxx",
		`[{"account":"222222222222","latency":"1ms"}]`:                                   "......",
		`[{"resource":"O1","latency":"1ms"}]`:                                            "xxxxxx",
		`[{"resource":"O","latency":"1ms"}]`:                                             "......",
		`[{"times":2,"latency":"1ms"}]`:                                                  "xx....",
		`[{"sequence":{"fail":1,"pass":2},"latency":"1ms"}]`:                             "x..x..",
		`[{"sequence":{"fail":2,"pass":1},"times":3,"latency":"1ms"}]`:                   "xx.x..",
		`[{"rate":0,"latency":"1ms"}]`:                                                   "......",
		`[{"rate":1,"latency":"1ms"}]`:                                                   "xxxxxx",
		`[{"times":1,"latency":"1ms"},{"sequence":{"fail":1,"pass":1},"latency":"1ms"}]`: "xx.x.x",
		`[{"service":"s3","probability":1}]`:                                             "......",
		`[{"service":"partnercentral-selling","probability":1}]`:                         "xxxxxx",
	} {
		if got := strikes(t, table(t, list, 1), 6); got != want {
			t.Errorf("%s: %s, want %s", list, got, want)
		}
	}
	if s := (*fault.Table)(nil).Strike(fault.Request{}); s != nil {
		t.Errorf("without a table: %v", s)
	}
}

// An identifier counts as a string of its own and at the end of an ARN.
func TestResourceOfARequest(t *testing.T) {
	for body, want := range map[string]bool{
		`{"Identifier":"O12"}`: true,
		`{"ResourceArn":"arn:aws:partnercentral:us-east-1:1:catalog/AWS/opportunity/O12"}`: true,
		`{"Identifier":"O123"}`: false,
		`{"Identifier":"XO12"}`: false,
		``:                      false,
	} {
		faults := table(t, `[{"resource":"O12","latency":"1ms"}]`, 0)
		if got := faults.Strike(request(t, "GetOpportunity", "1", body)) != nil; got != want {
			t.Errorf("%s: struck %t, want %t", body, got, want)
		}
	}
}

func TestARateIsRepeatable(t *testing.T) {
	const list = `[{"rate":0.3,"latency":"1ms"}]`
	first := strikes(t, table(t, list, 7), 1000)
	if again := strikes(t, table(t, list, 7), 1000); again != first {
		t.Error("the same seed gives other strikes")
	}
	if other := strikes(t, table(t, list, 8), 1000); other == first {
		t.Error("another seed gives the same strikes")
	}
	if n := strings.Count(first, "x"); n < 250 || n > 350 {
		t.Errorf("%d of 1000 are struck, want about 300", n)
	}
}

func TestWhatAStrikeDoes(t *testing.T) {
	for list, want := range map[string]fault.Strike{
		`[{"error":"ThrottlingException"}]`: {Name: "0: ThrottlingException", Err: &api.Error{Type: "ThrottlingException", Message: "Rate exceeded"}},
		`[{"error":"ConflictException","message":"No","latency":"5ms"}]`: {
			Name: "0: ConflictException, latency 5ms", Latency: 5 * time.Millisecond, Err: &api.Error{Type: "ConflictException", Message: "No"},
		},
		`[{"error":"ValidationException","reason":"BUSINESS_VALIDATION_FAILED","message":"m"}]`: {
			Name: "0: ValidationException", Err: &api.Error{Type: "ValidationException", Message: "m", Reason: "BUSINESS_VALIDATION_FAILED"},
		},
		`[{"error":"AccessDeniedException","reason":"INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE","message":"m"}]`: {
			Name: "0: AccessDeniedException",
			Err:  &api.Error{Type: "AccessDeniedException", Message: "m", AccessReason: "INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE"},
		},
		`[{"error":{"statusCode":400,"code":"ConflictException"},"message":"m"}]`: {
			Name: "0: ConflictException", Err: &api.Error{Type: "ConflictException", Message: "m"},
		},
		`[{"readLag":"5s","latency":"1ms"}]`:                                         {Name: "0: latency 1ms, readLag 5s", Latency: time.Millisecond, ReadLag: 5 * time.Second},
		`[{"clockSkew":"10m"},{"connection":"close"}]`:                               {Name: "1: close", Connection: "close"},
		`[{"operation":"ListSolutions","connection":"reset"},{"connection":"hang"}]`: {Name: "1: hang", Connection: "hang"},
	} {
		got := table(t, list, 0).Strike(request(t, "GetOpportunity", "1", ""))
		if diff := cmp.Diff(&want, got); diff != "" {
			t.Errorf("%s: %s", list, diff)
		}
	}
}

func TestLatencyIsInItsRange(t *testing.T) {
	faults := table(t, `[{"latency":"100ms-200ms"}]`, 3)
	var seen []time.Duration
	for range 100 {
		seen = append(seen, faults.Strike(request(t, "GetOpportunity", "1", "")).Latency)
	}
	if low, high := slices.Min(seen), slices.Max(seen); low < 100*time.Millisecond || high > 200*time.Millisecond || high-low < 50*time.Millisecond {
		t.Errorf("from %s to %s", low, high)
	}
}

func TestFiredRequestsAreTheLatest(t *testing.T) {
	faults := table(t, `[{"connection":"reset"}]`, 0)
	for i := range 1001 {
		r := request(t, "GetOpportunity", "1", "")
		r.ID = fmt.Sprint(i)
		faults.Strike(r)
	}
	fired := faults.Fired()
	if len(fired) != 1000 || fired[0].RequestID != "1000" || fired[999].RequestID != "1" {
		t.Errorf("%d, from %s to %s", len(fired), fired[0].RequestID, fired[len(fired)-1].RequestID)
	}
	if want := (fault.Fired{At: now, RequestID: "1000", Operation: "GetOpportunity", Account: "1", Fault: "0: reset"}); fired[0] != want {
		t.Errorf("%+v, want %+v", fired[0], want)
	}
	if err := faults.Set(nil, 0); err != nil || len(faults.Fired())+len(faults.Faults()) != 0 {
		t.Errorf("after a reset: %v, %v", faults.Fired(), err)
	}
}

func TestBadFaultsAreNamed(t *testing.T) {
	for list, want := range map[string]string{
		`[{}]`: "[0].error: is missing; must have error, latency, connection, readLag, clockSkew or event",
		`[{"latency":"1s"},{"operation":"CreateOportunity","latency":"1s"}]`:  "[1].operation: is no operation of the API; must be * or an operation, such as CreateOpportunity",
		`[{"account":"12","latency":"1s"}]`:                                   "[0].account: must be *, twelve digits or aws",
		`[{"error":"ThrottleException"}]`:                                     `[0].error: must be ThrottlingException, is "ThrottleException"`,
		`[{"error":"Nonsense"}]`:                                              "[0].error: must be one of AccessDeniedException",
		`[{"error":"ConflictException","reason":"X"}]`:                        "[0].reason: is not for this error",
		`[{"error":"ValidationException","reason":"X"}]`:                      "[0].reason: must be one of ",
		`[{"latency":"1s","message":"m"}]`:                                    "[0].message: is that of an error",
		`[{"latency":"soon"}]`:                                                "[0].latency: must be a time such as 250ms",
		`[{"latency":"2s-1s"}]`:                                               "[0].latency: must be a time",
		`[{"latency":"61s"}]`:                                                 "of at most 1m0s",
		`[{"connection":"drop"}]`:                                             "[0].connection: must be reset, close, truncate or hang",
		`[{"connection":"reset","error":"ConflictException"}]`:                "[0].connection: must not be together with error",
		`[{"readLag":"2m"}]`:                                                  "[0].readLag: must be a time such as 5s, of at most 1m0s",
		`[{"readLag":"0s"}]`:                                                  "[0].readLag: must be a time",
		`[{"readLag":"5s","error":"ConflictException"}]`:                      "[0].readLag: must not be together with what keeps",
		`[{"readLag":"5s","operation":"CreateOpportunity"}]`:                  "[0].readLag: is for operations that only read; CreateOpportunity writes",
		`[{"clockSkew":"soon"}]`:                                              "[0].clockSkew: must be a time such as 10m or -10m",
		`[{"clockSkew":"25h"}]`:                                               "of at most 24h0m0s",
		`[{"clockSkew":"10m","resource":"O1"}]`:                               "[0].resource: must not be together with clockSkew",
		`[{"clockSkew":"10m","readLag":"5s"}]`:                                "[0].readLag: must not be together with clockSkew",
		`[{"event":"drop","readLag":"5s"}]`:                                   "[0].readLag: must not be together with event drop",
		`[{"event":"lose"}]`:                                                  `[0].event: must be duplicate, reorder, delay or drop, is "lose"`,
		`[{"event":"drop","operation":"GetOpportunity"}]`:                     "[0].operation: must not be together with event drop",
		`[{"event":"drop","error":"ConflictException"}]`:                      "[0].error: must not be together with event drop",
		`[{"event":"drop","latency":"1s"}]`:                                   "[0].latency: must not be together with event drop",
		`[{"event":"delay","connection":"reset"}]`:                            "[0].connection: must not be together with event delay",
		`[{"latency":"1s","detailType":"Opportunity Created"}]`:               "[0].detailType: is that of an event",
		`[{"latency":"1s","rate":1.5}]`:                                       "[0].rate: must be from 0 to 1",
		`[{"latency":"1s","times":-1}]`:                                       "[0].times: must not be negative",
		`[{"latency":"1s","sequence":{"fail":0,"pass":1}}]`:                   "[0].sequence: must have a fail of at least 1",
		`[` + strings.Repeat(`{"latency":"1s"},`, 1000) + `{"latency":"1s"}]`: "[1000].operation: is one of too many faults",
	} {
		faults, err := fault.Parse([]byte(list))
		if err != nil {
			t.Errorf("%s: %v", list, err)
			continue
		}
		err = fault.NewTable(time.Now).Set(faults, 0)
		if _, ok := errors.AsType[*fault.MemberError](err); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want %q", list, err, want)
		}
	}
	for list, want := range map[string]string{
		`{}`:                   "must be a list of faults in JSON",
		`[{"opration":"*"}]`:   `unknown field "opration"`,
		`[{"error":{"code"}}]`: "must be a list of faults in JSON",
	} {
		if _, err := fault.Parse([]byte(list)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", list, err, want)
		}
	}
}

func TestPresetsAreValid(t *testing.T) {
	for name, faults := range fault.Presets() {
		if err := fault.NewTable(time.Now).Set(faults, 0); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`[{"error":"ThrottlingException","rate":0.5,"latency":"1ms-2ms","sequence":{"fail":1,"pass":1}}]`))
	op, _ := api.Lookup("GetOpportunity")
	f.Fuzz(func(t *testing.T, text []byte) {
		faults, err := fault.Parse(text)
		if err != nil {
			return
		}
		table := fault.NewTable(time.Now)
		if table.Set(faults, 0) != nil {
			return
		}
		for range 3 {
			if s := table.Strike(fault.Request{Operation: op, Account: "1"}); s != nil && (s.Latency < 0 || s.Latency > time.Minute) {
				t.Errorf("latency %s", s.Latency)
			}
		}
	})
}
