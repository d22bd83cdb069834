//go:build unix

package limit

import (
	"math"
	"syscall"
)

// fileLimit returns how many files this process may have open.
func fileLimit() uint64 {
	var files syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files) != nil {
		return math.MaxUint64
	}
	return uint64(files.Cur) //nolint:unconvert // signed on FreeBSD
}
