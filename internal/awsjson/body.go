package awsjson

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"cosell/internal/api"
	"cosell/internal/limit"
)

const (
	// maxBody is the largest body that is read.
	maxBody = 1 << 20
	// firstRead is the size of the buffer before any of a body has arrived, so
	// that announcing a large body costs nothing.
	firstRead = 8 << 10
	// maxKept is the capacity of the largest buffer that is reused.
	maxKept = 64 << 10
	// readingTimeout is how long a body that takes a share of the budget may take to
	// arrive, and how long it may wait for that share.
	readingTimeout = 10 * time.Second
)

// buffer holds the body of one request. Nothing may refer to its bytes after the
// request has ended.
type buffer struct {
	bytes []byte
	share limit.Share // of the budget for reading
}

var buffers = sync.Pool{New: func() any { return new(buffer) }}

func takeBuffer() *buffer {
	b, _ := buffers.Get().(*buffer) // the pool holds only buffers
	return b
}

func (b *buffer) release() {
	b.share.Release()
	b.share = limit.Share{}
	if cap(b.bytes) <= maxKept {
		b.bytes = b.bytes[:0]
		buffers.Put(b)
	}
}

// busy is the error of a request that waited too long for its share of the budget.
// SDKs send a throttled request again.
func busy() error {
	return api.Throttled("body: the server is busy with other large requests; send it again later")
}

// read reads the whole body of r, which an account sends, or refuses it. The buffer
// must be released, also after an error.
func (h *Handler) read(w http.ResponseWriter, r *http.Request, account string) (*buffer, error) {
	b := takeBuffer()
	b.bytes = slices.Grow(b.bytes[:0], firstRead)
	if r.ContentLength > maxBody {
		return b, refuse(requestTooLarge, "body: has %d bytes; must have at most %d", r.ContentLength, maxBody)
	}
	if err := h.reserve(w, r, b, account, r.ContentLength); err != nil {
		return b, err
	}
	for {
		n, err := r.Body.Read(b.bytes[len(b.bytes):cap(b.bytes)])
		b.bytes = b.bytes[:len(b.bytes)+n]
		switch {
		case len(b.bytes) > maxBody:
			return b, refuse(requestTooLarge, "body: is too large; must have at most %d bytes", maxBody)
		case err == io.EOF:
			return b, nil
		case errors.Is(err, os.ErrDeadlineExceeded):
			return b, refuse(requestTimeout, "body: timed out after %d bytes; send all of it sooner", len(b.bytes))
		case err != nil:
			return b, refuse(serialization, "body: truncated after %d bytes; send all of it", len(b.bytes))
		}
		if r.ContentLength < 0 && len(b.bytes) > limit.Small {
			// A body of unknown length has outgrown the small ones.
			if err := h.reserve(w, r, b, account, maxBody); err != nil {
				return b, err
			}
		}
		if len(b.bytes) == cap(b.bytes) {
			b.bytes = slices.Grow(b.bytes, len(b.bytes))
		}
	}
}

// reserve takes the share of the budget that a body of a size needs, and bounds the
// time in which such a body must arrive: who sends slowly keeps others waiting.
func (h *Handler) reserve(w http.ResponseWriter, r *http.Request, b *buffer, account string, size int64) error {
	if h.Budget == nil || size <= limit.Small || b.share != (limit.Share{}) {
		return nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), readingTimeout)
	defer cancel()
	var err error
	if b.share, err = h.Budget.Read(ctx, account, size); err != nil {
		return busy()
	}
	// Tests' writers have no deadlines.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(readingTimeout))
	return nil
}
