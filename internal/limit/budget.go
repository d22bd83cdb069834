package limit

import (
	"context"
	"errors"

	"golang.org/x/sync/semaphore"
)

// ErrBusy reports that a budget was exhausted for too long.
var ErrBusy = errors.New("the budget for requests in progress is exhausted")

const (
	// Small is the size in bytes of the largest body that passes without a share of
	// the budget for reading. An opportunity with all members is smaller.
	Small = 16 << 10

	// A body takes up to some twenty times its size while it is worked on: decoded,
	// checked, encoded and stored; and working on large bodies takes processor time
	// that small requests wait for. The budgets are these fractions of the memory.
	readingFraction = 8
	workingFraction = 128
)

// Budget bounds the bytes of request bodies in memory. Large bodies wait for each
// other; small ones do not wait for large ones. It is safe for concurrent use.
type Budget struct {
	reading *semaphore.Weighted // bodies above Small, from the first byte on
	large   *semaphore.Weighted // bodies above Small, once read
	small   *semaphore.Weighted // the others, once read

	readingSize, workingSize int64
}

// NewBudget returns a budget for a process with a memory limit in bytes.
func NewBudget(memory int64) *Budget {
	b := &Budget{readingSize: memory / readingFraction, workingSize: memory / workingFraction}
	b.reading = semaphore.NewWeighted(b.readingSize)
	b.large = semaphore.NewWeighted(b.workingSize)
	b.small = semaphore.NewWeighted(b.workingSize)
	return b
}

// Share is a part of a budget. The zero Share is empty.
type Share struct {
	from *semaphore.Weighted
	size int64
}

// Release returns a share to its budget.
func (s Share) Release() {
	if s.from != nil {
		s.from.Release(s.size)
	}
}

// Read waits until a body of a size may be read. It returns ErrBusy when the context
// ends before that.
func (b *Budget) Read(ctx context.Context, size int64) (Share, error) {
	if b == nil || size <= Small {
		return Share{}, nil
	}
	return acquire(ctx, b.reading, min(size, b.readingSize))
}

// Work waits until a body of a size, which has been read, may be worked on. It
// returns ErrBusy when the context ends before that.
func (b *Budget) Work(ctx context.Context, size int64) (Share, error) {
	switch {
	case b == nil:
		return Share{}, nil
	case size <= Small:
		return acquire(ctx, b.small, size)
	default:
		return acquire(ctx, b.large, min(size, b.workingSize))
	}
}

func acquire(ctx context.Context, from *semaphore.Weighted, size int64) (Share, error) {
	if from.TryAcquire(size) {
		return Share{from, size}, nil // the usual case, without asking the context
	}
	if from.Acquire(ctx, size) != nil {
		return Share{}, ErrBusy
	}
	return Share{from, size}, nil
}
