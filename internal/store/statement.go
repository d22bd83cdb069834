package store

import (
	"fmt"
	"strconv"
	"strings"
)

// statement builds a query whose text depends on what is asked for, with its
// placeholders numbered in rising order.
type statement struct {
	strings.Builder
	args []any
}

// arg appends the placeholder of a new argument.
func (s *statement) arg(v any) {
	s.args = append(s.args, v)
	s.WriteByte('$')
	s.WriteString(strconv.Itoa(len(s.args)))
}

// add appends text in which each ? becomes the placeholder of the next value.
func (s *statement) add(text string, values ...any) {
	for _, v := range values {
		before, after, _ := strings.Cut(text, "?")
		s.WriteString(before)
		s.arg(v)
		text = after
	}
	s.WriteString(text)
}

// list appends a list of placeholders in parentheses.
func list[T any](s *statement, values []T) {
	s.WriteByte('(')
	for i, v := range values {
		if i > 0 {
			s.WriteString(", ")
		}
		s.arg(v)
	}
	s.WriteByte(')')
}

// in adds the condition that an operand has one of the values, if there are any.
func in(s *statement, operand string, values []string) {
	switch len(values) {
	case 0:
	case 1:
		s.add(" AND "+operand+" = ?", values[0])
	default:
		s.WriteString(" AND " + operand + " IN ")
		list(s, values)
	}
}

// equal adds a filter, unless its value is empty.
func equal(s *statement, column, value string) {
	if value != "" {
		s.add(" AND "+column+" = ?", value)
	}
}

// direction returns how a sort is written, and the operator by which records after
// a position in it compare with that position.
func direction(descending bool) (direction, operator string) {
	if descending {
		return " DESC", "<"
	}
	return "", ">"
}

// page writes the end of a query for one page of a list that is sorted by a
// column, and by the identifier where that is the same.
func (s *statement) page(by, id string, descending bool, after *Position, limit int) {
	direction, operator := direction(descending)
	if after != nil {
		s.add(fmt.Sprintf(" AND (%s, %s) %s (?, ?)", by, id, operator), after.Value, after.ID)
	}
	fmt.Fprintf(s, " ORDER BY %s%s, %s%[2]s LIMIT %[4]d", by, direction, id, limit)
}
