//go:build !race

// Under the race detector the pools that package regexp draws on drop entries at random.

package api_test

import "testing"

func TestCheckOfRightRequestDoesNotAllocate(t *testing.T) {
	in := rightRequest(t)
	if n := testing.AllocsPerRun(100, func() { in.Check() }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
