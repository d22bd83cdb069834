package access

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"cosell/internal/auth"
	"cosell/internal/identity"
)

// userKey is a user whose password may be guessed.
type userKey struct{ account, name string }

// wrongLogin is what a user is told whose sign-in fails, whatever of it was wrong.
const wrongLogin = "password: the account, the user name or the password is wrong"

// SignInUser returns which user of an account a request signs in, and limits how often an
// address, and how often all of them for one user, may try. An error is a *RefusedError,
// or a fault.
func (s *Service) SignInUser(r *http.Request, account, user, password string) (*Identity, error) {
	const longest = 64
	if s.Users == nil || !accountPattern.MatchString(account) || user == "" || len(user) > longest {
		// No such user can be: it counts as a wrong password, and costs no memory.
		account, user = "", ""
	}
	source, key := auth.Source(r.RemoteAddr), userKey{account, user}
	wait, check := s.failures.begin(r.Context(), source)
	if wait > 0 {
		return nil, tooMany(wait, "password: too many wrong ones came from this address")
	}
	wrong := true
	defer func() { check.end(wrong) }()
	if account == "" {
		return nil, unauthorized(wrongLogin)
	}
	wait, checkUser := s.ofUsers.begin(r.Context(), key)
	if wait > 0 {
		wrong = false // it was not checked
		return nil, tooMany(wait, "password: too many wrong ones came for this user")
	}
	defer func() { checkUser.end(wrong) }()
	login, known, err := s.Users.SignIn(r.Context(), account, user, password)
	if wrong = errors.Is(err, identity.ErrPassword); wrong {
		refused := unauthorized(wrongLogin)
		if known {
			refused.Whose = s.user(login, time.Time{}).Principal
		}
		return nil, refused
	}
	if err != nil {
		return nil, err
	}
	return s.user(login, s.Now().Add(SessionLife)), nil
}

// tooMany returns the refusal of credentials, for a reason, until a time has passed.
func tooMany(wait time.Duration, reason string) *RefusedError {
	return &RefusedError{Status: http.StatusTooManyRequests, Wait: wait, Detail: fmt.Sprintf("%s; wait %s", reason, wait)}
}

// byLogin returns the user of a session, or [identity.ErrPassword].
func (s *Service) byLogin(ctx context.Context, login identity.Login, ends time.Time) (*Identity, error) {
	if s.Users == nil {
		return nil, identity.ErrPassword
	}
	if err := s.Users.Resume(ctx, login); err != nil {
		return nil, err
	}
	return s.user(login, ends), nil
}

func (*Service) user(login identity.Login, ends time.Time) *Identity {
	p := login.Principal(ends.Add(-SessionLife), ends)
	return &Identity{Name: p.ARN, Role: User, Accounts: []string{login.Account}, Principal: &p, login: &login}
}
