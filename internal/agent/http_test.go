package agent_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"cosell/internal/access"
	"cosell/internal/agent"
	"cosell/internal/auth"
)

const (
	one   = "111111111111"
	other = "222222222222"
)

// served serves the tools to an operator until the test ends; calls answer who calls, and
// from where.
func served(t *testing.T, strict bool, i *access.Identity) *httptest.Server {
	t.Helper()
	call := func(ctx context.Context, _ string, _ json.RawMessage) (json.RawMessage, error) {
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/", nil)
		claim, err := auth.Forwarded{}.Check(r)
		if err != nil {
			return nil, err
		}
		return json.Marshal(map[string]string{"Account": claim.Account(), "By": access.From(ctx).Name, "With": agent.SenderOf(ctx).Agent})
	}
	handler := agent.NewHandler(agent.HTTPConfig{
		Strict: strict, Log: slog.New(slog.DiscardHandler),
		Config: agent.Config{
			Version: "1", Call: call, Propose: call,
			Operate: func(ctx context.Context, _, path string, _ any) (json.RawMessage, error) { return call(ctx, path, nil) },
		},
		Refuse: func(w http.ResponseWriter, _ *http.Request, err error) {
			if refused, ok := errors.AsType[*access.RefusedError](err); ok {
				http.Error(w, refused.Detail, refused.Status)
				return
			}
			t.Error(err)
		},
	})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler.ServeHTTP(w, r.WithContext(access.With(r.Context(), i)))
	}))
	t.Cleanup(s.Close)
	return s
}

// Which account an agent acts for, and which tools it gets, follow from its token and the
// address.
func TestWhatAgentsGetOverHTTP(t *testing.T) {
	administrator, reviewer, auditor := access.Administrator, access.Reviewer, access.Auditor
	for name, c := range map[string]struct {
		strict   bool
		role     access.Role
		accounts []string
		query    string
		status   int // of a refusal, 0 for none
		account  string
		propose  bool
		simulate bool
	}{
		"dev, no account":              {false, administrator, nil, "", 0, "000000000000", true, false},
		"dev, an account":              {false, administrator, nil, "?account=" + one, 0, one, true, false},
		"dev, acting":                  {false, administrator, nil, "?simulate=true", 0, "000000000000", true, true},
		"dev, acting, no proposals":    {false, administrator, nil, "?propose=false&simulate=true", 0, "000000000000", false, true},
		"strict, no account":           {true, administrator, nil, "", 400, "", false, false},
		"strict, its only account":     {true, reviewer, []string{one}, "", 0, one, true, false},
		"strict, one of two, not said": {true, reviewer, []string{one, other}, "", 400, "", false, false},
		"strict, one of two":           {true, reviewer, []string{one, other}, "?account=" + other, 0, other, true, false},
		"strict, another account":      {true, reviewer, []string{one}, "?account=" + other, 403, "", false, false},
		"strict, the AWS side":         {true, administrator, nil, "?account=aws", 0, "aws", true, false},
		"strict, acting":               {true, administrator, nil, "?account=" + one + "&simulate=true", 403, "", false, false},
		"strict, an auditor":           {true, auditor, nil, "?account=" + one, 0, one, false, false},
		"no account at all":            {true, administrator, nil, "?account=*", 400, "", false, false},
		"two accounts":                 {true, administrator, nil, "?account=" + one + "&account=" + other, 400, "", false, false},
		"an unknown parameter":         {true, administrator, nil, "?account=" + one + "&token=x", 400, "", false, false},
		"a parameter that is no truth": {true, administrator, nil, "?account=" + one + "&propose=no", 400, "", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := served(t, c.strict, &access.Identity{Name: "ann", Role: c.role, Accounts: c.accounts})
			if c.status != 0 {
				if status, text := post(t, s.URL+c.query, `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`); status != c.status {
					t.Errorf("got %d %s", status, text)
				}
				return
			}
			client, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), &mcp.StreamableClientTransport{Endpoint: s.URL + c.query}, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = client.Close() }()
			all := tools(t, client)
			for tool, want := range map[string]bool{"GetOpportunity": true, "operator_reviews": true, "propose_UpdateOpportunity": c.propose, "operator_review": c.simulate} {
				if _, got := all[tool]; got != want {
					t.Errorf("%s: offered %v, want %v", tool, got, want)
				}
			}
			for _, tool := range []string{"GetOpportunity", "operator_reviews"} {
				r, err := client.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: map[string]any{}})
				if err != nil {
					t.Fatal(err)
				}
				text, _ := r.Content[0].(*mcp.TextContent)
				if !strings.Contains(text.Text, `"Account":"`+c.account+`","By":"ann","With":"Go-http-client`) {
					t.Errorf("%s: %s", tool, text.Text)
				}
			}
		})
	}
}

// post sends a message as an agent does, with more headers.
func post(t *testing.T, address, body string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if id := answer.Header.Get("Mcp-Session-Id"); id != "" {
		t.Errorf("a session %s was made", id)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// What an agent sends is bounded, and nothing is kept of it.
func TestMessagesOverHTTP(t *testing.T) {
	s := served(t, false, access.Local())
	const list = `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`
	for name, c := range map[string]struct {
		body   string
		header []string
		status int
		text   string
	}{
		"a message":               {list, nil, 200, `"GetOpportunity"`},
		"spaces before it":        {" \n" + list, nil, 200, `"GetOpportunity"`},
		"several messages":        {"[" + list + "," + list + "]", nil, 400, "several messages"},
		"several, and spaces":     {"\r\n\t [" + list + "]", nil, 400, "several messages"},
		"nothing":                 {"", nil, 400, "non-empty"},
		"no JSON":                 {"{", nil, 400, "malformed"},
		"too much":                {`{"jsonrpc":"2.0","id":1,"method":"` + strings.Repeat("a", 1<<20) + `"}`, nil, 413, "exceeds"},
		"the session of somebody": {list, []string{"Mcp-Session-Id", "stolen"}, 200, `"GetOpportunity"`},
		"a page from elsewhere":   {list, []string{"Origin", "https://evil.example"}, 403, "Origin"},
		"a page of nowhere":       {list, []string{"Origin", "null"}, 403, "Origin"},
		"a page of another site":  {list, []string{"Sec-Fetch-Site", "cross-site"}, 403, "Origin"},
		"a page of this server":   {list, []string{"Sec-Fetch-Site", "same-origin"}, 200, `"GetOpportunity"`},
		"a form":                  {list, []string{"Content-Type", "text/plain"}, 415, "Content-Type"},
	} {
		status, text := post(t, s.URL, c.body, c.header...)
		if status != c.status || !strings.Contains(text, c.text) {
			t.Errorf("%s: got %d %.200s", name, status, text)
		}
	}
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		r, err := http.NewRequestWithContext(t.Context(), method, s.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", "text/event-stream")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s: got %d", method, answer.StatusCode)
		}
	}
}
