package observe

import (
	"io"
	"sync"
	"time"
)

const (
	// flushDelay is how long a write may be buffered.
	flushDelay = 10 * time.Millisecond
	// maxBuffered is how many bytes are buffered before they are written.
	maxBuffered = 64 << 10
)

// BufferedWriter combines writes: under load, a system call for each line of the
// log would cost more than formatting it. It is safe for concurrent use. A process
// that is killed loses what is buffered, at most ten milliseconds of its log.
//
// Unlike a bufio.Writer it goes on after a failed write, such as that of a full
// disk, and its timer runs only while something is buffered.
type BufferedWriter struct {
	w io.Writer

	mu     sync.Mutex
	buffer []byte
	timer  *time.Timer
}

// NewBufferedWriter returns a BufferedWriter that writes to w.
func NewBufferedWriter(w io.Writer) *BufferedWriter {
	b := &BufferedWriter{w: w}
	b.timer = time.AfterFunc(flushDelay, b.Flush)
	return b
}

// Write implements [io.Writer]. The bytes are written within ten milliseconds, or
// when 64 kB are buffered. It never fails.
func (b *BufferedWriter) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.buffer) == 0 {
		b.timer.Reset(flushDelay)
	}
	b.buffer = append(b.buffer, p...)
	if len(b.buffer) >= maxBuffered {
		b.flush()
	}
	return len(p), nil
}

// Flush writes what is buffered.
func (b *BufferedWriter) Flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.flush()
}

func (b *BufferedWriter) flush() {
	if len(b.buffer) > 0 {
		// A log that cannot be written has nowhere to report that.
		_, _ = b.w.Write(b.buffer)
		b.buffer = b.buffer[:0]
	}
}
