package pattern

import (
	"cmp"
	"strconv"
	"strings"
)

// decimal is a JSON number in canonical form, so that numbers of any size
// compare exactly: 0.digits × 10^exponent, without leading or trailing zeros.
type decimal struct {
	negative bool
	digits   string
	exponent int
}

// maxExponent bounds exponents, so that sums of them cannot overflow. A larger
// one is cut to it.
const maxExponent = 1 << 30

// parseDecimal reads the text of a JSON number, which must be valid.
func parseDecimal(text string) decimal {
	text, negative := strings.CutPrefix(text, "-")
	mantissa, power := text, 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		mantissa = text[:i]
		power, _ = strconv.Atoi(strings.TrimPrefix(text[i+1:], "+"))
		power = max(-maxExponent, min(power, maxExponent))
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	exponent := power + len(whole) - (len(whole) + len(fraction) - len(digits))
	digits = strings.TrimRight(digits, "0")
	if digits == "" {
		return decimal{}
	}
	return decimal{negative: negative, digits: digits, exponent: exponent}
}

// compare returns -1, 0 or 1 as d is less than, equal to or greater than other.
func (d decimal) compare(other decimal) int {
	if d.sign() != other.sign() {
		return cmp.Compare(d.sign(), other.sign())
	}
	magnitude := cmp.Or(cmp.Compare(d.exponent, other.exponent), strings.Compare(d.digits, other.digits))
	return d.sign() * magnitude
}

func (d decimal) sign() int {
	switch {
	case d.digits == "":
		return 0
	case d.negative:
		return -1
	default:
		return 1
	}
}
