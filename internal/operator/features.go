package operator

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/feature"
)

// Features are the switches that turn features off for an account.
type Features interface {
	Features(ctx context.Context, account string) (feature.Features, error)
	PutFeatures(ctx context.Context, account string, f feature.Features) error
}

// featureSwitches are the switches as the operator reads and sets them. One that is
// left out is on.
type featureSwitches struct {
	SearchOpportunities *bool `json:"searchOpportunities,omitempty" default:"true" doc:"Whether the account may search opportunities"`
	OpportunityBulkJobs *bool `json:"opportunityBulkJobs,omitempty" default:"true" doc:"Whether the account may have bulk jobs of opportunities"`
}

type putFeatures struct {
	AccountPath

	Body featureSwitches
}

func (c Config) featureRoutes(rest huma.API) {
	const path = "/accounts/{account}/features"
	huma.Get(rest, path, func(ctx context.Context, in *AccountPath) (*body[featureSwitches], error) {
		return c.findFeatures(ctx, in.Account)
	}, tagged("Accounts", "Read which features an account has"))
	huma.Put(rest, path, func(ctx context.Context, in *putFeatures) (*body[featureSwitches], error) {
		on := func(b *bool) bool { return b == nil || *b }
		if err := c.Features.PutFeatures(ctx, in.Account, feature.Features{
			SearchOpportunities: on(in.Body.SearchOpportunities), OpportunityBulkJobs: on(in.Body.OpportunityBulkJobs),
		}); err != nil {
			return nil, c.fault(ctx, err)
		}
		return c.findFeatures(ctx, in.Account)
	}, tagged("Accounts", "Switch features of an account on or off"))
}

func (c Config) findFeatures(ctx context.Context, account string) (*body[featureSwitches], error) {
	f, err := c.Features.Features(ctx, account)
	if err != nil {
		return nil, c.fault(ctx, err)
	}
	return &body[featureSwitches]{featureSwitches{&f.SearchOpportunities, &f.OpportunityBulkJobs}}, nil
}
