// Package feature holds the switches with which the operator turns features off for
// an account (docs/behavior/bulk-jobs.md#feature-switches). All are on by default.
package feature

import (
	"context"
	"errors"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/operation"
	"cosell/internal/store"
)

// Features are the switches of an account; false is off.
type Features struct {
	SearchOpportunities bool `json:"searchOpportunities"`
	OpportunityBulkJobs bool `json:"opportunityBulkJobs"`
}

// read returns the switches of an account.
func read(tx *store.Tx, account string) (Features, error) {
	document, err := tx.Features(account)
	if errors.Is(err, store.ErrNotFound) {
		return Features{SearchOpportunities: true, OpportunityBulkJobs: true}, nil
	}
	if err != nil {
		return Features{}, fmt.Errorf("read features: %w", err)
	}
	f, err := operation.Decode[Features]("features", document)
	if err != nil {
		return Features{}, err
	}
	return *f, nil
}

// RequireSearchOpportunities returns the error of a caller who may not search
// opportunities.
func RequireSearchOpportunities(c *operation.Call) error {
	f, err := read(c.Tx, c.Caller.Account)
	if err != nil || f.SearchOpportunities {
		return err
	}
	return denied(api.AccessDeniedExceptionErrorCodeSearchOpportunitiesNotEnabled,
		"Searching opportunities is not enabled for your account")
}

// RequireOpportunityBulkJobs returns the error of a caller who may not have bulk
// jobs of opportunities.
func RequireOpportunityBulkJobs(c *operation.Call) error {
	f, err := read(c.Tx, c.Caller.Account)
	if err != nil || f.OpportunityBulkJobs {
		return err
	}
	return denied(api.AccessDeniedExceptionErrorCodeOpportunityBulkJobNotEnabled,
		"Bulk jobs of opportunities are not enabled for your account")
}

func denied(reason api.AccessDeniedExceptionErrorCode, message string) error {
	e := api.AccessDenied(message)
	e.AccessReason = reason
	return e
}

// Service reads and sets the switches for the operator.
type Service struct{ runner *operation.Runner }

// New returns a Service whose transactions the runner opens.
func New(r *operation.Runner) *Service { return &Service{runner: r} }

// Features returns the switches of an account.
func (s *Service) Features(ctx context.Context, account string) (f Features, err error) {
	err = s.runner.View(ctx, auth.Principal{Account: account}, func(c *operation.Call) error {
		f, err = read(c.Tx, account)
		return err
	})
	return f, err
}

// PutFeatures sets the switches of an account.
func (s *Service) PutFeatures(ctx context.Context, account string, f Features) error {
	return s.runner.Update(ctx, auth.Principal{Account: account}, func(c *operation.Call) error {
		document, err := operation.Encode("features", f)
		if err != nil {
			return err
		}
		return c.Tx.PutFeatures(account, document)
	})
}
