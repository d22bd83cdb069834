// Package signin lets operators and users of accounts sign in to the console of a server
// with strict auth: a form takes the token of the one or the password of the other and
// starts a session. What the console then asks for in the name of an account is passed
// on: for an operator who may do so as the account, for a user as that user.
package signin

import (
	"embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"

	"cosell/internal/access"
	"cosell/internal/audit"
	"cosell/internal/auth"
)

// The paths, below that of the console.
const (
	prefix     = "/console/"
	signInPath = prefix + "sign-in"
)

// maxForm bounds the form that an operator sends.
const maxForm = 4 << 10

// policy lets the page of the form load nothing and send the form to this server.
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

//go:embed signin.html
var source embed.FS

var page = template.Must(template.ParseFS(source, "signin.html"))

// Config configures a Handler. All fields but Audit are required.
type Config struct {
	Access *access.Service
	// Identify returns the operator who sent a request, or why it is refused.
	Identify func(r *http.Request) (*access.Identity, error)
	// Refuse answers with why a request is refused.
	Refuse func(w http.ResponseWriter, r *http.Request, err error)
	// Console serves the console's files.
	Console http.Handler
	// Calls answers operations, Uploads uploads of files to Bucket.
	Calls, Uploads http.Handler
	Bucket         string
	// Reads reports whether the operation that a target names only reads.
	Reads func(target string) bool
	// Audit keeps who signed in and out; nil keeps nothing.
	Audit     *audit.Recorder
	RequestID func() string
	Log       *slog.Logger
}

type handler struct{ Config }

// crossOrigin refuses requests that change something and that another site's page sent.
var crossOrigin = http.NewCrossOriginProtection()

// New returns the handler of everything under the console's path.
func New(c Config) http.Handler {
	h := handler{c}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+signInPath, func(w http.ResponseWriter, r *http.Request) {
		show(w, http.StatusOK, form{Next: destination(r.URL.Query().Get("next"))})
	})
	mux.Handle("POST "+signInPath, crossOrigin.Handler(http.HandlerFunc(h.signIn)))
	mux.Handle("POST "+prefix+"sign-out", crossOrigin.Handler(http.HandlerFunc(h.signOut)))
	mux.HandleFunc("POST "+prefix+"call/{account}", h.call)
	mux.HandleFunc("PUT "+prefix+"upload/{account}/{name}", h.upload)
	mux.HandleFunc("GET "+prefix, h.files)
	return mux
}

// files serves the console to operators, and sends others to the form.
func (h handler) files(w http.ResponseWriter, r *http.Request) {
	_, err := h.Identify(r)
	if err == nil {
		h.Console.ServeHTTP(w, r)
		return
	}
	refused, ok := errors.AsType[*access.RefusedError](err)
	if ok && refused.Status == http.StatusUnauthorized && path.Ext(r.URL.Path) == "" {
		w.Header().Set("Cache-Control", "no-store")
		to := signInPath
		if next := destination(r.URL.RequestURI()); next != prefix {
			to += "?" + url.Values{"next": {next}}.Encode()
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	h.Refuse(w, r, err)
}

// destination returns the page of the console that an operator asked for, or its first
// page where the address is another one.
func destination(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(u.Path, prefix) || path.Clean(u.Path)+"/" != strings.TrimSuffix(u.Path, "/")+"/" ||
		strings.HasPrefix(u.Path, signInPath) || len(address) > maxForm/2 {
		return prefix
	}
	return (&url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery}).String()
}

// form is what the page with the form shows.
type form struct {
	Wrong string // what was wrong with the last one
	Next  string // the page that it leads to
	// Account and User are what was typed, so that only the password is typed again.
	Account, User string
}

func (h handler) signIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		show(w, http.StatusBadRequest, form{Wrong: "The form could not be read.", Next: prefix})
		return
	}
	f := form{Next: destination(r.PostForm.Get("next"))}
	i, err := h.identify(r, &f)
	if refused, ok := errors.AsType[*access.RefusedError](err); ok {
		h.Log.LogAttrs(r.Context(), slog.LevelWarn, "sign-in refused", slog.Int("status", refused.Status), slog.String("remote", r.RemoteAddr))
		if refused.Status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", strconv.Itoa(int(refused.Wait.Seconds())))
			f.Wrong = "There were too many wrong attempts. Wait a moment."
		} else {
			h.keepFailure(r, refused.Whose)
		}
		show(w, refused.Status, f)
		return
	}
	if err == nil && !h.keep(r, "ConsoleLogin", i) {
		err = errNotKept
	}
	if err == nil {
		var cookie *http.Cookie
		if cookie, err = h.Access.StartSession(i, access.IsSecure(r)); err == nil {
			http.SetCookie(w, cookie)
		}
	}
	if err != nil {
		h.Refuse(w, r, err)
		return
	}
	h.Log.LogAttrs(r.Context(), slog.LevelInfo, "signed in to the console", slog.String("who", i.Name), slog.String("remote", r.RemoteAddr))
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, f.Next, http.StatusSeeOther)
}

// identify returns who sent the form: the operator whose token it has, or the user of an
// account with a password.
func (h handler) identify(r *http.Request, f *form) (*access.Identity, error) {
	field := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	if !r.PostForm.Has("password") {
		f.Wrong = "This token is unknown, expired or revoked."
		return h.Access.SignIn(r, field("token"))
	}
	f.Wrong = "The account, the user name or the password is wrong."
	f.Account, f.User = field("account"), field("user")
	return h.Access.SignInUser(r, f.Account, f.User, r.PostForm.Get("password"))
}

func (h handler) signOut(w http.ResponseWriter, r *http.Request) {
	if i, err := h.Identify(r); err == nil {
		h.keep(r, "ConsoleLogout", i)
		h.Log.LogAttrs(r.Context(), slog.LevelInfo, "signed out of the console", slog.String("who", i.Name), slog.String("remote", r.RemoteAddr))
	}
	http.SetCookie(w, access.EndSession(access.IsSecure(r)))
	if err := h.Access.SignOut(r); err != nil {
		h.Refuse(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	http.Redirect(w, r, signInPath, http.StatusSeeOther)
}

// call passes an operation on in the name of an account.
func (h handler) call(w http.ResponseWriter, r *http.Request) {
	account := r.PathValue("account")
	i, err := h.permit(r, account, h.Reads(r.Header.Get("X-Amz-Target")))
	if err != nil {
		h.Refuse(w, r, err)
		return
	}
	h.Calls.ServeHTTP(w, forward(r, i, account, "/"))
}

// upload passes the upload of a file on in the name of an account.
func (h handler) upload(w http.ResponseWriter, r *http.Request) {
	account := r.PathValue("account")
	i, err := h.permit(r, account, false)
	if err != nil {
		h.Refuse(w, r, err)
		return
	}
	h.Uploads.ServeHTTP(w, forward(r, i, account, "/"+h.Bucket+"/"+account+"/"+r.PathValue("name")))
}

var accountPattern = regexp.MustCompile(`^([0-9]{12}|aws)$`)

// permit returns who sent a request, or why that operator may not act for an account:
// only administrators change something in its name, and users what their policies allow.
func (h handler) permit(r *http.Request, account string, reads bool) (*access.Identity, error) {
	i, err := h.Identify(r)
	switch {
	case err != nil:
		return nil, err
	case !accountPattern.MatchString(account):
		return nil, &access.RefusedError{Status: http.StatusNotFound, Detail: "account: must be an account of twelve digits, or aws"}
	case !i.Covers(account):
		return nil, &access.RefusedError{
			Status: http.StatusForbidden, Detail: "account: is none of the operator's; must be one that the operator's token names",
		}
	case i.Role == access.User:
		return i, nil // the policies of the user decide
	case !reads && i.Role != access.Administrator:
		return nil, &access.RefusedError{
			Status: http.StatusForbidden, Detail: "operator: has the role " + string(i.Role) + ", which may only read in the name of an account",
		}
	}
	return i, nil
}

// forward returns a request as the server sends it to itself. What the browser said of
// itself beside the request stays behind.
func forward(r *http.Request, i *access.Identity, account, to string) *http.Request {
	ctx := r.Context()
	if i.Principal != nil {
		ctx = auth.ForwardAs(ctx, *i.Principal)
	} else {
		ctx = auth.Forward(access.With(ctx, i), account)
	}
	inner := r.Clone(ctx)
	inner.URL.Path, inner.URL.RawPath, inner.URL.RawQuery = to, "", ""
	inner.RequestURI = to
	for _, name := range []string{"Authorization", "Cookie", "Origin", "X-Amz-Copy-Source"} {
		inner.Header.Del(name)
	}
	return inner
}

// show answers with the form.
func show(w http.ResponseWriter, status int, f form) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin") // the check of the origin needs it
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = page.Execute(w, f) // an error means that the client has disconnected
}
