package operation

import (
	"errors"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/store"
)

// Encode returns a value as the store holds it. what names the value in errors.
func Encode(what string, v any) ([]byte, error) {
	document, err := api.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", what, err)
	}
	return document, nil
}

// Decode returns a value that the store holds.
func Decode[T any](what string, document []byte) (*T, error) {
	v := new(T)
	if err := api.Unmarshal(document, v); err != nil {
		return nil, fmt.Errorf("decode %s: %w", what, err)
	}
	return v, nil
}

// Found turns the error of reading a record that a request names into the error of
// the operation: a record that does not exist is a ResourceNotFoundException.
func Found(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrNotFound):
		return api.NotFound("")
	default:
		return fmt.Errorf("read %s: %w", what, err)
	}
}

// Load decodes a record that a request names, as the store read it: it takes the
// document and the error of the read.
func Load[T any](what string, document []byte, err error) (*T, error) {
	if err := Found(what, err); err != nil {
		return nil, err
	}
	return Decode[T](what, document)
}
