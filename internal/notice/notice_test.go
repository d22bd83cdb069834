package notice_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"cosell/internal/notice"
)

func TestNotices(t *testing.T) {
	notice.Add(t.Context(), "nobody collects this")
	var list notice.List
	ctx := context.WithValue(t.Context(), notice.Key{}, &list)
	notice.Add(ctx)
	notice.Add(ctx, "one", "two")
	if got := list.Texts(); !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("got %q", got)
	}
	for i := range 20 {
		notice.Add(ctx, fmt.Sprint(i))
	}
	if got := list.Texts(); len(got) != 10 || got[9] != "7" {
		t.Errorf("got %q", got)
	}
}
