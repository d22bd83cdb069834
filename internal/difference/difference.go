// Package difference finds the members in which two JSON records differ, without
// decoding what they have in common. A record that is not JSON is one difference as a
// whole.
package difference

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// Options say how records are compared.
type Options struct {
	// Prefix stands before each path.
	Prefix string
	// Ignored are paths of members that make no difference, without the prefix.
	Ignored []string
	// Renamed are members of the record that have another path, without the prefix.
	Renamed map[string]string
}

// Append appends a JSON object for each member in which two records differ, with the
// names path, before and after and commas between them. A comma comes first if out does
// not end with an opening bracket. Paths are written like Customer.Contacts[0].Email.
//
// Members that are absent, null or empty lists and objects are the same. Objects are
// compared member by member. Elements of lists of objects are brought together by what
// names them, an identifier or an address, and else by their places; lists of other
// values are one difference as a whole.
func (o Options) Append(out, before, after []byte) []byte {
	w := writer{Options: o, out: out}
	w.value("", before, after)
	return w.out
}

type writer struct {
	Options

	out []byte
}

// add appends one difference.
func (w *writer) add(path string, before, after []byte) {
	if len(w.out) > 0 && w.out[len(w.out)-1] != '[' {
		w.out = append(w.out, ',')
	}
	w.out = append(w.out, `{"path":`...)
	w.out = strconv.AppendQuote(w.out, w.Prefix+path) // names of members are plain ASCII
	if !empty(before) {
		w.out = append(append(w.out, `,"before":`...), before...)
	}
	if !empty(after) {
		w.out = append(append(w.out, `,"after":`...), after...)
	}
	w.out = append(w.out, '}')
}

// empty reports whether a value is like an absent one.
func empty(v []byte) bool {
	switch string(v) {
	case "", "null", "[]", "{}":
		return true
	}
	return false
}

// value compares two values.
func (w *writer) value(path string, before, after []byte) {
	if bytes.Equal(before, after) || empty(before) && empty(after) {
		return
	}
	if slices.Contains(w.Ignored, path) {
		return
	}
	start := len(w.out)
	var known bool
	switch {
	case kindOf(before, after) == '{':
		known = w.object(path, before, after)
	case kindOf(before, after) == '[':
		known = w.list(path, before, after)
	}
	if !known {
		w.out = w.out[:start]
		w.add(path, before, after)
	}
}

// kindOf returns the first byte that two values share, where an empty one is of any kind.
func kindOf(before, after []byte) byte {
	switch {
	case empty(before) && !empty(after):
		return after[0]
	case empty(after) || before[0] == after[0]:
		return before[0]
	}
	return 0
}

// member is a member of an object.
type member struct {
	name  string
	value []byte
}

// usual is how many members and elements take no memory of their own.
const usual = 24

// object compares two objects, and reports whether it could read them.
func (w *writer) object(path string, before, after []byte) bool {
	var room [2][usual]member
	a, okA := members(room[0][:0], before)
	b, okB := members(room[1][:0], after)
	if !okA || !okB {
		return false
	}
	if path != "" {
		path += "."
	}
	for i := range b {
		w.differ(path, b[i].name, valueOf(a, i, b[i].name), b[i].value)
	}
	for i := range a {
		if valueOf(b, i, a[i].name) == nil {
			w.differ(path, a[i].name, a[i].value, nil)
		}
	}
	return true
}

// differ compares the values of a member. Its path is made only if they are not the same.
func (w *writer) differ(path, name string, before, after []byte) {
	if bytes.Equal(before, after) {
		return
	}
	path += name
	if renamed, ok := w.Renamed[path]; ok {
		path = renamed
	}
	w.value(path, before, after)
}

// valueOf returns the value of a member, which is most likely in a certain place.
func valueOf(all []member, place int, name string) []byte {
	if place < len(all) && all[place].name == name {
		return all[place].value
	}
	for i := range all {
		if all[i].name == name {
			return all[i].value
		}
	}
	return nil
}

// members appends the members of an object, and reports whether it could read them all.
func members(out []member, object []byte) ([]member, bool) {
	if empty(object) {
		return out, true
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(object), jsontext.AllowDuplicateNames(true))
	if begin, err := d.ReadToken(); err != nil || begin.Kind() != '{' {
		return out, false
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return out, false
		}
		m := member{name: name.String()}
		if m.value, err = valueIn(d, object); err != nil {
			return out, false
		}
		out = append(out, m)
	}
	_, err := d.ReadToken()
	return out, err == nil
}

// elements returns the elements of a list, and reports whether it could read them all.
func elements(list []byte) (all [][]byte, ok bool) {
	if empty(list) {
		return nil, true
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(list), jsontext.AllowDuplicateNames(true))
	if begin, err := d.ReadToken(); err != nil || begin.Kind() != '[' {
		return nil, false
	}
	for d.PeekKind() != ']' {
		v, err := valueIn(d, list)
		if err != nil {
			return nil, false
		}
		all = append(all, v)
	}
	return all, true
}

// valueIn returns the next value that a decoder of text reads.
func valueIn(d *jsontext.Decoder, text []byte) ([]byte, error) {
	v, err := d.ReadValue()
	end := int(d.InputOffset())
	return text[end-len(v) : end : end], err
}

// list compares two lists, and reports whether it can tell by element in what they
// differ.
func (w *writer) list(path string, before, after []byte) bool {
	a, okA := elements(before)
	b, okB := elements(after)
	if !okA || !okB || !objects(a) || !objects(b) {
		return false
	}
	start := len(w.out)
	partner := pair(a, b)
	used := make([]bool, len(a))
	for _, j := range partner {
		if j >= 0 {
			used[j] = true
		}
	}
	for i, j := range partner {
		switch {
		case j >= 0:
			w.value(at(path, i), a[j], b[i])
		case i < len(a) && !used[i]: // in the place of another one
			used[i] = true
			w.add(at(path, i), a[i], b[i])
		default:
			w.add(at(path, i), nil, b[i])
		}
	}
	for j := range a {
		if !used[j] {
			w.add(at(path, j), a[j], nil)
		}
	}
	return len(w.out) > start // else they have another order
}

func at(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

func objects(list [][]byte) bool {
	for _, element := range list {
		if element[0] != '{' {
			return false
		}
	}
	return true
}

// pair returns for each element of a list the one that it was in the list before, -1
// where it is new: the same one, the one with the same name, and then the next of those
// that have none.
func pair(before, after [][]byte) []int {
	partner := make([]int, len(after))
	for i := range partner {
		partner[i] = -1
	}
	used := make([]bool, len(before))
	match := func(same func(j, i int) bool) {
		next := 0 // most stand in the same order
		for i := range after {
			for n := 0; n < len(before) && partner[i] < 0; n++ {
				if j := (next + n) % len(before); !used[j] && same(j, i) {
					partner[i], used[j], next = j, true, j+1
				}
			}
		}
	}
	match(func(j, i int) bool { return bytes.Equal(before[j], after[i]) })
	a, b := namesOf(before), namesOf(after)
	match(func(j, i int) bool { return a[j] != nil && bytes.Equal(a[j], b[i]) })
	match(func(j, i int) bool { return a[j] == nil || b[i] == nil })
	return partner
}

// naming are the members that name an element of a list.
var naming = []string{"Id", "Identifier", "Email"}

// namesOf returns what names each element, nil where nothing does.
func namesOf(list [][]byte) [][]byte {
	names := make([][]byte, len(list))
	var room [usual]member
	for i, element := range list {
		all, _ := members(room[:0], element)
		for _, name := range naming {
			if v := valueOf(all, 0, name); names[i] == nil && !empty(v) {
				names[i] = v
			}
		}
	}
	return names
}
