package authorization

import (
	"context"
	"fmt"
	"strings"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/identity"
	"cosell/internal/policy"
	"cosell/internal/store"
)

// CheckJob refuses an operation of a job that its role may not take: the role must belong to
// the account of the job, trust its service, and have policies that allow what the operation
// needs. In development mode a role that is not registered may do everything, as may none.
// It returns the role's session, without a name where there is no such role.
func (a *Authorizer) CheckJob(tx *store.Tx, job *auth.Job, operation string, in api.Input) (auth.Principal, error) {
	nobody := auth.Principal{Account: job.Account}
	op, ok := api.Lookup(operation)
	if !ok {
		return nobody, fmt.Errorf("no operation %s", operation)
	}
	name, own := strings.CutPrefix(job.RoleARN, identity.ARN(job.Account, auth.KindRole, ""))
	role := new(identity.Effective)
	if own {
		var err error
		if role, err = a.Identities.EffectiveIn(tx, store.PrincipalKey{Account: job.Account, Kind: auth.KindRole, Name: name}); err != nil {
			return nobody, fmt.Errorf("read the policies of %s: %w", job.RoleARN, err)
		}
	}
	switch {
	case role.ID == "" && !a.Strict:
		return nobody, nil
	case job.RoleARN == "":
		return nobody, api.AccessDenied("The job has no role; set one with PutSellingSystemSettings")
	}
	session := a.sessionOf(job, name, role)
	c := &request{Authorizer: a, ctx: context.Background(), tx: tx, caller: session, access: &op.Access, in: in}
	if role.ID == "" || !c.trusted(job, role) {
		return nobody, api.AccessDenied(job.Service + " is not authorized to perform: sts:AssumeRole on resource: " + job.RoleARN)
	}
	return session, c.decideAll(&role.Policies)
}

// sessionOf returns who runs a job.
func (a *Authorizer) sessionOf(job *auth.Job, name string, role *identity.Effective) auth.Principal {
	return auth.Principal{
		Account: job.Account, ARN: identity.SessionARN(job.Account, name, job.Session),
		Identity: &auth.Identity{
			Kind: auth.KindRole, Name: name, ID: role.ID, RoleARN: job.RoleARN, Session: &auth.Session{Name: job.Session, IssuedAt: a.Now()},
		},
	}
}

// trusted reports whether a role lets the service of a job assume it, which tells the role's
// trust policy for what: without that, jobs of others could use the role.
func (c *request) trusted(job *auth.Job, role *identity.Effective) bool {
	trust, err := policy.Parse(role.Trust, policy.Trust)
	if err != nil {
		return false // is checked before it is stored
	}
	keys := map[string]string{"aws:sourceaccount": job.Account, "aws:sourcearn": job.ARN}
	return trust.EvaluateTrust(&policy.Request{
		Caller: policy.Caller{ARN: job.Service}, Action: "sts:AssumeRole", Resource: job.RoleARN,
		Values: func(key string) ([]string, bool) {
			if value, ok := keys[key]; ok {
				return one(value, true)
			}
			if strings.HasPrefix(key, "aws:principal") {
				return one("true", key == "aws:principalisawsservice")
			}
			name, found := strings.CutPrefix(key, "aws:")
			if !found {
				return nil, false
			}
			return c.environment(name)
		},
	}).Allowed
}
