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

// Limits are the quotas of every account.
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

// maxPerSecond bounds the rate of a group, so that a burst is a number that fits.
const maxPerSecond = 1e6

// Parse reads limits from JSON. Its errors name the member that is wrong.
func Parse(text []byte) (*Limits, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	l := new(Limits)
	if err := d.Decode(l); err != nil {
		return nil, err
	}
	seen := map[string]string{}
	for i, g := range l.Groups {
		at := fmt.Sprintf("groups[%d].", i)
		switch {
		case g.Name == "":
			return nil, fmt.Errorf("%sname: is missing; must name the group", at)
		case slices.ContainsFunc(l.Groups[:i], func(o Group) bool { return o.Name == g.Name }):
			return nil, fmt.Errorf("%sname: is that of another group; must be unique, is %q", at, g.Name)
		case g.PerSecond <= 0 || g.PerSecond > maxPerSecond:
			return nil, fmt.Errorf("%sperSecond: must be more than 0 and at most %g, is %g", at, float64(maxPerSecond), g.PerSecond)
		case g.PerDay < 0:
			return nil, fmt.Errorf("%sperDay: must not be negative, is %d", at, g.PerDay)
		}
		for j, name := range g.Operations {
			at := fmt.Sprintf("%soperations[%d]: ", at, j)
			if _, ok := api.Lookup(name); !ok {
				return nil, fmt.Errorf("%sis no operation of the API; must be one, such as %s, is %q", at, cmp.Or(nearest.Word(name, api.Names(api.Operations)), "CreateOpportunity"), name)
			}
			if other, ok := seen[name]; ok {
				return nil, fmt.Errorf("%sis in group %q already; must be in one group, is %q", at, other, name)
			}
			seen[name] = g.Name
		}
	}
	for member, name := range map[string]string{"otherReads": l.OtherReads, "otherWrites": l.OtherWrites} {
		if name != "" && l.group(name) == nil {
			return nil, fmt.Errorf("%s: names no group; must be the name of one, is %q", member, name)
		}
	}
	return l, nil
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
