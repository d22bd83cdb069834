package access_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"cosell/internal/access"
	"cosell/internal/secrets/secretstest"
	"cosell/internal/store"
	"cosell/internal/store/enginetest"
)

var begin = time.Date(2026, 3, 9, 1, 50, 25, 0, time.UTC)

const first = "first-token-of-the-administrator-0123456789"

// house is an installation with a clock that tests move.
type house struct {
	*access.Service

	store store.Store
	now   time.Time
}

func newHouse(t *testing.T) *house {
	t.Helper()
	s := enginetest.Open(t)
	keeper := secretstest.New(t)
	h := &house{store: s, now: begin}
	var err error
	h.Service, err = access.New(t.Context(), access.Config{
		Store: s, Secrets: keeper, Now: func() time.Time { return h.now }, Random: rand.Reader, FirstToken: first,
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) create(t *testing.T, token access.Token) string {
	t.Helper()
	made, err := h.Create(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func request(t *testing.T, remote string, header ...string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/operator/v1/clock", nil)
	r.RemoteAddr = remote
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return r
}

// status returns the status with which a request is refused, 0 if it is not.
func (h *house) status(t *testing.T, r *http.Request) int {
	t.Helper()
	_, err := h.Identify(r)
	if err == nil {
		return 0
	}
	refused, ok := errors.AsType[*access.RefusedError](err)
	if !ok {
		t.Fatal(err)
	}
	return refused.Status
}

func (h *house) identify(t *testing.T, cookie string) *access.Identity {
	t.Helper()
	i, err := h.Identify(request(t, "192.0.2.1:1", "Cookie", cookie))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// holds reports whether what lasts of an identity may go on.
func (h *house) holds(t *testing.T, i *access.Identity) bool {
	t.Helper()
	held, err := h.Holds(t.Context(), i)
	if err != nil {
		t.Fatal(err)
	}
	return held
}

func TestTokenLivesUntilItEndsOrIsRevoked(t *testing.T) {
	h := newHouse(t)
	token := h.create(t, access.Token{Name: "ci", Role: access.Reviewer, Accounts: []string{"222222222222", "111111111111"}, Expires: begin.Add(time.Hour)})
	i, err := h.Authenticate(t.Context(), token)
	if err != nil || i.Name != "ci" || i.Role != access.Reviewer || !i.Covers("111111111111") || i.Covers("333333333333") || i.Covers("*") || i.Covers("") {
		t.Fatalf("%+v, %v", i, err)
	}
	all, err := h.List(t.Context())
	if err != nil || len(all) != 1 || !all[0].Used.Equal(begin) || !all[0].Created.Equal(begin) {
		t.Errorf("%+v, %v", all, err)
	}
	if !h.holds(t, i) {
		t.Error("it does not hold")
	}
	h.now = begin.Add(time.Hour)
	if _, err := h.Authenticate(t.Context(), token); !errors.Is(err, access.ErrUnknown) || h.holds(t, i) {
		t.Errorf("after its end: %v", err)
	}
	other := h.create(t, access.Token{Name: "other", Role: access.Auditor})
	if err := h.Revoke(t.Context(), "other"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Authenticate(t.Context(), other); !errors.Is(err, access.ErrUnknown) {
		t.Errorf("after its revocation: %v", err)
	}
	if i, err := h.Authenticate(t.Context(), first); err != nil || i.Role != access.Administrator || i.Scoped() {
		t.Errorf("the first administrator: %+v, %v", i, err)
	}
}

// A reader of the store must not be able to act as an operator.
func TestAttackStoreReaderFindsNoToken(t *testing.T) {
	h := newHouse(t)
	token := h.create(t, access.Token{Name: "ci", Role: access.Administrator})
	err := h.store.View(t.Context(), func(tx *store.Tx) error {
		for _, table := range store.Tables() {
			err := tx.Walk(table, func(row []any) error {
				if text := fmt.Sprint(row...); strings.Contains(text, token) || strings.Contains(text, strings.TrimPrefix(token, "cosell_")) || strings.Contains(text, first) {
					t.Errorf("%s holds a token", table.Name)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTokensThatAreNotMade(t *testing.T) {
	h := newHouse(t)
	h.create(t, access.Token{Name: "taken", Role: access.Auditor})
	for name, c := range map[string]struct {
		token access.Token
		want  error
	}{
		"no name":         {access.Token{Role: access.Auditor}, access.ErrInvalid},
		"a line break":    {access.Token{Name: "a\nb", Role: access.Auditor}, access.ErrInvalid},
		"reserved":        {access.Token{Name: "first-administrator", Role: access.Auditor}, access.ErrInvalid},
		"a name twice":    {access.Token{Name: "taken", Role: access.Auditor}, store.ErrExists},
		"no role":         {access.Token{Name: "a"}, access.ErrInvalid},
		"a role in caps":  {access.Token{Name: "a", Role: "Administrator"}, access.ErrInvalid},
		"a wrong account": {access.Token{Name: "a", Role: access.Auditor, Accounts: []string{"*"}}, access.ErrInvalid},
		"an end long ago": {access.Token{Name: "a", Role: access.Auditor, Expires: begin}, access.ErrInvalid},
	} {
		if _, err := h.Create(t.Context(), c.token); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFirstTokenMustBeHardToGuess(t *testing.T) {
	for token, fits := range map[string]bool{
		first: true, "secret": false, strings.Repeat("a", 31): false, strings.Repeat("a", 513): false, strings.Repeat("a", 40) + " ": false,
		strings.Repeat("a", 40) + "\n": false, strings.Repeat("é", 40): false,
	} {
		if err := access.CheckToken(token); (err == nil) != fits {
			t.Errorf("%q: %v", token, err)
		}
	}
}

func TestCredentialsThatAreRefused(t *testing.T) {
	h := newHouse(t)
	token := h.create(t, access.Token{Name: "ci", Role: access.Auditor})
	for name, c := range map[string]struct {
		header []string
		want   int
	}{
		"the token":             {[]string{"Authorization", "Bearer " + token}, 0},
		"the scheme in lower":   {[]string{"Authorization", "bearer " + token}, 0},
		"another scheme":        {[]string{"Authorization", "Basic " + token}, 401},
		"no scheme":             {[]string{"Authorization", token}, 401},
		"empty":                 {[]string{"Authorization", ""}, 401},
		"empty bearer":          {[]string{"Authorization", "Bearer "}, 401},
		"two headers":           {[]string{"Authorization", "Bearer " + token, "Authorization", "Bearer " + token}, 401},
		"cut off":               {[]string{"Authorization", "Bearer " + token[:len(token)-1]}, 401},
		"too long":              {[]string{"Authorization", "Bearer " + strings.Repeat("a", 600)}, 401},
		"a cookie of no one":    {[]string{"Cookie", "cosell-session=" + base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte("a"), 80))}, 401},
		"a cookie that is none": {[]string{"Cookie", "cosell-session=%"}, 401},
		"the token as a cookie": {[]string{"Cookie", "cosell-session=" + token}, 401},
	} {
		if got := h.status(t, request(t, "192.0.2.9:1", c.header...)); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestAttackTokenGuessing(t *testing.T) {
	h := newHouse(t)
	token := h.create(t, access.Token{Name: "ci", Role: access.Auditor})
	guess := func(remote, token string) int {
		return h.status(t, request(t, remote, "Authorization", "Bearer "+token))
	}
	for i := range 10 {
		if got := guess("192.0.2.1:1", fmt.Sprint("wrong", i)); got != 401 {
			t.Fatalf("guess %d: %d", i, got)
		}
	}
	if got := guess("192.0.2.1:2", token); got != 429 { // not even the right one, or a guess would tell
		t.Errorf("after ten guesses: %d", got)
	}
	if got := guess("192.0.2.2:1", token); got != 0 {
		t.Errorf("another address: %d", got)
	}
	h.now = h.now.Add(6 * time.Second)
	if got := guess("192.0.2.1:1", token); got != 0 {
		t.Errorf("after a while: %d", got)
	}
	if guess("192.0.2.1:1", "wrong") != 401 || guess("192.0.2.1:1", "wrong") != 429 {
		t.Error("more than one guess in six seconds")
	}
	// All of a customer's IPv6 network counts as one.
	for i := range 11 {
		want := 401
		if i == 10 {
			want = 429
		}
		if got := guess(fmt.Sprintf("[2001:db8::%x]:1", i+1), "wrong"); got != want {
			t.Errorf("IPv6 guess %d: %d", i, got)
		}
	}
}

// TestAttackTokenGuessesAtOnce sees that tokens which are sent at once are counted before
// they are checked, and that right ones that are sent at once are not refused.
func TestAttackTokenGuessesAtOnce(t *testing.T) {
	h := newHouse(t)
	token := h.create(t, access.Token{Name: "ci", Role: access.Auditor})
	atOnce := func(token func(i int) string) map[int]int {
		var mu sync.Mutex
		answers := map[int]int{}
		var all sync.WaitGroup
		for i := range 60 {
			all.Go(func() {
				got := h.status(t, request(t, "192.0.2.1:1", "Authorization", "Bearer "+token(i)))
				mu.Lock()
				defer mu.Unlock()
				answers[got]++
			})
		}
		all.Wait()
		return answers
	}
	if got := atOnce(func(int) string { return token }); got[0] != 60 {
		t.Errorf("right ones: %v", got)
	}
	if got := atOnce(func(i int) string { return fmt.Sprint("wrong", i) }); got[401] != 10 || got[429] != 50 {
		t.Errorf("guesses: %v", got)
	}
	h.now = h.now.Add(6 * time.Second) // one more
	if got := atOnce(func(int) string { return token }); got[0] != 60 {
		t.Errorf("right ones, where one wrong one may be sent: %v", got)
	}
}

// session returns a request with the session of a token.
func (h *house) session(t *testing.T, token string) *http.Cookie {
	t.Helper()
	i, err := h.SignIn(request(t, "192.0.2.1:1"), token)
	if err != nil {
		t.Fatal(err)
	}
	c, err := h.StartSession(i, false)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAttackSessionTheftAndForgery(t *testing.T) {
	h := newHouse(t)
	token := h.create(t, access.Token{Name: "ci", Role: access.Auditor})
	cookie := h.session(t, token)
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || strings.Contains(cookie.Value, token) {
		t.Errorf("%+v", cookie)
	}
	if secure, err := h.StartSession(&access.Identity{}, true); err != nil || !secure.Secure || !strings.HasPrefix(secure.Name, "__Host-") {
		t.Errorf("%+v, %v", secure, err)
	}
	with := func(value string) *http.Request {
		return request(t, "192.0.2.1:1", "Cookie", cookie.Name+"="+value)
	}
	if got := h.status(t, with(cookie.Value)); got != 0 {
		t.Fatalf("the session: %d", got)
	}
	for i := range cookie.Value {
		other := byte('A')
		if cookie.Value[i] == other {
			other = 'B'
		}
		forged := cookie.Value[:i] + string(other) + cookie.Value[i+1:]
		// The last character may have bits that mean nothing.
		if got := h.status(t, with(forged)); got != 401 && i < len(cookie.Value)-1 {
			t.Errorf("with another character at %d: %d", i, got)
		}
	}
	if got := newHouse(t).status(t, with(cookie.Value)); got != 401 {
		t.Errorf("at another installation: %d", got)
	}
	secure := with(cookie.Value)
	secure = secure.WithContext(access.WithSecure(secure.Context()))
	if i, err := h.Identify(secure); i != nil || err != nil {
		t.Errorf("over HTTPS a cookie counts that another host may have set: %+v, %v", i, err)
	}
	h.now = begin.Add(access.SessionLife)
	if got := h.status(t, with(cookie.Value)); got != 401 {
		t.Errorf("after its end: %d", got)
	}
	fresh := h.session(t, token)
	if err := h.Revoke(t.Context(), "ci"); err != nil {
		t.Fatal(err)
	}
	if got := h.status(t, with(fresh.Value)); got != 401 {
		t.Errorf("after the token was revoked: %d", got)
	}
}
