package selling

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"cosell/internal/api"
	"cosell/internal/operation"
	"cosell/internal/rule"
	"cosell/internal/store"
)

// ReviewMode says what AWS's review does by itself.
type ReviewMode string

// The modes of a policy.
const (
	ReviewOff     ReviewMode = "off"     // people decide
	ReviewApprove ReviewMode = "approve" // everything is approved in its time
	ReviewRules   ReviewMode = "rules"   // the first rule that fits decides; where none does, people
)

// ReviewPolicy is what AWS's review does by itself in a catalog. It looks at each
// submission once, Delay after it came; what somebody at the desk has started to
// review it leaves alone.
type ReviewPolicy struct {
	Mode  ReviewMode   `json:"Mode"`
	Delay int64        `json:"Delay"` // milliseconds of business time
	Rules []ReviewRule `json:"Rules"`
	// RejectDuplicates rejects a submission for a customer of which the account has
	// another opportunity under review or approved, before anything else is decided.
	RejectDuplicates bool `json:"RejectDuplicates,omitzero"`
}

// idle reports whether a policy decides nothing.
func (p ReviewPolicy) idle() bool { return p.Mode == ReviewOff && !p.RejectDuplicates }

// ReviewRule decides about the opportunities that meet all its conditions; an
// empty condition is met by all.
type ReviewRule struct {
	MaxAmount   string                     `json:"MaxAmount"` // of a month's spend at AWS, in Currency
	Currency    api.CurrencyCode           `json:"Currency"`
	Industries  []api.Industry             `json:"Industries"`
	Countries   []api.CountryCode          `json:"Countries"`
	Involvement []api.SalesInvolvementType `json:"Involvement"`

	Decision ReviewDecision `json:"Decision"`
	Comments string         `json:"Comments"`
	Reason   string         `json:"Reason"`
}

// workReview is the kind of work that applies a policy to one submission.
const workReview = "review"

// policyJob is the payload of that work.
type policyJob struct {
	Account     string `json:"account"`
	Catalog     string `json:"catalog"`
	Opportunity string `json:"opportunity"`
}

func policyName(catalog string) string { return "review/" + catalog }

// reviewPolicy returns a catalog's policy; while none was set, people decide.
func (c *Call) reviewPolicy(catalog string) (ReviewPolicy, error) {
	document, err := c.Tx.Policy(policyName(catalog))
	if errors.Is(err, store.ErrNotFound) {
		return ReviewPolicy{Mode: ReviewOff}, nil
	}
	if err != nil {
		return ReviewPolicy{}, fmt.Errorf("read review policy: %w", err)
	}
	p, err := operation.Decode[ReviewPolicy]("review policy", document)
	if err != nil {
		return ReviewPolicy{}, err
	}
	return *p, nil
}

// reviewLater enqueues the policy's decision about a submission, due after the
// policy's delay. The due time is part of the subject, so that work that ran too
// early can enqueue other work.
func (c *Call) reviewLater(p ReviewPolicy, r store.Review) error {
	if p.idle() {
		return nil
	}
	subject := fmt.Sprintf("%s/%s/%s@%d", r.Account, r.Catalog, r.ID, p.due(r))
	return c.Later(workReview, subject, p.due(r), policyJob{Account: r.Account, Catalog: r.Catalog, Opportunity: r.ID})
}

func (p ReviewPolicy) due(r store.Review) api.Timestamp {
	return api.Timestamp(r.SubmittedAt + p.Delay)
}

// handleReview applies the present policy to a submission: it may have been
// changed or switched off since the submission.
func (c *Call) handleReview(job *policyJob) error {
	r, err := c.Tx.Review(store.OpportunityKey{Account: job.Account, Catalog: job.Catalog, ID: job.Opportunity})
	if errors.Is(err, store.ErrNotFound) {
		return nil // decided already
	}
	if err != nil {
		return fmt.Errorf("read review queue: %w", err)
	}
	policy, err := c.reviewPolicy(job.Catalog)
	if err != nil || policy.idle() {
		return err
	}
	if c.Now < policy.due(r) { // submitted again since this was asked for, or the policy has become more patient
		return c.reviewLater(policy, r)
	}
	c = c.onBehalfOf(job.Account)
	o, err := c.opportunity(job.Catalog, job.Opportunity)
	if err != nil || *o.LifeCycle.ReviewStatus != api.ReviewStatusSubmitted {
		return err
	}
	rule, ok, err := c.policyRule(policy, o)
	if err != nil || !ok {
		return err
	}
	step, ok := nextStep(*o.LifeCycle.ReviewStatus, reviewAction(rule.Decision), byReviewer)
	if !ok {
		return fmt.Errorf("a review policy decides %q", rule.Decision)
	}
	c.DoingAs(processPolicy, string(rule.Decision))
	return c.decide(o, step, textOf(rule.Comments), textOf(rule.Reason))
}

// policyRule finds the rule by which a policy decides about one of the caller's
// opportunities; ok is false where people decide.
func (c *Call) policyRule(p ReviewPolicy, o *opportunity) (r ReviewRule, ok bool, err error) {
	if p.RejectDuplicates {
		other, err := c.duplicateOf(o)
		if err != nil {
			return r, false, err
		}
		if other != "" {
			return ReviewRule{
				Decision: DecisionReject, Reason: "Duplicate",
				Comments: "The customer has another opportunity already: " + other + ".",
			}, true, nil
		}
	}
	record, err := c.awsRecord(o)
	if err != nil {
		return r, false, err
	}
	r, ok = p.rule(o, record)
	return r, ok, nil
}

// duplicateOf returns one of the caller's other opportunities for the same customer
// that is under review or approved and not lost, "" where there is none. Customers
// are the same when their company names are, in any case
// (docs/behavior/review.md#the-policy).
func (c *Call) duplicateOf(o *opportunity) (string, error) {
	company := companyKey(api.Value(o.content().Account().CompanyName))
	if company == "" {
		return "", nil
	}
	q := &store.OpportunityQuery{
		Account: c.Caller.Account, Catalog: *o.Catalog, CompanyKeys: []string{company},
		SortBy: store.ColumnLastModified, Descending: true, Limit: 2,
	}
	for _, status := range []api.ReviewStatus{
		api.ReviewStatusSubmitted, api.ReviewStatusInReview, api.ReviewStatusActionRequired, api.ReviewStatusApproved,
	} {
		q.ReviewStatuses = append(q.ReviewStatuses, string(status))
	}
	for _, stage := range api.Stage("").Values() {
		if stage != api.StageClosedLost {
			q.Stages = append(q.Stages, string(stage))
		}
	}
	rows, err := c.Tx.Opportunities(q)
	if err != nil {
		return "", fmt.Errorf("look for duplicates: %w", err)
	}
	for _, row := range rows {
		if row.Position.ID != *o.Id {
			return row.Position.ID, nil
		}
	}
	return "", nil
}

// rule finds the rule that decides about an opportunity.
func (p ReviewPolicy) rule(o *opportunity, record *awsRecord) (ReviewRule, bool) {
	if p.Mode == ReviewApprove {
		return ReviewRule{Decision: ReviewDecision(actionApprove)}, true
	}
	i := slices.IndexFunc(p.Rules, func(r ReviewRule) bool { return r.fits(o.content(), record) })
	if i < 0 {
		return ReviewRule{}, false
	}
	return p.Rules[i], true
}

func (r ReviewRule) fits(c *rule.Content, record *awsRecord) bool {
	return among(r.Industries, c.Account().Industry) && among(r.Countries, c.Address().CountryCode) &&
		among(r.Involvement, record.InvolvementType) && r.affords(orEmpty(c.Project).ExpectedCustomerSpend)
}

func among[T comparable](accepted []T, v *T) bool {
	return len(accepted) == 0 || v != nil && slices.Contains(accepted, *v)
}

// affords reports whether AWS's monthly entries stay within the rule's amount. An
// entry in another currency cannot be compared, and so is too much.
func (r ReviewRule) affords(spend []api.ExpectedCustomerSpend) bool {
	if r.MaxAmount == "" {
		return true
	}
	left, ok := rule.ParseAmount(r.MaxAmount)
	for _, entry := range spend {
		if rule.IsSelf(entry) {
			continue
		}
		amount, sound := rule.ParseAmount(api.Value(entry.Amount))
		if !ok || !sound || string(api.Value(entry.CurrencyCode)) != string(r.Currency) {
			return false
		}
		left.Sub(left, amount)
	}
	return ok && left.Sign() >= 0
}

// textOf is a text, nil where it is empty.
func textOf(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// ReviewPolicy returns a catalog's policy.
func (s *Service) ReviewPolicy(ctx context.Context, catalog string) (p ReviewPolicy, err error) {
	err = s.view(ctx, operatorCaller, func(c *Call) error {
		p, err = c.reviewPolicy(catalog)
		return err
	})
	return p, err
}

// PutReviewPolicy sets a catalog's policy. It counts for what awaits review
// already, too.
func (s *Service) PutReviewPolicy(ctx context.Context, catalog string, p ReviewPolicy) error {
	return s.update(ctx, operatorCaller, func(c *Call) error { return c.putReviewPolicy(catalog, p) })
}

func (c *Call) putReviewPolicy(catalog string, p ReviewPolicy) error {
	document, err := operation.Encode("review policy", p)
	if err != nil {
		return err
	}
	if err := c.Tx.PutPolicy(policyName(catalog), document); err != nil {
		return fmt.Errorf("write review policy: %w", err)
	}
	waiting, err := c.Tx.Reviews(catalog, "", math.MaxInt32)
	if err != nil {
		return fmt.Errorf("read review queue: %w", err)
	}
	for _, r := range waiting {
		if err := c.reviewLater(p, r); err != nil {
			return err
		}
	}
	return nil
}

// MaxReviewDelay is the longest that a policy may wait.
const MaxReviewDelay = 366 * 24 * time.Hour
