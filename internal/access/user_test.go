package access_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cosell/internal/access"
	"cosell/internal/auth"
	"cosell/internal/identity"
	"cosell/internal/secrets/secretstest"
	"cosell/internal/store"
)

const (
	partner  = "111122223333"
	password = "correct horse battery"
)

// withAlice returns a house where the user alice of an account has a password.
func withAlice(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	users, err := identity.New(t.Context(), identity.Config{
		Store: h.store, Secrets: secretstest.New(t), Random: rand.Reader, Now: func() time.Time { return h.now }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := users.Put(t.Context(), store.PrincipalKey{Account: partner, Kind: auth.KindUser, Name: "alice"}, identity.Settings{}); err != nil {
		t.Fatal(err)
	}
	if err := users.SetPassword(t.Context(), partner, "alice", password); err != nil {
		t.Fatal(err)
	}
	h.Users = users
	return h
}

// try signs a user in and returns the status of the refusal, 0 for none.
func (h *house) try(t *testing.T, remote, account, user, password string) (*access.Identity, int) {
	t.Helper()
	i, err := h.SignInUser(request(t, remote), account, user, password)
	if err == nil {
		return i, 0
	}
	refused, ok := errors.AsType[*access.RefusedError](err)
	if !ok {
		t.Fatal(err)
	}
	if refused.Whose != nil && (user != "alice" || account != partner) {
		t.Errorf("%s of %s is %+v", user, account, refused.Whose)
	}
	return nil, refused.Status
}

func TestAUserSignsIn(t *testing.T) {
	h := withAlice(t)
	i, status := h.try(t, "192.0.2.1:1", partner, "alice", password)
	if status != 0 || i.Role != access.User || i.Name != "arn:aws:iam::"+partner+":user/alice" || !i.Scoped() || !i.Covers(partner) || i.Covers("444455556666") {
		t.Fatalf("%d %+v", status, i)
	}
	cookie, err := h.StartSession(i, false)
	if err != nil {
		t.Fatal(err)
	}
	h.now = begin.Add(time.Hour)
	again, err := h.Identify(request(t, "192.0.2.1:1", "Cookie", cookie.Name+"="+cookie.Value))
	if err != nil || !again.Session() || again.Role != access.User || again.Principal.ARN != i.Name {
		t.Fatalf("%+v, %v", again, err)
	}
	if s := again.Principal.Identity.Session; !s.IssuedAt.Equal(begin) || !s.Expires.Equal(begin.Add(access.SessionLife)) {
		t.Errorf("the session is from %v to %v", s.IssuedAt, s.Expires)
	}
}

// TestAttackPasswordGuessing sees that guesses are bounded for an address, and for a user
// from all addresses; that one address alone keeps no user out; and that all answers to
// wrong guesses are the same.
func TestAttackPasswordGuessing(t *testing.T) {
	if testing.Short() {
		t.Skip("hashes a hundred passwords, which is meant to take long")
	}
	h := withAlice(t)
	answers := map[string]bool{}
	for n, c := range []struct{ account, user string }{{partner, "alice"}, {partner, "bob"}, {"444455556666", "alice"}, {"", ""}, {"*", "alice"}, {partner, "a\nb"}} {
		_, err := h.SignInUser(request(t, fmt.Sprintf("192.0.2.%d:1", 100+n)), c.account, c.user, "wrong")
		answers[fmt.Sprint(err)] = true
	}
	if len(answers) != 1 {
		t.Errorf("answers: %v", answers)
	}
	for i := range 10 {
		if _, got := h.try(t, "192.0.2.1:1", partner, "alice", "wrong"); got != http.StatusUnauthorized {
			t.Fatalf("guess %d: %d", i, got)
		}
	}
	if _, got := h.try(t, "192.0.2.1:2", partner, "alice", password); got != http.StatusTooManyRequests { // or a guess would tell
		t.Errorf("after ten guesses: %d", got)
	}
	if _, got := h.try(t, "192.0.2.2:1", partner, "alice", password); got != 0 {
		t.Errorf("another address: %d", got)
	}
	h.now = h.now.Add(time.Hour)
	guesses := 0
	for remote := range 20 {
		for range 10 {
			if _, got := h.try(t, fmt.Sprintf("198.51.100.%d:1", remote), partner, "alice", "wrong"); got == http.StatusUnauthorized {
				guesses++
			}
		}
	}
	if guesses != 100 {
		t.Errorf("%d guesses for a user from many addresses", guesses)
	}
	if _, got := h.try(t, "192.0.2.2:1", partner, "alice", password); got != http.StatusTooManyRequests {
		t.Errorf("after a hundred guesses: %d", got)
	}
	h.now = h.now.Add(6 * time.Second)
	if _, got := h.try(t, "192.0.2.2:1", partner, "alice", password); got != 0 {
		t.Errorf("after a while: %d", got)
	}
}

// TestAttackGuessesAtOnce sees that guesses which are sent at once are counted before they
// are checked.
func TestAttackGuessesAtOnce(t *testing.T) {
	h := withAlice(t)
	var checked atomic.Int64
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			if _, got := h.try(t, "192.0.2.1:1", partner, "alice", "wrong"); got == http.StatusUnauthorized {
				checked.Add(1)
			}
		})
	}
	all.Wait()
	if got := checked.Load(); got != 10 {
		t.Errorf("%d guesses were checked", got)
	}
}

// TestAttackUserSessionOutlivesThePassword sees that sessions end with what they began with,
// and that no one becomes another user or an operator by one.
func TestAttackUserSessionOutlivesThePassword(t *testing.T) {
	for name, end := range map[string]func(h *house) error{
		"the password is another": func(h *house) error {
			return h.Users.SetPassword(t.Context(), partner, "alice", "another one altogether")
		},
		"the password is removed": func(h *house) error { return h.Users.DeletePassword(t.Context(), partner, "alice") },
		"the user is deleted": func(h *house) error {
			return h.Users.Delete(t.Context(), store.PrincipalKey{Account: partner, Kind: auth.KindUser, Name: "alice"})
		},
		"eight hours": func(h *house) error { h.now = h.now.Add(access.SessionLife); return nil },
		"users may not sign in any more": func(h *house) error {
			h.Users = nil
			return nil
		},
	} {
		h := withAlice(t)
		i, _ := h.try(t, "192.0.2.1:1", partner, "alice", password)
		cookie, err := h.StartSession(i, false)
		if err != nil {
			t.Fatal(err)
		}
		r := request(t, "192.0.2.1:1", "Cookie", cookie.Name+"="+cookie.Value)
		who, err := h.Identify(r)
		if err != nil || !h.holds(t, who) {
			t.Fatalf("before: %v", err)
		}
		if err := end(h); err != nil {
			t.Fatal(err)
		}
		if got := h.status(t, r); got != http.StatusUnauthorized || h.holds(t, who) {
			t.Errorf("%s: %d", name, got)
		}
	}
	h := withAlice(t)
	if _, err := access.ParseRole(string(access.User)); err == nil {
		t.Error("a token may have the role of a user")
	}
	if _, err := h.Create(t.Context(), access.Token{Name: "x", Role: access.User}); !errors.Is(err, access.ErrInvalid) {
		t.Errorf("a token of a user: %v", err)
	}
	// A session of no token and no user is nobody's.
	cookie, err := h.StartSession(&access.Identity{Role: access.Administrator}, false)
	if err != nil {
		t.Fatal(err)
	}
	if got := h.status(t, request(t, "192.0.2.1:1", "Cookie", cookie.Name+"="+cookie.Value)); got != http.StatusUnauthorized {
		t.Errorf("a session of nobody: %d", got)
	}
}

// TestAttackSessionAfterSignOut sees that a session whose owner signed out, of a user or an
// operator, lets nobody in who kept its cookie, whichever server is asked, and that other
// sessions go on.
func TestAttackSessionAfterSignOut(t *testing.T) {
	h := withAlice(t)
	replica := &house{store: h.store, now: begin}
	var err error
	if replica.Service, err = access.New(t.Context(), h.Config); err != nil {
		t.Fatal(err)
	}
	token := h.create(t, access.Token{Name: "ci", Role: access.Auditor})
	start := func(i *access.Identity) string {
		t.Helper()
		c, err := h.StartSession(i, false)
		if err != nil {
			t.Fatal(err)
		}
		return c.Name + "=" + c.Value
	}
	asAlice := func() string {
		t.Helper()
		i, status := h.try(t, "192.0.2.1:1", partner, "alice", password)
		if status != 0 {
			t.Fatal(status)
		}
		return start(i)
	}
	asOperator := func() string {
		t.Helper()
		i, err := h.SignIn(request(t, "192.0.2.1:1"), token)
		if err != nil {
			t.Fatal(err)
		}
		return start(i)
	}
	for who, session := range map[string]func() string{"user": asAlice, "operator": asOperator} {
		kept, other := session(), session()
		whoKept, whoOther := h.identify(t, kept), h.identify(t, other)
		if err := h.SignOut(request(t, "192.0.2.1:1", "Cookie", kept)); err != nil {
			t.Fatal(err)
		}
		for _, server := range []*house{h, replica} {
			// The last character has bits that mean nothing.
			for _, cookie := range []string{kept, kept[:len(kept)-1] + string(kept[len(kept)-1]+1)} {
				if got := server.status(t, request(t, "192.0.2.2:1", "Cookie", cookie)); got != http.StatusUnauthorized {
					t.Errorf("%s: after signing out %d", who, got)
				}
			}
			if got := server.status(t, request(t, "192.0.2.1:1", "Cookie", other)); got != 0 {
				t.Errorf("%s: another session %d", who, got)
			}
			if server.holds(t, whoKept) || !server.holds(t, whoOther) {
				t.Errorf("%s: what the session let in goes on: %t; the other one: %t", who, server.holds(t, whoKept), server.holds(t, whoOther))
			}
		}
	}
	// Cookies that are no sessions end nothing.
	for _, cookie := range []string{"", "cosell-session=x"} {
		if err := h.SignOut(request(t, "192.0.2.1:1", "Cookie", cookie)); err != nil {
			t.Errorf("%q: %v", cookie, err)
		}
	}
}
