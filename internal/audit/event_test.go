package audit_test

import (
	"encoding/json"
	"testing"
	"time"

	"cosell/internal/audit"
	"cosell/internal/auth"
	"cosell/internal/store"
)

// TestEntriesBecomeEvents sees that what changes something is an event of its account, in
// CloudTrail's envelope and in the transaction of the entry, and what only reads is none.
func TestEntriesBecomeEvents(t *testing.T) {
	w := newWorld(t, audit.All)
	told := 0
	w.Events, w.Emitted = true, func() { told++ }
	w.write(t, entry(w.Recorder, "CreateOpportunity", false, "111111111111"), nil)
	refused := entry(w.Recorder, "UpdateOpportunity", false, "111111111111")
	refused.ErrorCode = "ConflictException"
	w.write(t, refused, errRolledBack)
	w.write(t, entry(w.Recorder, "GetOpportunity", true, "111111111111"), nil)
	login := w.Begin(audit.SourceSignIn, "ConsoleLogin", false) // of no account
	w.write(t, login, nil)
	operator := w.Begin(audit.SourceOperator, "PutAccounts", false)
	operator.Caller.Account = "111111111111"
	w.write(t, operator, nil)
	if err := w.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	events, err := store.Events(t.Context(), w.store, store.AllAccounts, 0, 10)
	if err != nil || told == 0 {
		t.Fatal(err, told)
	}
	var got []string
	for _, e := range events {
		var envelope struct {
			Source, Account, Time string
			DetailType            string `json:"detail-type"`
			Detail                audit.Record
		}
		if err := json.Unmarshal(e.Envelope, &envelope); err != nil {
			t.Fatal(err)
		}
		if envelope.Account != "111111111111" || envelope.Detail.RecipientAccountID != "111111111111" {
			t.Errorf("%s", e.Envelope)
		}
		got = append(got, envelope.Source+" "+envelope.DetailType+" "+envelope.Detail.EventName+envelope.Detail.ErrorCode)
	}
	want := []string{
		"aws.partnercentral-selling AWS API Call via CloudTrail CreateOpportunity",
		"cosell.operator Operator Action via Audit PutAccounts",
		"aws.partnercentral-selling AWS API Call via CloudTrail UpdateOpportunityConflictException",
	}
	if len(got) != len(want) || !sameMembers(got, want) {
		t.Errorf("got %q", got)
	}
}

func sameMembers(a, b []string) bool {
	count := map[string]int{}
	for i := range a {
		count[a[i]]++
		count[b[i]]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// TestUserIdentity sees that records name the session of a role as CloudTrail does.
func TestUserIdentity(t *testing.T) {
	w := newWorld(t, audit.Writes)
	e := entry(w.Recorder, "CreateOpportunity", false, "111111111111")
	e.Caller = auth.Principal{
		Account: "111111111111", ARN: "arn:aws:sts::111111111111:assumed-role/hub/nightly", AccessKeyID: "ASIA1",
		Identity: &auth.Identity{Kind: auth.KindRole, Name: "hub", ID: "AROA1", Session: &auth.Session{Name: "nightly", IssuedAt: time.Unix(0, 0)}},
	}
	w.write(t, e, nil)
	page, err := w.List(t.Context(), audit.Query{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(page.Records[0].UserIdentity)
	want := `{"type":"AssumedRole","principalId":"AROA1:nightly","arn":"arn:aws:sts::111111111111:assumed-role/hub/nightly","accountId":"111111111111",` +
		`"accessKeyId":"ASIA1","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROA1","arn":"arn:aws:iam::111111111111:role/hub",` +
		`"accountId":"111111111111","userName":"hub"}}}`
	if err != nil || string(got) != want {
		t.Errorf("got %s", got)
	}
}

// TestUpdateCommitsTheEntry sees that a change outside of an operation has its entry in the
// same transaction, once.
func TestUpdateCommitsTheEntry(t *testing.T) {
	w := newWorld(t, audit.Writes)
	for _, fail := range []error{nil, errRolledBack} {
		e := entry(w.Recorder, "PutUsers", false, "111111111111")
		ctx := audit.With(t.Context(), e)
		runs := 0
		err := audit.Update(ctx, w.store, func(*store.Tx) error { runs++; return fail })
		if err != fail || e.Recorded() != (fail == nil) || runs == 0 {
			t.Errorf("%v: %v, recorded %v", fail, err, e.Recorded())
		}
		if err := w.EndNow(ctx, e); fail == nil && err != nil {
			t.Fatal(err)
		}
	}
	if got := w.names(t, audit.Query{}); got != "PutUsers PutUsers" { //nolint:dupword // the second was refused
		t.Errorf("got %q", got)
	}
}
