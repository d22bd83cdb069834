package operator

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/fault"
)

// Faults are the faults that strike requests.
type Faults interface {
	Clear(account string)
	Set(faults []fault.Fault, seed uint64) error
	Faults() []fault.Fault
	Fired() []fault.Fired
}

// faultError is how the description of the API shows the error of a fault.
type faultError struct{}

// Schema implements [huma.SchemaProvider].
func (faultError) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Description: "Type of the error, such as ThrottlingException, or an object with its code; the operation does not run",
		OneOf:       []*huma.Schema{{Type: huma.TypeString}, {Type: huma.TypeObject, AdditionalProperties: true}},
		Examples:    []any{"ThrottlingException"},
	}
}

type faultList struct {
	Faults []fault.Fault `json:"faults" nullable:"false"`
}

type faultPresets struct {
	Presets map[string][]fault.Fault `json:"presets" doc:"Lists of faults by name"`
}

type firedList struct {
	Fired []fault.Fired `json:"fired" nullable:"false" doc:"The last 1,000, the latest first"`
}

type putFaults struct {
	Seed uint64 `query:"seed" doc:"The same seed and the same requests in the same order give the same faults"`
	Body []fault.Entry
}

func (c Config) faultRoutes(rest huma.API) {
	const path = "/faults"
	rest.OpenAPI().Components.Schemas.RegisterTypeAlias(reflect.TypeFor[fault.Error](), reflect.TypeFor[faultError]())
	list := func() *body[faultList] { return &body[faultList]{faultList{c.Faults.Faults()}} }
	huma.Get(rest, path, func(context.Context, *struct{}) (*body[faultList], error) {
		return list(), nil
	}, tagged("Faults", "List the faults in force"))
	huma.Put(rest, path, func(_ context.Context, in *putFaults) (*body[faultList], error) {
		err := c.Faults.Set(fault.Faults(in.Body), in.Seed)
		if bad, ok := errors.AsType[*fault.MemberError](err); ok {
			return nil, unprocessable(fmt.Sprintf("body[%d].%s", bad.Index, bad.Member), bad.Reason)
		}
		if err != nil {
			return nil, unprocessable("body", err.Error())
		}
		return list(), nil
	}, tagged("Faults", "Replace the faults, in order to test clients"))
	huma.Delete(rest, path, func(context.Context, *struct{}) (*struct{}, error) {
		return nil, c.Faults.Set(nil, 0)
	}, tagged("Faults", "Remove all faults"))
	huma.Get(rest, path+"/presets", func(context.Context, *struct{}) (*body[faultPresets], error) {
		return &body[faultPresets]{faultPresets{fault.Presets()}}, nil
	}, tagged("Faults", "List the presets, which are lists of faults to begin with"))
	huma.Get(rest, path+"/fired", func(context.Context, *struct{}) (*body[firedList], error) {
		return &body[firedList]{firedList{c.Faults.Fired()}}, nil
	}, tagged("Faults", "List the requests and events that faults struck"))
}
