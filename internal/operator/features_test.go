package operator_test

import (
	"strings"
	"testing"

	"cosell/internal/api"
	"cosell/internal/auth"
)

// The operator turns features off and on; the partner is told the documented reason.
func TestFeatures(t *testing.T) {
	h := newReviewHub(t)
	h.Config.Features = h.Service.Features
	const path = "/accounts/" + partner + "/features"
	search := func() error {
		op, _ := api.Lookup("SearchOpportunities")
		_, err := h.Do(t.Context(), auth.Principal{Account: partner}, op, &api.SearchOpportunitiesRequest{Catalog: new("Sandbox")})
		return err
	}
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		want                     string // is part of the answer
		allowed                  bool   // whether the partner may search afterwards
	}{
		{"all are on", "GET", path, "", 200, `{"searchOpportunities":true,"opportunityBulkJobs":true}`, true},
		{"one is turned off", "PUT", path, `{"searchOpportunities":false}`, 200, `{"searchOpportunities":false,"opportunityBulkJobs":true}`, false},
		{"it stays off", "GET", path, "", 200, `{"searchOpportunities":false,"opportunityBulkJobs":true}`, false},
		{"a misspelt one changes nothing", "PUT", path, `{"searchOpportunity":true}`, 422, "searchOpportunity", false},
		{"a text changes nothing", "PUT", path, `{"searchOpportunities":"yes"}`, 422, "body.searchOpportunities", false},
		{"nobody's account", "PUT", "/accounts/12/features", `{}`, 422, "path.account", false},
		{"another's stay on", "GET", "/accounts/210987654321/features", "", 200, `{"searchOpportunities":true,"opportunityBulkJobs":true}`, false},
		{"what is left out is on", "PUT", path, `{"opportunityBulkJobs":false}`, 200, `{"searchOpportunities":true,"opportunityBulkJobs":false}`, true},
	} {
		w := h.call(t, c.method, c.path, c.body)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s: %d %s, want %d %s", c.name, w.Code, w.Body, c.status, c.want)
		}
		err := search()
		if refusal, _ := err.(*api.Error); (err == nil) != c.allowed || err != nil && (refusal == nil || refusal.AccessReason != "SEARCH_OPPORTUNITIES_NOT_ENABLED") {
			t.Errorf("%s: a search is answered with %v", c.name, err)
		}
	}
}
