package files

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"cosell/internal/auth"
	"cosell/internal/operation"
	"cosell/internal/store"
)

// BlobWriter stores bytes as a blob, chunk by chunk; it holds one chunk in memory.
type BlobWriter struct {
	ctx     context.Context // of the one request or job that writes the blob
	service *Service
	key     store.BlobKey
	buffer  []byte
	size    int64
	next    int64 // position
}

// NewBlob begins a blob that nothing holds yet. Unless something holds it within a
// day of business time it is removed.
func (s *Service) NewBlob(ctx context.Context, account string) (*BlobWriter, error) {
	w := &BlobWriter{ctx: ctx, service: s}
	return w, s.runner.Update(ctx, auth.Principal{Account: account}, func(c *operation.Call) error {
		held, blobs, err := c.Tx.BlobUsage(account)
		if err != nil {
			return fmt.Errorf("add up blobs: %w", err)
		}
		if held > MaxHeld || blobs >= MaxBlobs {
			return ErrQuota
		}
		w.key = store.BlobKey{Account: account, ID: hex.EncodeToString(c.IDs.Bytes(16))}
		if err := c.Tx.InsertBlob(&store.Blob{BlobKey: w.key, CreatedAt: int64(c.Now)}); err != nil {
			return fmt.Errorf("insert blob: %w", err)
		}
		return c.Later(workBlob, blobSubject(w.key), after(c, uploadLife), w.key)
	})
}

// ResumeBlob goes on with a blob that nothing holds yet behind what is stored of it, or
// returns [store.ErrNotFound].
func (s *Service) ResumeBlob(ctx context.Context, account, id string) (*BlobWriter, error) {
	w := &BlobWriter{ctx: ctx, service: s, key: store.BlobKey{Account: account, ID: id}}
	return w, s.runner.View(ctx, auth.Principal{Account: account}, func(c *operation.Call) error {
		b, err := c.Tx.Blob(w.key)
		if err != nil {
			return err
		}
		w.size, w.next = b.Size, b.Size/ChunkSize
		if b.Held || b.Size%ChunkSize != 0 {
			return fmt.Errorf("blob %s is complete", id)
		}
		return nil
	})
}

// ID returns the identifier of the blob.
func (w *BlobWriter) ID() string { return w.key.ID }

// Size returns how many bytes are stored.
func (w *BlobWriter) Size() int64 { return w.size }

// Write implements [io.Writer]. It fails with ErrTooLarge beyond [MaxSize].
func (w *BlobWriter) Write(p []byte) (n int, err error) {
	if w.size+int64(len(w.buffer)+len(p)) > MaxSize {
		return 0, ErrTooLarge
	}
	if w.buffer == nil {
		w.buffer = make([]byte, 0, ChunkSize)
	}
	for len(p) > 0 {
		part := p[:min(len(p), ChunkSize-len(w.buffer))]
		w.buffer = append(w.buffer, part...)
		p, n = p[len(part):], n+len(part)
		if len(w.buffer) == ChunkSize {
			if err := w.flush(); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

func (w *BlobWriter) flush() error {
	if len(w.buffer) == 0 {
		return nil
	}
	err := w.service.runner.Update(w.ctx, auth.Principal{Account: w.key.Account}, func(c *operation.Call) error {
		return c.Tx.AppendBlob(w.key, w.size, w.next, w.buffer)
	})
	if err != nil {
		return fmt.Errorf("append to blob: %w", err)
	}
	w.size += int64(len(w.buffer))
	w.next++
	w.buffer = w.buffer[:0]
	return nil
}

// Close stores what is left and returns the blob, which the caller holds.
func (w *BlobWriter) Close() (*Part, error) {
	if err := w.flush(); err != nil {
		w.Abandon()
		return nil, err
	}
	return &Part{Blob: w.key.ID, Size: w.size}, nil
}

// Abandon has what was written removed.
func (w *BlobWriter) Abandon() {
	ctx := context.WithoutCancel(w.ctx) // the client may have gone away
	err := w.service.runner.Update(ctx, auth.Principal{Account: w.key.Account}, func(c *operation.Call) error {
		return c.Later(workBlob, blobSubject(w.key), operation.Immediately, w.key)
	})
	if err != nil {
		w.service.runner.Log().LogAttrs(ctx, slog.LevelWarn, "abandon an upload", slog.String("cause", err.Error()))
	}
}

// ChunkReader reads the chunk of a blob at a position.
type ChunkReader func(key store.BlobKey, position int64) ([]byte, error)

// Reader reads the content of a file from an offset on, one chunk at a time.
type Reader struct {
	content Content
	read    ChunkReader
	part    int
	offset  int64 // in the part
	chunk   []byte
}

// NewReader returns a Reader. read is a method of a transaction, or opens one.
func NewReader(content Content, offset int64, read ChunkReader) *Reader {
	r := &Reader{content: content, read: read, offset: offset}
	for r.part < len(content.Parts) && r.offset >= content.Parts[r.part].Size {
		r.offset -= content.Parts[r.part].Size
		r.part++
	}
	return r
}

// Read implements [io.Reader].
func (r *Reader) Read(p []byte) (int, error) {
	if len(r.chunk) == 0 {
		if err := r.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.chunk)
	r.chunk = r.chunk[n:]
	return n, nil
}

func (r *Reader) fill() error {
	for r.part < len(r.content.Parts) && r.offset >= r.content.Parts[r.part].Size {
		r.part, r.offset = r.part+1, 0
	}
	if r.part == len(r.content.Parts) {
		return io.EOF
	}
	key := store.BlobKey{Account: r.content.Account, ID: r.content.Parts[r.part].Blob}
	chunk, err := r.read(key, r.offset/ChunkSize)
	if err != nil {
		return fmt.Errorf("read file: %w", err)
	}
	within := r.offset % ChunkSize
	if within >= int64(len(chunk)) {
		return fmt.Errorf("read file: chunk %d of blob %s is too short", r.offset/ChunkSize, key.ID)
	}
	r.chunk = chunk[within:]
	r.offset += int64(len(r.chunk))
	return nil
}

// Open returns a Reader that opens a transaction for each chunk.
func (s *Service) Open(ctx context.Context, content Content, offset int64) *Reader {
	return NewReader(content, offset, func(key store.BlobKey, position int64) (chunk []byte, err error) {
		err = s.runner.View(ctx, auth.Principal{Account: key.Account}, func(c *operation.Call) error {
			chunk, err = c.Tx.BlobChunk(key, position)
			return err
		})
		return chunk, err
	})
}

// Release has the blobs of a file removed that nothing needs any more.
func Release(c *operation.Call, content Content) error {
	for _, part := range content.Parts {
		key := store.BlobKey{Account: content.Account, ID: part.Blob}
		if err := c.Tx.ReleaseBlob(key); err != nil {
			return fmt.Errorf("release blob: %w", err)
		}
		if err := c.Later(workBlob, blobSubject(key), operation.Immediately, key); err != nil {
			return err
		}
	}
	return nil
}

// Hold records that something has the blob of a report now.
func Hold(c *operation.Call, account string, p *Part) error {
	err := c.Tx.LockBlob(store.BlobKey{Account: account, ID: p.Blob})
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("hold blob %s: %w", p.Blob, err)
	}
	return err
}
