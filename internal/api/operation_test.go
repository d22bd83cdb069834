package api_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cosell/internal/api"
)

func TestLookup(t *testing.T) {
	for i := range api.Operations {
		if op, ok := api.Lookup(api.Operations[i].Name); !ok || op != &api.Operations[i] {
			t.Errorf("%s is not found", api.Operations[i].Name)
		}
	}
	for _, name := range []string{"", "getOpportunity", "GetOpportunities", "Zap"} {
		if op, ok := api.Lookup(name); ok {
			t.Errorf("%q found %s", name, op.Name)
		}
	}
}

func TestOperationsTable(t *testing.T) {
	for _, op := range api.Operations {
		t.Run(op.Name, func(t *testing.T) {
			if op.Action != "partnercentral:"+op.Name {
				t.Errorf("action %s", op.Action)
			}
			lists := strings.HasPrefix(op.Name, "List") || strings.HasPrefix(op.Name, "Search")
			if reads := strings.HasPrefix(op.Name, "Get") || lists; op.ReadOnly != reads {
				t.Errorf("read-only %t", op.ReadOnly)
			}
			if op.HasOutput != (op.NewOutput != nil) {
				t.Errorf("has output %t", op.HasOutput)
			}
			if !slices.Contains(op.Errors, api.TypeValidation) || !slices.Contains(op.Errors, api.TypeInternalServer) {
				t.Errorf("errors %v", op.Errors)
			}
			if pages := lists && op.Name != "ListTagsForResource"; (op.Pagination != nil) != pages {
				t.Errorf("pagination %v", op.Pagination)
			}
			if strings.Contains(strings.ToLower(op.Name), "tag") != (op.Resource == "tagged") {
				t.Errorf("resource %q", op.Resource)
			}
		})
	}
	for _, c := range []struct {
		name, quota, resource   string
		hasOutput, isIdempotent bool
	}{
		{"CreateOpportunity", "Write", "Opportunity", true, true},
		{"SubmitOpportunity", "Write", "Opportunity", false, false},
		{"ListOpportunities", "Read", "", true, false},
		{"CreateEngagement", "CreateEngagement", "Engagement", true, true},
		{"GetProspectingFromEngagementTask", "GetProspecting", "ProspectingFromEngagementTask", true, false},
		{"StartResourceSnapshotJob", "Write", "resource-snapshot-job", false, true},
		{"TagResource", "Write", "tagged", true, true},
	} {
		op, _ := api.Lookup(c.name)
		if op.QuotaGroup != c.quota || op.Resource != c.resource || op.HasOutput != c.hasOutput || op.Idempotent != c.isIdempotent {
			t.Errorf("got %+v", op)
		}
	}
}

func TestInputGetters(t *testing.T) {
	for _, c := range []struct {
		name           string
		in             api.Input
		catalog, token string
	}{
		{"Both", &api.CreateOpportunityRequest{Catalog: new("AWS"), ClientToken: new("t")}, "AWS", "t"},
		{"Absent", &api.CreateOpportunityRequest{}, "", ""},
		{"NoTokenMember", &api.GetOpportunityRequest{Catalog: new("Sandbox")}, "Sandbox", ""},
		{"NoCatalogMember", &api.TagResourceRequest{}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.in.CatalogName() != c.catalog || c.in.Token() != c.token {
				t.Errorf("catalog %q, token %q", c.in.CatalogName(), c.in.Token())
			}
		})
	}
}

func TestModelDateIsADate(t *testing.T) {
	if _, err := time.Parse(time.DateOnly, api.ModelDate); err != nil {
		t.Error(err)
	}
}
