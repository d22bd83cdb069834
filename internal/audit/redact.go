package audit

import (
	"bytes"
	"reflect"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// In the stored form of what was redacted, hidden stands where a sensitive value was, and
// visible for a text that would be taken for it. A request has up to twenty hidden values,
// and the words of CloudTrail's records would be a third of what is stored of it.
const (
	hidden  = `"*"`
	visible = `"\u002a"`
)

// maxContent bounds the parameters of a request or the elements of an answer.
const maxContent = 16 << 10

// tooLarge stands for what is larger.
const tooLarge = `{"omitted":"larger than 16384 bytes"}`

// plan says what of a JSON value is kept. Members that it does not have are left out:
// nothing says what they hold.
type plan struct {
	hidden  bool
	members map[string]*plan // of an object
	values  *plan            // of an object whose names are free
	scalar  bool
	open    bool // nothing in it is hidden, nor has names or content of its own
}

// openNames are members whose content belongs to callers and has no contract.
var openNames = map[string]bool{"Detail": true}

var plans sync.Map // by reflect.Type

// planOf returns the plan of a type of the contract, whose tags say what is sensitive.
func planOf(t reflect.Type) *plan {
	if known, ok := plans.Load(t); ok {
		p, _ := known.(*plan)
		return p
	}
	p := makePlan(t, map[reflect.Type]*plan{})
	p.open = p.isOpen(map[*plan]bool{})
	plans.Store(t, p)
	return p
}

func makePlan(t reflect.Type, making map[reflect.Type]*plan) *plan {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8 {
		t = t.Elem() // the plan of a list is that of its elements
	}
	if known := making[t]; known != nil {
		return known
	}
	p := new(plan)
	making[t] = p
	switch t.Kind() {
	case reflect.Map:
		p.values = makePlan(t.Elem(), making)
	case reflect.Struct:
		if strings.HasPrefix(t.Name(), "Nullable[") {
			*p = *makePlan(t.Field(0).Type, making)
			return p
		}
		p.members = map[string]*plan{}
		for field := range t.Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			switch {
			case name == "":
			case field.Tag.Get("sensitive") != "" || openNames[name]:
				p.members[name] = &plan{hidden: true}
			default:
				p.members[name] = makePlan(field.Type, making)
			}
		}
	default:
		p.scalar = true
	}
	return p
}

// isOpen reports whether everything in a value is kept whose members are all known.
func (p *plan) isOpen(seen map[*plan]bool) bool {
	if seen[p] {
		return true
	}
	seen[p] = true
	if p.hidden || p.values != nil || p.members == nil && !p.scalar {
		return false
	}
	for _, inner := range p.members {
		if !inner.isOpen(seen) {
			return false
		}
	}
	return true
}

// names of an answer that is encoded already which are kept.
var identifiers = func() *plan {
	p := &plan{members: map[string]*plan{}}
	for _, name := range []string{"Id", "Arn", "Identifier", "LastModifiedDate", "TaskId", "TaskArn", "TaskStatus", "StartTime", "OpportunityId", "JobId", "Status"} {
		p.members[name] = &plan{scalar: true}
	}
	return p
}()

// shown returns what was redacted as records show it.
func shown(redacted []byte) []byte {
	var out []byte
	for {
		before, after, found := bytes.Cut(redacted, []byte(hidden))
		out = append(out, before...)
		if !found {
			return out
		}
		if bytes.HasSuffix(before, []byte{'\\'}) {
			out = append(out, hidden...) // the end of a text: its first quote is escaped
		} else {
			out = append(out, `"`+Hidden+`"`...)
		}
		redacted = after
	}
}

// appendText appends a name or a scalar, which stays visible.
func appendText(dst, text []byte) []byte {
	if string(text) == hidden {
		return append(dst, visible...)
	}
	return append(dst, text...)
}

// redact returns what a plan keeps of a JSON value, nothing of what is no JSON; [shown]
// makes it readable.
func redact(value []byte, p *plan) []byte {
	if len(value) == 0 {
		return nil
	}
	in := reader{text: value, most: maxContent}
	out := p.append(make([]byte, 0, min(len(value), maxContent)+len(hidden)), &in)
	switch {
	case in.tooLarge:
		return []byte(tooLarge)
	case in.wrong || in.wide && !utf8.Valid(value):
		return nil
	}
	return out
}

func (p *plan) append(dst []byte, in *reader) []byte {
	if len(dst) > in.most {
		in.tooLarge, in.wrong = true, true
	}
	kind := in.next()
	switch {
	case in.wrong:
		return dst
	case p.hidden || kind == '{' && p.members == nil && p.values == nil || kind != '{' && kind != '[' && !p.scalar:
		in.value()
		return append(dst, hidden...)
	case kind == '{':
		return p.appendObject(dst, in)
	case kind == '[':
		return p.appendList(dst, in)
	}
	return appendText(dst, in.scalar())
}

func (p *plan) appendObject(dst []byte, in *reader) []byte {
	in.enter()
	dst = append(dst, '{')
	empty := len(dst)
	for first := true; in.more('}', first); first = false {
		name := in.string()
		in.take(':')
		inner := p.values
		if p.members != nil {
			inner = p.member(name)
		}
		if inner == nil || in.next() == 'n' {
			in.value()
			continue
		}
		if len(dst) > empty {
			dst = append(dst, ',')
		}
		dst = inner.append(append(appendText(dst, name), ':'), in)
	}
	return append(dst, '}')
}

// member returns the plan of a member by its quoted name, which may be escaped.
func (p *plan) member(quoted []byte) *plan {
	const quotes = 2
	if len(quoted) < quotes {
		return nil
	}
	if bytes.IndexByte(quoted, '\\') < 0 {
		return p.members[string(quoted[1:len(quoted)-1])]
	}
	text, _ := jsontext.AppendUnquote(nil, quoted) // it was checked
	return p.members[string(text)]
}

func (p *plan) appendList(dst []byte, in *reader) []byte {
	in.enter()
	dst = append(dst, '[')
	for first := true; in.more(']', first); first = false {
		if !first {
			dst = append(dst, ',')
		}
		dst = p.append(dst, in)
	}
	return append(dst, ']')
}

// quote appends a text as JSON, and keeps it on one line.
func quote(dst []byte, text string) []byte {
	for i := range len(text) {
		if !simple[text[i]] {
			return quoteAny(dst, text)
		}
	}
	return append(append(append(dst, '"'), text...), '"')
}

func quoteAny(dst []byte, text string) []byte {
	out, err := jsontext.AppendQuote(dst, text)
	if err != nil { // the text is not UTF-8
		out, _ = jsontext.AppendQuote(dst, strings.ToValidUTF8(text, "\uFFFD"))
	}
	return out
}
