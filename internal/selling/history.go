package selling

import (
	"context"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/difference"
	"cosell/internal/events"
	"cosell/internal/operation"
	"cosell/internal/store"
)

// The kinds of records under which the history has them.
const (
	KindOpportunity = "Opportunity"
	KindEngagement  = "Engagement"
)

// What the history calls changes that no operation of the API makes.
const (
	operationAwsSummary = "UpdateAwsOpportunitySummary"
	processPolicy       = "review policy"
)

// changes are what the store holds of an opportunity before and after a change, as the
// history compares it. AWS's side is not read for changes of the partner's alone.
type changes struct {
	before, after       []byte
	awsBefore, awsAfter []byte
}

// awsSide notes that AWS's side was stored. It may be stored several times for a change.
func (c *changes) awsSide(before, after []byte) {
	if c.awsAfter == nil {
		c.awsBefore = before
	}
	c.awsAfter = after
}

// What of an opportunity the history leaves out: times of changes, and what follows from
// another member.
var (
	partnerSide = difference.Options{Ignored: []string{"LastModifiedDate", "LifeCycle.NextStepsHistory"}}
	awsSide     = difference.Options{
		Prefix:  "AwsOpportunitySummary.",
		Ignored: []string{"SentBackByEdit", "LifeCycle.NextStepsHistory"},
		Renamed: map[string]string{"ExpectedCustomerSpend": "Project.ExpectedCustomerSpend"},
	}
)

// changed ends every change of an opportunity of the caller's, once it is stored: the
// history keeps it, running snapshot jobs follow, and the owner is told.
func (c *Call) changed(o *opportunity, at api.Timestamp) error {
	if err := c.opportunityChanged(o); err != nil {
		return err
	}
	id, sequence := c.IDs.UUID(), c.IDs.Sequence()
	var differences []byte
	if o.changes.after != nil {
		differences = partnerSide.Append(differences, o.changes.before, o.changes.after)
		o.changes.before = o.changes.after
	}
	if o.changes.awsAfter != nil {
		differences = awsSide.Append(differences, o.changes.awsBefore, o.changes.awsAfter)
	}
	o.changes = changes{before: o.changes.before}
	if err := c.Keep(KindOpportunity, *o.Catalog, *o.Id, sequence, at, differences); err != nil {
		return err
	}
	return c.EmitIn(sequence, id, c.Caller.Account, events.OpportunityUpdated(*o.Catalog, *o.Id), c.Now.Time())
}

// OpportunityHistory returns at most limit changes of an opportunity, the newest first,
// behind a sequence unless it is 0.
func (s *Service) OpportunityHistory(ctx context.Context, key store.OpportunityKey, before int64, limit int) (h operation.RecordHistory, err error) {
	err = s.view(ctx, auth.Principal{Account: key.Account}, func(c *Call) error {
		o, err := c.opportunity(key.Catalog, key.ID)
		if err != nil {
			return err
		}
		h.CreatedAt, h.Origin = *o.CreatedDate, string(api.Value(o.Origin))
		h.History, err = c.History(KindOpportunity, key.Catalog, key.ID, before, limit)
		return err
	})
	return h, err
}

// sharedSide leaves out of an engagement's history what says when and by whom.
var sharedSide = difference.Options{Ignored: []string{"ModifiedAt", "ModifiedBy"}}

// keepEngagement adds a change of an engagement to its history: what differs from what was
// read, and more where that is not in its document.
func (c *Call) keepEngagement(e *engagement, document, more []byte) error {
	differences := sharedSide.Append(more, e.stored, document)
	e.stored = document
	return c.KeepShared(KindEngagement, e.Catalog, *e.Id, c.IDs.Sequence(), *e.ModifiedAt, differences)
}

// joined is the difference that a new member makes.
func joined(account string) []byte {
	return []byte(`{"path":"Members","after":"` + account + `"}`) // digits, or aws
}

// EngagementHistory is OpportunityHistory of an engagement that an account is a member of.
func (s *Service) EngagementHistory(ctx context.Context, account, catalog, id string, before int64, limit int) (h operation.RecordHistory, err error) {
	err = s.view(ctx, auth.Principal{Account: account}, func(c *Call) error {
		e, err := c.visibleEngagement("identifier", catalog, id)
		if err != nil {
			return err
		}
		h.CreatedAt, h.CreatedBy = *e.CreatedAt, *e.CreatedBy
		h.History, err = c.SharedHistory(KindEngagement, catalog, *e.Id, before, limit)
		return err
	})
	return h, err
}
