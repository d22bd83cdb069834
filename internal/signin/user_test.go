package signin_test

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"cosell/internal/auth"
	"cosell/internal/identity"
	"cosell/internal/secrets/secretstest"
	"cosell/internal/store"
)

const (
	partner  = "111111111111"
	alice    = "arn:aws:iam::" + partner + ":user/alice"
	password = "correct horse battery"
)

// withAlice returns a desk where the user alice of an account has a password.
func withAlice(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	users, err := identity.New(t.Context(), identity.Config{
		Store: d.access.Store, Secrets: secretstest.New(t), Random: rand.Reader, Now: time.Now, Log: slog.New(slog.DiscardHandler),
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
	d.access.Users = users
	return d
}

// send sends the form of users.
func (d *desk) send(t *testing.T, account, user, password string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	return d.ask(t.Context(), "POST", "/console/sign-in", url.Values{"account": {account}, "user": {user}, "password": {password}}.Encode(),
		append([]string{"Sec-Fetch-Site", "same-origin"}, header...)...)
}

func (d *desk) asAlice(t *testing.T) string {
	t.Helper()
	w := d.send(t, " "+partner, "alice ", password)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/console/" {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	cookie := w.Result().Cookies()[0]
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode {
		t.Errorf("%+v", cookie)
	}
	return cookie.Name + "=" + cookie.Value
}

// TestAUserActsAsItself sees that what the console asks for is sent on as the user, and as
// nobody else.
func TestAUserActsAsItself(t *testing.T) {
	d := withAlice(t)
	session := d.asAlice(t)
	for _, target := range []string{"Selling.Get", "Selling.Create"} {
		w := d.ask(t.Context(), "POST", "/console/call/"+partner, "", "Cookie", session, "Sec-Fetch-Site", "same-origin", "X-Amz-Target", target)
		if got := w.Body.String(); got != "/ "+partner+" "+alice+" by itself" {
			t.Errorf("got %d %s", w.Code, got)
		}
	}
	w := d.ask(t.Context(), "PUT", "/console/upload/"+partner+"/a.csv", "x", "Cookie", session, "Sec-Fetch-Site", "same-origin")
	if got := w.Body.String(); got != "/bucket/"+partner+"/a.csv "+partner || d.uploader != alice {
		t.Errorf("got %d %s by %s", w.Code, got, d.uploader)
	}
	if log := d.log.String(); !strings.Contains(log, "who="+alice) || strings.Contains(log, password) || strings.Contains(log, session) {
		t.Errorf("log: %s", log)
	}
}

func TestAWrongPasswordIsToldAndNotShown(t *testing.T) {
	d := withAlice(t)
	w := d.send(t, partner, "<script>alice", password)
	if page := w.Body.String(); w.Code != http.StatusUnauthorized || !strings.Contains(page, "The account, the user name or the password is wrong.") ||
		!strings.Contains(page, `value="`+partner+`"`) || strings.Contains(page, "<script>") || strings.Contains(page, password) || len(w.Result().Cookies()) != 0 {
		t.Errorf("got %d %s", w.Code, page)
	}
	if log := d.log.String(); strings.Contains(log, password) || strings.Contains(log, "script") {
		t.Errorf("log: %s", log)
	}
	// A token in the place of a password, and the other way, let nobody in.
	for _, form := range []url.Values{
		{"account": {partner}, "user": {"alice"}, "password": {first}},
		{"token": {password}},
		{"token": {first}, "password": {""}},
		{"account": {partner, "222222222222"}, "user": {"bob", "alice"}, "password": {password}},
	} {
		w := d.ask(t.Context(), "POST", "/console/sign-in", form.Encode(), "Sec-Fetch-Site", "same-origin")
		if w.Code != http.StatusUnauthorized || len(w.Result().Cookies()) != 0 {
			t.Errorf("%v: %d", form, w.Code)
		}
	}
}

// TestAttackUserReachesAnotherAccount sees that a user acts for its account alone.
func TestAttackUserReachesAnotherAccount(t *testing.T) {
	d := withAlice(t)
	session := d.asAlice(t)
	for account, want := range map[string]int{
		"222222222222": 403, "aws": 403, "*": 404, partner + "%2F..%2F222222222222": 404, partner + "%00": 404, partner: 200,
	} {
		for path, method := range map[string]string{"/console/call/" + account: "POST", "/console/upload/" + account + "/a": "PUT"} {
			if w := d.ask(t.Context(), method, path, "", "Cookie", session, "Sec-Fetch-Site", "same-origin", "X-Amz-Target", "Selling.Get"); w.Code != want {
				t.Errorf("%s %s: got %d %s", method, path, w.Code, w.Body)
			}
		}
	}
}

// TestAttackCrossSiteRequestOfUser sees that pages of other sites neither sign a user in
// nor use its session.
func TestAttackCrossSiteRequestOfUser(t *testing.T) {
	d := withAlice(t)
	session := d.asAlice(t)
	for _, foreign := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://attacker.example", "Sec-Fetch-Site", ""}} {
		if w := d.send(t, partner, "alice", password, foreign...); w.Code != 403 || len(w.Result().Cookies()) != 0 {
			t.Errorf("sign-in with %v: %d", foreign, w.Code)
		}
		for path, method := range map[string]string{"/console/sign-out": "POST", "/console/call/" + partner: "POST", "/console/upload/" + partner + "/a": "PUT"} {
			w := d.ask(t.Context(), method, path, "", append([]string{"Cookie", session, "X-Amz-Target", "Selling.Get"}, foreign...)...)
			if w.Code != 403 {
				t.Errorf("%s %s with %v: got %d %s", method, path, foreign, w.Code, w.Body)
			}
		}
	}
}
