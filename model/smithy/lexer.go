package smithy

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Error is a fault in a source text, with its place.
type Error struct {
	Pos     Position
	Message string
}

// Error gives place and message on one line.
func (e *Error) Error() string { return e.Pos.String() + ": " + e.Message }

type tokenKind int

const (
	tokenEnd tokenKind = iota
	tokenName
	tokenText
	tokenNumber
	tokenPunct
	tokenDoc
)

type token struct {
	kind   tokenKind
	text   string // the name, the unquoted string, the digits, the punctuation mark or the doc line
	number int64
	pos    Position
}

func (t token) String() string {
	switch t.kind {
	case tokenEnd:
		return "the end of the file"
	case tokenText:
		return strconv.Quote(t.text)
	case tokenDoc:
		return "a doc comment"
	}
	return "'" + t.text + "'"
}

// lexer cuts the source into tokens. Commas are white space, as the language has it.
type lexer struct {
	src       string
	off       int
	line, col int
	file      string
}

func (l *lexer) pos() Position { return Position{l.file, l.line, l.col} }

func (l *lexer) fail(pos Position, format string, args ...any) error {
	return &Error{pos, fmt.Sprintf(format, args...)}
}

func (l *lexer) advance(n int) string {
	text := l.src[l.off : l.off+n]
	l.off += n
	if lines := strings.Count(text, "\n"); lines > 0 {
		l.line += lines
		l.col = 1 + utf8.RuneCountInString(text[strings.LastIndexByte(text, '\n')+1:])
	} else {
		l.col += utf8.RuneCountInString(text)
	}
	return text
}

func (l *lexer) restOfLine() string {
	rest := l.src[l.off:]
	if i := strings.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i]
	}
	return l.advance(len(rest))
}

func (l *lexer) next() (token, error) {
	for l.off < len(l.src) {
		rest := l.src[l.off:]
		c, pos := rest[0], l.pos()
		switch {
		case strings.IndexByte(" \t\r\n,", c) >= 0:
			l.advance(1)
		case strings.HasPrefix(rest, "///"):
			line := strings.TrimPrefix(l.restOfLine(), "///")
			return token{kind: tokenDoc, text: strings.TrimRight(strings.TrimPrefix(line, " "), " \r"), pos: pos}, nil
		case strings.HasPrefix(rest, "//"):
			l.restOfLine()
		case isNameStart(c):
			n := 1
			for n < len(rest) && (isNameStart(rest[n]) || isDigit(rest[n])) {
				n++
			}
			return token{kind: tokenName, text: l.advance(n), pos: pos}, nil
		case isDigit(c) || c == '-':
			n := 1
			for n < len(rest) && isDigit(rest[n]) {
				n++
			}
			text := l.advance(n)
			number, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return token{}, l.fail(pos, "%q is not a whole number", text)
			}
			return token{kind: tokenNumber, text: text, number: number, pos: pos}, nil
		case c == '"':
			return l.quoted(pos)
		case strings.IndexByte("{}[]():=@$#.", c) >= 0:
			return token{kind: tokenPunct, text: l.advance(1), pos: pos}, nil
		default:
			r, _ := utf8.DecodeRuneInString(rest)
			return token{}, l.fail(pos, "unexpected character %q", r)
		}
	}
	return token{kind: tokenEnd, pos: l.pos()}, nil
}

func (l *lexer) quoted(pos Position) (token, error) {
	rest := l.src[l.off:]
	if strings.HasPrefix(rest, `"""`) {
		return token{}, l.fail(pos, "text blocks are not part of the subset")
	}
	for n := 1; n < len(rest) && rest[n] != '\n'; n++ {
		switch rest[n] {
		case '\\':
			n++
		case '"':
			raw := rest[:n+1]
			text, err := strconv.Unquote(raw)
			if err != nil || !utf8.ValidString(text) {
				return token{}, l.fail(pos, "%s is not a valid string", raw)
			}
			l.advance(n + 1)
			return token{kind: tokenText, text: text, pos: pos}, nil
		}
	}
	return token{}, l.fail(pos, "the string does not end on its line")
}

func isNameStart(c byte) bool { return c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool     { return '0' <= c && c <= '9' }
