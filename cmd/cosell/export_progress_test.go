package main

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// What an earlier run brought is done, but not by this one.
func TestProgressOfAnImportThatGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told strings.Builder
		p := newProgress(&told, "imported", 10_000)
		time.Sleep(4 * time.Second) // while it looks for the place
		p.resumes(7000)
		time.Sleep(2 * time.Second)
		p.rows(8000)
		time.Sleep(4 * time.Second)
		p.rows(10_000)
		p.end(10_000)
		const want = `resuming after 7000 rows
imported 8000 of 10000 rows, 500 rows/s
imported 10000 of 10000 rows, 500 rows/s
imported 3000 rows in 10s
`
		if told.String() != want {
			t.Errorf("told\n%swant\n%s", told.String(), want)
		}
	})
}
