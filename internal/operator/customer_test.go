package operator_test

import (
	"strings"
	"testing"

	"cosell/internal/api"
)

func TestCustomers(t *testing.T) {
	const (
		list     = "/accounts/" + partner + "/catalogs/Sandbox/customer-accounts"
		match    = list + "/CUST/match"
		policy   = "/catalogs/Sandbox/matching"
		entries  = "/catalogs/Sandbox/customers"
		facts    = `{"Customer":{"AccountName":"Acme Holding","EligiblePrograms":["MAP"]}}`
		nobodys  = "/accounts/210987654321/catalogs/Sandbox/customer-accounts"
		tooLong  = `{"mode":"manual","delay":"9000h"}`
		twoFirst = `{"mode":"manual","delay":"1h30m"}`
	)
	type step struct {
		method, path, body string
		status             int
		want               string // is part of the answer
	}
	for name, steps := range map[string][]step{
		"matching is synthetic until it is set": {
			{"GET", policy, "", 200, `{"mode":"synthetic"}`},
			{"PUT", policy, twoFirst, 200, `{"mode":"manual","delay":"1h30m0s"}`},
			{"GET", policy, "", 200, `{"mode":"manual","delay":"1h30m0s"}`},
			{"PUT", policy, `{"mode":"directory"}`, 200, `{"mode":"directory"}`},
			{"GET", "/catalogs/AWS/matching", "", 200, `{"mode":"synthetic"}`},
		},
		"a policy in error says where": {
			{"PUT", policy, `{"mode":"magic"}`, 422, `body.mode`},
			{"PUT", policy, `{"mode":"manual","delay":"soon"}`, 422, `body.delay`},
			{"PUT", policy, tooLong, 422, `at most 366 days`},
			{"PUT", "/catalogs/Mars/matching", `{"mode":"manual"}`, 422, `path.catalog`},
		},
		"the directory is a list that is replaced": {
			{"GET", entries, "", 200, `[]`},
			{"PUT", entries, `[{"companyName":"A","domain":"a.example"},{"companyName":"B","duns":"123456789","countryCode":"DE","enrichment":` + facts + `}]`, 200, `"AccountName":"Acme Holding"`},
			{"GET", entries, "", 200, `[{"companyName":"A","domain":"a.example"},{"companyName":"B","duns":"123456789","countryCode":"DE","enrichment":{`},
			{"PUT", entries, `[]`, 200, `[]`},
			{"GET", entries, "", 200, `[]`},
		},
		"a directory in error says where": {
			{"PUT", entries, `[{"companyName":""}]`, 422, `body[0].companyName`},
			{"PUT", entries, `[{"companyName":"A","duns":"1"}]`, 422, `body[0].duns`},
			{"PUT", entries, `[{"companyName":"A","countryCode":"XX"}]`, 422, `body[0].countryCode`},
			{"PUT", entries, `[{"companyName":"A","enrichment":{"Customer":{"Nope":1}}}]`, 422, `Nope`},
			{"PUT", entries, `[{"companyName":"A","enrichment":{"Customer":{"EligiblePrograms":["` + strings.Repeat(`x","`, 50) + `x"]}}}]`, 422, `body[0].enrichment.customer.eligiblePrograms`},
		},
		"customer accounts are listed": {
			{"GET", list, "", 200, `"account":"` + partner + `","catalog":"Sandbox","id":"CUST","companyName":"Acme","status":"PENDING"`},
			{"GET", list + "?status=PENDING&limit=1", "", 200, `"id":"CUST"`},
			{"GET", list + "?status=ENRICHED", "", 200, `{"customerAccounts":[]}`},
			{"GET", list + "?after=CUST", "", 200, `{"customerAccounts":[]}`},
			{"GET", nobodys, "", 200, `{"customerAccounts":[]}`},
			{"GET", list + "?status=LOST", "", 422, `query.status`},
		},
		"the operator decides": {
			{"POST", match, `{"outcome":"ENRICHED","enrichment":` + facts + `}`, 200, `"status":"ENRICHED"`},
			{"GET", list, "", 200, `"status":"ENRICHED"`},
			{"POST", match, `{"outcome":"ACTION_REQUIRED","reasonCode":"PROCESSING_ERROR","message":"Later","issues":[{"severity":"ERROR","code":"X"}]}`, 200, `"reasonCode":"PROCESSING_ERROR","message":"Later"`},
			{"POST", match, `{"outcome":"NO_MATCH_FOUND"}`, 200, `"status":"NO_MATCH_FOUND"`},
		},
		"a decision in error says where": {
			{"POST", match, `{"outcome":"PENDING"}`, 422, `body.outcome`},
			{"POST", match, `{"outcome":"NO_MATCH_FOUND","message":"m"}`, 422, `"location":"body.message"`},
			{"POST", match, `{"outcome":"ACTION_REQUIRED","existing":"CUST"}`, 422, `"location":"body.existing"`},
			{"POST", match, `{"outcome":"ENRICHED","enrichment":{"Customer":{"EligiblePrograms":["` + strings.Repeat(`x","`, 50) + `x"]}}}`, 422, `body.enrichment.customer.eligiblePrograms`},
			{"POST", nobodys + "/CUST/match", `{"outcome":"NO_MATCH_FOUND"}`, 404, `"status":404`},
			{"POST", list + "/x/match", `{"outcome":"NO_MATCH_FOUND"}`, 422, `path.id`},
			{"GET", list, "", 200, `"status":"PENDING"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newReviewHub(t)
			var created api.CreateCustomerAccountResponse
			h.do(t, "CreateCustomerAccount", `{"Catalog": "Sandbox", "Account": {"CompanyName": "Acme"}}`, &created)
			named := func(text string) string { return strings.ReplaceAll(text, "CUST", *created.Id) }
			for _, s := range steps {
				w := h.call(t, s.method, named(s.path), named(s.body))
				if w.Code != s.status || !strings.Contains(w.Body.String(), named(s.want)) {
					t.Errorf("%s %s %s: got %d %s, want %d with %s", s.method, s.path, s.body, w.Code, w.Body, s.status, s.want)
				}
			}
		})
	}
}
