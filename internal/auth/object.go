package auth

import (
	"cmp"
	"context"
	"crypto/hmac"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"cosell/internal/api"
)

// ObjectService is the service that clients of S3 sign for.
const ObjectService = "s3"

// The refusals of an S3 request, by the codes that S3 uses.
const (
	CodeAccessDenied         = "AccessDenied"
	CodeExpiredToken         = "ExpiredToken"
	CodeHeaderMalformed      = "AuthorizationHeaderMalformed"
	CodeIncompleteBody       = "IncompleteBody"
	CodeInvalidAccessKeyID   = "InvalidAccessKeyId"
	CodeInvalidRequest       = "InvalidRequest"
	CodeMissingLength        = "MissingContentLength"
	CodePayloadMismatch      = "XAmzContentSHA256Mismatch"
	CodeQueryMalformed       = "AuthorizationQueryParametersError"
	CodeRequestTimeTooSkewed = "RequestTimeTooSkewed"
	CodeSignatureMismatch    = "SignatureDoesNotMatch"
)

const (
	// objectSkew is how far the clock of an S3 client may be off.
	objectSkew = 15 * time.Minute
	// maxPresigned is the longest that a presigned URL may be good for.
	maxPresigned = 7 * 24 * time.Hour
	// maxObjectQuery bounds the query of a request before it is known who sent it.
	maxObjectQuery = 8192
)

// ObjectVerifier checks the signatures of S3 requests, which may stand in the
// Authorization header or in the query (a presigned URL), and which may cover the
// body by promise. It is safe for concurrent use.
type ObjectVerifier struct {
	keys Keys
	now  func() time.Time
}

// NewObjectVerifier returns a verifier of S3 requests that were signed with one of
// keys. now tells the time that signatures are measured by.
func NewObjectVerifier(keys Keys, now func() time.Time) *ObjectVerifier {
	return &ObjectVerifier{keys: keys, now: now}
}

// Verify returns the party that signed r, and how its body is covered. The body has
// not been read; what [Object.Body] returns must be read to its end before anything
// in it counts. Every error is an *api.Error whose type is a code of S3's.
func (v *ObjectVerifier) Verify(r *http.Request) (*Object, error) {
	if len(r.URL.RawQuery) > maxObjectQuery {
		return nil, refuse(CodeInvalidRequest, "The query is longer than %d bytes.", maxObjectQuery)
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, refuse(CodeInvalidRequest, "The query string has a percent sign that begins no percent-encoded byte, or a semicolon.")
	}
	c, err := v.claim(r, query)
	if err != nil {
		return nil, err
	}
	if c.scope.service != ObjectService {
		return nil, refuse(c.malformed, "The credential must be scoped to the service %q.", ObjectService)
	}
	if c.scope.date != c.at.Format(basicDate) {
		return nil, refuse(c.malformed, "The date of the credential's scope must be the date of the request.")
	}
	if err := requireSigned(r, c.signedHeaders); err != nil {
		return nil, as(c.malformed, err)
	}
	payload, err := parsePayload(r, c.payloadHash)
	if err != nil {
		return nil, err
	}
	key, err := v.lookup(r.Context(), c)
	if err != nil {
		return nil, err
	}
	canonical := appendCanonical(nil, r, string(appendEncoded(nil, r.URL.Path, "/")), c.query, c.signedHeaders, c.payloadHash)
	when := []byte(c.at.Format(basicTime))
	toSign := appendStringToSign(nil, when, c.scope, canonical)
	signingKey := deriveKey(key.Secret, c.scope)
	if !hmac.Equal([]byte(c.signature), signingKey.sign(nil, toSign)) {
		return nil, as(CodeSignatureMismatch, mismatch(hideQueryToken(string(canonical)), string(toSign)))
	}
	return &Object{
		Principal: key.Principal, payload: payload,
		chunks: chunkSigner{key: signingKey, when: string(when), scope: c.scope, previous: c.signature},
	}, nil
}

// claim is what a request says of its signature, in either form.
type claim struct {
	authorization

	at          time.Time
	query       string // canonical, without the signature
	payloadHash string // as the client signed it
	malformed   string // the code for what is wrong with this form
	token       string // of the session; "" without
}

func (v *ObjectVerifier) claim(r *http.Request, query url.Values) (*claim, error) {
	header := r.Header["Authorization"] != nil
	signedQuery := query.Has("X-Amz-Algorithm") || query.Has("X-Amz-Signature") || query.Has("X-Amz-Credential")
	switch {
	case header && signedQuery:
		return nil, refuse(CodeInvalidRequest,
			"Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the Authorization header should be specified")
	case signedQuery:
		return v.claimOfQuery(r, query)
	case header:
		return v.claimOfHeader(r)
	case query.Has("AWSAccessKeyId"):
		return nil, refuse(CodeInvalidRequest,
			"The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")
	default:
		return nil, refuse(CodeAccessDenied, "Access Denied")
	}
}

func (v *ObjectVerifier) claimOfHeader(r *http.Request) (*claim, error) {
	value, err := authorizationHeader(r.Header)
	if err != nil {
		return nil, as(CodeHeaderMalformed, err)
	}
	given, err := parseAuthorization(value)
	if err != nil {
		return nil, as(CodeHeaderMalformed, err)
	}
	at, err := signingTime(r.Header)
	if err != nil {
		return nil, as(CodeAccessDenied, err)
	}
	now := v.now().UTC()
	if at.Before(now.Add(-objectSkew)) || at.After(now.Add(objectSkew)) {
		return nil, refuse(CodeRequestTimeTooSkewed,
			"The difference between the request time and the current time is too large.")
	}
	hash, err := single(r.Header, "X-Amz-Content-Sha256")
	if err != nil {
		return nil, as(CodeInvalidRequest, err)
	}
	if hash == "" {
		return nil, refuse(CodeInvalidRequest, "Missing required header for this request: x-amz-content-sha256")
	}
	token, err := single(r.Header, "X-Amz-Security-Token")
	if err != nil {
		return nil, as(CodeInvalidRequest, err)
	}
	canonical, err := canonicalQuery(r.URL.RawQuery)
	if err != nil {
		return nil, as(CodeInvalidRequest, err)
	}
	return &claim{authorization: given, at: at, query: canonical, payloadHash: hash, malformed: CodeHeaderMalformed, token: token}, nil
}

// presignedParameters must stand in a presigned URL, each once.
var presignedParameters = []string{
	"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature",
}

func (v *ObjectVerifier) claimOfQuery(r *http.Request, query url.Values) (*claim, error) {
	for _, name := range presignedParameters {
		if len(query[name]) != 1 || query.Get(name) == "" {
			return nil, refuse(CodeQueryMalformed,
				"Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, "+
					"X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.")
		}
	}
	if query.Get("X-Amz-Algorithm") != algorithm {
		return nil, refuse(CodeQueryMalformed, "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"")
	}
	keyID, keyScope, err := parseCredential(query.Get("X-Amz-Credential"))
	if err != nil {
		return nil, as(CodeQueryMalformed, err)
	}
	names, err := parseSignedHeaders(query.Get("X-Amz-SignedHeaders"))
	if err != nil {
		return nil, as(CodeQueryMalformed, err)
	}
	at, err := v.presignedTime(query)
	if err != nil {
		return nil, err
	}
	header, err := single(r.Header, "X-Amz-Content-Sha256")
	if err != nil {
		return nil, as(CodeInvalidRequest, err)
	}
	if len(query["X-Amz-Security-Token"]) > 1 {
		return nil, refuse(CodeQueryMalformed, "X-Amz-Security-Token must be there once.")
	}
	query.Del("X-Amz-Signature")
	canonical, err := canonicalQuery(query.Encode())
	if err != nil {
		return nil, as(CodeInvalidRequest, err)
	}
	return &claim{
		authorization: authorization{
			signing: &signing{keyID: keyID, scope: keyScope, signedHeaders: names}, signature: signatureOf(r.URL.RawQuery),
		},
		at: at, query: canonical, malformed: CodeQueryMalformed, token: query.Get("X-Amz-Security-Token"),
		payloadHash: cmp.Or(query.Get("X-Amz-Content-Sha256"), header, unsignedPayload),
	}, nil
}

// signatureOf returns the signature in a query that has one.
func signatureOf(rawQuery string) string {
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return ""
	}
	return query.Get("X-Amz-Signature")
}

// presignedTime reads when a URL was presigned, and refuses one that is not good
// now.
func (v *ObjectVerifier) presignedTime(query url.Values) (time.Time, error) {
	value := query.Get("X-Amz-Date")
	at, ok := parseBasicTime(value)
	if !ok {
		return time.Time{}, refuse(CodeQueryMalformed, "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
	}
	seconds, err := strconv.ParseUint(query.Get("X-Amz-Expires"), 10, 32)
	if err != nil {
		return time.Time{}, refuse(CodeQueryMalformed, "X-Amz-Expires should be a number")
	}
	if time.Duration(seconds)*time.Second > maxPresigned {
		return time.Time{}, refuse(CodeQueryMalformed, "X-Amz-Expires must be less than a week (in seconds) that is 604800")
	}
	now := v.now().UTC()
	switch end := at.Add(time.Duration(seconds) * time.Second); {
	case at.After(now.Add(objectSkew)):
		return time.Time{}, refuse(CodeAccessDenied, "Request is not valid yet")
	case !now.Before(end):
		return time.Time{}, refuse(CodeAccessDenied, "Request has expired")
	}
	return at, nil
}

func (v *ObjectVerifier) lookup(ctx context.Context, c *claim) (Key, error) {
	key, err := v.keys.Lookup(ctx, c.keyID, c.token)
	if err == nil {
		return key, nil
	}
	if e, ok := errors.AsType[*api.Error](err); ok {
		switch e.Type {
		case unrecognizedClient:
			return Key{}, refuse(CodeInvalidAccessKeyID, "The AWS Access Key Id you provided does not exist in our records.")
		case expiredToken:
			return Key{}, refuse(CodeExpiredToken, "The provided token has expired.")
		}
		return Key{}, err
	}
	return Key{}, api.Internal(err)
}

// as gives a refusal of this package the code that S3 has for it.
func as(code string, err error) error {
	e, ok := errors.AsType[*api.Error](err)
	if !ok || e.Type == api.TypeInternalServer {
		return err
	}
	coded := *e
	coded.Type = code
	return &coded
}

// hideQueryToken blanks the session token in the query of a canonical request.
func hideQueryToken(canonical string) string {
	const name = "X-Amz-Security-Token="
	head, rest, found := strings.Cut(canonical, name)
	if !found {
		return canonical
	}
	end := strings.IndexAny(rest, "&\n")
	if end < 0 {
		end = len(rest)
	}
	return head + name + "(hidden)" + rest[end:]
}

// Presign returns the query of a URL for GET that is good for a time, signed with
// a key for S3. The path is as it is before it is encoded.
func Presign(key Key, host, path string, query url.Values, at time.Time, expires time.Duration) string {
	s := scope{date: at.UTC().Format(basicDate), region: "us-east-1", service: ObjectService}
	when := at.UTC().Format(basicTime)
	signed := url.Values{}
	for name, values := range query {
		signed[name] = slices.Clone(values)
	}
	signed.Set("X-Amz-Algorithm", algorithm)
	signed.Set("X-Amz-Credential", key.Principal.AccessKeyID+"/"+string(s.appendTo(nil)))
	signed.Set("X-Amz-Date", when)
	signed.Set("X-Amz-Expires", strconv.FormatInt(int64(expires/time.Second), 10))
	signed.Set("X-Amz-SignedHeaders", "host")
	canonical, err := canonicalQuery(signed.Encode())
	if err != nil {
		panic(err) // Encode makes no other
	}
	r := &http.Request{Method: http.MethodGet, Host: host}
	request := appendCanonical(nil, r, string(appendEncoded(nil, path, "/")), canonical, []string{"host"}, unsignedPayload)
	signature := deriveKey(key.Secret, s).sign(nil, appendStringToSign(nil, []byte(when), s, request))
	return canonical + "&X-Amz-Signature=" + string(signature)
}
