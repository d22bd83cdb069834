package operator

import (
	"context"
	"errors"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/api"
)

// refusal converts an error of the service: refusals are passed on with a detail for
// each violation, everything else is an internal error. at is the place in the
// request that the field names of the service are relative to.
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

// violations returns a detail with its place for each violation.
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
