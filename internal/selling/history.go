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

// KindOpportunity is the kind of record under which the history has opportunities.
const KindOpportunity = "Opportunity"

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

// OpportunityHistory is a page of the changes of an opportunity, and its creation.
type OpportunityHistory struct {
	operation.History
	CreatedAt api.Timestamp
	Origin    api.OpportunityOrigin // "" if none was given
}

// History returns at most limit changes of an opportunity, the newest first, behind a
// sequence unless it is 0.
func (s *Service) History(ctx context.Context, key store.OpportunityKey, before int64, limit int) (h OpportunityHistory, err error) {
	err = s.view(ctx, auth.Principal{Account: key.Account}, func(c *Call) error {
		o, err := c.opportunity(key.Catalog, key.ID)
		if err != nil {
			return err
		}
		h.CreatedAt, h.Origin = *o.CreatedDate, api.Value(o.Origin)
		h.History, err = c.History(KindOpportunity, key.Catalog, key.ID, before, limit)
		return err
	})
	return h, err
}
