package service

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"cosell/internal/operation"
	"cosell/internal/store"
)

// An Update within an Update never returns on the embedded store: its one writer
// waits for itself. So nothing that an operation can reach from its Call may open a
// transaction.
func TestCallsOpenNoTransaction(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var walk func(path string, of reflect.Type)
	walk = func(path string, of reflect.Type) {
		for of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		if seen[of] || of == reflect.TypeFor[store.Tx]() {
			return
		}
		seen[of] = true
		if of.Implements(reflect.TypeFor[store.Store]()) || of == reflect.TypeFor[operation.Runner]() {
			t.Errorf("%s is a %s, which opens transactions", path, of)
		}
		if !strings.HasPrefix(of.PkgPath(), "cosell/") {
			return
		}
		for m := range reflect.PointerTo(of).Methods() {
			if m.Type.NumIn() > 1 && m.Type.In(1) == reflect.TypeFor[context.Context]() {
				t.Errorf("%s.%s takes a context, as a method that opens a transaction does", path, m.Name)
			}
		}
		if of.Kind() == reflect.Struct {
			for f := range of.Fields() {
				walk(path+"."+f.Name, f.Type)
			}
		}
	}
	walk("call", reflect.TypeFor[call]())
	if !seen[reflect.TypeFor[operation.Call]()] {
		t.Error("the test did not reach operation.Call")
	}
}
