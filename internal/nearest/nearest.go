// Package nearest finds what a misspelt word most likely means.
package nearest

import (
	"iter"
	"strings"
)

// Word returns the candidate that a misspelt word most likely means, "" if none is
// near: the same in another case, or a few letters apart.
func Word(word string, candidates iter.Seq[string]) string {
	const maxWord = 64
	if len(word) > maxWord {
		return ""
	}
	best, least := "", 1+len(word)/4
	for c := range candidates {
		if strings.EqualFold(c, word) {
			return c
		}
		if d := distance(strings.ToLower(word), strings.ToLower(c)); d < least || d == least && best == "" {
			best, least = c, d
		}
	}
	return best
}

// distance returns the Levenshtein distance of two words: how many letters must be
// changed, added or removed to turn one into the other.
func distance(a, b string) int {
	previous := make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	current := make([]int, len(b)+1)
	for i := range len(a) {
		current[0] = i + 1
		for j := range len(b) {
			change := previous[j]
			if a[i] != b[j] {
				change++
			}
			current[j+1] = min(change, previous[j+1]+1, current[j]+1)
		}
		previous, current = current, previous
	}
	return previous[len(b)]
}
