package access

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"cosell/internal/auth"
	"cosell/internal/identity"
	"cosell/internal/store"
)

const (
	// SessionLife is how long a session of the console lasts.
	SessionLife = 8 * time.Hour

	// A browser takes the first name over HTTPS only, and for this host alone.
	secureCookie = "__Host-cosell-session"
	plainCookie  = "cosell-session"

	sessionPurpose = "operator session"
	maxCookie      = 1024
)

// RefusedError says why a request's credentials do not let it in.
type RefusedError struct {
	Status int
	Detail string
	// Wait is how long to wait before another attempt; 0 is not at all.
	Wait time.Duration
	// Whose is the user whose password was wrong, for the audit alone; nil where there is
	// none.
	Whose *auth.Principal
}

// Error implements error.
func (e *RefusedError) Error() string { return e.Detail }

// Tell sets the headers of an answer that HTTP requires with the refusal.
func (e *RefusedError) Tell(h http.Header) {
	if e.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="cosell"`)
	}
	if e.Wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int(e.Wait.Seconds())))
	}
}

func unauthorized(detail string) *RefusedError {
	return &RefusedError{Status: http.StatusUnauthorized, Detail: detail}
}

// Unidentified refuses a request without credentials.
func Unidentified() *RefusedError {
	return unauthorized("Authorization: is missing; must be Bearer and an operator token")
}

// session is what the cookie of a session holds, sealed.
type session struct {
	Hash string          `json:"h,omitempty"` // of the token
	User *identity.Login `json:"u,omitempty"` // who signed in with a password
	Ends int64           `json:"e"`           // in milliseconds
}

// Identify returns the operator whose token or session a request carries, nil for a
// request without either. An error is a *RefusedError, or a fault.
func (s *Service) Identify(r *http.Request) (*Identity, error) {
	given := r.Header["Authorization"]
	cookie := sessionCookie(r)
	if len(given) == 0 && cookie == "" {
		return nil, nil
	}
	if len(given) == 0 {
		return s.resume(r, cookie)
	}
	scheme, token, _ := strings.Cut(given[0], " ")
	if len(given) > 1 || !strings.EqualFold(scheme, "Bearer") {
		return nil, unauthorized("Authorization: must be one header with Bearer and an operator token")
	}
	return s.SignIn(r, strings.TrimSpace(token))
}

// SignIn returns whose token it is that a request brought, and limits how often an
// address may try. An error is a *RefusedError, or a fault.
func (s *Service) SignIn(r *http.Request, token string) (*Identity, error) {
	wait, check := s.failures.begin(r.Context(), auth.Source(r.RemoteAddr))
	if wait > 0 {
		return nil, tooMany(wait, "Authorization: too many wrong tokens came from this address")
	}
	wrong := true
	defer func() { check.end(wrong) }()
	i, err := s.Authenticate(r.Context(), token)
	if wrong = errors.Is(err, ErrUnknown); wrong {
		return nil, unauthorized("Authorization: " + err.Error())
	}
	return i, err
}

// StartSession returns the cookie of a new session of an operator or user. secure reports
// whether the browser came by HTTPS.
func (s *Service) StartSession(i *Identity, secure bool) (*http.Cookie, error) {
	content, err := json.Marshal(session{Hash: i.hash, User: i.login, Ends: s.Now().Add(SessionLife).UnixMilli()})
	if err != nil {
		return nil, err
	}
	sealed, err := s.sealer.Seal(content, []byte(sessionPurpose))
	if err != nil {
		return nil, err
	}
	c := newCookie(secure) //nolint:gosec // Secure follows the connection
	c.Value, c.MaxAge = base64.RawURLEncoding.EncodeToString(sealed), int(SessionLife.Seconds())
	return c, nil
}

// EndSession returns the cookie that removes a session from a browser.
func EndSession(secure bool) *http.Cookie {
	c := newCookie(secure) //nolint:gosec // Secure follows the connection
	c.MaxAge = -1
	return c
}

func newCookie(secure bool) *http.Cookie {
	name := plainCookie
	if secure {
		name = secureCookie
	}
	return &http.Cookie{Name: name, Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteStrictMode} //nolint:gosec // Secure follows the connection
}

// sessionCookie returns the value of the session cookie of a request, or "". Over
// HTTPS only the name counts that no page of another host can set.
func sessionCookie(r *http.Request) string {
	name := plainCookie
	if IsSecure(r) {
		name = secureCookie
	}
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// open returns the session that a cookie holds and what names it in the store, unless it
// is none of this installation or its time has come.
func (s *Service) open(value string) (in session, id string, ok bool) {
	sealed, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || len(value) > maxCookie {
		return session{}, "", false
	}
	content, err := s.sealer.Open(sealed, []byte(sessionPurpose))
	if err != nil || json.Unmarshal(content, &in) != nil || in.Ends <= s.Now().UnixMilli() {
		return session{}, "", false
	}
	sum := sha256.Sum256(sealed) // the value may be written in several ways
	return in, hex.EncodeToString(sum[:]), true
}

// SignOut ends the session of a request, on all servers that share the store.
func (s *Service) SignOut(r *http.Request) error {
	in, id, ok := s.open(sessionCookie(r))
	if !ok {
		return nil
	}
	nowMs := s.Now().UnixMilli()
	return s.Store.Update(r.Context(), func(tx *store.Tx) error { return tx.EndSession(id, in.Ends, nowMs) }, store.Idempotent())
}

// resume returns whose session a cookie names. A session ends when its owner signs out,
// with its token, or with the password of its user.
func (s *Service) resume(r *http.Request, value string) (*Identity, error) {
	refused := unauthorized("session: has ended; sign in again")
	in, id, ok := s.open(value)
	if !ok {
		return nil, refused
	}
	ended, err := s.ended(r.Context(), id)
	if err != nil {
		return nil, err
	}
	if ended {
		return nil, refused
	}
	var i *Identity
	if in.User != nil {
		i, err = s.byLogin(r.Context(), *in.User, time.UnixMilli(in.Ends))
	} else {
		i, err = s.byHash(r.Context(), in.Hash)
	}
	if errors.Is(err, ErrUnknown) || errors.Is(err, identity.ErrPassword) {
		return nil, refused
	}
	if err != nil {
		return nil, err
	}
	i.session, i.ends = id, in.Ends
	return i, nil
}

// ended reports whether a session was ended before its time.
func (s *Service) ended(ctx context.Context, id string) (ended bool, err error) {
	err = s.Store.View(ctx, func(tx *store.Tx) error {
		ended, err = tx.SessionEnded(id)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("look the session up: %w", err)
	}
	return ended, nil
}

type secureKey struct{}

// WithSecure marks the context of a request that reached a trusted proxy by HTTPS.
func WithSecure(ctx context.Context) context.Context {
	return context.WithValue(ctx, secureKey{}, true)
}

// IsSecure reports whether a client sent its request by HTTPS.
func IsSecure(r *http.Request) bool {
	proxied, _ := r.Context().Value(secureKey{}).(bool)
	return r.TLS != nil || proxied
}
