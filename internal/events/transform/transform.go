// Package transform makes what a target receives out of an event: the event itself, a
// constant (Input), a part (InputPath), or a template filled with parts
// (InputTransformer), as EventBridge does (EventBridge User Guide, "input transformation").
package transform

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Limits of EventBridge.
const (
	maxInput     = 8192
	maxTemplate  = 8192
	maxVariables = 100
	maxName      = 256
	// maxOutput is the size of what a target receives: that of an event.
	maxOutput = 256 << 10
)

// Spec is what a target says about its input. At most one member is set.
type Spec struct {
	Input    string
	Path     string            // InputPath
	Paths    map[string]string // InputPathsMap
	Template string            // InputTemplate
}

// Rule has the values of the reserved variables that do not come from the event.
type Rule struct {
	ARN, Name     string
	IngestionTime string // RFC 3339
}

// Transform makes the input of a target from events. It is safe for concurrent use.
type Transform struct {
	constant []byte
	path     *path
	template []segment
	paths    map[string]path
}

// Check returns an error in EventBridge's words if a target's input is refused.
func Check(target string, s Spec) error {
	_, err := parse(target, s)
	return err
}

// New returns the Transform of a specification that Check accepts.
func New(s Spec) (*Transform, error) { return parse("", s) }

func parse(target string, s Spec) (*Transform, error) {
	given := 0
	for _, set := range []bool{s.Input != "", s.Path != "", s.Template != "" || len(s.Paths) > 0} {
		if set {
			given++
		}
	}
	switch {
	case given > 1:
		return nil, fmt.Errorf("Only one of Input, InputPath, or InputTransformer must be provided for target %s.", target) //nolint:revive,staticcheck // EventBridge's words
	case s.Input != "":
		if len(s.Input) > maxInput || !valid([]byte(s.Input)) {
			return nil, fmt.Errorf("JSON syntax error in input for target %s", target)
		}
		return &Transform{constant: []byte(s.Input)}, nil
	case s.Path != "":
		p, err := parsePath(s.Path)
		if err != nil {
			return nil, fmt.Errorf("Invalid InputPath for target %s: %w", target, err) //nolint:staticcheck // EventBridge's words
		}
		return &Transform{path: &p}, nil
	case given == 0:
		return &Transform{}, nil
	}
	t := &Transform{paths: make(map[string]path, len(s.Paths))}
	if len(s.Paths) > maxVariables {
		return nil, fmt.Errorf("InputPathsMap for target %s has %d entries; must have at most %d", target, len(s.Paths), maxVariables)
	}
	for name, text := range s.Paths {
		p, err := parsePath(text)
		if err != nil {
			return nil, fmt.Errorf("InputPathsMap for target %s has an invalid path for %s: %w", target, name, err)
		}
		if !isName(name) || strings.HasPrefix(strings.ToLower(name), "aws") {
			return nil, fmt.Errorf("InputPathsMap for target %s has an invalid key %s: must have 1 to %d letters, digits, _ and -, and must not begin with AWS",
				target, name, maxName)
		}
		t.paths[name] = p
	}
	var err error
	if t.template, err = parseTemplate(s.Template, t.paths); err != nil {
		return nil, fmt.Errorf("Invalid InputTemplate for target %s : [%w].", target, err) //nolint:revive,staticcheck // EventBridge's words
	}
	return t, nil
}

func isName(s string) bool {
	for i := range len(s) {
		if !isNameByte(s[i]) {
			return false
		}
	}
	return s != "" && len(s) <= maxName
}

// valid reports whether a text is one JSON value.
func valid(text []byte) bool {
	return jsontext.Value(text).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(false))
}

// errTooLarge reports a result above maxOutput.
var errTooLarge = errors.New("the input of the target is larger than 256 KiB")

// Apply returns what the target receives for an event.
func (t *Transform) Apply(event []byte, r Rule) ([]byte, error) {
	switch {
	case t.constant != nil:
		return t.constant, nil
	case t.path != nil:
		found, err := t.path.find(event)
		if err != nil || found != nil {
			return found, err
		}
		return nil, errors.New("InputPath finds nothing in the event")
	case t.template == nil:
		return event, nil
	}
	values, err := t.values(event, r)
	if err != nil {
		return nil, err
	}
	var out []byte
	for _, s := range t.template {
		out = append(out, s.literal...)
		if s.variable != "" {
			out = s.render(out, values[s.variable])
		}
		if len(out) > maxOutput {
			return nil, errTooLarge
		}
	}
	return out, nil
}

// values returns the values of the variables that the template uses; those that the
// event does not have are absent.
func (t *Transform) values(event []byte, r Rule) (map[string]jsontext.Value, error) {
	values := make(map[string]jsontext.Value)
	for _, s := range t.template {
		if s.variable == "" || values[s.variable] != nil {
			continue
		}
		var v jsontext.Value
		var err error
		switch s.variable {
		case ruleARN:
			v, err = jsontext.AppendQuote(nil, r.ARN)
		case ruleName:
			v, err = jsontext.AppendQuote(nil, r.Name)
		case ingestionTime:
			v, err = jsontext.AppendQuote(nil, r.IngestionTime)
		case wholeEvent:
			v = event
		case eventWithoutDetail:
			v, err = withoutDetail(event)
		default:
			v, err = t.paths[s.variable].find(event)
		}
		if err != nil {
			return nil, err
		}
		values[s.variable] = v
	}
	return values, nil
}

// withoutDetail returns an event without its member detail.
func withoutDetail(event []byte) (jsontext.Value, error) {
	d := jsontext.NewDecoder(bytes.NewReader(event), jsontext.AllowDuplicateNames(true))
	if token, err := d.ReadToken(); err != nil || token.Kind() != jsontext.KindBeginObject {
		return nil, errors.New("the event is not a JSON object")
	}
	out := jsontext.Value("{")
	for d.PeekKind() != jsontext.KindEndObject {
		name, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		name = name.Clone()
		value, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		if string(name) == `"detail"` {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, name...), ':'), value...)
	}
	return append(out, '}'), nil
}
