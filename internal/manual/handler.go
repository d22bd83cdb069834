//go:build !noconsole

package manual

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
	"sync"

	"cosell"
)

// policy lets the pages load their stylesheet and nothing else.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// mediaTypes are those of the site's files; all others are text.
var mediaTypes = map[string]string{".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8"}

// handler serves the site of the embedded pages.
type handler struct {
	site  func() (*Site, error)
	ready sync.Map // *served, by path
}

// served is a file that was asked for.
type served struct {
	content, compressed []byte
	tag                 string
}

// Handler returns the handler of the pages, which are the same on every server and hold
// no data. They link to the console at an address. A page is made when it is first
// asked for.
func Handler(console string) http.Handler {
	return &handler{site: sync.OnceValues(func() (*Site, error) { return New(cosell.Pages, console) })}
}

// ServeHTTP implements [http.Handler].
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, Prefix)
	if name == "" || strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	file := h.file(name)
	if file == nil {
		http.NotFound(w, r)
		return
	}
	header := w.Header()
	mediaType, known := mediaTypes[path.Ext(name)]
	if !known {
		mediaType = "text/plain; charset=utf-8"
	}
	header.Set("Content-Type", mediaType)
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-cache")
	header.Set("Vary", "Accept-Encoding")
	header.Set("ETag", file.tag)
	if r.Header.Get("If-None-Match") == file.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	content := file.content
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		header.Set("Content-Encoding", "gzip")
		content = file.compressed
	}
	_, _ = w.Write(content) // an error means that the client has disconnected
}

// file returns a file of the site, or nil if there is none of this name.
func (h *handler) file(name string) *served {
	if known, found := h.ready.Load(name); found {
		file, _ := known.(*served)
		return file
	}
	site, err := h.site()
	if err != nil {
		return nil // a test makes the site of the embedded pages
	}
	content, err := site.File(name)
	if err != nil {
		return nil
	}
	var packed bytes.Buffer
	to := gzip.NewWriter(&packed)
	_, _ = to.Write(content) // a buffer takes everything
	_ = to.Close()
	sum := sha256.Sum256(content)
	known, _ := h.ready.LoadOrStore(name, &served{content, packed.Bytes(), `"` + hex.EncodeToString(sum[:16]) + `"`})
	file, _ := known.(*served)
	return file
}
