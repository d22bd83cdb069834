package operator

import (
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"
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
	origins := r.Header["Origin"]
	switch {
	case err != nil || !remote.Addr().Unmap().IsLoopback():
		return "the request comes from another machine"
	case !isLoopbackHost(r.Host):
		return "its Host is not localhost or a loopback address"
	case len(origins) > 1 || len(origins) == 1 && !isLoopbackOrigin(origins[0]):
		return "its Origin is not localhost or a loopback address"
	}
	return ""
}

func isLoopbackOrigin(origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.User == nil && isLoopbackHost(u.Host)
}

// isLoopbackHost takes a host with or without a port. Nobody's DNS decides what
// localhost or an address is.
func isLoopbackHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	} else {
		host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}
