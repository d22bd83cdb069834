package quota_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/quota"
	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

// clock is a time that tests move.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

var start = time.Date(2026, 11, 28, 9, 30, 0, 0, time.UTC)

// admitted reports whether a request is admitted, and fails the test if it is refused
// with anything but a ThrottlingException.
func admitted(t *testing.T, l *quota.Limiter, account, operation string) bool {
	t.Helper()
	op, ok := api.Lookup(operation)
	if !ok {
		t.Fatalf("%s is no operation", operation)
	}
	err := l.Admit(t.Context(), auth.Principal{Account: account}, op)
	if err == nil {
		return true
	}
	if e, ok := err.(*api.Error); !ok || e.Type != api.TypeThrottling || !strings.HasPrefix(e.Message, "Rate exceeded: "+operation) {
		t.Errorf("%s: %v, want a ThrottlingException", operation, err)
	}
	return false
}

// many returns how many of n requests are admitted.
func many(t *testing.T, l *quota.Limiter, account, operation string, n int) (admissions int) {
	t.Helper()
	for range n {
		if admitted(t, l, account, operation) {
			admissions++
		}
	}
	return admissions
}

func TestAWSQuotas(t *testing.T) {
	for operation, perSecond := range map[string]int{
		"GetOpportunity":                     10,
		"ListSolutions":                      10,
		"CreateOpportunity":                  1,
		"RejectEngagementInvitation":         1,
		"SubmitOpportunity":                  1,  // unlisted, a write
		"SearchOpportunities":                10, // unlisted, a read
		"CreateEngagement":                   15,
		"StartProspectingFromEngagementTask": 2,
		"GetProspectingFromEngagementTask":   100,
		"ListProspectingFromEngagementTasks": 50,
	} {
		c := &clock{start}
		l := quota.New(quota.Config{Limits: quota.AWS(), Now: c.Now})
		if got := many(t, l, "111111111111", operation, 200); got != perSecond {
			t.Errorf("%s: %d at once, want %d", operation, got, perSecond)
		}
		c.now = c.now.Add(time.Second)
		if got := many(t, l, "111111111111", operation, 200); got != perSecond {
			t.Errorf("%s: %d in the next second, want %d", operation, got, perSecond)
		}
	}
}

// An account's requests cost no other account, an operation's only those of its group,
// and the AWS side has no quota.
func TestQuotasAreOfAnAccountAndAGroup(t *testing.T) {
	c := &clock{start}
	l := quota.New(quota.Config{Limits: quota.AWS(), Now: c.Now})
	for _, step := range []struct {
		account, operation string
		want               bool
	}{
		{"111111111111", "CreateOpportunity", true},
		{"111111111111", "UpdateOpportunity", false},
		{"111111111111", "GetOpportunity", true},
		{"222222222222", "UpdateOpportunity", true},
		{auth.AWSAccount, "CreateOpportunity", true},
		{auth.AWSAccount, "CreateOpportunity", true},
	} {
		if got := admitted(t, l, step.account, step.operation); got != step.want {
			t.Errorf("%s by %s: admitted %t, want %t", step.operation, step.account, got, step.want)
		}
	}
}

func limits(t testing.TB, text string) *quota.Limits {
	t.Helper()
	l, err := quota.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

const threeADay = `{"groups": [{"name": "w", "perSecond": 1, "perDay": 3, "operations": ["CreateOpportunity"]}]}`

// A day's quota is that of any 24 hours, at an hour's precision and never short.
func TestDailyQuota(t *testing.T) {
	c := &clock{start}
	l := quota.New(quota.Config{Limits: limits(t, threeADay), Now: c.Now})
	for _, step := range []struct {
		after time.Duration
		want  bool
	}{
		{0, true},
		{10 * time.Hour, true},
		{11 * time.Hour, true},
		{23*time.Hour + 59*time.Minute, false},
		{24*time.Hour + 29*time.Minute, false}, // the first hour still counts
		{24*time.Hour + 30*time.Minute, true},
		{34 * time.Hour, false},
		{35 * time.Hour, true},
		{300 * time.Hour, true},
		{300*time.Hour + time.Second, true},
		{300*time.Hour + 2*time.Second, true},
		{300*time.Hour + 3*time.Second, false},
	} {
		c.now = start.Add(step.after)
		if got := admitted(t, l, "111111111111", "CreateOpportunity"); got != step.want {
			t.Errorf("after %s: admitted %t, want %t", step.after, got, step.want)
		}
	}
}

// Servers that share a store together admit what one would.
func TestServersShareQuotas(t *testing.T) {
	s, err := sqlite.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	c := &clock{start}
	text := `{"groups": [{"name": "w", "perSecond": %d, "operations": ["CreateOpportunity"]}]}`
	for _, perSecond := range []int{1, 10, 400} {
		var servers []*quota.Limiter
		for range 3 {
			servers = append(servers, quota.New(quota.Config{Limits: limits(t, fmt.Sprintf(text, perSecond)), Store: s, Now: c.Now}))
		}
		account := fmt.Sprintf("%012d", perSecond)
		var admissions int
		for range perSecond {
			for _, server := range servers {
				admissions += many(t, server, account, "CreateOpportunity", 1)
			}
		}
		if admissions > perSecond || admissions < perSecond*9/10 {
			t.Errorf("%d a second: three servers admitted %d", perSecond, admissions)
		}
	}
	err = s.View(t.Context(), func(tx *store.Tx) error {
		document, err := tx.QuotaUsage("000000000001", "w")
		if !json.Valid(document) {
			t.Errorf("stored %q", document)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A store that fails does not admit requests uncounted.
func TestAStoreThatFails(t *testing.T) {
	s, err := sqlite.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	l := quota.New(quota.Config{Limits: quota.AWS(), Store: s, Now: time.Now})
	op, _ := api.Lookup("CreateOpportunity")
	if err := l.Admit(context.WithoutCancel(t.Context()), auth.Principal{Account: "111111111111"}, op); err == nil {
		t.Error("admitted")
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		`{`:                              "unexpected EOF",
		`{"group": []}`:                  `unknown field "group"`,
		`{"groups": [{"perSecond": 1}]}`: "groups[0].name: is missing",
		`{"groups": [{"name": "a"}]}`:    "groups[0].perSecond: must be more than 0",
		`{"groups": [{"name": "a", "perSecond": 2000000}]}`:                                             "at most 1e+06, is 2e+06",
		`{"groups": [{"name": "a", "perSecond": 1, "perDay": -1}]}`:                                     "groups[0].perDay: must not be negative, is -1",
		`{"groups": [{"name": "a", "perSecond": 1}], "otherReads":"b"}`:                                 `otherReads: names no group; must be the name of one, is "b"`,
		`{"groups": [{"name": "a", "perSecond": 1, "operations": ["CreateOportunity"]}]}`:               "must be one, such as CreateOpportunity",
		`{"groups": [{"name": "a", "perSecond": 1}, {"name": "a", "perSecond": 1}]}`:                    "groups[1].name: is that of another group",
		`{"groups": [{"name": "a", "perSecond": 1, "operations": ["ListSolutions", "ListSolutions"]}]}`: `is in group "a" already`,
	} {
		if _, err := quota.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(threeADay))
	op, _ := api.Lookup("CreateOpportunity")
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := quota.Parse(text)
		if err != nil {
			return
		}
		// Whatever the limits, the first request is within them.
		if err := quota.New(quota.Config{Limits: l, Now: time.Now}).Admit(t.Context(), auth.Principal{Account: "1"}, op); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	})
}

func operation(t testing.TB, name string) *api.Operation {
	t.Helper()
	op, ok := api.Lookup(name)
	if !ok {
		t.Fatalf("%s is no operation", name)
	}
	return op
}
