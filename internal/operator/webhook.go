package operator

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/access"
	"cosell/internal/clock"
	"cosell/internal/events/delivery"
	"cosell/internal/store"
)

// Deliveries has the webhook endpoints of accounts; [delivery.Engine] implements it.
type Deliveries interface {
	Webhooks(ctx context.Context, account string) ([]delivery.Webhook, error)
	PutWebhook(ctx context.Context, account string, w delivery.Webhook) (stored delivery.Webhook, secret string, err error)
	RotateWebhook(ctx context.Context, account, id string, overlap time.Duration) (w delivery.Webhook, secret string, err error)
	RemoveWebhook(ctx context.Context, account, id string) error
	TestWebhook(ctx context.Context, account, id string) (delivery.Outcome, error)
	Redrive(ctx context.Context, account, target string, sequence int64) (int64, error)
	Replay(ctx context.Context, account, target string, after, through int64) (int64, error)
}

// eventPattern is an EventBridge event pattern.
type eventPattern struct{ json.RawMessage }

// Schema implements [huma.SchemaProvider].
func (eventPattern) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Description: "An EventBridge event pattern; all events without one"}
}

type putWebhook struct {
	URL     string       `json:"url" maxLength:"2048" example:"https://example.com/events" doc:"Where events are sent: https://, file:NAME, stdout: or eventbridge:BUS"`
	Pattern eventPattern `json:"pattern,omitzero"`
	Enabled *bool        `json:"enabled,omitempty" doc:"Whether it receives events (default true)"`
}

type webhookEndpoint struct {
	ID      string       `json:"id"`
	URL     string       `json:"url"`
	Pattern eventPattern `json:"pattern,omitzero"`
	Enabled bool         `json:"enabled"`
	Reason  string       `json:"reason,omitempty" doc:"Why it is not enabled"`
	Secret  string       `json:"secret,omitempty" doc:"The signing secret: shown once, when it is made"`
	OldEnds string       `json:"oldSecretEnds,omitempty" doc:"Until when the secret before signs too"`
}

type webhookList struct {
	Webhooks []webhookEndpoint `json:"webhooks" nullable:"false"`
}

// WebhookPath names a webhook endpoint of an account.
type WebhookPath struct {
	AccountPath

	ID string `path:"id" pattern:"^[a-z0-9][a-z0-9-]{0,62}$" patternDescription:"lower-case letters, digits and dashes" example:"crm"`
}

type putWebhookInput struct {
	WebhookPath

	Body putWebhook
}

type rotation struct {
	Overlap string `json:"overlap,omitempty" example:"24h" doc:"How long the secret before signs too (default 24h)"`
}

type rotateInput struct {
	WebhookPath

	Body *rotation
}

type webhookTest struct {
	Delivered bool   `json:"delivered"`
	Status    int    `json:"status,omitempty" doc:"HTTP status of the answer"`
	Answer    string `json:"answer,omitempty" doc:"Beginning of the answer"`
	Error     string `json:"error,omitempty"`
}

func shownWebhook(w delivery.Webhook, secret string) webhookEndpoint {
	shown := webhookEndpoint{ID: w.ID, URL: w.URL, Enabled: w.Enabled, Reason: w.Reason, Secret: secret}
	if w.Pattern != "" {
		shown.Pattern.RawMessage = json.RawMessage(w.Pattern)
	}
	if w.OldUntil > 0 {
		shown.OldEnds = time.UnixMilli(w.OldUntil).UTC().Format(time.RFC3339)
	}
	return shown
}

func (c Config) webhookRoutes(rest huma.API) {
	const tag, path = "Webhooks", "/accounts/{account}/webhooks"
	huma.Get(rest, path, func(ctx context.Context, in *AccountPath) (*body[webhookList], error) {
		all, err := c.Deliveries.Webhooks(ctx, in.Account)
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		list := webhookList{Webhooks: make([]webhookEndpoint, len(all))}
		for i, w := range all {
			list.Webhooks[i] = shownWebhook(w, "")
		}
		return &body[webhookList]{list}, nil
	}, tagged(tag, "List the webhook endpoints of an account"))
	huma.Put(rest, path+"/{id}", func(ctx context.Context, in *putWebhookInput) (*body[webhookEndpoint], error) {
		w := delivery.Webhook{ID: in.ID, URL: in.Body.URL, Enabled: in.Body.Enabled == nil || *in.Body.Enabled}
		if text := string(in.Body.Pattern.RawMessage); text != "null" {
			w.Pattern = text
		}
		if err := c.mayName(ctx, in.Account, &w); err != nil {
			return nil, err
		}
		stored, secret, err := c.Deliveries.PutWebhook(ctx, in.Account, w)
		if err != nil {
			return nil, c.webhookFault(ctx, err)
		}
		return &body[webhookEndpoint]{shownWebhook(stored, secret)}, nil
	}, tagged(tag, "Add or change a webhook endpoint"))
	huma.Post(rest, path+"/{id}/rotate", func(ctx context.Context, in *rotateInput) (*body[webhookEndpoint], error) {
		overlap := delivery.DefaultOverlap
		if in.Body != nil && in.Body.Overlap != "" {
			var err error
			if overlap, err = clock.ParseDuration(in.Body.Overlap); err != nil || overlap < 0 {
				return nil, unprocessable("body.overlap", "must be a duration such as 24h")
			}
		}
		stored, secret, err := c.Deliveries.RotateWebhook(ctx, in.Account, in.ID, overlap)
		if err != nil {
			return nil, c.webhookFault(ctx, err)
		}
		return &body[webhookEndpoint]{shownWebhook(stored, secret)}, nil
	}, tagged(tag, "Give a webhook endpoint a new secret"))
	huma.Post(rest, path+"/{id}/test", func(ctx context.Context, in *WebhookPath) (*body[webhookTest], error) {
		o, err := c.Deliveries.TestWebhook(ctx, in.Account, in.ID)
		if err != nil {
			return nil, c.webhookFault(ctx, err)
		}
		return &body[webhookTest]{webhookTest{Delivered: o.OK(), Status: o.Status, Answer: o.Answer, Error: o.Message}}, nil
	}, tagged(tag, "Send a test message to a webhook endpoint"))
	huma.Delete(rest, path+"/{id}", func(ctx context.Context, in *WebhookPath) (*struct{}, error) {
		if err := c.Deliveries.RemoveWebhook(ctx, in.Account, in.ID); err != nil {
			return nil, c.webhookFault(ctx, err)
		}
		return nil, nil
	}, tagged(tag, "Remove a webhook endpoint"))
}

// mayName returns an error where an operator names a file, the output or a bus of the
// server and is limited to some accounts. Others' events go there as well, with nothing that
// an account could not make up. One that another operator named may stay.
func (c Config) mayName(ctx context.Context, account string, w *delivery.Webhook) error {
	if i := access.From(ctx); i == nil || !i.Scoped() || !w.OfServer() {
		return nil
	}
	all, err := c.Deliveries.Webhooks(ctx, account)
	if err != nil {
		return c.fault(ctx, err)
	}
	if slices.ContainsFunc(all, func(old delivery.Webhook) bool { return old.ID == w.ID && old.URL == w.URL }) {
		return nil
	}
	return huma.Error403Forbidden("url: is of the server, which all accounts share; must begin with https:// for an operator who is limited to some accounts")
}

func (c Config) webhookFault(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return huma.Error404NotFound("The account has no such webhook endpoint")
	case errors.Is(err, delivery.ErrInvalid):
		return unprocessable("body", err.Error())
	case errors.Is(err, delivery.ErrTooMany):
		return huma.Error409Conflict(err.Error())
	}
	return c.fault(ctx, err)
}
