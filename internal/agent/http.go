package agent

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"cosell/internal/access"
	"cosell/internal/auth"
)

const (
	// Path is where [NewHandler] serves the tools.
	Path = "/mcp"
	// maxMessage bounds a message of an agent, in bytes, as requests to the API are bounded.
	maxMessage = 1 << 20
	// devAccount is the account where none is named, as of the key "test".
	devAccount = "000000000000"
)

// The parameters of the address.
const (
	proposeParameter  = "propose"
	simulateParameter = "simulate"
)

// HTTPConfig configures a handler. All fields of Config but MaySimulate are required; its
// functions find the operator in their context, and the account that the operator acts for.
type HTTPConfig struct {
	Config

	// Strict reports that requests are authenticated strictly.
	Strict bool
	// Refuse answers with why a request is refused.
	Refuse func(w http.ResponseWriter, r *http.Request, err error)
	Log    *slog.Logger
}

// variant is which tools an agent gets.
type variant struct{ propose, simulate bool }

type handler struct {
	HTTPConfig

	variants map[variant]func() (http.Handler, error)
}

// crossOrigin refuses requests of web pages from elsewhere.
var crossOrigin = http.NewCrossOriginProtection()

// NewHandler returns a handler of the tools by the streamable HTTP transport. It expects the
// operator in the context of each request. There are no sessions: each request is answered
// by itself with the rights that its token has then, so that nothing is kept of agents that
// leave, and any of several servers on a store can answer.
func NewHandler(c HTTPConfig) http.Handler {
	h := &handler{HTTPConfig: c, variants: map[variant]func() (http.Handler, error){}}
	for _, v := range []variant{{false, false}, {false, true}, {true, false}, {true, true}} {
		h.variants[v] = sync.OnceValues(func() (http.Handler, error) { return h.build(v) })
	}
	return h
}

// build returns the handler of a variant. It is built on the first request that needs it:
// many servers never get one.
func (h *handler) build(v variant) (http.Handler, error) {
	config := h.Config
	config.MaySimulate = v.simulate
	if !v.propose {
		config.Propose = nil
	}
	s, err := New(config)
	if err != nil {
		return nil, err
	}
	return mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return s }, &mcp.StreamableHTTPOptions{
		Stateless: true, JSONResponse: true, MaxRequestBodyBytes: maxMessage, Logger: h.Log,
		DisableLocalhostProtection: true, // what stands in front checks it, and may be told of a proxy
	}), nil
}

// ServeHTTP implements [http.Handler].
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i := access.From(r.Context())
	account, v, err := h.grant(r, i)
	if err != nil {
		h.Refuse(w, r, err)
		return
	}
	serve, err := h.variants[v]()
	if err != nil {
		h.Refuse(w, r, err)
		return
	}
	if r.Body, err = single(r.Body); err != nil {
		h.Refuse(w, r, err)
		return
	}
	ctx := context.WithValue(auth.Forward(r.Context(), account), senderKey{}, Sender{r.RemoteAddr, r.UserAgent()})
	serve.ServeHTTP(w, r.WithContext(ctx))
}

// grant returns the account that an operator acts for and the tools that it gets, or why a
// request is refused.
func (h *handler) grant(r *http.Request, i *access.Identity) (string, variant, error) {
	switch {
	case i == nil:
		return "", variant{}, access.Unidentified()
	case i.Session():
		return "", variant{}, refused(http.StatusUnauthorized, "Authorization: is missing; must be Bearer and an operator token, since sessions of the console are for its pages")
	case crossOrigin.Check(r) != nil:
		return "", variant{}, refused(http.StatusForbidden, "Origin: is another site; must be absent or this server")
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return "", variant{}, refused(http.StatusBadRequest, "query: cannot be read; must be parameters such as account=123456789012")
	}
	for name, values := range query {
		if name != accountArgument && name != proposeParameter && name != simulateParameter {
			return "", variant{}, refused(http.StatusBadRequest, "query: has an unknown parameter; must have account, propose and simulate only")
		}
		if len(values) > 1 || name != accountArgument && values[0] != "true" && values[0] != "false" {
			return "", variant{}, refused(http.StatusBadRequest, name+": must be given once, propose and simulate as true or false")
		}
	}
	account, err := h.account(i, query.Get(accountArgument))
	if err != nil {
		return "", variant{}, err
	}
	v := variant{propose: query.Get(proposeParameter) != "false" && i.Role != access.Auditor, simulate: query.Get(simulateParameter) == "true"}
	if v.simulate && h.Strict {
		return "", variant{}, refused(http.StatusForbidden, "simulate: is for development mode; must be absent with strict auth")
	}
	return account, v, nil
}

var accountPattern = regexp.MustCompile(`^([0-9]{12}|aws)$`)

// account returns the account that an operator acts for: the named one, or the only one.
func (h *handler) account(i *access.Identity, named string) (string, error) {
	switch {
	case named == "" && len(i.Accounts) == 1:
		named = i.Accounts[0]
	case named == "" && !h.Strict:
		named = devAccount
	}
	if !accountPattern.MatchString(named) {
		return "", refused(http.StatusBadRequest, "account: must be an account of twelve digits, or aws, in the address, such as "+Path+"?account=123456789012")
	}
	if !i.Covers(named) {
		return "", refused(http.StatusForbidden, "account: is none of the operator's; must be one that the operator's token names")
	}
	return named, nil
}

func refused(status int, detail string) error {
	return &access.RefusedError{Status: status, Detail: detail}
}

// single refuses a body with several messages: earlier versions of the protocol had them, and
// one request could ask for thousands of calls.
func single(body io.ReadCloser) (io.ReadCloser, error) {
	begin := bufio.NewReader(body)
	for {
		c, err := begin.ReadByte()
		switch {
		case err != nil:
			return http.NoBody, nil //nolint:nilerr // what reads it says what is wrong
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			continue
		case c == '[':
			return nil, refused(http.StatusBadRequest, "body: has several messages; must be one")
		}
		if err := begin.UnreadByte(); err != nil {
			return nil, err
		}
		return struct {
			io.Reader
			io.Closer
		}{begin, body}, nil
	}
}

// Sender is where a request came from.
type Sender struct{ Remote, Agent string }

type senderKey struct{}

// SenderOf returns where the request of a context came from.
func SenderOf(ctx context.Context) Sender {
	s, _ := ctx.Value(senderKey{}).(Sender)
	return s
}
