package api

import (
	"fmt"
	"regexp"
	"strconv"
	"unicode/utf8"

	"cosell/internal/nearest"
)

// Checker collects violations, for generated checks. Its methods cost nothing but the comparison while a request is right:
// paths live on the stack and are only written out for a violation.
type Checker struct{ found []ValidationExceptionError }

// Found returns the violations, in the order in which they were found.
func (c *Checker) Found() []ValidationExceptionError { return c.found }

// Path is a place in a request, linked to the place that holds it; nil is the request itself.
type Path struct {
	Up    *Path
	Name  string  // of a member
	Key   *string // of a map entry
	Index int     // of a list element
}

func (p *Path) append(b []byte) []byte {
	if p == nil {
		return b
	}
	b = p.Up.append(b)
	switch {
	case p.Key != nil:
		b = append(append(b, '['), *p.Key...)
		return append(b, ']')
	case p.Name == "":
		b = strconv.AppendInt(append(b, '['), int64(p.Index), 10)
		return append(b, ']')
	case len(b) > 0:
		b = append(b, '.')
	}
	return append(b, p.Name...)
}

func (c *Checker) add(at *Path, code ValidationExceptionErrorCode, message string) {
	if len(c.found) < maxViolations {
		c.found = append(c.found, Violation(string(at.append(nil)), code, message))
	}
}

// Missing adds that a member is required.
func (c *Checker) Missing(at *Path) {
	c.add(at, ValidationExceptionErrorCodeRequiredFieldMissing, at.Name+" is required")
}

// Value adds that a value is none of those that there are.
func (c *Checker) Value(at *Path, message string) {
	c.add(at, ValidationExceptionErrorCodeInvalidEnumValue, message)
}

// OneOf adds that a value is none of an enum with many values: the message names the
// nearest one, or an example where none is near.
func OneOf[E ~string](c *Checker, at *Path, v E, values []E, message, example string) {
	meant := nearest.Word(string(v), func(yield func(string) bool) {
		for _, value := range values {
			if !yield(string(value)) {
				return
			}
		}
	})
	if meant != "" {
		c.Value(at, message+"; the nearest is "+meant)
		return
	}
	c.Value(at, message+", such as "+example)
}

// Length reports whether the string has the right number of code points.
func (c *Checker) Length(at *Path, v string, least, most int) bool {
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

// Count checks that a list or map has the right number of entries.
func (c *Checker) Count(at *Path, n, least, most int) {
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

// Pattern checks that a string matches a pattern.
func (c *Checker) Pattern(at *Path, v string, re func() *regexp.Regexp, message string) {
	if !re().MatchString(v) {
		c.add(at, ValidationExceptionErrorCodeInvalidStringFormat, message)
	}
}

// Between checks that a number is within its limits.
func (c *Checker) Between(at *Path, v, least, most int32) {
	switch {
	case v < least:
		c.add(at, ValidationExceptionErrorCodeValueOutOfRange, fmt.Sprintf("must be at least %d, is %d", least, v))
	case v > most:
		c.add(at, ValidationExceptionErrorCodeValueOutOfRange, fmt.Sprintf("must be at most %d, is %d", most, v))
	}
}

// One checks that a union has exactly one of its members.
func (c *Checker) One(at *Path, set int, members string) {
	switch {
	case set == 0:
		c.add(at, ValidationExceptionErrorCodeRequiredFieldMissing, "one of these is required: "+members)
	case set > 1:
		c.add(at, ValidationExceptionErrorCodeTooManyValues, "must have exactly one of: "+members)
	}
}
