package selling_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
)

// The table of operations in the documentation lists them all, and says of each
// whether it works.
func TestOperationsTable(t *testing.T) {
	page, err := os.ReadFile("../../docs/behavior/README.md")
	if err != nil {
		t.Fatal(err)
	}
	h := newHarness(t)
	var want, got []string
	for _, op := range api.Operations {
		works := "no"
		if h.Serves(op.Name) {
			works = "yes"
		}
		want = append(want, op.Name+" "+works)
	}
	for _, row := range regexp.MustCompile(`(?m)^\| ([A-Z]\w+) \| (yes|no) \|`).FindAllSubmatch(page, -1) {
		got = append(got, string(row[1])+" "+string(row[2]))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
