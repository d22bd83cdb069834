package model_test

import (
	"slices"
	"testing"

	"cosell/model"
	"cosell/model/smithy"
)

func TestLimitsAreOfOpenListsAndHaveReasons(t *testing.T) {
	contract, err := model.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range model.Limits {
		shape := contract.Shapes[l.Shape]
		switch {
		case shape == nil || !slices.Contains([]smithy.Kind{smithy.KindList, smithy.KindMap}, shape.Kind):
			t.Errorf("%s: no list or map of the model", l.Shape)
		case shape.Traits.Bounds("length").Max != nil:
			t.Errorf("%s: the model itself has a maximum length", l.Shape)
		case l.Max < 1 || l.Reason == "":
			t.Errorf("%s: has no maximum or no reason", l.Shape)
		}
	}
}
