package customer_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/customer"
	"cosell/internal/ids"
	"cosell/internal/operation"
	"cosell/internal/service"
	"cosell/internal/store"
)

const acme = `{"CompanyName": "Acme Corp", "WebsiteUrl": "https://www.acme.example", "Industry": "Retail",
	"Address": {"CountryCode": "US", "StateOrRegion": "New York"}}`

func TestCreate(t *testing.T) {
	h := newHarness(t)
	body := `{"Catalog": "Sandbox", "ClientToken": "t", "PartnerAccountIdentifier": "crm-1", "Account": ` + acme +
		`, "Tags": [{"Key": "team", "Value": "east"}]}`
	made := do[api.CreateCustomerAccountResponse](t, h, alice, "CreateCustomerAccount", body)
	if *made.Status != api.EnrichmentStatusPending || !strings.HasPrefix(*made.Id, "cust-acc-") ||
		*made.Arn != "arn:aws:partnercentral:us-east-1:"+alice+":catalog/Sandbox/customer-account/"+*made.Id {
		t.Errorf("made %+v", made)
	}
	h.work(t)
	again := do[api.CreateCustomerAccountResponse](t, h, alice, "CreateCustomerAccount", body)
	if diff := cmp.Diff(made, again); diff != "" {
		t.Errorf("the same token: %s", diff)
	}
	_, err := try[api.CreateCustomerAccountResponse](t, h, alice, "CreateCustomerAccount", strings.Replace(body, "crm-1", "crm-2", 1))
	fails(t, err, api.TypeConflict)

	got := h.get(t, alice, *made.Id)
	if *got.PartnerAccountIdentifier != "crm-1" || *got.Account.CompanyName != "Acme Corp" || len(got.Tags) != 1 {
		t.Errorf("got %+v", got)
	}
	if byARN := h.get(t, alice, *made.Arn); *byARN.Id != *made.Id {
		t.Errorf("by ARN: %s", *byARN.Id)
	}
}

func TestCreateRefuses(t *testing.T) {
	h := newHarness(t)
	tags := make([]string, 51)
	for i := range tags {
		tags[i] = fmt.Sprintf(`{"Key": "k%d", "Value": ""}`, i)
	}
	for _, c := range []struct{ name, members, want string }{
		{"NoCompany", `"Account": {}`, "account.companyName REQUIRED_FIELD_MISSING"},
		{"BlankCompany", `"Account": {"CompanyName": " "}`, "account.companyName REQUIRED_FIELD_MISSING"},
		{"Duns", `"Account": {"CompanyName": "A", "Duns": "12"}`, "account.duns INVALID_STRING_FORMAT"},
		{
			"State", `"Account": {"CompanyName": "A", "Address": {"CountryCode": "US", "StateOrRegion": "NY"}}`,
			"account.address.stateOrRegion INVALID_VALUE",
		},
		{"NoTags", `"Account": {"CompanyName": "A"}, "Tags": []`, "tags NOT_ENOUGH_VALUES"},
		{"Tags", `"Account": {"CompanyName": "A"}, "Tags": [` + strings.Join(tags, ",") + `]`, "tags TOO_MANY_VALUES"},
		{"ReservedTag", `"Account": {"CompanyName": "A"}, "Tags": [{"Key": "aws:x", "Value": ""}]`, "tags[0].key INVALID_VALUE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := try[api.CreateCustomerAccountResponse](t, h, alice, "CreateCustomerAccount", `{"Catalog": "Sandbox", `+c.members+`}`)
			fails(t, err, api.TypeValidation, c.want)
		})
	}
	for _, valid := range []string{
		`{"CompanyName": "A", "Industry": "Other"}`,
		`{"CompanyName": "A", "Industry": "anything"}`,
		`{"CompanyName": "A", "Address": {"CountryCode": "DE", "StateOrRegion": "NY"}}`,
	} {
		h.create(t, alice, valid)
	}
}

func TestCreateWithinLimit(t *testing.T) {
	h := newHarness(t, func(c *service.Config) { c.Customer.MaxAccounts = 2 })
	h.create(t, alice, `{"CompanyName": "A"}`)
	h.create(t, alice, `{"CompanyName": "A"}`)
	_, err := try[api.CreateCustomerAccountResponse](t, h, alice, "CreateCustomerAccount", `{"Catalog": "Sandbox", "Account": {"CompanyName": "A"}}`)
	fails(t, err, api.TypeServiceQuotaExceeded)
	h.create(t, bob, `{"CompanyName": "A"}`)
}

func TestUpdate(t *testing.T) {
	h := newHarness(t)
	id := *do[api.CreateCustomerAccountResponse](t, h, alice, "CreateCustomerAccount",
		`{"Catalog": "Sandbox", "PartnerAccountIdentifier": "crm-1", "Account": `+acme+`}`).Id
	h.work(t)
	before := h.get(t, alice, id)
	updated := do[api.UpdateCustomerAccountResponse](t, h, alice, "UpdateCustomerAccount", updateBody(before, `{"CompanyName": "Acme"}`))
	if *updated.Status != api.EnrichmentStatusPending || *updated.LastModifiedDate <= *before.LastModifiedDate ||
		*updated.CreatedDate != *before.CreatedDate || *updated.PartnerAccountIdentifier != "crm-1" {
		t.Errorf("updated %+v", updated)
	}
	after := h.get(t, alice, id)
	if after.Account.WebsiteUrl != nil || after.AwsEnrichment != nil {
		t.Errorf("after %+v", after)
	}
	_, err := try[struct{}](t, h, alice, "UpdateCustomerAccount", updateBody(before, acme))
	fails(t, err, api.TypeConflict)
	_, err = try[struct{}](t, h, alice, "UpdateCustomerAccount", updateBody(after, `{"CompanyName": ""}`))
	fails(t, err, api.TypeValidation, "account.companyName REQUIRED_FIELD_MISSING")

	// Equal content is matched again all the same.
	h.work(t)
	after = h.get(t, alice, id)
	do[struct{}](t, h, alice, "UpdateCustomerAccount", updateBody(after, `{"CompanyName": "Acme"}`))
	if status := *h.get(t, alice, id).EnrichmentStatus; status != api.EnrichmentStatusPending {
		t.Errorf("status %s", status)
	}
}

// A matching that was enqueued before an update has no effect after it.
func TestUpdateDropsTheMatchingUnderWay(t *testing.T) {
	h := newHarness(t)
	id := h.create(t, alice, acme)
	do[struct{}](t, h, alice, "UpdateCustomerAccount", updateBody(h.get(t, alice, id), `{"CompanyName": "Acme"}`))
	if done := h.work(t); done != 2 {
		t.Errorf("%d pieces of work", done)
	}
	if status := *h.get(t, alice, id).EnrichmentStatus; status != api.EnrichmentStatusNoMatchFound {
		t.Errorf("status %s", status)
	}
}

func TestDelete(t *testing.T) {
	h := newHarness(t)
	id := h.create(t, alice, acme)
	do[struct{}](t, h, bob, "DeleteCustomerAccount", named(id))
	do[struct{}](t, h, alice, "DeleteCustomerAccount", fmt.Sprintf(`{"Catalog": "AWS", "Identifier": %q}`, id))
	h.get(t, alice, id)
	do[struct{}](t, h, alice, "DeleteCustomerAccount", named(id))
	_, err := try[struct{}](t, h, alice, "GetCustomerAccount", named(id))
	fails(t, err, api.TypeResourceNotFound)
	do[struct{}](t, h, alice, "DeleteCustomerAccount", named(id))
	h.work(t) // its matching finds nothing and does nothing
}

func TestDeleteRaisesTheCountOfItsImport(t *testing.T) {
	h := newHarness(t)
	job := store.BulkJobKey{Account: alice, Catalog: "Sandbox", ID: "bulkjob-1"}
	err := h.store.Update(t.Context(), func(tx *store.Tx) error {
		return tx.InsertBulkJob(&store.BulkJob{BulkJobKey: job, Document: []byte("{}")})
	})
	if err != nil {
		t.Fatal(err)
	}
	h.create(t, alice, acme)
	runner, err := operation.NewRunner(t.Context(), operation.Config{Store: h.store, Clock: h.clock, IDs: ids.System()})
	if err != nil {
		t.Fatal(err)
	}
	family := customer.New(runner, customer.Config{})
	var made *api.CreateCustomerAccountResponse
	err = runner.Update(t.Context(), auth.Principal{Account: alice}, func(c *operation.Call) (err error) {
		call := family.Call(c)
		made, err = call.ImportCustomerAccount(&api.CreateCustomerAccountRequest{
			Catalog: new("Sandbox"), Account: &api.CustomerAccountData{CompanyName: new("Acme")},
		}, job.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		do[struct{}](t, h, alice, "DeleteCustomerAccount", named(*made.Id))
	}
	err = h.store.View(t.Context(), func(tx *store.Tx) error {
		j, err := tx.BulkJob(job)
		if err == nil && j.Deleted != 1 {
			t.Errorf("%d deleted", j.Deleted)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestIdentifiers(t *testing.T) {
	h := newHarness(t)
	id := h.create(t, alice, acme)
	arn := "arn:aws:partnercentral:us-east-1:" + alice + ":catalog/Sandbox/customer-account/" + id
	for _, c := range []struct{ name, account, catalog, given, want string }{
		{"OfAnother", bob, "Sandbox", id, api.TypeResourceNotFound},
		{"InTheOtherCatalog", alice, "AWS", id, api.TypeResourceNotFound},
		{"ARNOfAnother", bob, "Sandbox", arn, api.TypeAccessDenied},
		{"ARNOfTheOtherCatalog", alice, "AWS", arn, api.TypeValidation},
		{"ARNOfAnotherKind", alice, "Sandbox", strings.Replace(arn, "customer-account/", "engagement/", 1), api.TypeValidation},
	} {
		for _, operation := range []string{"GetCustomerAccount", "UpdateCustomerAccount", "DeleteCustomerAccount"} {
			if operation == "DeleteCustomerAccount" && c.want == api.TypeResourceNotFound {
				continue // see TestDelete
			}
			body := fmt.Sprintf(`{"Catalog": %q, "Identifier": %q}`, c.catalog, c.given)
			if operation == "UpdateCustomerAccount" {
				body = strings.TrimSuffix(body, "}") + `, "Account": {"CompanyName": "B"}, "LastModifiedDate": "2026-11-21T10:00:00.000Z"}`
			}
			_, err := try[struct{}](t, h, c.account, operation, body)
			t.Run(c.name+operation, func(t *testing.T) { fails(t, err, c.want) })
		}
	}
}

func TestTags(t *testing.T) {
	h := newHarness(t)
	id := h.create(t, alice, acme)
	before := h.get(t, alice, id)
	if before.Tags == nil || len(before.Tags) != 0 {
		t.Errorf("tags %v", before.Tags)
	}
	put := func(account string, from, to int) error {
		var tags []string
		for i := range to - from {
			tags = append(tags, fmt.Sprintf(`{"Key": "k%d", "Value": "v"}`, from+i))
		}
		_, err := try[struct{}](t, h, account, "TagResource", fmt.Sprintf(`{"ResourceArn": %q, "Tags": [%s]}`, *before.Arn, strings.Join(tags, ",")))
		return err
	}
	if err := put(alice, 0, 50); err != nil {
		t.Fatal(err)
	}
	fails(t, put(alice, 50, 51), api.TypeValidation, "tags TOO_MANY_VALUES")
	fails(t, put(bob, 0, 1), api.TypeAccessDenied)
	do[struct{}](t, h, alice, "UntagResource", fmt.Sprintf(`{"ResourceArn": %q, "TagKeys": ["k0"]}`, *before.Arn))
	after := h.get(t, alice, id)
	if len(after.Tags) != 49 || *after.LastModifiedDate != *before.LastModifiedDate {
		t.Errorf("%d tags, modified %v", len(after.Tags), after.LastModifiedDate)
	}
	listed := do[api.ListTagsForResourceResponse](t, h, alice, "ListTagsForResource", fmt.Sprintf(`{"ResourceArn": %q}`, *before.Arn))
	if len(listed.Tags) != 49 {
		t.Errorf("%d tags listed", len(listed.Tags))
	}
	do[struct{}](t, h, alice, "DeleteCustomerAccount", named(id))
	err := h.store.View(t.Context(), func(tx *store.Tx) error {
		left, err := tx.Tags(alice, *before.Arn)
		if len(left) > 0 {
			t.Errorf("%d tags left", len(left))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The dates are of the business clock, and rise with each change.
func TestDatesRise(t *testing.T) {
	h := newHarness(t)
	id := h.create(t, alice, acme)
	h.work(t)
	matched := h.get(t, alice, id)
	if *matched.LastModifiedDate <= *matched.CreatedDate {
		t.Errorf("the outcome does not move LastModifiedDate: %v", matched.LastModifiedDate)
	}
	h.clock.Advance(time.Hour)
	do[struct{}](t, h, alice, "UpdateCustomerAccount", updateBody(matched, acme))
	if got := h.get(t, alice, id).LastModifiedDate.Time(); !got.Equal(start.Add(time.Hour)) {
		t.Errorf("modified at %v", got)
	}
}
