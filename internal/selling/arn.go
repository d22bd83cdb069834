package selling

import (
	"strings"

	"cosell/internal/api"
)

// arn names a resource of a catalog. Resources shared between accounts have no
// account in their ARN (docs/behavior/errors.md#identifiers-and-arns).
func arn(account, catalog, resource string) string {
	return "arn:aws:partnercentral:us-east-1:" + account + ":catalog/" + catalog + "/" + resource
}

// The kinds of resources as their ARNs name them.
const (
	kindEngagement = "engagement"
	kindInvitation = "engagement-invitation"
	kindJob        = "resource-snapshot-job"
)

// identifier reads a member that takes an identifier or an ARN: it returns the
// identifier. An ARN must be of the kind and in the catalog of the request.
func identifier(field, given, catalog, kind string) (string, error) {
	if !strings.HasPrefix(given, "arn:") {
		return given, nil
	}
	wrong := func(message string) (string, error) {
		return "", invalid(api.Violation(field, api.ValidationExceptionErrorCodeInvalidValue, message))
	}
	parts := strings.SplitN(given, ":", 6)
	if len(parts) != 6 || parts[2] != "partnercentral" {
		return wrong("must be an identifier, or an ARN like " + arn("", catalog, kind+"/…"))
	}
	resource := strings.Split(parts[5], "/")
	switch {
	case len(resource) != 4 || resource[0] != "catalog" || resource[2] != kind:
		return wrong("must be the ARN of an " + kind + ", like " + arn("", catalog, kind+"/…"))
	case resource[1] != catalog:
		return wrong("must be in the catalog of the request, " + catalog)
	}
	return resource[3], nil
}
