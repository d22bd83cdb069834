package api

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Raw is JSON that is encoded already.
type Raw = jsontext.Value

// The real service prints every member, absent ones as null.
var encoding = json.JoinOptions(json.FormatNilSliceAsNull(true), json.FormatNilMapAsNull(true), json.Deterministic(true))

// Marshal encodes a value as the wire and the store hold it: every member is
// there, absent ones are null.
func Marshal(v any) ([]byte, error) {
	return json.Marshal(v, encoding)
}

// Unmarshal decodes a value. Member names are case-sensitive, null is absent,
// unknown members are ignored; duplicate members and bad UTF-8 are errors.
func Unmarshal(data []byte, v any) error {
	return json.Unmarshal(data, v)
}
