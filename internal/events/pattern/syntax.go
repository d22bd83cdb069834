package pattern

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// syntax is a JSON value of a pattern's text, with the position of its end, which
// is where errors point.
type syntax struct {
	kind    jsontext.Kind
	text    string   // of a scalar; a string without its quotes
	members []member // of an object, in the order of the text
	items   []syntax // of an array
	end     int
}

type member struct {
	name  string
	value syntax
}

// parseSyntax reads a text that must be one JSON value.
func parseSyntax(text string) (syntax, error) {
	d := jsontext.NewDecoder(strings.NewReader(text), jsontext.AllowDuplicateNames(true))
	root, err := readSyntax(d)
	if err == nil {
		if _, err = d.ReadToken(); errors.Is(err, io.EOF) {
			return root, nil
		}
		err = errors.New("text after the pattern")
	}
	return syntax{}, &SyntaxError{Reason: "Unable to parse: " + err.Error(), offset: int(d.InputOffset())}
}

func readSyntax(d *jsontext.Decoder) (s syntax, err error) {
	if d.StackDepth() > maxDepth {
		return s, fmt.Errorf("nested deeper than %d levels", maxDepth)
	}
	token, err := d.ReadToken()
	if err != nil {
		return s, err
	}
	s.kind = token.Kind()
	switch s.kind {
	case jsontext.KindBeginObject:
		for d.PeekKind() != jsontext.KindEndObject {
			var m member
			if token, err = d.ReadToken(); err != nil {
				return s, err
			}
			m.name = token.String()
			if m.value, err = readSyntax(d); err != nil {
				return s, err
			}
			s.members = append(s.members, m)
		}
		_, err = d.ReadToken()
	case jsontext.KindBeginArray:
		for d.PeekKind() != jsontext.KindEndArray {
			var item syntax
			if item, err = readSyntax(d); err != nil {
				return s, err
			}
			s.items = append(s.items, item)
		}
		_, err = d.ReadToken()
	default:
		s.text = token.String()
	}
	s.end = int(d.InputOffset())
	return s, err
}

func (s *syntax) isString() bool { return s.kind == jsontext.KindString }

func (s *syntax) isNumber() bool { return s.kind == jsontext.KindNumber }

// value returns a scalar as events hold them.
func (s *syntax) value() value {
	switch s.kind {
	case jsontext.KindString:
		return value{kind: kindString, text: s.text}
	case jsontext.KindNumber:
		return value{kind: kindNumber, text: s.text, number: parseDecimal(s.text)}
	default:
		return value{kind: kindLiteral, text: s.text}
	}
}
