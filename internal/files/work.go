package files

import (
	"errors"
	"fmt"
	"time"

	"cosell/internal/operation"
	"cosell/internal/store"
)

// The kinds of work of this package.
const (
	workBlob    = "files.blob"    // remove a blob that nothing holds
	workUpload  = "files.upload"  // end an upload in parts that was given up
	workVersion = "files.version" // remove a version whose time is over
)

const (
	// removedChunks is how many chunks one transaction removes.
	removedChunks = 64
	// pinnedPause is how long a version whose time is over waits for the jobs that
	// are still to read it.
	pinnedPause = time.Hour
)

// WorkHandlers handle the work that files enqueue.
func (s *Service) WorkHandlers() map[string]operation.WorkHandler {
	return map[string]operation.WorkHandler{
		workBlob:    {Handle: removeBlob},
		workUpload:  {Handle: endUpload},
		workVersion: {Handle: removeVersion},
	}
}

func blobSubject(key store.BlobKey) string { return key.Account + "/" + key.ID }

// removeBlob removes some chunks of a blob that nothing holds, and asks for the
// rest to be removed.
func removeBlob(c *operation.Call, payload []byte) error {
	key, err := operation.Decode[store.BlobKey]("blob", payload)
	if err != nil {
		return err
	}
	blob, err := c.Tx.Blob(*key)
	if errors.Is(err, store.ErrNotFound) || err == nil && blob.Held {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read blob: %w", err)
	}
	more, err := c.Tx.DeleteBlob(*key, removedChunks)
	if err != nil {
		return fmt.Errorf("remove blob: %w", err)
	}
	if !more {
		return nil
	}
	return c.Later(workBlob, blobSubject(*key), operation.Immediately, key)
}

type versionKey struct {
	Account string `json:"account"`
	Name    string `json:"name"`
	Version string `json:"version"`
}

func removeVersion(c *operation.Call, payload []byte) error {
	key, err := operation.Decode[versionKey]("version", payload)
	if err != nil {
		return err
	}
	f, err := c.Tx.FileVersion(store.FileKey{Account: key.Account, Name: key.Name}, key.Version)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read file: %w", err)
	}
	if f.Pins > 0 {
		// Under a subject of its own: this work is still there, and due.
		return c.Later(workVersion, fmt.Sprintf("%s/%s/%d", key.Account, key.Version, c.Now), after(c, pinnedPause), key)
	}
	d, err := operation.Decode[document]("file", f.Document)
	if err != nil {
		return err
	}
	if err := c.Tx.DeleteFile(f); err != nil {
		return fmt.Errorf("remove file: %w", err)
	}
	return Release(c, d.Content)
}
