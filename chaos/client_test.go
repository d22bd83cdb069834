package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"cosell/internal/api"
	"cosell/internal/servertest"
)

// client sends one request at a time to whichever server answers. A request to
// which no answer came, or one that leaves its outcome open, it sends again until
// it knows.
type client struct {
	cluster *cluster
	tally   *tally
	prefers int // one of the servers, until it fails
}

// tally counts over all clients of a test.
type tally struct {
	acknowledged atomic.Int64 // requests that write
	again        atomic.Int64 // requests sent again since their outcome was not known
	replayed     atomic.Int64 // client tokens used again at the end
	progress     chan struct{}
}

// patience is longer than a server works on a request.
const patience = time.Minute

var wire = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: patience}

// refusal is an answer that is final and no success.
type refusal struct {
	Type    string `json:"__type"`
	Message string
	// repeated says that the request was sent before, and that an earlier
	// sending may have had effect.
	repeated bool
}

func (r *refusal) Error() string { return r.Type + ": " + r.Message }

// happened reports whether a refusal is what the client of a request without a token
// gets when it sends it again after it had effect.
func (r *refusal) happened(operation string) bool {
	if operation == "DisassociateOpportunity" {
		return r.repeated && r.Type == api.TypeResourceNotFound
	}
	return r.repeated && r.Type == api.TypeConflict
}

// ask sends a request until its outcome is known. The error is a *refusal, or
// ctx's.
func (c *client) ask(ctx context.Context, account, operation string, in any) ([]byte, error) {
	body, err := api.Marshal(in)
	if err != nil {
		return nil, err
	}
	for repeated := false; ; repeated = true {
		url, err := c.cluster.URL(ctx, c.prefers)
		if err != nil {
			return nil, err
		}
		answer, final, err := c.send(ctx, url, account, operation, body)
		if refused, ok := errors.AsType[*refusal](err); ok {
			refused.repeated = repeated
		}
		if final {
			return answer, err
		}
		c.prefers++
		c.tally.again.Add(1)
	}
}

// send sends a request once. It is final where the answer settles it.
func (c *client) send(ctx context.Context, url, account, operation string, body []byte) (answer []byte, final bool, err error) {
	r, err := servertest.Request(ctx, url, account, operation, body)
	if err != nil {
		return nil, true, err
	}
	response, err := wire.Do(r)
	if err != nil {
		return nil, ctx.Err() != nil, err
	}
	defer response.Body.Close()
	if answer, err = io.ReadAll(response.Body); err != nil {
		return nil, false, err
	}
	if response.StatusCode == http.StatusOK {
		return answer, true, nil
	}
	refused := new(refusal)
	if err := json.Unmarshal(answer, refused); err != nil {
		return nil, true, fmt.Errorf("%s answers %s: %q", operation, response.Status, answer)
	}
	return nil, response.StatusCode < http.StatusInternalServerError, refused
}

// write is ask for an operation that changes something. It counts what is
// acknowledged. The answer is nil where only a repetition tells that it is.
func (c *client) write(ctx context.Context, account, operation string, in any) ([]byte, error) {
	answer, err := c.ask(ctx, account, operation, in)
	if refused, ok := errors.AsType[*refusal](err); ok && refused.happened(operation) {
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", operation, account, err)
	}
	c.tally.acknowledged.Add(1)
	select {
	case c.tally.progress <- struct{}{}:
	default:
	}
	return answer, nil
}

// ask answers a request with what it tells.
func ask[O any](ctx context.Context, c *client, account, operation string, in any) (*O, error) {
	return told[O](c.ask(ctx, account, operation, in))
}

// write is ask for an operation that changes something.
func write[O any](ctx context.Context, c *client, account, operation string, in any) (*O, error) {
	return told[O](c.write(ctx, account, operation, in))
}

func told[O any](answer []byte, err error) (*O, error) {
	if err != nil {
		return nil, err
	}
	out := new(O)
	return out, api.Unmarshal(answer, out)
}
