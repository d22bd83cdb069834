//go:build !noconsole

package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:embed all:dist
var dist embed.FS

// policy lets the page load and call this server only. Styles may be inline: the
// component library sets them as attributes.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// file is a file of the console.
type file struct {
	content []byte
	// compressed returns the compressed content, or nil where compression does not pay.
	// It is made on the first use.
	compressed func() []byte
	mediaType  string
	tag        string
}

// files are the files that were asked for, by name.
type files struct{ known sync.Map }

// New returns the handler of the console.
func New() http.Handler { return http.HandlerFunc(new(files).serve) }

func (f *files) serve(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, Prefix)
	asset := strings.HasPrefix(name, "assets/")
	found := f.find(name)
	if found == nil {
		if asset || path.Ext(name) != "" {
			http.NotFound(w, r)
			return
		}
		found = f.find("index.html") // the page routes by itself
	}
	h := w.Header()
	h.Set("Content-Type", found.mediaType)
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", found.tag)
	h.Set("Cache-Control", "no-cache")
	if asset { // their names follow from their content
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if r.Header.Get("If-None-Match") == found.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	content := found.content
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		if compressed := found.compressed(); compressed != nil {
			h.Set("Content-Encoding", "gzip")
			content = compressed
		}
	}
	_, _ = w.Write(content) // an error means that the client has disconnected
}

// find returns a file, or nil if there is none of this name.
func (f *files) find(name string) *file {
	if known, found := f.known.Load(name); found {
		ready, _ := known.(*file)
		return ready
	}
	if name == "" || !fs.ValidPath(name) {
		return nil
	}
	content, err := dist.ReadFile("dist/" + name)
	if err != nil {
		return nil
	}
	sum := sha256.Sum256(content)
	mediaType := mime.TypeByExtension(path.Ext(name))
	if t, known := mediaTypes[path.Ext(name)]; known {
		mediaType = t
	}
	made := &file{content: content, mediaType: mediaType, tag: `"` + hex.EncodeToString(sum[:16]) + `"`}
	made.compressed = sync.OnceValue(func() []byte {
		if path.Ext(name) == ".woff2" {
			return nil
		}
		return compress(content)
	})
	known, _ := f.known.LoadOrStore(name, made) // another request may have come first
	ready, _ := known.(*file)
	return ready
}

// mediaTypes are those of the console's files. The ones of the system may differ.
var mediaTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".woff2": "font/woff2", ".json": "application/json",
}

func compress(content []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil // the level is valid
	}
	if _, err = w.Write(content); err != nil || w.Close() != nil || b.Len() >= len(content) {
		return nil // a buffer takes everything
	}
	return b.Bytes()
}
