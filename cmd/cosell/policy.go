package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cosell/internal/api"
	"cosell/internal/policy"
)

// policyCommand checks and tries IAM policies, without a server, and says who has which.
type policyCommand struct {
	Check    checkPolicy    `cmd:"" help:"Check a policy document and name its first mistake."`
	Simulate simulatePolicy `cmd:"" help:"Decide a request by policies and name the deciding statement; fails if the request is denied."`
	Put      putPolicy      `cmd:"" help:"Give a user, group or role a policy, on a running server."`
	List     listPolicies   `cmd:"" help:"List the policies of a user, group or role, on a running server."`
	Delete   deletePolicy   `cmd:"" help:"Take a policy from a user, group or role, on a running server."`
}

type checkPolicy struct {
	File  string `arg:"" type:"existingfile" placeholder:"FILE" help:"File with the document."`
	Trust bool   `help:"Check it as the trust policy of a role."`
}

// Run checks the document.
func (c checkPolicy) Run(out output) error {
	kind := policy.Identity
	if c.Trust {
		kind = policy.Trust
	}
	if _, err := readPolicy(c.File, kind); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, "The policy is valid.")
	return err
}

type simulatePolicy struct {
	Policy    []string          `sep:"none" placeholder:"FILE" help:"Identity policy: a file, or the name of a managed policy such as AWSPartnerCentralFullAccess. May be repeated."`
	Boundary  string            `placeholder:"FILE" help:"Permissions boundary, likewise."`
	Session   []string          `sep:"none" placeholder:"FILE" help:"Session policy, likewise. May be repeated."`
	Trust     string            `type:"existingfile" placeholder:"FILE" help:"Trust policy of a role, which alone decides whether the principal may assume it."`
	Action    string            `required:"true" placeholder:"ACTION" help:"Operation such as GetOpportunity, or another service's action such as iam:PassRole."`
	Resource  string            `default:"*" placeholder:"ARN" help:"Resource of the request (${default})."`
	Principal string            `default:"arn:aws:iam::000000000000:user/simulated" placeholder:"ARN" help:"Who makes the request (${default})."`
	Value     map[string]string `placeholder:"KEY=VALUE" help:"Value of a condition key, such as partnercentral:Catalog=Sandbox. May be repeated."`
}

// Run prints the decision.
func (c simulatePolicy) Run(out output) error {
	set, err := c.policies()
	if err != nil {
		return err
	}
	r, err := c.request()
	if err != nil {
		return err
	}
	decision := set.Evaluate(r)
	if c.Trust != "" {
		trust, err := readPolicy(c.Trust, policy.Trust)
		if err != nil {
			return err
		}
		decision = trust.EvaluateTrust(r)
	}
	if decision.Allowed {
		_, err := fmt.Fprintf(out, "Allowed by %s of %s.\n", decision.Statement, decision.Policy)
		return err
	}
	if decision.Explicit {
		return fmt.Errorf("%s (%s of %s)", decision.Refusal(r), decision.Statement, decision.Policy)
	}
	return fmt.Errorf("%s", decision.Refusal(r))
}

func (c simulatePolicy) policies() (set policy.Policies, err error) {
	if set.Identity, err = readPolicies(c.Policy, policy.Identity); err != nil {
		return set, err
	}
	if c.Boundary != "" {
		boundary, err := readPolicy(c.Boundary, policy.Boundary)
		if err != nil {
			return set, err
		}
		set.Boundary = &boundary
	}
	set.Session, err = readPolicies(c.Session, policy.Session)
	return set, err
}

func (c simulatePolicy) request() (*policy.Request, error) {
	action := c.Action
	if !strings.Contains(action, ":") {
		if _, known := api.Lookup(action); !known {
			return nil, fmt.Errorf("--action: is %q; must be an operation such as GetOpportunity, or service:Action", action)
		}
		action = "partnercentral:" + action
	}
	values := map[string][]string{}
	for key, value := range c.Value {
		values[strings.ToLower(key)] = []string{value}
	}
	account := ""
	if parts := strings.Split(c.Principal, ":"); len(parts) > 4 { //nolint:mnd // the fifth part of an ARN
		account = parts[4]
	}
	if _, given := values["aws:principalarn"]; !given {
		values["aws:principalarn"] = []string{c.Principal}
	}
	if _, given := values["aws:principalaccount"]; !given && account != "" {
		values["aws:principalaccount"] = []string{account}
	}
	return &policy.Request{
		Caller: policy.Caller{Account: account, ARN: c.Principal}, Action: action, Resource: c.Resource,
		Values: func(key string) ([]string, bool) { found, ok := values[key]; return found, ok },
	}, nil
}

func readPolicies(names []string, kind policy.Kind) ([]policy.Named, error) {
	all := make([]policy.Named, len(names))
	for i, name := range names {
		var err error
		if all[i], err = readPolicy(name, kind); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// readPolicy reads a policy from a file, or returns the managed policy of that name.
func readPolicy(name string, kind policy.Kind) (policy.Named, error) {
	if slices.Contains(policy.ManagedNames(), name) {
		return policy.Managed(name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return policy.Named{}, err
	}
	document, err := policy.Parse(text, kind)
	if err != nil {
		return policy.Named{}, fmt.Errorf("%s: %w", name, err)
	}
	return policy.Named{Name: filepath.Base(name), Document: document}, nil
}
