package auth

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"cosell/internal/api"
)

// LocalPages is the verifier of development mode. Everybody knows the secret there,
// so a web page could sign for any account, and have its own name lead a browser
// to this machine. But browsers say whose page it is: requests for one that is not
// from this machine are refused.
type LocalPages struct{ *Verifier }

// Verify is [Verifier.Verify] but for the pages of other machines.
func (v LocalPages) Verify(r *http.Request, body []byte) (Principal, error) {
	if !IsLocalPage(r.Header) {
		return Principal{}, api.AccessDenied("In development mode the API is closed to web pages from elsewhere: " +
			"the request's Origin is not localhost or a loopback address")
	}
	return v.Verifier.Verify(r, body)
}

// IsLocalPage says whether a request came from no web page, or from one of this
// machine.
func IsLocalPage(header http.Header) bool {
	origins := header["Origin"]
	return len(origins) == 0 || len(origins) == 1 && isLocalOrigin(origins[0])
}

func isLocalOrigin(origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.User == nil && IsLocalHost(u.Host)
}

// IsLocalHost says whether a host, with or without a port, is this machine. Nobody's
// DNS decides what localhost or an address is.
func IsLocalHost(host string) bool {
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
