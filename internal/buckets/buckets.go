// Package buckets reads objects of Amazon S3, or of a server like it, from the buckets
// that the operator allows. The address of the server comes from the operator alone,
// redirects are not followed, and sizes and times are bounded.
package buckets

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"cosell/internal/outbound"
)

// defaultPatience is how long a server may send nothing.
const defaultPatience = 30 * time.Second

// Config is which buckets are read, and how. Region, the key and Grants are required.
type Config struct {
	Region, Endpoint                           string // Endpoint is empty for AWS's
	AccessKeyID, SecretAccessKey, SessionToken string
	Grants                                     Grants
	// Patience is how long a server may send nothing; 0 is half a minute.
	Patience time.Duration
}

// Reader reads objects. It is safe for concurrent use.
type Reader struct {
	client   *s3.Client
	grants   Grants
	patience time.Duration
}

// New returns a Reader.
func New(c Config) *Reader {
	policy := outbound.Policy{}
	if c.Endpoint != "" { // the operator named it, wherever it is
		policy = outbound.Policy{PlainHTTP: true, Loopback: true, Networks: []netip.Prefix{
			netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0"),
		}}
	}
	options := s3.Options{
		Region: c.Region, HTTPClient: client{outbound.New(policy).HTTP()}, UsePathStyle: c.Endpoint != "",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}, nil
		}),
		Retryer:                    aws.NopRetryer{}, // a job tries again, from where it was
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
	}
	if c.Endpoint != "" {
		options.BaseEndpoint = &c.Endpoint
	}
	if c.Patience == 0 {
		c.Patience = defaultPatience
	}
	return &Reader{client: s3.New(options), grants: c.Grants, patience: c.Patience}
}

// client makes requests for the SDK, which reads error answers into memory: it reads only
// their beginning.
type client struct{ http *http.Client }

// Do implements [s3.HTTPClient].
func (c client) Do(r *http.Request) (*http.Response, error) {
	answer, err := c.http.Do(r) //nolint:gosec // the operator names the address
	if err != nil || answer.StatusCode < http.StatusMultipleChoices {
		return answer, err
	}
	answer.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(answer.Body, outbound.MaxAnswer), answer.Body}
	return answer, nil
}

// Object is an object in a bucket. ETag and Size are set when it is opened for the first
// time; it is then the same object each time.
type Object struct {
	Bucket  string `json:"bucket"`
	Key     string `json:"key"`
	Version string `json:"version,omitzero"` // "" where the bucket has none
	ETag    string `json:"etag,omitzero"`
	Size    int64  `json:"size,omitzero"`
}

// RefusedError says why an object can never be read, in a sentence for the partner. Every
// other error may pass.
type RefusedError string

func (r RefusedError) Error() string { return string(r) }

// The refusals that are no error code of the server.
const (
	ErrMissing = RefusedError("The file does not exist.")
	ErrChanged = RefusedError("The file was changed while it was read.")
	errAnswer  = RefusedError("The server of the bucket does not answer as S3 does.")
)

// Open returns what an object has from an offset on. The reader fails where the server
// sends fewer bytes than the object has, and reads no more than these. Its errors do not
// name the object.
func (r *Reader) Open(ctx context.Context, o *Object, offset int64) (io.ReadCloser, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	body := &body{cancel: cancel, patience: r.patience}
	body.timer = time.AfterFunc(r.patience, func() { cancel(errSilent) })
	in := &s3.GetObjectInput{Bucket: &o.Bucket, Key: &o.Key}
	if o.Version != "" {
		in.VersionId = &o.Version
	}
	if o.ETag != "" {
		in.IfMatch = &o.ETag
	}
	if offset > 0 {
		in.Range = aws.String(fmt.Sprintf("bytes=%d-", offset))
	}
	out, err := r.client.GetObject(ctx, in)
	if err != nil {
		err = explain(ctx, err)
		_ = body.Close()
		return nil, err
	}
	body.from, body.cause = out.Body, func() error { return context.Cause(ctx) }
	if err := o.check(out, offset); err != nil {
		_ = body.Close()
		return nil, err
	}
	body.left = o.Size - offset
	return body, nil
}

// check compares an answer with what an object is, which is known from the first one on.
func (o *Object) check(out *s3.GetObjectOutput, offset int64) error {
	etag := aws.ToString(out.ETag)
	switch {
	case etag == "" || out.ContentLength == nil || *out.ContentLength < 0:
		return errAnswer
	case o.ETag == "":
		o.ETag, o.Size = etag, *out.ContentLength
		if version := aws.ToString(out.VersionId); version != "" && version != "null" {
			o.Version = version
		}
		return nil
	case etag != o.ETag:
		return ErrChanged
	case *out.ContentLength != o.Size-offset,
		offset > 0 && aws.ToString(out.ContentRange) != fmt.Sprintf("bytes %d-%d/%d", offset, o.Size-1, o.Size):
		return errAnswer
	}
	return nil
}

var errSilent = errors.New("the server of the bucket sends nothing")

// errorCode is what an error code of S3 looks like; anything else is not repeated.
var errorCode = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9.]{0,63}$`)

// explain returns what an error of the SDK means, without the address of the object.
func explain(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	status := 0
	if answer, ok := errors.AsType[*awshttp.ResponseError](err); ok {
		status = answer.HTTPStatusCode()
	}
	code := http.StatusText(status)
	if e, ok := errors.AsType[smithy.APIError](err); ok && errorCode.MatchString(e.ErrorCode()) {
		code = e.ErrorCode()
	}
	switch {
	case status == http.StatusNotFound:
		return ErrMissing
	case status == http.StatusPreconditionFailed, status == http.StatusRequestedRangeNotSatisfiable:
		return ErrChanged
	case status >= http.StatusMultipleChoices && status < http.StatusBadRequest:
		return RefusedError("The server of the bucket redirects to another address, which is not followed.")
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, status >= http.StatusInternalServerError:
		return fmt.Errorf("the server of the bucket answers %d %s", status, code)
	case status >= http.StatusBadRequest:
		return RefusedError("The server may not read the file: " + code + ".")
	case status != 0:
		return errAnswer
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	for cause := errors.Unwrap(err); cause != nil; cause = errors.Unwrap(cause) {
		err = cause
	}
	return fmt.Errorf("reach the server of the bucket: %w", err)
}

// body is the body of an answer. It ends after the bytes that are left.
type body struct {
	cause    func() error // why the request was ended; nil where it was not
	cancel   context.CancelCauseFunc
	from     io.ReadCloser
	left     int64
	patience time.Duration
	timer    *time.Timer
}

// Read implements [io.Reader].
func (b *body) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, io.EOF
	}
	b.timer.Reset(b.patience)
	n, err := b.from.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	switch {
	case n > 0:
		return n, nil
	case errors.Is(err, io.EOF):
		return n, io.ErrUnexpectedEOF
	case err != nil && b.cause() != nil:
		return n, b.cause()
	}
	return n, err
}

// Close implements [io.Closer].
func (b *body) Close() error {
	b.timer.Stop()
	b.cancel(nil)
	if b.from == nil {
		return nil
	}
	return b.from.Close()
}

// Grant lets an account read a bucket.
type Grant struct {
	// Account may read what is below Prefix. "" is every account, each below its own
	// number there.
	Account, Bucket, Prefix string
}

var (
	accountName = regexp.MustCompile(`^([0-9]{12}|aws)$`)
	bucketName  = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
)

// ParseGrant reads a grant in the form BUCKET[/PREFIX] or ACCOUNT=BUCKET[/PREFIX].
func ParseGrant(text string) (g Grant, err error) {
	account, at, ok := strings.Cut(text, "=")
	if !ok {
		account, at = "", text
	}
	g.Account = account
	g.Bucket, g.Prefix, _ = strings.Cut(at, "/")
	if g.Prefix = strings.TrimSuffix(g.Prefix, "/"); g.Prefix != "" {
		g.Prefix += "/"
	}
	switch {
	case ok && !accountName.MatchString(g.Account):
		return g, fmt.Errorf("must be BUCKET or ACCOUNT=BUCKET, with an account of twelve digits; %q is none", g.Account)
	case !bucketName.MatchString(g.Bucket) || strings.Contains(g.Bucket, ".."):
		return g, fmt.Errorf("must name a bucket; %q is no name of one", g.Bucket)
	case !plain(g.Prefix):
		return g, fmt.Errorf("must have a prefix without . and .. between slashes, is %q", g.Prefix)
	}
	return g, nil
}

// The ways in which an account may not read an object.
var (
	ErrBucket = errors.New("the account may not read the bucket")
	ErrKey    = errors.New("the account may not read that object of the bucket")
)

// Grants are who may read what; nil lets nobody read anything.
type Grants []Grant

// Grants returns who may read what, nil where the Reader is nil.
func (r *Reader) Grants() Grants {
	if r == nil {
		return nil
	}
	return r.grants
}

// Check returns nil where an account may read an object, otherwise ErrBucket or ErrKey.
func (all Grants) Check(account, bucket, key string) error {
	err := ErrBucket
	for _, g := range all {
		if g.Bucket != bucket || g.Account != "" && g.Account != account {
			continue
		}
		prefix := g.Prefix
		if g.Account == "" {
			prefix += account + "/"
		}
		if len(key) > len(prefix) && strings.HasPrefix(key, prefix) && plain(key) {
			return nil
		}
		err = ErrKey
	}
	return err
}

// plain reports whether a key means the same to a server that takes it for a path.
func plain(key string) bool {
	for part := range strings.SplitSeq(strings.ReplaceAll(key, `\`, "/"), "/") {
		if part == "." || part == ".." {
			return false
		}
	}
	return true
}
