package store

import (
	"encoding/base64"
	"fmt"
)

// BlobKey names a run of bytes: whose it is, and its identifier.
type BlobKey struct {
	Account, ID string
}

// Blob is a run of bytes that is stored in chunks.
type Blob struct {
	BlobKey
	// Held reports whether a file, a part or a report has the blob. One that
	// nothing holds is an upload under way, or was given up.
	Held      bool
	Size      int64
	CreatedAt int64 // milliseconds
}

// InsertBlob adds a blob without bytes, or returns ErrExists.
func (tx *Tx) InsertBlob(b *Blob) error {
	return tx.insert(`INSERT INTO blobs (account, id, held, size, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		b.Account, b.ID, boolean(b.Held), b.Size, b.CreatedAt)
}

// Blob returns a blob, or ErrNotFound.
func (tx *Tx) Blob(key BlobKey) (*Blob, error) {
	return only(collect(tx, func(rows Rows, b *Blob) error {
		var held int64
		err := rows.Scan(&b.Account, &b.ID, &held, &b.Size, &b.CreatedAt)
		b.Held = held != 0
		return err
	}, `SELECT account, id, held, size, created_at FROM blobs WHERE account = $1 AND id = $2`, key.Account, key.ID))
}

// AppendBlob adds a chunk at the end of a blob that nothing holds yet and that had
// size bytes, or returns ErrNotFound where there is no such blob.
func (tx *Tx) AppendBlob(key BlobKey, size, position int64, chunk []byte) error {
	if err := orNotFound(tx.exec(`UPDATE blobs SET size = $1 WHERE account = $2 AND id = $3 AND size = $4 AND held = 0`,
		size+int64(len(chunk)), key.Account, key.ID, size)); err != nil {
		return err
	}
	return tx.insert(`INSERT INTO blob_chunks (account, blob, position, data) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		key.Account, key.ID, position, base64.StdEncoding.EncodeToString(chunk))
}

// BlobChunk returns the bytes of one chunk, or ErrNotFound.
func (tx *Tx) BlobChunk(key BlobKey, position int64) ([]byte, error) {
	// Not Row, which may keep what it read: chunks are large.
	encoded, err := only(collect(tx, scanDocument,
		`SELECT data FROM blob_chunks WHERE account = $1 AND blob = $2 AND position = $3`, key.Account, key.ID, position))
	if err != nil {
		return nil, err
	}
	chunk := make([]byte, base64.StdEncoding.DecodedLen(len(*encoded)))
	n, err := base64.StdEncoding.Decode(chunk, *encoded)
	if err != nil {
		return nil, fmt.Errorf("chunk %d of blob %s: %w", position, key.ID, err)
	}
	return chunk[:n], nil
}

// LockBlob records that something has a blob now, or returns ErrNotFound where
// there is none that nothing had.
func (tx *Tx) LockBlob(key BlobKey) error {
	return orNotFound(tx.exec(`UPDATE blobs SET held = 1 WHERE account = $1 AND id = $2 AND held = 0`, key.Account, key.ID))
}

// ReleaseBlob records that nothing has a blob any more.
func (tx *Tx) ReleaseBlob(key BlobKey) error {
	_, err := tx.exec(`UPDATE blobs SET held = 0 WHERE account = $1 AND id = $2`, key.Account, key.ID)
	return err
}

// DeleteBlob removes at most limit chunks of a blob, and the blob with its last
// one. It reports whether anything is left.
func (tx *Tx) DeleteBlob(key BlobKey, limit int) (more bool, err error) {
	n, err := tx.exec(fmt.Sprintf(`DELETE FROM blob_chunks WHERE account = $1 AND blob = $2 AND position IN (
		SELECT position FROM blob_chunks WHERE account = $1 AND blob = $2 ORDER BY position LIMIT %d)`, limit),
		key.Account, key.ID)
	if err != nil || n == int64(limit) {
		return err == nil, err
	}
	_, err = tx.exec(`DELETE FROM blobs WHERE account = $1 AND id = $2`, key.Account, key.ID)
	return false, err
}

func boolean(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// BlobUsage returns how many bytes the blobs of an account have together, and how many
// blobs there are.
func (tx *Tx) BlobUsage(account string) (bytes, blobs int64, err error) {
	err = tx.row(`SELECT CAST(coalesce(sum(size), 0) AS BIGINT), count(*) FROM blobs WHERE account = $1`, []any{account}, &bytes, &blobs)
	return bytes, blobs, err
}
