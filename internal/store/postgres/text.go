package postgres

import (
	"bytes"
	"slices"
	"strings"
)

// PostgreSQL's text cannot hold U+0000, which JSON and therefore a client can
// send. In the columns it stands as two characters, and so does the first of
// them; bytes sort as they did before.
var (
	escape   = strings.NewReplacer("\x00", "\x01\x01", "\x01", "\x01\x02")
	unescape = strings.NewReplacer("\x01\x01", "\x00", "\x01\x02", "\x01")
)

// encoded returns arguments as columns hold them.
func encoded(args []any) []any {
	shared := true
	for i, arg := range args {
		text, ok := arg.(string)
		if !ok || strings.IndexByte(text, 0) < 0 && strings.IndexByte(text, 1) < 0 {
			continue
		}
		if shared { // with the caller, who may use them again
			args, shared = slices.Clone(args), false
		}
		args[i] = escape.Replace(text)
	}
	return args
}

// decode gives scanned values their meaning back.
func decode(dest []any) {
	for _, d := range dest {
		switch d := d.(type) {
		case *string:
			*d = decoded(*d)
		case *any:
			if text, ok := (*d).(string); ok {
				*d = decoded(text)
			}
		case *[]byte:
			if bytes.IndexByte(*d, 1) >= 0 {
				*d = []byte(unescape.Replace(string(*d)))
			}
		}
	}
}

func decoded(text string) string {
	if strings.IndexByte(text, 1) < 0 {
		return text
	}
	return unescape.Replace(text)
}
