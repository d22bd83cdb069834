package operator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"cosell/internal/api"
)

const publicSector = `{"catalog": "Sandbox", "description": "Leads in the public sector", "readinessLevel": "SalesReady",
	"filter": {"EqualsTo": {"Key": "LeadCustomerIndustry", "Value": {"StringValue": "Government"}}},
	"accounts": ["123456789012"], "rank": 1}`

func TestEngagementGroups(t *testing.T) {
	h := newReviewHub(t)
	const path = "/engagement-groups/public-sector"
	if w := h.call(t, http.MethodGet, path, ""); w.Code != http.StatusNotFound {
		t.Errorf("before it is there: %d %s", w.Code, w.Body)
	}
	w := h.call(t, http.MethodPut, path, publicSector)
	var put struct {
		ID     string `json:"id"`
		Active bool   `json:"active"`
		Filter json.RawMessage
	}
	if err := json.Unmarshal(w.Body.Bytes(), &put); err != nil || w.Code != http.StatusOK || !put.Active || !strings.HasPrefix(put.ID, "eng-grp-") {
		t.Fatalf("put: %d %s", w.Code, w.Body)
	}
	if !strings.Contains(string(put.Filter), "LeadCustomerIndustry") {
		t.Errorf("filter %s", put.Filter)
	}
	var listed api.ListEngagementGroupsResponse
	h.do(t, "ListEngagementGroups", `{"Catalog": "Sandbox"}`, &listed)
	if len(listed.EngagementGroupSummaries) != 1 || *listed.EngagementGroupSummaries[0].Id != put.ID {
		t.Errorf("the partner sees %d groups", len(listed.EngagementGroupSummaries))
	}
	for _, url := range []string{path, "/engagement-groups"} {
		if w := h.call(t, http.MethodGet, url, ""); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), put.ID) {
			t.Errorf("GET %s: %d %s", url, w.Code, w.Body)
		}
	}
	hidden := strings.Replace(publicSector, `"rank": 1`, `"active": false`, 1)
	if w := h.call(t, http.MethodPut, path, hidden); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"active":false`) {
		t.Errorf("hide: %d %s", w.Code, w.Body)
	}
	if w := h.call(t, http.MethodDelete, path, ""); w.Code != http.StatusNoContent {
		t.Errorf("delete: %d %s", w.Code, w.Body)
	}
	if w := h.call(t, http.MethodDelete, path, ""); w.Code != http.StatusNotFound {
		t.Errorf("delete again: %d %s", w.Code, w.Body)
	}
}

func TestBadEngagementGroups(t *testing.T) {
	h := newReviewHub(t)
	for name, c := range map[string]struct{ was, is, location string }{
		"unknown field":  {"LeadCustomerIndustry", "LeadCustomerShoeSize", "body.filter"},
		"no filter":      {`"filter": {"EqualsTo": {"Key": "LeadCustomerIndustry", "Value": {"StringValue": "Government"}}}`, `"filter": []`, "body.filter"},
		"two members":    {`"filter": {`, `"filter": {"NotFilter": {}, `, "body.filter"},
		"readiness":      {"SalesReady", "Ready", "body.readinessLevel"},
		"catalog":        {"Sandbox", "Box", "body.catalog"},
		"no description": {"Leads in the public sector", "", "body.description"},
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.Replace(publicSector, c.was, c.is, 1)
			w := h.call(t, http.MethodPut, "/engagement-groups/bad", body)
			if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), fmt.Sprintf(`"location":"%s`, c.location)) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}
