package rule

import "testing"

// An amount has digits and one point: what the library that reads it would take
// besides is refused.
func TestParseAmount(t *testing.T) {
	for _, amount := range []string{"0", "5", "12500.10", "10.", ".5", "1000000000000000000000000000000.01"} {
		if _, ok := ParseAmount(amount); !ok {
			t.Errorf("%q is refused", amount)
		}
	}
	for _, text := range []string{"", ".", "-5", "+5", "1e3", "1E3", "1/2", "0x10", "0b1", "1_000", "1,000.00", " 1", "1.2.3", "Inf", "NaN", "five", "１"} {
		if got, ok := ParseAmount(text); ok {
			t.Errorf("%q is taken for %s", text, got)
		}
	}
}

func TestSameAmount(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"531", "531.0", true},
		{"0531", "531", true},
		{"1", "1.01", false},
		{"", "", true},
		{"", "0", false},
		{"1e2", "100", false},
		{"1/2", "0.5", false},
		{"x", "x", true},
	} {
		if got := sameAmount(c.a, c.b); got != c.same {
			t.Errorf("%q and %q: %t", c.a, c.b, got)
		}
	}
}

func TestPositive(t *testing.T) {
	for amount, want := range map[string]bool{"0.01": true, "1": true, "0": false, "0.00": false, "": false, "-1": false, "1e1": false} {
		if got := positive(amount); got != want {
			t.Errorf("%q: %t", amount, got)
		}
	}
}
