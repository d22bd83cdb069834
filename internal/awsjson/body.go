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
	// firstRead is how much room a body gets before any of it has come, so that
	// a promise of a large one costs nothing.
	firstRead = 8 << 10
	// maxKept bounds the buffers that wait for the next request.
	maxKept = 64 << 10
)

// buffer holds the body of one request. Nothing that outlives the request may
// keep a part of it.
type buffer struct{ bytes []byte }

var buffers = sync.Pool{New: func() any { return new(buffer) }}

func takeBuffer() *buffer {
	b, _ := buffers.Get().(*buffer) // the pool holds nothing else
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
		return refuse(requestTooLarge, "The body has %d bytes; the most is %d.", r.ContentLength, maxBody)
	}
	b.bytes = slices.Grow(b.bytes[:0], firstRead)
	for {
		n, err := r.Body.Read(b.bytes[len(b.bytes):cap(b.bytes)])
		b.bytes = b.bytes[:len(b.bytes)+n]
		switch {
		case len(b.bytes) > maxBody:
			return refuse(requestTooLarge, "The body is too large; the most is %d bytes.", maxBody)
		case err == io.EOF:
			return nil
		case errors.Is(err, os.ErrDeadlineExceeded):
			return refuse(requestTimeout, "The body did not come in time: %d bytes of it did.", len(b.bytes))
		case err != nil:
			return refuse(serialization, "The body ended before its end: %d bytes of it came.", len(b.bytes))
		}
		if len(b.bytes) == cap(b.bytes) {
			b.bytes = slices.Grow(b.bytes, len(b.bytes))
		}
	}
}
