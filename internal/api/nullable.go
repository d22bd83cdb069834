package api

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Nullable is a member whose explicit null means something else than its absence.
type Nullable[T any] struct {
	Value *T
	Null  bool // an explicit null was sent
}

// MarshalJSONTo writes the value, or null when there is none.
func (n Nullable[T]) MarshalJSONTo(e *jsontext.Encoder) error { return json.MarshalEncode(e, n.Value) }

// UnmarshalJSONFrom reads a value or remembers the null.
func (n *Nullable[T]) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	*n = Nullable[T]{Null: d.PeekKind() == 'n'}
	return json.UnmarshalDecode(d, &n.Value)
}
