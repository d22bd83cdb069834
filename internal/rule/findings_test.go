package rule

import "testing"

// A violation is one that differs from the others in field, code or message.
func TestFindingsAreDifferent(t *testing.T) {
	var f Findings
	for range 2 {
		f.Missing("a", "one")
		f.Missing("a", "two")
		f.Missing("b", "one")
		f.InvalidValue("a", "one")
	}
	want := []string{"a one REQUIRED_FIELD_MISSING", "a two REQUIRED_FIELD_MISSING", "b one REQUIRED_FIELD_MISSING", "a one INVALID_VALUE"}
	if len(f.List) != len(want) {
		t.Fatalf("%d violations, want %d", len(f.List), len(want))
	}
	for i, v := range f.List {
		if got := *v.FieldName + " " + *v.Message + " " + string(*v.Code); got != want[i] {
			t.Errorf("violation %d is %q, want %q", i, got, want[i])
		}
	}
}
