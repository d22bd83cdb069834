package conformance

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cosell/model"
	"cosell/model/diff"
)

// sellingModel is the model that the installed boto3 is driven by.
func sellingModel(t *testing.T) string {
	t.Helper()
	client(t, "../.bin/venv/bin/python")
	found, err := filepath.Glob("../.bin/venv/lib/python3*/site-packages/botocore/data/partnercentral-selling/*/service-2.json.gz")
	if err != nil || len(found) != 1 {
		t.Fatalf("models found: %q (%v)", found, err)
	}
	path, err := filepath.Abs(found[0])
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestModelDiffersFromBoto3AsKnown compares the contract with the model of the pinned boto3.
func TestModelDiffersFromBoto3AsKnown(t *testing.T) {
	data, err := os.ReadFile(sellingModel(t))
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := diff.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := model.Load()
	if err != nil {
		t.Fatal(err)
	}
	known, err := os.ReadFile("../model/known-differences.txt")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, finding := range diff.Compare(ours, theirs) {
		found = append(found, finding.String())
	}
	want := slices.DeleteFunc(strings.Split(strings.TrimSpace(string(known)), "\n"), func(line string) bool {
		return strings.HasPrefix(line, "#")
	})
	if !slices.Equal(found, want) {
		t.Errorf("differences:\n%s\nwant:\n%s", strings.Join(found, "\n"), strings.Join(want, "\n"))
	}
}
