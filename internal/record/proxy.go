package record

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"cosell/internal/api"
	"cosell/model"
	"cosell/model/smithy"
)

const (
	// maxBody bounds a request, as the service does.
	maxBody = 1 << 20
	// maxAnswer bounds what is kept of an answer.
	maxAnswer = 8 << 20

	signingName = "partnercentral-selling"
)

// Signer signs requests anew, for an upstream that would not accept the signature for the proxy's address.
type Signer struct {
	Region      string
	Credentials func(accessKey string) aws.Credentials
}

// sign replaces the signature of a request.
func (s *Signer) sign(r *http.Request, accessKey string, body []byte) error {
	for _, name := range []string{"Authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256"} {
		r.Header.Del(name)
	}
	sum := sha256.Sum256(body)
	return v4.NewSigner().SignHTTP(r.Context(), s.Credentials(accessKey), r, hex.EncodeToString(sum[:]), signingName, s.Region, time.Now())
}

// Proxy passes requests on to an endpoint and keeps them with their answers.
type Proxy struct {
	upstream *url.URL
	signer   *Signer // nil passes the client's signature on
	client   *http.Client
	cleaner  *cleaner
	log      *slog.Logger

	mu     sync.Mutex
	out    *json.Encoder
	number int
}

// NewProxy begins a recording in out.
func NewProxy(upstream string, signer *Signer, mode Sensitive, out io.Writer, log *slog.Logger) (*Proxy, error) {
	u, err := url.Parse(upstream)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("--upstream: must be a URL such as http://127.0.0.1:8787, is %q", upstream)
	}
	m, err := model.Load()
	if err != nil {
		return nil, err
	}
	const timeout = time.Minute
	p := &Proxy{
		upstream: u, signer: signer, client: &http.Client{Timeout: timeout}, log: log,
		cleaner: &cleaner{model: m, mode: mode, key: []byte(rand.Text())}, out: json.NewEncoder(out),
	}
	return p, p.out.Encode(Header{Format: formatVersion, Model: api.ModelDate, Upstream: upstream, Started: time.Now().UTC(), Sensitive: mode})
}

var credential = regexp.MustCompile(`Credential=([^/,\s]+)/`)

// ServeHTTP implements [http.Handler].
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "read the request: "+err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	accessKey := ""
	if m := credential.FindStringSubmatch(r.Header.Get("Authorization")); m != nil {
		accessKey = m[1]
	}
	began := time.Now()
	status, header, answer, err := p.forward(r, accessKey, body)
	if err != nil {
		p.log.Error("no answer from the upstream", "error", err)
		http.Error(w, "no answer from "+p.upstream.Host, http.StatusBadGateway)
		return
	}
	maps.Copy(w.Header(), header)
	w.WriteHeader(status)
	_, _ = w.Write(answer) // a client that went away changes nothing
	_, operation, isOperation := strings.Cut(r.Header.Get("X-Amz-Target"), api.TargetPrefix+".")
	if !isOperation {
		return // the operator API and health checks are passed on and not kept
	}
	e := Exchange{Operation: operation, Status: status, Milliseconds: float64(time.Since(began).Microseconds()) / 1000}
	if err := p.keep(&e, accessKey, body, header, answer); err != nil {
		p.log.Error("the exchange was not kept", "operation", operation, "error", err)
	}
}

// forward sends a request on and returns the answer.
func (p *Proxy) forward(r *http.Request, accessKey string, body []byte) (int, http.Header, []byte, error) {
	target := *p.upstream
	target.Path, target.RawQuery = strings.TrimSuffix(target.Path, "/")+r.URL.Path, r.URL.RawQuery
	out, err := http.NewRequestWithContext(context.WithoutCancel(r.Context()), r.Method, target.String(), bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	out.Header = r.Header.Clone()
	for _, name := range []string{"Connection", "Keep-Alive", "Transfer-Encoding", "Te", "Upgrade", "Accept-Encoding"} {
		out.Header.Del(name)
	}
	out.Host = r.Host // the client signed it
	if p.signer != nil && accessKey != "" {
		out.Host = ""
		if err := p.signer.sign(out, accessKey, body); err != nil {
			return 0, nil, nil, err
		}
	}
	answer, err := p.client.Do(out) //nolint:gosec // to the upstream of the flag; the path is the client's
	if err != nil {
		return 0, nil, nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	return answer.StatusCode, answer.Header, content, err
}

// keep writes an exchange, without what is sensitive.
func (p *Proxy) keep(e *Exchange, accessKey string, body []byte, header http.Header, answer []byte) error {
	operation := p.cleaner.model.Shapes[e.Operation]
	if operation == nil || operation.Kind != smithy.KindOperation {
		return errors.New("the contract does not have this operation")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.number++
	e.Number, e.Account = p.number, p.cleaner.account(accessKey)
	e.Request = p.cleaner.object(operation.Input, body)
	if e.Status == http.StatusOK {
		e.Answer = p.cleaner.object(operation.Output, answer)
	} else {
		e.Error = exception(header, answer)
		e.Answer = p.cleaner.object(e.Error, answer)
	}
	return p.out.Encode(e)
}

// object decodes and cleans a body. What is no JSON object is not kept.
func (c *cleaner) object(shape string, body []byte) map[string]any {
	var value map[string]any
	if json.Unmarshal(body, &value) != nil || c.model.Shapes[shape] == nil {
		return nil
	}
	cleaned, _ := c.clean(c.model.Shapes[shape], value).(map[string]any)
	return cleaned
}

// exception is the name of the error that was answered.
func exception(header http.Header, answer []byte) string {
	var body struct {
		Type string `json:"__type"`
	}
	_ = json.Unmarshal(answer, &body) // the header tells as well
	name := body.Type
	if name == "" {
		name, _, _ = strings.Cut(header.Get("X-Amzn-Errortype"), ":")
	}
	if _, after, found := strings.Cut(name, "#"); found {
		name = after
	}
	return name
}
