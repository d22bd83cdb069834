package operator

import (
	"context"
	"errors"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/api"
)

type submissionQuery struct {
	OpportunityPath

	InvolvementType string `query:"involvementType" enum:"Co-Sell,For Visibility Only" default:"Co-Sell"`
	Visibility      string `query:"visibility" enum:"Full,Limited" default:"Full"`
}

type submissionCheck struct {
	Submittable bool                `json:"submittable" doc:"Whether SubmitOpportunity would be accepted now"`
	Violations  []submissionMissing `json:"violations" nullable:"false" doc:"What it would be refused for"`
}

type submissionMissing struct {
	Field   string `json:"field,omitempty" example:"project.title"`
	Code    string `json:"code" example:"REQUIRED_FIELD_MISSING"`
	Message string `json:"message"`
}

func (c Config) submissionRoutes(rest huma.API) {
	huma.Get(rest, "/opportunities/{id}/submission", c.submission,
		tagged("Review", "Tell what an opportunity lacks to be submitted"), func(o *huma.Operation) {
			o.Description = "Runs the checks of SubmitOpportunity and changes nothing."
			o.Errors = []int{404}
		})
}

func (c Config) submission(ctx context.Context, in *submissionQuery) (*body[submissionCheck], error) {
	err := c.Service.CheckSubmission(ctx, in.key(), api.SalesInvolvementType(in.InvolvementType), api.Visibility(in.Visibility))
	check := submissionCheck{Submittable: err == nil, Violations: []submissionMissing{}}
	e, refused := errors.AsType[*api.Error](err)
	if err != nil && (!refused || e.Type != api.TypeValidation) {
		return nil, c.refusal(ctx, err, "path")
	}
	if refused {
		for _, v := range e.ErrorList {
			check.Violations = append(check.Violations, submissionMissing{Field: text(v.FieldName), Code: text(v.Code), Message: text(v.Message)})
		}
	}
	return &body[submissionCheck]{check}, nil
}
