package proposal

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Change is a field that a proposal changes. Before is empty where it adds the field, and
// After where it removes it.
type Change struct {
	Field  string
	Before string `json:",omitzero"`
	After  string `json:",omitzero"`
}

const (
	maxChanges = 200
	maxValue   = 1000 // bytes of a value
)

// names are members that say what a record is about.
type names struct {
	Title           string `json:"Title"`
	EngagementTitle string `json:"EngagementTitle"`
	TaskName        string `json:"TaskName"`
	CompanyName     string `json:"CompanyName"`
}

// subject returns what a record or request is about, "" where it does not say.
func subject(record []byte) string {
	var r struct {
		names

		Project  names `json:"Project"`
		Account  names `json:"Account"`
		Customer struct {
			Account names `json:"Account"`
		} `json:"Customer"`
	}
	if len(record) == 0 || json.Unmarshal(record, &r) != nil {
		return ""
	}
	return cmp.Or(r.Project.Title, r.Title, r.EngagementTitle, r.TaskName, r.Customer.Account.CompanyName, r.Account.CompanyName)
}

// hidden are fields that change with everything, or say nothing to a reader.
var hidden = []string{"LastModifiedDate", "ModifiedAt", "ClientToken", "Catalog"}

// difference returns the fields in which two records differ, and how many more there are.
// Either may be nil.
func difference(before, after []byte) (changes []Change, omitted int) {
	old, changed := fields(before), fields(after)
	all := maps.Clone(old)
	maps.Copy(all, changed)
	for _, name := range slices.SortedFunc(maps.Keys(all), byPlace) {
		if old[name] == changed[name] {
			continue
		}
		if len(changes) == maxChanges {
			omitted++
			continue
		}
		changes = append(changes, Change{name, clip(old[name]), clip(changed[name])})
	}
	return changes, omitted
}

func clip(text string) string {
	if len(text) <= maxValue {
		return text
	}
	return strings.ToValidUTF8(text[:maxValue], "") + "…" // it may end within a character
}

// fields returns the values of a record by their places, such as
// Customer.Contacts[0].Email. Absent ones, null and empty lists make no difference.
func fields(record []byte) map[string]string {
	out := map[string]string{}
	if len(record) == 0 {
		return out
	}
	d := json.NewDecoder(bytes.NewReader(record))
	d.UseNumber()
	var v any
	if d.Decode(&v) == nil {
		flatten(out, "", v)
	}
	for _, name := range hidden {
		delete(out, name)
	}
	return out
}

func flatten(out map[string]string, at string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			flatten(out, strings.TrimPrefix(at+"."+name, "."), inner)
		}
	case []any:
		for i, inner := range v {
			flatten(out, fmt.Sprintf("%s[%d]", at, i), inner)
		}
	case nil:
	default:
		out[at] = fmt.Sprint(v)
	}
}

// byPlace compares places so that the elements of a list stay in their order.
func byPlace(a, b string) int {
	for a != "" && b != "" {
		if i, restA, ok := index(a); ok {
			if j, restB, ok := index(b); ok && i != j {
				return cmp.Compare(i, j)
			} else if ok {
				a, b = restA, restB
				continue
			}
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// index returns the index that a place begins with, and what follows.
func index(place string) (n int, rest string, ok bool) {
	digits, rest, ok := strings.Cut(place, "]")
	if !ok || !strings.HasPrefix(digits, "[") {
		return 0, "", false
	}
	n, err := strconv.Atoi(digits[1:])
	return n, rest, err == nil
}
