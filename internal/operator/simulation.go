package operator

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/identity"
	"cosell/internal/policy"
	"cosell/internal/store"
)

type managedPolicy struct {
	Name     string         `json:"name" example:"AWSPartnerCentralFullAccess"`
	Document policyDocument `json:"document"`
}

type managedPolicies struct {
	Policies []managedPolicy `json:"policies" nullable:"false" doc:"By name"`
}

type simulationQuery struct {
	AccountPath

	Kind     string   `query:"kind" required:"true" enum:"user,role,root" doc:"Kind of the principal; root is who the development key of the account acts as"`
	Name     string   `query:"name" maxLength:"64" doc:"Name of the user or role" example:"crm-sync"`
	Action   string   `query:"action" required:"true" maxLength:"128" doc:"Operation such as GetOpportunity, or another service's action such as iam:PassRole"`
	Resource string   `query:"resource" default:"*" maxLength:"2048" doc:"ARN of the resource of the request"`
	Values   []string `query:"value,explode" maxItems:"50" doc:"Value of a condition key, which may be repeated" example:"partnercentral:Catalog=Sandbox"`
}

type simulation struct {
	Allowed    bool   `json:"allowed"`
	Explicit   bool   `json:"explicit" doc:"Whether a statement denies it; otherwise a refusal means that none allows it"`
	PolicyKind string `json:"policyKind,omitempty" doc:"Kind of the policy that decided"`
	Policy     string `json:"policy,omitempty" doc:"Policy that decided; that of a group has the name of the group before it"`
	Statement  string `json:"statement,omitempty" doc:"Statement that decided, by its Sid or its place in the document"`
	Message    string `json:"message" doc:"The decision in words; of a refusal, those that the caller gets"`
}

func (c Config) simulationRoutes(rest huma.API) {
	huma.Get(rest, "/managed-policies", func(ctx context.Context, _ *struct{}) (*body[managedPolicies], error) {
		all := managedPolicies{Policies: []managedPolicy{}}
		for _, name := range policy.ManagedNames() {
			text, err := policy.ManagedText(name)
			if err != nil {
				return nil, c.fault(ctx, err)
			}
			all.Policies = append(all.Policies, managedPolicy{name, policyDocument{json.RawMessage(text)}})
		}
		return &body[managedPolicies]{all}, nil
	}, tagged(principalTag, "List AWS's managed policies that this server has"))
	huma.Get(rest, "/accounts/{account}/simulation", func(ctx context.Context, in *simulationQuery) (*body[simulation], error) {
		r, err := in.request()
		if err != nil {
			return nil, err
		}
		decided, err := c.simulate(ctx, in, r)
		if err != nil {
			return nil, err
		}
		return &body[simulation]{decided}, nil
	}, tagged(principalTag, "Decide a request by the policies of a principal, and name the deciding statement"))
}

// simulate decides a request by the policies that are in force.
func (c Config) simulate(ctx context.Context, in *simulationQuery, r *policy.Request) (simulation, error) {
	key := store.PrincipalKey{Account: in.Account, Kind: in.Kind, Name: in.Name}
	if in.Kind != auth.KindRoot {
		if _, err := c.Identities.Get(ctx, key); err != nil {
			return simulation{}, c.refusal(ctx, err, "query.name")
		}
	}
	effective, err := c.Identities.Effective(ctx, key)
	if err != nil {
		return simulation{}, c.fault(ctx, err)
	}
	if in.Kind == auth.KindRoot && len(effective.Policies.Identity) == 0 {
		return simulation{Allowed: true, Message: "The development key of the account has no policies, so it may do everything."}, nil
	}
	d := effective.Policies.Evaluate(r)
	shown := simulation{Allowed: d.Allowed, Explicit: d.Explicit, PolicyKind: d.Kind.String(), Policy: d.Policy, Statement: d.Statement}
	if shown.Message = d.Refusal(r); d.Allowed {
		shown.Message = fmt.Sprintf("Allowed by %s of %s.", d.Statement, d.Policy)
	}
	return shown, nil
}

// request returns the request that is to be decided. The caller is known; other condition
// keys have the values that the query gives them.
func (in *simulationQuery) request() (*policy.Request, error) {
	switch {
	case in.Kind == auth.KindRoot:
		in.Name = auth.KindRoot
	case in.Name == "":
		return nil, unprocessable("query.name", "is missing; must name a user or role")
	}
	action := in.Action
	if !strings.Contains(action, ":") {
		if _, known := api.Lookup(action); !known {
			return nil, unprocessable("query.action", "is no operation; must be one such as GetOpportunity, or service:Action")
		}
		action = "partnercentral:" + action
	}
	arn := identity.ARN(in.Account, in.Kind, in.Name)
	values := map[string][]string{"aws:principalarn": {arn}, "aws:principalaccount": {in.Account}}
	for _, given := range in.Values {
		name, value, ok := strings.Cut(given, "=")
		if !ok {
			return nil, unprocessable("query.value", "must be KEY=VALUE, such as partnercentral:Catalog=Sandbox")
		}
		name = strings.ToLower(name)
		values[name] = append(values[name], value)
	}
	return &policy.Request{
		Caller: policy.Caller{Account: in.Account, ARN: arn}, Action: action, Resource: in.Resource,
		Values: func(key string) ([]string, bool) { found, ok := values[key]; return found, ok },
	}, nil
}
