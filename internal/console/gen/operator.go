package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"

	"cosell/internal/operator"
)

// description is the part of an OpenAPI document that types are made from.
type description struct {
	Paths      map[string]map[string]route `json:"paths"`
	Components struct {
		Schemas map[string]*schema `json:"schemas"`
	} `json:"components"`
}

type route struct {
	RequestBody *struct {
		Content map[string]media `json:"content"`
	} `json:"requestBody"`
	Responses map[string]struct {
		Content map[string]media `json:"content"`
	} `json:"responses"`
}

type media struct {
	Schema *schema `json:"schema"`
}

type schema struct {
	Ref                  string             `json:"$ref"`
	Type                 any                `json:"type"`
	Enum                 []any              `json:"enum"`
	Items                *schema            `json:"items"`
	Properties           map[string]*schema `json:"properties"`
	Required             []string           `json:"required"`
	AdditionalProperties json.RawMessage    `json:"additionalProperties"`
	Description          string             `json:"description"`
	MinLength            *int64             `json:"minLength"`
	MaxLength            *int64             `json:"maxLength"`
}

// name returns the name of the schema that a reference names.
func (s *schema) name() string { return s.Ref[strings.LastIndexByte(s.Ref, '/')+1:] }

// kinds returns the types of a schema; the first is "" if it has none.
func (s *schema) kinds() []string {
	switch kind := s.Type.(type) {
	case string:
		return []string{kind}
	case []any:
		kinds := make([]string, len(kind))
		for i, k := range kind {
			kinds[i] = fmt.Sprint(k)
		}
		return kinds
	}
	return []string{""}
}

// describe reads the description that the operator API gives of itself.
func describe(api http.Handler) (*description, error) {
	w := httptest.NewRecorder()
	//nolint:noctx // no request leaves the process
	api.ServeHTTP(w, httptest.NewRequest(http.MethodGet, operator.Prefix+"/openapi.json", nil))
	var d description
	if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil {
		return nil, fmt.Errorf("read the description of the operator API: %w", err)
	}
	return &d, nil
}

// types returns a TypeScript type for each schema and a table of the routes.
func (d *description) types() []byte {
	var b bytes.Buffer
	b.WriteString(header)
	for _, name := range slices.Sorted(maps.Keys(d.Components.Schemas)) {
		fmt.Fprintf(&b, "export type %s = %s\n", name, d.Components.Schemas[name].text("  "))
	}
	b.WriteString("\nexport interface Routes {\n")
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(d.Paths[path])) {
			r := d.Paths[path][method]
			fmt.Fprintf(&b, "  %q: { body: %s; answer: %s }\n", strings.ToUpper(method)+" "+path, r.body(), r.answer())
		}
	}
	b.WriteString("}\n")
	return b.Bytes()
}

func (r route) body() string {
	if r.RequestBody == nil {
		return "undefined"
	}
	return typeOfMedia(r.RequestBody.Content)
}

func (r route) answer() string {
	for _, status := range slices.Sorted(maps.Keys(r.Responses)) {
		if strings.HasPrefix(status, "2") {
			return typeOfMedia(r.Responses[status].Content)
		}
	}
	return "undefined"
}

func typeOfMedia(content map[string]media) string {
	if m, found := content["application/json"]; found && m.Schema != nil {
		return m.Schema.text("  ")
	}
	if len(content) > 0 {
		return "unknown"
	}
	return "undefined"
}

// text returns the type of a schema; its lines are indented.
func (s *schema) text(indent string) string {
	if s == nil {
		return "unknown"
	}
	if s.Ref != "" {
		return s.name()
	}
	if len(s.Enum) > 0 {
		values := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			text, _ := json.Marshal(v) //nolint:errchkjson // it came from JSON
			values[i] = string(text)
		}
		return "(" + strings.Join(values, " | ") + ")"
	}
	kinds := s.kinds()
	texts := make([]string, len(kinds))
	for i, kind := range kinds {
		texts[i] = s.kind(kind, indent)
	}
	return strings.Join(texts, " | ")
}

func (s *schema) kind(kind, indent string) string {
	switch kind {
	case "string", "boolean", "null":
		return kind
	case "integer", "number":
		return "number"
	case "array":
		return "Array<" + s.Items.text(indent) + ">"
	case "object":
		if len(s.Properties) == 0 {
			return s.open(indent)
		}
		var b strings.Builder
		b.WriteString("{\n")
		for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
			optional := "?"
			if slices.Contains(s.Required, name) {
				optional = ""
			}
			quoted, _ := json.Marshal(name) //nolint:errchkjson // a string
			fmt.Fprintf(&b, "%s%s%s: %s\n", indent, quoted, optional, s.Properties[name].text(indent+"  "))
		}
		b.WriteString(indent[2:] + "}")
		return b.String()
	}
	return "unknown"
}

// open returns the type of an object whose members have no fixed names.
func (s *schema) open(indent string) string {
	var values schema
	if json.Unmarshal(s.AdditionalProperties, &values) != nil {
		return "Record<string, unknown>"
	}
	return "Record<string, " + values.text(indent) + ">"
}
