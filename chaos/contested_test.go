package chaos

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/anishathalye/porcupine"

	"cosell/internal/api"
)

// What clients contend for, each with the model of how it behaves when nobody
// contends.

// contestedDeal is an opportunity that several clients update.
type contestedDeal struct {
	account, id string

	mu   sync.Mutex
	open map[string]openUpdate // updates without an answer, by the title they write
}

type openUpdate struct {
	client, call int64
	in           updateDeal
}

type (
	dealState  struct{ version, title string }
	readDeal   struct{}
	updateDeal struct{ expects, title string }
	// updated is the answer to an update; its version is empty where that was
	// refused.
	updated struct{ version string }
)

func dealModel(first dealState) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return first },
		Step: func(state, in, out any) (bool, any) {
			now := state.(dealState)
			change, writes := in.(updateDeal)
			switch {
			case !writes:
				return out == now, now
			case out.(updated).version == "":
				return change.expects != now.version, now
			default:
				after := dealState{out.(updated).version, change.title}
				return change.expects == now.version && after.version > now.version, after
			}
		},
	}
}

func contestDeal(t *testing.T, p *partner) *subject {
	t.Helper()
	if err := p.create(t.Context()); err != nil {
		t.Fatal(err)
	}
	d := p.deals[0]
	return &subject{
		model: dealModel(dealState{d.modified.String(), d.content.title}),
		deal:  &contestedDeal{account: d.account, id: d.id, open: map[string]openUpdate{}},
	}
}

// readDeal reads until there is an answer.
func (c *contender) readDeal(ctx context.Context, r *contest, s *subject) (*api.GetOpportunityResponse, error) {
	call := r.now()
	stored, err := ask[api.GetOpportunityResponse](ctx, &c.client, s.deal.account, "GetOpportunity",
		&api.GetOpportunityRequest{Catalog: catalog, Identifier: &s.deal.id})
	if err != nil {
		return nil, err
	}
	s.history.add(c.number, call, readDeal{}, dealState{stored.LastModifiedDate.String(), *stored.Project.Title}, r.now())
	return stored, nil
}

// contendDeal reads and, more often than not, writes back.
func (c *contender) contendDeal(ctx context.Context, r *contest, s *subject) error {
	stored, err := c.readDeal(ctx, r, s)
	if err != nil || c.random.IntN(4) == 0 {
		return err
	}
	c.serial++
	in := updateDeal{stored.LastModifiedDate.String(), fmt.Sprintf("client %d, update %d", c.number, c.serial)}
	stored.Project.Title = new(in.title)
	call := r.now()
	answer, err := c.once(ctx, s.deal.account, "UpdateOpportunity", updateOf(stored))
	switch {
	case errors.Is(err, errUnknown):
		s.deal.mu.Lock()
		defer s.deal.mu.Unlock()
		s.deal.open[in.title] = openUpdate{int64(c.number), call, in}
	case conflicts(err):
		s.history.add(c.number, call, in, updated{}, r.now())
	case err != nil:
		return err
	default:
		out, err := told[api.UpdateOpportunityResponse](answer, nil)
		if err != nil {
			return err
		}
		s.history.add(c.number, call, in, updated{out.LastModifiedDate.String()}, r.now())
	}
	return nil
}

// settle adds the updates without an answer that somebody saw. One that nobody
// saw, the last reader included, had no effect on what anybody saw.
func (d *contestedDeal) settle(h *history) {
	for _, op := range h.ops {
		seen, ok := op.Output.(dealState)
		if !ok {
			continue
		}
		if open, ok := d.open[seen.title]; ok {
			delete(d.open, seen.title)
			h.add(int(open.client), open.call, open.in, updated{seen.version}, never)
		}
	}
}

// answer is what a client does with an invitation, and its states.
type answer string

const (
	look    answer = "look"
	pending answer = answer(api.InvitationStatusPending)
	accept  answer = answer(api.InvitationStatusAccepted)
	reject  answer = answer(api.InvitationStatusRejected)

	// The outcomes of answering.
	done    answer = "done"
	late    answer = "too late"
	unknown answer = "unknown"
)

var invitationModel = porcupine.Model{
	Init: func() any { return pending },
	Step: func(state, in, out any) (bool, any) {
		open := state == pending
		switch {
		case in == look:
			return out == state, state
		case out == late:
			return !open, state
		case out == unknown && !open:
			return true, state // it comes too late, if ever
		default:
			return open, in
		}
	},
}

// receiverAccount is who is invited.
const receiverAccount = "999999999999"

func contestInvitation(t *testing.T, p *partner) *subject {
	t.Helper()
	ctx := t.Context()
	p.others = []string{receiverAccount}
	if err := p.engage(ctx, p.deals[0]); err != nil {
		t.Fatal(err)
	}
	i, err := p.send(ctx, p.engagements[0])
	if err != nil {
		t.Fatal(err)
	}
	return &subject{model: invitationModel, invitation: i.id}
}

func (c *contender) readInvitation(ctx context.Context, r *contest, s *subject) error {
	call := r.now()
	out, err := ask[api.GetEngagementInvitationResponse](ctx, &c.client, receiverAccount, "GetEngagementInvitation",
		&api.GetEngagementInvitationRequest{Catalog: catalog, Identifier: &s.invitation})
	if err == nil {
		s.history.add(c.number, call, look, answer(*out.Status), r.now())
	}
	return err
}

// contendInvitation looks at the invitation, or answers it.
func (c *contender) contendInvitation(ctx context.Context, r *contest, s *subject) error {
	var do answer
	var err error
	call := r.now()
	switch c.random.IntN(8) {
	case 0:
		do = accept
		_, err = c.once(ctx, receiverAccount, "AcceptEngagementInvitation",
			&api.AcceptEngagementInvitationRequest{Catalog: catalog, Identifier: &s.invitation})
	case 1:
		do = reject
		_, err = c.once(ctx, receiverAccount, "RejectEngagementInvitation",
			&api.RejectEngagementInvitationRequest{Catalog: catalog, Identifier: &s.invitation, RejectionReason: new("Next steps unclear")})
	default:
		return c.readInvitation(ctx, r, s)
	}
	switch {
	case errors.Is(err, errUnknown):
		s.history.add(c.number, call, do, unknown, never)
	case conflicts(err):
		s.history.add(c.number, call, do, late, r.now())
	case err != nil:
		return err
	default:
		s.history.add(c.number, call, do, done, r.now())
	}
	return nil
}

// contestedSnapshot is an opportunity of which several clients make snapshots.
type contestedSnapshot struct {
	account, engagementID, opportunityID string

	mu   sync.Mutex
	open []openSnapshot
}

type openSnapshot struct {
	client int
	call   int64
	in     *api.CreateResourceSnapshotRequest
}

// makes reports whether a client makes a revision, or looks for the latest. Either
// has its number for an answer.
type makes bool

var snapshotModel = porcupine.Model{
	Init: func() any { return int32(0) },
	Step: func(state, in, out any) (bool, any) {
		latest := state.(int32)
		if in.(makes) {
			latest++
		}
		return out == latest, latest
	},
}

func contestSnapshot(t *testing.T, p *partner) *subject {
	t.Helper()
	if err := p.create(t.Context()); err != nil {
		t.Fatal(err)
	}
	e, err := p.makeEngagement(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return &subject{model: snapshotModel, snapshot: &contestedSnapshot{
		account: p.account, engagementID: e.id, opportunityID: p.deals[1].id,
	}}
}

func (c *contender) readSnapshot(ctx context.Context, r *contest, s *subject) error {
	call := r.now()
	out, err := ask[api.GetResourceSnapshotResponse](ctx, &c.client, s.snapshot.account, "GetResourceSnapshot",
		snapshotOf(s.snapshot.engagementID, s.snapshot.opportunityID, nil))
	if refused, ok := errors.AsType[*refusal](err); ok && refused.Type == api.TypeResourceNotFound {
		s.history.add(c.number, call, makes(false), int32(0), r.now())
		return nil
	}
	if err == nil {
		s.history.add(c.number, call, makes(false), *out.Revision, r.now())
	}
	return err
}

// contendSnapshot makes a revision, or looks.
func (c *contender) contendSnapshot(ctx context.Context, r *contest, s *subject) error {
	if c.random.IntN(2) == 0 {
		return c.readSnapshot(ctx, r, s)
	}
	c.serial++
	in := snapshotRequest(s.snapshot.engagementID, s.snapshot.opportunityID,
		new(fmt.Sprintf("%s, client %d, snapshot %d", s.snapshot.engagementID, c.number, c.serial)))
	call := r.now()
	answer, err := c.once(ctx, s.snapshot.account, "CreateResourceSnapshot", in)
	if errors.Is(err, errUnknown) {
		s.snapshot.mu.Lock()
		defer s.snapshot.mu.Unlock()
		s.snapshot.open = append(s.snapshot.open, openSnapshot{c.number, call, in})
		return nil
	}
	out, err := told[api.CreateResourceSnapshotResponse](answer, err)
	if err == nil {
		s.history.add(c.number, call, makes(true), *out.Revision, r.now())
	}
	return err
}

// settle sends what had no answer once more, with its client token: the answer is
// the one it would have had.
func (s *contestedSnapshot) settle(ctx context.Context, c *contender, r *contest, h *history) error {
	for _, open := range s.open {
		out, err := ask[api.CreateResourceSnapshotResponse](ctx, &c.client, s.account, "CreateResourceSnapshot", open.in)
		if err != nil {
			return err
		}
		h.add(open.client, open.call, makes(true), *out.Revision, r.now())
	}
	return nil
}
