package agent

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// operatorTool is a tool that calls a route of the operator API. All arguments are
// texts.
type operatorTool struct {
	name, description string
	readOnly          bool
	method            string
	// path may have {names} of arguments; those of query become its query, all others
	// the members of the body.
	path      string
	query     []string
	arguments map[string]argument
}

type argument struct {
	description string
	values      []string // any without them
	required    bool
}

const (
	accountArgument = "account"
	catalogArgument = "catalog"
)

func operatorTools() []operatorTool {
	account := argument{description: "Account of twelve digits", required: true}
	anyAccount := argument{description: "Account of twelve digits, aws, or * for all", required: true}
	catalog := argument{description: "Catalog", values: []string{"AWS", "Sandbox"}, required: true}
	id := argument{description: "Identifier of the opportunity, such as O1234567", required: true}
	owner := []string{accountArgument, catalogArgument}
	return []operatorTool{
		{
			name: "operator_pipeline", readOnly: true, method: http.MethodGet, path: "/pipeline", query: owner,
			description: "Counts and monthly amounts of opportunities by stage, review status and month of expected close.",
			arguments:   map[string]argument{accountArgument: anyAccount, catalogArgument: catalog},
		}, {
			name: "operator_reviews", readOnly: true, method: http.MethodGet, path: "/reviews", query: owner,
			description: "Opportunities that await a review by AWS, longest waiting first.",
			arguments:   map[string]argument{accountArgument: {description: "Only this account"}, catalogArgument: {description: "Only this catalog", values: catalog.values}},
		}, {
			name: "operator_submission_check", readOnly: true, method: http.MethodGet, path: "/opportunities/{id}/submission", query: owner,
			description: "What an opportunity still lacks before it can be submitted.",
			arguments:   map[string]argument{"id": id, accountArgument: account, catalogArgument: catalog},
		}, {
			name: "operator_resource", readOnly: true, method: http.MethodGet, path: "/resources/{id}",
			description: "Which account, catalog and kind of record an identifier belongs to.",
			arguments:   map[string]argument{"id": {description: "Any identifier", required: true}},
		}, {
			name: "operator_requests", readOnly: true, method: http.MethodGet, path: "/requests", query: []string{accountArgument, "operation", "failed", "limit"},
			description: "The last requests to the API with their answers and errors.",
			arguments: map[string]argument{
				accountArgument: anyAccount, "operation": {description: "Only this operation"}, "limit": {description: "How many, 100 if absent"},
				"failed": {description: "Only errors", values: []string{"true", "false"}},
			},
		}, {
			name: "operator_review", method: http.MethodPost, path: "/opportunities/{id}/review", query: owner,
			description: "Reviews an opportunity as AWS. A rejection is final.",
			arguments: map[string]argument{
				"id": id, accountArgument: account, catalogArgument: catalog,
				"decision": {description: "The decision", values: []string{"StartReview", "Approve", "Reject", "RequestAction"}, required: true},
				"comments": {description: "What the partner reads"}, "reason": {description: "Why, for the partner"},
			},
		}, {
			name: "operator_advance_clock", method: http.MethodPost, path: "/clock",
			description: "Moves the business clock of the server, so that invitations expire and work falls due.",
			arguments:   map[string]argument{"advance": {description: "A duration, such as 360h", required: true}},
		},
	}
}

// schema returns the JSON Schema of the arguments.
func (t *operatorTool) schema() object {
	properties, required := object{}, []string{}
	for _, name := range slices.Sorted(maps.Keys(t.arguments)) {
		a := t.arguments[name]
		property := ofType(typeString)
		property["description"] = a.description
		if len(a.values) > 0 {
			property["enum"] = a.values
		}
		properties[name] = property
		if a.required {
			required = append(required, name)
		}
	}
	out := ofType(typeObject)
	out["properties"], out["additionalProperties"] = properties, false
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// request returns the path and the body for arguments; the body is nil where the route
// has none.
func (t *operatorTool) request(arguments map[string]string) (path string, body any, err error) {
	for _, name := range slices.Sorted(maps.Keys(t.arguments)) {
		if t.arguments[name].required && arguments[name] == "" {
			return "", nil, fmt.Errorf("%w %s: is missing; must be given", errArgument, name)
		}
	}
	path = t.path
	query, members := url.Values{}, map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(arguments)) {
		value := arguments[name]
		a, known := t.arguments[name]
		switch {
		case !known:
			return "", nil, fmt.Errorf("%w %s: is unknown; must be one of %s", errArgument, name, strings.Join(slices.Sorted(maps.Keys(t.arguments)), ", "))
		case len(a.values) > 0 && !slices.Contains(a.values, value):
			return "", nil, fmt.Errorf("%w %s: must be one of %s, is %q", errArgument, name, strings.Join(a.values, ", "), value)
		case strings.Contains(path, "{"+name+"}"):
			path = strings.Replace(path, "{"+name+"}", url.PathEscape(value), 1)
		case slices.Contains(t.query, name):
			query.Set(name, value)
		default:
			members[name] = value
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	if len(members) > 0 {
		return path, members, nil
	}
	return path, nil, nil
}
