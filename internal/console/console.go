// Package console serves the console, the web page at /console/ that shows the pipeline
// and plays both sides. It is a client of the API and of the operator API like any other.
package console

import (
	"net/http"
	"strings"
)

// Prefix is the path of the console. Every path under it is a page of the console,
// unless it names a file.
const Prefix = "/console/"

//go:generate go run ./gen -out ../../console/src/gen

// Redirect returns a handler that sends browsers to the console and passes all other
// requests on.
func Redirect(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Accept"), "text/html") {
			http.Redirect(w, r, Prefix, http.StatusFound)
			return
		}
		next.ServeHTTP(w, r)
	})
}
