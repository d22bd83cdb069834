package api

import (
	"iter"
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
	Name string
	// Invoke calls the method of that name of a Service of the contract; out is nil, a
	// pointer or a Raw.
	Invoke    func(service any, in Input) (out any, err error)
	NewInput  func() Input
	HasOutput bool // false when a success has an empty body
	ReadOnly  bool
	Access    Access
}

// Answer is the answer of an operation with an output: nil where it failed.
func Answer[O any](out *O, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return out, nil
}

// EncodedAnswer is Answer for an output that is encoded already.
func EncodedAnswer[O any](out Encoded[O], err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return Raw(out), nil
}

// Names yields the names of operations.
func Names(operations []Operation) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range operations {
			if !yield(operations[i].Name) {
				return
			}
		}
	}
}

// Lookup finds an operation by its name.
func Lookup(name string) (*Operation, bool) { return LookupIn(Operations, name) }

// LookupIn finds an operation by its name in the table of a contract.
func LookupIn(operations []Operation, name string) (*Operation, bool) {
	i, found := slices.BinarySearchFunc(operations, name, func(op Operation, name string) int {
		return strings.Compare(op.Name, name)
	})
	if !found {
		return nil, false
	}
	return &operations[i], true
}

// Value returns what p points to, or the zero value where p is nil.
func Value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// Text is the string behind p, "" when there is none.
func Text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
