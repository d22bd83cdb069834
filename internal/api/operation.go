package api

import (
	"slices"
	"strings"
)

// Input is a request of any operation.
type Input interface {
	// Check names everything that breaks the contract, in the order of the shapes; nil when nothing does.
	Check() []ValidationExceptionError
	// CatalogName is the catalog the request is about, "" when the operation has none.
	CatalogName() string
	// Token is the client token, "" when there is none.
	Token() string
}

// PagedInput is the request of an operation that lists.
type PagedInput interface {
	// Paging separates the query (the request without page token and page size)
	// from the page token and the page size.
	Paging() (query any, token *string, size *int32)
}

// Encoded is a T as JSON, for an operation that has its answer as JSON already.
type Encoded[T any] []byte

// Operation is one row of the operations table.
type Operation struct {
	Name      string
	Invoke    func(s Service, in Input) (out any, err error) // calls the method of that name; out is nil, a pointer or a Raw
	NewInput  func() Input
	HasOutput bool // false when a success has an empty body
	ReadOnly  bool
}

// answer is the answer of an operation with an output: nil where it failed.
func answer[O any](out *O, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return out, nil
}

// encodedAnswer is answer for an output that is encoded already.
func encodedAnswer[O any](out Encoded[O], err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return Raw(out), nil
}

// Lookup finds an operation by its name.
func Lookup(name string) (*Operation, bool) {
	i, found := slices.BinarySearchFunc(Operations, name, func(op Operation, name string) int {
		return strings.Compare(op.Name, name)
	})
	if !found {
		return nil, false
	}
	return &Operations[i], true
}

// text is the string behind p, "" when there is none.
func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
