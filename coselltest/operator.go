package coselltest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"cosell/internal/fault"
	"cosell/internal/operator"
)

// Fault lets requests fail on purpose; docs/faults.md describes its members.
type Fault = fault.Fault

// Referral is what a referral from AWS makes.
type Referral struct {
	OpportunityID          string `json:"opportunityId"`
	EngagementID           string `json:"engagementId"`
	EngagementInvitationID string `json:"engagementInvitationId"`
}

// Reset removes everything from the server, with its faults, and returns the clock to
// where it started.
func (s *Server) Reset() {
	s.t.Helper()
	s.Operator(http.MethodPost, "/reset", nil, nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.seen)
}

// ResetAccount removes the records of one account. Its keys and what it shares with others
// stay (docs/operators.md#reset).
func (s *Server) ResetAccount(account string) {
	s.t.Helper()
	s.Operator(http.MethodPost, "/reset?account="+url.QueryEscape(account), nil, nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.seen, account)
}

// Load loads records in YAML or JSON (docs/fixtures.md), all or none, and returns their
// identifiers by their names. The name of the file is for errors.
func (s *Server) Load(file, content string) map[string]string {
	s.t.Helper()
	var loaded struct {
		IDs map[string]string `json:"ids"`
	}
	body := map[string]any{"files": []map[string]string{{"name": file, "content": content}}}
	s.Operator(http.MethodPost, "/fixtures", body, &loaded)
	s.Settle()
	return loaded.IDs
}

// Now returns the business time.
func (s *Server) Now() time.Time {
	s.t.Helper()
	var state struct{ Now time.Time }
	s.Operator(http.MethodGet, "/clock", nil, &state)
	return state.Now
}

// Advance moves the business clock, and waits until the work that has become due is done.
func (s *Server) Advance(by time.Duration) {
	s.t.Helper()
	s.Operator(http.MethodPost, "/clock", map[string]string{"advance": by.String()}, nil)
	s.Settle()
}

// SetClock sets the business clock, and waits until the work that has become due is done.
func (s *Server) SetClock(at time.Time) {
	s.t.Helper()
	s.Operator(http.MethodPost, "/clock", map[string]time.Time{"set": at}, nil)
	s.Settle()
}

// settleTime is how long Settle waits.
const settleTime = 10 * time.Second

// Settle waits until all background work is done that is due by the business clock.
func (s *Server) Settle() {
	s.t.Helper()
	for end := time.Now().Add(settleTime); ; {
		var list struct {
			Work []struct {
				Kind, LastError string
				DueAt           time.Time
			}
		}
		s.Operator(http.MethodGet, "/work?limit=1", nil, &list)
		if len(list.Work) == 0 || list.Work[0].DueAt.After(s.Now()) {
			return
		}
		if time.Now().After(end) {
			s.t.Fatalf("the work %s is not done after %s: %s", list.Work[0].Kind, settleTime, list.Work[0].LastError)
		}
		time.Sleep(time.Millisecond)
	}
}

// SetFaults replaces the faults of the server; without any no request fails.
func (s *Server) SetFaults(faults ...Fault) {
	s.t.Helper()
	if faults == nil {
		faults = []Fault{}
	}
	s.Operator(http.MethodPut, "/faults", faults, nil)
}

// Approve lets AWS approve a submitted opportunity.
func (s *Server) Approve(account, catalog, opportunity string) {
	s.t.Helper()
	s.Review(account, catalog, opportunity, "Approve", "")
}

// Review lets AWS decide on a submitted opportunity: StartReview, Approve, Reject or
// RequestAction, with comments that the partner reads. It waits for the work that follows.
func (s *Server) Review(account, catalog, opportunity, decision, comments string) {
	s.t.Helper()
	query := url.Values{"account": {account}, "catalog": {catalog}}
	body := map[string]string{"decision": decision}
	if comments != "" {
		body["comments"] = comments
	}
	s.Operator(http.MethodPost, "/opportunities/"+url.PathEscape(opportunity)+"/review?"+query.Encode(), body, nil)
	s.Settle()
}

// Refer lets AWS refer an opportunity to an account. The opportunity has the members of
// CreateOpportunity, as a map or as an AWS client's input without its catalog.
func (s *Server) Refer(account, catalog string, opportunity any) Referral {
	s.t.Helper()
	var made Referral
	body := map[string]any{"account": account, "catalog": catalog, "opportunity": opportunity}
	s.Operator(http.MethodPost, "/referrals", body, &made)
	s.Settle()
	return made
}

// operatorTimeout is how long the server may take to answer.
const operatorTimeout = 30 * time.Second

// Operator sends a request to the operator API (docs/operator-api.md) and decodes the
// answer into out, if it is not nil. The path begins after /operator/v1. A refusal fails
// the test.
func (s *Server) Operator(method, path string, in, out any) {
	s.t.Helper()
	if err := s.operator(method, path, in, out); err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
}

func (s *Server) operator(method, path string, in, out any) error {
	var body io.Reader = http.NoBody
	if in != nil {
		encoded, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(encoded)
	}
	ctx, cancel := context.WithTimeout(context.Background(), operatorTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, s.Endpoint+operator.Prefix+path, body)
	if err != nil {
		return err
	}
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return s.send(r, out)
}

// send sends a request and decodes the answer.
func (s *Server) send(r *http.Request, out any) error {
	answer, err := s.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	switch {
	case err != nil:
		return err
	case answer.StatusCode >= http.StatusBadRequest:
		return fmt.Errorf("the server answered %s: %s", answer.Status, text)
	case out == nil || len(text) == 0:
		return nil
	}
	return json.Unmarshal(text, out)
}
