package operator_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func TestHistory(t *testing.T) {
	h := newReviewHub(t)
	const (
		owner = "?account=" + partner + "&catalog=Sandbox"
		path  = "/resources/ID/history" + owner
	)
	for _, decision := range []string{"StartReview", "Reject"} {
		if w := h.call(t, http.MethodPost, "/opportunities/ID/review"+owner, `{"decision":"`+decision+`","comments":"No budget."}`); w.Code != http.StatusOK {
			t.Fatal(w.Code, w.Body)
		}
	}
	var page struct {
		Next    string
		Changes []struct{ Operation string }
	}
	var operations []string
	for next := ""; ; next = page.Next {
		page.Next, page.Changes = "", nil
		query := path + "&limit=1"
		if next != "" {
			query += "&after=" + next
		}
		w := h.call(t, http.MethodGet, query, "")
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || w.Code != http.StatusOK || len(page.Changes) != 1 {
			t.Fatal(err, w.Code, w.Body)
		}
		operations = append(operations, page.Changes[0].Operation)
		if page.Next == "" {
			break
		}
	}
	if got := strings.Join(operations, " "); got != "Reject StartReview SubmitOpportunity" {
		t.Errorf("the operations are %s", got)
	}
	for name, c := range map[string]struct {
		path   string
		status int
		want   string
	}{
		"a decision": {path, 200, `"time":"2026-03-09T01:50:25.043Z","operation":"Reject","operator":"local","changes":[{"path":"LifeCycle.ReviewStatus","before":"In review","after":"Rejected"},` +
			`{"path":"LifeCycle.ReviewComments","after":"No budget."}]`},
		"the creation":           {path, 200, `"createdAt":"2026-03-09T01:50:25.04Z"}`},
		"of no such thing":       {strings.Replace(path, "ID", "O1", 1), 404, `"status":404`},
		"of another account":     {strings.Replace(path, partner, "999988887777", 1), 404, `"status":404`},
		"of no engagement":       {strings.Replace(path, "ID", "eng-0123456789abcd", 1), 404, `"status":404`},
		"of no customer":         {strings.Replace(path, "ID", "cust-acc-0123456789abc", 1), 404, `"status":404`},
		"of another kind":        {strings.Replace(path, "ID", "S-0000001", 1), 422, "the identifier of an opportunity, a customer account or an engagement"},
		"without an account":     {"/resources/ID/history?catalog=Sandbox", 422, "query.account"},
		"another page's token":   {path + "&after=x", 422, "query.after"},
		"more than a page holds": {path + "&limit=101", 422, "query.limit"},
	} {
		t.Run(name, func(t *testing.T) {
			if w := h.call(t, http.MethodGet, c.path, ""); w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("got %d %s\nwant %d %s", w.Code, w.Body, c.status, c.want)
			}
		})
	}
}
