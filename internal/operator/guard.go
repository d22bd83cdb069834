package operator

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"

	"cosell/internal/access"
)

// Guard is what stands in front of everything that only operators use.
type Guard struct {
	Access *access.Service
	Log    *slog.Logger
	// Strict has every request bring a token or a session. Otherwise those of this
	// machine need none, and a token that is sent is checked all the same.
	Strict bool
	// Door returns a handler that refuses requests of others than this machine; it
	// counts unless Strict.
	Door func(http.Handler) http.Handler
}

// crossOrigin refuses requests that change something and that another site's page sent.
var crossOrigin = http.NewCrossOriginProtection()

// Protect returns a handler that passes on the requests of operators, with who they are.
func (g Guard) Protect(next http.Handler) http.Handler {
	return g.ProtectAPI(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if access.From(r.Context()).Role == access.User {
			g.Refuse(w, r, &access.RefusedError{Status: http.StatusForbidden, Detail: onlyOperators})
			return
		}
		next.ServeHTTP(w, r)
	}))
}

// ProtectAPI is [Guard.Protect] for the operator API, which also takes requests of users
// of accounts and holds them to its rights.
func (g Guard) ProtectAPI(next http.Handler) http.Handler {
	inner := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i, err := g.Identify(r)
		if err != nil {
			g.Refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(access.With(r.Context(), i)))
	})
	if g.Strict {
		return inner
	}
	return g.Door(inner)
}

const onlyOperators = "session: is that of a user of an account; must be that of an operator"

// Identify returns the operator or user who sent a request, or why it is refused.
func (g Guard) Identify(r *http.Request) (*access.Identity, error) {
	if !g.Strict && r.Header["Authorization"] == nil {
		return access.Local(), nil
	}
	i, err := g.Access.Identify(r)
	switch {
	case err != nil:
		return nil, err
	case i == nil:
		return nil, access.Unidentified()
	case i.Session():
		if err := crossOrigin.Check(r); err != nil {
			return nil, &access.RefusedError{Status: http.StatusForbidden, Detail: "Origin: is another site; a session answers only the console's own pages"}
		}
	}
	return i, nil
}

// Refuse answers with why a request is not let in.
func (g Guard) Refuse(w http.ResponseWriter, r *http.Request, err error) {
	refused, ok := errors.AsType[*access.RefusedError](err)
	if !ok {
		g.Log.LogAttrs(r.Context(), slog.LevelError, "operator fault", slog.String("cause", err.Error()))
		problem(w, http.StatusInternalServerError, "The server could not complete the request")
		return
	}
	refused.Tell(w.Header())
	w.Header().Set("Cache-Control", "no-store")
	problem(w, refused.Status, refused.Detail)
}

// Metrics returns a handler of metrics: beside operators, whoever has a token of its own
// or comes from one of the networks may read them. token "" is none.
func (g Guard) Metrics(next http.Handler, token string, networks []netip.Prefix) http.Handler {
	protected := g.Protect(next)
	if !g.Strict {
		return protected
	}
	want := sha256.Sum256([]byte(token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		got := sha256.Sum256([]byte(given))
		own := token != "" && bearer && subtle.ConstantTimeCompare(want[:], got[:]) == 1
		if own || isFrom(r, networks) {
			next.ServeHTTP(w, r)
			return
		}
		protected.ServeHTTP(w, r)
	})
}

func isFrom(r *http.Request, networks []netip.Prefix) bool {
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	for _, n := range networks {
		if n.Contains(remote.Addr().Unmap()) {
			return true
		}
	}
	return false
}
