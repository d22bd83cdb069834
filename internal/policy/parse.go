package policy

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The bounds of a document. IAM's own are lower in places; these keep parsing and
// evaluation cheap.
const (
	// MaxSize is the largest size of a document in bytes.
	MaxSize       = 20_480
	maxStatements = 100
	maxValues     = 500 // of one list
	maxConditions = 50  // of one statement
	maxVariables  = 20  // of one value
)

// Kind is what a document is used as.
type Kind uint8

// The kinds of policies.
const (
	Identity Kind = iota
	Boundary
	Session
	Trust
)

// String returns the kind as AWS's messages write it.
func (k Kind) String() string {
	return [...]string{"identity-based policy", "permissions boundary", "session policy", "role trust policy"}[k]
}

// Document is a parsed policy document. It is immutable.
type Document struct{ statements []statement }

type statement struct {
	sid        string
	deny       bool
	actions    []pattern
	notAction  bool
	resources  []pattern
	notRes     bool
	principals []principal
	conditions []condition
}

// Error is a mistake in a document.
type Error struct {
	At     string // the place, such as Statement[0].Action; "" for the whole document
	Reason string
}

// Error implements error.
func (e *Error) Error() string {
	if e.At == "" {
		return "policy: " + e.Reason
	}
	return e.At + ": " + e.Reason
}

func wrong(at, format string, args ...any) error {
	return &Error{At: at, Reason: fmt.Sprintf(format, args...)}
}

type rawDocument struct {
	Version   *string        `json:"Version"`
	ID        *string        `json:"Id"`
	Statement jsontext.Value `json:"Statement"`
}

type rawStatement struct {
	Sid          *string        `json:"Sid"`
	Effect       *string        `json:"Effect"`
	Action       jsontext.Value `json:"Action"`
	NotAction    jsontext.Value `json:"NotAction"`
	Resource     jsontext.Value `json:"Resource"`
	NotResource  jsontext.Value `json:"NotResource"`
	Principal    jsontext.Value `json:"Principal"`
	NotPrincipal jsontext.Value `json:"NotPrincipal"`
	Condition    jsontext.Value `json:"Condition"`
}

const withVariables = "2012-10-17"

// Parse parses a document that is used as kind. Every error is an [*Error].
func Parse(text []byte, kind Kind) (*Document, error) {
	if len(text) > MaxSize {
		return nil, wrong("", "has %d bytes; must have at most %d", len(text), MaxSize)
	}
	var raw rawDocument
	if err := decode(text, &raw, ""); err != nil {
		return nil, err
	}
	p := parser{kind: kind}
	if raw.Version != nil {
		switch *raw.Version {
		case withVariables:
			p.variables = true
		case "2008-10-17":
		default:
			return nil, wrong("Version", "is %.40q; must be 2012-10-17 or 2008-10-17", *raw.Version)
		}
	}
	statements, err := oneOrMany(raw.Statement, "Statement", maxStatements)
	if err != nil {
		return nil, err
	}
	d := &Document{statements: make([]statement, len(statements))}
	sids := map[string]bool{}
	for i, text := range statements {
		s, err := p.statement(text, fmt.Sprintf("Statement[%d]", i))
		if err != nil {
			return nil, err
		}
		if s.sid != "" && sids[s.sid] {
			return nil, wrong(fmt.Sprintf("Statement[%d].Sid", i), "is %q again; must be unique", s.sid)
		}
		sids[s.sid] = true
		d.statements[i] = s
	}
	return d, nil
}

// decode decodes an object strictly: known members of the right type, each once.
func decode(text []byte, into any, at string) error {
	err := json.Unmarshal(text, into, json.RejectUnknownMembers(true))
	if err == nil {
		return nil
	}
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		reason := "is not JSON"
		if errors.Is(err, jsontext.ErrDuplicateName) {
			reason = "has a member twice"
		}
		return wrong(join(at, pointer(syntactic.JSONPointer)), "%s; must be a policy document in JSON", reason)
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		if errors.Is(err, json.ErrUnknownName) {
			return wrong(join(at, pointer(semantic.JSONPointer)), "is no element of a policy; names are case-sensitive")
		}
		return wrong(join(at, pointer(semantic.JSONPointer)), "has the wrong type; must be %s", semantic.GoType)
	}
	return wrong(at, "is not a policy document")
}

func pointer(p jsontext.Pointer) string {
	const most = 200
	return strings.ReplaceAll(strings.TrimPrefix(string(p[:min(len(p), most)]), "/"), "/", ".")
}

func join(at, member string) string {
	if at == "" || member == "" {
		return at + member
	}
	return at + "." + member
}

// oneOrMany returns the elements of an array, or a value that stands alone.
func oneOrMany(v jsontext.Value, at string, most int) ([]jsontext.Value, error) {
	v = bytes.TrimSpace(v)
	if len(v) == 0 || v.Kind() == 'n' {
		return nil, wrong(at, "is missing")
	}
	if v.Kind() != '[' {
		return []jsontext.Value{v}, nil
	}
	var many []jsontext.Value
	if err := json.Unmarshal(v, &many); err != nil {
		return nil, wrong(at, "is not a list")
	}
	if len(many) == 0 || len(many) > most {
		return nil, wrong(at, "has %d elements; must have 1 to %d", len(many), most)
	}
	return many, nil
}

// texts returns a string or a list of strings; where scalars are allowed, also booleans and numbers.
func texts(v jsontext.Value, at string, scalars bool) ([]string, error) {
	values, err := oneOrMany(v, at, maxValues)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(values))
	for i, value := range values {
		switch kind := value.Kind(); {
		case kind == '"':
			if err := json.Unmarshal(value, &out[i]); err != nil {
				return nil, wrong(at, "holds text that is not UTF-8")
			}
		case scalars && (kind == 't' || kind == 'f' || kind == '0'):
			out[i] = string(bytes.TrimSpace(value))
		default:
			return nil, wrong(at, "must be a string or a list of strings")
		}
	}
	return out, nil
}

type parser struct {
	kind      Kind
	variables bool
}

var sidPattern = regexp.MustCompile(`^[A-Za-z0-9]{0,100}$`)

func (p parser) statement(text jsontext.Value, at string) (s statement, err error) {
	if text.Kind() != '{' {
		return s, wrong(at, "must be an object")
	}
	var raw rawStatement
	if err := decode(text, &raw, at); err != nil {
		return s, err
	}
	if raw.Sid != nil {
		if s.sid = *raw.Sid; !sidPattern.MatchString(s.sid) {
			return s, wrong(at+".Sid", "must have letters and digits only, at most 100")
		}
	}
	switch {
	case raw.Effect == nil:
		return s, wrong(at+".Effect", "is missing; must be Allow or Deny")
	case *raw.Effect == "Deny":
		s.deny = true
	case *raw.Effect != "Allow":
		return s, wrong(at+".Effect", "is %.40q; must be Allow or Deny", *raw.Effect)
	}
	if s.notAction, err = p.list(at, "Action", raw.Action, raw.NotAction, &s.actions, action); err != nil {
		return s, err
	}
	if err := p.subjects(&s, &raw, at); err != nil {
		return s, err
	}
	if raw.Condition != nil {
		s.conditions, err = p.conditions(raw.Condition, at+".Condition")
	}
	return s, err
}

// subjects parses what a statement is about: resources, or in a trust policy principals.
func (p parser) subjects(s *statement, raw *rawStatement, at string) (err error) {
	if p.kind != Trust {
		if raw.Principal != nil || raw.NotPrincipal != nil {
			return wrong(at+".Principal", "is not allowed in an %s; only a trust policy has principals", p.kind)
		}
		s.notRes, err = p.list(at, "Resource", raw.Resource, raw.NotResource, &s.resources, resource)
		return err
	}
	switch {
	case raw.Resource != nil || raw.NotResource != nil:
		return wrong(at+".Resource", "is not allowed in a trust policy, whose resource is the role")
	case raw.NotPrincipal != nil:
		return wrong(at+".NotPrincipal", "is not supported in a trust policy; name principals, and use a condition to exclude some")
	case raw.Principal == nil:
		return wrong(at+".Principal", "is missing; a trust policy must say whom it trusts")
	}
	s.principals, err = parsePrincipals(raw.Principal, at+".Principal")
	return err
}

// list parses an element or its negation, of which exactly one must be there.
func (p parser) list(at, name string, given, not jsontext.Value, into *[]pattern,
	check func(at, value string) error,
) (negated bool, err error) {
	if (given == nil) == (not == nil) {
		return false, wrong(at, "must have either %s or Not%[1]s", name)
	}
	if given == nil {
		negated, given, name = true, not, "Not"+name
	}
	at += "." + name
	values, err := texts(given, at, false)
	if err != nil {
		return false, err
	}
	for i, value := range values {
		if len(values) > 1 {
			if i == 0 {
				at += "[0]"
			}
			at = at[:strings.LastIndexByte(at, '[')] + fmt.Sprintf("[%d]", i)
		}
		if err := check(at, value); err != nil {
			return false, err
		}
		var compiled pattern
		if strings.HasSuffix(name, "Action") {
			compiled, err = compile(strings.ToLower(value), at, false)
		} else {
			compiled, err = compile(value, at, p.variables)
			compiled.segments = true
		}
		if err != nil {
			return false, err
		}
		*into = append(*into, compiled)
	}
	return negated, nil
}

var actionPattern = regexp.MustCompile(`^(\*|[A-Za-z0-9-]{1,64}:[A-Za-z0-9*?]{1,128})$`)

func action(at, value string) error {
	if !actionPattern.MatchString(value) {
		return wrong(at, "is %.80q; must be * or service:Action, such as partnercentral:GetOpportunity", value)
	}
	return nil
}

// maxText is the largest size of a resource or a value.
const maxText = 2048

func resource(at, value string) error {
	const colons = 5 // of an ARN
	switch {
	case len(value) > maxText:
		return wrong(at, "has %d bytes; must have at most %d", len(value), maxText)
	case value == "*":
	case !strings.HasPrefix(value, "arn:"), strings.Count(value, ":") < colons && !strings.HasSuffix(value, "*"):
		return wrong(at, "is %.80q; must be * or an ARN, such as arn:aws:partnercentral:us-east-1:*:catalog/Sandbox/opportunity/*", value)
	}
	return nil
}
