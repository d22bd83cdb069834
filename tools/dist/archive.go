package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// file is a file inside an archive.
type file struct {
	name    string
	mode    fs.FileMode
	content []byte
}

const (
	plain      fs.FileMode = 0o644
	executable fs.FileMode = 0o755
)

// zipped returns an archive with the files in their order.
func zipped(files []file, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(out, flate.BestCompression)
	})
	for _, f := range files {
		header := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: at}
		header.SetMode(f.mode)
		entry, err := w.CreateHeader(header)
		if err != nil {
			return nil, err
		}
		if _, err := entry.Write(f.content); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// tarred returns a compressed archive with the files in their order.
func tarred(files []file, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(z)
	for _, f := range files {
		header := &tar.Header{Name: f.name, Mode: int64(f.mode), Size: int64(len(f.content)), ModTime: at, Format: tar.FormatUSTAR}
		if err := w.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.content); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// tree returns the files below a directory whose names the function accepts, sorted,
// with the names that they get under prefix.
func tree(dir, prefix string, accept func(name string) bool) ([]file, error) {
	var files []file
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !accept(name) {
			return err
		}
		content, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		files = append(files, file{path.Join(prefix, name), plain, content})
		return nil
	})
	return files, err
}

// read1 reads one file of the source tree under the name that it gets.
func read1(source, name string) (file, error) {
	content, err := os.ReadFile(source) //nolint:gosec // a file of the source tree
	return file{name, plain, content}, err
}

// archiveName is the file name of the plain archive of a platform.
func (d *dist) archiveName(p platform) string {
	name := fmt.Sprintf("cosell-%s-%s-%s", d.version, p.os, p.arch)
	if p.os == "windows" {
		return name + ".zip"
	}
	return name + ".tar.gz"
}

// archives writes an archive with the binary for each platform.
func (d *dist) archives(context.Context) error {
	for _, p := range d.targets {
		binary, err := d.read(p)
		if err != nil {
			return err
		}
		name := d.archiveName(p)
		top := strings.TrimSuffix(strings.TrimSuffix(name, ".zip"), ".tar.gz")
		files := []file{{path.Join(top, p.program()), executable, binary}}
		for _, source := range []string{"LICENSE", "README.md", "CHANGELOG.md"} {
			f, err := read1(source, path.Join(top, source))
			if err != nil {
				return err
			}
			files = append(files, f)
		}
		pack := tarred
		if p.os == "windows" {
			pack = zipped
		}
		content, err := pack(files, d.time)
		if err != nil {
			return err
		}
		if err := d.write(name, content); err != nil {
			return err
		}
	}
	return nil
}

// sums writes the checksums of all results, in the form that sha256sum -c reads.
func (d *dist) sums() error {
	var lines []string
	err := filepath.WalkDir(d.out, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		sum, err := checksum(name)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(d.out, name)
		lines = append(lines, sum+"  "+filepath.ToSlash(relative)+"\n")
		return err
	})
	if err != nil {
		return err
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[sha256.Size*2:], b[sha256.Size*2:]) })
	return d.write("SHA256SUMS", []byte(strings.Join(lines, "")))
}

func checksum(name string) (string, error) {
	content, err := os.ReadFile(name) //nolint:gosec // a file that this program wrote
	return fmt.Sprintf("%x", sha256.Sum256(content)), err
}
