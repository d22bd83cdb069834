package bulk_test

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/buckets"
	"cosell/internal/clock"
	"cosell/internal/files"
	"cosell/internal/queue"
	"cosell/internal/service"
	"cosell/internal/store"
	"cosell/internal/store/enginetest"
)

// elsewhere is an S3 elsewhere.
type elsewhere struct {
	url string

	mu       sync.Mutex
	objects  map[string]string // by bucket/key
	requests []*http.Request
	// spoil changes an answer, or answers itself and returns nil.
	spoil func(w http.ResponseWriter, r *http.Request) http.ResponseWriter
}

func newElsewhere(t *testing.T) *elsewhere {
	t.Helper()
	e := &elsewhere{objects: map[string]string{}}
	s := httptest.NewServer(e)
	t.Cleanup(s.Close)
	e.url = s.URL
	return e
}

func (e *elsewhere) put(name, content string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.objects[name] = content
}

func (e *elsewhere) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	content, ok := e.objects[strings.TrimPrefix(r.URL.Path, "/")]
	e.requests = append(e.requests, r)
	spoil := e.spoil
	e.mu.Unlock()
	if spoil != nil {
		if w = spoil(w, r); w == nil {
			return
		}
	}
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<Error><Code>NoSuchKey</Code></Error>")
		return
	}
	sum := md5.Sum([]byte(content))
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:])+`"`)
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(content))
}

// cut breaks an answer off behind so many bytes.
type cut struct {
	http.ResponseWriter

	left int
}

func (c *cut) Write(p []byte) (int, error) {
	if c.left -= len(p); c.left < 0 {
		_, _ = c.ResponseWriter.Write(p[:len(p)+c.left])
		_ = http.NewResponseController(c.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	return c.ResponseWriter.Write(p)
}

// reads lets a server read the bucket crm elsewhere: alice all of it, the others what is
// theirs.
func (e *elsewhere) reads(c *service.Config) {
	c.Buckets = buckets.New(buckets.Config{
		Region: "eu-west-1", Endpoint: e.url, AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "hush", Patience: 5 * time.Second,
		Grants: []buckets.Grant{{Account: alice, Bucket: "crm"}, {Bucket: "shared"}},
	})
}

func openWith(t *testing.T, e *elsewhere) *harness {
	t.Helper()
	return on(t, enginetest.Open(t), clock.Over(&stopped{time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)}), e.reads)
}

// blobs returns how many bytes an account's blobs have.
func (h *harness) blobs(t *testing.T, account string) (bytes int64) {
	t.Helper()
	if err := h.store.View(t.Context(), func(tx *store.Tx) (err error) {
		bytes, _, err = tx.BlobUsage(account)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return bytes
}

// claim claims so much work.
func (h *harness) claim(t *testing.T, n int) (claimed []store.Work) {
	t.Helper()
	now := h.clock.Now().UnixMilli()
	if err := h.store.Update(t.Context(), func(tx *store.Tx) (err error) {
		claimed, err = tx.Claim(now, now, now+1, n)
		return err
	}); err != nil || len(claimed) != n {
		t.Fatalf("claimed %d, %v", len(claimed), err)
	}
	return claimed
}

// A job reads a file in a bucket elsewhere, and leaves no copy of it.
func TestElsewhere(t *testing.T) {
	e := newElsewhere(t)
	h := openWith(t, e)
	e.put("crm/in/deals 1.csv", header+deals(260))
	id := h.start(t, alice, "s3://crm/in/deals 1.csv")
	if j := h.job(t, alice, id); *j.Status != "SUBMITTED" || *j.FileName != "deals 1.csv" || len(e.requests) > 0 {
		t.Errorf("before it runs: %+v", j)
	}
	h.settle(t)
	j := h.job(t, alice, id)
	if *j.Status != "COMPLETED" || *j.SuccessCount != 260 || h.opportunities(t, alice) != 260 {
		t.Errorf("in the end: %s, %s", *j.Status, api.Value(j.FailureReason))
	}
	if len(e.requests) != 1 {
		t.Errorf("%d requests, want one", len(e.requests))
	}
	if n := h.blobs(t, alice); n != 0 {
		t.Errorf("%d bytes are left", n)
	}
	e.put("shared/"+bob+"/a.csv", header+deals(1))
	id = h.start(t, bob, "s3://shared/"+bob+"/a.csv")
	h.settle(t)
	if j := h.job(t, bob, id); *j.Status != "COMPLETED" {
		t.Errorf("bob's: %s, %s", *j.Status, api.Value(j.FailureReason))
	}
}

// TestAttackBucketsElsewhere lists which files elsewhere an account may name.
func TestAttackBucketsElsewhere(t *testing.T) {
	e := newElsewhere(t)
	h := openWith(t, e)
	for _, c := range []struct{ account, uri, code string }{
		{alice, "s3://crm/a.csv", ""},
		{alice, "s3://crm/a.csv?versionId=7", ""},
		{alice, "s3://crm/a.csv?x=7", "INVALID_VALUE"},
		{alice, "s3://crm/", "ACTION_NOT_PERMITTED"},
		{alice, "s3://crm/a/../b.csv", "ACTION_NOT_PERMITTED"},
		{alice, "s3://crm/a/%2e%2e/b.csv", "ACTION_NOT_PERMITTED"},
		{alice, "s3://crm/" + strings.Repeat("x", files.MaxName+1), "INVALID_VALUE"},
		{alice, "s3://other/a.csv", "INVALID_VALUE"},
		{alice, "s3://crm@169.254.169.254/a.csv", "INVALID_VALUE"},
		{alice, "s3://crm:80/a.csv", "INVALID_VALUE"},
		{alice, strings.Replace(e.url, "http", "https", 1) + "/crm/a.csv", "INVALID_VALUE"},
		{bob, "s3://crm/a.csv", "INVALID_VALUE"},
		{bob, "s3://shared/" + bob + "/a.csv", ""},
		{bob, "s3://shared/" + alice + "/a.csv", "ACTION_NOT_PERMITTED"},
		{bob, "s3://shared/" + bob + "/../" + alice + "/a.csv", "ACTION_NOT_PERMITTED"},
	} {
		_, err := try[struct{}](t, h, c.account, "StartCustomerAccountBulkJob", &api.StartCustomerAccountBulkJobRequest{
			Catalog: new("Sandbox"), ClientToken: new("t-" + c.account + "-" + c.uri[:min(len(c.uri), 60)]), FileUri: &c.uri,
		})
		if c.code == "" && err != nil {
			t.Errorf("%s %.60s: %v", c.account, c.uri, err)
		}
		if c.code != "" {
			fails(t, err, api.TypeValidation, c.code)
		}
	}
	off := open(t)
	_, err := try[struct{}](t, off, alice, "StartOpportunityBulkJob", off.request("s3://crm/a.csv"))
	fails(t, err, api.TypeValidation, "INVALID_VALUE")
}

// A copy that breaks off goes on where it was, also on another server.
func TestElsewhereResumes(t *testing.T) {
	e := newElsewhere(t)
	h := openWith(t, e)
	e.put("crm/a.csv", header+strings.Repeat(deals(1), 12_000))
	e.spoil = func(w http.ResponseWriter, _ *http.Request) http.ResponseWriter { return &cut{w, 300_000} }
	id := h.start(t, alice, "s3://crm/a.csv")
	h.work(t) // it begins
	h.work(t) // and copies a part
	if j := h.job(t, alice, id); *j.Status != "IN_PROGRESS" || h.blobs(t, alice) != files.ChunkSize {
		t.Fatalf("%s with %d bytes, want %d", *j.Status, h.blobs(t, alice), files.ChunkSize)
	}
	h = on(t, h.store, h.clock, e.reads)
	h.check(t, id)
	if j := h.job(t, alice, id); *j.TotalRecords != 12_000 || *j.Status != "IN_PROGRESS" {
		t.Errorf("job %s of %d records, %s", *j.Status, *j.TotalRecords, api.Value(j.FailureReason))
	}
	if r := e.requests[1]; r.Header.Get("Range") != "bytes=262144-" || r.Header.Get("If-Match") == "" {
		t.Errorf("went on with %v", r.Header)
	}
}

// check works until a job's file was read to its end.
func (h *harness) check(t *testing.T, id string) {
	t.Helper()
	for *h.job(t, alice, id).TotalRecords == 0 {
		if !h.work(t) {
			t.Fatal("there is no work left")
		}
	}
}

// TestElsewhereFails lists what ends a job whose file is elsewhere.
func TestElsewhereFails(t *testing.T) {
	big := func(w http.ResponseWriter, _ *http.Request) http.ResponseWriter {
		w.Header().Set("ETag", `"big"`)
		w.Header().Set("Content-Length", "104857601")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	for name, c := range map[string]struct {
		spoil    func(http.ResponseWriter, *http.Request) http.ResponseWriter
		key      string
		says     string
		requests int
	}{
		"missing":   {key: "b.csv", says: "The file does not exist.", requests: 1},
		"too large": {spoil: big, key: "a.csv", says: "larger than 100 MB", requests: 1},
		"forbidden": {spoil: func(w http.ResponseWriter, _ *http.Request) http.ResponseWriter {
			w.WriteHeader(http.StatusForbidden)
			return nil
		}, key: "a.csv", says: "may not read the file", requests: 1},
		"down": {spoil: func(w http.ResponseWriter, _ *http.Request) http.ResponseWriter {
			w.WriteHeader(http.StatusServiceUnavailable)
			return nil
		}, key: "a.csv", says: "could not be read from its bucket", requests: 5},
		"empty": {key: "empty.csv", says: "The file is empty.", requests: 1},
	} {
		t.Run(name, func(t *testing.T) {
			e := newElsewhere(t)
			h := openWith(t, e)
			e.put("crm/a.csv", header+deals(1))
			e.put("crm/empty.csv", "")
			e.spoil = c.spoil
			id := h.start(t, alice, "s3://crm/"+c.key)
			h.settle(t)
			j := h.job(t, alice, id)
			if *j.Status != "FAILED" || !strings.Contains(api.Value(j.FailureReason), c.says) || len(e.requests) != c.requests {
				t.Errorf("%s, %q after %d requests", *j.Status, api.Value(j.FailureReason), len(e.requests))
			}
		})
	}
}

// An object that changes under a copy fails the job, and no record was made.
func TestElsewhereChanges(t *testing.T) {
	e := newElsewhere(t)
	h := openWith(t, e)
	e.put("crm/a.csv", header+strings.Repeat(deals(1), 12_000))
	e.spoil = func(w http.ResponseWriter, _ *http.Request) http.ResponseWriter { return &cut{w, 300_000} }
	id := h.start(t, alice, "s3://crm/a.csv")
	h.work(t)
	h.work(t)
	e.put("crm/a.csv", header+strings.Repeat(deals(2), 12_000))
	h.settle(t)
	if j := h.job(t, alice, id); *j.Status != "FAILED" || api.Value(j.FailureReason) != "The file was changed while it was read." || h.opportunities(t, alice) > 0 {
		t.Errorf("%s, %q", *j.Status, api.Value(j.FailureReason))
	}
	h.clock.Advance(25 * time.Hour)
	h.settle(t)
	if n := h.blobs(t, alice); n != 0 {
		t.Errorf("%d bytes are left", n)
	}
}

// A copy that was not complete within a day begins anew.
func TestElsewhereTakesDays(t *testing.T) {
	e := newElsewhere(t)
	h := openWith(t, e)
	e.put("crm/a.csv", header+strings.Repeat(deals(1), 8_000))
	e.spoil = func(w http.ResponseWriter, _ *http.Request) http.ResponseWriter { return &cut{w, 300_000} }
	id := h.start(t, alice, "s3://crm/a.csv")
	h.work(t)
	h.work(t)
	h.clock.Advance(25 * time.Hour)
	e.spoil = nil
	h.check(t, id)
	if j := h.job(t, alice, id); *j.TotalRecords != 8_000 {
		t.Errorf("job %s of %d records, %s", *j.Status, *j.TotalRecords, api.Value(j.FailureReason))
	}
}

// A server that no longer reads the bucket fails the jobs that want it to.
func TestElsewhereIsSwitchedOff(t *testing.T) {
	e := newElsewhere(t)
	h := openWith(t, e)
	id := h.start(t, alice, "s3://crm/a.csv")
	h = on(t, h.store, h.clock)
	h.settle(t)
	if j := h.job(t, alice, id); *j.Status != "FAILED" || !strings.Contains(api.Value(j.FailureReason), "does not read files from that bucket") {
		t.Errorf("%s, %q", *j.Status, api.Value(j.FailureReason))
	}
}

// One process fetches a bounded number of files at a time, and stops when it is told to.
func TestElsewhereIsBounded(t *testing.T) {
	const most = 8
	e := newElsewhere(t)
	began := make(chan struct{}, 2*most)
	e.spoil = func(w http.ResponseWriter, r *http.Request) http.ResponseWriter {
		began <- struct{}{}
		<-r.Context().Done()
		return nil
	}
	h := openWith(t, e)
	for n := range most + 1 {
		account := "10000000000" + string(rune('0'+n))
		h.start(t, account, "s3://shared/"+account+"/a.csv")
	}
	for _, w := range h.claim(t, most+1) { // they begin
		if err := h.store.Update(t.Context(), func(tx *store.Tx) error { return errors.Join(h.Handle(tx, w), tx.Complete(&w)) }); err != nil {
			t.Fatal(err)
		}
	}
	claimed := h.claim(t, most+1)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ends := make(chan error, most)
	for _, w := range claimed[:most] {
		go func() { ends <- h.Prepare(ctx, w) }()
	}
	for range most {
		<-began
	}
	if err := h.Prepare(ctx, claimed[most]); !errors.Is(err, queue.ErrBusy) {
		t.Errorf("one more: %v", err)
	}
	stop()
	for range most {
		if err := <-ends; err != nil {
			t.Errorf("stopped: %v", err)
		}
	}
}
