// Package pattern matches events against EventBridge event patterns.
//
// It accepts the whole pattern language (exact values, prefix, suffix, wildcard,
// equals-ignore-case, anything-but, numeric, cidr, exists, $or) and refuses what
// EventBridge refuses, in its words.
package pattern

// MaxSize is the largest pattern in bytes.
const MaxSize = 4096

// Pattern is a parsed event pattern. It is safe for concurrent use.
type Pattern struct {
	root *object
	// absent are the paths of {"exists": false}, each judged once for an event.
	absent [][]string
}

// object is the fields that must all match, and the $or groups of each of which
// one alternative must match.
type object struct {
	fields []fieldPattern
	groups [][]*object
}

// fieldPattern is what a pattern says of one member: an object that its fields
// must match, or a list of conditions on its value of which one must hold.
type fieldPattern struct {
	name       string
	object     *object
	conditions []condition
	// absent is the place of the field's {"exists": false} in Pattern.absent, or
	// -1 where it has none.
	absent int
}

// Match reports whether an event matches the pattern. The time it takes is
// bounded by the product of both sizes, and for a pattern without $or it is
// linear in each.
func (p *Pattern) Match(e *Event) bool {
	var m matcher
	for _, path := range p.absent {
		m.absent = append(m.absent, !e.root.hasValue(path))
	}
	return m.object(p.root, e.root)
}

// matcher matches one event against one pattern.
type matcher struct {
	absent []bool // of each path in Pattern.absent, whether the event has no value there
}

// object reports whether an object pattern matches at a node: by the node's own
// fields, or by those of one element of an array.
func (m *matcher) object(o *object, n *node) bool {
	if m.fields(o, n) {
		return true
	}
	if n == nil {
		return false
	}
	for _, element := range n.elements {
		if m.object(o, element) {
			return true
		}
	}
	return false
}

func (m *matcher) fields(o *object, n *node) bool {
	for i := range o.fields {
		if !m.field(&o.fields[i], n.field(o.fields[i].name)) {
			return false
		}
	}
	for _, alternatives := range o.groups {
		if !m.any(alternatives, n) {
			return false
		}
	}
	return true
}

func (m *matcher) any(alternatives []*object, n *node) bool {
	for _, alternative := range alternatives {
		if m.fields(alternative, n) {
			return true
		}
	}
	return false
}

func (m *matcher) field(f *fieldPattern, n *node) bool {
	if f.object != nil {
		return m.object(f.object, n)
	}
	if f.absent >= 0 && m.absent[f.absent] {
		return true
	}
	if n == nil {
		return false
	}
	for _, c := range f.conditions {
		for i := range n.values {
			if c.holds(&n.values[i]) {
				return true
			}
		}
	}
	return false
}
