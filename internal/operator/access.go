package operator

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"cosell/internal/auth"
)

// LoopbackOnly returns a handler that passes on only requests that come from this
// machine and are addressed to it. Checking the address is not enough: a browser on
// this machine sends the requests of any web page. It names the page's origin and
// the host it resolved, which must be this machine, too.
func LoopbackOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if reason := notLocal(r); reason != "" {
			problem(w, http.StatusForbidden, reason+"; in development mode the operator API is open to this machine only")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// LocalPagesOnly returns what makes handlers that pass on requests of any machine, but none of
// a web page from elsewhere. It is for test networks. A browser names no origin where a page
// only reads from the host that it came from, and whoever has a domain can give its name the
// address of this machine: so the host must be one that nobody outside can have, or that of
// publicURL, the address of the server as the operator set it.
func LocalPagesOnly(publicURL string) func(http.Handler) http.Handler {
	own := ""
	if u, err := url.Parse(publicURL); err == nil {
		own = u.Hostname()
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case !auth.IsLocalPage(r.Header):
				problem(w, http.StatusForbidden, foreignPage)
			case !isNetworkHost(r.Host, own):
				problem(w, http.StatusForbidden, foreignHost)
			default:
				next.ServeHTTP(w, r)
			}
		})
	}
}

// networkDomains end names that the public DNS does not have.
var networkDomains = []string{
	".internal", ".local", ".localhost", ".test", ".lan", ".home", ".corp", ".home.arpa", ".intranet", ".private", ".svc",
}

const foreignHost = "Host: is a name that a web page elsewhere may have given to this machine; must be an address, a name without dots, " +
	"that of --public-url, or one that ends in .internal, .local, .localhost, .test, .lan, .home, .corp, .home.arpa, .intranet, .private or .svc"

// isNetworkHost reports whether a host, with or without a port, is an address, a name that
// the public DNS does not have, or the server's own name.
func isNetworkHost(host, own string) bool {
	if auth.IsLocalHost(host) {
		return true
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"), ".")
	if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(host, ".") {
		return true
	}
	host = strings.ToLower(host)
	if host == strings.ToLower(own) {
		return true
	}
	return slices.ContainsFunc(networkDomains, func(domain string) bool { return strings.HasSuffix(host, domain) })
}

// CertifiedOnly returns a handler that passes on only requests of clients that showed
// a certificate. The server has verified those that were shown.
func CertifiedOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
			problem(w, http.StatusForbidden, "client certificate: is missing; must be signed by an authority that this server was given")
			return
		}
		next.ServeHTTP(w, r)
	})
}

const foreignPage = "Origin: is not this machine; must be absent, localhost or a loopback address"

// notLocal returns why a request is not from this machine to itself, or "".
func notLocal(r *http.Request) string {
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	switch {
	case err != nil || !remote.Addr().Unmap().IsLoopback():
		return "remote address: is another machine; must be a loopback address"
	case !auth.IsLocalHost(r.Host):
		return "Host: is not this machine; must be localhost or a loopback address"
	case !auth.IsLocalPage(r.Header):
		return foreignPage
	}
	return ""
}
