package policy

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// pattern is a value of a policy that may hold wildcards and variables.
type pattern struct {
	parts []part
	// segments says that a * reaches across a colon only at the end of a segment, as in
	// the Resource element.
	segments bool
	// variables says that parts must be expanded for each request.
	variables bool
}

type part struct {
	text     string // a literal, in a part of kind literal
	kind     partKind
	key      string // of a variable, in lower case
	fallback *string
}

type partKind uint8

const (
	literal partKind = iota
	any0             // *
	any1             // ?
	variable
)

// compile reads a pattern. Version 2012-10-17 has variables.
func compile(value, at string, variables bool) (pattern, error) {
	p := pattern{}
	count := 0
	for value != "" {
		switch {
		case value[0] == '*':
			// Several stars are one.
			if n := len(p.parts); n == 0 || p.parts[n-1].kind != any0 {
				p.parts = append(p.parts, part{kind: any0})
			}
			value = value[1:]
		case value[0] == '?':
			p.parts = append(p.parts, part{kind: any1})
			value = value[1:]
		case variables && strings.HasPrefix(value, "${"):
			end := strings.IndexByte(value, '}')
			if end < 0 {
				return p, wrong(at, "has a variable without an end; must be ${key} or ${key, 'default'}")
			}
			v, err := parseVariable(value[2:end], at)
			if err != nil {
				return p, err
			}
			if v.kind == variable {
				p.variables = true
				if count++; count > maxVariables {
					return p, wrong(at, "has more than %d variables", maxVariables)
				}
			}
			p.parts = append(p.parts, v)
			value = value[end+1:]
		default:
			end := 1
			for end < len(value) && value[end] != '*' && value[end] != '?' && (!variables || value[end] != '$') {
				end++
			}
			p.parts = append(p.parts, part{text: value[:end]})
			value = value[end:]
		}
	}
	return p, nil
}

// parseVariable reads what stands between ${ and }.
func parseVariable(text, at string) (part, error) {
	if text == "*" || text == "?" || text == "$" {
		return part{text: text}, nil // the characters themselves
	}
	key, fallback, has := strings.Cut(text, ",")
	v := part{kind: variable, key: strings.ToLower(strings.TrimSpace(key))}
	if !keyPattern.MatchString(v.key) {
		return v, wrong(at, "has the variable %.60q; must name a condition key, such as ${aws:username}", key)
	}
	if has {
		fallback = strings.TrimSpace(fallback)
		if len(fallback) < 2 || fallback[0] != '\'' || fallback[len(fallback)-1] != '\'' {
			return v, wrong(at, "has a default value without quotes; must be ${key, 'default'}")
		}
		v.fallback = new(fallback[1 : len(fallback)-1])
	}
	return v, nil
}

// Values returns the values of a condition key, which is in lower case, and whether the
// request has it.
type Values func(key string) ([]string, bool)

// expand replaces variables by their values, which are literals: a value cannot bring
// in a wildcard. It reports false where a variable has no single value.
func (p pattern) expand(values Values) ([]part, bool) {
	if !p.variables {
		return p.parts, true
	}
	parts := slices.Clone(p.parts)
	for i, part := range parts {
		if part.kind != variable {
			continue
		}
		found, ok := values(part.key)
		switch {
		case ok && len(found) == 1:
			parts[i].text = found[0]
		case !ok && part.fallback != nil:
			parts[i].text = *part.fallback
		default:
			return nil, false
		}
		parts[i].kind = literal
	}
	return parts, true
}

// text returns a pattern without wildcards as text. Wildcards stand for themselves.
func (p pattern) text(values Values) (string, bool) {
	parts, ok := p.expand(values)
	if !ok {
		return "", false
	}
	if len(parts) == 1 && parts[0].kind == literal {
		return parts[0].text, true
	}
	var b strings.Builder
	for _, part := range parts {
		switch part.kind {
		case any0:
			b.WriteByte('*')
		case any1:
			b.WriteByte('?')
		default:
			b.WriteString(part.text)
		}
	}
	return b.String(), true
}

// match reports whether a text matches; known is false where a variable has no value.
func (p pattern) match(text string, values Values) (matches, known bool) {
	parts, ok := p.expand(values)
	if !ok {
		return false, false
	}
	return glob(parts, text, p.segments), true
}

// glob matches without recursion: it goes back to the last star only, or in segments to
// the last one that may still grow. The work is bounded by len(parts) times len(text).
func glob(parts []part, text string, segments bool) bool {
	if !segments {
		return globFlat(parts, text)
	}
	// Reachable positions, part by part: a star that must stop at a colon makes going
	// back to the last star insufficient.
	now := make([]bool, len(text)+1)
	now[0] = true
	next := make([]bool, len(text)+1)
	for i, p := range parts {
		clear(next)
		reached := false
		across := p.kind == any0 && (i == len(parts)-1 || parts[i+1].kind == literal && strings.HasPrefix(parts[i+1].text, ":"))
		for at := 0; at <= len(text); at++ {
			if p.kind == any0 && at > 0 && next[at-1] && (across || text[at-1] != ':') {
				next[at], reached = true, true
			}
			if !now[at] {
				continue
			}
			switch end := at + len(p.text); {
			case p.kind == any0:
				next[at], reached = true, true
			case p.kind == any1:
				if r, size := utf8.DecodeRuneInString(text[at:]); size > 0 && r != ':' {
					next[at+size], reached = true, true
				}
			case end <= len(text) && text[at:end] == p.text:
				next[end], reached = true, true
			}
		}
		if !reached {
			return false
		}
		now, next = next, now
	}
	return now[len(text)]
}

func globFlat(parts []part, text string) bool {
	star, starAt := -1, 0
	i, at := 0, 0
	for {
		if i < len(parts) {
			switch p := parts[i]; p.kind {
			case any0:
				star, starAt = i, at
				i++
				continue
			case any1:
				if _, size := utf8.DecodeRuneInString(text[at:]); size > 0 {
					at += size
					i++
					continue
				}
			default:
				if strings.HasPrefix(text[at:], p.text) {
					at += len(p.text)
					i++
					continue
				}
			}
		} else if at == len(text) {
			return true
		}
		if star < 0 || starAt >= len(text) {
			return false
		}
		_, size := utf8.DecodeRuneInString(text[starAt:])
		starAt += size
		i, at = star+1, starAt
	}
}
