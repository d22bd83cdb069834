package operator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"cosell/internal/store"
)

func TestPipeline(t *testing.T) {
	h := newWorld(t)
	type deal struct{ account, stage, status, closes, amount, currency, target string }
	err := h.store.Update(t.Context(), func(tx *store.Tx) error {
		for i, d := range []deal{
			{"111111111111", "Prospect", "Submitted", "2027-01-10", "1000.10", "USD", "AWS"},
			{"111111111111", "Prospect", "Approved", "2027-01-20", "0.20", "USD", "AWS"},
			{"222222222222", "Prospect", "Approved", "2027-02-01", "5", "EUR", "AWS"},
			{"222222222222", "Launched", "Approved", "2027-02-01", "7", "EUR", "AWS"},
			{"222222222222", "Qualified", "Approved", "", "9", "EUR", "Partner"},
		} {
			id := fmt.Sprintf("O%d", i+1)
			if err := tx.InsertOpportunity(&store.Opportunity{
				OpportunityKey: store.OpportunityKey{Account: d.account, Catalog: "Sandbox", ID: id}, Stage: d.stage, ReviewStatus: d.status, Origin: "x",
				Document: fmt.Appendf(nil, `{"Id":%q,"LastModifiedDate":"2026-03-10T01:50:25.040Z","LifeCycle":{"Stage":%q,"ReviewStatus":%q,"TargetCloseDate":%q},`+
					`"Project":{"ExpectedCustomerSpend":[{"Amount":%q,"CurrencyCode":%q,"TargetCompany":%q}]}}`, id, d.stage, d.status, d.closes, d.amount, d.currency, d.target),
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ query, want string }{
		"one account":            {"account=111111111111", `{"opportunities":2,"stages":[{"stage":"Prospect","count":2,"monthly":[{"currency":"USD","amount":"1000.30"}]}`},
		"all accounts":           {"account=*", `{"stage":"Prospect","count":3,"monthly":[{"currency":"EUR","amount":"5.00"},{"currency":"USD","amount":"1000.30"}]}`},
		"spend at AWS only":      {"account=*", `{"stage":"Qualified","count":1,"monthly":[]}`},
		"review statuses":        {"account=*", `{"reviewStatus":"Approved","count":4}`},
		"closed ones do not":     {"account=*", `{"month":"2027-02","count":1,"monthly":[{"currency":"EUR","amount":"5.00"}]}`},
		"another catalog":        {"account=*&catalog=AWS", `{"opportunities":0,`},
		"the account is checked": {"account=1", "an account of twelve digits, aws, or * for all"},
	} {
		t.Run(name, func(t *testing.T) {
			if w := h.ask(t, http.MethodGet, "/pipeline?"+c.query, nil); !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("got %d %s\nwant %s", w.Code, w.Body, c.want)
			}
		})
	}
}

func TestSubmissionCheck(t *testing.T) {
	h := newReviewHub(t)
	const path = "/opportunities/ID/submission?account=" + partner + "&catalog=Sandbox"
	for name, c := range map[string]struct {
		path   string
		status int
		want   string
	}{
		"under review":     {path, 200, `{"submittable":false,"violations":[{"field":"lifeCycle.reviewStatus","code":"INVALID_RESOURCE_STATE"`},
		"of no such thing": {strings.Replace(path, "ID", "O1", 1), 404, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if w := h.call(t, http.MethodGet, c.path, ""); w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("got %d %s\nwant %d %s", w.Code, w.Body, c.status, c.want)
			}
		})
	}
	t.Run("a complete draft", func(t *testing.T) {
		h.do(t, "CreateOpportunity", strings.Replace(submittable, `"t"`, `"t2"`, 1), nil)
		w := h.call(t, http.MethodPost, "/opportunities/ID/review?account="+partner+"&catalog=Sandbox", `{"decision":"RequestAction","comments":"More."}`)
		if w.Code != http.StatusOK {
			t.Fatalf("got %d %s", w.Code, w.Body)
		}
		if w := h.call(t, http.MethodGet, path, ""); !strings.Contains(w.Body.String(), `{"submittable":true,"violations":[]}`) {
			t.Errorf("got %s", w.Body)
		}
	})
}
