// Package ids generates the identifiers of resources and the sequence numbers of
// events. Its clock and randomness are injected, so a test that seeds both gets the
// same identifiers each time.
package ids

import (
	"bufio"
	"crypto/rand"
	"io"
	mathrand "math/rand/v2"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"
)

// randomBits is how many low bits of a time-ordered number are random; the 41
// bits above them are milliseconds since the Unix epoch, enough until 2039.
const randomBits = 22

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"

// Source generates identifiers. It is safe for concurrent use.
type Source struct {
	now func() time.Time

	reading sync.Mutex // a seeded generator serves one at a time
	rand    io.Reader

	mu   sync.Mutex
	last int64
}

// New returns a Source that reads the time from now and randomness from random.
func New(now func() time.Time, random io.Reader) *Source {
	return &Source{now: now, rand: random}
}

// System returns a Source on the system's clock and random generator, which it reads
// in blocks for many identifiers.
func System() *Source {
	return New(time.Now, bufio.NewReaderSize(rand.Reader, 1<<10))
}

// Seeded returns a Source that makes the same identifiers whenever it is asked for the
// same ones at the same times. They can be foretold: use it for tests only.
func Seeded(now func() time.Time, seed [32]byte) *Source {
	return New(now, mathrand.NewChaCha8(seed))
}

// Sequence returns a number that is larger than every one this Source returned
// before and that sorts by time among several Sources. Two Sources draw the
// same number in the same millisecond with a chance of one in four million.
func (s *Source) Sequence() int64 {
	var b [4]byte
	s.read(b[:])
	low := int64(b[0])<<16 | int64(b[1])<<8 | int64(b[2])
	n := s.now().UnixMilli()<<randomBits | low&(1<<randomBits-1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = max(n, s.last+1)
	return s.last
}

// FirstSequence returns a number that is not larger than any that a Source returns at
// a time or later.
func FirstSequence(at time.Time) int64 { return at.UnixMilli() << randomBits }

// SequenceTime returns the time at which a Source returned a number, to the millisecond.
func SequenceTime(sequence int64) time.Time { return time.UnixMilli(sequence >> randomBits) }

// Opportunity returns a new opportunity identifier: O and at most 19 digits,
// rising with time.
func (s *Source) Opportunity() string { return "O" + strconv.FormatInt(s.Sequence(), 10) }

// Engagement returns a new engagement identifier.
func (s *Source) Engagement() string { return s.base36("eng-", 14) }

// EngagementGroup returns a new engagement group identifier.
func (s *Source) EngagementGroup() string { return s.base36("eng-grp-", 14) }

// EngagementInvitation returns a new invitation identifier.
func (s *Source) EngagementInvitation() string { return s.base36("engi-", 13) }

// ResourceSnapshotJob returns a new snapshot job identifier.
func (s *Source) ResourceSnapshotJob() string { return s.base36("job-", 13) }

// Task returns a new identifier for one of the three convenience tasks.
func (s *Source) Task() string { return s.base36("task-", 13) }

// ProspectingTask returns a new prospecting task identifier, one digit longer
// than a Task's.
func (s *Source) ProspectingTask() string { return s.base36("task-", 14) }

// ProspectingContext returns a new identifier for a prospecting result.
func (s *Source) ProspectingContext() string { return s.base36("ctx-", 14) }

// CustomerAccount returns a new customer account identifier.
func (s *Source) CustomerAccount() string { return s.base36("cust-acc-", 13) }

// BulkJob returns a new bulk job identifier.
func (s *Source) BulkJob() string { return s.base36("bulkjob-", 13) }

// UUID returns a random (version 4) UUID.
func (s *Source) UUID() string {
	s.reading.Lock()
	defer s.reading.Unlock()
	id, err := uuid.NewRandomFromReader(s.rand)
	if err != nil {
		panicWithout(err)
	}
	return id.String()
}

// Bytes returns n random bytes, for keys and nonces.
func (s *Source) Bytes(n int) []byte {
	b := make([]byte, n)
	s.read(b)
	return b
}

func (s *Source) base36(prefix string, n int) string {
	out := make([]byte, 0, len(prefix)+n)
	out = append(out, prefix...)
	var b [32]byte
	for len(out) < cap(out) {
		s.read(b[:])
		for _, c := range b {
			// 252 is the largest multiple of 36 in a byte; larger values would
			// make the first digits more likely.
			if c < 252 && len(out) < cap(out) {
				out = append(out, alphabet[c%36])
			}
		}
	}
	return string(out)
}

func (s *Source) read(b []byte) {
	s.reading.Lock()
	defer s.reading.Unlock()
	if _, err := io.ReadFull(s.rand, b); err != nil {
		panicWithout(err)
	}
}

// panicWithout ends a program that has no randomness. crypto/rand never fails; an
// injected reader that is too short is a bug of the test that injected it.
func panicWithout(err error) { panic("ids: no randomness: " + err.Error()) }
