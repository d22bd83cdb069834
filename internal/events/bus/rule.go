package bus

import (
	"errors"

	"cosell/internal/api"
	"cosell/internal/events/eventsapi"
	"cosell/internal/events/pattern"
	"cosell/internal/store"
)

// maxRules is how many rules a bus has at most.
const maxRules = 300

// checkPattern returns the error of a pattern that EventBridge refuses, in its words.
func checkPattern(text string) (*pattern.Pattern, error) {
	p, err := pattern.Parse(text)
	if err != nil {
		return nil, refuse(typeInvalidEventPattern, "%s", err.Error())
	}
	return p, nil
}

// PutRule makes a rule, or replaces all of one but its targets and tags.
func (c *Call) PutRule(in *eventsapi.PutRuleRequest) (*eventsapi.PutRuleResponse, error) {
	key, err := c.rule(in.EventBusName, in.Name)
	if err != nil {
		return nil, err
	}
	if err := checkRule(in); err != nil {
		return nil, err
	}
	if err := c.Tx.ChangeEventRules(key.Account); err != nil {
		return nil, err
	}
	rule := &store.EventRule{
		EventRuleKey: key, Pattern: *in.EventPattern, State: string(eventsapi.RuleStateEnabled), Description: api.Value(in.Description),
		RoleARN: api.Value(in.RoleArn), CreatedAt: int64(c.Now), ModifiedAt: int64(c.Now),
	}
	if in.State != nil {
		rule.State = string(*in.State)
	}
	if err := c.admit(key, in.Tags); err != nil {
		return nil, err
	}
	if err := c.Tx.PutEventRule(rule); err != nil {
		return nil, err
	}
	return &eventsapi.PutRuleResponse{RuleArn: new(RuleARN(key.Account, key.Name))}, nil
}

func checkRule(in *eventsapi.PutRuleRequest) error {
	switch {
	case api.Value(in.ScheduleExpression) != "":
		return invalid("scheduleExpression: schedules are not built; must be absent, with an eventPattern")
	case api.Value(in.EventPattern) == "":
		return invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.")
	}
	_, err := checkPattern(*in.EventPattern)
	return err
}

// admit checks that there is room for a new rule, and gives it its tags. A rule that
// exists keeps its own.
func (c *Call) admit(key store.EventRuleKey, tags []eventsapi.Tag) error {
	_, err := c.Tx.EventRule(key)
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	n, err := c.Tx.CountEventRules(key.Account, key.Bus)
	if err != nil {
		return err
	}
	if n >= maxRules {
		return limitExceeded()
	}
	return c.putTags(RuleARN(key.Account, key.Name), tags)
}

// existing returns a rule that a request means, or the error where there is none.
func (c *Call) existing(bus, name *string) (*store.EventRule, error) {
	key, err := c.rule(bus, name)
	if err != nil {
		return nil, err
	}
	r, err := c.Tx.EventRule(key)
	return r, found(err, "Rule %s does not exist on EventBus %s.", key.Name, key.Bus)
}

// DescribeRule reads a rule.
func (c *Call) DescribeRule(in *eventsapi.DescribeRuleRequest) (*eventsapi.DescribeRuleResponse, error) {
	r, err := c.existing(in.EventBusName, in.Name)
	if err != nil {
		return nil, err
	}
	return &eventsapi.DescribeRuleResponse{
		Name: &r.Name, Arn: new(RuleARN(r.Account, r.Name)), EventPattern: &r.Pattern, State: new(eventsapi.RuleState(r.State)),
		Description: optional(r.Description), RoleArn: optional(r.RoleARN), EventBusName: &r.Bus, CreatedBy: &r.Account,
	}, nil
}

// ListRules returns a page of the rules, by name.
func (c *Call) ListRules(in *eventsapi.ListRulesRequest) (*eventsapi.ListRulesResponse, error) {
	bus, err := c.bus(in.EventBusName)
	if err != nil {
		return nil, err
	}
	rules, next, err := list(c, "ListRules", in, func(after string, limit int) ([]store.EventRule, error) {
		return c.Tx.EventRules(c.Caller.Account, bus, api.Value(in.NamePrefix), after, limit)
	}, func(r *store.EventRule) string { return r.Name })
	if err != nil {
		return nil, err
	}
	out := &eventsapi.ListRulesResponse{Rules: []eventsapi.Rule{}, NextToken: next}
	for _, r := range rules {
		out.Rules = append(out.Rules, eventsapi.Rule{
			Name: &r.Name, Arn: new(RuleARN(r.Account, r.Name)), EventPattern: &r.Pattern, State: new(eventsapi.RuleState(r.State)),
			Description: optional(r.Description), RoleArn: optional(r.RoleARN), EventBusName: &r.Bus,
		})
	}
	return out, nil
}

// EnableRule lets a rule send events.
func (c *Call) EnableRule(in *eventsapi.EnableRuleRequest) error {
	return c.setState(in.EventBusName, in.Name, eventsapi.RuleStateEnabled)
}

// DisableRule keeps a rule from sending events.
func (c *Call) DisableRule(in *eventsapi.DisableRuleRequest) error {
	return c.setState(in.EventBusName, in.Name, eventsapi.RuleStateDisabled)
}

func (c *Call) setState(bus, name *string, state eventsapi.RuleState) error {
	if err := c.Tx.ChangeEventRules(c.Caller.Account); err != nil {
		return err
	}
	r, err := c.existing(bus, name)
	if err != nil {
		return err
	}
	r.State, r.ModifiedAt = string(state), int64(c.Now)
	return c.Tx.PutEventRule(r)
}

// DeleteRule removes a rule without targets. That there is none is no error.
func (c *Call) DeleteRule(in *eventsapi.DeleteRuleRequest) error {
	key, err := c.rule(in.EventBusName, in.Name)
	if err != nil {
		return err
	}
	if err := c.Tx.ChangeEventRules(key.Account); err != nil {
		return err
	}
	targets, err := c.Tx.EventTargets(key, "", 1)
	if err != nil {
		return err
	}
	if len(targets) > 0 {
		return invalid("Rule can't be deleted since it has targets.")
	}
	if err := c.Tx.DeleteEventRule(key); err != nil {
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	}
	return c.removeTags(RuleARN(key.Account, key.Name))
}

// TestEventPattern reports whether a pattern matches an event.
func (*Call) TestEventPattern(in *eventsapi.TestEventPatternRequest) (*eventsapi.TestEventPatternResponse, error) {
	p, err := checkPattern(*in.EventPattern)
	if err != nil {
		return nil, err
	}
	e, err := pattern.ParseEvent([]byte(*in.Event))
	if err != nil {
		return nil, invalid("Parameter Event is not valid.")
	}
	return &eventsapi.TestEventPatternResponse{Result: new(p.Match(e))}, nil
}

// DescribeEventBus reads the default bus.
func (c *Call) DescribeEventBus(in *eventsapi.DescribeEventBusRequest) (*eventsapi.DescribeEventBusResponse, error) {
	name, err := c.bus(in.Name)
	if err != nil {
		return nil, err
	}
	return &eventsapi.DescribeEventBusResponse{Name: &name, Arn: new(busARN(c.Caller.Account))}, nil
}

// ListEventBuses lists the default bus.
func (c *Call) ListEventBuses(in *eventsapi.ListEventBusesRequest) (*eventsapi.ListEventBusesResponse, error) {
	buses, next, err := list(c, "ListEventBuses", in, func(after string, _ int) ([]eventsapi.EventBus, error) {
		prefix := api.Value(in.NamePrefix)
		if after != "" || len(prefix) > len(store.DefaultEventBus) || store.DefaultEventBus[:len(prefix)] != prefix {
			return []eventsapi.EventBus{}, nil
		}
		return []eventsapi.EventBus{{Name: new(store.DefaultEventBus), Arn: new(busARN(c.Caller.Account))}}, nil
	}, func(b *eventsapi.EventBus) string { return *b.Name })
	if err != nil {
		return nil, err
	}
	return &eventsapi.ListEventBusesResponse{EventBuses: buses, NextToken: next}, nil
}

// maxTags is how many tags a rule has at most.
const maxTags = 50

// tagged returns the ARN under which the tags of the rule that a request means are
// stored.
func (c *Call) tagged(arn string) (string, error) {
	name, more, ok := c.named(arn, "rule")
	if ok && more != "" && name == store.DefaultEventBus {
		name = more // the form of a rule of a named bus
	}
	if !ok {
		return "", refuse(api.TypeResourceNotFound, "Resource %s does not exist.", arn)
	}
	key := store.EventRuleKey{Account: c.Caller.Account, Bus: store.DefaultEventBus, Name: name}
	_, err := c.Tx.EventRule(key)
	return RuleARN(key.Account, name), found(err, "Rule %s does not exist on EventBus %s.", name, key.Bus)
}

// TagResource adds tags to a rule.
func (c *Call) TagResource(in *eventsapi.TagResourceRequest) (*eventsapi.TagResourceResponse, error) {
	if err := c.Tx.ChangeEventRules(c.Caller.Account); err != nil {
		return nil, err
	}
	arn, err := c.tagged(*in.ResourceARN)
	if err != nil {
		return nil, err
	}
	return &eventsapi.TagResourceResponse{}, c.putTags(arn, in.Tags)
}

// UntagResource removes tags of a rule; keys that no tag has are ignored.
func (c *Call) UntagResource(in *eventsapi.UntagResourceRequest) (*eventsapi.UntagResourceResponse, error) {
	arn, err := c.tagged(*in.ResourceARN)
	if err != nil {
		return nil, err
	}
	return &eventsapi.UntagResourceResponse{}, c.Tx.DeleteTags(c.Caller.Account, arn, in.TagKeys)
}

// ListTagsForResource returns the tags of a rule.
func (c *Call) ListTagsForResource(in *eventsapi.ListTagsForResourceRequest) (*eventsapi.ListTagsForResourceResponse, error) {
	arn, err := c.tagged(*in.ResourceARN)
	if err != nil {
		return nil, err
	}
	tags, err := c.Tx.Tags(c.Caller.Account, arn)
	out := &eventsapi.ListTagsForResourceResponse{Tags: []eventsapi.Tag{}}
	for _, t := range tags {
		out.Tags = append(out.Tags, eventsapi.Tag{Key: &t.Key, Value: &t.Value})
	}
	return out, err
}

func (c *Call) putTags(arn string, tags []eventsapi.Tag) error {
	present, err := c.Tx.Tags(c.Caller.Account, arn)
	if err != nil {
		return err
	}
	keys := map[string]bool{}
	for _, t := range present {
		keys[t.Key] = true
	}
	var add []store.Tag
	for _, t := range tags {
		keys[*t.Key] = true
		add = append(add, store.Tag{Key: *t.Key, Value: *t.Value})
	}
	if len(keys) > maxTags {
		return limitExceeded()
	}
	return c.Tx.PutTags(c.Caller.Account, arn, c.IDs.Sequence(), add)
}

func (c *Call) removeTags(arn string) error {
	tags, err := c.Tx.Tags(c.Caller.Account, arn)
	if err != nil {
		return err
	}
	var keys []string
	for _, t := range tags {
		keys = append(keys, t.Key)
	}
	return c.Tx.DeleteTags(c.Caller.Account, arn, keys)
}
