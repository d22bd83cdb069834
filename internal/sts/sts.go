// Package sts answers the request of the AWS Security Token Service that asks who a
// caller is, GetCallerIdentity, in the query protocol.
package sts

import (
	"encoding/xml"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"

	"cosell/internal/auth"
)

// SigningName is the service name in the scope of signatures.
const SigningName = "sts"

const (
	version = "2011-06-15"
	// maxBody is far above what these requests need.
	maxBody = 16 << 10
)

// Verifier authenticates requests. Its errors are *api.Error.
type Verifier interface {
	Check(r *http.Request) (auth.Claim, error)
}

// Config configures a Handler. All fields are required.
type Config struct {
	Verifier Verifier
	Log      *slog.Logger
}

// Serves reports whether a request is one of STS: a form posted to the root, which
// names no operation of another protocol.
func Serves(r *http.Request) bool {
	if r.Method != http.MethodPost || r.URL.Path != "/" || r.Header["X-Amz-Target"] != nil {
		return false
	}
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && mediaType == "application/x-www-form-urlencoded"
}

// New returns the handler of STS. The request id is the one that the answer has already.
func New(c Config) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := w.Header().Get("X-Amzn-Requestid")
		status := http.StatusOK
		var answer any
		if caller, err := c.identify(w, r); err != nil {
			answer, status = c.refusal(r, err, id)
		} else {
			answer = identityOf(caller, id)
		}
		body, err := xml.Marshal(answer)
		if err != nil { // these types always encode
			http.Error(w, "", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(status)
		_, _ = w.Write(body) // a write error means that the client has disconnected
	})
}

type metadata struct {
	RequestID string `xml:"RequestId"`
}

type callerIdentity struct {
	XMLName xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ GetCallerIdentityResponse"`
	Result  struct {
		Arn     string
		UserID  string `xml:"UserId"`
		Account string
	} `xml:"GetCallerIdentityResult"`
	ResponseMetadata metadata
}

func identityOf(caller auth.Principal, requestID string) *callerIdentity {
	answer := new(callerIdentity)
	answer.Result.Arn, answer.Result.UserID, answer.Result.Account = caller.ARN, caller.Account, caller.Account
	answer.ResponseMetadata.RequestID = requestID
	return answer
}

// identify verifies a request, all that headers decide before its body is read, and
// returns who sent it.
func (c Config) identify(w http.ResponseWriter, r *http.Request) (auth.Principal, error) {
	claim, err := c.Verifier.Check(r)
	if err != nil {
		return auth.Principal{}, err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return auth.Principal{}, refuse("RequestEntityTooLarge", "body: is truncated or too large; must have at most 16384 bytes")
	}
	caller, err := claim.Verify(body)
	if err != nil {
		return auth.Principal{}, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return auth.Principal{}, refuse("MalformedQueryString", "body: is no form; must be application/x-www-form-urlencoded")
	}
	action, of := form.Get("Action"), form.Get("Version")
	if of != version || len(form["Action"]) != 1 || action != "GetCallerIdentity" {
		const most = 64
		return auth.Principal{}, refuse("InvalidAction", "Could not find operation "+action[:min(len(action), most)]+
			" for version "+of[:min(len(of), most)]+"; this server answers GetCallerIdentity")
	}
	return caller, nil
}
