package operator

import (
	"context"
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/api"
)

// awsSummary is AWS's side of an opportunity, with the member names of the API.
type awsSummary struct{ json.RawMessage }

// Schema implements [huma.SchemaProvider].
func (awsSummary) Schema(huma.Registry) *huma.Schema {
	s := schemaOf(reflect.TypeFor[api.GetAwsOpportunitySummaryResponse]())
	s.Nullable = false
	return s
}

// awsSummaryPatch is a merge patch of the members that AWS may change.
type awsSummaryPatch struct{ json.RawMessage }

// Schema implements [huma.SchemaProvider].
func (awsSummaryPatch) Schema(huma.Registry) *huma.Schema {
	s := schemaOf(reflect.TypeFor[api.AwsOpportunitySummaryFullView]())
	s.Nullable = false
	s.Description = "A JSON merge patch: absent members are kept, null clears, lists are replaced."
	return s
}

type changeAwsSummary struct {
	OpportunityPath

	Body awsSummaryPatch
}

func (c Config) awsSummaryRoutes(rest huma.API) {
	const path = "/opportunities/{id}/aws-summary"
	answer := func(ctx context.Context, summary *api.GetAwsOpportunitySummaryResponse, err error) (*body[awsSummary], error) {
		if err != nil {
			return nil, c.refusal(ctx, err, "body")
		}
		encoded, err := api.Marshal(summary)
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		return &body[awsSummary]{awsSummary{encoded}}, nil
	}
	huma.Get(rest, path, func(ctx context.Context, in *OpportunityPath) (*body[awsSummary], error) {
		summary, err := c.Service.AwsSummary(ctx, in.key())
		return answer(ctx, summary, err)
	}, tagged("Review", "Read AWS's side of an opportunity"))
	huma.Patch(rest, path, func(ctx context.Context, in *changeAwsSummary) (*body[awsSummary], error) {
		summary, err := c.Service.ChangeAwsSummary(ctx, in.key(), in.Body.RawMessage)
		return answer(ctx, summary, err)
	}, tagged("Review", "Change AWS's side of an opportunity"))
}
