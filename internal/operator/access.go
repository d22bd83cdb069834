package operator

import (
	"net/http"
	"net/netip"

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

// NetworkOnly returns what makes handlers that pass on requests of any machine, but none of a
// web page from elsewhere. It is for test networks. A browser names no origin where a page only
// reads from the host that it came from, and whoever has a domain can give its name the address
// of this machine: so the host must be the server's own.
func NetworkOnly(pages auth.Pages) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case !pages.IsOwnHost(r.Host):
				problem(w, http.StatusForbidden, foreignHost)
			case !pages.Allow(r):
				problem(w, http.StatusForbidden, foreignPage)
			default:
				next.ServeHTTP(w, r)
			}
		})
	}
}

const foreignHost = "Host: is a name that a web page elsewhere may have given to this machine; must be an address, a name without dots, " +
	"that of --public-url, or one that ends in .internal, .local, .localhost, .test, .lan, .home, .corp, .home.arpa, .intranet, .private or .svc"

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
	case !(auth.Pages{}).Allow(r):
		return foreignPage
	}
	return ""
}
