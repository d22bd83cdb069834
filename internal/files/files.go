// Package files stores the files that partners upload for bulk jobs, in versions,
// and the reports of those jobs. The bytes are rows of the store, so that they are
// as durable, replicated and backed up as every other record.
package files

import (
	"context"
	"crypto/md5" //nolint:gosec // an ETag of S3's is one
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"cosell/internal/api"
	"cosell/internal/audit"
	"cosell/internal/auth"
	"cosell/internal/operation"
	"cosell/internal/store"
)

const (
	// MaxSize is the largest file, in bytes (docs/behavior/bulk-jobs.md#upload).
	MaxSize = 100 << 20
	// ChunkSize is how many bytes a chunk of a blob has; only the last one has
	// fewer. Stored offsets depend on it: it never changes.
	ChunkSize = 256 << 10
	// Life is how long a version is kept (docs/behavior/bulk-jobs.md#upload).
	Life = 7 * 24 * time.Hour
	// MaxHeld is how many bytes the files of an account may have together.
	MaxHeld = 10 << 30
	// MaxBlobs is how many files and parts of files an account may have: adding up their
	// sizes holds others up.
	MaxBlobs = 20_000
	// MaxName is the longest name of a file, in bytes.
	MaxName = 1024

	// uploadLife is how long an upload may take before what has come is removed.
	uploadLife = 24 * time.Hour
)

// The ways in which a file cannot be stored.
var (
	ErrTooLarge     = errors.New("the file is larger than 100 MB")
	ErrQuota        = errors.New("the files of the account are too large together, or too many")
	ErrNoSuchUpload = errors.New("the account has no such upload in parts")
	ErrPart         = errors.New("a part is missing, or is another than was uploaded")
	ErrPartOrder    = errors.New("the parts are not in the order of their numbers")
	ErrParts        = errors.New("the upload has as many parts as an upload may have")
	ErrPartSize     = errors.New("a part other than the last is smaller than 5 MiB")
)

// Service stores files. It opens transactions.
type Service struct{ runner *operation.Runner }

// New returns a Service whose transactions the runner opens.
func New(r *operation.Runner) *Service { return &Service{runner: r} }

// Version is a version of a file.
type Version struct {
	store.FileKey
	ID      string
	ETag    string // without quotes
	Content Content
}

// Content is where the bytes of a file are.
type Content struct {
	Account string `json:"account"`
	Parts   []Part `json:"parts"`
	Size    int64  `json:"size"`
}

// Part is a blob with some of the bytes of a file.
type Part struct {
	Blob string `json:"blob"`
	Size int64  `json:"size"`
}

// document is what the store holds of a version beside its columns.
type document struct {
	ETag    string  `json:"etag"`
	Content Content `json:"content"`
}

// Put stores what content has as the newest version of a file. It returns the
// errors of content, and stores nothing then.
func (s *Service) Put(ctx context.Context, key store.FileKey, content io.Reader) (*Version, error) {
	blob, sum, err := s.receive(audit.With(ctx, nil), key.Account, content) // the audit has the version, not its blob
	if err != nil {
		return nil, err
	}
	v := &Version{
		FileKey: key, ETag: hex.EncodeToString(sum),
		Content: Content{Account: key.Account, Parts: []Part{*blob}, Size: blob.Size},
	}
	return v, s.runner.Update(ctx, auth.Principal{Account: key.Account}, func(c *operation.Call) error {
		if err := insert(c, v); err != nil {
			return err
		}
		respond(ctx, v)
		return nil
	})
}

// respond says in the audit which version a request made.
func respond(ctx context.Context, v *Version) {
	audit.Respond(ctx, fmt.Appendf(nil, `{"x-amz-version-id":"%s"}`, v.ID), fmt.Appendf(nil, `{"bytesTransferredIn":%d}`, v.Content.Size))
}

// insert adds a version whose parts nothing holds yet.
func insert(c *operation.Call, v *Version) error {
	v.ID = hex.EncodeToString(c.IDs.Bytes(16))
	for _, part := range v.Content.Parts {
		if err := c.Tx.LockBlob(store.BlobKey{Account: v.Account, ID: part.Blob}); err != nil {
			return fmt.Errorf("hold blob: %w", err)
		}
	}
	encoded, err := operation.Encode("file", document{ETag: v.ETag, Content: v.Content})
	if err != nil {
		return err
	}
	if err := c.Tx.InsertFile(&store.File{
		FileKey: v.FileKey, Sequence: c.IDs.Sequence(), Version: v.ID, CreatedAt: int64(c.Now), Document: encoded,
	}); err != nil {
		return fmt.Errorf("insert file: %w", err)
	}
	return c.Later(workVersion, v.Account+"/"+v.ID, after(c, Life), versionKey{v.Account, v.Name, v.ID})
}

func after(c *operation.Call, d time.Duration) api.Timestamp {
	return api.NewTimestamp(c.Now.Time().Add(d))
}

// Find returns a version of a file in the transaction of a call, the newest one
// where version is "", or [store.ErrNotFound].
func Find(tx *store.Tx, key store.FileKey, version string) (*Version, error) {
	var f *store.File
	var err error
	if version == "" {
		f, err = tx.File(key)
	} else {
		f, err = tx.FileVersion(key, version)
	}
	if err != nil {
		return nil, err
	}
	d, err := operation.Decode[document]("file", f.Document)
	if err != nil {
		return nil, err
	}
	return &Version{FileKey: f.FileKey, ID: f.Version, ETag: d.ETag, Content: d.Content}, nil
}

// receive stores bytes as a blob that nothing holds yet, and returns their MD5. What
// came before an error is removed.
func (s *Service) receive(ctx context.Context, account string, content io.Reader) (*Part, []byte, error) {
	w, err := s.NewBlob(ctx, account)
	if err != nil {
		return nil, nil, err
	}
	sum := md5.New() //nolint:gosec // see above
	if _, err := io.CopyBuffer(onlyWriter{io.MultiWriter(w, sum)}, content, make([]byte, 32<<10)); err != nil {
		w.Abandon()
		return nil, nil, err
	}
	part, err := w.Close()
	return part, sum.Sum(nil), err
}

// onlyWriter hides the other methods of a writer.
type onlyWriter struct{ io.Writer }
