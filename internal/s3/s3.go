// Package s3 answers the requests with which clients of Amazon S3 upload a file to
// the one bucket from which Partner Central takes the files of bulk jobs. The bucket
// is write-only: it takes PutObject and uploads in parts, by path-style addresses.
package s3

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cosell/internal/api"
	"cosell/internal/audit"
	"cosell/internal/auth"
	"cosell/internal/files"
	"cosell/internal/limit"
	"cosell/internal/store"
)

// Bucket is the bucket that Partner Central takes files from.
const Bucket = "aws-partner-central-marketplace-ephemeral-writeonly-files"

const (
	// maxUploads is how many bodies are read at a time; each holds a chunk in memory. One
	// account takes at most half of these places.
	maxUploads = 32
	// lingering is how long a connection stays open after a refusal, as in net/http.
	lingering = 500 * time.Millisecond
)

// pace is how slowly a client may send: who sends slowly keeps a place from others.
var pace = limit.Pace{Stall: time.Minute, Grace: time.Minute, Rate: 8 << 10}

// Files stores what is uploaded; *files.Service does it.
type Files interface {
	Put(ctx context.Context, key store.FileKey, content io.Reader) (*files.Version, error)
	Begin(ctx context.Context, key store.FileKey) (id string, err error)
	PutPart(ctx context.Context, key store.FileKey, upload string, number int, content io.Reader) (etag string, err error)
	Parts(ctx context.Context, key store.FileKey, upload string, parts []files.CompletedPart) (files.Content, error)
	Complete(ctx context.Context, key store.FileKey, upload string, parts []files.CompletedPart) (*files.Version, error)
	Abort(ctx context.Context, key store.FileKey, upload string) error
	Open(ctx context.Context, content files.Content, offset int64) *files.Reader
}

// Verifier finds out who sent a request. Its errors are *api.Error with codes of
// S3's.
type Verifier interface {
	Verify(r *http.Request) (*auth.Object, error)
}

// Config is what a Handler is built on. All of it but Authorize and Audit is required.
type Config struct {
	Files     Files
	Verifier  Verifier
	RequestID func() string
	Log       *slog.Logger
	// Authorize refuses an action such as s3:PutObject on the ARN of an object with the
	// error it returns; nil allows every action.
	Authorize func(ctx context.Context, r *http.Request, caller auth.Principal, action, resource string) error
	// Audit keeps what was uploaded; nil keeps nothing.
	Audit *audit.Recorder
	// Pages are the web pages that may upload, as development mode must ask; nil does not.
	Pages *auth.Pages
}

// Handler answers requests for the bucket. It is safe for concurrent use.
type Handler struct {
	Config
	uploads *limit.Shared
}

// New returns a Handler on its configuration.
func New(c Config) *Handler { return &Handler{Config: c, uploads: limit.NewShared(maxUploads)} }

// Serves reports whether a request is for the bucket or an object in it, or is one for
// S3 that names another bucket or none.
func Serves(r *http.Request) bool {
	if inBucket(r.URL.Path) {
		return true
	}
	if r.URL.Path == "/" && r.Method == http.MethodPost { // an operation, whatever it is signed for
		return false
	}
	const scope = "/s3/aws4_request"
	return strings.Contains(r.Header.Get("Authorization"), scope) || strings.HasSuffix(r.URL.Query().Get("X-Amz-Credential"), scope)
}

// inBucket reports whether a path is of the bucket or of an object in it.
func inBucket(path string) bool {
	rest, found := strings.CutPrefix(path, "/"+Bucket)
	return found && (rest == "" || rest[0] == '/')
}

// elsewhere is the answer to a request that is not for the bucket: there is no other
// one, and none can be made or listed.
func elsewhere(r *http.Request) error {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if bucket == "" || key == "" && r.Method == http.MethodPut && r.URL.RawQuery == "" {
		return denied()
	}
	return refuse(codeNoSuchBucket, "The specified bucket does not exist")
}

// request is a request to the bucket whose signature was verified.
type request struct {
	*http.Request

	object *auth.Object
	key    store.FileKey
	query  map[string][]string
}

func (r *request) parameter(name string) string {
	if values := r.query[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

func (r *request) has(name string) bool { return r.query[name] != nil }

// answer is what a request is answered with.
type answer struct {
	status int
	header map[string]string
	body   any // encoded as XML; nil is an empty body
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := h.RequestID()
	w.Header().Set("X-Amz-Request-Id", id)
	w.Header().Set("X-Amz-Id-2", id)
	var entry *audit.Entry
	a, err := h.answer(w, r, id, &entry)
	if err != nil {
		e := refusal(err)
		if entry != nil {
			entry.SetError(e)
		}
		if e.Type == codeInternalError {
			h.Log.LogAttrs(r.Context(), slog.LevelError, "upload fault", slog.String("request", id), slog.String("cause", err.Error()))
		}
		a = &answer{status: statuses[e.Type], body: errorDocument(e, r.URL.Path, id)}
	}
	h.Audit.End(r.Context(), entry)
	a.write(w, r.Method == http.MethodHead)
	if err != nil && r.Header.Get("Expect") != "" {
		linger(w, r)
	}
}

// linger reads on for a moment after a refusal. Some clients, the Go SDK among
// them, ask whether to continue and send the body without waiting: net/http would
// close the connection at once, and they would find it reset in place of the answer.
func linger(w http.ResponseWriter, r *http.Request) {
	c := http.NewResponseController(w)
	if errors.Join(c.Flush(), c.SetReadDeadline(time.Now().Add(lingering))) == nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
}

// answer answers a request, and begins its entry in the audit once its caller is known.
func (h *Handler) answer(w http.ResponseWriter, raw *http.Request, id string, entry **audit.Entry) (*answer, error) {
	if h.Pages != nil && !h.Pages.Allow(raw) {
		return nil, denied()
	}
	object, err := h.Verifier.Verify(raw)
	if err != nil {
		return nil, err
	}
	r := &request{Request: raw, object: object, query: raw.URL.Query()}
	*entry = h.begin(r, id)
	r.Request = raw.WithContext(audit.With(raw.Context(), *entry))
	if !inBucket(raw.URL.Path) {
		return nil, elsewhere(raw)
	}
	if r.key, err = keyOf(raw.URL.Path, object.Account); err != nil {
		return nil, err
	}
	if raw.Header.Get("X-Amz-Copy-Source") != "" {
		return nil, denied()
	}
	if err := h.authorize(r); err != nil { //nolint:contextcheck // the request has it
		return nil, err
	}
	for _, known := range []struct {
		method, parameter string
		do                func(*request) (*answer, error)
	}{
		{http.MethodPut, "uploadId", h.putPart},
		{http.MethodPost, "uploads", h.create},
		{http.MethodPost, "uploadId", h.complete},
		{http.MethodDelete, "uploadId", h.abort},
	} {
		if raw.Method == known.method && r.has(known.parameter) {
			return h.reading(w, r, known.do) //nolint:contextcheck // the request has it
		}
	}
	if raw.Method == http.MethodPut && !r.otherResource() {
		return h.reading(w, r, h.put) //nolint:contextcheck // the request has it
	}
	return nil, denied()
}

// authorize refuses what the caller's policies do not allow. All parts of an upload are
// put.
func (h *Handler) authorize(r *request) error {
	if h.Authorize == nil {
		return nil
	}
	action := "s3:PutObject"
	if r.Method == http.MethodDelete {
		action = "s3:AbortMultipartUpload"
	}
	err := h.Authorize(r.Context(), r.Request, r.object.Principal, action, "arn:aws:s3:::"+Bucket+"/"+r.key.Account+"/"+r.key.Name)
	if e, ok := errors.AsType[*api.Error](err); ok && e.Type == api.TypeAccessDenied {
		return refuse(auth.CodeAccessDenied, "%s", e.Message)
	}
	return err
}

// otherResource reports whether a PUT is for something that belongs to an object,
// such as its tags. What clients add to every request is not.
func (r *request) otherResource() bool {
	for name := range r.query {
		if name != "x-id" && !strings.HasPrefix(strings.ToLower(name), "x-amz-") {
			return true
		}
	}
	return false
}

// reading waits for its turn and then has a body read, for as long as the client
// sends fast enough.
func (h *Handler) reading(w http.ResponseWriter, r *request, do func(*request) (*answer, error)) (*answer, error) {
	place, err := h.uploads.Take(r.Context(), r.object.Account)
	if err != nil {
		return nil, r.Context().Err()
	}
	defer place.Release()
	r.Body = &patient{ReadCloser: r.Body, exchange: http.NewResponseController(w), begun: time.Now()}
	return do(r)
}

// patient moves the deadlines of an exchange with every read: a large file takes more
// time than other requests.
type patient struct {
	io.ReadCloser

	exchange *http.ResponseController
	begun    time.Time
	came     int64
}

// Read implements [io.Reader].
func (p *patient) Read(b []byte) (int, error) {
	deadline := pace.Deadline(time.Now(), p.begun, p.came)
	_ = p.exchange.SetReadDeadline(deadline) // writers of tests have none
	_ = p.exchange.SetWriteDeadline(deadline.Add(pace.Stall))
	n, err := p.ReadCloser.Read(b)
	p.came += int64(n)
	return n, err
}

// keyOf returns the file that a path names. Each account writes below its own
// prefix.
func keyOf(path, account string) (store.FileKey, error) {
	owner, name, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(path, "/"+Bucket), "/"), "/")
	switch {
	case owner != account, name == "":
		return store.FileKey{}, denied()
	case !utf8.ValidString(name):
		return store.FileKey{}, refuse(codeInvalidURI, "Couldn't parse the specified URI.")
	case len(name) > files.MaxName:
		return store.FileKey{}, refuse(codeKeyTooLong, "Your key is too long")
	}
	return store.FileKey{Account: account, Name: name}, nil
}

// put is PutObject.
func (h *Handler) put(r *request) (*answer, error) {
	content, sent, err := r.content()
	if err != nil {
		return nil, err
	}
	v, err := h.Files.Put(r.Context(), r.key, content)
	if err != nil {
		return nil, err
	}
	return &answer{status: http.StatusOK, header: sent.header(v.ETag, v.ID)}, nil
}

// create is CreateMultipartUpload.
func (h *Handler) create(r *request) (*answer, error) {
	id, err := h.Files.Begin(r.Context(), r.key)
	if err != nil {
		return nil, err
	}
	header := map[string]string{}
	for _, name := range []string{"X-Amz-Checksum-Algorithm", "X-Amz-Checksum-Type"} {
		if value := r.Header.Get(name); value != "" {
			header[name] = value
		}
	}
	return &answer{
		status: http.StatusOK, header: header,
		body: initiated{Bucket: Bucket, Key: r.key.Account + "/" + r.key.Name, UploadID: id},
	}, nil
}

// putPart is UploadPart.
func (h *Handler) putPart(r *request) (*answer, error) {
	number, err := strconv.Atoi(r.parameter("partNumber"))
	if err != nil || number < 1 || number > 10000 {
		return nil, refuse(codeInvalidArgument, "Part number must be an integer between 1 and 10000, inclusive")
	}
	content, sent, err := r.content()
	if err != nil {
		return nil, err
	}
	etag, err := h.Files.PutPart(r.Context(), r.key, r.parameter("uploadId"), number, content)
	if err != nil {
		return nil, err
	}
	return &answer{status: http.StatusOK, header: sent.header(etag, "")}, nil
}

// complete is CompleteMultipartUpload.
func (h *Handler) complete(r *request) (*answer, error) {
	parts, err := r.completedParts()
	if err != nil {
		return nil, err
	}
	upload := r.parameter("uploadId")
	sums, err := checksumsOf(r.Header)
	if err != nil {
		return nil, err
	}
	// A checksum of parts' checksums ends in their number; the parts were checked
	// when they came.
	if whole := sums.wholeObject(); whole != nil {
		content, err := h.Files.Parts(r.Context(), r.key, upload, parts)
		if err != nil {
			return nil, err
		}
		if _, err := io.Copy(io.Discard, whole.check(h.Files.Open(r.Context(), content, 0), nil)); err != nil {
			return nil, err
		}
	}
	v, err := h.Files.Complete(r.Context(), r.key, upload, parts)
	if err != nil {
		return nil, err
	}
	return &answer{
		status: http.StatusOK, header: map[string]string{"X-Amz-Version-Id": v.ID},
		body: completed{
			Location: r.URL.Path, Bucket: Bucket, Key: r.key.Account + "/" + r.key.Name, ETag: `"` + v.ETag + `"`,
		},
	}, nil
}

// abort is AbortMultipartUpload.
func (h *Handler) abort(r *request) (*answer, error) {
	if err := h.Files.Abort(r.Context(), r.key, r.parameter("uploadId")); err != nil {
		return nil, err
	}
	return &answer{status: http.StatusNoContent}, nil
}

// content returns the body of a request without its framing; it fails at its end
// where the body is not what the request says of it.
func (r *request) content() (io.Reader, *checksums, error) {
	length := r.object.Length()
	switch {
	case length < 0:
		return nil, nil, refuse(auth.CodeMissingLength, "You must provide the Content-Length HTTP header.")
	case length > files.MaxSize:
		return nil, nil, files.ErrTooLarge
	}
	sums, err := checksumsOf(r.Header)
	if err != nil {
		return nil, nil, err
	}
	body := r.object.Body(r.Body)
	return sums.check(body, body.Trailers), sums, nil
}

// refusal returns the error of S3's for an error.
func refusal(err error) *api.Error {
	if e, ok := errors.AsType[*api.Error](err); ok && statuses[e.Type] != 0 {
		return e
	}
	for cause, code := range fileErrors {
		if errors.Is(err, cause) {
			return refuse(code.code, "%s", code.message)
		}
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, io.ErrUnexpectedEOF) {
		return refuse(codeRequestTimeout, "Your socket connection to the server was not read from or written to within the timeout period.")
	}
	return refuse(codeInternalError, "We encountered an internal error. Please try again.")
}
