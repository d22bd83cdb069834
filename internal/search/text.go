package search

import (
	"hash/fnv"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// Separator ends each of several values in one text; no value has it, see Clean.
const Separator = "\x1f"

// Clean returns a text as it is compared: control characters count as blanks.
func Clean(s string) string {
	if strings.IndexFunc(s, unicode.IsControl) < 0 && strings.ToValidUTF8(s, "") == s {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// Fold returns a text as it is compared where case does not count: clean, in one
// case, with full-width forms as their usual ones, and composed.
func Fold(s string) string {
	s = Clean(s)
	if isPlain(s) {
		return strings.ToLower(s)
	}
	return norm.NFC.String(cases.Fold().String(width.Fold.String(s)))
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// LowerASCII lowers the letters A to Z and leaves all else, as the lower function
// of both engines does for text that sorts by bytes.
func LowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// Words cuts a text into words: its letters and digits, with the marks on them, in
// one case and width. Everything else stands between words.
func Words(s string) []string {
	return strings.FieldsFunc(Fold(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
	})
}

// WordText returns texts in the form in which Phrase finds words: each text in a
// line of its own, a blank before each word.
func WordText(texts []string) string {
	var b strings.Builder
	for _, text := range texts {
		for _, word := range Words(text) {
			b.WriteByte(' ')
			b.WriteString(word)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Phrase returns what a WordText contains exactly where one of its texts holds the
// words one after another, the last of them perhaps only begun.
func Phrase(words []string) string { return " " + strings.Join(words, " ") }

// maxToken is how many bytes of a word stand in an index of words.
const maxToken = 48

// Token returns a word as it stands in an index of words, and whether it is whole.
// Only records of the same scope share it.
func Token(scope int64, word string) (token string, whole bool) {
	whole = len(word) <= maxToken
	if !whole {
		word = strings.ToValidUTF8(word[:maxToken], "")
	}
	return tokenScope(scope) + "w" + word, whole
}

// ValueToken returns a field's value as it stands in an index of words.
func ValueToken(scope int64, field *Field, value string) string {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(field.Name + Separator + value))
	return tokenScope(scope) + "v" + strconv.FormatUint(sum.Sum64(), 36)
}

// tokenScope is what tokens of a scope begin with: letters and digits of one
// length, so that no scope begins like another.
func tokenScope(scope int64) string {
	const base, length = 36, 7 // 36⁷ is 78 thousand million
	s := strconv.FormatInt(scope, base)
	return strings.Repeat("0", max(0, length-len(s))) + s
}
