package chaos

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cosell/internal/api"
)

// verdict counts what was found to be lost or doubled. Either fails the test.
type verdict struct {
	t             *testing.T
	lost, doubled atomic.Int64
}

func (v *verdict) lostf(format string, args ...any) {
	v.lost.Add(1)
	v.t.Errorf("LOST: "+format, args...)
}

func (v *verdict) doubledf(format string, args ...any) {
	v.doubled.Add(1)
	v.t.Errorf("DOUBLED: "+format, args...)
}

// settling is how long work may take that a server which died had begun: its
// lease, and what others do meanwhile.
const settling = 2 * time.Minute

// eventually waits until something is so, and reports whether that came. Once a test
// has failed it does not wait.
func eventually(t *testing.T, what string, so func() bool) bool {
	t.Helper()
	deadline := time.After(settling)
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for !so() {
		select {
		case <-look.C:
			if t.Failed() {
				return false
			}
		case <-deadline:
			t.Errorf("after %s still not: %s", settling, what)
			return false
		}
	}
	return true
}

// verify compares everything that is there with what everybody knows. All servers
// run, and the partners have ended. There is one more fault while invitations
// expire.
func (w *world) verify(t *testing.T, fault func()) *verdict {
	t.Helper()
	v := &verdict{t: t}
	ctx := t.Context()
	// A pass of a snapshot job that comes late would make a revision behind the
	// check's back.
	w.idle(t, "all work is done but for the expiries", expiry)
	w.each(func(p *partner) {
		p.verifyTasks(ctx, v)
		p.verifyDeals(ctx, v)
		p.verifyTokens(ctx, v)
		p.verifySnapshots(t, v)
		p.verifyInvitations(ctx, v)
	})
	if t.Failed() {
		return v
	}
	w.verifyCounts(t, v)
	w.expire(t)
	fault()
	happened := story{}
	for _, p := range w.partners {
		for c, events := range p.story {
			for _, what := range events {
				happened.add(c.account, c.subject, what)
			}
		}
	}
	c := &w.partners[0].client
	w.idle(t, "all work is done")
	told, order := readStory(t, v, c, w.told())
	w.verifyFollowers(t, v, order)
	w.verifyReceiver(t, v, order)
	w.verifySnapshotEvents(v, told.part(snapshotCreated))
	told.compare(v, happened)
	w.report(t, told)
	return v
}

// report says what there was to verify.
func (w *world) report(t *testing.T, told story) {
	t.Helper()
	var deals, engagements, tasks, snapshots, events int
	answers := map[api.InvitationStatus]int{}
	for _, p := range w.partners {
		deals += len(p.deals)
		engagements += len(p.engagements)
		snapshots += len(p.snapshots)
		for _, d := range p.deals {
			if d.submitted != nil {
				tasks++
			}
		}
		for _, e := range p.engagements {
			for _, i := range e.invitations {
				if answers[i.status]++; i.task != nil {
					tasks++
				}
			}
		}
	}
	for _, chapter := range told {
		events += len(chapter)
	}
	t.Logf("%d opportunities, %d engagements, invitations %v, %d tasks, %d snapshots, %d other events",
		deals, engagements, answers, tasks, snapshots, events)
}

// each lets all partners look at once.
func (w *world) each(look func(*partner)) {
	var wait sync.WaitGroup
	for _, p := range w.partners {
		wait.Go(func() { look(p) })
	}
	wait.Wait()
}

// expiry is the kind of work that is due when an invitation's time is over.
const expiry = "expire-invitation"

// idle waits until no work is left of which something could still come, but for
// some kinds.
func (w *world) idle(t *testing.T, what string, but ...string) {
	t.Helper()
	eventually(t, what, func() bool {
		var left struct{ Work []struct{ Kind string } }
		operate(t, &w.partners[0].client, http.MethodGet, "/work?limit=1000", nil, &left)
		for _, one := range left.Work { // the longest due first, so expiries come last
			if !slices.Contains(but, one.Kind) {
				return false
			}
		}
		return true
	})
}

// taskResult is what the answer about a task of any kind says.
type taskResult struct {
	TaskID        string `json:"TaskId"`
	TaskStatus    api.TaskStatus
	Message       string // empty where it is null
	OpportunityID string `json:"OpportunityId"`
	EngagementID  string `json:"EngagementId"`
	InvitationID  string `json:"EngagementInvitationId"`
	JobID         string `json:"ResourceSnapshotJobId"`
}

// result asks again for a task with its client token. It is nil where the task
// is not complete.
func (p *partner) result(ctx context.Context, v *verdict, task *taskUse) *taskResult {
	out, err := ask[taskResult](ctx, &p.client, task.account, task.operation, task.in)
	p.tally.replayed.Add(1)
	switch {
	case err != nil:
		v.lostf("%s: %s: %v", p.name, task.operation, err)
	case out.TaskStatus != api.TaskStatusComplete:
		v.lostf("%s: %s %s is %s: %s", p.name, task.operation, out.TaskID, out.TaskStatus, out.Message)
	default:
		return out
	}
	return nil
}

// verifyTasks sees that tasks are complete, and adds what they made to what is
// known.
func (p *partner) verifyTasks(ctx context.Context, v *verdict) {
	for _, d := range p.deals {
		if d.submitted == nil {
			continue
		}
		made := p.result(ctx, v, d.submitted)
		if made == nil {
			continue
		}
		p.story.add(p.account, d.id, opportunityUpdated)
		e := &engagement{id: made.EngagementID, arn: engagementARN(made.EngagementID), job: made.JobID, deal: d, members: []string{p.account}}
		p.story.add(p.account, e.arn, engagementCreated)
		p.story.add(p.account, e.arn, memberAdded)
		i := &invitation{id: made.InvitationID, arn: invitationARN(made.InvitationID), receiver: "aws", status: api.InvitationStatusPending}
		p.story.both(p.account, i, invitationCreated)
		e.invitations = append(e.invitations, i)
		e.published = []publication{{1, d.content.nextSteps}}
		p.engagements = append(p.engagements, e)
	}
	for _, e := range p.engagements {
		for _, i := range e.invitations {
			if i.task == nil {
				continue
			}
			if made := p.result(ctx, v, i.task); made != nil {
				i.task.made = made
				p.story.add(i.receiver, made.OpportunityID, opportunityCreated)
				p.story.add(i.receiver, made.OpportunityID, opportunityUpdated)
			}
		}
	}
}

func (p *partner) verifyDeals(ctx context.Context, v *verdict) {
	for _, d := range p.deals {
		if _, err := p.read(ctx, d); err != nil {
			v.lostf("%s: %v", p.name, err)
		}
		out, err := ask[api.ListTagsForResourceResponse](ctx, &p.client, p.account, "ListTagsForResource",
			&api.ListTagsForResourceRequest{ResourceArn: &d.arn})
		if err != nil {
			v.lostf("%s: the tags of %s: %v", p.name, d.id, err)
			continue
		}
		tags := map[string]string{}
		for _, tag := range out.Tags {
			tags[*tag.Key] = *tag.Value
		}
		if !maps.Equal(tags, d.tags) {
			v.lostf("%s: %s has the tags %v, acknowledged are %v", p.name, d.id, tags, d.tags)
		}
	}
}

// verifyTokens sends every request with a client token once more.
func (p *partner) verifyTokens(ctx context.Context, v *verdict) {
	for _, use := range p.tokens {
		answer, err := p.ask(ctx, use.account, use.operation, use.in)
		p.tally.replayed.Add(1)
		if err != nil || !bytes.Equal(answer, use.answer) {
			v.doubledf("%s: %s, sent again, answers %s, %v\nand not %s", p.name, use.operation, answer, err, use.answer)
		}
	}
}

func (p *partner) verifyInvitations(ctx context.Context, v *verdict) {
	for _, e := range p.engagements {
		for _, i := range e.invitations {
			out, err := ask[api.GetEngagementInvitationResponse](ctx, &p.client, p.account, "GetEngagementInvitation",
				&api.GetEngagementInvitationRequest{Catalog: catalog, Identifier: &i.id})
			if err != nil || *out.Status != i.status {
				v.lostf("%s: invitation %s must be %s: %+v, %v", p.name, i.id, i.status, out, err)
			}
		}
	}
}

// part takes the chapters that begin with an event out of a story.
func (s story) part(what string) story {
	part := story{}
	for c, events := range s {
		if events[0] == what {
			part[c] = events
			delete(s, c)
		}
	}
	return part
}

// expire lets the time of the invitations pass. The server that is told tells the
// others.
func (w *world) expire(t *testing.T) {
	t.Helper()
	var state any
	operate(t, &w.partners[0].client, http.MethodPost, "/clock", strings.NewReader(`{"advance": "384h"}`), &state)
	for _, p := range w.partners {
		for _, e := range p.engagements {
			for _, i := range e.invitations {
				if i.status == api.InvitationStatusPending && i.receiver != "aws" {
					i.status = api.InvitationStatusExpired
					p.story.both(p.account, i, invitationExpired)
				}
			}
		}
	}
}
