package audit_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/audit"
	"cosell/internal/auth"
	"cosell/internal/ids"
	"cosell/internal/store"
	"cosell/internal/store/enginetest"
)

var begin = time.Date(2026, 3, 9, 1, 50, 25, 0, time.UTC)

var errRolledBack = errors.New("rolled back")

// world is a store with an audit, on a clock that tests move.
type world struct {
	*audit.Recorder

	store store.Store
	now   time.Time
	file  bytes.Buffer
}

func newWorld(t testing.TB, mode audit.Mode) *world {
	t.Helper()
	s := enginetest.Open(t)
	w := &world{store: s, now: begin}
	w.Recorder = w.process(t, mode, 0)
	return w
}

// process returns the recorder of another process on the store.
func (w *world) process(t testing.TB, mode audit.Mode, settle time.Duration) *audit.Recorder {
	t.Helper()
	now := func() time.Time { return w.now }
	r, err := audit.New(t.Context(), audit.Config{
		Store: w.store, IDs: ids.New(now, rand.Reader), Key: bytes.Repeat([]byte("k"), audit.KeySize), Mode: mode, Now: now, File: &w.file, Settle: settle,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// entry begins an entry of an account.
func entry(r *audit.Recorder, name string, readOnly bool, account string) *audit.Entry {
	e := r.Begin(audit.SourceSelling, name, readOnly)
	e.Caller = auth.Principal{Account: account, ARN: "arn:aws:iam::" + account + ":user/alice", AccessKeyID: "AKIA1"}
	e.Remote, e.Agent, e.RequestID = "192.0.2.7:4711", "agent\nlevel=ERROR", "r-"+name
	return e
}

// write commits an entry with a transaction.
func (w *world) write(t *testing.T, e *audit.Entry, fail error) {
	t.Helper()
	ctx := audit.With(t.Context(), e)
	err := w.store.Update(ctx, func(tx *store.Tx) error { return errors.Join(audit.Commit(ctx, tx), fail) })
	if !errors.Is(err, fail) {
		t.Fatal(err)
	}
	if err == nil {
		audit.Committed(ctx)
	}
	w.End(ctx, e)
}

func (w *world) names(t *testing.T, q audit.Query) string {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	page, err := w.List(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range page.Records {
		names = append(names, r.EventName)
	}
	return strings.Join(names, " ")
}

func TestModes(t *testing.T) {
	for mode, want := range map[audit.Mode]string{audit.Off: "", audit.Writes: "Update Create", audit.All: "Update Get Create"} {
		w := newWorld(t, mode)
		for _, name := range []string{"Create", "Get", "Update"} {
			if e := w.Begin(audit.SourceSelling, name, name == "Get"); e != nil {
				w.write(t, e, nil)
				w.now = w.now.Add(time.Second)
				if err := w.Flush(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got := w.names(t, audit.Query{}); got != want {
			t.Errorf("%s: %q, want %q", mode, got, want)
		}
	}
}

// What is not committed did not happen; that it was refused is kept.
func TestAnEntryIsCommittedWithItsWrite(t *testing.T) {
	w := newWorld(t, audit.Writes)
	failure := errors.New("refused")
	e := entry(w.Recorder, "Create", false, "111111111111")
	e.SetError(&api.Error{Type: api.TypeConflict, Message: "in conflict\nwith secrets"})
	w.write(t, e, failure)
	page, err := w.List(t.Context(), audit.Query{Limit: 10})
	if err != nil || len(page.Records) != 1 || page.Records[0].ErrorCode != api.TypeConflict || page.Records[0].ErrorMessage != "in conflict" {
		t.Errorf("%+v, %v", page.Records, err)
	}
}

func TestRecordHasTheShapeOfCloudTrail(t *testing.T) {
	w := newWorld(t, audit.All)
	e := entry(w.Recorder, "CreateOpportunity", false, "111111111111")
	e.SetRequest([]byte(`{"Catalog":"AWS","Customer":{"Account":{"CompanyName":"Secret Inc"}}}`), new(api.CreateOpportunityRequest), true)
	ctx := audit.With(t.Context(), e)
	audit.Answered(ctx, &api.CreateOpportunityResponse{Id: new("O1")})
	w.write(t, e, nil)
	var got map[string]any
	if err := json.Unmarshal(w.file.Bytes(), &got); err != nil || bytes.Count(w.file.Bytes(), []byte("\n")) != 1 {
		t.Fatalf("%v: %s", err, w.file.String())
	}
	for name, want := range map[string]any{
		"eventVersion": "1.11", "eventSource": "partnercentral-selling.amazonaws.com", "eventName": "CreateOpportunity", "awsRegion": "us-east-1",
		"sourceIPAddress": "192.0.2.7", "userAgent": "agent\nlevel=ERROR", "requestID": "r-CreateOpportunity", "readOnly": false,
		"eventType": "AwsApiCall", "recipientAccountId": "111111111111", "eventTime": "2026-03-09T01:50:25Z", "managementEvent": true,
	} {
		if got[name] != want {
			t.Errorf("%s: %v, want %v", name, got[name], want)
		}
	}
	parts, err := json.Marshal([]any{got["userIdentity"], got["requestParameters"], got["responseElements"]})
	want := `[{"accessKeyId":"AKIA1","accountId":"111111111111","arn":"arn:aws:iam::111111111111:user/alice","principalId":"111111111111","type":"IAMUser","userName":"alice"},` +
		`{"Catalog":"AWS","Customer":{"Account":{"CompanyName":"HIDDEN_DUE_TO_SECURITY_REASONS"}}},{"Id":"O1"}]`
	if err != nil || string(parts) != want {
		t.Errorf("got %s", parts)
	}
}

func TestList(t *testing.T) {
	w := newWorld(t, audit.All)
	for i, account := range []string{"111111111111", "222222222222", "111111111111"} {
		w.write(t, entry(w.Recorder, []string{"A", "B", "C"}[i], false, account), nil)
		w.write(t, entry(w.Recorder, []string{"a", "b", "c"}[i], true, account), nil)
		w.now = w.now.Add(time.Minute)
		if err := w.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for want, q := range map[string]audit.Query{
		"c C b B a A": {},
		"c C a A":     {Account: "111111111111"},
		"b":           {Name: "b", Account: "222222222222", RequestID: "r-b"},
		"c C":         {From: begin.Add(2 * time.Minute)},
		"a A":         {To: begin.Add(time.Minute)},
		"":            {User: "mallory"},
	} {
		if got := w.names(t, q); !strings.EqualFold(got, want) {
			t.Errorf("%+v: got %q, want %q", q, got, want)
		}
	}
	var all []string
	for q := (audit.Query{Limit: 2}); ; {
		page, err := w.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Records {
			all = append(all, r.EventName)
		}
		if q.Before = page.Next; q.Before == 0 {
			break
		}
	}
	if len(all) != 6 {
		t.Errorf("by pages: %v", all)
	}
}

// verify seals and checks the chain.
func (w *world) verify(t *testing.T, number int64, hash string) audit.Verification {
	t.Helper()
	if err := w.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	v, err := w.Verify(t.Context(), number, hash)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSeveralProcessesMakeOneChain(t *testing.T) {
	w := newWorld(t, audit.Writes)
	other := w.process(t, audit.Writes, 0)
	for range 30 {
		w.now = w.now.Add(time.Millisecond)
		w.write(t, entry(w.Recorder, "A", false, "111111111111"), nil)
		w.now = w.now.Add(time.Millisecond)
		w.write(t, entry(other, "B", false, "111111111111"), nil)
		if err := errors.Join(other.Seal(t.Context()), w.Seal(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	if v := w.verify(t, 0, ""); !v.OK || v.Entries != 60 || v.Open != 0 {
		t.Errorf("%+v", v)
	}
}

func TestYoungRowsAreNotSealedWhereTransactionsOverlap(t *testing.T) {
	w := newWorld(t, audit.Writes)
	r := w.process(t, audit.Writes, time.Minute)
	w.write(t, entry(r, "A", false, "111111111111"), nil)
	w.now = w.now.Add(30 * time.Second)
	if err := r.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v, err := r.Verify(t.Context(), 0, ""); err != nil || !v.OK || v.Entries != 0 || v.Open != 1 {
		t.Errorf("young: %+v, %v", v, err)
	}
	w.now = w.now.Add(31 * time.Second)
	if err := r.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v, err := r.Verify(t.Context(), 0, ""); err != nil || !v.OK || v.Entries != 1 || v.Open != 0 {
		t.Errorf("old: %+v, %v", v, err)
	}
}

func TestAttackAuditIsChanged(t *testing.T) {
	newFull := func(t *testing.T) *world {
		w := newWorld(t, audit.Writes)
		for i := range 5 {
			w.now = begin.Add(time.Duration(i) * time.Minute)
			w.write(t, entry(w.Recorder, "Create", false, "111111111111"), nil)
			if v := w.verify(t, 0, ""); !v.OK {
				t.Fatalf("%+v", v)
			}
		}
		return w
	}
	rows := func(t *testing.T, w *world) (all []store.AuditRecord) {
		if err := w.store.View(t.Context(), func(tx *store.Tx) (err error) {
			all, err = tx.AuditRecords(0, math.MaxInt64, 100)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return all
	}
	remove := func(tx *store.Tx, from, through int64) error {
		_, err := tx.RemovePerished(&store.PerishableAudit, through+1, store.Batch{First: []any{from, ""}, Last: []any{through, "~"}})
		return err
	}
	for name, attack := range map[string]func(tx *store.Tx, all []store.AuditRecord) error{
		"an entry is removed":   func(tx *store.Tx, all []store.AuditRecord) error { return remove(tx, all[2].Sequence, all[2].Sequence) },
		"the oldest is removed": func(tx *store.Tx, all []store.AuditRecord) error { return remove(tx, 0, all[0].Sequence) },
		"all are removed":       func(tx *store.Tx, all []store.AuditRecord) error { return remove(tx, 0, all[4].Sequence) },
		"an entry is added": func(tx *store.Tx, all []store.AuditRecord) error {
			all[1].Sequence++
			return tx.InsertAuditRecord(&all[1])
		},
		"the account is changed": func(tx *store.Tx, all []store.AuditRecord) error {
			return change(tx, remove, all[1], func(r *store.AuditRecord) { r.Account = "2" })
		},
		"the content is changed": func(tx *store.Tx, all []store.AuditRecord) error {
			return change(tx, remove, all[1], func(r *store.AuditRecord) { r.Content[9]++ })
		},
		"the writer is changed": func(tx *store.Tx, all []store.AuditRecord) error {
			return change(tx, remove, all[1], func(r *store.AuditRecord) { r.Writer = "w" })
		},
		"a row is added where the next link will be": func(tx *store.Tx, all []store.AuditRecord) error {
			all[4].Sequence++
			return tx.InsertAuditRecord(&all[4])
		},
		"old entries are removed, with a forged record of their removal": func(tx *store.Tx, all []store.AuditRecord) error {
			forged := store.AuditRecord{
				Sequence: all[4].Sequence + 1, Writer: all[4].Writer, Entries: 1,
				Content: fmt.Appendf(nil, `{"t":1,"s":"operator.cosell","n":"RemoveAuditRecords","in":{"through":"%d"}}`, all[1].Sequence),
			}
			return errors.Join(remove(tx, 0, all[1].Sequence), tx.InsertAuditRecord(&forged))
		},
		"an entry is moved behind": func(tx *store.Tx, all []store.AuditRecord) error {
			return change(tx, remove, all[1], func(r *store.AuditRecord) { r.Sequence = all[4].Sequence + 9 })
		},
	} {
		w := newFull(t)
		all := rows(t, w)
		if err := w.store.Update(t.Context(), func(tx *store.Tx) error { return attack(tx, all) }); err != nil {
			t.Fatal(err)
		}
		if v := w.verify(t, 0, ""); v.OK || v.Problem == "" {
			t.Errorf("%s: not found: %+v", name, v)
		}
	}
	w := newFull(t)
	v := w.verify(t, 0, "")
	if again := w.verify(t, v.Number, v.Hash); !again.OK {
		t.Errorf("a known link: %+v", again)
	}
	if again := w.verify(t, v.Number+1, v.Hash); again.OK {
		t.Errorf("a link was cut off: %+v", again)
	}
	if again := w.verify(t, v.Number-1, v.Hash); again.OK {
		t.Errorf("a link has another hash: %+v", again)
	}
}

// change replaces a row.
func change(tx *store.Tx, remove func(tx *store.Tx, from, through int64) error, r store.AuditRecord, fn func(*store.AuditRecord)) error {
	if err := remove(tx, r.Sequence, r.Sequence); err != nil {
		return err
	}
	fn(&r)
	return tx.InsertAuditRecord(&r)
}

func TestRetentionRemovesWholeLinksAndSaysSo(t *testing.T) {
	w := newWorld(t, audit.Writes)
	var last int64
	for i := range 4 {
		w.now = begin.Add(time.Duration(i) * time.Hour)
		w.write(t, entry(w.Recorder, "Create", false, "111111111111"), nil)
		if i < 3 {
			w.verify(t, 0, "")
		}
	}
	keep, err := w.Removable(t.Context(), ids.FirstSequence(begin.Add(90*time.Minute)))
	if err != nil || keep == 0 {
		t.Fatal(keep, err)
	}
	if err := w.store.Update(t.Context(), func(tx *store.Tx) error {
		last, err = tx.RemovePerished(&store.PerishableAudit, keep, store.Batch{First: []any{int64(0), ""}, Last: []any{keep, "~"}})
		return err
	}); err != nil || last != 2 {
		t.Fatal(last, err)
	}
	if v := w.verify(t, 0, ""); !v.OK || v.Removed != 2 || v.Entries != 3 {
		t.Errorf("%+v", v)
	}
	if got := w.names(t, audit.Query{}); got != "RemoveAuditRecords Create Create" { //nolint:dupword // two creates
		t.Errorf("left: %s", got)
	}
	if keep, err := w.Removable(t.Context(), ids.FirstSequence(begin.Add(90*time.Minute))); keep != 0 || err != nil {
		t.Errorf("nothing is left to remove: %d, %v", keep, err)
	}
}

func TestRunWritesTheRestAtTheEnd(t *testing.T) {
	w := newWorld(t, audit.All)
	w.write(t, entry(w.Recorder, "Get", true, "111111111111"), nil)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	w.Run(ended)
	if v, err := w.Verify(t.Context(), 0, ""); err != nil || v.Entries != 1 {
		t.Errorf("%+v, %v", v, err)
	}
}
