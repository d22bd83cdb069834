package operator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cosell/internal/operator"
	"cosell/internal/store"
	"cosell/internal/store/sqlite"
	"cosell/internal/store/storetest"
	"cosell/internal/transfer"
)

// world is a desk on a store.
type world struct {
	*desk

	store   store.Store
	handler http.Handler
}

func newWorld(t testing.TB) *world {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.WithoutSync())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return worldOn(s)
}

func worldOn(s store.Store) *world {
	d := newDesk()
	inner := operator.New(operator.Config{
		Service: d, Store: s, Clock: d.clock, Log: slog.New(slog.NewTextHandler(&d.log, nil)), Version: "0.0.0",
		ClockMoved: func(context.Context) error { d.moved++; return nil },
		Imported:   func(context.Context) error { d.moved++; return nil },
	})
	return &world{d, s, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { inner.ServeHTTP(w, asLocal(r)) })}
}

func (h *world) ask(t testing.TB, method, path string, body io.Reader) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, operator.Prefix+path, body))
	return w
}

func (h *world) export(t testing.TB) string {
	t.Helper()
	var file bytes.Buffer
	if _, err := transfer.Export(t.Context(), h.store, &file, realTime, transfer.Options{}); err != nil {
		t.Fatal(err)
	}
	return file.String()
}

func TestAResetMakesACleanWorld(t *testing.T) {
	h := newWorld(t)
	storetest.FillTables(t, h.store)
	h.clock.Advance(time.Hour)
	w := h.ask(t, "POST", "/reset", nil)
	var answer struct{ Rows int64 }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != 200 || answer.Rows == 0 {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	file := h.export(t)
	kept := 0
	for _, table := range store.Tables() {
		if table.Secret {
			kept += strings.Count(file, fmt.Sprintf(`{"table":%q`, table.Name))
		}
	}
	if strings.Count(file, `{"table":`) != kept || !strings.Contains(file, `"table":"secrets"`) {
		t.Errorf("it holds\n%s", file)
	}
	if h.clock.Adjusted() || h.moved != 1 {
		t.Errorf("the clock is adjusted: %t; told %d times that it moved", h.clock.Adjusted(), h.moved)
	}
}

func TestAnExportCanBeDownloaded(t *testing.T) {
	h := newWorld(t)
	storetest.FillTables(t, h.store)
	w := h.ask(t, "GET", "/export", nil)
	if w.Code != 200 || w.Header().Get("Content-Type") != "application/jsonl" || w.Header().Get("Cache-Control") != "no-store" ||
		!strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("got %d, %v", w.Code, w.Header())
	}
	summary, err := transfer.Check(w.Body)
	if err != nil || summary.Tables["secrets"] == 0 {
		t.Errorf("%+v, %v", summary, err)
	}
	summary, err = transfer.Check(h.ask(t, "GET", "/export?secrets=false", nil).Body)
	if err != nil || summary.Secrets || summary.Tables["secrets"] != 0 || summary.Tables["opportunities"] == 0 {
		t.Errorf("without secrets: %+v, %v", summary, err)
	}
}

// broken is a store of which reading fails, at once or later.
type broken struct {
	store.Store
	before bool
}

func (s broken) View(ctx context.Context, fn func(*store.Tx) error, options ...store.Option) error {
	if s.before {
		return errors.New("disk broken")
	}
	return errors.Join(s.Store.View(ctx, fn, options...), errors.New("disk broken"))
}

func TestAnExportThatFailsIsNoExport(t *testing.T) {
	whole := newWorld(t)
	h := worldOn(broken{Store: whole.store, before: true})
	w := h.ask(t, "GET", "/export", nil)
	if w.Code != 500 || strings.Contains(w.Body.String(), "disk") || w.Header().Get("Content-Disposition") != "" {
		t.Errorf("before it began: %d %v %s", w.Code, w.Header(), w.Body)
	}
	h = worldOn(broken{Store: whole.store})
	server := httptest.NewServer(h.handler)
	answer, err := http.Get(server.URL + operator.Prefix + "/export")
	if err == nil {
		defer answer.Body.Close()
		_, err = io.ReadAll(answer.Body)
	}
	server.Close() // the handler has written its log
	if err == nil || !strings.Contains(h.log.String(), "disk broken") {
		t.Errorf("in the middle: %v, log: %s", err, h.log.String())
	}
}

func TestImport(t *testing.T) {
	from := newWorld(t)
	storetest.FillTables(t, from.store)
	file := from.export(t)
	h := newWorld(t)
	if err := h.store.Update(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Secret("A", func() string { return "own" })
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		path, file string
		status     int
		want       string
	}{
		{"/import", file[:len(file)/2], 422, "it was cut off"},
		{"/import", "{}\n", 422, "line 1: this is not a file that cosell exported"},
		{"/import", file, 200, `"complete":false`},
		{"/import", file, 200, `"complete":true`},
		{"/import?replace=maybe", file, 422, "query.replace"},
		{"/import?replace=true", file, 200, `"found":0,"complete":false`},
	} {
		w := h.ask(t, "POST", c.path, strings.NewReader(c.file))
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("step %d: got %d %s", i, w.Code, w.Body)
		}
	}
	if got := h.export(t); !strings.Contains(got, `{"table":"secrets","row":{"name":"A","value":"own"}}`) ||
		strings.Count(got, `"table":"secrets"`) != 1 {
		t.Errorf("the installation has other secrets:\n%s", got)
	}
	if h.moved != 3 {
		t.Errorf("told %d times that there may be work", h.moved)
	}
	if w := from.ask(t, "POST", "/import", strings.NewReader(file)); w.Code != 409 || !strings.Contains(w.Body.String(), "the store is not empty") {
		t.Errorf("into a full store: %d %s", w.Code, w.Body)
	}
}

// Who is refused early has not sent all yet, and must be heard out to see the
// answer.
func TestARefusedImportIsAnswered(t *testing.T) {
	h := newWorld(t)
	server := httptest.NewServer(h.handler)
	defer server.Close()
	file := "no export\n" + strings.Repeat("x", 8<<20)
	answer, err := http.Post(server.URL+operator.Prefix+"/import", "application/jsonl", strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("got %s", answer.Status)
	}
}

// patient is a connection that notes the deadlines it is given.
type patient struct {
	*httptest.ResponseRecorder
	reads, writes []time.Time
}

func (p *patient) SetReadDeadline(t time.Time) error  { p.reads = append(p.reads, t); return nil }
func (p *patient) SetWriteDeadline(t time.Time) error { p.writes = append(p.writes, t); return nil }

// The time limits of the server hold from one part of a file to the next, not
// for the file.
func TestALongTransferIsNotCutOff(t *testing.T) {
	h := newWorld(t)
	if err := h.store.Update(t.Context(), func(tx *store.Tx) error {
		for i := range 500 {
			if err := tx.PutAccount(fmt.Sprint(i), []byte(`{"a":"`+strings.Repeat("x", 1000)+`"}`)); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	out := &patient{ResponseRecorder: httptest.NewRecorder()}
	h.handler.ServeHTTP(out, httptest.NewRequestWithContext(t.Context(), "GET", operator.Prefix+"/export", nil))
	if len(out.writes) < 5 || !out.writes[0].After(time.Now()) {
		t.Errorf("an export set %d deadlines", len(out.writes))
	}
	in := &patient{ResponseRecorder: httptest.NewRecorder()}
	h.handler.ServeHTTP(in, httptest.NewRequestWithContext(t.Context(), "POST", operator.Prefix+"/import?replace=true", out.Body))
	if in.Code != 200 || len(in.reads) < 5 || !in.reads[0].After(time.Now()) || !in.writes[0].After(in.reads[0]) {
		t.Errorf("an import answered %d and set %d deadlines", in.Code, len(in.reads))
	}
}

func TestTheStateIsDescribed(t *testing.T) {
	w := newWorld(t).ask(t, "GET", "/openapi.json", nil)
	for _, want := range []string{`"/reset"`, `"/export"`, `"/import"`, `application/jsonl`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the description lacks %s", want)
		}
	}
}

func newOperatorRequest(t testing.TB, method, path, body string) *http.Request {
	t.Helper()
	return httptest.NewRequestWithContext(t.Context(), method, operator.Prefix+path, strings.NewReader(body))
}

func (h *world) serve(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w
}
