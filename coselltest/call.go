package coselltest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"cosell/internal/api"
)

// Call sends a signed request for an operation as an account, and decodes the answer
// into out, if it is not nil. The input is encoded as JSON: a map, or any structure with
// the members' names. It is for tests that do not use an AWS client.
func (s *Server) Call(account, operation string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), operatorTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Endpoint+"/", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", api.TargetPrefix+"."+operation)
	sum := sha256.Sum256(body)
	keys := aws.Credentials{AccessKeyID: account, SecretAccessKey: s.Credentials(account).SecretAccessKey}
	if err := v4.NewSigner().SignHTTP(ctx, keys, r, hex.EncodeToString(sum[:]), "partnercentral-selling", Region, time.Now()); err != nil {
		return fmt.Errorf("sign %s: %w", operation, err)
	}
	return s.send(r, out)
}

// eventsTime is how long Events waits for the events that are missing.
const eventsTime = 10 * time.Second

// Events fails the test unless exactly these events were sent to an account since the
// last call for it, or since the start: their detail types, such as "Opportunity
// Created", in their order. It waits for background work, and for events that are
// missing. It returns the envelopes.
func (s *Server) Events(account string, detailTypes ...string) []json.RawMessage {
	s.t.Helper()
	s.Settle()
	s.mu.Lock()
	defer s.mu.Unlock()
	after := s.seen[account]
	if after == "" {
		after = "0"
	}
	var envelopes []json.RawMessage
	var got []string
	for end := time.Now().Add(eventsTime); ; {
		var page struct {
			Events []struct{ Event json.RawMessage }
			Next   string
		}
		query := url.Values{"account": {account}, "after": {after}, "limit": {"1000"}}
		if len(got) < len(detailTypes) {
			query.Set("wait", "250ms")
		}
		s.Operator(http.MethodGet, "/events?"+query.Encode(), nil, &page)
		for _, e := range page.Events {
			var envelope struct {
				DetailType string `json:"detail-type"`
			}
			if err := json.Unmarshal(e.Event, &envelope); err != nil {
				s.t.Fatal(err)
			}
			envelopes, got = append(envelopes, e.Event), append(got, envelope.DetailType)
		}
		after = page.Next
		if len(page.Events) == 0 && (len(got) >= len(detailTypes) || time.Now().After(end)) {
			break
		}
	}
	s.seen[account] = after
	if !slices.Equal(got, detailTypes) {
		s.t.Errorf("account %s got the events %q, want %q", account, got, detailTypes)
	}
	return envelopes
}
