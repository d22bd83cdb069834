package awsjson

import (
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"sync"
)

const (
	// maxBody is the largest body that is read.
	maxBody = 1 << 20
	// firstRead is the size of the buffer before any of a body has arrived, so
	// that announcing a large body costs nothing.
	firstRead = 8 << 10
	// maxKept is the capacity of the largest buffer that is reused.
	maxKept = 64 << 10
)

// buffer holds the body of one request. Nothing may refer to its bytes after the
// request has ended.
type buffer struct{ bytes []byte }

var buffers = sync.Pool{New: func() any { return new(buffer) }}

func takeBuffer() *buffer {
	b, _ := buffers.Get().(*buffer) // the pool holds only buffers
	return b
}

func (b *buffer) release() {
	if cap(b.bytes) <= maxKept {
		b.bytes = b.bytes[:0]
		buffers.Put(b)
	}
}

// read reads the whole body of r, or refuses it.
func (b *buffer) read(r *http.Request) error {
	if r.ContentLength > maxBody {
		return refuse(requestTooLarge, "body: has %d bytes; must have at most %d", r.ContentLength, maxBody)
	}
	b.bytes = slices.Grow(b.bytes[:0], firstRead)
	for {
		n, err := r.Body.Read(b.bytes[len(b.bytes):cap(b.bytes)])
		b.bytes = b.bytes[:len(b.bytes)+n]
		switch {
		case len(b.bytes) > maxBody:
			return refuse(requestTooLarge, "body: is too large; must have at most %d bytes", maxBody)
		case err == io.EOF:
			return nil
		case errors.Is(err, os.ErrDeadlineExceeded):
			return refuse(requestTimeout, "body: timed out after %d bytes; send all of it sooner", len(b.bytes))
		case err != nil:
			return refuse(serialization, "body: truncated after %d bytes; send all of it", len(b.bytes))
		}
		if len(b.bytes) == cap(b.bytes) {
			b.bytes = slices.Grow(b.bytes, len(b.bytes))
		}
	}
}
