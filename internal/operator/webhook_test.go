package operator

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cosell/internal/access"
	"cosell/internal/clock"
	"cosell/internal/events/delivery"
)

// endpoints has an endpoint that the operator of the server named, and keeps what is put.
type endpoints struct {
	Deliveries

	put []string
}

func (*endpoints) Webhooks(context.Context, string) ([]delivery.Webhook, error) {
	return []delivery.Webhook{{ID: "given", URL: "file:given.jsonl"}}, nil
}

func (e *endpoints) PutWebhook(_ context.Context, _ string, w delivery.Webhook) (delivery.Webhook, string, error) {
	e.put = append(e.put, w.ID+" "+w.URL)
	return w, "", nil
}

// TestAttackWebhookToTheServersOwn sees that an operator who is limited to some accounts sends
// no events to the files, the output and the buses of the server, which others use.
func TestAttackWebhookToTheServersOwn(t *testing.T) {
	const own = "111111111111"
	all := new(endpoints)
	h := New(Config{Deliveries: all, Log: slog.New(slog.DiscardHandler), Clock: clock.New()})
	put := func(who *access.Identity, id, url string) int {
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(access.With(t.Context(), who), http.MethodPut, Prefix+"/accounts/"+own+"/webhooks/"+id, strings.NewReader(`{"url":"`+url+`"}`))
		h.ServeHTTP(w, r)
		return w.Code
	}
	limited := &access.Identity{Name: "limited", Role: access.Administrator, Accounts: []string{own}}
	for _, url := range []string{"file:others.jsonl", "file:given.jsonl", "stdout:", "eventbridge:default", "eventbridge:arn:aws:events:us-east-1:222222222222:event-bus/theirs"} {
		if status := put(limited, "mine", url); status != http.StatusForbidden || len(all.put) > 0 {
			t.Errorf("%s: %d, put %v", url, status, all.put)
		}
		if status := put(access.Local(), "mine", url); status != http.StatusOK {
			t.Errorf("%s, by one who is not limited: %d", url, status)
		}
		all.put = nil
	}
	for id, url := range map[string]string{"mine": "https://example.com/", "given": "file:given.jsonl"} {
		if status := put(limited, id, url); status != http.StatusOK {
			t.Errorf("%s %s: %d", id, url, status)
		}
	}
	if status := put(limited, "given", "file:others.jsonl"); status != http.StatusForbidden {
		t.Errorf("another file for an endpoint that is there: %d", status)
	}
}
