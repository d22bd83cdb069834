// Package reports serves the reports of bulk jobs for download, under presigned URLs
// that every server on a store signs and checks alike.
package reports

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"cosell/internal/access"
	"cosell/internal/api"
	"cosell/internal/audit"
	"cosell/internal/auth"
	"cosell/internal/bulk"
	"cosell/internal/clock"
)

// Prefix is where the paths of reports begin.
const Prefix = "/reports/"

// Links signs and checks the URLs of reports, with a key that every server on a
// store has. They are good for a time of the business clock, as everything that the
// API gives a time for.
type Links struct {
	key      auth.Key
	verifier *auth.ObjectVerifier
}

// linkKeyID is what the URLs call the key.
const linkKeyID = "COSELLREPORTS"

// NewLinks returns Links with a secret of the installation.
func NewLinks(secret []byte, c clock.Clock) *Links {
	key := auth.Key{Principal: auth.Principal{AccessKeyID: linkKeyID}, Secret: hex.EncodeToString(secret)}
	return &Links{key: key, verifier: auth.NewObjectVerifier(onlyKey{key}, c.Now)}
}

type onlyKey struct{ key auth.Key }

// Lookup implements [auth.Keys].
func (k onlyKey) Lookup(_ context.Context, id, _ string) (auth.Key, error) {
	if id != linkKeyID {
		return auth.Key{}, auth.Unrecognized()
	}
	return k.key, nil
}

// Sign returns the URL of a report on a server, good from now on for a time.
func (l *Links) Sign(server string, key *bulk.ReportKey, now time.Time, life time.Duration) string {
	u, err := url.Parse(server)
	if err != nil {
		u = &url.URL{Scheme: "http", Host: server}
	}
	u.Path = Prefix + key.Job + "/" + key.Kind + ".csv"
	query := url.Values{"account": {key.Account}, "catalog": {key.Catalog}, "family": {key.Family}}
	u.RawQuery = auth.Presign(l.key, u.Host, u.Path, query, now, life)
	return u.String()
}

// open returns the report that a URL is for.
func (l *Links) open(r *http.Request) (*bulk.ReportKey, error) {
	if _, err := l.verifier.Verify(r); err != nil {
		return nil, err
	}
	job, file, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Prefix), "/")
	kind, _ := strings.CutSuffix(file, ".csv")
	query := r.URL.Query()
	return &bulk.ReportKey{
		Account: query.Get("account"), Catalog: query.Get("catalog"), Family: query.Get("family"), Job: job, Kind: kind,
	}, nil
}

// Writer writes reports; *bulk.Service does it.
type Writer interface {
	WriteReport(ctx context.Context, key *bulk.ReportKey, out io.Writer) error
}

// Handler answers the URLs of reports.
type Handler struct {
	Links  *Links
	Writer Writer
	// Audit keeps who read which report; nil keeps nothing.
	Audit *audit.Recorder
	Log   *slog.Logger
	// Clock is business time, which an answer to an expired URL tells.
	Clock clock.Clock
}

// patience is how long a client may take nothing.
const patience = time.Minute

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if r.Method != http.MethodGet {
		h.refuse(w, r, http.StatusForbidden, auth.CodeAccessDenied, "Access Denied")
		return
	}
	key, err := h.Links.open(r)
	if e, ok := errors.AsType[*api.Error](err); ok {
		h.refuse(w, r, http.StatusForbidden, e.Type, e.Message)
		return
	}
	entry := h.begin(w, r, key)
	defer h.Audit.End(r.Context(), entry)
	out := &download{ResponseWriter: w, exchange: http.NewResponseController(w), name: key.Job + "-" + key.Kind + ".csv"}
	switch err := h.Writer.WriteReport(r.Context(), key, out); {
	case err == nil:
	case out.begun:
		fail(entry, "RequestTimeout")
		h.Log.LogAttrs(r.Context(), slog.LevelWarn, "report cut off", slog.String("cause", err.Error()))
		panic(http.ErrAbortHandler) // the status has been sent: only the connection can tell
	default:
		if e, ok := errors.AsType[*api.Error](err); ok && e.Type == api.TypeResourceNotFound {
			fail(entry, "NoSuchKey")
			h.refuse(w, r, http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
			return
		}
		fail(entry, "InternalError")
		h.Log.LogAttrs(r.Context(), slog.LevelError, "report fault", slog.String("cause", err.Error()))
		h.refuse(w, r, http.StatusInternalServerError, "InternalError", "We encountered an internal error. Please try again.")
	}
}

// begin begins the entry of a download in the audit, nil where it is not kept. Its URL is
// what the account handed on: it does not say to whom.
func (h *Handler) begin(w http.ResponseWriter, r *http.Request, key *bulk.ReportKey) *audit.Entry {
	if !h.Audit.Wants(true) {
		return nil
	}
	e := h.Audit.Begin(audit.SourceS3, "GetObject", true)
	e.Caller.Account = key.Account
	access.Sent(e, r, w.Header().Get("X-Amzn-Requestid"))
	if encoded, err := json.Marshal(map[string]string{"catalog": key.Catalog, "key": strings.TrimPrefix(r.URL.Path, "/"), "Host": r.Host}); err == nil {
		e.Request = encoded
	}
	e.Additional = []byte(`{"AuthenticationMethod":"QueryString"}`)
	return e
}

func fail(e *audit.Entry, code string) {
	if e != nil {
		e.ErrorCode = code
	}
}

// failure is the body of an error, as S3 has it.
type failure struct {
	XMLName    xml.Name `xml:"Error"`
	Code       string
	Message    string
	Expires    string `xml:"X-Amz-Expires,omitempty"`
	ServerTime string
}

func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, status int, code, message string) {
	f := failure{
		Code: code, Message: strings.ToValidUTF8(message, "\uFFFD"),
		ServerTime: h.Clock.Now().UTC().Format(time.RFC3339), Expires: r.URL.Query().Get("X-Amz-Expires"),
	}
	f.Expires = strings.ToValidUTF8(f.Expires, "\uFFFD")
	encoded, err := xml.Marshal(f)
	if err != nil {
		panic(err) // of texts alone
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = w.Write(append([]byte(xml.Header), encoded...)) // a client that went away is told nothing
}

// download is the answer with a report, which begins with its first bytes.
type download struct {
	http.ResponseWriter

	exchange *http.ResponseController
	name     string
	begun    bool
}

// Write implements [io.Writer].
func (d *download) Write(p []byte) (int, error) {
	if !d.begun {
		d.begun = true
		d.Header().Set("Content-Type", "text/csv; charset=utf-8")
		d.Header().Set("Content-Disposition", `attachment; filename="`+d.name+`"`)
		d.Header().Set("X-Content-Type-Options", "nosniff")
	}
	_ = d.exchange.SetWriteDeadline(time.Now().Add(patience)) // writers of tests have none
	return d.ResponseWriter.Write(p)
}
