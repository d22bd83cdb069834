package awsjson

import (
	"bytes"
	"errors"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"cosell/internal/api"
)

// decode reads a body into an operation's input. An absent body says what {}
// says. Errors name the place and what belongs there, never the value found.
func decode(body []byte, in api.Input) error {
	if len(body) == 0 {
		return nil
	}
	// The decoder would take a null for an input without members.
	if kind := jsontext.Value(body).Kind(); strings.ContainsRune(`"0[tfn`, rune(kind)) {
		return refuse(serialization, "The body must be a JSON object, not %s.", kindName(kind))
	}
	if err := api.Unmarshal(body, in); err != nil {
		return explain(err)
	}
	if mayHaveNullElement(body) {
		return refuseNullElement(jsontext.NewDecoder(bytes.NewBuffer(body)), reflect.TypeOf(in))
	}
	return nil
}

// explain says what is wrong with a body.
func explain(err error) error {
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		kind, what := expected(semantic.GoType)
		if semantic.JSONKind != kind {
			what += ", not " + kindName(semantic.JSONKind)
		}
		return refuse(serialization, "%s must be %s.", place(semantic.JSONPointer), what)
	}
	syntactic, ok := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case !ok:
		return refuse(serialization, "The body is not valid JSON: it ends too soon.")
	case errors.Is(err, jsontext.ErrDuplicateName):
		return refuse(serialization, "%s stands in the body twice.", place(syntactic.JSONPointer))
	default:
		return refuse(serialization, "The body is not valid JSON: %s, at byte %d.", mistake(syntactic.Err), syntactic.ByteOffset)
	}
}

// mistake says what is no JSON. The decoder quotes a wrong escape sequence with
// what stands behind it, which is a value.
func mistake(err error) string {
	text := strings.ToValidUTF8(err.Error(), "\uFFFD")
	for _, wrong := range []string{"invalid escape sequence", "invalid surrogate pair"} {
		if strings.HasPrefix(text, wrong) {
			return wrong + " in string"
		}
	}
	return text
}

// expected says what a member of a Go type looks like in JSON.
func expected(t reflect.Type) (kind jsontext.Kind, what string) {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == nil:
		return 0, "something else"
	case t == reflect.TypeFor[api.Timestamp]():
		return '"', "a time like 2026-03-09T01:50:25.040Z in a string"
	}
	switch t.Kind() {
	case reflect.String:
		return '"', "a string"
	case reflect.Bool:
		return 't', "true or false"
	case reflect.Int32:
		return '0', "a whole number of 32 bits"
	case reflect.Slice:
		return '[', "a list"
	default:
		return '{', "an object"
	}
}

func kindName(kind jsontext.Kind) string {
	switch kind {
	case 'n':
		return "null"
	case 't', 'f':
		return "a boolean"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case '{':
		return "an object"
	case '[':
		return "a list"
	default:
		return "something else"
	}
}

// place writes a pointer as callers think of it: Customer.Contacts[0].Email.
func place(pointer jsontext.Pointer) string {
	const most = 200
	if pointer == "" {
		return "The body"
	}
	var b strings.Builder
	for token := range pointer.Tokens() {
		if _, err := strconv.Atoi(token); err == nil {
			b.WriteString("[" + token + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(token)
		if b.Len() > most {
			return strings.ToValidUTF8(b.String()[:most], "") + "…"
		}
	}
	return b.String()
}

// mayHaveNullElement reports whether a list in a body could hold a null. That
// would decode as an empty element, so it must be refused; looking for it token
// by token is as dear as decoding, and nearly every null is the value of a
// member, which stands behind a colon.
func mayHaveNullElement(body []byte) bool {
	for {
		before, after, found := bytes.Cut(body, []byte("null"))
		if !found {
			return false
		}
		before = bytes.TrimRight(before, " \t\r\n")
		if n := len(before); n > 0 && (before[n-1] == '[' || before[n-1] == ',') {
			return true
		}
		body = after
	}
}

// refuseNullElement refuses a null in a list of the value that d reads next, which
// has been decoded as a t. What t does not know was ignored and may be anything:
// it is passed over, as to ask of every null in it where it stands could take
// minutes.
func refuseNullElement(d *jsontext.Decoder, t reflect.Type) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch kind := d.PeekKind(); {
	case kind == '[' && t.Kind() == reflect.Slice:
		return refuseNullOfList(d, t.Elem())
	case kind == '{' && t.Kind() == reflect.Struct:
		return refuseNullOfMembers(d, t)
	default:
		return d.SkipValue()
	}
}

func refuseNullOfList(d *jsontext.Decoder, element reflect.Type) error {
	_, err := d.ReadToken()
	for err == nil && d.PeekKind() != ']' {
		if d.PeekKind() != 'n' {
			err = refuseNullElement(d, element)
		} else if err = d.SkipValue(); err == nil {
			err = refuse(serialization, "%s must not be null.", place(d.StackPointer()))
		}
	}
	if err == nil {
		_, err = d.ReadToken()
	}
	return err
}

func refuseNullOfMembers(d *jsontext.Decoder, structure reflect.Type) error {
	_, err := d.ReadToken()
	for err == nil && d.PeekKind() != '}' {
		var name jsontext.Token
		if name, err = d.ReadToken(); err != nil {
			break
		}
		if member := memberType(structure, name.String()); member != nil {
			err = refuseNullElement(d, member)
		} else {
			err = d.SkipValue()
		}
	}
	if err == nil {
		_, err = d.ReadToken()
	}
	return err
}

// memberType is the type of a structure's member, nil when it has none of that
// name.
func memberType(structure reflect.Type, name string) reflect.Type {
	for field := range structure.Fields() {
		if field.Tag.Get("json") == name {
			return field.Type
		}
	}
	return nil
}
