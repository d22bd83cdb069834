package sqlite_test

import (
	"testing"

	"cosell/internal/store"
	"cosell/internal/store/sqlite"
	"cosell/internal/store/storetest"
)

// BenchmarkStatistics measures processor time.
func BenchmarkStatistics(b *testing.B) {
	storetest.BenchmarkStatistics(b, func(b *testing.B) (store.Store, func()) {
		s, err := sqlite.Open(b.Context(), b.TempDir(), sqlite.WithoutSync())
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = s.Close() })
		return s, nil
	}, cpu)
}
