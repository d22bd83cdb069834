package rule

import "math/big"

// ParseAmount reads an amount: digits with an optional decimal part. The exponents,
// signs and fractions that big.Rat also accepts are refused.
func ParseAmount(amount string) (*big.Rat, bool) {
	for _, r := range amount {
		if (r < '0' || r > '9') && r != '.' {
			return nil, false
		}
	}
	return new(big.Rat).SetString(amount)
}

// sameAmount compares amounts by value: 531 equals 531.0.
func sameAmount(a, b string) bool {
	if a == b {
		return true
	}
	x, xOK := ParseAmount(a)
	y, yOK := ParseAmount(b)
	return xOK && yOK && x.Cmp(y) == 0
}

// positive reports whether an amount is well-formed and more than zero.
func positive(amount string) bool {
	worth, ok := ParseAmount(amount)
	return ok && worth.Sign() > 0
}
