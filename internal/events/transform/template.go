package transform

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// The reserved variables.
const (
	ruleARN            = "aws.events.rule-arn"
	ruleName           = "aws.events.rule-name"
	ingestionTime      = "aws.events.event.ingestion-time"
	eventWithoutDetail = "aws.events.event"
	wholeEvent         = "aws.events.event.json"
)

var reserved = map[string]bool{ruleARN: true, ruleName: true, ingestionTime: true, eventWithoutDetail: true, wholeEvent: true}

// segment is literal text and the variable behind it.
type segment struct {
	literal  string
	variable string // "" in the last segment
	quoted   bool   // the variable stands inside a JSON string
}

// render appends a value. Inside a string, a string appears as its characters, and an
// object or array as its JSON without quotation marks; elsewhere a value is JSON. A
// value that the event does not have is empty.
func (s segment) render(out []byte, v jsontext.Value) []byte {
	switch {
	case s.quoted && v == nil:
		return out
	case v == nil:
		return append(out, `""`...)
	case !s.quoted:
		return append(out, v...)
	case v.Kind() == jsontext.KindString:
		return append(out, v[1:len(v)-1]...)
	}
	for _, c := range v {
		switch {
		case c == '"':
		case c == '\\':
			out = append(out, `\\`...)
		case c >= ' ':
			out = append(out, c)
		}
	}
	return out
}

// parseTemplate parses a template: a JSON document, or strings and variables side by
// side.
func parseTemplate(text string, paths map[string]path) ([]segment, error) {
	if text == "" || len(text) > maxTemplate {
		return nil, fmt.Errorf("must have 1 to %d characters", maxTemplate)
	}
	var (
		segments []segment
		literal  strings.Builder
		quoted   bool
		sample   []byte // the template with harmless values, to be checked
	)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted && i+1 < len(text):
			literal.WriteByte(c)
			sample = append(sample, c)
			i++
			c = text[i]
		case c == '<':
			name, ok := variableAt(text[i:])
			if !ok {
				break
			}
			if _, known := paths[name]; !known && !reserved[name] {
				return nil, fmt.Errorf("placeholder <%s> is not in InputPathsMap", name)
			}
			segments = append(segments, segment{literal: literal.String(), variable: name, quoted: quoted})
			literal.Reset()
			i += len(name) + 1
			if quoted {
				sample = append(sample, placeholder)
			} else {
				sample = append(sample, '0')
			}
			continue
		}
		literal.WriteByte(c)
		sample = append(sample, c)
	}
	return append(segments, segment{literal: literal.String()}), checkSample(sample)
}

// placeholder stands for a variable inside a string: DEL, which no name of a member has.
const placeholder = 0x7f

// variableAt returns the name of the variable that a text begins with.
func variableAt(text string) (string, bool) {
	name, _, ok := strings.Cut(text[1:], ">")
	return name, ok && name != "" && len(name) <= maxName &&
		strings.IndexFunc(name, func(r rune) bool { return r > 0x7e || r != '.' && !isNameByte(byte(r&0x7f)) }) < 0
}

// checkSample checks a template whose variables have values.
func checkSample(sample []byte) error {
	trimmed := bytes.TrimSpace(sample)
	if len(trimmed) == 0 {
		return errors.New("must not be empty")
	}
	if trimmed[0] == '{' || trimmed[0] == '[' {
		if !valid(trimmed) {
			return errors.New("must be valid JSON when its placeholders are filled")
		}
		return checkNames(trimmed)
	}
	d := jsontext.NewDecoder(bytes.NewReader(trimmed))
	for d.InputOffset() < int64(len(trimmed)) {
		token, err := d.ReadToken()
		if err != nil || token.Kind() != jsontext.KindString && token.Kind() != jsontext.KindNumber {
			return errors.New("must be JSON, or strings in quotation marks")
		}
	}
	return nil
}

// checkNames refuses variables in the names of members.
func checkNames(document []byte) error {
	d := jsontext.NewDecoder(bytes.NewReader(document), jsontext.AllowDuplicateNames(true))
	for d.InputOffset() < int64(len(document)) {
		token, err := d.ReadToken()
		if err != nil {
			return errors.New("must be valid JSON when its placeholders are filled")
		}
		if kind, length := d.StackIndex(d.StackDepth()); kind == jsontext.KindBeginObject && length%2 == 1 &&
			token.Kind() == jsontext.KindString && strings.ContainsRune(token.String(), placeholder) {
			return errors.New("a placeholder can't be used as an object key")
		}
	}
	return nil
}
