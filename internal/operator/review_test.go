package operator_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"strings"
	"testing"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/clock"
	"cosell/internal/ids"
	"cosell/internal/operator"
	"cosell/internal/service"
	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

const partner = "123456789012"

// reviewHub is the operator API on a real service with one submitted opportunity, at a
// time that only the test moves.
type reviewHub struct {
	*service.Service
	operator.Config
	store *failing
	id    string
}

// failing is a store that fails once it has an error.
type failing struct {
	store.Store
	err error
}

func (f *failing) Update(ctx context.Context, fn func(*store.Tx) error, options ...store.Option) error {
	if f.err != nil {
		return f.err
	}
	return f.Store.Update(ctx, fn, options...)
}

func (f *failing) View(ctx context.Context, fn func(*store.Tx) error, options ...store.Option) error {
	if f.err != nil {
		return f.err
	}
	return f.Store.View(ctx, fn, options...)
}

// work does what is due.
func (h *reviewHub) work(t *testing.T) {
	t.Helper()
	err := h.store.Update(t.Context(), func(tx *store.Tx) error {
		now := h.Clock.Now().UnixMilli()
		due, err := tx.Claim(now, now, now+1, 100)
		for _, w := range due {
			err = errors.Join(err, h.Handle(tx, w), tx.Complete(&w))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func newReviewHub(t *testing.T) *reviewHub {
	t.Helper()
	embedded, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.WithoutSync())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := embedded.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &failing{Store: embedded}
	business, log := clock.Over(stopped{}), slog.New(slog.DiscardHandler)
	service, err := service.New(t.Context(), service.Config{Store: s, Clock: business, IDs: ids.New(business.Now, rand.NewChaCha8([32]byte{}))})
	if err != nil {
		t.Fatal(err)
	}
	h := &reviewHub{Service: service, store: s}
	h.Config = operator.Config{Service: service, Clock: business, Log: log, Version: "0.0.0", ClockMoved: func(context.Context) error { h.work(t); return nil }}
	var created api.CreateOpportunityResponse
	h.do(t, "CreateOpportunity", submittable, &created)
	h.id = *created.Id
	h.do(t, "SubmitOpportunity", fmt.Sprintf(`{"Catalog": "Sandbox", "Identifier": %q, "InvolvementType": "Co-Sell"}`, h.id), nil)
	return h
}

const submittable = `{"Catalog": "Sandbox", "ClientToken": "t",
	"Customer": {"Account": {"CompanyName": "Acme", "Industry": "Mining", "WebsiteUrl": "https://acme.example", "Address": {"CountryCode": "DE", "PostalCode": "10115"}}},
	"LifeCycle": {"TargetCloseDate": "2027-01-01"}, "PrimaryNeedsFromAws": ["Co-Sell - Deal Support"],
	"Project": {"Title": "Lake", "CustomerBusinessProblem": "Twenty characters at least.", "CustomerUseCase": "Storage & Backup", "DeliveryModels": ["Resell"],
		"SalesActivities": ["Customer has shown interest in solution"], "OtherSolutionDescription": "Ours",
		"ExpectedCustomerSpend": [{"Amount": "700", "CurrencyCode": "EUR", "Frequency": "Monthly", "TargetCompany": "AWS"}]}}`

// do answers an operation for the partner.
func (h *reviewHub) do(t *testing.T, name, request string, out any) {
	t.Helper()
	op, _ := api.Lookup(name)
	in := op.NewInput()
	if err := api.Unmarshal([]byte(request), in); err != nil {
		t.Fatal(err)
	}
	if violations := in.Check(); violations != nil {
		t.Fatal(api.Invalid("", violations...))
	}
	answer, err := h.Do(t.Context(), auth.Principal{Account: partner}, op, in)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := api.Marshal(answer)
	if err == nil && out != nil {
		err = api.Unmarshal(encoded, out)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (h *reviewHub) call(t *testing.T, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	path = strings.ReplaceAll(path, "ID", h.id)
	r := httptest.NewRequestWithContext(t.Context(), method, operator.Prefix+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	operator.New(h.Config).ServeHTTP(w, asLocal(r))
	return w
}

func TestReviewDesk(t *testing.T) {
	const (
		owner   = "?account=" + partner + "&catalog=Sandbox"
		review  = "/opportunities/ID/review" + owner
		summary = "/opportunities/ID/aws-summary" + owner
		policy  = "/review-policies/Sandbox"
	)
	type step struct {
		method, path, body string
		status             int
		want               string // is part of the answer
	}
	for name, steps := range map[string][]step{
		"the queue says what a reviewer needs": {
			{"GET", "/reviews", "", 200, `"submittedAt":"2026-03-09T01:50:25.04Z","reviewStatus":"Submitted","companyName":"Acme","title":"Lake","stage":"Prospect","targetCloseDate":"2027-01-01","involvementType":"Co-Sell","expectedSpend":[{"amount":"700","currency":"EUR","frequency":"Monthly","target":"AWS"}]`},
			{"GET", "/reviews?catalog=Sandbox&account=" + partner + "&limit=1", "", 200, `"account":"` + partner + `","catalog":"Sandbox"`},
			{"GET", "/reviews?catalog=AWS", "", 200, `{"reviews":[]}`},
			{"GET", "/reviews?account=210987654321", "", 200, `{"reviews":[]}`},
		},
		"a review from start to approval": {
			{"POST", review, `{"decision":"StartReview"}`, 200, `"reviewStatus":"In review"`},
			{"GET", "/reviews", "", 200, `"reviewStatus":"In review"`},
			{"POST", review, `{"decision":"Approve","comments":"Welcome","reason":"Fits"}`, 200, `"reviewStatus":"Approved","comments":"Welcome","reason":"Fits"`},
			{"GET", "/reviews", "", 200, `{"reviews":[]}`},
		},
		"the second reviewer is told how things stand": {
			{"POST", review, `{"decision":"Reject"}`, 200, `"reviewStatus":"Rejected"`},
			{"POST", review, `{"decision":"Approve"}`, 409, `Approve does not apply: the review status is Rejected`},
			{"POST", review, `{"decision":"Reject"}`, 409, `"status":409`},
		},
		"a request for action": {
			{"POST", review, `{"decision":"RequestAction","comments":"When?","reason":"Date"}`, 200, `"reviewStatus":"Action Required","comments":"When?","reason":"Date"`},
			{"GET", "/reviews", "", 200, `{"reviews":[]}`},
		},
		"a decision in error says where": {
			{"POST", review, `{"decision":"approve"}`, 422, `\"StartReview, Approve, Reject, RequestAction\"","location":"body.decision"`},
			{"POST", review, `{}`, 422, `property decision`},
			{"POST", "/opportunities/ID/review?catalog=Sandbox", `{"decision":"Approve"}`, 422, `query.account`},
			{"POST", "/opportunities/ID/review?account=" + partner, `{"decision":"Approve"}`, 422, `query.catalog`},
			{"POST", "/opportunities/X1/review" + owner, `{"decision":"Approve"}`, 422, `O and up to 19 digits","location":"path.id"`},
			{"GET", "/reviews?catalog=Mars", "", 422, `query.catalog`},
			{"GET", "/reviews", "", 200, `"reviewStatus":"Submitted"`},
		},
		"what is not there is not decided about": {
			{"POST", "/opportunities/O1/review" + owner, `{"decision":"Approve"}`, 404, `"status":404`},
			{"POST", "/opportunities/ID/review?account=" + partner + "&catalog=AWS", `{"decision":"Approve"}`, 404, `"status":404`},
			{"GET", "/opportunities/O1/aws-summary" + owner, "", 404, `"status":404`},
			{"PATCH", "/opportunities/O1/aws-summary" + owner, `{}`, 404, `"status":404`},
		},

		"AWS's side is read and changed by its API names": {
			{"GET", summary, "", 200, `"InvolvementType":"Co-Sell","Visibility":"Full"`},
			{
				"PATCH", summary, `{"LifeCycle":{"Stage":"Engaged","NextSteps":"Call"},"Insights":{"OpportunityQuality":{"Score":70}},"CosellMotion":"Partner-led"}`, 200,
				`"CosellMotion":"Partner-led"`,
			},
			{"GET", summary, "", 200, `"Stage":"Engaged"`},
			{"PATCH", summary, `{"CosellMotion":null}`, 200, `"CosellMotion":null`},
			{"GET", summary, "", 200, `"Score":70`},
		},
		"everything wrong with a change is named": {
			{"PATCH", summary, `{"Insights":{"OpportunityQuality":{"Score":101}},"CosellMotion":"Sideways","OpportunityTeam":[{"Email":"A@B.example"}]}`, 422, `"location":"body.cosellMotion"`},
			{"PATCH", summary, `{"Insights":{"OpportunityQuality":{"Score":101}},"CosellMotion":"Sideways","OpportunityTeam":[{"Email":"A@B.example"}]}`, 422, `"location":"body.insights.opportunityQuality.score"`},
			{"PATCH", summary, `{"Insights":{"OpportunityQuality":{"Score":101}},"CosellMotion":"Sideways","OpportunityTeam":[{"Email":"A@B.example"}]}`, 422, `"location":"body.opportunityTeam[0].email"`},
			{"GET", summary, "", 200, `"CosellMotion":null`},
		},
		"a change of the wrong form": {
			{"PATCH", summary, `{"LifeCycle":{"Phase":"Engaged"}}`, 422, `"location":"body.LifeCycle.Phase"`},
			{"PATCH", summary, `{"LifeCycle":{"Stage":"Sleeping"}}`, 422, `"location":"body.LifeCycle.Stage"`},
			{"PATCH", summary, `{"Insights":{"OpportunityQuality":{"Score":"high"}}}`, 422, `"location":"body.Insights.OpportunityQuality.Score"`},
			{"PATCH", summary, `{"OpportunityTeam":[null]}`, 422, `"location":"body.OpportunityTeam[0]"`},
			{"PATCH", summary, `[]`, 422, `expected object`},
			{"PATCH", summary, `{`, 400, ``},
		},

		"no policy is off": {
			{"GET", policy, "", 200, `{"mode":"off"}`},
		},
		"a policy approves in its time": {
			{"PUT", policy, `{"mode":"approve","after":"48h"}`, 200, `{"mode":"approve","after":"48h0m0s"}`},
			{"POST", "/clock", `{"advance":"47h59m"}`, 200, ``},
			{"GET", "/reviews", "", 200, `"reviewStatus":"Submitted"`},
			{"POST", "/clock", `{"advance":"1m"}`, 200, ``},
			{"GET", "/reviews", "", 200, `{"reviews":[]}`},
			{"POST", review, `{"decision":"Approve"}`, 409, `the review status is Approved`},
		},
		"a policy decides by rules": {
			{
				"PUT", policy, `{"mode":"rules","rules":[{"maxAmount":"500","currency":"EUR","decision":"Approve"},{"industries":["Mining"],"countries":["DE"],"decision":"RequestAction","comments":"Who?","reason":"Mine"}]}`, 200,
				`"rules":[{"maxAmount":"500","currency":"EUR","decision":"Approve"},{"currency":"USD","industries":["Mining"],"countries":["DE"],"decision":"RequestAction","comments":"Who?","reason":"Mine"}]`,
			},
			{"POST", "/clock", `{"advance":"1s"}`, 200, ``},
			{"POST", review, `{"decision":"Approve"}`, 409, `the review status is Action Required`},
			{"GET", policy, "", 200, `"mode":"rules"`},
		},
		"a policy in error says where": {
			{"PUT", policy, `{"mode":"on"}`, 422, `body.mode`},
			{"PUT", policy, `{"mode":"approve","after":"2d"}`, 422, `must be a duration in hours, minutes and seconds; write 48h for 2 days","location":"body.after"`},
			{"PUT", policy, `{"mode":"approve","after":"-1h"}`, 422, `body.after`},
			{"PUT", policy, `{"mode":"rules"}`, 422, `body.rules`},
			{"PUT", policy, `{"mode":"rules","rules":[{"decision":"StartReview"}]}`, 422, `body.rules[0].decision`},
			{"PUT", policy, `{"mode":"rules","rules":[{"decision":"Approve","maxAmount":"1e3"}]}`, 422, `an amount, such as 10000.00","location":"body.rules[0].maxAmount"`},
			{"PUT", policy, `{"mode":"rules","rules":[{"decision":"Approve","industries":["Minning"],"countries":["Germany"]}]}`, 422, `body.rules[0].industries[0]`},
			{"PUT", "/review-policies/Mars", `{"mode":"off"}`, 422, `path.catalog`},
			{"GET", policy, "", 200, `{"mode":"off"}`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newReviewHub(t)
			for i, s := range steps {
				w := h.call(t, s.method, s.path, s.body)
				if w.Code != s.status || !strings.Contains(w.Body.String(), s.want) {
					t.Errorf("step %d: got %d %s\nwant %d %s", i, w.Code, w.Body, s.status, s.want)
				}
			}
		})
	}
}

func TestFaultsOfTheDeskAreNotTold(t *testing.T) {
	h := newReviewHub(t)
	path := "/opportunities/" + h.id + "/review?account=" + partner + "&catalog=Sandbox"
	h.store.err = errors.New("disk full")
	for _, c := range []struct{ method, path, body string }{
		{"GET", "/reviews", ""},
		{"POST", path, `{"decision":"Approve"}`},
		{"PATCH", strings.Replace(path, "review", "aws-summary", 1), `{}`},
		{"GET", strings.Replace(path, "review", "aws-summary", 1), ""},
		{"GET", "/review-policies/AWS", ""},
		{"PUT", "/review-policies/AWS", `{"mode":"off"}`},
	} {
		w := h.call(t, c.method, c.path, c.body)
		if w.Code != 500 || !strings.Contains(w.Body.String(), "could not complete the request") {
			t.Errorf("%s %s: %d %s", c.method, c.path, w.Code, w.Body)
		}
	}
}

func TestTheDeskIsDescribed(t *testing.T) {
	w := newDesk().call(t, "GET", "/openapi.json", "")
	var description struct {
		Paths map[string]map[string]struct {
			Summary     string
			RequestBody struct {
				Content map[string]struct{ Schema json.RawMessage }
			}
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &description); err != nil {
		t.Fatal(err)
	}
	for path, methods := range map[string][]string{
		"/reviews":                        {"get"},
		"/opportunities/{id}/review":      {"post"},
		"/opportunities/{id}/aws-summary": {"get", "patch"},
		"/review-policies/{catalog}":      {"get", "put"},
	} {
		for _, method := range methods {
			if description.Paths[path][method].Summary == "" {
				t.Errorf("%s %s is not described", method, path)
			}
		}
	}
	patch := description.Paths["/opportunities/{id}/aws-summary"]["patch"].RequestBody.Content
	for _, member := range []string{"EngagementScore", `"Seller Engaged"`, "TotalAmountByCategory", "merge patch"} {
		found := false
		for _, media := range patch {
			found = found || strings.Contains(string(media.Schema), member)
		}
		if !found {
			t.Errorf("%s is not in the description of the change", member)
		}
	}
}
