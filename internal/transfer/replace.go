package transfer

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// checked reads a file to its end, before anything depends on it, and returns it from
// its beginning again. A file that cannot be read twice, as the body of a request, is
// copied to a temporary one. end removes what was made.
func checked(r io.Reader) (file io.Reader, end func() error, err error) {
	if f, ok := r.(io.ReadSeeker); ok {
		if start, err := f.Seek(0, io.SeekCurrent); err == nil {
			if _, err := Check(f); err != nil {
				return nil, nil, err
			}
			_, err = f.Seek(start, io.SeekStart)
			return f, func() error { return nil }, err
		}
	}
	spool, err := os.CreateTemp("", "cosell-import-") // readable by its owner only
	if err != nil {
		return nil, nil, fmt.Errorf("store the file until it is checked (TMPDIR names the directory): %w", err)
	}
	end = func() error { return errors.Join(spool.Close(), os.Remove(spool.Name())) }
	if _, err = Check(io.TeeReader(r, spool)); err == nil {
		_, err = spool.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, nil, errors.Join(err, end())
	}
	return spool, end, nil
}
