// Package diff compares the contract with a model file as AWS publishes them, so that what is new there
// is named before a client trips over it.
package diff

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cosell/model/smithy"
)

// maxUnpacked is far above the largest model that AWS publishes.
const maxUnpacked = 256 << 20

// unpacked undoes gzip, which is how botocore is installed.
func unpacked(data []byte) ([]byte, error) {
	if !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return data, nil
	}
	packed, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("damaged gzip: %w", err)
	}
	if data, err = io.ReadAll(io.LimitReader(packed, maxUnpacked)); err != nil {
		return nil, fmt.Errorf("damaged gzip: %w", err)
	}
	return data, nil
}

// Read takes a model in botocore's form (service-2.json, with or without .gz) or as a Smithy JSON syntax tree.
func Read(data []byte) (*smithy.Model, error) {
	data, err := unpacked(data)
	if err != nil {
		return nil, err
	}
	var form struct {
		Smithy     string          `json:"smithy"`
		Operations json.RawMessage `json:"operations"`
		Shapes     json.RawMessage `json:"shapes"`
	}
	if err := json.Unmarshal(data, &form); err != nil {
		return nil, fmt.Errorf("not a JSON model: %w", err)
	}
	read := botocore
	switch {
	case form.Shapes == nil:
		return nil, errors.New("not a model: it has no shapes")
	case form.Smithy != "":
		read = syntaxTree
	case form.Operations == nil:
		return nil, errors.New("neither a botocore model (no operations) nor a Smithy syntax tree (no smithy version)")
	}
	m, err := read(data)
	if err != nil {
		return nil, err
	}
	for _, name := range m.Order {
		shape := m.Shapes[name]
		normalise(shape.Kind, shape.Traits)
		for _, member := range shape.Members {
			if target := m.Shapes[member.Target]; target != nil {
				normalise(target.Kind, member.Traits)
			}
		}
	}
	return m, nil
}

func add(m *smithy.Model, s *smithy.Shape) {
	m.Shapes[s.Name] = s
	m.Order = append(m.Order, s.Name)
}

type botocoreRef struct {
	Shape            string `json:"shape"`
	IdempotencyToken bool   `json:"idempotencyToken"`
}

type botocoreShape struct {
	Type      string                 `json:"type"`
	Union     bool                   `json:"union"`
	Exception bool                   `json:"exception"`
	Sensitive bool                   `json:"sensitive"`
	Enum      []string               `json:"enum"`
	Pattern   string                 `json:"pattern"`
	Min       *json.Number           `json:"min"`
	Max       *json.Number           `json:"max"`
	Required  []string               `json:"required"`
	Members   map[string]botocoreRef `json:"members"`
	Member    *botocoreRef           `json:"member"`
	Key       *botocoreRef           `json:"key"`
	Value     *botocoreRef           `json:"value"`

	TimestampFormat string `json:"timestampFormat"`
}

// timestampFormats are botocore's names of Smithy's formats.
var timestampFormats = map[string]string{"iso8601": "date-time", "unixTimestamp": "epoch-seconds", "rfc822": "http-date"}

func botocore(data []byte) (*smithy.Model, error) {
	var file struct {
		Operations map[string]struct {
			Input      *botocoreRef  `json:"input"`
			Output     *botocoreRef  `json:"output"`
			Errors     []botocoreRef `json:"errors"`
			Idempotent bool          `json:"idempotent"`
		} `json:"operations"`
		Shapes map[string]botocoreShape `json:"shapes"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("botocore model: %w", err)
	}
	m := smithy.New()
	for _, name := range slices.Sorted(maps.Keys(file.Operations)) {
		op := file.Operations[name]
		shape := &smithy.Shape{Name: name, Kind: smithy.KindOperation, Traits: smithy.Traits{}}
		if op.Input != nil {
			shape.Input = op.Input.Shape
		}
		if op.Output != nil {
			shape.Output = op.Output.Shape
		}
		for _, ref := range op.Errors {
			shape.Errors = append(shape.Errors, ref.Shape)
		}
		if op.Idempotent {
			shape.Traits["idempotent"] = true
		}
		add(m, shape)
	}
	for _, name := range slices.Sorted(maps.Keys(file.Shapes)) {
		add(m, file.Shapes[name].shape(name))
	}
	return m, nil
}

func (b botocoreShape) shape(name string) *smithy.Shape {
	s := &smithy.Shape{Name: name, Kind: smithy.Kind(b.Type), Traits: smithy.Traits{}}
	switch {
	case b.Union:
		s.Kind = smithy.KindUnion
	case len(b.Enum) > 0:
		s.Kind = smithy.KindEnum
	}
	if b.Exception {
		s.Traits["error"] = true
	}
	if b.Sensitive {
		s.Traits["sensitive"] = true
	}
	if b.Pattern != "" {
		s.Traits["pattern"] = b.Pattern
	}
	if b.TimestampFormat != "" {
		s.Traits["timestampFormat"] = cmp.Or(timestampFormats[b.TimestampFormat], b.TimestampFormat)
	}
	setBounds(s.Traits, boundsTrait(s.Kind), number(b.Min), number(b.Max))
	for _, value := range b.Enum {
		s.Members = append(s.Members, &smithy.Member{Name: value, Value: value, Traits: smithy.Traits{}})
	}
	for _, member := range slices.Sorted(maps.Keys(b.Members)) {
		traits := smithy.Traits{}
		if slices.Contains(b.Required, member) {
			traits["required"] = true
		}
		if b.Members[member].IdempotencyToken {
			traits["idempotencyToken"] = true
		}
		s.Members = append(s.Members, &smithy.Member{Name: member, Target: b.Members[member].Shape, Traits: traits})
	}
	for _, part := range []struct {
		name string
		ref  *botocoreRef
	}{{"member", b.Member}, {"key", b.Key}, {"value", b.Value}} {
		if part.ref != nil {
			s.Members = append(s.Members, &smithy.Member{Name: part.name, Target: part.ref.Shape, Traits: smithy.Traits{}})
		}
	}
	return s
}

type treeRef struct {
	Target string         `json:"target"`
	Traits map[string]any `json:"traits"`
}

type treeShape struct {
	Type    string             `json:"type"`
	Traits  map[string]any     `json:"traits"`
	Members map[string]treeRef `json:"members"`
	Member  *treeRef           `json:"member"`
	Key     *treeRef           `json:"key"`
	Value   *treeRef           `json:"value"`
	Input   *treeRef           `json:"input"`
	Output  *treeRef           `json:"output"`
	Errors  []treeRef          `json:"errors"`
}

// syntaxTree reads Smithy's JSON form. Services and resources are passed over: an operation is one
// wherever it hangs.
func syntaxTree(data []byte) (*smithy.Model, error) {
	var file struct {
		Shapes map[string]treeShape `json:"shapes"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("smithy syntax tree: %w", err)
	}
	m := smithy.New()
	for _, id := range slices.Sorted(maps.Keys(file.Shapes)) {
		tree := file.Shapes[id]
		if tree.Type == "service" || tree.Type == "resource" || tree.Type == "apply" {
			continue
		}
		if _, isTrait := tree.Traits["smithy.api#trait"]; isTrait {
			continue
		}
		add(m, tree.shape(local(id)))
	}
	return m, nil
}

func (t treeShape) shape(name string) *smithy.Shape {
	s := &smithy.Shape{Name: name, Kind: smithy.Kind(t.Type), Traits: treeTraits(t.Traits)}
	if values, old := t.Traits["smithy.api#enum"].([]any); old { // how Smithy 1 wrote enums
		s.Kind = smithy.KindEnum
		for _, v := range values {
			if entry, ok := v.(map[string]any); ok {
				value, _ := entry["value"].(string)
				s.Members = append(s.Members, &smithy.Member{Name: value, Value: value, Traits: smithy.Traits{}})
			}
		}
	}
	for _, member := range slices.Sorted(maps.Keys(t.Members)) {
		ref := t.Members[member]
		entry := &smithy.Member{Name: member, Target: local(ref.Target), Traits: treeTraits(ref.Traits)}
		if s.Kind == smithy.KindEnum {
			entry.Target, entry.Value = "", member
			if value := entry.Traits.Text("enumValue"); value != "" {
				entry.Value = value
			}
		}
		s.Members = append(s.Members, entry)
	}
	for _, part := range []struct {
		name string
		ref  *treeRef
	}{{"member", t.Member}, {"key", t.Key}, {"value", t.Value}} {
		if part.ref != nil {
			s.Members = append(s.Members, &smithy.Member{Name: part.name, Target: local(part.ref.Target), Traits: treeTraits(part.ref.Traits)})
		}
	}
	s.Input, s.Output = unit(t.Input), unit(t.Output)
	for _, ref := range t.Errors {
		s.Errors = append(s.Errors, local(ref.Target))
	}
	return s
}

// unit is the target's name; Smithy's Unit stands for none.
func unit(ref *treeRef) string {
	if ref == nil || ref.Target == "smithy.api#Unit" {
		return ""
	}
	return local(ref.Target)
}

func local(id string) string { return id[strings.LastIndexByte(id, '#')+1:] }

func treeTraits(raw map[string]any) smithy.Traits {
	traits := smithy.Traits{}
	for id, value := range raw {
		name := local(id)
		if name == "length" || name == "range" {
			fields, _ := value.(map[string]any)
			setBounds(traits, name, whole(fields["min"]), whole(fields["max"]))
			continue
		}
		traits[name] = value
	}
	return traits
}

func whole(v any) *int64 {
	if f, ok := v.(float64); ok {
		return new(int64(f))
	}
	return nil
}

func number(n *json.Number) *int64 {
	if n == nil {
		return nil
	}
	f, err := n.Float64()
	if err != nil {
		return nil
	}
	return new(int64(f))
}

func boundsTrait(kind smithy.Kind) string {
	if kind.Aggregate() || kind == smithy.KindString || kind == smithy.KindEnum {
		return "length"
	}
	return "range"
}

func setBounds(traits smithy.Traits, name string, least, most *int64) {
	bounds := map[string]any{}
	if least != nil {
		bounds["min"] = *least
	}
	if most != nil {
		bounds["max"] = *most
	}
	if len(bounds) > 0 {
		traits[name] = bounds
	}
}

var (
	onlyLength = regexp.MustCompile(`^\(\?s\)\.\{(\d+),(\d*)\}$`)
	lookahead  = regexp.MustCompile(`^\(\?=\^?(?:\(\?s\))?\.\{(\d+),(\d*)\}\$\)(.*)$`)
)

// normalise says in length limits what AWS's files say in patterns, and drops limits that limit nothing.
func normalise(kind smithy.Kind, traits smithy.Traits) {
	if pattern := bare(traits.Text("pattern")); pattern != "" {
		if found := lookahead.FindStringSubmatch(pattern); found != nil {
			setBounds(traits, "length", digits(found[1]), digits(found[2]))
			pattern = bare(found[3])
		}
		if found := onlyLength.FindStringSubmatch(pattern); found != nil {
			setBounds(traits, "length", digits(found[1]), digits(found[2]))
			pattern = ""
		}
		traits["pattern"] = pattern
		if pattern == "" {
			delete(traits, "pattern")
		}
	}
	if b := traits.Bounds("length"); kind != smithy.KindInteger && b.Min != nil && *b.Min == 0 {
		delete(traits, "length")
		setBounds(traits, "length", nil, b.Max)
	}
}

func bare(pattern string) string {
	pattern = strings.TrimPrefix(pattern, "^")
	if strings.HasSuffix(pattern, "$") && !strings.HasSuffix(pattern, `\$`) {
		pattern = strings.TrimSuffix(pattern, "$")
	}
	return pattern
}

func digits(text string) *int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil
	}
	return &n
}
