package api

import (
	"fmt"
	"regexp"
	"strconv"
	"unicode/utf8"

	"cosell/internal/nearest"
)

// checker collects violations. Its methods cost nothing but the comparison while a request is right:
// paths live on the stack and are only written out for a violation.
type checker struct{ found []ValidationExceptionError }

// path is a place in a request, linked to the place that holds it; nil is the request itself.
type path struct {
	up    *path
	name  string  // of a member
	key   *string // of a map entry
	index int     // of a list element
}

func (p *path) append(b []byte) []byte {
	if p == nil {
		return b
	}
	b = p.up.append(b)
	switch {
	case p.key != nil:
		b = append(append(b, '['), *p.key...)
		return append(b, ']')
	case p.name == "":
		b = strconv.AppendInt(append(b, '['), int64(p.index), 10)
		return append(b, ']')
	case len(b) > 0:
		b = append(b, '.')
	}
	return append(b, p.name...)
}

func (c *checker) add(at *path, code ValidationExceptionErrorCode, message string) {
	if len(c.found) < maxViolations {
		c.found = append(c.found, Violation(string(at.append(nil)), code, message))
	}
}

func (c *checker) missing(at *path) {
	c.add(at, ValidationExceptionErrorCodeRequiredFieldMissing, at.name+" is required")
}

func (c *checker) value(at *path, message string) {
	c.add(at, ValidationExceptionErrorCodeInvalidEnumValue, message)
}

// oneOf adds that a value is none of an enum with many values: the message names the
// nearest one, or an example where none is near.
func oneOf[E ~string](c *checker, at *path, v E, values []E, message, example string) {
	meant := nearest.Word(string(v), func(yield func(string) bool) {
		for _, value := range values {
			if !yield(string(value)) {
				return
			}
		}
	})
	if meant != "" {
		c.value(at, message+"; the nearest is "+meant)
		return
	}
	c.value(at, message+", such as "+example)
}

// length says whether the string has the right number of code points.
func (c *checker) length(at *path, v string, least, most int) bool {
	switch n := utf8.RuneCountInString(v); {
	case n < least:
		c.add(at, ValidationExceptionErrorCodeInvalidStringFormat, limit("be at least", least, "character", " long, is ", n))
	case n > most:
		c.add(at, ValidationExceptionErrorCodeInvalidStringFormat, limit("be at most", most, "character", " long, is ", n))
	default:
		return true
	}
	return false
}

// count checks that a list or map has the right number of entries.
func (c *checker) count(at *path, n, least, most int) {
	switch {
	case n < least:
		c.add(at, ValidationExceptionErrorCodeNotEnoughValues, limit("have at least", least, "value", ", has ", n))
	case n > most:
		c.add(at, ValidationExceptionErrorCodeTooManyValues, limit("have at most", most, "value", ", has ", n))
	}
}

// limit is a sentence such as "must be at most 255 characters long, is 300".
func limit(must string, bound int, unit, is string, n int) string {
	if bound != 1 {
		unit += "s"
	}
	return fmt.Sprintf("must %s %d %s%s%d", must, bound, unit, is, n)
}

func (c *checker) pattern(at *path, v string, re func() *regexp.Regexp, message string) {
	if !re().MatchString(v) {
		c.add(at, ValidationExceptionErrorCodeInvalidStringFormat, message)
	}
}

func (c *checker) between(at *path, v, least, most int32) {
	switch {
	case v < least:
		c.add(at, ValidationExceptionErrorCodeValueOutOfRange, fmt.Sprintf("must be at least %d, is %d", least, v))
	case v > most:
		c.add(at, ValidationExceptionErrorCodeValueOutOfRange, fmt.Sprintf("must be at most %d, is %d", most, v))
	}
}

// one checks that a union has exactly one of its members.
func (c *checker) one(at *path, set int, members string) {
	switch {
	case set == 0:
		c.add(at, ValidationExceptionErrorCodeRequiredFieldMissing, "one of these is required: "+members)
	case set > 1:
		c.add(at, ValidationExceptionErrorCodeTooManyValues, "must have exactly one of: "+members)
	}
}
