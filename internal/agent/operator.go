package agent

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"cosell/model/smithy"
)

// operatorTool is a tool that calls a route of the operator API. Arguments are texts, but
// for those with a schema.
type operatorTool struct {
	name, description string
	readOnly          bool
	method            string
	// path may have {names} of arguments; those of query become its query, all others
	// the members of the body.
	path      string
	query     []string
	listed    bool // the body is a list of one
	arguments map[string]argument
}

type argument struct {
	description string
	values      []string // any without them
	required    bool
	schema      object // of what is no text
}

const (
	accountArgument = "account"
	catalogArgument = "catalog"
)

func operatorTools(contract *smithy.Model) []operatorTool {
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
			name: "operator_refer", method: http.MethodPost, path: "/referrals",
			description: "Refers an opportunity to a partner as AWS. The partner gets an invitation, and the opportunity once it accepts.",
			arguments: map[string]argument{
				accountArgument: account, catalogArgument: catalog,
				"opportunity": {description: "The opportunity, with the members of CreateOpportunity", required: true, schema: referredSchema(contract)},
			},
		}, {
			name: "operator_inject_fault", method: http.MethodPut, path: "/faults", listed: true,
			description: "Lets requests to the API fail on purpose, in place of all faults in force, to test clients.",
			arguments: map[string]argument{
				"operation": {description: "Only requests of this operation"}, accountArgument: {description: "Only requests of this account"},
				"error":   {description: "Type of the error, such as ThrottlingException; the operation does not run"},
				"latency": {description: "Time by which the answer is late, such as 250ms or 100ms-2s"},
				"rate":    {description: "Share of the requests that are struck, all if absent", schema: numberOf(smithy.KindDouble, smithy.Bounds{Min: new(int64(0)), Max: new(int64(1))})},
				"times":   {description: "How many requests are struck at most, any number if absent", schema: numberOf(smithy.KindInteger, smithy.Bounds{Min: new(int64(1))})},
			},
		}, {
			name: "operator_clear_faults", method: http.MethodDelete, path: "/faults",
			description: "Removes all faults in force.",
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
		if a.schema != nil {
			property = maps.Clone(a.schema)
		}
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

// numberOf returns the schema of a number with bounds.
func numberOf(kind smithy.Kind, bounds smithy.Bounds) object {
	out := ofType(kind.JSONType())
	limit(out, "minimum", "maximum", bounds)
	return out
}

// referredSchema is the schema of an opportunity that AWS refers: that of CreateOpportunity
// without what the server fills in.
func referredSchema(contract *smithy.Model) object {
	out := inputSchema(contract, contract.Shapes["CreateOpportunity"].Input)
	if properties, ok := out["properties"].(object); ok {
		for _, name := range []string{clientToken, "Catalog", "Origin"} {
			delete(properties, name)
		}
	}
	delete(out, "required")
	return out
}

// request returns the path and the body for arguments; the body is nil where the route
// has none.
func (t *operatorTool) request(arguments map[string]json.RawMessage) (path string, body any, err error) {
	for _, name := range slices.Sorted(maps.Keys(t.arguments)) {
		if given := string(arguments[name]); t.arguments[name].required && (given == "" || given == `""` || given == "null") {
			return "", nil, fmt.Errorf("%w %s: is missing; must be given", errArgument, name)
		}
	}
	path = t.path
	query, members := url.Values{}, map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(arguments)) {
		a, known := t.arguments[name]
		if !known {
			return "", nil, fmt.Errorf("%w %s: is unknown; must be one of %s", errArgument, name, strings.Join(slices.Sorted(maps.Keys(t.arguments)), ", "))
		}
		if a.schema != nil {
			members[name] = arguments[name]
			continue
		}
		value, err := a.text(name, arguments[name])
		switch {
		case err != nil:
			return "", nil, err
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
	switch {
	case t.listed:
		return path, []any{members}, nil
	case len(members) > 0:
		return path, members, nil
	}
	return path, nil, nil
}

// text returns the value of an argument that is a text.
func (a *argument) text(name string, given json.RawMessage) (value string, err error) {
	if err := json.Unmarshal(given, &value); err != nil {
		return "", fmt.Errorf("%w %s: must be a text", errArgument, name)
	}
	if len(a.values) > 0 && !slices.Contains(a.values, value) {
		return "", fmt.Errorf("%w %s: must be one of %s, is %q", errArgument, name, strings.Join(a.values, ", "), value)
	}
	return value, nil
}
