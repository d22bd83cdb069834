package auth

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"cosell/internal/api"
)

// LocalPages is the verifier of development mode. The secret is public there, so a
// web page from anywhere could sign for any account and reach this machine by DNS
// rebinding. Browsers name the origin of a page: requests of pages that are not
// from this machine are refused.
type LocalPages struct{ Verifier *Verifier }

// Check is [Verifier.Check], but refuses requests of web pages from other machines.
func (v LocalPages) Check(r *http.Request) (Claim, error) {
	if !IsLocalPage(r.Header) {
		return nil, api.AccessDenied("Origin: is not this machine; must be absent, localhost or a loopback address, " +
			"since development mode is closed to web pages from elsewhere")
	}
	return v.Verifier.Check(r)
}

// IsLocalPage reports whether a request came from a web page of this machine or
// from no web page.
func IsLocalPage(header http.Header) bool {
	origins := header["Origin"]
	return len(origins) == 0 || len(origins) == 1 && isLocalOrigin(origins[0])
}

func isLocalOrigin(origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.User == nil && IsLocalHost(u.Host)
}

// IsLocalHost reports whether a host, with or without a port, is this machine:
// localhost or a loopback address, which no DNS server can redefine.
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
