package policy

import (
	"fmt"
	"strconv"
	"strings"
)

// Caller is who makes a request.
type Caller struct {
	Account string
	ARN     string
	Role    string // the ARN of the role that a session belongs to; "" for others
}

// Request is what is to be decided.
type Request struct {
	Caller   Caller
	Action   string // service:Action
	Resource string // an ARN or *
	Values   Values // the condition keys; nil for none
}

// Named is a document with the name that decisions give it.
type Named struct {
	Name string
	*Document
}

// Policies are all that apply to a principal.
type Policies struct {
	Identity []Named
	// Boundary limits what identity policies may allow; nil does not.
	Boundary *Named
	// Session limits what a session may do; without any it does not.
	Session []Named
}

// Decision is the answer to a request.
type Decision struct {
	Allowed bool
	// Explicit says that a Deny decided; otherwise a refusal means that nothing allows.
	Explicit bool
	// Kind is the kind of policy that decided.
	Kind Kind
	// Policy and Statement name the policy and statement that decided; "" where none did.
	Policy, Statement string
}

// Evaluate decides a request by IAM's logic for one account.
func (p *Policies) Evaluate(r *Request) Decision {
	e := evaluation{Request: r, action: strings.ToLower(r.Action)}
	if r.Values == nil {
		e.Values = func(string) ([]string, bool) { return nil, false }
	} else {
		e.Values = r.Values
	}
	var boundary []Named
	if p.Boundary != nil {
		boundary = []Named{*p.Boundary}
	}
	groups := [...]struct {
		kind     Kind
		policies []Named
	}{{Identity, p.Identity}, {Boundary, boundary}, {Session, p.Session}}
	var allowed [len(groups)]Decision
	for i, g := range groups {
		for _, named := range g.policies {
			d, applies := e.document(named, g.kind)
			if applies && d.Explicit {
				return d
			}
			if applies && !allowed[i].Allowed {
				allowed[i] = d
			}
		}
	}
	for i, g := range groups {
		if !allowed[i].Allowed && (g.kind == Identity || len(g.policies) > 0) {
			return Decision{Kind: g.kind}
		}
	}
	return allowed[0]
}

// EvaluateTrust decides whether a trust policy lets a caller use its role.
func (d *Document) EvaluateTrust(r *Request) Decision {
	e := evaluation{Request: r, action: strings.ToLower(r.Action), Values: r.Values, trust: true}
	if e.Values == nil {
		e.Values = func(string) ([]string, bool) { return nil, false }
	}
	decision, applies := e.document(Named{"trust policy", d}, Trust)
	if !applies {
		return Decision{Kind: Trust}
	}
	return decision
}

// TrustsDirectly reports whether a trust policy lets a caller use its role by naming the
// caller itself, not its account: within one account that is enough.
func (d *Document) TrustsDirectly(r *Request) bool {
	e := evaluation{Request: r, action: strings.ToLower(r.Action), Values: r.Values, trust: true, direct: true}
	if e.Values == nil {
		e.Values = func(string) ([]string, bool) { return nil, false }
	}
	decision, applies := e.document(Named{"trust policy", d}, Trust)
	return applies && decision.Allowed
}

type evaluation struct {
	*Request

	Values Values
	action string
	trust  bool
	direct bool // only principals that are named by their ARN count
}

// document returns what a document decides, and whether it decides at all.
func (e *evaluation) document(d Named, kind Kind) (found Decision, applies bool) {
	for i := range d.statements {
		s := &d.statements[i]
		if applies && !s.deny || !e.applies(s) {
			continue
		}
		found = Decision{Allowed: !s.deny, Explicit: s.deny, Kind: kind, Policy: d.Name, Statement: s.name(i)}
		applies = true
		if s.deny {
			break
		}
	}
	return found, applies
}

func (s *statement) name(i int) string {
	if s.sid != "" {
		return s.sid
	}
	return "Statement[" + strconv.Itoa(i) + "]"
}

func (e *evaluation) applies(s *statement) bool {
	if e.matchesAction(s) == s.notAction {
		return false
	}
	if e.trust {
		trusted := false
		for _, p := range s.principals {
			trusted = trusted || p.matches(e.Caller) && (p.arn != "" || !e.direct)
		}
		if !trusted {
			return false
		}
	} else if !e.matchesResource(s) {
		return false
	}
	for i := range s.conditions {
		if !s.conditions[i].holds(e.Values, s.deny) {
			return false
		}
	}
	return true
}

func (e *evaluation) matchesAction(s *statement) bool {
	for _, a := range s.actions {
		if globFlat(a.parts, e.action) {
			return true
		}
	}
	return false
}

// matchesResource reports whether a statement is about the resource. A variable without
// a value makes a pattern match nothing, and a NotResource allow nothing: what cannot be
// compared never widens access.
func (e *evaluation) matchesResource(s *statement) bool {
	unknown := false
	for _, r := range s.resources {
		if len(r.parts) == 1 && r.parts[0].kind == any0 {
			return !s.notRes
		}
		matches, known := r.match(e.Resource, e.Values)
		if matches {
			return !s.notRes
		}
		unknown = unknown || !known
	}
	return s.notRes && (s.deny || !unknown)
}

// Refusal returns the text in which AWS refuses a request.
func (d Decision) Refusal(r *Request) string {
	text := fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s", r.Caller.ARN, r.Action, r.Resource)
	switch {
	case d.Kind == Trust:
		return text
	case d.Explicit:
		return text + " with an explicit deny in " + article(d.Kind) + d.Kind.String()
	}
	return text + " because no " + d.Kind.String() + " allows the " + r.Action + " action"
}

func article(k Kind) string {
	if k == Identity {
		return "an "
	}
	return "a "
}
