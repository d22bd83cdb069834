package coselltest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cosell/coselltest"
	"cosell/internal/events/webhook"
)

// A webhook of a file is one as the operator adds it, with the secret of the file.
func TestFixturesAddWebhooks(t *testing.T) {
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
	received := make(chan error, 8)
	verifier := func(r *http.Request, body []byte) error {
		parsed, err := webhook.ParseSecret(secret)
		if err != nil {
			return err
		}
		return parsed.Verify(r.Header, time.Now(), body)
	}
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = verifier(r, body)
		}
		received <- err
	}))
	defer receiver.Close()
	s := coselltest.Start(t)
	file := strings.ReplaceAll(`
accounts:
  acme: {id: "111122223333", companyName: Acme}
webhooks:
  crm: {account: $acme, url: "URL/", secret: `+secret+`, pattern: {detail-type: [Opportunity Created]}}
  later: {account: $acme, id: crm-2, url: "URL/later", enabled: false}
`, "URL", receiver.URL)
	ids := s.Load("world.yaml", file)
	if ids["crm"] != "crm" || ids["later"] != "crm-2" {
		t.Errorf("the identifiers are %v", ids)
	}
	var before, after struct {
		Webhooks []struct {
			ID, URL string
			Enabled bool
			Pattern map[string][]string
		}
	}
	s.Operator(http.MethodGet, "/accounts/111122223333/webhooks", nil, &before)
	if len(before.Webhooks) != 2 || !before.Webhooks[0].Enabled || before.Webhooks[1].Enabled || len(before.Webhooks[0].Pattern["detail-type"]) != 1 {
		t.Fatalf("the webhooks are %+v", before.Webhooks)
	}
	s.Operator(http.MethodPut, "/accounts/111122223333/webhooks/crm-2", map[string]any{"url": receiver.URL + "/changed", "enabled": false}, nil)
	s.Load("world.yaml", file)
	s.Operator(http.MethodGet, "/accounts/111122223333/webhooks", nil, &after)
	if len(after.Webhooks) != 2 || after.Webhooks[1].URL != receiver.URL+"/changed" {
		t.Errorf("loading again changes the webhooks: %+v", after.Webhooks)
	}
	call(t, s, "CreateOpportunity", deal(), nil)
	if err := <-received; err != nil {
		t.Errorf("the message is not signed with the secret of the file: %v", err)
	}
}

func TestFixtureWebhooksThatAreWrong(t *testing.T) {
	for _, c := range []struct{ name, record, want string }{
		{"URL", `url: "ftp://example.com"`, "w.yaml:2:32 a.url: "},
		{"NoURL", `enabled: true`, "w.yaml:2:3 a.url: is missing"},
		{"ID", `url: "https://example.com", id: A B`, `w.yaml:2:60 a.id: is "A B"; must be lower-case letters`},
		{"Pattern", `url: "https://example.com", pattern: {source: x}`, "w.yaml:2:60 a.pattern: "},
		{"PatternForm", `url: "https://example.com", pattern: all`, "a.pattern: must be an EventBridge pattern"},
		{"Secret", `url: "https://example.com", secret: short`, "a.secret: must be whsec_ and 24 to 64 bytes"},
		{"Type", `url: "https://example.com", enabled: maybe`, "a: has a member of another type than a webhook takes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := coselltest.Start(t)
			text := "webhooks:\n  a: {account: \"111122223333\", " + c.record + "}"
			err := coselltest.OperatorError(s, "POST", "/fixtures", map[string]any{"files": []map[string]string{{"name": "w.yaml", "content": text}}})
			if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), `\"`, `"`), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
