package limit

import (
	"context"
	"errors"
	"sync"

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
// other; small ones do not wait for large ones. The large bodies of one account take
// at most half, so that others come through. It is safe for concurrent use.
type Budget struct {
	reading pool // bodies above Small, from the first byte on
	large   pool // bodies above Small, once read
	small   pool // the others, once read; not divided, since they are worked on at once
}

// NewBudget returns a budget for a process with a memory limit in bytes.
func NewBudget(memory int64) *Budget {
	b := new(Budget)
	b.reading.set(memory / readingFraction)
	b.large.set(memory / workingFraction)
	b.small.set(memory / workingFraction)
	return b
}

// Read waits until a body of a size may be read that an account sends. It returns
// ErrBusy when the context ends before that.
func (b *Budget) Read(ctx context.Context, account string, size int64) (Share, error) {
	if b == nil || size <= Small {
		return Share{}, nil
	}
	return b.reading.acquireFor(ctx, account, size)
}

// Work waits until a body of a size, which has been read, may be worked on. It
// returns ErrBusy when the context ends before that.
func (b *Budget) Work(ctx context.Context, account string, size int64) (Share, error) {
	switch {
	case b == nil:
		return Share{}, nil
	case size <= Small:
		return b.small.acquire(ctx, size)
	default:
		return b.large.acquireFor(ctx, account, size)
	}
}

// pool is one of the parts of a budget.
type pool struct {
	size int64
	all  *semaphore.Weighted

	mu       sync.Mutex
	accounts map[string]*half // of the accounts that have or wait for a share
}

// half is what an account may take of a pool.
type half struct {
	*semaphore.Weighted

	users int
}

func (p *pool) set(size int64) {
	p.size, p.all, p.accounts = size, semaphore.NewWeighted(size), map[string]*half{}
}

// Share is a part of a pool. The zero Share is empty.
type Share struct {
	from    *pool
	size    int64
	account string // whose half it also is of; "" is nobody's
}

// Release returns a share to its pool.
func (s Share) Release() {
	if s.from == nil {
		return
	}
	s.from.all.Release(s.size)
	if s.account != "" {
		s.from.releaseHalf(s.account, s.size)
	}
}

// acquire waits for a share that counts for nobody.
func (p *pool) acquire(ctx context.Context, size int64) (Share, error) {
	size = min(size, p.size)
	if p.all.TryAcquire(size) {
		return Share{from: p, size: size}, nil // the usual case, without asking the context
	}
	if p.all.Acquire(ctx, size) != nil {
		return Share{}, ErrBusy
	}
	return Share{from: p, size: size}, nil
}

// acquireFor waits for a share within what an account may take.
func (p *pool) acquireFor(ctx context.Context, account string, size int64) (Share, error) {
	p.mu.Lock()
	h := p.accounts[account]
	if h == nil {
		h = &half{Weighted: semaphore.NewWeighted(p.size / 2)}
		p.accounts[account] = h
	}
	h.users++
	p.mu.Unlock()
	// Trying first passes also where the context has ended, as in acquire.
	if part := min(size, p.size/2); !h.TryAcquire(part) && h.Acquire(ctx, part) != nil {
		p.leave(account)
		return Share{}, ErrBusy
	}
	s, err := p.acquire(ctx, size)
	if err != nil {
		p.releaseHalf(account, size)
		return Share{}, err
	}
	s.account = account
	return s, nil
}

// releaseHalf returns a share to the half of an account.
func (p *pool) releaseHalf(account string, size int64) {
	p.mu.Lock()
	h := p.accounts[account]
	p.mu.Unlock()
	h.Release(min(size, p.size/2))
	p.leave(account)
}

// leave forgets an account that neither has nor waits for a share.
func (p *pool) leave(account string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.accounts[account]
	if h.users--; h.users == 0 {
		delete(p.accounts, account)
	}
}
