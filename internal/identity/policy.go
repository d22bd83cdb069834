package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/policy"
	"cosell/internal/store"
)

// Source is a policy: a document of its own, or the name of a managed policy.
type Source struct {
	Managed  string          `json:"managed,omitempty"`
	Document json.RawMessage `json:"document,omitempty"`
}

// maxPolicies is how many policies a principal has at most.
const maxPolicies = 20

// parse returns the policy of a source; a mistake names the field.
func (p Source) parse(name, field string, kind policy.Kind) (policy.Named, error) {
	if p.Managed != "" {
		named, err := policy.Managed(p.Managed)
		if err != nil {
			return named, invalid(field+".managed", "must be one of "+strings.Join(policy.ManagedNames(), ", "))
		}
		return named, nil
	}
	document, err := policy.Parse(p.Document, kind)
	if wrong, ok := errors.AsType[*policy.Error](err); ok {
		if wrong.At != "" {
			field += "." + wrong.At
		}
		return policy.Named{}, invalid(field, wrong.Reason)
	}
	return policy.Named{Name: name, Document: document}, err
}

// PutPolicy adds or replaces a policy of a principal.
func (s *Service) PutPolicy(ctx context.Context, key store.PrincipalKey, name string, p Source) error {
	if err := checkName("policy", name, policyPattern, 128); err != nil {
		return err
	}
	if _, err := p.parse(name, "policy", policy.Identity); err != nil {
		return err
	}
	document, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return s.update(ctx, func(tx *store.Tx) error {
		if err := s.holdForPolicy(tx, key); err != nil {
			return err
		}
		policies, err := tx.PrincipalPolicies(key)
		if err != nil {
			return err
		}
		known := false
		for i := range policies {
			known = known || policies[i].Name == name
		}
		if !known && len(policies) >= maxPolicies {
			return api.QuotaExceeded(fmt.Sprintf("policies: %s %s has %d, the most that a principal may have", key.Kind, key.Name, maxPolicies))
		}
		return tx.PutPrincipalPolicy(key, name, document)
	})
}

// holdForPolicy holds the principal that gets a policy. The root user of an account
// always exists.
func (s *Service) holdForPolicy(tx *store.Tx, key store.PrincipalKey) error {
	err := tx.LockPrincipal(key)
	if errors.Is(err, store.ErrNotFound) && key.Kind == auth.KindRoot {
		return tx.PutPrincipal(key, []byte("{}"))
	}
	return found(err, key)
}

// DeletePolicy removes a policy of a principal.
func (s *Service) DeletePolicy(ctx context.Context, key store.PrincipalKey, name string) error {
	return s.update(ctx, func(tx *store.Tx) error {
		err := tx.DeletePrincipalPolicy(key, name)
		if errors.Is(err, store.ErrNotFound) {
			return api.NotFound(fmt.Sprintf("policy: %s %s of account %s has no policy %s", key.Kind, key.Name, key.Account, name))
		}
		return err
	})
}

// Policies returns the policies of a principal, by their names.
func (s *Service) Policies(ctx context.Context, key store.PrincipalKey) (map[string]Source, error) {
	all := map[string]Source{}
	err := s.Store.View(ctx, func(tx *store.Tx) error {
		if _, err := tx.Principal(key); err != nil && (key.Kind != auth.KindRoot || !errors.Is(err, store.ErrNotFound)) {
			return found(err, key)
		}
		policies, err := tx.PrincipalPolicies(key)
		if err != nil {
			return err
		}
		clear(all)
		for i := range policies {
			var p Source
			if err := json.Unmarshal(policies[i].Document, &p); err != nil {
				return fmt.Errorf("policy %s: %w", policies[i].Name, err)
			}
			all[policies[i].Name] = p
		}
		return nil
	})
	return all, err
}

// Effective is what the policies of a principal say. It is immutable.
type Effective struct {
	// ID is the unique id of the principal; "" where there is none of that name.
	ID string
	// Policies are those of the principal and of its groups, and its boundary.
	Policies policy.Policies
	// Trust is the trust policy of a role.
	Trust json.RawMessage

	until time.Time
}

// Effective returns the policies of a principal, at most freshFor old.
func (s *Service) Effective(ctx context.Context, key store.PrincipalKey) (*Effective, error) {
	now := s.Now()
	s.mu.RLock()
	known, generation := s.policies[key], s.generation
	s.mu.RUnlock()
	if known != nil && now.Before(known.until) {
		return known, nil
	}
	read := &Effective{until: now.Add(freshFor)}
	if err := s.Store.View(ctx, func(tx *store.Tx) error { return read.read(tx, key) }); err != nil {
		return nil, fmt.Errorf("read the policies of %s: %w", ARN(key.Account, key.Kind, key.Name), err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.generation == generation {
		if len(s.policies) >= maxCached {
			s.policies = map[store.PrincipalKey]*Effective{}
		}
		s.policies[key] = read
	}
	return read, nil
}

// EffectiveIn returns the policies of a principal as a transaction sees them.
func (*Service) EffectiveIn(tx *store.Tx, key store.PrincipalKey) (*Effective, error) {
	read := new(Effective)
	return read, read.read(tx, key)
}

// read reads everything that decides what a principal may do.
func (e *Effective) read(tx *store.Tx, key store.PrincipalKey) error {
	e.ID, e.Policies, e.Trust = "", policy.Policies{}, nil
	document, err := tx.Principal(key)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var r record
	if err := json.Unmarshal(document, &r); err != nil {
		return err
	}
	e.ID, e.Trust = r.ID, r.TrustPolicy
	if r.Boundary != nil {
		boundary, err := r.Boundary.parse("permissions boundary", "permissionsBoundary", policy.Boundary)
		if err != nil {
			return err
		}
		e.Policies.Boundary = &boundary
	}
	if err := e.add(tx, key, ""); err != nil || key.Kind != auth.KindUser {
		return err
	}
	groups, err := tx.GroupsOf(key.Account, key.Name)
	if err != nil {
		return err
	}
	for _, group := range groups {
		if err := e.add(tx, store.PrincipalKey{Account: key.Account, Kind: auth.KindGroup, Name: group}, group+"/"); err != nil {
			return err
		}
	}
	return nil
}

func (e *Effective) add(tx *store.Tx, key store.PrincipalKey, prefix string) error {
	policies, err := tx.PrincipalPolicies(key)
	if err != nil {
		return err
	}
	for i := range policies {
		var source Source
		if err := json.Unmarshal(policies[i].Document, &source); err != nil {
			return err
		}
		named, err := source.parse(prefix+policies[i].Name, "policy", policy.Identity)
		if err != nil {
			return err
		}
		e.Policies.Identity = append(e.Policies.Identity, named)
	}
	return nil
}
