package operator

import (
	"encoding/json"
	"net/http"
	"net/netip"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/auth"
)

// LoopbackOnly lets through only what comes from this machine and was meant for
// it. The address alone would not do: a browser here sends what any web page
// tells it to, but it also sends whose page that is, and by which name it found
// this server.
func LoopbackOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if reason := notLocal(r); reason != "" {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusForbidden)
			_ = json.NewEncoder(w).Encode(huma.ErrorModel{
				Title:  http.StatusText(http.StatusForbidden),
				Status: http.StatusForbidden,
				Detail: "In development mode the operator API is open to this machine only: " + reason,
			})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// notLocal says why a request is not from this machine to itself, or "".
func notLocal(r *http.Request) string {
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	switch {
	case err != nil || !remote.Addr().Unmap().IsLoopback():
		return "the request comes from another machine"
	case !auth.IsLocalHost(r.Host):
		return "its Host is not localhost or a loopback address"
	case !auth.IsLocalPage(r.Header):
		return "its Origin is not localhost or a loopback address"
	}
	return ""
}
