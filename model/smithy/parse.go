package smithy

import (
	"fmt"
	"strings"
)

// Parse reads one source file. Anything outside the subset is an error with its place, so that nothing
// written in the contract is ever silently ignored.
func Parse(file string, source []byte) (*Model, error) {
	p := &parser{lex: lexer{src: string(source), line: 1, col: 1, file: file}, model: New()}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if err := p.header(); err != nil {
		return nil, err
	}
	for p.tok.kind != tokenEnd {
		if err := p.shape(); err != nil {
			return nil, err
		}
	}
	if err := p.model.Validate(); err != nil {
		return nil, err
	}
	return p.model, nil
}

type parser struct {
	lex   lexer
	tok   token
	model *Model
	depth int
}

// maxDepth bounds how far trait values nest, so that a hostile file cannot exhaust the stack.
const maxDepth = 32

func (p *parser) advance() (err error) {
	p.tok, err = p.lex.next()
	return err
}

func (p *parser) fail(format string, args ...any) error {
	return &Error{p.tok.pos, fmt.Sprintf(format, args...)}
}

func (p *parser) is(punct string) bool { return p.tok.kind == tokenPunct && p.tok.text == punct }

func (p *parser) punct(mark string) error {
	if !p.is(mark) {
		return p.fail("expected '%s', found %s", mark, p.tok)
	}
	return p.advance()
}

func (p *parser) name(what string) (string, error) {
	if p.tok.kind != tokenName {
		return "", p.fail("expected %s, found %s", what, p.tok)
	}
	text := p.tok.text
	return text, p.advance()
}

func (p *parser) text(what string) (string, error) {
	if p.tok.kind != tokenText {
		return "", p.fail("expected %s in quotes, found %s", what, p.tok)
	}
	text := p.tok.text
	return text, p.advance()
}

func (p *parser) keyword(word string) error {
	if p.tok.kind != tokenName || p.tok.text != word {
		return p.fail("expected '%s', found %s", word, p.tok)
	}
	return p.advance()
}

// header reads `$version: "2"` and `namespace a.b`.
func (p *parser) header() error {
	if err := p.punct("$"); err != nil {
		return err
	}
	if err := p.keyword("version"); err != nil {
		return err
	}
	if err := p.punct(":"); err != nil {
		return err
	}
	at := p.tok.pos
	version, err := p.text("the language version")
	if err != nil {
		return err
	}
	if version != "2" && version != "2.0" {
		return &Error{at, fmt.Sprintf("language version %q is not 2.0", version)}
	}
	if err := p.keyword("namespace"); err != nil {
		return err
	}
	first, err := p.name("a namespace")
	if err != nil {
		return err
	}
	parts := []string{first}
	for p.is(".") {
		if err := p.advance(); err != nil {
			return err
		}
		part, err := p.name("a namespace segment")
		if err != nil {
			return err
		}
		parts = append(parts, part)
	}
	p.model.Namespace = strings.Join(parts, ".")
	return nil
}

// doc joins the comment lines that stand before a shape or member.
func (p *parser) doc() (string, error) {
	var lines []string
	for p.tok.kind == tokenDoc {
		lines = append(lines, p.tok.text)
		if err := p.advance(); err != nil {
			return "", err
		}
	}
	return strings.Join(lines, "\n"), nil
}

func (p *parser) shape() error {
	doc, err := p.doc()
	if err != nil {
		return err
	}
	traits, err := p.traits()
	if err != nil {
		return err
	}
	at := p.tok
	word, err := p.name("a shape")
	if err != nil {
		return err
	}
	shape := &Shape{Kind: Kind(word), Doc: doc, Traits: traits, Pos: p.tok.pos}
	if shape.Name, err = p.name("the shape's name"); err != nil {
		return err
	}
	switch shape.Kind {
	case KindService:
		err = p.fields(shape.service(p))
	case KindOperation:
		err = p.fields(shape.operation(p))
	case KindStructure, KindUnion, KindList, KindMap:
		err = p.members(shape, p.member)
	case KindEnum:
		err = p.members(shape, p.enumValue)
	case KindString, KindInteger, KindLong, KindDouble, KindBoolean, KindTimestamp:
	default:
		return &Error{at.pos, fmt.Sprintf("'%s' is not a kind of shape in the subset", word)}
	}
	if err != nil {
		return err
	}
	if other := p.model.Shapes[shape.Name]; other != nil {
		return &Error{shape.Pos, fmt.Sprintf("shape %s is already defined", shape.Name)}
	}
	p.model.Shapes[shape.Name] = shape
	p.model.Order = append(p.model.Order, shape.Name)
	return nil
}

func (s *Shape) service(p *parser) map[string]func() error {
	return map[string]func() error{
		"version":    func() (err error) { s.Version, err = p.text("the version"); return err },
		"operations": func() (err error) { s.Operations, err = p.names("an operation"); return err },
	}
}

func (s *Shape) operation(p *parser) map[string]func() error {
	return map[string]func() error{
		"input":  func() (err error) { s.Input, err = p.name("the input shape"); return err },
		"output": func() (err error) { s.Output, err = p.name("the output shape"); return err },
		"errors": func() (err error) { s.Errors, err = p.names("an error"); return err },
	}
}

// fields reads `{ name: value … }` where each name may stand once.
func (p *parser) fields(known map[string]func() error) error {
	if err := p.punct("{"); err != nil {
		return err
	}
	for !p.is("}") {
		at := p.tok.pos
		name, err := p.name("a property")
		if err != nil {
			return err
		}
		read := known[name]
		if read == nil {
			return &Error{at, fmt.Sprintf("property '%s' is unknown here or stands twice", name)}
		}
		delete(known, name)
		if err := p.punct(":"); err != nil {
			return err
		}
		if err := read(); err != nil {
			return err
		}
	}
	return p.advance()
}

func (p *parser) names(what string) ([]string, error) {
	if err := p.punct("["); err != nil {
		return nil, err
	}
	var out []string
	for !p.is("]") {
		name, err := p.name(what)
		if err != nil {
			return nil, err
		}
		out = append(out, name)
	}
	return out, p.advance()
}

func (p *parser) members(shape *Shape, body func(*Member) error) error {
	if err := p.punct("{"); err != nil {
		return err
	}
	for !p.is("}") {
		doc, err := p.doc()
		if err != nil {
			return err
		}
		traits, err := p.traits()
		if err != nil {
			return err
		}
		member := &Member{Doc: doc, Traits: traits, Pos: p.tok.pos}
		if member.Name, err = p.name("a member"); err != nil {
			return err
		}
		if shape.Member(member.Name) != nil {
			return &Error{member.Pos, fmt.Sprintf("member %s$%s stands twice", shape.Name, member.Name)}
		}
		if err := body(member); err != nil {
			return err
		}
		shape.Members = append(shape.Members, member)
	}
	return p.advance()
}

func (p *parser) member(m *Member) (err error) {
	if err := p.punct(":"); err != nil {
		return err
	}
	m.Target, err = p.name("the target shape")
	return err
}

// enumValue reads `NAME = "value"`; without a value the name is the value.
func (p *parser) enumValue(m *Member) (err error) {
	m.Value = m.Name
	if !p.is("=") {
		return nil
	}
	if err := p.advance(); err != nil {
		return err
	}
	m.Value, err = p.text("the enum value")
	return err
}

func (p *parser) traits() (Traits, error) {
	traits := Traits{}
	for p.is("@") {
		if err := p.advance(); err != nil {
			return nil, err
		}
		at := p.tok.pos
		name, err := p.name("a trait")
		if err != nil {
			return nil, err
		}
		if traits.Has(name) {
			return nil, &Error{at, fmt.Sprintf("trait @%s stands twice", name)}
		}
		if traits[name], err = p.traitValue(); err != nil {
			return nil, err
		}
	}
	return traits, nil
}

// traitValue reads what stands in the parentheses: nothing, one value, or `name: value` pairs.
func (p *parser) traitValue() (any, error) {
	if !p.is("(") {
		return true, nil
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.tok.kind == tokenName && p.tok.text != "true" && p.tok.text != "false" {
		return p.object(")")
	}
	value, err := p.value()
	if err != nil {
		return nil, err
	}
	return value, p.punct(")")
}

func (p *parser) value() (any, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.fail("values nest too deep")
	}
	defer func() { p.depth-- }()
	tok := p.tok
	switch {
	case tok.kind == tokenText:
		return tok.text, p.advance()
	case tok.kind == tokenNumber:
		return tok.number, p.advance()
	case tok.kind == tokenName && (tok.text == "true" || tok.text == "false"):
		return tok.text == "true", p.advance()
	case p.is("["):
		if err := p.advance(); err != nil {
			return nil, err
		}
		list := []any{}
		for !p.is("]") {
			v, err := p.value()
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, p.advance()
	case p.is("{"):
		if err := p.advance(); err != nil {
			return nil, err
		}
		return p.object("}")
	}
	return nil, p.fail("expected a value, found %s", tok)
}

func (p *parser) object(end string) (any, error) {
	object := map[string]any{}
	for !p.is(end) {
		at := p.tok.pos
		key, err := p.name("a name")
		if err != nil {
			return nil, err
		}
		if _, twice := object[key]; twice {
			return nil, &Error{at, fmt.Sprintf("'%s' stands twice", key)}
		}
		if err := p.punct(":"); err != nil {
			return nil, err
		}
		if object[key], err = p.value(); err != nil {
			return nil, err
		}
	}
	return object, p.advance()
}
