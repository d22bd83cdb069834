package selling_test

import (
	"fmt"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/store"
)

// carol is a third partner, a stranger to what alice and bob share.
const carol = "777788889999"

// lifetime is how long a partner may take to answer an invitation.
const lifetime = 15 * 24 * time.Hour

// The contents of contexts that invitation tests need.
const (
	customerProject = `{"Type": "CustomerProject", "Payload": {"CustomerProject": {"Customer":
		{"Industry": "Agriculture", "CompanyName": "Acme Farms", "WebsiteUrl": "https://farms.example.com", "CountryCode": "US"}}}}`
	leadContext = `{"Type": "Lead", "Payload": {"Lead": {"Customer": {"CompanyName": "Acme Farms", "Address": {}}, "Interactions": [
		{"SourceType": "Event", "SourceId": "e-1", "SourceName": "Fair", "Usecase": "Database", "CustomerAction": "Asked",
		"Contact": {"BusinessTitle": "CTO", "Email": "secret@farms.example.com", "FirstName": "Sam", "LastName": "Hill"}}]}}}`
)

// The two kinds of payloads.
const (
	opportunityPayload = `"OpportunityInvitation": {
		"SenderContacts": [{"Email": "ann@alice.example.com", "FirstName": "Ann", "LastName": "Lee", "BusinessTitle": "Manager", "Phone": "+14151231234"}],
		"ReceiverResponsibilities": ["Distributor"],
		"Customer": {"Industry": "Agriculture", "CompanyName": "Acme Farms", "WebsiteUrl": "https://farms.example.com", "CountryCode": "US"},
		"Project": {"Title": "Harvest", "BusinessProblem": "They count their sheep by hand.", "TargetCompletionDate": "2027-10-04",
			"ExpectedCustomerSpend": [{"Amount": "10000.00", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}]}}`
	leadPayload = `"LeadInvitation": {"Customer": {"CompanyName": "Acme Farms"}, "Interaction": {"ContactBusinessTitle": "CTO"}}`
)

// invitationBody is a complete request; members replace or add to its top level.
func (h *harness) invitationBody(engagement, receiver string, members ...string) string {
	h.tokens++
	return merge(fmt.Sprintf(`{"Catalog": "Sandbox", "ClientToken": "token-%d", "EngagementIdentifier": %q,
		"Invitation": {"Message": "Join us", "Receiver": {"Account": {"Alias": "Friend", "AwsAccountId": %q}},
		"Payload": {%s}}}`, h.tokens, engagement, receiver, opportunityPayload), members...)
}

// sandboxEngagement makes an engagement of Sandbox and returns its identifier.
func (h *harness) sandboxEngagement(t testing.TB, account string, members ...string) string {
	t.Helper()
	h.tokens++
	body := merge(fmt.Sprintf(`{"Catalog": "Sandbox", "ClientToken": "token-%d", "Title": "Farms", "Description": "Sheep and more"}`, h.tokens), members...)
	return *do[api.CreateEngagementResponse](t, h, account, "CreateEngagement", body).Id
}

// invite sends an invitation to an engagement of Sandbox and returns its
// identifier.
func (h *harness) invite(t testing.TB, sender, engagement, receiver string) string {
	t.Helper()
	return *do[api.CreateEngagementInvitationResponse](t, h, sender, "CreateEngagementInvitation", h.invitationBody(engagement, receiver)).Id
}

// named is the request that names a resource of Sandbox.
func named(id string, members ...string) string {
	return merge(fmt.Sprintf(`{"Catalog": "Sandbox", "Identifier": %q}`, id), members...)
}

// accept answers yes.
func (h *harness) accept(t testing.TB, account, id string) {
	t.Helper()
	do[struct{}](t, h, account, "AcceptEngagementInvitation", named(id))
}

// reject answers no.
func (h *harness) reject(t testing.TB, account, id string) {
	t.Helper()
	do[struct{}](t, h, account, "RejectEngagementInvitation", named(id, `"RejectionReason": "Next steps unclear"`))
}

// invitation reads an invitation of Sandbox.
func (h *harness) invitation(t testing.TB, account, id string) *api.GetEngagementInvitationResponse {
	t.Helper()
	return do[api.GetEngagementInvitationResponse](t, h, account, "GetEngagementInvitation", named(id))
}

// work does all that is due, and returns how much that was.
func (h *harness) work(t testing.TB) (done int) {
	t.Helper()
	for range 1000 {
		claimed := h.claim(t)
		if len(claimed) == 0 {
			return done
		}
		h.finish(t, claimed)
		done += len(claimed)
	}
	t.Fatal("the work never ends")
	return done
}

// claim takes the work that is due.
func (h *harness) claim(t testing.TB) (claimed []store.Work) {
	t.Helper()
	err := h.store.Update(t.Context(), func(tx *store.Tx) (err error) {
		now := h.clock.Now().UnixMilli()
		claimed, err = tx.Claim(now, now, now+1, 100)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return claimed
}

// finish does the work that was taken.
func (h *harness) finish(t testing.TB, claimed []store.Work) {
	t.Helper()
	for _, w := range claimed {
		err := h.store.Update(t.Context(), func(tx *store.Tx) error {
			if err := h.Handle(tx, w); err != nil {
				return err
			}
			return tx.Complete(&w)
		})
		if err != nil {
			t.Fatalf("%s %s: %v", w.Kind, w.Subject, err)
		}
	}
}

// heard returns what an account was told since the last time.
func (h *harness) heard(t testing.TB, account string) []string {
	t.Helper()
	all := h.events(t, account)
	from := h.told[account]
	h.told[account] = len(all)
	return all[from:]
}
