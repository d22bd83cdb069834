package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"cosell/internal/agent"
	"cosell/internal/api"
	"cosell/internal/operator"
	"cosell/internal/proposal"
)

// The content types of requests that the server sends to itself.
const (
	typeSelling   = "application/x-amz-json-1.0"
	typeProposals = "application/x-amz-json-1.1"
	typeJSON      = "application/json"
)

// tools returns the handler of the tools for agents. What they ask for, the server sends to
// itself in the name of the operator and the account, so that it meets everything that a
// request from outside meets.
func (c *Config) tools(s *Server, guard operator.Guard, calls, operators http.Handler) http.Handler {
	call := func(ctx context.Context, contentType, target string, in []byte) (json.RawMessage, error) {
		answer := s.inside(ctx, calls, http.MethodPost, "/", in, "Content-Type", contentType, "X-Amz-Target", target)
		if answer.status != http.StatusOK {
			return nil, refusal(answer.body.Bytes())
		}
		return answer.body.Bytes(), nil
	}
	return guard.Protect(agent.NewHandler(agent.HTTPConfig{
		Strict: c.Strict, Refuse: guard.Refuse, Log: s.log,
		Config: agent.Config{
			Version: c.Version,
			Call: func(ctx context.Context, operation string, in json.RawMessage) (json.RawMessage, error) {
				return call(ctx, typeSelling, api.TargetPrefix+"."+operation, in)
			},
			Propose: func(ctx context.Context, operation string, in json.RawMessage) (json.RawMessage, error) {
				return call(ctx, typeProposals, proposal.TargetPrefix+"."+operation, in)
			},
			Operate: func(ctx context.Context, method, path string, in any) (json.RawMessage, error) {
				body, err := json.Marshal(in)
				if err != nil {
					return nil, err
				}
				if in == nil {
					body = nil
				}
				answer := s.inside(ctx, operators, method, operator.Prefix+path, body, "Content-Type", typeJSON)
				if answer.status >= http.StatusBadRequest {
					return nil, problem(answer.body.Bytes())
				}
				return answer.body.Bytes(), nil
			},
		},
	}))
}

// inside sends a request of an agent to one of the server's own handlers.
func (s *Server) inside(ctx context.Context, to http.Handler, method, path string, body []byte, header ...string) *kept {
	w := &kept{header: http.Header{}, status: http.StatusOK}
	r, err := http.NewRequestWithContext(ctx, method, path, bytes.NewReader(body))
	if err != nil {
		w.status = http.StatusBadRequest
		return w
	}
	from := agent.SenderOf(ctx)
	r.RemoteAddr, r.RequestURI, r.Host = from.Remote, path, "localhost"
	r.Header.Set("User-Agent", from.Agent)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	to.ServeHTTP(w, r)
	return w
}

// problem returns the error that an answer of the operator API tells.
func problem(answer []byte) error {
	var told struct {
		Detail string `json:"detail"`
		Errors []struct {
			Message  string `json:"message"`
			Location string `json:"location"`
		} `json:"errors"`
	}
	if err := json.Unmarshal(answer, &told); err != nil {
		return fmt.Errorf("read answer of the operator API: %w", err)
	}
	for _, e := range told.Errors {
		told.Detail += fmt.Sprintf("\n  %s: %s", strings.TrimPrefix(e.Location, "body."), e.Message)
	}
	return errors.New(told.Detail)
}
