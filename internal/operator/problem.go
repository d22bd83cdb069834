package operator

import (
	"context"
	"errors"
	"strings"

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
	case api.TypeAccessDenied:
		return huma.Error403Forbidden(e.Message)
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
		if v.FieldName == nil {
			continue
		}
		field := *v.FieldName
		if at == "body.opportunity" {
			field = apiNames(field)
		}
		details[i] = &huma.ErrorDetail{Location: at + "." + field, Message: *v.Message}
	}
	return details
}

// apiNames writes the field name of a violation as the body has it:
// customer.contacts[0].email is Customer.Contacts[0].Email.
func apiNames(field string) string {
	parts := strings.Split(field, ".")
	for i, part := range parts {
		parts[i] = strings.ToUpper(part[:min(1, len(part))]) + part[min(1, len(part)):]
	}
	return strings.Join(parts, ".")
}
