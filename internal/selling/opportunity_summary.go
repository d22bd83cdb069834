package selling

import (
	"fmt"
	"reflect"
	"strings"

	"cosell/internal/api"
	"cosell/internal/store"
)

// opportunitySummaries encodes a page of a list.
func opportunitySummaries(rows []store.ListRow, next *string) (api.Encoded[api.ListOpportunitiesResponse], error) {
	const roughly = 1024 // a summary
	out := append(make([]byte, 0, (len(rows)+1)*roughly), `{"OpportunitySummaries":[`...)
	var s summarizer
	for i, row := range rows {
		if i > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = s.append(out, row.Document); err != nil {
			return nil, err
		}
	}
	token, err := api.Marshal(next)
	if err != nil {
		return nil, fmt.Errorf("encode token: %w", err)
	}
	out = append(append(out, `],"NextToken":`...), token...)
	return append(out, '}'), nil
}

// opportunitySummary returns the summary of the opportunity in a document, which is
// in the form of a document itself.
func opportunitySummary(document string) (string, error) {
	summary, err := new(summarizer).append(nil, document)
	return string(summary), err
}

// summarizer takes the summaries of opportunities out of their documents.
//
// A summary has fewer members than the document, of the same names and values.
// They are copied as they are encoded: to decode them all only to encode some
// again would be most of what a list costs.
type summarizer struct {
	// found are the values of members, by their number.
	found [summaryMembers]string
}

// append appends the summary of the opportunity in a document, encoded.
func (s *summarizer) append(out []byte, document string) ([]byte, error) {
	clear(s.found[:])
	if (&cutter{text: document, found: &s.found}).object(summaryExcerpt) {
		return summaryExcerpt.append(out, &s.found), nil
	}
	// The document is in another form than ours.
	var summary api.OpportunitySummary
	if err := api.Unmarshal([]byte(document), &summary); err != nil {
		return nil, fmt.Errorf("decode opportunity: %w", err)
	}
	text, err := api.Marshal(&summary)
	if err != nil {
		return nil, fmt.Errorf("encode summary: %w", err)
	}
	return append(out, text...), nil
}

// excerpt is which members of an object are copied, and in which order.
type excerpt struct {
	members []excerptMember
	places  map[string]int // in members, by the name
}

type excerptMember struct {
	label  string   // the name, as it is written before the value
	number int      // among all members of the summary
	inner  *excerpt // of its own members, where it is an object
}

// summaryMembers is how many members a summary has, those of its objects
// included.
const summaryMembers = 32

var summaryExcerpt = newExcerpt(reflect.TypeFor[api.OpportunitySummary](), new(int))

// newExcerpt returns the excerpt that has the members of a structure, numbered on
// from a number.
func newExcerpt(structure reflect.Type, next *int) *excerpt {
	e := &excerpt{places: map[string]int{}}
	for field := range structure.Fields() {
		m := excerptMember{label: fmt.Sprintf("%q:", field.Name), number: *next}
		if len(e.members) > 0 {
			m.label = "," + m.label
		}
		*next++
		if t := field.Type; t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct {
			m.inner = newExcerpt(t.Elem(), next)
		}
		e.places[field.Name] = len(e.members)
		e.members = append(e.members, m)
	}
	return e
}

// append appends the object with the members that were found.
func (e *excerpt) append(out []byte, found *[summaryMembers]string) []byte {
	out = append(out, '{')
	for i := range e.members {
		m := &e.members[i]
		out = append(out, m.label...)
		switch value := found[m.number]; {
		case value == "":
			out = append(out, "null"...)
		case m.inner != nil && value[0] == '{':
			out = m.inner.append(out, found)
		default:
			out = append(out, value...)
		}
	}
	return append(out, '}')
}

// cutter finds the members of excerpts in JSON as the store holds it: right,
// without white space, and with plain names. Its methods say whether the text is in
// this form, as far as they look; what they skip need not be right.
type cutter struct {
	text  string
	at    int
	found *[summaryMembers]string
}

// object reads an object.
func (c *cutter) object(e *excerpt) bool {
	if !c.skip('{') {
		return false
	}
	for more := !c.skip('}'); more; {
		start := c.at + 1
		if !c.string() || !c.skip(':') {
			return false
		}
		name := c.text[start : c.at-len(`":`)]
		if strings.IndexByte(name, '\\') >= 0 {
			return false
		}
		start = c.at
		place, wanted := e.places[name]
		switch {
		case wanted && e.members[place].inner != nil && c.next() == '{':
			if !c.object(e.members[place].inner) {
				return false
			}
		case !c.value():
			return false
		}
		if wanted {
			c.found[e.members[place].number] = c.text[start:c.at]
		}
		more = c.skip(',')
		if !more && !c.skip('}') {
			return false
		}
	}
	return true
}

// next is the byte that comes next, or 0 at the end.
func (c *cutter) next() byte {
	if c.at == len(c.text) {
		return 0
	}
	return c.text[c.at]
}

// skip passes over a byte, where it comes next.
func (c *cutter) skip(b byte) bool {
	if c.next() != b {
		return false
	}
	c.at++
	return true
}

// string passes over a string.
func (c *cutter) string() bool {
	if !c.skip('"') {
		return false
	}
	for {
		n := strings.IndexByte(c.text[c.at:], '"')
		if n < 0 {
			return false
		}
		c.at += n + 1
		escapes := 0
		for c.text[c.at-2-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return true
		}
	}
}

// value passes over a value.
func (c *cutter) value() bool {
	start, depth := c.at, 0
	for c.at < len(c.text) {
		switch c.text[c.at] {
		case '"':
			if !c.string() {
				return false
			}
			if depth == 0 {
				return true
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return c.at > start
			}
			depth--
			if depth == 0 {
				c.at++
				return true
			}
		case ',':
			if depth == 0 {
				return c.at > start
			}
		case ' ', '\t', '\r', '\n':
			return false
		}
		c.at++
	}
	return false
}
