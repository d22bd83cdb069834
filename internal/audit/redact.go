package audit

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// hidden stands where a sensitive value was, as in CloudTrail's records.
const hidden = `"HIDDEN_DUE_TO_SECURITY_REASONS"`

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

var decoders = sync.Pool{New: func() any { return jsontext.NewDecoder(new(bytes.Buffer)) }}

var errTooLarge = errors.New("too large")

// redact returns what a plan keeps of a JSON value, nothing of what is no JSON.
func redact(value []byte, p *plan) []byte {
	if len(value) == 0 {
		return nil
	}
	d, _ := decoders.Get().(*jsontext.Decoder)
	defer decoders.Put(d)
	d.Reset(bytes.NewBuffer(value))
	out, err := p.append(nil, d, maxContent)
	switch {
	case errors.Is(err, errTooLarge):
		return []byte(tooLarge)
	case err != nil:
		return nil
	}
	return out
}

func (p *plan) append(dst []byte, d *jsontext.Decoder, most int) ([]byte, error) {
	if len(dst) > most {
		return dst, errTooLarge
	}
	kind := d.PeekKind()
	if p.hidden || kind == '{' && p.members == nil && p.values == nil || kind != '{' && kind != '[' && !p.scalar {
		return append(dst, hidden...), d.SkipValue()
	}
	switch kind {
	case '{':
		return p.appendObject(dst, d, most)
	case '[':
		return p.appendList(dst, d, most)
	}
	value, err := d.ReadValue()
	return append(dst, value...), err
}

func (p *plan) appendObject(dst []byte, d *jsontext.Decoder, most int) ([]byte, error) {
	if _, err := d.ReadToken(); err != nil {
		return dst, err
	}
	dst = append(dst, '{')
	first := true
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return dst, err
		}
		text := name.String()
		inner := p.values
		if p.members != nil {
			inner = p.members[text]
		}
		if inner == nil || d.PeekKind() == 'n' {
			if err := d.SkipValue(); err != nil {
				return dst, err
			}
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		if dst, err = inner.append(append(quote(dst, text), ':'), d, most); err != nil {
			return dst, err
		}
	}
	_, err := d.ReadToken()
	return append(dst, '}'), err
}

func (p *plan) appendList(dst []byte, d *jsontext.Decoder, most int) ([]byte, error) {
	if _, err := d.ReadToken(); err != nil {
		return dst, err
	}
	dst = append(dst, '[')
	for first := true; d.PeekKind() != ']'; first = false {
		if !first {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = p.append(dst, d, most); err != nil {
			return dst, err
		}
	}
	_, err := d.ReadToken()
	return append(dst, ']'), err
}

// quote appends a text as JSON, and keeps it on one line.
func quote(dst []byte, text string) []byte {
	out, err := jsontext.AppendQuote(dst, text)
	if err != nil { // the text is not UTF-8
		out, _ = jsontext.AppendQuote(dst, strings.ToValidUTF8(text, "\uFFFD"))
	}
	return out
}
