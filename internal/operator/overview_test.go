package operator_test

import (
	"strings"
	"testing"

	"cosell/internal/selling"
	"cosell/internal/store"
)

func TestOverview(t *testing.T) {
	h := newWorld(t)
	h.profiles["111111111111"] = selling.AccountProfile{CompanyName: "Acme"}
	err := h.store.Update(t.Context(), func(tx *store.Tx) error {
		for _, key := range []store.OpportunityKey{{Account: "111111111111", Catalog: "AWS", ID: "O1"}, {Account: "222222222222", Catalog: "Sandbox", ID: "O2"}} {
			if err := tx.InsertOpportunity(&store.Opportunity{
				OpportunityKey: key, Stage: "Prospect", ReviewStatus: "Submitted", Origin: "x",
				Document: []byte(`{"Id":"` + key.ID + `","CreatedDate":"2026-03-09T01:50:25.040Z","LastModifiedDate":"2026-03-10T01:50:25.040Z","LifeCycle":{"Stage":"Prospect","ReviewStatus":"Submitted","TargetCloseDate":"2027-01-01"},"Customer":{"Account":{"CompanyName":"Harvest"}},"Project":{"Title":"Sheep"}}`),
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path   string
		status int
		want   string
	}{
		"accounts":                {"/accounts", 200, `{"accounts":[{"account":"111111111111","companyName":"Acme"},{"account":"222222222222","companyName":""}]}`},
		"opportunities of all":    {"/opportunities?account=*", 200, `{"account":"222222222222","catalog":"Sandbox","id":"O2","companyName":"Harvest","title":"Sheep","stage":"Prospect","reviewStatus":"Submitted","targetCloseDate":"2027-01-01","createdDate":"2026-03-09T01:50:25.04Z","lastModifiedDate":"2026-03-10T01:50:25.04Z"}]}`},
		"those of one":            {"/opportunities?account=111111111111&catalog=AWS", 200, `"id":"O1"`},
		"a page":                  {"/opportunities?account=*&limit=1", 200, `"next":"111111111111 AWS O1"`},
		"the next page":           {"/opportunities?account=*&limit=1&after=111111111111+AWS+O1", 200, `{"opportunities":[{"account":"222222222222"`},
		"the account is required": {"/opportunities", 422, `query.account`},
		"another is wrong":        {"/opportunities?account=1", 422, `an account of twelve digits, aws, or * for all`},
		"so is another place":     {"/opportunities?account=*&after=x", 422, `must be the next of the page before`},
		"a resource":              {"/resources/O2", 200, `"id":"O2","kind":"opportunity","catalog":"Sandbox","account":"222222222222","accounts":["222222222222"]`},
		"no resource":             {"/resources/O3", 404, `id: no account has a resource of this identifier`},
	} {
		t.Run(name, func(t *testing.T) {
			w := h.ask(t, "GET", c.path, nil)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("got %d %s\nwant %d %s", w.Code, w.Body, c.status, c.want)
			}
		})
	}
}

// curl sends the content type of a form unless it is told otherwise.
func TestContentTypes(t *testing.T) {
	for contentType, status := range map[string]int{
		"": 200, "application/json": 200, "application/json; charset=utf-8": 200, "application/x-www-form-urlencoded": 200,
		"text/plain": 415, "application/xml": 415, "nonsense/": 415,
	} {
		h := newWorld(t)
		r := newOperatorRequest(t, "POST", "/clock", `{"advance":"1h"}`)
		if contentType != "" {
			r.Header.Set("Content-Type", contentType)
		}
		w := h.serve(r)
		if w.Code != status || status == 415 && !strings.Contains(w.Body.String(), "must be application/json") {
			t.Errorf("%q: got %d %s", contentType, w.Code, w.Body)
		}
	}
}
