package nearest

import (
	"slices"
	"testing"
)

func TestWord(t *testing.T) {
	codes := []string{"US", "UA", "DE", "Sandbox"}
	for word, want := range map[string]string{"us": "US", "USA": "US", "DEU": "DE", "sandbox": "Sandbox", "Sandbux": "Sandbox", "nothing like it": ""} {
		if got := Word(word, slices.Values(codes)); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"flaw", "lawn", 2}, {"same", "same", 0}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("%s, %s: got %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
