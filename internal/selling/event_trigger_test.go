package selling_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
	"cosell/internal/auth"
)

// trigger is a row of the table of docs/events.md#triggers: what happens, and exactly
// which events it causes.
type trigger struct {
	what      string
	certainty string
	// prepare does what comes before, and returns what happens.
	prepare func(t *testing.T, h *harness) (act func())
	// tells are the events, in the order of their notes.
	tells []tell
	// parties are the accounts of recipients that have another meaning than usually.
	parties map[string][]string
}

// tell is an event and who receives it.
type tell struct {
	event      string
	recipients []string
}

// Who receives events.
const (
	owner    = "the owner"
	creator  = "the creator"
	sender   = "the sender"
	receiver = "the receiver"
	everyone = "every member"
)

// usually are the accounts that tests of triggers have for recipients.
var usually = map[string][]string{
	owner: {alice}, creator: {alice}, sender: {alice}, receiver: {bob}, everyone: {alice, bob},
}

func (c *trigger) accounts(recipient string) []string {
	if found, ok := c.parties[recipient]; ok {
		return found
	}
	return usually[recipient]
}

// noted is an event as the test compares it.
func noted(account, detailType, participant string) string {
	return strings.TrimSpace(account + ": " + detailType + " " + participant)
}

// wanted returns the events of a row by account, in order.
func (c *trigger) wanted() map[string][]string {
	want := map[string][]string{}
	for _, e := range c.tells {
		for _, recipient := range e.recipients {
			participant := ""
			if strings.HasPrefix(e.event, "Engagement Invitation ") {
				participant = map[string]string{sender: "SENDER", receiver: "RECEIVER"}[recipient]
			}
			for _, account := range c.accounts(recipient) {
				want[account] = append(want[account], noted(account, e.event, participant))
			}
		}
	}
	return want
}

// since returns the events of all accounts behind a sequence by recipient, in order,
// and the last sequence.
func (h *harness) since(t testing.TB, after int64) (found map[string][]string, last int64) {
	t.Helper()
	found, last = map[string][]string{}, after
	for {
		events, err := h.Events(t.Context(), "*", last, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(events) == 0 {
			return found, last
		}
		for _, e := range events {
			last = e.Sequence
			var envelope struct {
				Account    string `json:"account"`
				DetailType string `json:"detail-type"`
				Detail     struct {
					Invitation struct {
						ParticipantType string `json:"participantType"`
					} `json:"engagementInvitation"`
				} `json:"detail"`
			}
			if err := api.Unmarshal(e.Envelope, &envelope); err != nil {
				t.Fatal(err)
			}
			if envelope.Account != e.Account {
				t.Errorf("the envelope of %s names %s", e.Account, envelope.Account)
			}
			found[e.Account] = append(found[e.Account], noted(e.Account, envelope.DetailType, envelope.Detail.Invitation.ParticipantType))
		}
	}
}

// TestTriggers carries out each row of docs/events.md#triggers and sees exactly its
// events, for exactly its recipients, in order, and nothing else.
func TestTriggers(t *testing.T) {
	asked := map[string]bool{}
	for i := range triggers {
		c := &triggers[i]
		t.Run(c.what, func(t *testing.T) {
			h := newHarness(t)
			act := c.prepare(t, h)
			h.work(t)
			_, before := h.since(t, 0)
			h.asked = map[string]bool{}
			act()
			h.work(t)
			maps.Copy(asked, h.asked)
			got, _ := h.since(t, before)
			if diff := cmp.Diff(c.wanted(), got); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
	if t.Failed() {
		return
	}
	for _, op := range api.Operations {
		if !asked[op.Name] {
			t.Errorf("no row has the operation %s", op.Name)
		}
	}
}

// Whatever is refused tells nobody anything: every question of a stranger about the
// deal of others.
func TestRefusedRequestsTellNothing(t *testing.T) {
	d := newDeal(t)
	d.addTasks(t)
	d.ownersDeal(t)
	_, before := d.since(t, 0)
	refused := 0
	for i := range questions {
		q := &questions[i]
		p := party{account: stranger, catalog: "Sandbox", invitation: d.parties[0].invitation}
		if q.own || q.on == "an opportunity of the party's" {
			continue
		}
		body := merge(q.body(d, p), `"Catalog": "Sandbox"`)
		if _, err := try[api.Raw](t, d.harness, stranger, q.operation, body); err != nil {
			refused++
		}
		// A field of another type is refused before the operation runs.
		if op, _ := api.Lookup(q.operation); !op.ReadOnly {
			if _, err := try[api.Raw](t, d.harness, alice, q.operation, `{"Catalog": "Nowhere"}`); err == nil {
				t.Errorf("%s accepts an unknown catalog", q.operation)
			}
		}
	}
	d.work(t)
	if refused < len(questions)/3 {
		t.Errorf("only %d of %d questions were refused", refused, len(questions))
	}
	if got, _ := d.since(t, before); len(got) > 0 {
		t.Errorf("refused requests told %v", got)
	}
}

const (
	triggersBegin = "<!-- The table is written by UPDATE_DOCS=1 go test ./internal/selling/ out of internal/selling/event_triggers_test.go. -->\n"
	triggersEnd   = "<!-- End of the table of triggers. -->\n"
)

// The table of the page is the table that TestTriggers carries out.
func TestTheEventsPageIsTheTable(t *testing.T) {
	page := filepath.Join("..", "..", "docs", "events.md")
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(got), triggersBegin)
	_, after, ends := strings.Cut(rest, triggersEnd)
	if !found || !ends {
		t.Fatalf("%s has no place for the table", page)
	}
	want := before + triggersBegin + triggerTable() + triggersEnd + after
	if os.Getenv("UPDATE_DOCS") != "" {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("run UPDATE_DOCS=1 go test ./internal/selling/ (-table +page):\n%s", diff)
	}
}

func triggerTable() string {
	var b strings.Builder
	b.WriteString("\n| What happens | Events and their recipients, in order | Certainty |\n|---|---|---|\n")
	for _, c := range triggers {
		cells := make([]string, 0, len(c.tells))
		for _, e := range c.tells {
			cells = append(cells, fmt.Sprintf("%s: %s", e.event, strings.Join(e.recipients, ", ")))
		}
		if len(cells) == 0 {
			cells = []string{"none"}
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", c.what, strings.Join(cells, "<br>"), c.certainty)
	}
	b.WriteString("\n")
	return b.String()
}

// inEngagement makes alice's engagement with bob as a member and an opportunity of hers.
func inEngagement(act func(t *testing.T, h *harness, engagement, opportunity string)) func(*testing.T, *harness) func() {
	return func(t *testing.T, h *harness) func() {
		engagement, opportunity := h.shared(t)
		return func() { act(t, h, engagement, opportunity) }
	}
}

// withJob is inEngagement with a running job for snapshots of the opportunity.
func withJob(act func(t *testing.T, h *harness, opportunity string)) func(*testing.T, *harness) func() {
	return func(t *testing.T, h *harness) func() {
		engagement, opportunity := h.shared(t)
		h.startJob(t, alice, h.createJob(t, alice, engagement, opportunity, summaryView))
		return func() { act(t, h, opportunity) }
	}
}

// afterSubmission has alice submit an opportunity by the task before.
func afterSubmission(act func(t *testing.T, h *harness, u underReview)) func(*testing.T, *harness) func() {
	return func(t *testing.T, h *harness) func() {
		u := h.underReview(t, alice)
		return func() { act(t, h, u) }
	}
}

// afterInvitation has alice invite bob to her engagement before.
func afterInvitation(act func(t *testing.T, h *harness, invitation string)) func(*testing.T, *harness) func() {
	return func(t *testing.T, h *harness) func() {
		id := h.invite(t, alice, h.sandboxEngagement(t, alice), bob)
		return func() { act(t, h, id) }
	}
}

// afterReferral has AWS refer an opportunity to bob before.
func afterReferral(act func(t *testing.T, h *harness, invitation string)) func(*testing.T, *harness) func() {
	return func(t *testing.T, h *harness) func() {
		h.refer(t, bob)
		i := h.invited(t, bob, "Sandbox")
		return func() { act(t, h, *i.Id) }
	}
}

// bare is a row that needs nothing before.
func bare(act func(t *testing.T, h *harness)) func(*testing.T, *harness) func() {
	return func(t *testing.T, h *harness) func() { return func() { act(t, h) } }
}

// fromAWS are the parties where AWS invites bob.
var fromAWS = map[string][]string{sender: {auth.AWSAccount}, everyone: {auth.AWSAccount, bob}, owner: {bob}, creator: {auth.AWSAccount}}

// toAWS are the parties where alice invites AWS.
var toAWS = map[string][]string{receiver: {auth.AWSAccount}, everyone: {alice, auth.AWSAccount}}

func told(event string, recipients ...string) tell { return tell{event, recipients} }
