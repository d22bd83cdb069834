package operator_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cosell/internal/auth"
	"cosell/internal/operator"
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

// A request for events may wait for one.
func TestEventsAreWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk()
		started := time.Now()
		if w := d.call(t, "GET", "/events?account=aws&wait=20s", ""); w.Code != 200 || time.Since(started) < 20*time.Second || !strings.Contains(w.Body.String(), `"events":[]`) {
			t.Errorf("got %d %s after %v", w.Code, w.Body, time.Since(started))
		}
		d.events = []store.Event{{Account: "aws", Sequence: 7, Envelope: []byte(`{}`)}}
		started = time.Now()
		if w := d.call(t, "GET", "/events?account=aws&wait=20s", ""); time.Since(started) > 0 || !strings.Contains(w.Body.String(), `"sequence":"7"`) {
			t.Errorf("got %d %s after %v", w.Code, w.Body, time.Since(started))
		}
		for wait, want := range map[string]string{"1d": "write 24h for 1 days", "2m": "must be at most 60s", "-1s": "must be at most 60s"} {
			if w := d.call(t, "GET", "/events?account=aws&wait="+wait, ""); w.Code != 422 || !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s: got %d %s", wait, w.Code, w.Body)
			}
		}
	})
}

// TestAttackPageReadsFromATestNetwork sees that a web page does not read from a server in a
// test network under a name of its own domain to which it gave the server's address: the
// browser sends no Origin with that.
func TestAttackPageReadsFromATestNetwork(t *testing.T) {
	for host, status := range map[string]int{
		"attacker.example": 403, "attacker.example:8787": 403, "127.0.0.1.attacker.example:8787": 403, "localhost.attacker.example": 403,
		"internal": 200, "attacker.example.": 403, "attackerinternal.com": 403, "ATTACKER.EXAMPLE:8787": 403,
		"cosell.partner.example:8443": 200, "Cosell.Partner.Example": 200, "partner.example": 403, "evil.cosell.partner.example": 403,
		"cosell": 200, "cosell:8787": 200, "localhost:8787": 200, "127.0.0.1:8787": 200, "192.168.1.5:8787": 200, "203.0.113.7": 200,
		"[fd00::5]:8787": 200, "[fd00::5]": 200, "host.docker.internal:8787": 200, "cosell.team.svc.cluster.local": 200, "Cosell.Test:8787": 200, "cosell.local.": 200,
	} {
		r := newOperatorRequest(t, "GET", "/export", "")
		r.RemoteAddr, r.Host = "172.17.0.1:5", host
		w := httptest.NewRecorder()
		operator.NetworkOnly(auth.Pages{OnNetwork: true, PublicURL: "https://cosell.partner.example:8443/"})(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(w, r)
		if w.Code != status {
			t.Errorf("%q: got %d %s", host, w.Code, w.Body)
		}
	}
}

// In a test network every machine may ask and the server's own pages, but no web page from
// elsewhere.
func TestNetworkOnly(t *testing.T) {
	for _, c := range []struct {
		host, origin string
		status       int
	}{
		{"cosell:8787", "", 200},
		{"cosell:8787", "http://localhost:8787", 200},
		{"cosell:8787", "http://cosell:8787", 200},
		{"192.0.2.7:8787", "http://192.0.2.7:8787", 200},
		{"cosell.partner.example", "https://cosell.partner.example", 200},
		{"cosell:8787", "https://attacker.example", 403},
		{"cosell:8787", "http://cosell:8788", 403},
		{"cosell:8787", "http://192.0.2.7:8787", 403},
		{"attacker.example:8787", "http://attacker.example:8787", 403},
		{"attacker.example:8787", "http://localhost:8787", 403},
	} {
		r := newOperatorRequest(t, "POST", "/clock", "")
		r.RemoteAddr, r.Host = "192.0.2.1:5", c.host
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		w := httptest.NewRecorder()
		operator.NetworkOnly(auth.Pages{OnNetwork: true, PublicURL: "https://cosell.partner.example"})(
			http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%q of %q: got %d %s", c.host, c.origin, w.Code, w.Body)
		}
	}
}
