package proposal_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/proposal"
)

// A proposal may be approved until its time is over, by the business clock.
func TestProposalsExpire(t *testing.T) {
	for name, c := range map[string]struct {
		after  time.Duration
		status string
	}{
		"at once":         {0, proposal.Approved},
		"in the last":     {proposal.Lifetime - time.Millisecond, proposal.Approved},
		"when it is over": {proposal.Lifetime, proposal.Expired},
		"long after":      {100 * proposal.Lifetime, proposal.Expired},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			made := d.proposed(alice, "CreateOpportunity", draft("Example Corp"))
			d.clock.Advance(c.after)
			_, err := d.approve(made.Token, "ann")
			if got := d.status(made.Token); got != c.status {
				t.Errorf("status %s", got)
			}
			if c.status == proposal.Approved {
				if err != nil || d.opportunities(alice) != 1 {
					t.Errorf("%v; there are %d", err, d.opportunities(alice))
				}
				return
			}
			conflicts(t, err, "expired at")
			if _, err := d.Proposals.Reject(t.Context(), made.Token, "ann", ""); err == nil {
				t.Error("an expired one was rejected")
			}
			if n := d.opportunities(alice); n != 0 {
				t.Errorf("there are %d", n)
			}
			for status, want := range map[string]int{"": 1, proposal.Expired: 1, proposal.Pending: 0} {
				if list, err := d.Proposals.List(t.Context(), proposal.Query{Status: status, Limit: 10}); err != nil || len(list) != want {
					t.Errorf("%q lists %d, %v", status, len(list), err)
				}
			}
			if n, err := d.Proposals.Waiting(t.Context(), "", 10); err != nil || n != 0 {
				t.Errorf("%d wait, %v", n, err)
			}
		})
	}
}

// A proposal is decided once.
func TestOneDecision(t *testing.T) {
	for _, first := range []string{proposal.Approved, proposal.Rejected} {
		for _, second := range []string{proposal.Approved, proposal.Rejected} {
			t.Run(first+", then "+second, func(t *testing.T) {
				d := newDesk(t)
				made := d.proposed(alice, "CreateOpportunity", draft("Example Corp"))
				decide := func(decision, by string) error {
					if decision == proposal.Approved {
						_, err := d.approve(made.Token, by)
						return err
					}
					_, err := d.Proposals.Reject(t.Context(), made.Token, by, "why")
					return err
				}
				if err := decide(first, "ann"); err != nil {
					t.Fatal(err)
				}
				conflicts(t, decide(second, "bea"), first+" already")
				p, err := d.Proposals.Show(t.Context(), made.Token)
				if err != nil || p.Status != first || p.DecidedBy != "ann" {
					t.Errorf("%+v, %v", p, err)
				}
				want := 0
				if first == proposal.Approved {
					want = 1
				}
				if n := d.opportunities(alice); n != want {
					t.Errorf("there are %d, want %d", n, want)
				}
			})
		}
	}
}

// Of operators who approve at the same time, one has the operation carried out, and once.
func TestTwoApprovalsAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		operation string
		approvers int
	}{
		"two":           {"CreateOpportunity", 2},
		"many":          {"CreateOpportunity", 8},
		"two of a task": {"StartEngagementFromOpportunityTask", 2},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			in, before := draft("Example Corp"), 0
			if c.operation != "CreateOpportunity" {
				named := d.world()
				in = submission(named["harvest-images"])
				before = d.opportunities(alice)
			}
			made := d.proposed(alice, c.operation, in)
			// All have found the proposal undecided before the first carries it out.
			var ready sync.WaitGroup
			ready.Add(c.approvers)
			d.before = func() { ready.Done(); ready.Wait() }
			errs := make([]error, c.approvers)
			var approving sync.WaitGroup
			for i := range errs {
				approving.Go(func() { _, errs[i] = d.approve(made.Token, string(rune('a'+i))) })
			}
			approving.Wait()
			d.before = nil
			winner := ""
			for i, err := range errs {
				if err == nil {
					winner += string(rune('a' + i))
					continue
				}
				conflicts(t, err, "APPROVED already")
			}
			p, err := d.Proposals.Show(t.Context(), made.Token)
			if err != nil {
				t.Fatal(err)
			}
			if len(winner) != 1 || p.Status != proposal.Approved || p.DecidedBy != winner || len(p.Answer) == 0 || p.Error != "" {
				t.Errorf("approved by %q: %+v", winner, p)
			}
			if c.operation == "CreateOpportunity" {
				before++
			}
			if n := d.opportunities(alice); n != before {
				t.Errorf("there are %d, want %d", n, before)
			}
			if c.operation != "CreateOpportunity" {
				var tasks struct{ TaskSummaries []struct{ TaskStatus string } }
				d.call(alice, "ListEngagementFromOpportunityTasks", map[string]any{
					"Catalog": sandbox, "OpportunityIdentifier": []string{made.Record}, "Sort": map[string]any{"SortBy": "StartTime", "SortOrder": "ASCENDING"},
				}, &tasks)
				if len(tasks.TaskSummaries) != 1 || tasks.TaskSummaries[0].TaskStatus != "COMPLETE" {
					t.Errorf("tasks %+v", tasks)
				}
			}
		})
	}
}

// An approval and a rejection at the same time: either wins, and what is there agrees with it.
func TestApprovalAndRejectionAtOnce(t *testing.T) {
	d := newDesk(t)
	made := d.proposed(alice, "CreateOpportunity", draft("Example Corp"))
	var rejecting sync.WaitGroup
	var rejected error
	d.before = func() {
		rejecting.Go(func() { _, rejected = d.Proposals.Reject(t.Context(), made.Token, "bea", "no") })
	}
	_, approved := d.approve(made.Token, "ann")
	rejecting.Wait()
	d.before = nil
	want := map[string]int{proposal.Approved: 1, proposal.Rejected: 0}
	status := d.status(made.Token)
	if (approved == nil) == (rejected == nil) || (approved == nil) != (status == proposal.Approved) || d.opportunities(alice) != want[status] {
		t.Errorf("%s with %d: approved %v, rejected %v", status, d.opportunities(alice), approved, rejected)
	}
}

// What was proposed for a record as it was is not carried out on another one.
func TestRecordsThatChangedMeanwhile(t *testing.T) {
	d := newDesk(t)
	named := d.world()
	id := named["harvest-images"]
	assign := map[string]any{"Catalog": sandbox, "Identifier": id, "Assignee": map[string]any{
		"Email": "a@example.com", "FirstName": "A", "LastName": "B", "BusinessTitle": "Sales",
	}}
	first, second := d.proposed(alice, "AssignOpportunity", assign), d.proposed(alice, "StartEngagementFromOpportunityTask", submission(id))
	if _, err := d.approve(first.Token, "ann"); err != nil {
		t.Fatal(err)
	}
	_, err := d.approve(second.Token, "ann")
	conflicts(t, err, "was changed since")
	if got := d.status(second.Token); got != proposal.Failed {
		t.Errorf("status %s", got)
	}
}

// A proposal that its operation would refuse is none: neither what the operation refuses at
// once, nor what would fail the task that it starts.
func TestWrongProposals(t *testing.T) {
	d := newDesk(t)
	named := d.world()
	for name, c := range map[string]struct {
		account, operation string
		in                 map[string]any
		want               string
	}{
		"a task that would fail":   {alice, "StartEngagementFromOpportunityTask", submission(named["office-files"]), "ValidationException"},
		"a rule":                   {alice, "SubmitOpportunity", map[string]any{"Catalog": sandbox, "Identifier": named["freight-lake"], "InvolvementType": "Co-Sell"}, "Exception"},
		"another account's record": {bob, "StartEngagementFromOpportunityTask", submission(named["harvest-images"]), "ResourceNotFoundException"},
	} {
		if made, err := d.propose(c.account, c.operation, c.in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %+v, %v", name, made, err)
		}
	}
	if n, err := d.Proposals.Waiting(t.Context(), "", 10); err != nil || n != 0 {
		t.Errorf("%d wait, %v", n, err)
	}
}

// TestAttackProposalOfANamesake sees that a user does not read what another one proposed who
// had the name before and was deleted.
func TestAttackProposalOfANamesake(t *testing.T) {
	d := newDesk(t)
	op, _ := api.LookupIn(proposal.Operations, "GetProposal")
	user := func(id string) auth.Principal {
		p := principal(alice)
		p.ARN, p.Identity = "arn:aws:iam::"+alice+":user/ann", &auth.Identity{Kind: auth.KindUser, Name: "ann", ID: id}
		return p
	}
	creates, _ := api.LookupIn(proposal.Operations, "ProposeCreateOpportunity")
	in, err := input(creates, encode(t, draft("Example Corp")))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := d.Proposals.Do(t.Context(), user("AIDA1"), creates, in)
	if err != nil {
		t.Fatal(err)
	}
	var made receipt
	if raw, ok := answer.(api.Raw); !ok || json.Unmarshal(raw, &made) != nil {
		t.Fatalf("answered %v", answer)
	}
	for id, want := range map[string]bool{"AIDA1": true, "AIDA2": false, "": false} {
		_, err := d.Proposals.Do(t.Context(), user(id), op, &proposal.GetProposalRequest{ProposalToken: &made.Token})
		if (err == nil) != want {
			t.Errorf("%q reads it: %v, want %t", id, err, want)
		}
	}
}

// An account may have so many proposals that wait, and others are not held up by them.
func TestProposalsAreBounded(t *testing.T) {
	d := newDesk(t)
	var last *receipt
	for range proposal.MaxPending {
		last = d.proposed(alice, "CreateOpportunity", draft("Example Corp"))
	}
	if _, err := d.propose(alice, "CreateOpportunity", draft("Example Corp")); err == nil || !strings.Contains(err.Error(), "ServiceQuotaExceededException") {
		t.Errorf("one more: %v", err)
	}
	d.proposed(bob, "CreateOpportunity", draft("Example Corp"))
	if _, err := d.Proposals.Reject(t.Context(), last.Token, "ann", ""); err != nil {
		t.Fatal(err)
	}
	d.proposed(alice, "CreateOpportunity", draft("Example Corp"))
	d.clock.Advance(proposal.Lifetime)
	d.proposed(alice, "CreateOpportunity", draft("Example Corp"))
}

// submission submits an opportunity by the task.
func submission(id string) map[string]any {
	return map[string]any{
		"Catalog": sandbox, "ClientToken": "submit", "Identifier": id,
		"AwsSubmission": map[string]any{"InvolvementType": "Co-Sell", "Visibility": "Full"},
	}
}
