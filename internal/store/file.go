package store

// FileKey names a file: whose it is, and its name.
type FileKey struct {
	Account, Name string
}

// File is one version of a file.
type File struct {
	FileKey
	Sequence  int64 // rises with every version
	Version   string
	Pins      int64 // how many jobs are still to read it
	CreatedAt int64 // milliseconds
	Document  []byte
}

const fileColumns = `account, name, sequence, version, pins, created_at, document`

func scanFile(rows Rows, f *File) error {
	return rows.Scan(&f.Account, &f.Name, &f.Sequence, &f.Version, &f.Pins, &f.CreatedAt, &f.Document)
}

// InsertFile adds a version of a file, or returns ErrExists.
func (tx *Tx) InsertFile(f *File) error {
	return tx.insert("INSERT INTO files ("+fileColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		f.Account, f.Name, f.Sequence, f.Version, f.Pins, f.CreatedAt, string(f.Document))
}

// File returns the newest version of a file, or ErrNotFound.
func (tx *Tx) File(key FileKey) (*File, error) {
	return only(collect(tx, scanFile, "SELECT "+fileColumns+` FROM files
		WHERE account = $1 AND name = $2 ORDER BY sequence DESC LIMIT 1`, key.Account, key.Name))
}

// FileVersion returns a version of a file, or ErrNotFound.
func (tx *Tx) FileVersion(key FileKey, version string) (*File, error) {
	return only(collect(tx, scanFile, "SELECT "+fileColumns+` FROM files
		WHERE account = $1 AND version = $2 AND name = $3`, key.Account, version, key.Name))
}

// PinFile changes by how many jobs a version is still to be read, or returns
// ErrNotFound.
func (tx *Tx) PinFile(account, version string, by int64) error {
	return orNotFound(tx.exec(`UPDATE files SET pins = pins + $1 WHERE account = $2 AND version = $3`, by, account, version))
}

// DeleteFile removes a version that nothing pins, or returns ErrNotFound.
func (tx *Tx) DeleteFile(f *File) error {
	return orNotFound(tx.exec(`DELETE FROM files WHERE account = $1 AND name = $2 AND sequence = $3 AND pins = 0`,
		f.Account, f.Name, f.Sequence))
}

// FileUpload is a file that comes in parts.
type FileUpload struct {
	FileKey
	ID        string
	CreatedAt int64 // milliseconds
	Document  []byte
}

// InsertFileUpload begins an upload in parts, or returns ErrExists.
func (tx *Tx) InsertFileUpload(u *FileUpload) error {
	return tx.insert(`INSERT INTO file_uploads (account, id, name, created_at, document) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		u.Account, u.ID, u.Name, u.CreatedAt, string(u.Document))
}

// FileUpload returns an upload in parts that is under way, or ErrNotFound.
func (tx *Tx) FileUpload(account, id string) (*FileUpload, error) {
	return only(collect(tx, func(rows Rows, u *FileUpload) error {
		return rows.Scan(&u.Account, &u.ID, &u.Name, &u.CreatedAt, &u.Document)
	}, `SELECT account, id, name, created_at, document FROM file_uploads WHERE account = $1 AND id = $2`, account, id))
}

// CountFileUploads returns how many uploads in parts of an account are under way, counted
// up to most.
func (tx *Tx) CountFileUploads(account string, most int) (n int64, err error) {
	err = tx.row(`SELECT count(*) FROM (SELECT 1 FROM file_uploads WHERE account = $1 LIMIT $2) AS uploads`, []any{account, most}, &n)
	return n, err
}

// LockFileUpload makes transactions that add to an upload or end it exclude each
// other, or returns ErrNotFound.
func (tx *Tx) LockFileUpload(account, id string) error {
	return orNotFound(tx.exec(`UPDATE file_uploads SET name = name WHERE account = $1 AND id = $2`, account, id))
}

// DeleteFileUpload removes an upload and its parts, or returns ErrNotFound.
func (tx *Tx) DeleteFileUpload(account, id string) error {
	if _, err := tx.exec(`DELETE FROM file_upload_parts WHERE account = $1 AND upload = $2`, account, id); err != nil {
		return err
	}
	return orNotFound(tx.exec(`DELETE FROM file_uploads WHERE account = $1 AND id = $2`, account, id))
}

// FilePart is one part of an upload.
type FilePart struct {
	Number   int64
	Document []byte
}

// FileParts returns the parts of an upload by their numbers.
func (tx *Tx) FileParts(account, upload string) ([]FilePart, error) {
	return collect(tx, func(rows Rows, p *FilePart) error { return rows.Scan(&p.Number, &p.Document) },
		`SELECT number, document FROM file_upload_parts WHERE account = $1 AND upload = $2 ORDER BY number`, account, upload)
}

// PutFilePart adds or replaces a part of an upload.
func (tx *Tx) PutFilePart(account, upload string, p FilePart) error {
	_, err := tx.exec(`INSERT INTO file_upload_parts (account, upload, number, document) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account, upload, number) DO UPDATE SET document = excluded.document`,
		account, upload, p.Number, string(p.Document))
	return err
}
