// Package authorization decides whether a caller may do what a request asks for: it
// knows which actions and resources a request is about and which condition keys it has,
// and evaluates the policies of its caller.
package authorization

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/identity"
	"cosell/internal/policy"
	"cosell/internal/store"
)

// Identities has the policies of principals; *identity.Service does.
type Identities interface {
	Effective(ctx context.Context, key store.PrincipalKey) (*identity.Effective, error)
	EffectiveIn(tx *store.Tx, key store.PrincipalKey) (*identity.Effective, error)
	// Used notes that a request was signed with a key.
	Used(accessKeyID string)
}

// Config configures an Authorizer. All fields but Strict are required.
type Config struct {
	Identities Identities
	Store      store.Store // of the tags of resources
	// Now is the real time, which policies are about.
	Now func() time.Time
	// Strict has jobs run as registered roles only.
	Strict bool
}

// Authorizer is safe for concurrent use.
type Authorizer struct{ Config }

// New returns an Authorizer.
func New(c Config) *Authorizer { return &Authorizer{c} }

// Check refuses an operation that its caller may not take, with an
// AccessDeniedException in AWS's words.
func (a *Authorizer) Check(ctx context.Context, r *http.Request, caller auth.Principal, op *api.Operation, in api.Input) error {
	policies, err := a.policies(ctx, caller)
	if policies == nil || err != nil {
		return err
	}
	c := &request{Authorizer: a, ctx: ctx, http: r, caller: caller, access: &op.Access, in: in}
	return c.decideAll(policies)
}

// decideAll evaluates policies for everything that an operation needs.
func (c *request) decideAll(policies *policy.Policies) error {
	op := c.access
	for i := range op.Needed {
		needed := &op.Needed[i]
		if needed.IfTagged && !c.tagged() {
			continue
		}
		c.needed = needed
		if needed.Resources == nil {
			if err := c.decide(policies, "*"); err != nil {
				return err
			}
			continue
		}
		for _, resource := range needed.Resources(c.caller.Account, c.in) {
			if err := c.decide(policies, resource); err != nil {
				return err
			}
		}
	}
	return nil
}

// CheckAction refuses an action that its caller may not take on a resource, with the
// condition keys that it has beside the global ones.
func (a *Authorizer) CheckAction(ctx context.Context, r *http.Request, caller auth.Principal, action, resource string,
	keys map[string][]string,
) error {
	policies, err := a.policies(ctx, caller)
	if policies == nil || err != nil {
		return err
	}
	c := &request{Authorizer: a, ctx: ctx, http: r, caller: caller, needed: &api.NeededAction{Action: action}, keys: keys}
	return c.decide(policies, resource)
}

// CheckLimits is CheckAction for an action that another policy than those of the caller
// allows already: explicit denies, the permissions boundary and session policies count.
func (a *Authorizer) CheckLimits(ctx context.Context, r *http.Request, caller auth.Principal, action, resource string,
	keys map[string][]string,
) error {
	policies, err := a.policies(ctx, caller)
	if policies == nil || err != nil {
		return err
	}
	c := &request{Authorizer: a, ctx: ctx, http: r, caller: caller, needed: &api.NeededAction{Action: action}, keys: keys}
	if policies == nothing { // whom the other policy names is somebody else, or nobody
		return c.decide(policies, resource)
	}
	allowed := *policies
	allowed.Identity = append([]policy.Named{everything}, policies.Identity...)
	return c.decide(&allowed, resource)
}

// Values returns the condition keys of a request that a policy is to be evaluated with.
func (a *Authorizer) Values(ctx context.Context, r *http.Request, caller auth.Principal, keys map[string][]string) policy.Values {
	c := &request{Authorizer: a, ctx: ctx, http: r, caller: caller, needed: &api.NeededAction{}, keys: keys}
	return c.value
}

// policies returns what a caller is held to, nil for everything allowed: the root user of
// an account, which only development mode has, is held to the policies that it was given.
func (a *Authorizer) policies(ctx context.Context, caller auth.Principal) (*policy.Policies, error) {
	who := caller.Identity
	if who == nil {
		who = &root
	} else if who.Session == nil {
		a.Identities.Used(caller.AccessKeyID)
	}
	effective, err := a.Identities.Effective(ctx, store.PrincipalKey{Account: caller.Account, Kind: who.Kind, Name: who.Name})
	if err != nil {
		return nil, err
	}
	session := who.Session != nil && len(who.Session.Policies) > 0
	switch {
	case who.Kind == auth.KindRoot && len(effective.Policies.Identity) == 0:
		if !session {
			return nil, nil
		}
		return &policy.Policies{Identity: []policy.Named{everything}, Session: who.Session.Policies}, nil
	case who.Kind != auth.KindRoot && effective.ID != who.ID:
		// Deleted since, and perhaps made anew under the name.
		return nothing, nil
	case session:
		limited := effective.Policies
		limited.Session = who.Session.Policies
		return &limited, nil
	}
	return &effective.Policies, nil
}

var (
	root = auth.Identity{Kind: auth.KindRoot, Name: auth.KindRoot}
	// nothing is what credentials may do whose principal was deleted.
	nothing = new(policy.Policies)
	// everything is what a root user without policies may do.
	everything = func() policy.Named {
		document, err := policy.Parse([]byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`), policy.Identity)
		if err != nil {
			panic(err)
		}
		return policy.Named{Name: "root user", Document: document}
	}()
)

// decide evaluates policies for one action on one resource.
func (c *request) decide(policies *policy.Policies, resource string) error {
	d, r, err := c.evaluate(policies, resource)
	if err != nil {
		return err
	}
	if d.Allowed {
		return nil
	}
	return api.AccessDenied(d.Refusal(r))
}

func (c *request) evaluate(policies *policy.Policies, resource string) (policy.Decision, *policy.Request, error) {
	c.resource, c.fault, c.ambiguous = resource, nil, false
	r := &policy.Request{
		Caller: policy.Caller{Account: c.caller.Account, ARN: c.caller.ARN}, Action: c.needed.Action, Resource: resource, Values: c.value,
	}
	if c.caller.Identity != nil {
		r.Caller.Role = c.caller.Identity.RoleARN
	}
	d := policies.Evaluate(r)
	switch {
	case c.fault != nil:
		return policy.Decision{}, r, fmt.Errorf("authorize %s: %w", c.needed.Action, c.fault)
	case c.ambiguous:
		return policy.Decision{}, r, nil
	}
	return d, r, nil
}
