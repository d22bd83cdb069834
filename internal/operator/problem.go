package operator

import (
	"context"
	"errors"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/api"
)

// refusal turns an error of the subject into this API's: what the operator asked
// for and cannot have is told, with a detail for each violation; everything else
// is a fault. at leads to the place in the request that the subject's field names
// begin at.
func (c Config) refusal(ctx context.Context, err error, at string) error {
	e, ok := errors.AsType[*api.Error](err)
	if !ok {
		return c.fault(ctx, err)
	}
	switch e.Type {
	case api.TypeValidation:
		return huma.Error422UnprocessableEntity("validation failed", violations(e.ErrorList, at)...)
	case api.TypeResourceNotFound:
		return huma.Error404NotFound(e.Message)
	case api.TypeConflict, api.TypeServiceQuotaExceeded:
		return huma.Error409Conflict(e.Message)
	default:
		return c.fault(ctx, err)
	}
}

// violations are what breaks the contract or a rule, each at its place.
func violations(found []api.ValidationExceptionError, at string) []error {
	details := make([]error, len(found))
	for i, v := range found {
		details[i] = &huma.ErrorDetail{Location: at, Message: *v.Message}
		if v.FieldName != nil {
			details[i] = &huma.ErrorDetail{Location: at + "." + *v.FieldName, Message: *v.Message}
		}
	}
	return details
}
