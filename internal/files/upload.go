package files

import (
	"context"
	"crypto/md5" //nolint:gosec // an ETag of S3's is one
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"

	"cosell/internal/audit"
	"cosell/internal/auth"
	"cosell/internal/operation"
	"cosell/internal/store"
)

const (
	// minPart is how large a part must be, but for the last one.
	minPart = 5 << 20
	// MaxParts is how many parts an upload may have: enough for the largest file in
	// the smallest parts, and as many for parts that are sent again.
	MaxParts = 100
	// MaxUploads is how many uploads in parts of an account may be under way.
	MaxUploads = 1000
)

// part is what the store holds of a part.
type part struct {
	Part
	ETag string `json:"etag"`
}

// Begin begins an upload in parts and returns its identifier. Unless it is
// completed within a day of business time it is ended.
func (s *Service) Begin(ctx context.Context, key store.FileKey) (id string, err error) {
	err = s.runner.Update(ctx, auth.Principal{Account: key.Account}, func(c *operation.Call) error {
		switch under, err := c.Tx.CountFileUploads(key.Account, MaxUploads); {
		case err != nil:
			return fmt.Errorf("count uploads: %w", err)
		case under >= MaxUploads:
			return ErrQuota
		}
		id = hex.EncodeToString(c.IDs.Bytes(16))
		if err := c.Tx.InsertFileUpload(&store.FileUpload{
			FileKey: key, ID: id, CreatedAt: int64(c.Now), Document: []byte("{}"),
		}); err != nil {
			return fmt.Errorf("insert upload: %w", err)
		}
		audit.Respond(ctx, fmt.Appendf(nil, `{"uploadId":"%s"}`, id), nil)
		return c.Later(workUpload, key.Account+"/"+id, after(c, uploadLife), uploadKey{key.Account, id})
	})
	return id, err
}

// PutPart stores a part of an upload, in place of the part that had its number,
// and returns its ETag.
func (s *Service) PutPart(ctx context.Context, key store.FileKey, upload string, number int, content io.Reader) (etag string, err error) {
	caller := auth.Principal{Account: key.Account}
	if err := s.runner.View(ctx, caller, func(c *operation.Call) error {
		if err := checkUpload(c, key, upload); err != nil {
			return err
		}
		parts, err := readParts(c, key.Account, upload)
		if err != nil {
			return err
		}
		return checkRoom(parts, number)
	}); err != nil {
		return "", err
	}
	blob, sum, err := s.receive(audit.With(ctx, nil), key.Account, content) // the audit has the part, not its blob
	if err != nil {
		return "", err
	}
	etag = hex.EncodeToString(sum)
	return etag, s.runner.Update(ctx, caller, func(c *operation.Call) error {
		parts, err := holdUpload(c, key, upload)
		if err != nil {
			return err
		}
		if err := checkRoom(parts, number); err != nil {
			return err
		}
		if err := Hold(c, key.Account, blob); err != nil {
			return err
		}
		if old, ok := parts[int64(number)]; ok {
			if err := Release(c, Content{Account: key.Account, Parts: []Part{old.Part}}); err != nil {
				return err
			}
		}
		audit.Respond(ctx, nil, fmt.Appendf(nil, `{"bytesTransferredIn":%d}`, blob.Size))
		encoded, err := operation.Encode("part", part{*blob, etag})
		if err != nil {
			return err
		}
		return c.Tx.PutFilePart(key.Account, upload, store.FilePart{Number: int64(number), Document: encoded})
	})
}

// checkRoom refuses a part for which an upload has no room: all of them are read and
// written at once.
func checkRoom(parts map[int64]part, number int) error {
	if _, again := parts[int64(number)]; !again && len(parts) >= MaxParts {
		return ErrParts
	}
	return nil
}

// CompletedPart names a part as who completes the upload knows it.
type CompletedPart struct {
	Number int
	ETag   string // without quotes
}

// Parts returns the content that an upload has once it is completed with parts, so
// that it can be checked before.
func (s *Service) Parts(ctx context.Context, key store.FileKey, upload string, parts []CompletedPart) (content Content, err error) {
	err = s.runner.View(ctx, auth.Principal{Account: key.Account}, func(c *operation.Call) error {
		if err := checkUpload(c, key, upload); err != nil {
			return err
		}
		stored, err := readParts(c, key.Account, upload)
		if err != nil {
			return err
		}
		content, _, err = choose(key.Account, stored, parts)
		return err
	})
	return content, err
}

// Complete makes the parts of an upload the newest version of its file.
func (s *Service) Complete(ctx context.Context, key store.FileKey, upload string, parts []CompletedPart) (v *Version, err error) {
	err = s.runner.Update(ctx, auth.Principal{Account: key.Account}, func(c *operation.Call) error {
		stored, err := holdUpload(c, key, upload)
		if err != nil {
			return err
		}
		v = &Version{FileKey: key}
		if v.Content, v.ETag, err = choose(key.Account, stored, parts); err != nil {
			return err
		}
		// The version holds what it has; what it has not goes.
		for _, p := range stored {
			if err := c.Tx.ReleaseBlob(store.BlobKey{Account: key.Account, ID: p.Blob}); err != nil {
				return fmt.Errorf("release part: %w", err)
			}
		}
		if err := insert(c, v); err != nil {
			return err
		}
		used := map[string]bool{}
		for _, p := range v.Content.Parts {
			used[p.Blob] = true
		}
		for _, p := range stored {
			if !used[p.Blob] {
				if err := Release(c, Content{Account: key.Account, Parts: []Part{p.Part}}); err != nil {
					return err
				}
			}
		}
		respond(ctx, v)
		return c.Tx.DeleteFileUpload(key.Account, upload)
	})
	return v, err
}

// Abort ends an upload in parts; what has come is removed.
func (s *Service) Abort(ctx context.Context, key store.FileKey, upload string) error {
	return s.runner.Update(ctx, auth.Principal{Account: key.Account}, func(c *operation.Call) error {
		stored, err := holdUpload(c, key, upload)
		if err != nil {
			return err
		}
		return discard(c, key.Account, upload, stored)
	})
}

func discard(c *operation.Call, account, upload string, stored map[int64]part) error {
	for _, p := range stored {
		if err := Release(c, Content{Account: account, Parts: []Part{p.Part}}); err != nil {
			return err
		}
	}
	if err := c.Tx.DeleteFileUpload(account, upload); err != nil {
		return fmt.Errorf("remove upload: %w", err)
	}
	return nil
}

// choose returns the content and the ETag of the parts that an upload is completed
// with.
func choose(account string, stored map[int64]part, parts []CompletedPart) (Content, string, error) {
	content := Content{Account: account}
	sums := md5.New() //nolint:gosec // see above
	for i, p := range parts {
		if i > 0 && parts[i-1].Number >= p.Number {
			return content, "", ErrPartOrder
		}
		found, ok := stored[int64(p.Number)]
		if !ok || found.ETag != p.ETag {
			return content, "", ErrPart
		}
		if i < len(parts)-1 && found.Size < minPart {
			return content, "", ErrPartSize
		}
		sum, err := hex.DecodeString(found.ETag)
		if err != nil {
			return content, "", fmt.Errorf("decode ETag of part: %w", err)
		}
		sums.Write(sum)
		content.Parts = append(content.Parts, found.Part)
		content.Size += found.Size
	}
	if len(parts) == 0 {
		return content, "", ErrPart
	}
	if content.Size > MaxSize {
		return content, "", ErrTooLarge
	}
	return content, hex.EncodeToString(sums.Sum(nil)) + "-" + strconv.Itoa(len(parts)), nil
}

// checkUpload refuses an upload that is not there, or is of another file.
func checkUpload(c *operation.Call, key store.FileKey, id string) error {
	u, err := c.Tx.FileUpload(key.Account, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && u.Name != key.Name {
		return ErrNoSuchUpload
	}
	if err != nil {
		return fmt.Errorf("read upload: %w", err)
	}
	return nil
}

// holdUpload returns the parts of an upload, which no other transaction changes
// before this one ends.
func holdUpload(c *operation.Call, key store.FileKey, id string) (map[int64]part, error) {
	if err := c.Tx.LockFileUpload(key.Account, id); err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("hold upload: %w", err)
	}
	if err := checkUpload(c, key, id); err != nil {
		return nil, err
	}
	return readParts(c, key.Account, id)
}

func readParts(c *operation.Call, account, id string) (map[int64]part, error) {
	stored, err := c.Tx.FileParts(account, id)
	if err != nil {
		return nil, fmt.Errorf("read parts: %w", err)
	}
	parts := make(map[int64]part, len(stored))
	for _, s := range stored {
		p, err := operation.Decode[part]("part", s.Document)
		if err != nil {
			return nil, err
		}
		parts[s.Number] = *p
	}
	return parts, nil
}

type uploadKey struct {
	Account string `json:"account"`
	Upload  string `json:"upload"`
}

// endUpload ends an upload that nobody completed in time.
func endUpload(c *operation.Call, payload []byte) error {
	key, err := operation.Decode[uploadKey]("upload", payload)
	if err != nil {
		return err
	}
	switch err := c.Tx.LockFileUpload(key.Account, key.Upload); {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		return fmt.Errorf("hold upload: %w", err)
	}
	stored, err := readParts(c, key.Account, key.Upload)
	if err != nil {
		return err
	}
	return discard(c, key.Account, key.Upload, stored)
}
