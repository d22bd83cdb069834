package conform

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"cosell/internal/api"
)

const (
	// catalog is the only one that cases ever use.
	catalog = "Sandbox"
	// maxAnswer bounds what is read of an answer.
	maxAnswer = 8 << 20
	// throttledTries is how often a throttled request is sent again.
	throttledTries = 5

	signingName = "partnercentral-selling"
)

// object is a JSON object.
type object = map[string]any

// Client sends signed requests.
type Client struct {
	Endpoint    string
	Region      string
	Credentials aws.Credentials
	// Interval is the least time between two requests.
	Interval time.Duration
	HTTP     *http.Client

	signer *v4.Signer
	last   time.Time
}

// Answer is a decoded answer.
type Answer struct {
	Status  int
	Header  http.Header
	Body    object
	Error   string // the exception; "" for a success
	Message string
	Reason  string
	Fields  map[string]string // of a ValidationException: the code of each field

	raw []byte
}

// excerpt is the beginning of the answer.
func (a *Answer) excerpt() string {
	const most = 120
	text := strings.ToValidUTF8(string(a.raw[:min(most, len(a.raw))]), "")
	return fmt.Sprintf("%q", text)
}

// String says in a line what was answered.
func (a *Answer) String() string {
	if a.Error == "" {
		return "success"
	}
	var b strings.Builder
	b.WriteString(a.Error)
	if a.Message != "" {
		b.WriteString(": " + a.Message)
	}
	for _, field := range slices.Sorted(maps.Keys(a.Fields)) {
		fmt.Fprintf(&b, "; %s %s", field, a.Fields[field])
	}
	return b.String()
}

// Call sends an operation and decodes the answer. Throttled requests are sent again.
func (c *Client) Call(ctx context.Context, operation string, in object) (*Answer, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		if err := c.wait(ctx, try); err != nil {
			return nil, err
		}
		answer, err := c.send(ctx, operation, body)
		if err != nil || answer.Error != api.TypeThrottling || try == throttledTries {
			return answer, err
		}
	}
}

// wait keeps the rate, and longer after each time that the endpoint throttled.
func (c *Client) wait(ctx context.Context, try int) error {
	pause := time.Until(c.last.Add(c.Interval))
	if try > 1 {
		pause = max(pause, time.Second<<(try-1))
	}
	if pause > 0 {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	c.last = time.Now()
	return nil
}

func (c *Client) send(ctx context.Context, operation string, body []byte) (*Answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.Endpoint, "/")+"/", bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("--endpoint: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", api.TargetPrefix+"."+operation)
	r.Header.Set("User-Agent", "cosell-conform")
	if c.signer == nil {
		c.signer = v4.NewSigner()
	}
	sum := sha256.Sum256(body)
	if c.Credentials.AccessKeyID != "" {
		if err := c.signer.SignHTTP(ctx, c.Credentials, r, hex.EncodeToString(sum[:]), signingName, c.Region, time.Now()); err != nil {
			return nil, fmt.Errorf("sign %s: %w", operation, err)
		}
	}
	response, err := c.HTTP.Do(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", operation, err)
	}
	defer func() { _ = response.Body.Close() }()
	answer := &Answer{Status: response.StatusCode, Header: response.Header}
	if answer.raw, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer)); err != nil {
		return nil, fmt.Errorf("%s: read the answer: %w", operation, err)
	}
	answer.decode()
	return answer, nil
}

// decode finds out what an answer says. A body that is no JSON leaves Body empty.
func (a *Answer) decode() {
	_ = json.Unmarshal(a.raw, &a.Body)
	if a.Status == http.StatusOK {
		return
	}
	name, _ := a.Body["__type"].(string)
	if name == "" {
		name, _, _ = strings.Cut(a.Header.Get("X-Amzn-Errortype"), ":")
	}
	if _, after, found := strings.Cut(name, "#"); found {
		name = after
	}
	a.Error = name
	if a.Error == "" {
		a.Error = http.StatusText(a.Status)
	}
	for _, member := range []string{"Message", "message"} {
		if text, ok := a.Body[member].(string); ok && text != "" {
			a.Message = text
		}
	}
	a.Reason, _ = a.Body["Reason"].(string)
	a.Fields = map[string]string{}
	list, _ := a.Body["ErrorList"].([]any)
	for _, entry := range list {
		e, _ := entry.(object)
		field, _ := e["FieldName"].(string)
		code, _ := e["Code"].(string)
		a.Fields[field] = code
	}
}
