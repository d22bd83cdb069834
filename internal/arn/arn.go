// Package arn writes and reads the ARNs of the resources of a catalog.
package arn

import (
	"strings"

	"cosell/internal/api"
	"cosell/internal/operation"
)

// Of returns the ARN of a resource, such as engagement/eng-…. A resource that
// accounts share has no account in its ARN (docs/behavior/errors.md#identifiers-and-arns).
func Of(account, catalog, resource string) string {
	return "arn:aws:partnercentral:us-east-1:" + account + ":catalog/" + catalog + "/" + resource
}

// Identifier returns the identifier in a member of a request that takes an
// identifier or an ARN. The ARN must be of the kind, such as engagement, and in
// the catalog of the request; field names the member in the error.
func Identifier(field, given, catalog, kind string) (string, error) {
	if !strings.HasPrefix(given, "arn:") {
		return given, nil
	}
	wrong := func(message string) (string, error) {
		return "", operation.Invalid(api.Violation(field, api.ValidationExceptionErrorCodeInvalidValue, message))
	}
	parts := strings.SplitN(given, ":", 6)
	if len(parts) != 6 || parts[2] != "partnercentral" {
		return wrong("must be an identifier, or an ARN like " + Of("", catalog, kind+"/…"))
	}
	resource := strings.Split(parts[5], "/")
	switch {
	case len(resource) != 4 || resource[0] != "catalog" || resource[2] != kind:
		return wrong("must be the ARN of an " + kind + ", like " + Of("", catalog, kind+"/…"))
	case resource[1] != catalog:
		return wrong("must be in the catalog of the request, " + catalog)
	}
	return resource[3], nil
}

// Account returns the account in an ARN, "" where the text is none or it has none.
func Account(given string) string {
	parts := strings.SplitN(given, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" {
		return ""
	}
	return parts[4]
}
