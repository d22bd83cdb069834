package service

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/events/delivery"
	"cosell/internal/fixture"
	"cosell/internal/operation"
	"cosell/internal/selling"
	"cosell/internal/store"
)

// LoadFixtures makes the records of files, all of them or none, and returns their
// identifiers by their names.
func (s *Service) LoadFixtures(ctx context.Context, files []*fixture.File) (ids map[string]string, err error) {
	err = s.runner.Update(ctx, auth.Principal{Account: auth.AWSAccount}, func(c *operation.Call) (err error) {
		ids, err = s.load(c, files)
		return err
	})
	return ids, err
}

// ErrOccupied says that a store holds records of others than the files.
var ErrOccupied = errors.New("the store has other records; must be an empty one, or none to use a temporary one")

// LoadWorld does what [Service.LoadFixtures] does in a store that is empty or has the
// records of these files, and fails with [ErrOccupied] in any other. It also reports
// whether it made them.
func (s *Service) LoadWorld(ctx context.Context, files []*fixture.File) (ids map[string]string, made bool, err error) {
	err = s.runner.Update(ctx, auth.Principal{Account: auth.AWSAccount}, func(c *operation.Call) error {
		w := &world{service: s, call: c}
		names, err := w.Names()
		if err != nil {
			return err
		}
		made = !slices.ContainsFunc(files, func(f *fixture.File) bool { return f.LoadedAs(names) })
		occupied, err := c.Tx.Occupied()
		if err != nil {
			return err
		}
		if made && occupied != "" {
			return ErrOccupied
		}
		ids, err = s.load(c, files)
		return err
	})
	return ids, made, err
}

// errChecked ends the transaction of a check, so that nothing of it is kept.
var errChecked = errors.New("the files are right")

// CheckFixtures does what [Service.LoadFixtures] does, and then undoes it.
func (s *Service) CheckFixtures(ctx context.Context, files []*fixture.File) (ids map[string]string, err error) {
	err = s.runner.Update(ctx, auth.Principal{Account: auth.AWSAccount}, func(c *operation.Call) (err error) {
		if ids, err = s.load(c, files); err != nil {
			return err
		}
		return errChecked
	})
	if !errors.Is(err, errChecked) {
		return nil, err
	}
	return ids, nil
}

// ResetAccount removes what an account has ([store.Tx.ResetAccount]), and the names of the
// records that fixtures made for it, so that they can be loaded again. It returns how many
// rows that were.
func (s *Service) ResetAccount(ctx context.Context, account string) (rows int64, err error) {
	err = s.runner.Update(ctx, auth.Principal{Account: auth.AWSAccount}, func(c *operation.Call) error {
		if rows, err = c.Tx.ResetAccount(account); err != nil {
			return err
		}
		w := &world{service: s, call: c}
		names, err := w.Names()
		if err != nil || len(names) == 0 {
			return err
		}
		maps.DeleteFunc(names, func(_ string, m fixture.Made) bool { return m.OfAccount(account) })
		return w.PutNames(names)
	}, store.WithoutTimeout())
	return rows, err
}

// CaptureFixtures returns a file of records that makes what the store holds.
func (s *Service) CaptureFixtures(ctx context.Context, o fixture.CaptureOptions) (captured *fixture.Captured, err error) {
	err = s.runner.View(ctx, auth.Principal{Account: auth.AWSAccount}, func(c *operation.Call) error {
		w := &world{service: s, call: c}
		if o.Names, err = w.Names(); err != nil {
			return err
		}
		o.Now = w.Now()
		captured, err = fixture.Capture(c.Tx, o)
		return err
	})
	return captured, err
}

func (s *Service) load(c *operation.Call, files []*fixture.File) (map[string]string, error) {
	c.DoingAs("fixtures", "")
	ids := map[string]string{}
	for _, f := range files {
		made, err := f.Load(&world{service: s, call: c})
		if err != nil {
			return nil, err
		}
		maps.Copy(ids, made)
	}
	return ids, nil
}

// world is the store in the transaction of a load.
type world struct {
	service *Service
	call    *operation.Call
}

// Do implements [fixture.World].
func (w *world) Do(account string, op *api.Operation, in api.Input) (any, error) {
	if _, continues := w.service.continuations[op.Name]; continues {
		return nil, api.AccessDenied(op.Name + " goes on after its transaction; must be one of the operations that it consists of")
	}
	c := w.call.OnBehalfOf(account)
	c.Doing(op.Name)
	if _, known := api.Lookup(op.Name); !known {
		return op.Invoke(w.service.Bus.Call(c), in)
	}
	return op.Invoke(w.service.call(c), in)
}

func (w *world) selling(account string) *selling.Call {
	c := w.service.sellingService.Call(w.call.OnBehalfOf(account))
	return &c
}

// PutAccount implements [fixture.World].
func (w *world) PutAccount(account string, p selling.AccountProfile) error {
	return w.selling(auth.AWSAccount).DescribeAccount(account, p)
}

// PutSolution implements [fixture.World].
func (w *world) PutSolution(account, catalog string, s api.SolutionBase) error {
	return w.selling(account).AddSolution(catalog, s)
}

// Refer implements [fixture.World].
func (w *world) Refer(account string, in *api.CreateOpportunityRequest) (selling.Referral, error) {
	return w.selling(account).ReceiveReferral(in)
}

// Decide implements [fixture.World].
func (w *world) Decide(account, catalog, opportunity string, decision selling.ReviewDecision, comments, reason *string) error {
	return w.selling(account).Decide(catalog, opportunity, decision, comments, reason)
}

// PutGroup implements [fixture.World].
func (w *world) PutGroup(g selling.EngagementGroup) (string, error) {
	return w.selling(auth.AWSAccount).AddEngagementGroup(g)
}

// Webhooks stores webhook endpoints; [delivery.Engine] implements it.
type Webhooks interface {
	PutWebhookIn(tx *store.Tx, account string, w delivery.Webhook, given string) (stored delivery.Webhook, secret string, err error)
}

// PutWebhook implements [fixture.World].
func (w *world) PutWebhook(account string, given fixture.Webhook) error {
	if w.service.Webhooks == nil {
		return api.AccessDenied("this server has no webhooks")
	}
	put := delivery.Webhook{ID: given.ID, URL: given.URL, Pattern: given.Pattern, Enabled: given.Enabled == nil || *given.Enabled}
	_, _, err := w.service.Webhooks.PutWebhookIn(w.call.Tx, account, put, api.Value(given.Secret))
	switch {
	case errors.Is(err, delivery.ErrTooMany):
		return api.QuotaExceeded(err.Error())
	case errors.Is(err, delivery.ErrInvalid):
		member, reason, _ := strings.Cut(strings.TrimPrefix(err.Error(), delivery.ErrInvalid.Error()+": "), ": ")
		return operation.Invalid(api.Violation(member, api.ValidationExceptionErrorCodeInvalidValue, reason))
	}
	return err
}

// Random implements [fixture.World].
func (w *world) Random(n int) []byte { return w.call.IDs.Bytes(n) }

// Now implements [fixture.World].
func (w *world) Now() time.Time { return w.call.Now.Time() }

// At implements [fixture.World].
func (w *world) At(t time.Time) {
	at := *w.call
	at.Now = api.Timestamp(t.UnixMilli())
	w.call = &at
}

// Names implements [fixture.World].
func (w *world) Names() (map[string]fixture.Made, error) {
	document, err := w.call.Tx.Policy(fixture.NamesPolicy)
	if errors.Is(err, store.ErrNotFound) {
		return map[string]fixture.Made{}, nil
	}
	if err != nil {
		return nil, err
	}
	names, err := operation.Decode[map[string]fixture.Made]("names of fixtures", document)
	if err != nil {
		return nil, err
	}
	return *names, nil
}

// PutNames implements [fixture.World].
func (w *world) PutNames(names map[string]fixture.Made) error {
	document, err := operation.Encode("names of fixtures", names)
	if err != nil {
		return err
	}
	return w.call.Tx.PutPolicy(fixture.NamesPolicy, document)
}
