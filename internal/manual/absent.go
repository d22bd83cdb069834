//go:build noconsole

package manual

import "net/http"

// Handler returns a handler without pages, for programs that were built without them.
func Handler(string) http.Handler { return http.NotFoundHandler() }
