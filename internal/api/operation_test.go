package api_test

import (
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
			if reads := strings.HasPrefix(op.Name, "Get") || strings.HasPrefix(op.Name, "List") || strings.HasPrefix(op.Name, "Search"); op.ReadOnly != reads {
				t.Errorf("read-only %t", op.ReadOnly)
			}
		})
	}
	for name, hasOutput := range map[string]bool{
		"CreateOpportunity": true, "SubmitOpportunity": false, "ListOpportunities": true,
		"StartResourceSnapshotJob": false, "TagResource": true,
	} {
		if op, _ := api.Lookup(name); op.HasOutput != hasOutput {
			t.Errorf("%s has output %t", name, op.HasOutput)
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
