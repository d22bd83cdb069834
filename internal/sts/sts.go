// Package sts answers the requests of the AWS Security Token Service that clients of the
// API send, in the query protocol: who a caller is, and temporary credentials.
package sts

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"

	"cosell/internal/audit"
	"cosell/internal/auth"
	"cosell/internal/identity"
	"cosell/internal/policy"
	"cosell/internal/store"
)

// SigningName is the service name in the scope of signatures.
const SigningName = "sts"

const (
	version = "2011-06-15"
	// maxBody is above what a session policy and fifty tags take when they are encoded.
	maxBody = 64 << 10
)

// Verifier authenticates requests. Its errors are *api.Error.
type Verifier interface {
	Check(r *http.Request) (auth.Claim, error)
}

// Identities has the roles of accounts and makes credentials; *identity.Service does.
type Identities interface {
	Get(ctx context.Context, key store.PrincipalKey) (*identity.Principal, error)
	Grant(g identity.Grant) (identity.Credentials, error)
}

// Authorizer decides what callers may do; *authorization.Authorizer does.
type Authorizer interface {
	CheckAction(ctx context.Context, r *http.Request, caller auth.Principal, action, resource string, keys map[string][]string) error
	CheckLimits(ctx context.Context, r *http.Request, caller auth.Principal, action, resource string, keys map[string][]string) error
	Values(ctx context.Context, r *http.Request, caller auth.Principal, keys map[string][]string) policy.Values
}

// Config configures a Handler. All fields but Audit are required.
type Config struct {
	Verifier   Verifier
	Identities Identities
	Authorizer Authorizer
	// Audit keeps what callers asked for; nil keeps nothing.
	Audit *audit.Recorder
	Log   *slog.Logger
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
		x := &exchange{Request: r, id: id}
		answer, err := c.answer(w, x)
		if err != nil {
			var refused errorBody
			refused, status = c.refusal(r, err, id)
			x.refused(&refused)
			answer = refused
		}
		c.Audit.End(r.Context(), x.entry)
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

func identityOf(caller auth.Principal, m metadata) *callerIdentity {
	answer := &callerIdentity{ResponseMetadata: m}
	answer.Result.Arn, answer.Result.UserID, answer.Result.Account = caller.ARN, caller.UserID(), caller.Account
	return answer
}

// exchange is a request and what the audit keeps of it.
type exchange struct {
	*http.Request

	id    string
	entry *audit.Entry // nil where it is not kept, and until the caller is known
}

// request is a request whose signature was verified.
type request struct {
	*exchange

	caller auth.Principal
	form   url.Values
}

// actions are those that this server answers. The answer of each encodes as XML.
var actions = map[string]func(c Config, r *request, metadata metadata) (any, error){
	"AssumeRole":       Config.assumeRole,
	"GetAccessKeyInfo": Config.accessKeyInfo,
	"GetCallerIdentity": func(_ Config, r *request, m metadata) (any, error) {
		return identityOf(r.caller, m), nil
	},
	"GetSessionToken": Config.sessionToken,
}

// answer verifies a request, all that headers decide before its body is read, and
// answers it.
func (c Config) answer(w http.ResponseWriter, x *exchange) (any, error) {
	claim, err := c.Verifier.Check(x.Request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, x.Body, maxBody))
	if err != nil {
		return nil, refuse("RequestEntityTooLarge", fmt.Sprintf("body: is truncated or too large; must have at most %d bytes", maxBody))
	}
	caller, err := claim.Verify(body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, refuse("MalformedQueryString", "body: is no form; must be application/x-www-form-urlencoded")
	}
	for name, values := range form {
		if len(values) > 1 {
			return nil, refuse("InvalidParameterCombination", fmt.Sprintf("%.64q: is there twice; must be there once", name))
		}
	}
	action, of := form.Get("Action"), form.Get("Version")
	do := actions[action]
	if of != version || do == nil {
		const most = 64
		return nil, refuse("InvalidAction", "Could not find operation "+action[:min(len(action), most)]+
			" for version "+of[:min(len(of), most)]+"; this server answers AssumeRole, GetAccessKeyInfo, GetCallerIdentity and GetSessionToken")
	}
	r := &request{x, caller, form}
	c.begin(r, action)
	return do(c, r, metadata{x.id})
}
