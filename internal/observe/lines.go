package observe

import (
	"io"
	"sync"
	"time"
)

const (
	// lineWait is how long a line may wait for others.
	lineWait = 10 * time.Millisecond
	// maxWaiting is how many bytes wait at most.
	maxWaiting = 64 << 10
)

// Lines writes what it is given together: under load a system call for each
// line would cost more than making the line. It is safe for concurrent use. A
// process that is killed loses what waited, some milliseconds of its log.
type Lines struct {
	w io.Writer

	mu      sync.Mutex
	waiting []byte
	timer   *time.Timer
}

// NewLines returns a Lines that writes to w.
func NewLines(w io.Writer) *Lines {
	l := &Lines{w: w}
	l.timer = time.AfterFunc(lineWait, l.Flush)
	return l
}

// Write implements [io.Writer]. What it is given is written within ten
// milliseconds, or when much waits.
func (l *Lines) Write(lines []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		l.timer.Reset(lineWait)
	}
	l.waiting = append(l.waiting, lines...)
	if len(l.waiting) >= maxWaiting {
		l.flush()
	}
	return len(lines), nil
}

// Flush writes what waits.
func (l *Lines) Flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flush()
}

func (l *Lines) flush() {
	if len(l.waiting) > 0 {
		// There is nobody to tell that the log cannot be written.
		_, _ = l.w.Write(l.waiting)
		l.waiting = l.waiting[:0]
	}
}
