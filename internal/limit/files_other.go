//go:build !unix

package limit

import "math"

// fileLimit returns how many files this process may have open: Windows has no limit.
func fileLimit() uint64 { return math.MaxUint64 }
