package delivery

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"cosell/internal/events/pattern"
	"cosell/internal/events/transform"
	"cosell/internal/store"
)

// Defaults of EventBridge's RetryPolicy.
const (
	defaultMaxAge     = 24 * time.Hour
	defaultMaxRetries = 185
	// maxRules is above what a bus may have.
	maxRules = 1000
	// replayPage is how many replays are read at a time.
	replayPage = 1000
)

// Route is where the events go that match a pattern.
type Route struct {
	Key       string // names the lane
	RuleARN   string // empty for a webhook
	RuleName  string
	TargetARN string
	MaxAge    time.Duration
	// MaxRetries is how many attempts may follow the first.
	MaxRetries int64

	pattern   *pattern.Pattern // nil for all events
	transform *transform.Transform
	target    Target
	webhook   string // its id
}

// matches reports whether the pattern lets an event through.
func (r *Route) matches(event *pattern.Event) bool { return r.pattern == nil || r.pattern.Match(event) }

// delivery returns the delivery of an event to this route that is due now.
func (r *Route) delivery(event *store.Event, resource string, now int64) store.EventDelivery {
	return store.EventDelivery{
		Account: event.Account, Target: r.Key, Sequence: event.Sequence, Resource: resource,
		CreatedAt: now, DueAt: now, Envelope: event.Envelope, Log: []byte("{}"),
	}
}

// takes reports whether a matching event goes to a route: a replayed one goes only to
// the rules of its replay, and not to webhooks.
func (s *routeSet) takes(r *Route, f *eventFacts) bool {
	if f.Replay == "" {
		return true
	}
	if r.webhook != "" {
		return false
	}
	only := s.replays[f.Replay]
	return len(only) == 0 || slices.Contains(only, r.RuleARN)
}

// routeSet is the routes of an account in a version of its rules.
type routeSet struct {
	version int64
	all     []*Route
	byKey   map[string]*Route   // with those that take no new events
	replays map[string][]string // the ARNs of rules that replays are limited to, by name
}

// routesOf returns the routes of an account. They are read again only when the
// account's rules have changed.
func (e *Engine) routesOf(ctx context.Context, account string) (routeSet, error) {
	var version int64
	err := e.Store.View(ctx, func(tx *store.Tx) (err error) {
		version, err = tx.EventRulesVersion(account)
		return err
	})
	if err != nil {
		return routeSet{}, err
	}
	e.mu.Lock()
	known, ok := e.routes[account]
	e.mu.Unlock()
	if ok && known.version == version {
		return known, nil
	}
	var fresh routeSet
	// An update, since the secret of a webhook that was imported without it is made here.
	err = e.Store.Update(ctx, func(tx *store.Tx) error {
		fresh = routeSet{byKey: map[string]*Route{}}
		if fresh.version, err = tx.EventRulesVersion(account); err != nil {
			return err
		}
		if err := e.readRules(tx, account, &fresh); err != nil {
			return fmt.Errorf("read rules: %w", err)
		}
		if err := readReplays(tx, account, &fresh); err != nil {
			return fmt.Errorf("read replays: %w", err)
		}
		return e.readWebhooks(tx, account, &fresh)
	})
	if err != nil {
		return routeSet{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.routes[account] = fresh
	return fresh, nil
}

// readReplays reads which rules the replays of an account are limited to.
func readReplays(tx *store.Tx, account string, set *routeSet) error {
	set.replays = map[string][]string{}
	for after := ""; ; {
		page, err := tx.EventReplays(account, "", "", "", after, replayPage)
		if err != nil {
			return err
		}
		for _, r := range page {
			after = r.Name
			if len(r.Filters) == 0 {
				continue
			}
			var only []string
			if err := json.Unmarshal(r.Filters, &only); err != nil {
				return fmt.Errorf("replay %s: %w", r.Name, err)
			}
			set.replays[r.Name] = only
		}
		if len(page) < replayPage {
			return nil
		}
	}
}

func (s *routeSet) add(r *Route, enabled bool) {
	s.byKey[r.Key] = r
	if enabled {
		s.all = append(s.all, r)
	}
}

// targetDocument is the part of PutTargets' Target that delivery uses.
type targetDocument struct {
	Input            string
	InputPath        string
	InputTransformer *struct {
		InputPathsMap map[string]string
		InputTemplate string
	}
	HTTPParameters *httpParameters `json:"HttpParameters"`
	RetryPolicy    *struct {
		MaximumRetryAttempts     *int64
		MaximumEventAgeInSeconds *int64
	}
}

type httpParameters struct {
	PathParameterValues   []string
	HeaderParameters      map[string]string
	QueryStringParameters map[string]string
}

func (e *Engine) readRules(tx *store.Tx, account string, set *routeSet) error {
	rules, err := tx.EventRules(account, store.DefaultEventBus, "", "", maxRules)
	if err != nil {
		return err
	}
	targets, err := tx.EventTargetsOfBus(account, store.DefaultEventBus)
	if err != nil {
		return err
	}
	for _, rule := range rules {
		parsed, err := pattern.Parse(rule.Pattern)
		if err != nil {
			continue // PutRule has refused it
		}
		for _, t := range targets {
			if t.Rule.Name != rule.Name {
				continue
			}
			r, err := e.readTarget(tx, &rule, &t)
			if err != nil {
				return err
			}
			r.pattern = parsed
			set.add(r, rule.State == "ENABLED")
		}
	}
	return nil
}

// readTarget returns the route of a rule's target. What can never be delivered gives a
// route whose deliveries become dead letters that say why.
func (e *Engine) readTarget(tx *store.Tx, rule *store.EventRule, t *store.EventTarget) (*Route, error) {
	var document targetDocument
	if err := json.Unmarshal(t.Document, &document); err != nil {
		return nil, fmt.Errorf("target %s: %w", t.ID, err)
	}
	r := &Route{
		Key:     "rule/" + rule.Name + "/" + t.ID,
		RuleARN: "arn:aws:events:us-east-1:" + rule.Account + ":rule/" + rule.Name, RuleName: rule.Name, TargetARN: t.ARN,
		MaxAge: defaultMaxAge, MaxRetries: defaultMaxRetries,
	}
	if p := document.RetryPolicy; p != nil {
		if p.MaximumEventAgeInSeconds != nil {
			r.MaxAge = time.Duration(*p.MaximumEventAgeInSeconds) * time.Second
		}
		if p.MaximumRetryAttempts != nil {
			r.MaxRetries = *p.MaximumRetryAttempts
		}
	}
	spec := transform.Spec{Input: document.Input, Path: document.InputPath}
	if t := document.InputTransformer; t != nil {
		spec.Paths, spec.Template = t.InputPathsMap, t.InputTemplate
	}
	var err error
	if r.transform, err = transform.New(spec); err != nil {
		r.transform = new(transform.Transform)
		r.target = refused{Code: codeJSON, Message: err.Error(), Final: true}
		return r, nil //nolint:nilerr // deliveries become dead letters that say why
	}
	r.target, err = e.readTargetARN(tx, rule.Account, t.ARN, document.HTTPParameters)
	return r, err
}

func (e *Engine) readTargetARN(tx *store.Tx, account, arn string, p *httpParameters) (Target, error) {
	const fields = 6
	parts := strings.SplitN(arn, ":", fields)
	if len(parts) < fields || parts[2] != "events" {
		return refused{Code: codeResource, Message: "targets of this kind are not supported: " + arn, Final: true}, nil
	}
	if kind, rest, _ := strings.Cut(parts[5], "/"); kind == "api-destination" && parts[4] == account {
		name, id, _ := strings.Cut(rest, "/")
		return e.readAPIDestination(tx, account, name, id, p)
	}
	return refused{Code: codeResource, Message: "targets of this kind are not supported: " + arn, Final: true}, nil
}
