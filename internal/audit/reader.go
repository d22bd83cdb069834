package audit

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// maxDepth bounds how deep values are nested that are kept.
const maxDepth = 100

// simple are the bytes that stand for themselves in a JSON string.
var simple = func() (is [256]bool) {
	for c := ' '; c < 0x7F; c++ {
		is[c] = c != '"' && c != '\\'
	}
	return is
}()

// reader reads JSON that was decoded before. It checks as much as is needed for what is
// copied from it to be JSON, too; a decoder of the library that gives each token takes
// five times as long. After what is no JSON it is wrong, and gives nothing more.
type reader struct {
	text  []byte
	at    int
	depth int
	most  int // what may be kept

	wrong    bool
	tooLarge bool
	wide     bool // a string has bytes that may be no UTF-8
}

// next returns the next byte that is not white space, without taking it; 0 at the end.
func (r *reader) next() byte {
	for r.at < len(r.text) && !r.wrong {
		switch c := r.text[r.at]; c {
		case ' ', '\t', '\r', '\n':
			r.at++
		default:
			return c
		}
	}
	r.wrong = true
	return 0
}

// take takes a byte that must come.
func (r *reader) take(c byte) {
	if r.next() != c {
		r.wrong = true
		return
	}
	r.at++
}

// enter takes the beginning of an object or a list.
func (r *reader) enter() {
	r.at++
	if r.depth++; r.depth > maxDepth {
		r.wrong = true
	}
}

// more reports whether an object or a list has another element, and takes what comes
// before it, or the end.
func (r *reader) more(end byte, first bool) bool {
	if r.next() == end {
		r.at++
		r.depth--
		return false
	}
	if !first {
		r.take(',')
	}
	return !r.wrong
}

// string takes a string, which is returned as it stands in the text.
func (r *reader) string() []byte {
	from := r.at
	if r.next() == '"' {
		from = r.at
		r.at++
	} else {
		r.wrong = true
	}
	escaped := false
	for r.at < len(r.text) && !r.wrong {
		c := r.text[r.at]
		r.at++
		switch {
		case simple[c]:
		case c == '"':
			if escaped && !jsontext.Value(r.text[from:r.at]).IsValid() {
				r.wrong = true
			}
			return r.text[from:r.at]
		case c == '\\':
			escaped = true
			r.at++ // whatever comes is no end
		case c < ' ':
			r.wrong = true
		default:
			r.wide = true
		}
	}
	r.wrong = true
	return nil
}

// scalar takes a value that is neither an object nor a list.
func (r *reader) scalar() []byte {
	if r.next() == '"' {
		return r.string()
	}
	from := r.at
	for r.at < len(r.text) && strings.IndexByte(",]} \t\r\n", r.text[r.at]) < 0 {
		r.at++
	}
	value := r.text[from:r.at]
	switch string(value) {
	case "null", "true", "false": // absent members are sent as null
		return value
	}
	if jsontext.Value(value).IsValid() {
		return value
	}
	r.wrong = true
	return nil
}

// value takes a value of any kind.
func (r *reader) value() {
	switch r.next() {
	case '{':
		r.enter()
		for first := true; r.more('}', first); first = false {
			r.string()
			r.take(':')
			r.value()
		}
	case '[':
		r.enter()
		for first := true; r.more(']', first); first = false {
			r.value()
		}
	default:
		r.scalar()
	}
}
