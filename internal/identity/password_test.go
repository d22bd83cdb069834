package identity_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/identity"
	"cosell/internal/store"
)

const password = "correct horse battery"

func (w *world) alice(t *testing.T) {
	t.Helper()
	if _, err := w.Put(t.Context(), user("alice"), identity.Settings{}); err != nil {
		t.Fatal(err)
	}
	if err := w.SetPassword(t.Context(), account, "alice", password); err != nil {
		t.Fatal(err)
	}
}

func TestPasswordsThatAreNotTaken(t *testing.T) {
	w := newWorld(t, false)
	w.alice(t)
	for name, c := range map[string]struct{ user, password, want string }{
		"13 characters":        {"alice", strings.Repeat("é", 13), "at least 14 characters"},
		"129 bytes":            {"alice", strings.Repeat("a", 129), "at most 128 bytes"},
		"a line break":         {"alice", "correct horse\nbattery", "control characters"},
		"not UTF-8":            {"alice", "correct horse \xff battery", "control characters"},
		"the name of the user": {"alice", "my name is Alice!", "name of the user"},
		"nobody's":             {"bob", password, "has no user bob"},
	} {
		err := w.SetPassword(t.Context(), account, c.user, c.password)
		e, ok := errors.AsType[*api.Error](err)
		if !ok || !strings.Contains(e.Message+text(e), c.want) || strings.Contains(e.Message+text(e), c.password) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// text returns the messages of an error's violations.
func text(e *api.Error) (all string) {
	for _, v := range e.ErrorList {
		all += *v.Message
	}
	return all
}

// TestALoginEndsWithItsPassword sees that a login goes on only while its user and its
// password are those that it began with.
func TestALoginEndsWithItsPassword(t *testing.T) {
	begin := func(t *testing.T) (*world, identity.Login) {
		t.Helper()
		w := newWorld(t, false)
		w.alice(t)
		login, known, err := w.SignIn(t.Context(), account, "alice", password)
		if err != nil || !known || login.User != "alice" || !strings.HasPrefix(login.ID, "AIDA") {
			t.Fatal(login, known, err)
		}
		if err := w.Resume(t.Context(), login); err != nil {
			t.Fatal(err)
		}
		return w, login
	}
	for name, change := range map[string]func(w *world) error{
		"another password": func(w *world) error { return w.SetPassword(t.Context(), account, "alice", "another one altogether") },
		"the same again":   func(w *world) error { return w.SetPassword(t.Context(), account, "alice", password) },
		"none":             func(w *world) error { return w.DeletePassword(t.Context(), account, "alice") },
		"no user":          func(w *world) error { return w.Delete(t.Context(), user("alice")) },
		"another user of the name": func(w *world) error {
			_, err := w.Put(t.Context(), user("alice"), identity.Settings{})
			return errors.Join(w.Delete(t.Context(), user("alice")), err)
		},
		"nothing in the store": func(w *world) error {
			return w.store.Update(t.Context(), func(tx *store.Tx) error { _, err := tx.Clear(); return err })
		},
	} {
		w, login := begin(t)
		if err := change(w); err != nil {
			t.Fatal(name, err)
		}
		if err := w.Resume(t.Context(), login); !errors.Is(err, identity.ErrPassword) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w, login := begin(t)
	for name, other := range map[string]identity.Login{
		"another account": {Account: "444455556666", User: login.User, ID: login.ID, Stamp: login.Stamp},
		"another user":    {Account: account, User: "bob", ID: login.ID, Stamp: login.Stamp},
		"another id":      {Account: account, User: login.User, ID: "AIDA2", Stamp: login.Stamp},
		"no stamp":        {Account: account, User: login.User, ID: login.ID},
	} {
		if err := w.Resume(t.Context(), other); !errors.Is(err, identity.ErrPassword) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p, err := w.Password(t.Context(), account, "alice")
	if err != nil || !p.LastUsedAt.Equal(w.now) || !p.CreatedAt.Equal(w.now) {
		t.Errorf("%+v, %v", p, err)
	}
	issued := w.now
	if who := login.Principal(issued, issued.Add(time.Hour)); who.ARN != "arn:aws:iam::"+account+":user/alice" || who.Identity.Kind != auth.KindUser || who.UserID() != login.ID {
		t.Errorf("%+v", who)
	}
}

// TestAttackPasswordOfAnotherUser sees that a password signs in its user alone, and whole.
func TestAttackPasswordOfAnotherUser(t *testing.T) {
	w := newWorld(t, false)
	w.alice(t)
	if _, err := w.Put(t.Context(), user("bob"), identity.Settings{}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ account, user, password string }{
		"another account":       {"444455556666", "alice", password},
		"a user without one":    {account, "bob", password},
		"nobody":                {account, "carol", password},
		"the name in capitals":  {account, "ALICE", password},
		"in capitals":           {account, "alice", strings.ToUpper(password)},
		"cut off":               {account, "alice", password[:len(password)-1]},
		"and more":              {account, "alice", password + " "},
		"a NUL and more":        {account, "alice", password + "\x00"},
		"more than is read":     {account, "alice", password + strings.Repeat("x", 200)},
		"none":                  {account, "alice", ""},
		"a role of the account": {account, "role/alice", password},
	} {
		if login, _, err := w.SignIn(t.Context(), c.account, c.user, c.password); !errors.Is(err, identity.ErrPassword) {
			t.Errorf("%s: %+v, %v", name, login, err)
		}
	}
}

// TestAttackStoreReaderFindsNoPassword sees that the store has a slow, salted hash, and
// that one of another kind, which an import might bring, signs nobody in.
func TestAttackStoreReaderFindsNoPassword(t *testing.T) {
	w := newWorld(t, false)
	w.alice(t)
	read := func() (p *store.ConsolePassword) {
		if err := w.store.View(t.Context(), func(tx *store.Tx) (err error) { p, err = tx.ConsolePassword(account, "alice"); return err }); err != nil {
			t.Fatal(err)
		}
		return p
	}
	first := read()
	if !strings.HasPrefix(first.Hash, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(first.Hash, password) {
		t.Errorf("hash: %s", first.Hash)
	}
	w.alice(t)
	if read().Hash == first.Hash {
		t.Error("two hashes of a password are the same")
	}
	for _, hash := range []string{"", password, "$argon2id$v=19$m=19456,t=2,p=1$$", "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$", "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"} {
		if err := w.store.Update(t.Context(), func(tx *store.Tx) error {
			return tx.PutConsolePassword(&store.ConsolePassword{Account: account, User: "alice", Hash: hash})
		}); err != nil {
			t.Fatal(err)
		}
		for _, given := range []string{"", password} {
			if _, _, err := w.SignIn(t.Context(), account, "alice", given); !errors.Is(err, identity.ErrPassword) {
				t.Errorf("%q with hash %q: %v", given, hash, err)
			}
		}
	}
}
