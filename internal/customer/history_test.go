package customer_test

import (
	"strings"
	"testing"

	"cosell/internal/access"
	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/customer"
	"cosell/internal/store"
)

// kept returns the changes of a customer account as "operation, who: differences", the
// oldest first.
func (h *harness) kept(t testing.TB, account, id string) (all []string) {
	t.Helper()
	history, err := h.History(t.Context(), store.HistoryKey{Account: account, Catalog: "Sandbox", Kind: customer.KindCustomerAccount, Record: id}, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	if history.CreatedAt != *h.get(t, account, id).CreatedDate {
		t.Errorf("created at %v", history.CreatedAt)
	}
	for _, c := range history.Changes {
		all = append([]string{c.Operation + ", " + c.Principal + c.Operator + c.Process + ": " + string(c.Changes)}, all...)
	}
	return all
}

// Every change of a customer account is kept with its author and its difference: those of
// the owner, of the matching, and of the operator.
func TestHistory(t *testing.T) {
	const jane = "arn:aws:iam::" + alice + ":user/jane"
	h := newHarness(t)
	id := h.create(t, alice, `{"CompanyName": "A"}`)
	if got := h.kept(t, alice, id); got != nil {
		t.Errorf("after the creation: %q", got)
	}
	h.work(t)
	op, _ := api.Lookup("UpdateCustomerAccount")
	in := op.NewInput()
	if err := api.Unmarshal([]byte(updateBody(h.get(t, alice, id), `{"CompanyName": "B", "Domain": "b.example"}`)), in); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Do(t.Context(), auth.Principal{Account: alice, ARN: jane}, op, in); err != nil {
		t.Fatal(err)
	}
	if _, err := try[api.UpdateCustomerAccountResponse](t, h, alice, "UpdateCustomerAccount",
		strings.Replace(updateBody(h.get(t, alice, id), acme), `"LastModifiedDate": "2`, `"LastModifiedDate": "1`, 1)); err == nil {
		t.Error("a stale update was taken")
	}
	h.mode(t, customer.Manual)
	ctx := access.With(t.Context(), &access.Identity{Name: "desk"})
	key := store.CustomerAccountKey{Account: alice, Catalog: "Sandbox", ID: id}
	if _, err := h.MatchCustomerAccount(ctx, key, customer.Decision{Outcome: api.EnrichmentStatusEnriched}); err != nil {
		t.Fatal(err)
	}
	got := h.kept(t, alice, id)
	want := []string{
		`MatchCustomerAccount, matching: [{"path":"EnrichmentStatus","before":"PENDING","after":"NO_MATCH_FOUND"}]`,
		`UpdateCustomerAccount, ` + jane + `: [{"path":"EnrichmentStatus","before":"NO_MATCH_FOUND","after":"PENDING"},{"path":"Account.CompanyName","before":"A","after":"B"},{"path":"Account.Domain","after":"b.example"}]`,
		`MatchCustomerAccount, desk: [{"path":"EnrichmentStatus","before":"PENDING","after":"ENRICHED"},{"path":"AwsEnrichment.Customer`,
	}
	if len(got) != len(want) {
		t.Fatalf("kept %q", got)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("change %d is %s\nwant %s", i, got[i], want[i])
		}
	}
	if _, err := h.CustomerAccountHistory(t.Context(), store.CustomerAccountKey{Account: bob, Catalog: "Sandbox", ID: id}, 0, 10); err == nil {
		t.Error("another account reads it")
	}
	do[struct{}](t, h, alice, "DeleteCustomerAccount", named(id))
	err := h.store.View(t.Context(), func(tx *store.Tx) error {
		left, _, err := tx.History(store.HistoryKey{Account: alice, Catalog: "Sandbox", Kind: customer.KindCustomerAccount, Record: id}, 0, 10, 1000)
		if len(left) > 0 {
			t.Errorf("%d changes are left of a deleted account", len(left))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
