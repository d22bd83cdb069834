package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/store"
)

// ErrPassword reports a password that is not that of the user, or that there is no such
// user, or none who may sign in.
var ErrPassword = errors.New("the account, the user name or the password is wrong")

const (
	// minPassword and maxPassword bound the characters and the bytes of a password.
	minPassword = 14
	maxPassword = 128
)

// Password describes a user's console password, without the password itself.
type Password struct {
	CreatedAt time.Time
	// LastUsedAt is when the user signed in last; zero for never.
	LastUsedAt time.Time
}

// Login is a user who signed in with a password.
type Login struct {
	Account string `json:"a"`
	User    string `json:"n"`
	// ID is the unique id of the user, and Stamp stands for the password: a session goes
	// on while both are what they were.
	ID    string `json:"i"`
	Stamp string `json:"p"`
}

// Principal returns who acts in a session of the login, which has a beginning and an end.
func (l Login) Principal(issued, expires time.Time) auth.Principal {
	return auth.Principal{
		Account: l.Account, ARN: ARN(l.Account, auth.KindUser, l.User),
		Identity: &auth.Identity{Kind: auth.KindUser, Name: l.User, ID: l.ID, Session: &auth.Session{IssuedAt: issued, Expires: expires}},
	}
}

// SetPassword sets the password with which a user signs in to the console. Sessions that
// began with another one end.
func (s *Service) SetPassword(ctx context.Context, account, user, password string) error {
	if err := checkPassword(user, password); err != nil {
		return err
	}
	salt, err := s.random(saltBytes)
	if err != nil {
		return err
	}
	hash, err := s.hashing(ctx, func() string { return hashPassword(password, salt) })
	if err != nil {
		return err
	}
	key := store.PrincipalKey{Account: account, Kind: auth.KindUser, Name: user}
	row := store.ConsolePassword{Account: account, User: user, Hash: hash, CreatedAt: s.Now().UnixMilli()}
	return s.update(ctx, func(tx *store.Tx) error {
		if err := tx.LockPrincipal(key); err != nil {
			return found(err, key)
		}
		return tx.PutConsolePassword(&row)
	})
}

// checkPassword refuses passwords that are easily guessed or cannot be typed.
func checkPassword(user, password string) error {
	const shortName = 4 // is in many passwords by chance
	unfit := func(r rune) bool { return r == utf8.RuneError || unicode.IsControl(r) }
	switch {
	case utf8.RuneCountInString(password) < minPassword || len(password) > maxPassword:
		return invalid("password", fmt.Sprintf("must have at least %d characters and at most %d bytes", minPassword, maxPassword))
	case strings.ContainsFunc(password, unfit):
		return invalid("password", "must have no control characters")
	case len(user) >= shortName && strings.Contains(strings.ToLower(password), strings.ToLower(user)):
		return invalid("password", "must not contain the name of the user")
	}
	return nil
}

// DeletePassword removes the password of a user, whose sessions end.
func (s *Service) DeletePassword(ctx context.Context, account, user string) error {
	return s.update(ctx, func(tx *store.Tx) error { return foundPassword(tx.DeleteConsolePassword(account, user), user) })
}

// Password describes the password of a user.
func (s *Service) Password(ctx context.Context, account, user string) (p Password, err error) {
	err = s.Store.View(ctx, func(tx *store.Tx) error {
		row, err := tx.ConsolePassword(account, user)
		if err != nil {
			return foundPassword(err, user)
		}
		p = Password{CreatedAt: time.UnixMilli(row.CreatedAt).UTC()}
		if row.LastUsedAt > 0 {
			p.LastUsedAt = time.UnixMilli(row.LastUsedAt).UTC()
		}
		return nil
	})
	return p, err
}

func foundPassword(err error, user string) error {
	if errors.Is(err, store.ErrNotFound) {
		return api.NotFound(fmt.Sprintf("password: user %s has no password for the console", user))
	}
	return err
}

// SignIn returns who signs in with a password, or ErrPassword; known reports whether there
// is such a user, which is for the audit alone. It takes the same time whether there is one.
func (s *Service) SignIn(ctx context.Context, account, user, password string) (login Login, known bool, err error) {
	login, hash, err := s.login(ctx, account, user)
	if err != nil && !errors.Is(err, ErrPassword) {
		return Login{}, false, err
	}
	known = err == nil
	given := password[:min(len(password), maxPassword)]
	right, err := s.hashing(ctx, func() string {
		if !known {
			hash = noPassword
		}
		if samePassword(given, hash) && known && len(password) <= maxPassword {
			return hash
		}
		return ""
	})
	if err != nil {
		return Login{}, known, err
	}
	if right == "" {
		return login, known, ErrPassword
	}
	nowMs := s.Now().UnixMilli()
	if err := s.Store.Update(ctx, func(tx *store.Tx) error { return tx.UseConsolePassword(account, user, nowMs) }); err != nil {
		s.Log.LogAttrs(ctx, slog.LevelWarn, "record use of console password", slog.String("cause", err.Error()))
	}
	return login, true, nil
}

// Resume returns ErrPassword unless the user of a login is there and has the password
// with which it began.
func (s *Service) Resume(ctx context.Context, l Login) error {
	now, _, err := s.login(ctx, l.Account, l.User)
	if err == nil && now != l {
		return ErrPassword
	}
	return err
}

// login returns the login that a user's password gives, and its hash, or ErrPassword.
func (s *Service) login(ctx context.Context, account, user string) (l Login, hash string, err error) {
	var r record
	err = s.Store.View(ctx, func(tx *store.Tx) error {
		row, err := tx.ConsolePassword(account, user)
		if err != nil {
			return err
		}
		document, err := tx.Principal(store.PrincipalKey{Account: account, Kind: auth.KindUser, Name: user})
		if err != nil {
			return err
		}
		hash = row.Hash
		return json.Unmarshal(document, &r)
	})
	if errors.Is(err, store.ErrNotFound) {
		return Login{}, "", ErrPassword
	}
	if err != nil {
		return Login{}, "", fmt.Errorf("read console password: %w", err)
	}
	return Login{Account: account, User: user, ID: r.ID, Stamp: stampOf(hash)}, hash, nil
}

// hashing runs fn, which hashes a password, when few others do: each takes memory.
func (s *Service) hashing(ctx context.Context, fn func() string) (string, error) {
	select {
	case s.hashers <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { <-s.hashers }()
	return fn(), nil
}
