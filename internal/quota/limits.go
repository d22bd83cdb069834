package quota

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"

	"cosell/internal/api"
	"cosell/internal/nearest"
)

//go:embed aws.json
var awsLimits []byte

// Group is operations that share a quota.
type Group struct {
	Name string `json:"name"`
	// PerSecond is how many requests a second an account may send on average. As many
	// may come at once.
	PerSecond float64 `json:"perSecond"`
	// PerDay is how many requests it may send in 24 hours; 0 does not limit them.
	PerDay     int      `json:"perDay,omitempty"`
	Operations []string `json:"operations"`
}

// Limits are the quotas of an account.
type Limits struct {
	Groups []Group `json:"groups"`
	// OtherReads and OtherWrites name the groups of the operations that no group names;
	// without them those are not limited.
	OtherReads  string `json:"otherReads,omitempty"`
	OtherWrites string `json:"otherWrites,omitempty"`
}

// AWS returns the quotas that AWS publishes (docs/behavior/errors.md#quotas).
func AWS() *Limits {
	l, err := Parse(awsLimits)
	if err != nil {
		panic(err) // a test reads it
	}
	return l
}

const (
	// maxPerSecond bounds the rate of a group, so that a burst is a number that fits.
	maxPerSecond = 1e6
	// maxGroups and maxName bound what a server keeps of the limits of an account.
	maxGroups = 100
	maxName   = 64
)

// MemberError says which member of limits is wrong, and what would be right.
type MemberError struct{ Member, Reason string }

func (e *MemberError) Error() string { return e.Member + ": " + e.Reason }

func wrong(member, format string, args ...any) error {
	return &MemberError{member, fmt.Sprintf(format, args...)}
}

// Parse reads limits from JSON. Its errors name the member that is wrong.
func Parse(text []byte) (*Limits, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	l := new(Limits)
	if err := d.Decode(l); err != nil {
		return nil, err
	}
	if err := l.Check(); err != nil {
		return nil, err
	}
	return l, nil
}

// Check returns a [MemberError] for the first member that is wrong.
func (l *Limits) Check() error {
	if len(l.Groups) > maxGroups {
		return wrong("groups", "must have at most %d groups, has %d", maxGroups, len(l.Groups))
	}
	seen := map[string]string{}
	for i, g := range l.Groups {
		if err := l.checkGroup(i, g, seen); err != nil {
			return err
		}
	}
	for _, other := range [][2]string{{"otherReads", l.OtherReads}, {"otherWrites", l.OtherWrites}} {
		if name := other[1]; name != "" && l.group(name) == nil {
			return wrong(other[0], "names no group; must be the name of one, is %q", name)
		}
	}
	return nil
}

// checkGroup checks a group. seen has the groups of the operations of those before it.
func (l *Limits) checkGroup(i int, g Group, seen map[string]string) error {
	at := fmt.Sprintf("groups[%d].", i)
	switch {
	case g.Name == "":
		return wrong(at+"name", "is missing; must name the group")
	case len(g.Name) > maxName:
		return wrong(at+"name", "must have at most %d bytes, has %d", maxName, len(g.Name))
	case slices.ContainsFunc(l.Groups[:i], func(o Group) bool { return o.Name == g.Name }):
		return wrong(at+"name", "is that of another group; must be unique, is %q", g.Name)
	case g.PerSecond <= 0 || g.PerSecond > maxPerSecond:
		return wrong(at+"perSecond", "must be more than 0 and at most %g, is %g", float64(maxPerSecond), g.PerSecond)
	case g.PerDay < 0:
		return wrong(at+"perDay", "must not be negative, is %d", g.PerDay)
	}
	for j, name := range g.Operations {
		at := fmt.Sprintf("%soperations[%d]", at, j)
		if _, ok := api.Lookup(name); !ok {
			return wrong(at, "is no operation of the API; must be one, such as %s, is %q", cmp.Or(nearest.Word(name, api.Names(api.Operations)), "CreateOpportunity"), name)
		}
		if other, ok := seen[name]; ok {
			return wrong(at, "is in group %q already; must be in one group, is %q", other, name)
		}
		seen[name] = g.Name
	}
	return nil
}

// group returns the group of a name, or nil.
func (l *Limits) group(name string) *Group {
	i := slices.IndexFunc(l.Groups, func(g Group) bool { return g.Name == name })
	if i < 0 {
		return nil
	}
	return &l.Groups[i]
}

// byOperation returns the group of every operation that is limited.
func (l *Limits) byOperation() map[string]*Group {
	groups := map[string]*Group{}
	for i := range api.Operations {
		op := &api.Operations[i]
		other := l.OtherWrites
		if op.ReadOnly {
			other = l.OtherReads
		}
		if g := l.group(other); g != nil {
			groups[op.Name] = g
		}
	}
	for i := range l.Groups {
		for _, name := range l.Groups[i].Operations {
			groups[name] = &l.Groups[i]
		}
	}
	return groups
}
