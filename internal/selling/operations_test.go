package selling_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
)

// The table of operations in the documentation lists them all. Each works, since
// one without a handler does not build.
func TestOperationsTable(t *testing.T) {
	page, err := os.ReadFile("../../docs/behavior/README.md")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, op := range api.Operations {
		want = append(want, op.Name+" yes")
	}
	for _, row := range regexp.MustCompile(`(?m)^\| ([A-Z]\w+) \| (yes|no) \|`).FindAllSubmatch(page, -1) {
		got = append(got, string(row[1])+" "+string(row[2]))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
