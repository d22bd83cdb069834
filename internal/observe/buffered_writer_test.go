package observe_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cosell/internal/observe"
)

// writes remembers each write.
type writes struct {
	mu  sync.Mutex
	all []string
}

func (w *writes) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, string(b))
	return len(b), nil
}

// take returns what was written since it was last asked.
func (w *writes) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := w.all
	w.all = nil
	return all
}

func TestLinesWaitForEachOtherButNotLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var written writes
		l := observe.NewBufferedWriter(&written)
		say := func(lines ...string) {
			t.Helper()
			for _, line := range lines {
				if n, err := l.Write([]byte(line)); n != len(line) || err != nil {
					t.Fatalf("Write = %d, %v", n, err)
				}
			}
		}
		want := func(writes ...string) {
			t.Helper()
			synctest.Wait()
			if got := written.take(); !slices.Equal(got, writes) {
				t.Fatalf("written %q, want %q", got, writes)
			}
		}
		say("a\n", "b\n")
		want()
		time.Sleep(20 * time.Millisecond) // of the bubble's time
		want("a\nb\n")
		say("c\n")
		l.Flush()
		want("c\n")
		time.Sleep(time.Second)
		want()

		large := strings.Repeat("x", 40<<10) + "\n"
		say("d\n", large, large)
		want("d\n" + large + large)
		say("e\n")
		time.Sleep(20 * time.Millisecond)
		want("e\n")
	})
}
