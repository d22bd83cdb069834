package search

import (
	"fmt"
	"reflect"

	"cosell/internal/api"
)

// ParseRequest checks the filter of a request, which is a pointer to a structure of
// the contract; nil lets everything pass. An error is an [api.Error].
func (t *Table) ParseRequest(path string, filter any) (*Node, error) {
	if reflect.ValueOf(filter).IsNil() {
		return nil, nil
	}
	// The filters of the contract differ in their types' names only.
	text, err := api.Marshal(filter)
	if err != nil {
		return nil, fmt.Errorf("encode filter: %w", err)
	}
	given := new(Filter)
	if err := api.Unmarshal(text, given); err != nil {
		return nil, fmt.Errorf("decode filter: %w", err)
	}
	node, violations := t.Parse(path, given)
	return node, invalid(violations)
}

// invalid returns violations as an error: first those of the contract's form.
func invalid(violations []Violation) error {
	var form, rules []api.ValidationExceptionError
	for _, v := range violations {
		violation := api.Violation(v.Path, api.ValidationExceptionErrorCode(v.Code), v.Message)
		if v.Form {
			form = append(form, violation)
		} else {
			rules = append(rules, violation)
		}
	}
	switch {
	case form != nil:
		return api.Invalid(api.ValidationExceptionReasonRequestValidationFailed, form...)
	case rules != nil:
		return api.Invalid(api.ValidationExceptionReasonBusinessValidationFailed, rules...)
	default:
		return nil
	}
}

// ParseKeyword cuts a keyword into words; none is given where it is nil.
func ParseKeyword(keyword *string) ([]string, error) {
	if keyword == nil {
		return nil, nil
	}
	words := Words(*keyword)
	if len(words) == 0 {
		return nil, invalid([]Violation{{Path: "keyword", Code: InvalidValue, Message: "must have a letter or a digit"}})
	}
	return words, nil
}

// TooWide refuses a search that would look at too much.
func TooWide() error {
	return invalid([]Violation{{
		Path: "filter", Code: TooManyValues,
		Message: "the search would have to compare too much text; filter by one more field, or by fewer values of ContainsAny",
	}})
}
