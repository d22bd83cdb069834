package tagging_test

import (
	"testing"

	"cosell/internal/tagging"
)

func TestKindsOfOneNameAreRefused(t *testing.T) {
	deal, order := []tagging.Kind{{Name: "deal"}}, []tagging.Kind{{Name: "order"}}
	if _, err := tagging.NewKinds(deal, order); err != nil {
		t.Error(err)
	}
	if _, err := tagging.NewKinds(deal, order, deal); err == nil {
		t.Error("two kinds of one name were taken")
	}
}
