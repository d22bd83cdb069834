package awsjson

import (
	"errors"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"cosell/internal/api"
)

// decode decodes a body into the input of an operation. An empty body is the same
// as {}. Errors name the place and what is expected there, never the value found.
// Members that are unknown are ignored, as AWS does, with a notice.
func decode(body []byte, in api.Input) (notices []string, err error) {
	if len(body) == 0 {
		return nil, nil
	}
	// The decoder would accept null as an input without members.
	if kind := jsontext.Value(body).Kind(); strings.ContainsRune(`"0[tfn`, rune(kind)) {
		return nil, refuse(serialization, "body: must be a JSON object, not %s", kindName(kind))
	}
	if len(body) > scannedFrom {
		if err := scan(body, reflect.TypeOf(in)); err != nil {
			return nil, err
		}
	}
	err = json.Unmarshal(body, in, json.RejectUnknownMembers(true))
	if errors.Is(err, json.ErrUnknownName) {
		notices = unknownMembers(body, reflect.TypeOf(in))
		reflect.ValueOf(in).Elem().SetZero()
		err = api.Unmarshal(body, in)
	}
	if err != nil {
		return nil, explain(err)
	}
	if len(body) <= scannedFrom && mayHaveNullElement(body) {
		err = scan(body, reflect.TypeOf(in))
	}
	return notices, err
}

// explain returns the error that tells a caller what is wrong with a body.
func explain(err error) error {
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		kind, what := expected(semantic.GoType)
		if semantic.JSONKind != kind {
			what += ", not " + kindName(semantic.JSONKind)
		}
		return refuse(serialization, "%s: must be %s", place(semantic.JSONPointer), what)
	}
	syntactic, ok := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case !ok:
		return refuse(serialization, "body: not valid JSON: unexpected end")
	case errors.Is(err, jsontext.ErrDuplicateName):
		return refuse(serialization, "%s: duplicate member; must be sent once", place(syntactic.JSONPointer))
	default:
		return refuse(serialization, "body: not valid JSON: %s, at byte %d", mistake(syntactic.Err), syntactic.ByteOffset)
	}
}

// mistake describes a syntax error. It cuts the part of the request that the
// decoder quotes after a wrong escape sequence, which may be sensitive.
func mistake(err error) string {
	text := strings.ToValidUTF8(err.Error(), "\uFFFD")
	for _, wrong := range []string{"invalid escape sequence", "invalid surrogate pair"} {
		if strings.HasPrefix(text, wrong) {
			return wrong + " in string"
		}
	}
	return text
}

// expected describes the JSON form of a Go type.
func expected(t reflect.Type) (kind jsontext.Kind, what string) {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == nil:
		return 0, "of another type"
	case t == reflect.TypeFor[api.Timestamp]():
		return '"', "a time in a string, such as 2026-03-09T01:50:25.040Z"
	case t == reflect.TypeFor[api.EpochSeconds](), t.Kind() == reflect.Float64:
		return '0', "a time in seconds since 1970, up to the year 9999"
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

// place formats a pointer as a member path: Customer.Contacts[0].Email.
func place(pointer jsontext.Pointer) string {
	const limit = 200
	if pointer == "" {
		return "body"
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
		if b.Len() > limit {
			return strings.ToValidUTF8(b.String()[:limit], "") + "…"
		}
	}
	return b.String()
}
