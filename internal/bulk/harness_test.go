package bulk_test

import (
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/clock"
	"cosell/internal/ids"
	"cosell/internal/service"
	"cosell/internal/service/servicetest"
	"cosell/internal/store"
	"cosell/internal/store/enginetest"
)

const (
	alice = "111122223333"
	bob   = "444455556666"

	bucket = "aws-partner-central-marketplace-ephemeral-writeonly-files"
)

func TestMain(m *testing.M) { os.Exit(enginetest.Run(m)) }

type harness struct {
	*service.Service
	store store.Store
	clock *clock.Adjustable
	token int
}

type stopped struct{ now time.Time }

func (c *stopped) Now() time.Time { return c.now }

func open(t testing.TB) *harness {
	t.Helper()
	return on(t, enginetest.Open(t), clock.Over(&stopped{time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)}))
}

// seeds gives every server other identifiers.
var seeds counter

type counter struct{ atomic.Int32 }

func (c *counter) next() byte { return byte(c.Add(1)) }

// on is a server on a store, as after a restart.
func on(t testing.TB, s store.Store, business *clock.Adjustable, options ...func(*service.Config)) *harness {
	t.Helper()
	config := service.Config{
		Store: s, Clock: business, IDs: ids.New(business.Now, rand.NewChaCha8([32]byte{seeds.next()})),
		PublicURL: "https://cosell.test",
		Log:       slog.New(slog.NewTextHandler(t.Output(), nil)),
		PresignedFile: func(u *url.URL, _ string) (auth.Principal, error) {
			if u.Query().Get("X-Amz-Signature") != "good" {
				return auth.Principal{}, errors.New("another signature")
			}
			return auth.Principal{Account: alice}, nil
		},
	}
	for _, option := range options {
		option(&config)
	}
	answers, err := service.New(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return &harness{Service: answers, store: s, clock: business}
}

// try answers an operation as the wire does.
func try[O any](t testing.TB, h *harness, account, operation string, in api.Input) (*O, error) {
	t.Helper()
	return servicetest.Ask[O](t, h, account, operation, in)
}

func do[O any](t testing.TB, h *harness, account, operation string, in api.Input) *O {
	t.Helper()
	out, err := try[O](t, h, account, operation, in)
	if err != nil {
		t.Fatalf("%s by %s: %v", operation, account, err)
	}
	return out
}

// fails checks the type of an error, and the code of its first violation where one is
// given.
func fails(t testing.TB, err error, wantType, code string) {
	t.Helper()
	e, ok := errors.AsType[*api.Error](err)
	if !ok || e.Type != wantType || code != "" && (len(e.ErrorList) == 0 || string(*e.ErrorList[0].Code) != code) {
		t.Errorf("got %v (%+v), want %s %s", err, e, wantType, code)
	}
}

// upload stores a file of an account and returns its address.
func (h *harness) upload(t testing.TB, account, name, content string) string {
	t.Helper()
	v, err := h.Files.Put(t.Context(), store.FileKey{Account: account, Name: name}, strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return "s3://" + bucket + "/" + account + "/" + name + "?versionId=" + v.ID
}

func (h *harness) request(uri string) *api.StartOpportunityBulkJobRequest {
	h.token++
	return &api.StartOpportunityBulkJobRequest{
		Catalog: new("Sandbox"), ClientToken: new("token-" + string(rune('a'+h.token))),
		FileFormat: new(api.BulkFileFormatCSV), FileURI: &uri,
	}
}

func (h *harness) start(t testing.TB, account, uri string) string {
	t.Helper()
	return *do[api.StartOpportunityBulkJobResponse](t, h, account, "StartOpportunityBulkJob", h.request(uri)).JobId
}

// work performs one piece of the work that is due, as a worker does, and reports
// whether there was any.
func (h *harness) work(t testing.TB) bool {
	t.Helper()
	now := h.clock.Now().UnixMilli()
	var claimed []store.Work
	if err := h.store.Update(t.Context(), func(tx *store.Tx) (err error) {
		claimed, err = tx.Claim(now, now, now+1, 1)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, w := range claimed {
		err := h.Prepare(t.Context(), w)
		if err == nil {
			err = h.store.Update(t.Context(), func(tx *store.Tx) error {
				if err := h.Handle(tx, w); err != nil {
					return err
				}
				return tx.Complete(&w)
			})
		}
		if err == nil {
			continue
		}
		if err := h.store.Update(t.Context(), func(tx *store.Tx) error {
			return errors.Join(tx.Fail(&w, now, err.Error()), h.OnFailure(tx, w, err))
		}); err != nil {
			t.Fatal(err)
		}
	}
	return len(claimed) > 0
}

func (h *harness) settle(t testing.TB) {
	t.Helper()
	for h.work(t) {
	}
}

func (h *harness) job(t testing.TB, account, id string) api.OpportunityBulkJobSummary {
	t.Helper()
	out := do[api.ListOpportunityBulkJobsResponse](t, h, account, "ListOpportunityBulkJobs",
		&api.ListOpportunityBulkJobsRequest{Catalog: new("Sandbox"), JobId: &id})
	if len(out.OpportunityBulkJobSummaries) != 1 {
		t.Fatalf("%d jobs are %s", len(out.OpportunityBulkJobSummaries), id)
	}
	return out.OpportunityBulkJobSummaries[0]
}

func (h *harness) results(t testing.TB, account, id string, status *api.BulkRecordStatus) (all []api.BulkJobResult) {
	t.Helper()
	in := &api.ListOpportunityBulkJobResultsRequest{Catalog: new("Sandbox"), JobId: &id, Status: status, MaxResults: new(int32(7))}
	for {
		out := do[api.ListOpportunityBulkJobResultsResponse](t, h, account, "ListOpportunityBulkJobResults", in)
		all = append(all, out.Results...)
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return all
		}
	}
}

func (h *harness) opportunity(t testing.TB, account, id string) *api.GetOpportunityResponse {
	t.Helper()
	return do[api.GetOpportunityResponse](t, h, account, "GetOpportunity",
		&api.GetOpportunityRequest{Catalog: new("Sandbox"), Identifier: &id})
}

// opportunities counts an account's opportunities.
func (h *harness) opportunities(t testing.TB, account string) (n int) {
	t.Helper()
	in := &api.ListOpportunitiesRequest{Catalog: new("Sandbox"), MaxResults: new(int32(100))}
	for {
		out := do[api.ListOpportunitiesResponse](t, h, account, "ListOpportunities", in)
		n += len(out.OpportunitySummaries)
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return n
		}
	}
}

// download answers the URL of a report.
func (h *harness) download(t testing.TB, address string) (status int, body string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, address, nil)
	r.Host = u.Host
	w := httptest.NewRecorder()
	h.Reports.ServeHTTP(w, r)
	content, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(content)
}
