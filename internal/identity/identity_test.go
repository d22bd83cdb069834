package identity_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/identity"
	"cosell/internal/secrets/secretstest"
	"cosell/internal/store"
	"cosell/internal/store/enginetest"
)

const (
	account = "111122223333"
	allow   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"partnercentral:*","Resource":"*"}]}`
	trust   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`
)

// world is a service on a store of its own, with a clock.
type world struct {
	*identity.Service

	store counting
	now   time.Time
}

// counting counts the reads of a store.
type counting struct {
	store.Store
	views *atomic.Int64
}

func (c counting) View(ctx context.Context, fn func(*store.Tx) error, options ...store.Option) error {
	c.views.Add(1)
	return c.Store.View(ctx, fn, options...)
}

func newWorld(t *testing.T, development bool) *world {
	t.Helper()
	s := enginetest.Open(t)
	w := &world{store: counting{s, new(atomic.Int64)}, now: time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)}
	w.Service = w.another(t, development)
	return w
}

// another returns another server's service on the same store.
func (w *world) another(t *testing.T, development bool) *identity.Service {
	t.Helper()
	keeper := secretstest.New(t)
	s, err := identity.New(t.Context(), identity.Config{
		Store: w.store, Secrets: keeper, Random: rand.Reader, Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler),
		Development: development,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func user(name string) store.PrincipalKey {
	return store.PrincipalKey{Account: account, Kind: auth.KindUser, Name: name}
}

// key makes a user with an access key.
func (w *world) key(t *testing.T, name string) identity.NewAccessKey {
	t.Helper()
	if _, err := w.Put(t.Context(), user(name), identity.Settings{}); err != nil {
		t.Fatal(err)
	}
	key, err := w.CreateKey(t.Context(), account, name)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func wantType(t *testing.T, err error, want string) {
	t.Helper()
	e, _ := errors.AsType[*api.Error](err)
	if want == "" && err == nil || e != nil && e.Type == want {
		return
	}
	t.Errorf("got %v, want %q", err, want)
}

const unrecognized = "UnrecognizedClientException"

func TestLookup(t *testing.T) {
	w := newWorld(t, false)
	key := w.key(t, "alice")
	got, err := w.Lookup(t.Context(), key.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	p := got.Principal
	if got.Secret != key.Secret || p.Account != account || p.ARN != "arn:aws:iam::111122223333:user/alice" || p.AccessKeyID != key.ID ||
		!strings.HasPrefix(p.UserID(), "AIDA") {
		t.Errorf("got %+v", got)
	}
	for name, id := range map[string]string{
		"development key": "test", "an account": account, "the AWS side": "aws", "nothing": "", "lower case": strings.ToLower(key.ID),
		"another key": "AKIAAAAAAAAAAAAAAAAA", "with a space": key.ID + " ", "of a session": "ASIA" + key.ID[4:],
	} {
		_, err := w.Lookup(t.Context(), id, "")
		if e, _ := errors.AsType[*api.Error](err); e == nil || e.Type != unrecognized {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = w.Lookup(t.Context(), key.ID, "token")
	wantType(t, err, unrecognized)
}

// A change counts at once on the server that made it, and soon on others.
func TestKeysChange(t *testing.T) {
	for name, change := range map[string]func(w *world, id string) error{
		"deactivated": func(w *world, id string) error {
			return w.SetKeyStatus(context.Background(), account, "alice", id, identity.Inactive)
		},
		"deleted":      func(w *world, id string) error { return w.DeleteKey(context.Background(), account, "alice", id) },
		"user deleted": func(w *world, _ string) error { return w.Delete(context.Background(), user("alice")) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, false)
			other := w.another(t, false)
			key := w.key(t, "alice")
			for _, s := range []*identity.Service{w.Service, other} {
				_, err := s.Lookup(t.Context(), key.ID, "")
				wantType(t, err, "")
			}
			if err := change(w, key.ID); err != nil {
				t.Fatal(err)
			}
			_, err := w.Lookup(t.Context(), key.ID, "")
			wantType(t, err, unrecognized)
			w.now = w.now.Add(5 * time.Second)
			_, err = other.Lookup(t.Context(), key.ID, "")
			wantType(t, err, unrecognized)
		})
	}
}

// Guessing keys reads the store at a bounded rate; known keys are found meanwhile.
func TestUnknownKeysAreBounded(t *testing.T) {
	w := newWorld(t, false)
	key := w.key(t, "alice")
	if _, err := w.Lookup(t.Context(), key.ID, ""); err != nil {
		t.Fatal(err)
	}
	guess := func() error {
		_, err := w.Lookup(t.Context(), "AKIAAAAAAAAAAAAAAAAA", "")
		return err
	}
	before := w.store.views.Load()
	throttled := 0
	for range 1000 {
		if e, _ := errors.AsType[*api.Error](guess()); e != nil && e.Type == api.TypeThrottling {
			throttled++
		}
	}
	if reads := w.store.views.Load() - before; reads > 100 || throttled < 900 {
		t.Errorf("%d reads, %d throttled", reads, throttled)
	}
	w.now = w.now.Add(10 * time.Millisecond) // one more
	wantType(t, guess(), unrecognized)
	wantType(t, guess(), api.TypeThrottling)
	w.now = w.now.Add(4 * time.Millisecond)
	if _, err := w.Lookup(t.Context(), key.ID, ""); err != nil {
		t.Error(err)
	}
}

// TestAttackKeyGuessingKeepsOthersOut sees that one who guesses keys leaves look-ups to
// others, whose keys a server that has just started does not know, and takes bounded memory.
func TestAttackKeyGuessingKeepsOthersOut(t *testing.T) {
	w := newWorld(t, false)
	key := w.key(t, "alice")
	attacker := auth.WithRemote(t.Context(), "[2001:db8::1]:4711")
	for range 1000 {
		if _, err := w.Lookup(attacker, "AKIAAAAAAAAAAAAAAAAA", ""); err == nil {
			t.Fatal("guessed")
		}
	}
	_, err := w.Lookup(auth.WithRemote(t.Context(), "[2001:db8::ffff]:4712"), key.ID, "")
	wantType(t, err, api.TypeThrottling) // the same customer
	if _, err := w.Lookup(auth.WithRemote(t.Context(), "203.0.113.7:1"), key.ID, ""); err != nil {
		t.Errorf("another client: %v", err)
	}
	throttled := false
	for i := range 3000 {
		_, err := w.Lookup(auth.WithRemote(t.Context(), fmt.Sprintf("203.0.%d.%d:1", i>>8, i&255)), "AKIAAAAAAAAAAAAAAAAA", "")
		e, _ := errors.AsType[*api.Error](err)
		throttled = e != nil && e.Type == api.TypeThrottling
	}
	if !throttled {
		t.Error("many clients together are not bounded")
	}
}

func TestDevelopmentKeys(t *testing.T) {
	w := newWorld(t, true)
	key := w.key(t, "alice")
	for id, want := range map[string]string{"test": "000000000000", account: account, "aws": "aws", key.ID: account} {
		got, err := w.Lookup(t.Context(), id, "")
		if err != nil || got.Principal.Account != want {
			t.Errorf("%s: %+v %v", id, got.Principal, err)
		}
	}
	// Whatever form an unknown key has, the answer names those that there are.
	for _, id := range []string{"nobody", "AKIAIOSFODNN7EXAMPLE", otherID(key.ID)} {
		for _, token := range []string{"", "token"} {
			_, err := w.Lookup(t.Context(), id, token)
			wantType(t, err, unrecognized)
			if !strings.Contains(err.Error(), "In development mode the access key is test, aws or an account of twelve digits") {
				t.Errorf("%s: %v", id, err)
			}
		}
	}
}

// otherID is an access key id of the form that this server gives, but of no key.
func otherID(id string) string {
	last := id[len(id)-1:]
	if last == "A" {
		return id[:len(id)-1] + "B"
	}
	return id[:len(id)-1] + "A"
}

func TestAccountOf(t *testing.T) {
	w := newWorld(t, false)
	for _, account := range []string{"000000000000", account, "999999999999", "aws"} {
		if _, err := w.Put(t.Context(), store.PrincipalKey{Account: account, Kind: auth.KindUser, Name: "a"}, identity.Settings{}); err != nil {
			t.Fatal(err)
		}
		key, err := w.CreateKey(t.Context(), account, "a")
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := identity.AccountOf(key.ID); !ok || got != account {
			t.Errorf("%s is of %s %t", key.ID, got, ok)
		}
	}
	for _, id := range []string{"", "AKIA", "AKIA1111111111111111", "AIDAAAAAAAAAAAAAAAAA", "akiaaaaaaaaaaaaaaaaa", "AKIA7777777777777777AA"} {
		if got, ok := identity.AccountOf(id); ok {
			t.Errorf("%q is of %q", id, got)
		}
	}
	// A key that AWS's documentation shows is of the account that it says.
	if got, _ := identity.AccountOf("ASIAQNZGKIQY56JQ7WML"); got != "029608264753" {
		t.Errorf("AWS's key is of %s", got)
	}
}

func grant(name string) identity.Grant {
	return identity.Grant{
		Account: account, Kind: auth.KindRole, Name: name, ID: "AROA1", Session: "s1", Duration: time.Hour,
		Policies: []identity.Source{{Managed: "AWSPartnerCentralFullAccess"}, {Document: json.RawMessage(allow)}},
		Tags:     map[string]string{"Team": "sellers"}, Transitive: []string{"Team"},
	}
}

func TestSessionTokens(t *testing.T) {
	w := newWorld(t, false)
	c, err := w.Grant(grant("sync"))
	if err != nil {
		t.Fatal(err)
	}
	// Any server on the store reads a token without having seen it.
	got, err := w.another(t, false).Lookup(t.Context(), c.AccessKeyID, c.SessionToken)
	if err != nil {
		t.Fatal(err)
	}
	p := got.Principal
	session := p.Identity.Session
	if got.Secret != c.SecretAccessKey || p.ARN != "arn:aws:sts::111122223333:assumed-role/sync/s1" || p.UserID() != "AROA1:s1" ||
		p.Identity.RoleARN != "arn:aws:iam::111122223333:role/sync" || len(session.Policies) != 2 || session.Tags["Team"] != "sellers" {
		t.Errorf("got %+v %+v", got, session)
	}
	other, err := w.Grant(grant("other"))
	if err != nil {
		t.Fatal(err)
	}
	for name, given := range map[string][2]string{
		"no token":                {c.AccessKeyID, ""},
		"the token of another":    {c.AccessKeyID, other.SessionToken},
		"a longer token":          {c.AccessKeyID, c.SessionToken + "A"},
		"a shorter token":         {c.AccessKeyID, c.SessionToken[:len(c.SessionToken)-4]},
		"a token with a new line": {c.AccessKeyID, c.SessionToken[:8] + "\n" + c.SessionToken[8:]},
		"a changed token":         {c.AccessKeyID, "A" + c.SessionToken[1:]},
	} {
		if given[1] == c.SessionToken {
			continue // its first character is that already
		}
		_, err := w.Lookup(t.Context(), given[0], given[1])
		if e, _ := errors.AsType[*api.Error](err); e == nil || e.Type != unrecognized {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Development mode makes sessions of root users, which strict mode must not take.
	_, err = w.another(t, true).Lookup(t.Context(), c.AccessKeyID, c.SessionToken)
	wantType(t, err, unrecognized)
	w.now = w.now.Add(time.Hour)
	_, err = w.Lookup(t.Context(), c.AccessKeyID, c.SessionToken)
	wantType(t, err, "ExpiredTokenException")
}

func TestLargeSessionTokensAreRefused(t *testing.T) {
	w := newWorld(t, false)
	g := grant("sync")
	for i := range 50 {
		g.Tags[strings.Repeat("k", 100)+string(rune('A'+i))] = strings.Repeat("v", 256)
	}
	_, err := w.Grant(g)
	wantType(t, err, "PackedPolicyTooLargeException")
}

func TestEffective(t *testing.T) {
	w := newWorld(t, false)
	ctx := t.Context()
	alice, sellers := user("alice"), store.PrincipalKey{Account: account, Kind: auth.KindGroup, Name: "sellers"}
	count := func(s *identity.Service, key store.PrincipalKey) (id string, policies int, boundary bool) {
		e, err := s.Effective(ctx, key)
		if err != nil {
			t.Fatal(err)
		}
		return e.ID, len(e.Policies.Identity), e.Policies.Boundary != nil
	}
	if id, n, boundary := count(w.Service, alice); id != "" || n != 0 || boundary {
		t.Errorf("before: %s %d %t", id, n, boundary)
	}
	first, err := w.Put(ctx, alice, identity.Settings{Boundary: &identity.Source{Managed: "AWSPartnerCentralSandboxFullAccess"}})
	if err != nil {
		t.Fatal(err)
	}
	_, groupErr := w.Put(ctx, sellers, identity.Settings{})
	if err := errors.Join(
		groupErr, w.PutMember(ctx, account, "sellers", "alice"), w.PutPolicy(ctx, sellers, "p", identity.Source{Document: json.RawMessage(allow)}),
		w.PutPolicy(ctx, alice, "q", identity.Source{Managed: "AWSPartnerCentralFullAccess"}),
	); err != nil {
		t.Fatal(err)
	}
	if id, n, boundary := count(w.Service, alice); id != first.ID || n != 2 || !boundary {
		t.Errorf("with a group: %s %d %t", id, n, boundary)
	}
	other := w.another(t, false)
	count(other, alice)
	if err := errors.Join(w.DeleteMember(ctx, account, "sellers", "alice"), w.DeletePolicy(ctx, alice, "q")); err != nil {
		t.Fatal(err)
	}
	if _, n, _ := count(w.Service, alice); n != 0 {
		t.Errorf("after: %d policies", n)
	}
	if _, n, _ := count(other, alice); n != 2 {
		t.Errorf("elsewhere, at once: %d policies", n)
	}
	w.now = w.now.Add(5 * time.Second)
	if _, n, _ := count(other, alice); n != 0 {
		t.Errorf("elsewhere, later: %d policies", n)
	}
	before := w.store.views.Load()
	for range 100 {
		count(other, alice)
	}
	if reads := w.store.views.Load() - before; reads != 0 {
		t.Errorf("%d reads of what is known", reads)
	}
}

// A user keeps its unique id when it is put again; a new one of its name has another.
func TestUniqueIDs(t *testing.T) {
	w := newWorld(t, false)
	put := func() string {
		p, err := w.Put(t.Context(), user("alice"), identity.Settings{})
		if err != nil {
			t.Fatal(err)
		}
		return p.ID
	}
	first := put()
	if again := put(); again != first {
		t.Errorf("%s became %s", first, again)
	}
	if err := w.Delete(t.Context(), user("alice")); err != nil {
		t.Fatal(err)
	}
	if second := put(); second == first {
		t.Errorf("%s twice", second)
	}
}

func TestPoliciesAreBounded(t *testing.T) {
	w := newWorld(t, false)
	w.key(t, "alice")
	for i := range 21 {
		err := w.PutPolicy(t.Context(), user("alice"), "p"+string(rune('a'+i)), identity.Source{Document: json.RawMessage(allow)})
		want := ""
		if i == 20 {
			want = api.TypeServiceQuotaExceeded
		}
		wantType(t, err, want)
	}
	wantType(t, w.PutPolicy(t.Context(), user("alice"), "pa", identity.Source{Document: json.RawMessage(allow)}), "")
	wantType(t, w.PutPolicy(t.Context(), user("alice"), "pa", identity.Source{Document: json.RawMessage(trust)}), api.TypeValidation)
	wantType(t, w.PutPolicy(t.Context(), user("nobody"), "pa", identity.Source{Document: json.RawMessage(allow)}), api.TypeResourceNotFound)
}

// The last use of a key is recorded in the background, and when the server stops.
func TestLastUse(t *testing.T) {
	w := newWorld(t, false)
	key := w.key(t, "alice")
	lastUse := func() time.Time {
		keys, err := w.Keys(t.Context(), account, "alice")
		if err != nil {
			t.Fatal(err)
		}
		return keys[0].LastUsedAt
	}
	use := func() {
		if _, err := w.Lookup(t.Context(), key.ID, ""); err != nil {
			t.Fatal(err)
		}
		w.Used(key.ID)
		stopped, stop := context.WithCancel(t.Context())
		stop()
		w.Run(stopped) // records what is left
	}
	w.Used("AKIAAAAAAAAAAAAAAAAA") // which nobody has
	if got := lastUse(); !got.IsZero() {
		t.Errorf("before: %s", got)
	}
	first := w.now
	use()
	if got := lastUse(); !got.Equal(first) {
		t.Errorf("recorded %s, want %s", got, first)
	}
	w.now = w.now.Add(time.Minute) // too soon to be written again
	use()
	if got := lastUse(); !got.Equal(first) {
		t.Errorf("recorded %s, want %s", got, first)
	}
	w.now = w.now.Add(time.Hour)
	use()
	if got := lastUse(); !got.Equal(w.now) {
		t.Errorf("recorded %s, want %s", got, w.now)
	}
}

func TestRunStops(t *testing.T) {
	w := newWorld(t, false)
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), time.Hour)
		defer stop()
		w.Run(ctx)
	})
}
