// Package limit bounds the memory, the bytes in flight and the connections of a
// server, so that hostile clients delay others at most and do not stop it.
package limit

import (
	"math"
	"os"
	"runtime/debug"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

const (
	// heapShare is the share of a container's memory that Go's heap may take. The
	// rest is for what Go does not count: the embedded database's own memory.
	heapShare = 0.75
	// defaultMemory is what budgets are sized for when nothing limits the memory.
	defaultMemory = 1 << 30
	// leastMemory keeps budgets usable under a very low limit.
	leastMemory = 64 << 20
)

// FollowCgroup sets Go's memory limit by that of the cgroup, if there is one.
// GOMEMLIMIT wins over the cgroup.
func FollowCgroup() {
	if os.Getenv("GOMEMLIMIT") == "" {
		// An error means that there is no cgroup or that it has no limit.
		_, _ = memlimit.SetGoMemLimit(heapShare)
	}
}

// Memory returns the memory limit of this process in bytes, for sizing budgets.
func Memory() int64 {
	memory := debug.SetMemoryLimit(-1)
	if memory == math.MaxInt64 {
		return defaultMemory
	}
	return max(memory, leastMemory)
}
