package auth

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"cosell/internal/api"
)

// Pages says which web pages may use a server in development mode. The secret is public
// there, so a page from anywhere could sign for any account and reach the server by DNS
// rebinding. Browsers name the origin of a page, except where it only reads from the host
// that it came from. The zero value allows pages of this machine alone.
type Pages struct {
	// OnNetwork allows the server's own pages on a test network, too.
	OnNetwork bool
	// PublicURL is the address of the server as clients know it; "" for none.
	PublicURL string
}

// Allow reports whether a request comes from a page that may use the server, or from none.
func (p Pages) Allow(r *http.Request) bool {
	origins := r.Header["Origin"]
	if len(origins) != 1 {
		return len(origins) == 0
	}
	u, err := url.Parse(origins[0])
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return false
	}
	return IsLocalHost(u.Host) || p.OnNetwork && u.Host == r.Host && p.IsOwnHost(r.Host)
}

// networkDomains end names that the public DNS does not have.
var networkDomains = []string{
	".internal", ".local", ".localhost", ".test", ".lan", ".home", ".corp", ".home.arpa", ".intranet", ".private", ".svc",
}

// IsOwnHost reports whether a host, with or without a port, is one that nobody outside of a
// test network can have lead to the server: an address, a name that the public DNS does not
// have, or the name in the server's public URL.
func (p Pages) IsOwnHost(host string) bool {
	name := strings.ToLower(strings.TrimSuffix(hostname(host), "."))
	if _, err := netip.ParseAddr(name); err == nil || !strings.Contains(name, ".") {
		return true
	}
	if u, err := url.Parse(p.PublicURL); err == nil && name == strings.ToLower(u.Hostname()) {
		return true
	}
	return slices.ContainsFunc(networkDomains, func(domain string) bool { return strings.HasSuffix(name, domain) })
}

// IsLocalHost reports whether a host, with or without a port, is this machine:
// localhost or a loopback address, which no DNS server can redefine.
func IsLocalHost(host string) bool {
	name := hostname(host)
	if strings.EqualFold(name, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(name)
	return err == nil && address.Unmap().IsLoopback()
}

// hostname returns a host without its port and without brackets.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
}

// LocalPages is the verifier of development mode.
type LocalPages struct {
	Verifier *Verifier
	Pages    Pages
}

// Check is [Verifier.Check], but refuses requests of web pages from elsewhere.
func (v LocalPages) Check(r *http.Request) (Claim, error) {
	if !v.Pages.Allow(r) {
		return nil, api.AccessDenied("Origin: is not this machine; must be absent, localhost or a loopback address, " +
			"since development mode is closed to web pages from elsewhere")
	}
	return v.Verifier.Check(r)
}
