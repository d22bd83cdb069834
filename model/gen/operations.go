package main

import (
	"fmt"
	"slices"
	"strings"

	"cosell/model/smithy"
)

func (g *generator) operations(s *text) error {
	service := g.model.Service()
	s.linef("// TargetPrefix stands before the dot of an X-Amz-Target header.")
	s.linef("const TargetPrefix = %q\n", service.Traits.Text("targetPrefix"))
	if date := service.Traits.Text("modelDate"); date != "" {
		s.linef("// ModelDate is the day on which AWS published the model that the contract follows.")
		s.linef("const ModelDate = %q\n", date)
	}
	s.linef("// Operations is every operation of the service, sorted by name.")
	s.linef("var Operations = []api.Operation{")
	for _, name := range slices.Sorted(slices.Values(service.Operations)) {
		op := g.model.Shapes[name]
		s.linef("{\nName: %q,", name)
		s.linef("NewInput: func() api.Input { return new(%s) },", op.Input)
		if op.Output != "" {
			s.linef("HasOutput: true,")
		}
		s.linef("Invoke: %s,", invocation(op))
		if op.Traits.Has("readonly") {
			s.linef("ReadOnly: true,")
		}
		if err := g.access(s, op); err != nil {
			return err
		}
		s.linef("},")
	}
	s.linef("}\n")
	for _, name := range g.model.Inputs() {
		g.input(s, g.model.Shapes[name])
	}
	for op := range g.model.Each(smithy.KindOperation) {
		if op.Traits.Has("paginated") {
			g.paging(s, op)
		}
	}
	return nil
}

// service writes the interface with a method for each operation.
func (g *generator) service(s *text) error {
	s.linef("// Service answers every operation of the service.")
	s.linef("type Service interface {")
	for _, name := range slices.Sorted(slices.Values(g.model.Service().Operations)) {
		op := g.model.Shapes[name]
		result := "error"
		switch {
		case op.Output == "":
		case op.Traits.Has("encodedOutput"):
			result = fmt.Sprintf("(api.Encoded[%s], error)", op.Output)
		default:
			result = fmt.Sprintf("(*%s, error)", op.Output)
		}
		s.linef("%s(in *%s) %s", name, op.Input, result)
	}
	s.linef("}")
	return nil
}

// invocation is a function literal that calls an operation's method of a Service.
func invocation(op *smithy.Shape) string {
	call := fmt.Sprintf("s.(Service).%s(in.(*%s))", op.Name, op.Input)
	switch {
	case op.Output == "":
		call = "nil, " + call
	case op.Traits.Has("encodedOutput"):
		call = "api.EncodedAnswer(" + call + ")"
	default:
		call = "api.Answer(" + call + ")"
	}
	return "func(s any, in api.Input) (any, error) { return " + call + " }"
}

// paging writes what makes the request of a list a PagedInput.
func (g *generator) paging(s *text, op *smithy.Shape) {
	token, _ := op.Traits.Field("paginated", "inputToken").(string)
	size, _ := op.Traits.Field("paginated", "pageSize").(string)
	s.linef("// Paging separates what the request asks for from the page that it asks for.")
	s.linef("func (s *%s) Paging() (query any, token *string, size *int32) {", op.Input)
	s.linef("q := *s\nq.%s, q.%s = nil, nil", token, size)
	s.linef("return &q, s.%s, s.%s\n}\n", token, size)
}

// input writes what makes a request type an Input.
func (g *generator) input(s *text, shape *smithy.Shape) {
	var token string
	for _, m := range shape.Members {
		if m.Traits.Has("idempotencyToken") {
			token = m.Name
		}
	}
	g.check(s, shape)
	for _, getter := range []struct{ doc, method, member string }{
		{"CatalogName is the catalog the request is about.", "CatalogName", "Catalog"},
		{"Token is the client token of the request.", "Token", token},
	} {
		s.linef("// %s", getter.doc)
		if shape.Member(getter.member) == nil {
			s.linef("func (s *%s) %s() string { return \"\" }\n", shape.Name, getter.method)
			continue
		}
		s.linef("func (s *%s) %s() string { return api.Text(s.%s) }\n", shape.Name, getter.method, getter.member)
	}
}

// check writes the exported check of what comes from outside as a whole.
func (g *generator) check(s *text, shape *smithy.Shape) {
	s.linef("// Check names everything about it that breaks the contract.")
	s.linef("func (s *%s) Check() []api.ValidationExceptionError {\nvar c api.Checker", shape.Name)
	if g.constrained(shape.Name) {
		s.linef("s.check(&c, nil)")
	}
	s.linef("return c.Found()\n}\n")
}

func quoteAll(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = fmt.Sprintf("%q", v)
	}
	return strings.Join(quoted, ", ")
}
