package policy_test

import (
	"strings"
	"testing"

	"cosell/internal/api"
	"cosell/internal/policy"
)

// The rows are the managed policies, what they deny in each catalog, and nothing else.
func TestManagedPoliciesOverAllOperations(t *testing.T) {
	for _, c := range []struct {
		name   string
		denied map[string]func(operation string) bool
	}{
		{"AWSPartnerCentralFullAccess", map[string]func(string) bool{"AWS": none, "Sandbox": none}},
		{"AWSPartnerCentralSandboxFullAccess", map[string]func(string) bool{"AWS": every, "Sandbox": none}},
		{"AWSPartnerCentralOpportunityManagement", map[string]func(string) bool{"AWS": newOrSettings, "Sandbox": newOrSettings}},
		{"AWSPartnerCentralSellingResourceSnapshotJobExecutionRolePolicy", map[string]func(string) bool{"AWS": notPublishing, "Sandbox": notPublishing}},
	} {
		managed, err := policy.Managed(c.name)
		if err != nil {
			t.Fatal(err)
		}
		set := policy.Policies{Identity: []policy.Named{managed}}
		for catalog, denied := range c.denied {
			for _, op := range api.Operations {
				r := &policy.Request{
					Caller: alice, Action: "partnercentral:" + op.Name,
					Resource: "arn:aws:partnercentral:us-east-1:111122223333:catalog/" + catalog + "/opportunity/O1",
					Values:   valuesOf(map[string][]string{"partnercentral:catalog": {catalog}}),
				}
				if op.Name == "CreateResourceSnapshot" {
					r.Resource = "arn:aws:partnercentral:us-east-1::catalog/" + catalog + "/engagement/eng-1"
				}
				if got := !set.Evaluate(r).Allowed; got != denied(op.Name) {
					t.Errorf("%s in %s: %s denied %t", c.name, catalog, op.Name, got)
				}
			}
		}
	}
}

func none(string) bool  { return false }
func every(string) bool { return true }

func newOrSettings(op string) bool {
	return strings.Contains(op, "CustomerAccount") || strings.Contains(op, "BulkJob") || strings.HasPrefix(op, "Search") ||
		op == "ListEngagementGroups" || strings.Contains(op, "SellingSystemSettings")
}

func notPublishing(op string) bool { return op != "CreateResourceSnapshot" && op != "GetOpportunity" }

func TestAnUnknownManagedPolicyNamesTheOthers(t *testing.T) {
	_, err := policy.Managed("AdministratorAccess")
	if err == nil || !strings.Contains(err.Error(), "AWSPartnerCentralFullAccess") {
		t.Error(err)
	}
}
