package awsjson

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"math"
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"

	"cosell/internal/api"
	"cosell/internal/nearest"
)

const (
	// scannedFrom is the size in bytes from which a body is scanned before it is
	// decoded. In memory a list may take thirty times what it takes on the wire; a
	// small body cannot take much.
	scannedFrom = 16 << 10
	// maxMembers is how many members an object may have, known or not. The decoder
	// remembers their names to find duplicates.
	maxMembers = 1000
)

// scanner checks a body token by token, without keeping any of it.
type scanner struct {
	*jsontext.Decoder

	// unknown is called for each member that its structure does not have; nil is not.
	unknown func(structure reflect.Type, name string)
}

// scan refuses what a decoder would not: null as an element of a list, which would
// decode as an empty element, and lists, maps and objects with too many entries,
// which would take much memory. It accepts a body that is not valid JSON; decoding
// explains what is wrong with that. The body is decoded as a t.
func scan(body []byte, t reflect.Type) error {
	s := newScanner(body)
	err := s.value(t, math.MaxInt)
	if _, ok := errors.AsType[*api.Error](err); ok {
		return err
	}
	return nil
}

func newScanner(body []byte) scanner {
	return scanner{Decoder: jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true))}
}

// unknownMembers returns the notices for the members of a body that are ignored. Only
// names that resemble a known one are shown: any other may be sensitive.
func unknownMembers(body []byte, t reflect.Type) (notices []string) {
	const maxShown = 5
	others := 0
	s := newScanner(body)
	s.unknown = func(structure reflect.Type, name string) {
		meant := nearest.Word(name, memberNames(structure))
		if meant == "" || len(notices) >= maxShown || strings.ContainsFunc(name, notLetter) {
			others++
			return
		}
		notices = append(notices, fmt.Sprintf("%s: unknown member, ignored; must be %s", place(s.StackPointer()), meant))
	}
	_ = s.value(t, math.MaxInt) // decoding reports what is wrong
	if others > 0 {
		notices = append(notices, fmt.Sprintf("%d unknown members were ignored", others))
	}
	return notices
}

func notLetter(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') }

// memberNames returns the names of a structure's members.
func memberNames(structure reflect.Type) iter.Seq[string] {
	return func(yield func(string) bool) {
		for field := range structure.Fields() {
			if !yield(jsonName(&field)) {
				return
			}
		}
	}
}

// jsonName returns the name of a member.
func jsonName(field *reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name
}

// value scans the next value, which is decoded as a t and may have some entries. A
// value that is ignored has no type and may hold anything but too many members.
func (s scanner) value(t reflect.Type, most int) error {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch kind := s.PeekKind(); {
	case kind == '[' && t != nil && t.Kind() == reflect.Slice:
		return s.list(t.Elem(), most)
	case kind == '[':
		return s.list(nil, math.MaxInt)
	case kind == '{' && t != nil && t.Kind() == reflect.Map:
		return s.object(func(string) (reflect.Type, int) { return t.Elem(), math.MaxInt }, most)
	case kind == '{' && t != nil && t.Kind() == reflect.Struct:
		return s.object(func(name string) (reflect.Type, int) {
			m, most := member(t, name)
			if m == nil && s.unknown != nil {
				s.unknown(t, name)
			}
			return m, most
		}, math.MaxInt)
	case kind == '{':
		return s.object(func(string) (reflect.Type, int) { return nil, math.MaxInt }, math.MaxInt)
	default:
		return s.SkipValue()
	}
}

// list scans a list whose elements are decoded as an element; nil is any.
func (s scanner) list(element reflect.Type, most int) error {
	if _, err := s.ReadToken(); err != nil {
		return err
	}
	var at jsontext.Pointer
	n := 0
	for ; s.PeekKind() != ']'; n++ {
		switch {
		case n >= most:
			// Too many: only their number matters now. The place is computed here
			// alone, as it takes time that grows with the nesting.
			if n == most {
				at = s.StackPointer().Parent()
			}
			if err := s.SkipValue(); err != nil {
				return err
			}
		case element != nil && s.PeekKind() == 'n':
			if err := s.SkipValue(); err != nil {
				return err
			}
			return refuse(serialization, "%s: must not be null", place(s.StackPointer()))
		default:
			if err := s.value(element, math.MaxInt); err != nil {
				return err
			}
		}
	}
	if _, err := s.ReadToken(); err != nil {
		return err
	}
	return tooMany(at, n, most)
}

// object scans an object. typeOf returns what a member is decoded as, nil if it is
// ignored, and how many entries it may have.
func (s scanner) object(typeOf func(name string) (reflect.Type, int), most int) error {
	if _, err := s.ReadToken(); err != nil {
		return err
	}
	var at jsontext.Pointer
	most = min(most, maxMembers)
	n := 0
	for ; s.PeekKind() != '}'; n++ {
		name, err := s.ReadToken()
		if err != nil {
			return err
		}
		if n == most {
			at = s.StackPointer().Parent()
		}
		if n >= most {
			err = s.SkipValue()
		} else {
			member, entries := typeOf(name.String())
			err = s.value(member, entries)
		}
		if err != nil {
			return err
		}
	}
	if _, err := s.ReadToken(); err != nil {
		return err
	}
	if n > most && most == maxMembers {
		return refuse(serialization, "%s: has %d members; must have at most %d", place(at), n, maxMembers)
	}
	return tooMany(at, n, most)
}

// member returns the type of a structure's member and how many entries it may have.
// The type is nil if there is no member of that name.
func member(structure reflect.Type, name string) (reflect.Type, int) {
	for field := range structure.Fields() {
		if jsonName(&field) != name {
			continue
		}
		if most, err := strconv.Atoi(field.Tag.Get("max")); err == nil {
			return field.Type, most
		}
		return field.Type, math.MaxInt
	}
	return nil, math.MaxInt
}

// tooMany returns the error for a list or map with more than most entries, as the
// checks of the contract would.
func tooMany(at jsontext.Pointer, n, most int) error {
	if n <= most {
		return nil
	}
	return api.Invalid(api.ValidationExceptionReasonRequestValidationFailed, api.Violation(fieldName(place(at)),
		api.ValidationExceptionErrorCodeTooManyValues, fmt.Sprintf("must have at most %d values, has %d", most, n)))
}

// fieldName writes a place as violations do: Customer.Contacts is customer.contacts.
func fieldName(place string) string {
	parts := strings.Split(place, ".")
	for i, part := range parts {
		runes := []rune(part)
		for j := range runes {
			if j > 0 && j+1 < len(runes) && unicode.IsLower(runes[j+1]) {
				break
			}
			runes[j] = unicode.ToLower(runes[j])
		}
		parts[i] = string(runes)
	}
	return strings.Join(parts, ".")
}

// mayHaveNullElement reports whether a list in a body could hold a null. Looking for
// one token by token costs as much as decoding; nearly every null is the value of a
// member, after a colon.
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
