package bus

import (
	"errors"
	"regexp"

	"cosell/internal/api"
	"cosell/internal/events/eventsapi"
	"cosell/internal/events/transform"
	"cosell/internal/operation"
	"cosell/internal/store"
)

// maxTargets is how many targets a rule has at most.
const maxTargets = 5

// arnForm is what every ARN looks like.
var arnForm = regexp.MustCompile(`^arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12})?:[^\s]+$`)

// PutTargets adds targets to a rule, or replaces those with the same Id.
func (c *Call) PutTargets(in *eventsapi.PutTargetsRequest) (*eventsapi.PutTargetsResponse, error) {
	if err := c.Tx.ChangeEventRules(c.Caller.Account); err != nil {
		return nil, err
	}
	rule, err := c.existing(in.EventBusName, in.Rule)
	if err != nil {
		return nil, err
	}
	for i := range in.Targets {
		if err := checkTarget(&in.Targets[i]); err != nil {
			return nil, err
		}
	}
	if err := c.roomForTargets(rule.EventRuleKey, in.Targets); err != nil {
		return nil, err
	}
	out := &eventsapi.PutTargetsResponse{FailedEntries: []eventsapi.PutTargetsResultEntry{}}
	for i := range in.Targets {
		err := c.putTarget(rule.EventRuleKey, &in.Targets[i])
		if refused, ok := errors.AsType[*api.Error](err); ok {
			out.FailedEntries = append(out.FailedEntries, eventsapi.PutTargetsResultEntry{
				TargetId: in.Targets[i].Id, ErrorCode: &refused.Type, ErrorMessage: &refused.Message,
			})
		} else if err != nil {
			return nil, err
		}
	}
	out.FailedEntryCount = new(int32(len(out.FailedEntries))) //nolint:gosec // at most 100
	return out, nil
}

// checkTarget refuses a target for which EventBridge refuses the whole request.
func checkTarget(t *eventsapi.Target) error {
	if !arnForm.MatchString(*t.Arn) {
		return invalid("Parameter %s is not valid. Reason: Provided Arn is not in correct format.", *t.Id)
	}
	spec := transform.Spec{Input: api.Value(t.Input), Path: api.Value(t.InputPath)}
	if t.InputTransformer != nil {
		spec.Paths, spec.Template = t.InputTransformer.InputPathsMap, *t.InputTransformer.InputTemplate
	}
	if err := transform.Check(*t.Id, spec); err != nil {
		return invalid("%s", err.Error())
	}
	return nil
}

// roomForTargets checks that a rule may have the targets beside those it has.
func (c *Call) roomForTargets(rule store.EventRuleKey, targets []eventsapi.Target) error {
	present, err := c.Tx.EventTargets(rule, "", maxTargets+1)
	if err != nil {
		return err
	}
	ids := map[string]bool{}
	for _, t := range present {
		ids[t.ID] = true
	}
	for _, t := range targets {
		ids[*t.Id] = true
	}
	if len(ids) > maxTargets {
		return limitExceeded()
	}
	return nil
}

// putTarget adds a target. An *api.Error concerns this target alone.
func (c *Call) putTarget(rule store.EventRuleKey, t *eventsapi.Target) error {
	if name, id, ok := c.named(*t.Arn, "api-destination"); ok {
		d, err := c.Tx.EventAPIDestination(rule.Account, name)
		if errors.Is(err, store.ErrNotFound) || err == nil && d.ID != id {
			return refuse(api.TypeResourceNotFound, "API destination %s does not exist.", *t.Arn)
		}
		if err != nil {
			return err
		}
	}
	document, err := api.Marshal(t)
	if err != nil {
		return err
	}
	return c.Tx.PutEventTarget(&store.EventTarget{Rule: rule, ID: *t.Id, ARN: *t.Arn, Document: document})
}

// ListTargetsByRule returns a page of the targets of a rule, by Id.
func (c *Call) ListTargetsByRule(in *eventsapi.ListTargetsByRuleRequest) (*eventsapi.ListTargetsByRuleResponse, error) {
	rule, err := c.existing(in.EventBusName, in.Rule)
	if err != nil {
		return nil, err
	}
	targets, next, err := list(c, "ListTargetsByRule", in, func(after string, limit int) ([]store.EventTarget, error) {
		return c.Tx.EventTargets(rule.EventRuleKey, after, limit)
	}, func(t *store.EventTarget) string { return t.ID })
	if err != nil {
		return nil, err
	}
	out := &eventsapi.ListTargetsByRuleResponse{Targets: []eventsapi.Target{}, NextToken: next}
	for _, t := range targets {
		target, err := operation.Decode[eventsapi.Target]("target", t.Document)
		if err != nil {
			return nil, err
		}
		out.Targets = append(out.Targets, *target)
	}
	return out, nil
}

// RemoveTargets removes targets of a rule.
func (c *Call) RemoveTargets(in *eventsapi.RemoveTargetsRequest) (*eventsapi.RemoveTargetsResponse, error) {
	if err := c.Tx.ChangeEventRules(c.Caller.Account); err != nil {
		return nil, err
	}
	rule, err := c.existing(in.EventBusName, in.Rule)
	if err != nil {
		return nil, err
	}
	out := &eventsapi.RemoveTargetsResponse{FailedEntries: []eventsapi.RemoveTargetsResultEntry{}}
	for _, id := range in.Ids {
		err := found(c.Tx.DeleteEventTarget(rule.EventRuleKey, id), "Rule '%s' does not have a target with the Id '%s'.", rule.Name, id)
		if refused, ok := errors.AsType[*api.Error](err); ok {
			out.FailedEntries = append(out.FailedEntries, eventsapi.RemoveTargetsResultEntry{
				TargetId: &id, ErrorCode: &refused.Type, ErrorMessage: &refused.Message,
			})
		} else if err != nil {
			return nil, err
		}
	}
	out.FailedEntryCount = new(int32(len(out.FailedEntries))) //nolint:gosec // at most 100
	return out, nil
}

// ListRuleNamesByTarget returns a page of the rules that have a target with an ARN.
func (c *Call) ListRuleNamesByTarget(in *eventsapi.ListRuleNamesByTargetRequest) (*eventsapi.ListRuleNamesByTargetResponse, error) {
	bus, err := c.bus(in.EventBusName)
	if err != nil {
		return nil, err
	}
	names, next, err := list(c, "ListRuleNamesByTarget", in, func(after string, limit int) ([]string, error) {
		return c.Tx.EventRuleNamesByTarget(c.Caller.Account, bus, *in.TargetArn, after, limit)
	}, func(name *string) string { return *name })
	if err != nil {
		return nil, err
	}
	return &eventsapi.ListRuleNamesByTargetResponse{RuleNames: append([]string{}, names...), NextToken: next}, nil
}
