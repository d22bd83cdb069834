package ids_test

import (
	"math/rand/v2"
	"regexp"
	"sync"
	"testing"
	"time"

	"cosell/internal/ids"
)

func seeded(now func() time.Time) *ids.Source {
	return ids.New(now, rand.NewChaCha8([32]byte{1}))
}

func fixed() time.Time { return time.Date(2026, 3, 9, 1, 50, 25, 0, time.UTC) }

func TestFormats(t *testing.T) {
	s := seeded(fixed)
	for name, c := range map[string]struct {
		make    func() string
		pattern string
	}{
		"opportunity":         {s.Opportunity, `^O[0-9]{1,19}$`},
		"engagement":          {s.Engagement, `^eng-[0-9a-z]{14}$`},
		"engagement group":    {s.EngagementGroup, `^eng-grp-[0-9a-z]{14}$`},
		"invitation":          {s.EngagementInvitation, `^engi-[0-9a-z]{13}$`},
		"snapshot job":        {s.ResourceSnapshotJob, `^job-[0-9a-z]{13}$`},
		"task":                {s.Task, `^task-[0-9a-z]{13}$`},
		"prospecting task":    {s.ProspectingTask, `^task-[0-9a-z]{14}$`},
		"prospecting context": {s.ProspectingContext, `^ctx-[0-9a-z]{14}$`},
		"customer account":    {s.CustomerAccount, `^cust-acc-[0-9a-z]{13}$`},
		"uuid":                {s.UUID, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`},
	} {
		t.Run(name, func(t *testing.T) {
			seen := map[string]bool{}
			for range 1000 {
				id := c.make()
				if !regexp.MustCompile(c.pattern).MatchString(id) {
					t.Fatalf("%q does not match %s", id, c.pattern)
				}
				if seen[id] {
					t.Fatalf("%q twice", id)
				}
				seen[id] = true
			}
		})
	}
}

// A Source on a generator that is not safe for concurrent use still is, which
// the race detector sees.
func TestManyAtOnce(t *testing.T) {
	s := seeded(fixed)
	made := make(chan string, 800)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				made <- s.UUID()
			}
		})
	}
	all.Wait()
	close(made)
	seen := map[string]bool{}
	for id := range made {
		if seen[id] {
			t.Fatalf("%q twice", id)
		}
		seen[id] = true
	}
}

// A sequence rises even while the clock stands still or is turned back, since
// the order of events hangs on it.
func TestSequenceRises(t *testing.T) {
	now := fixed()
	s := seeded(func() time.Time { return now })
	last := s.Sequence()
	for i := range 1000 {
		if i == 500 {
			now = now.Add(-time.Hour)
		}
		n := s.Sequence()
		if n <= last {
			t.Fatalf("%d after %d", n, last)
		}
		last = n
	}
}

func TestSameSeedSameIdentifiers(t *testing.T) {
	a, b := seeded(fixed), seeded(fixed)
	for range 10 {
		if x, y := a.Engagement(), b.Engagement(); x != y {
			t.Fatalf("%q and %q", x, y)
		}
	}
}
