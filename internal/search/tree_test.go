package search_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
	"cosell/internal/search"
)

// parse checks the filter in a text against the table of opportunities.
func parse(t testing.TB, text string) (*search.Node, []search.Violation) {
	t.Helper()
	filter := new(search.Filter)
	if err := api.Unmarshal([]byte(text), filter); err != nil {
		t.Fatal(err)
	}
	return search.Opportunities.Parse("filter", filter)
}

func leaf(op, key, value string) string {
	return fmt.Sprintf(`{%q: {"Key": %q, "Value": {%s}}}`, op, key, value)
}

func TestParse(t *testing.T) {
	stage := leaf("EqualsTo", "Stage", `"StringValue": "Prospect"`)
	nested := func(n int) string { return strings.Repeat(`{"NotFilter": `, n) + stage + strings.Repeat("}", n) }
	list := func(n int) string { return strings.Repeat(stage+",", n-1) + stage }
	for _, c := range []struct{ name, filter, want string }{
		{"one leaf", stage, ""},
		{"depth 3", nested(3), ""},
		{"depth 4", nested(4), "filter TOO_MANY_VALUES"},
		{"depth 9000 is not followed down", nested(9000), "filter TOO_MANY_VALUES"},
		{"20 leaves", `{"OrAllFilters": [{"AndAllFilters": [` + list(10) + `]}, {"AndAllFilters": [` + list(10) + `]}]}`, ""},
		{"21 leaves", `{"OrAllFilters": [{"AndAllFilters": [` + list(10) + `]}, {"AndAllFilters": [` + list(10) + `]}, ` + stage + `]}`, "filter TOO_MANY_VALUES"},
		{"no member", `{}`, "filter INVALID_VALUE form"},
		{"an empty list is no member", `{"AndAllFilters": []}`, "filter INVALID_VALUE form"},
		{"two members", `{"AndAllFilters": [` + stage + `], "OrAllFilters": [` + stage + `]}`, "filter INVALID_VALUE form"},
		{"an empty node in a list", `{"OrAllFilters": [` + stage + `, {}]}`, "filter.orAllFilters[1] INVALID_VALUE form"},
		{"an unknown field", leaf("EqualsTo", "Stages", `"StringValue": "x"`), "filter.equalsTo.key INVALID_VALUE"},
		{"texts are not ordered", leaf("GreaterThan", "Stage", `"StringValue": "x"`), "filter.greaterThan.key INVALID_VALUE"},
		{"a date holds no parts", leaf("ContainsAny", "CreatedDate", `"StringListValue": ["2026"]`), "filter.containsAny.key INVALID_VALUE"},
		{"EqualsTo takes no list", leaf("EqualsTo", "Stage", `"StringListValue": ["x"]`), "filter.equalsTo.value INVALID_VALUE"},
		{"ContainsAny takes a single text", leaf("ContainsAny", "Stage", `"StringValue": "x"`), ""},
		{"a text is no number", leaf("EqualsTo", "EstimatedMrr", `"StringValue": "1"`), "filter.equalsTo.value INVALID_VALUE"},
		{"a number is no text", leaf("EqualsTo", "Stage", `"LongValue": 1`), "filter.equalsTo.value INVALID_VALUE"},
		{"a whole number fits a number", leaf("LessThan", "EstimatedMrr", `"LongValue": 1`), ""},
		{"a number fits no date", leaf("LessThan", "CreatedDate", `"LongValue": 1`), "filter.lessThan.value INVALID_VALUE"},
		{"a day as text with EqualsTo", leaf("EqualsTo", "CreatedDate", `"StringValue": "2026-11-21"`), ""},
		{"a day as text with others", leaf("LessThan", "CreatedDate", `"StringValue": "2026-11-21"`), "filter.lessThan.value INVALID_VALUE"},
		{"no value", leaf("EqualsTo", "Stage", ``), "filter.equalsTo.value INVALID_VALUE"},
		{"two values", leaf("EqualsTo", "Stage", `"StringValue": "x", "LongValue": 1`), "filter.equalsTo.value INVALID_VALUE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			node, violations := parse(t, c.filter)
			var got []string
			for _, v := range violations {
				text := v.Path + " " + string(v.Code)
				if v.Form {
					text += " form"
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(c.want, strings.Join(got, "; ")); diff != "" {
				t.Error(diff)
			}
			if (node == nil) != (c.want != "") {
				t.Errorf("node %v", node)
			}
		})
	}
}

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"Acme Corp-2026, Ltd.": "acme corp 2026 ltd",
		"STRASSE straße":       "strasse strasse", //nolint:dupword // one word in two spellings
		"ＡＢＣ１２":                "abc12",
		"e\u0301cole ÉCOLE":    "école école", //nolint:dupword // likewise
		"हिन्दी शब्द":          "हिन्दी शब्द",
		" -- \t\x00 ":          "",
		"bad\xffbytes":         "bad bytes",
	} {
		if got := strings.Join(search.Words(text), " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestPhrase(t *testing.T) {
	text := search.WordText([]string{"Acme Corp", "2026 plan"})
	for keyword, want := range map[string]bool{
		"acme": true, "acm": true, "corp": true, "acme corp": true, "acme co": true, "plan": true,
		"cme": false, "corp 2026": false, "corp acme": false, "acm corp": false,
	} {
		if got := strings.Contains(text, search.Phrase(search.Words(keyword))); got != want {
			t.Errorf("%q: %t, want %t", keyword, got, want)
		}
	}
}

// FuzzParse checks that no filter makes a tree beyond the limits, and that a tree says
// of its leaves what it may.
func FuzzParse(f *testing.F) {
	f.Add(leaf("EqualsTo", "Stage", `"StringValue": "x"`))
	f.Add(`{"AndAllFilters": [{"NotFilter": ` + leaf("LessThan", "EstimatedMrr", `"DoubleValue": 1.5`) + `}, {}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		filter := new(search.Filter)
		if api.Unmarshal([]byte(text), filter) != nil {
			t.Skip()
		}
		for _, table := range []*search.Table{search.Opportunities, search.Engagements, search.Customers} {
			node, violations := table.Parse("filter", filter)
			if (node == nil) != (len(violations) > 0) {
				t.Fatalf("node %v with %v", node, violations)
			}
			if node != nil {
				depth, leaves := extent(t, node)
				if depth > table.Limits.Depth || leaves > table.Limits.Leaves {
					t.Errorf("depth %d, %d leaves", depth, leaves)
				}
			}
		}
	})
}

// extent returns how deep a tree is and how many leaves it has.
func extent(t *testing.T, n *search.Node) (depth, leaves int) {
	t.Helper()
	if n.Op > search.Not {
		if !n.Field.Filterable || n.Field.Kind == search.Text && len(n.Texts) == 0 && n.Op == search.EqualsTo {
			t.Errorf("a leaf on %s without a value", n.Field.Name)
		}
		return 0, 1
	}
	for _, node := range n.Nodes {
		d, l := extent(t, node)
		depth, leaves = max(depth, d), leaves+l
	}
	return depth + 1, leaves
}

// FuzzWords checks that words hold only what words hold, and are found again where
// they were cut.
func FuzzWords(f *testing.F) {
	f.Add("Acme Corp 2026")
	f.Add("ﬁrst\x00ＡＢＣ straße e\u0301")
	f.Fuzz(func(t *testing.T, text string) {
		words := search.Words(text)
		if len(words) == 0 {
			return
		}
		if again := search.Words(strings.Join(words, " ")); !cmp.Equal(words, again) {
			t.Errorf("%q was cut into %q, and those into %q", text, words, again)
		}
		if !strings.Contains(search.WordText([]string{text}), search.Phrase(words)) {
			t.Errorf("%q does not hold its words", text)
		}
		for _, word := range words {
			token, _ := search.Token(1, word)
			if strings.ContainsAny(token, " \"'\\\x00\n") || len(token) > 64 {
				t.Errorf("token %q", token)
			}
		}
	})
}
