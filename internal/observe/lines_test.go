package observe_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cosell/internal/observe"
)

// writes remembers each write.
type writes []string

func (w *writes) Write(b []byte) (int, error) {
	*w = append(*w, string(b))
	return len(b), nil
}

func TestLinesWaitForEachOtherButNotLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got writes
		l := observe.NewLines(&got)
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
			if !slices.Equal(got, writes) {
				t.Fatalf("written %q, want %q", got, writes)
			}
		}
		say("a\n", "b\n")
		want()
		time.Sleep(20 * time.Millisecond) // of the bubble's time
		want("a\nb\n")
		say("c\n")
		l.Flush()
		want("a\nb\n", "c\n")
		time.Sleep(time.Second)
		want("a\nb\n", "c\n")

		got = nil
		large := strings.Repeat("x", 40<<10) + "\n"
		say("d\n", large, large)
		want("d\n" + large + large)
		say("e\n")
		time.Sleep(20 * time.Millisecond)
		want("d\n"+large+large, "e\n")
	})
}
