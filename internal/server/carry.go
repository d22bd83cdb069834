package server

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/proposal"
)

// carry returns what sends operations to this server itself in the name of principals, so
// that they meet everything that a request from outside meets.
func carry(calls http.Handler) proposal.Carry {
	return func(ctx context.Context, as auth.Principal, operation string, request []byte) ([]byte, error) {
		r, err := http.NewRequestWithContext(auth.ForwardAs(ctx, as), http.MethodPost, "/", bytes.NewReader(request))
		if err != nil {
			return nil, err
		}
		r.RemoteAddr, r.RequestURI, r.Host = "127.0.0.1:0", "/", "localhost"
		r.Header.Set("Content-Type", typeSelling)
		r.Header.Set("X-Amz-Target", api.TargetPrefix+"."+operation)
		w := &kept{header: http.Header{}, status: http.StatusOK}
		calls.ServeHTTP(w, r)
		if w.status == http.StatusOK {
			return w.body.Bytes(), nil
		}
		return nil, refusal(w.body.Bytes())
	}
}

// refusal returns the error that an answer tells.
func refusal(answer []byte) error {
	refused := struct {
		Type      string                         `json:"__type"`
		Message   string                         `json:"Message"`
		ErrorList []api.ValidationExceptionError `json:"ErrorList"`
	}{}
	if err := json.Unmarshal(answer, &refused); err != nil {
		return api.Internal(err)
	}
	return &api.Error{Type: refused.Type, Message: refused.Message, ErrorList: refused.ErrorList}
}

// kept keeps an answer.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements [http.ResponseWriter].
func (k *kept) Header() http.Header { return k.header }

// Write implements [http.ResponseWriter].
func (k *kept) Write(p []byte) (int, error) { return k.body.Write(p) }

// WriteHeader implements [http.ResponseWriter].
func (k *kept) WriteHeader(status int) { k.status = status }

// principal returns the principal of an access key that may be used.
func (s *Server) principal(ctx context.Context, accessKeyID string) (auth.Principal, error) {
	key, err := s.identities.Lookup(ctx, accessKeyID, "")
	return key.Principal, err
}
