package delivery

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"cosell/internal/audit"
	"cosell/internal/events/pattern"
	"cosell/internal/events/transform"
	"cosell/internal/events/webhook"
	"cosell/internal/store"
)

const (
	// webhookTimeout is how long an endpoint may take, as Standard Webhooks has it.
	webhookTimeout = 15 * time.Second
	secretSize     = 32
	// MaxWebhooks is how many endpoints an account may have.
	MaxWebhooks = 100
	// DefaultOverlap is how long both secrets sign after a rotation.
	DefaultOverlap = 24 * time.Hour
)

// Webhook is a webhook endpoint.
type Webhook struct {
	ID      string `json:"id"`
	URL     string `json:"url"`
	Pattern string `json:"pattern,omitempty"` // JSON; empty for all events
	Enabled bool   `json:"enabled"`
	Reason  string `json:"reason,omitempty"` // why it is not enabled
	// Generation counts secrets; the one before signs too until OldUntil.
	Generation int   `json:"generation"`
	OldUntil   int64 `json:"oldUntil,omitempty"` // milliseconds of real time
}

// How the URLs of endpoints begin, or are, that lead to what the server provides.
const (
	fileScheme = "file:"
	busScheme  = "eventbridge:"
	outputURL  = "stdout:"
)

// OfServer reports whether an endpoint is one that the operator of the server provides: a
// file, its output, or a bus that it puts events on with its own credentials.
func (w *Webhook) OfServer() bool {
	return strings.HasPrefix(w.URL, fileScheme) || strings.HasPrefix(w.URL, busScheme) || w.URL == outputURL
}

// Key names the lane of a webhook.
func (w *Webhook) Key() string { return webhookKey(w.ID) }

func webhookKey(id string) string { return "webhook/" + id }

func secretName(account, id string, generation int) string {
	return "webhook/" + account + "/" + id + "/" + strconv.Itoa(generation)
}

// ErrInvalid reports a webhook that is refused, with a text that begins with the member.
var ErrInvalid = errors.New("invalid webhook")

// ErrTooMany reports that an account has as many webhooks as it may have.
var ErrTooMany = fmt.Errorf("an account may have at most %d webhooks", MaxWebhooks)

// Webhooks returns the endpoints of an account.
func (e *Engine) Webhooks(ctx context.Context, account string) (all []Webhook, err error) {
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		all, err = readAllWebhooks(tx, account)
		return err
	})
	return all, err
}

func readAllWebhooks(tx *store.Tx, account string) ([]Webhook, error) {
	rows, err := tx.Webhooks(account, MaxWebhooks)
	all := make([]Webhook, len(rows))
	for i, row := range rows {
		if err := json.Unmarshal(row.Document, &all[i]); err != nil {
			return nil, fmt.Errorf("webhook %s: %w", row.ID, err)
		}
	}
	return all, err
}

// CheckWebhook returns an ErrInvalid if an endpoint can never receive.
func (e *Engine) CheckWebhook(w *Webhook) error {
	if _, err := e.webhookTarget(w, nil); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if w.Pattern != "" {
		if _, err := pattern.Parse(w.Pattern); err != nil {
			return fmt.Errorf("%w: pattern: %w", ErrInvalid, err)
		}
	}
	return nil
}

// PutWebhook adds or changes an endpoint; its secrets stay. It returns the endpoint
// and, if it is new, its secret.
func (e *Engine) PutWebhook(ctx context.Context, account string, w Webhook) (stored Webhook, secret string, err error) {
	err = audit.Update(ctx, e.Store, func(tx *store.Tx) error {
		stored, secret, err = e.PutWebhookIn(tx, account, w, "")
		return err
	})
	if err == nil {
		e.WakeLanes()
	}
	return stored, secret, err
}

// PutWebhookIn does the work of PutWebhook in a transaction of the caller's. A given secret
// becomes the one of the endpoint, in place of the one that it had.
func (e *Engine) PutWebhookIn(tx *store.Tx, account string, w Webhook, given string) (stored Webhook, secret string, err error) {
	if err := e.CheckWebhook(&w); err != nil {
		return w, "", err
	}
	if err := tx.ChangeEventRules(account); err != nil {
		return w, "", err
	}
	stored = w
	old, err := readWebhook(tx, account, w.ID)
	switch {
	case err == nil:
		stored.Generation, stored.OldUntil = old.Generation, old.OldUntil
	case !errors.Is(err, store.ErrNotFound):
		return w, "", err
	default:
		if secret, err = e.firstSecret(tx, account, w.ID); err != nil {
			return w, "", err
		}
		stored.Generation = 1
	}
	if given != "" {
		parsed, err := webhook.ParseSecret(given)
		if err != nil {
			return w, "", fmt.Errorf("%w: %w", ErrInvalid, err)
		}
		if err := e.Secrets.Put(tx, secretName(account, w.ID, stored.Generation), parsed); err != nil {
			return w, "", err
		}
		secret = ""
	}
	if !stored.Enabled && stored.Reason == "" {
		stored.Reason = "disabled by the operator"
	}
	if stored.Enabled {
		stored.Reason = ""
		if err := e.hasten(tx, account, stored.Key()); err != nil {
			return w, "", err
		}
	}
	return stored, secret, putWebhook(tx, account, &stored)
}

// firstSecret makes the secret of a new endpoint, if the account may have one more.
func (e *Engine) firstSecret(tx *store.Tx, account, id string) (string, error) {
	all, err := tx.Webhooks(account, MaxWebhooks)
	if err != nil {
		return "", err
	}
	if len(all) == MaxWebhooks {
		return "", ErrTooMany
	}
	made, err := e.Secrets.Bytes(tx, secretName(account, id, 1), secretSize)
	return webhook.Secret(made).Text(), err
}

func readWebhook(tx *store.Tx, account, id string) (*Webhook, error) {
	row, err := tx.Webhook(account, id)
	if err != nil {
		return nil, err
	}
	w := new(Webhook)
	return w, json.Unmarshal(row.Document, w)
}

func putWebhook(tx *store.Tx, account string, w *Webhook) error {
	document, err := json.Marshal(w)
	if err != nil {
		return err
	}
	return tx.PutWebhook(&store.Webhook{Account: account, ID: w.ID, Document: document})
}

// RotateWebhook gives an endpoint a new secret. Both sign for the overlap. It returns
// store.ErrNotFound if there is no such endpoint.
func (e *Engine) RotateWebhook(ctx context.Context, account, id string, overlap time.Duration) (w Webhook, secret string, err error) {
	err = audit.Update(ctx, e.Store, func(tx *store.Tx) error {
		if err := tx.ChangeEventRules(account); err != nil {
			return err
		}
		stored, err := readWebhook(tx, account, id)
		if err != nil {
			return err
		}
		if err := tx.DeleteSecret(secretName(account, id, stored.Generation-1)); err != nil {
			return err
		}
		stored.Generation++
		stored.OldUntil = e.Real.Now().Add(overlap).UnixMilli()
		made, err := e.Secrets.Bytes(tx, secretName(account, id, stored.Generation), secretSize)
		if err != nil {
			return err
		}
		w, secret = *stored, webhook.Secret(made).Text()
		return putWebhook(tx, account, stored)
	})
	return w, secret, err
}

// RemoveWebhook removes an endpoint with its pending deliveries, or returns
// store.ErrNotFound.
func (e *Engine) RemoveWebhook(ctx context.Context, account, id string) error {
	return audit.Update(ctx, e.Store, func(tx *store.Tx) error {
		if err := tx.ChangeEventRules(account); err != nil {
			return err
		}
		w, err := readWebhook(tx, account, id)
		if err != nil {
			return err
		}
		for _, generation := range []int{w.Generation - 1, w.Generation} {
			if err := tx.DeleteSecret(secretName(account, id, generation)); err != nil {
				return err
			}
		}
		if err := tx.DropEventDeliveries(account, w.Key()); err != nil {
			return err
		}
		return tx.DeleteWebhook(account, id)
	})
}

// disableWebhook disables the endpoint of a route that answered 410. Its pending
// deliveries are dropped.
func disableWebhook(tx *store.Tx, account string, route *Route) error {
	if route.webhook == "" {
		return nil
	}
	if err := tx.ChangeEventRules(account); err != nil {
		return err
	}
	w, err := readWebhook(tx, account, route.webhook)
	if err != nil {
		return ignore(err, store.ErrNotFound)
	}
	w.Enabled, w.Reason = false, "the endpoint answered 410 Gone"
	return putWebhook(tx, account, w)
}

// hasten ends the pauses of a target and of the deliveries that wait for another attempt at it.
func (e *Engine) hasten(tx *store.Tx, account, target string) error {
	if err := tx.HastenEventDeliveries(account, target, e.now()); err != nil {
		return err
	}
	return tx.WakeEventLane(account, target, true)
}

// TestWebhook sends one message of the type test, outside the order of events. If the endpoint takes it, what waits for
// another attempt is sent at once.
func (e *Engine) TestWebhook(ctx context.Context, account, id string) (Outcome, error) {
	routes, err := e.routesOf(ctx, account)
	if err != nil {
		return Outcome{}, err
	}
	route := routes.byKey[webhookKey(id)]
	if route == nil {
		return Outcome{}, store.ErrNotFound
	}
	now := e.Real.Now().UTC()
	at := now.Format(time.RFC3339)
	body := `{"version":"0","id":"test-` + strconv.FormatInt(now.UnixNano(), 10) + `","detail-type":"Webhook Test","source":"cosell",` +
		`"account":"` + account + `","time":"` + at + `","region":"us-east-1","resources":[],"detail":{}}`
	o := route.target.Send(ctx, Message{ID: readFacts([]byte(body)).ID, Account: account, Body: []byte(body)})
	if !o.OK() {
		return o, nil
	}
	err = e.Store.Update(ctx, func(tx *store.Tx) error { return e.hasten(tx, account, route.Key) })
	e.WakeLanes()
	return o, err
}

func (e *Engine) readWebhooks(tx *store.Tx, account string, set *routeSet) error {
	all, err := readAllWebhooks(tx, account)
	if err != nil {
		return err
	}
	for i := range all {
		w := &all[i]
		r := &Route{
			Key: w.Key(), TargetARN: w.URL, MaxAge: defaultMaxAge, MaxRetries: defaultMaxRetries,
			webhook: w.ID, transform: new(transform.Transform),
		}
		if w.Pattern != "" {
			if r.pattern, err = pattern.Parse(w.Pattern); err != nil {
				return err
			}
		}
		secrets := []webhook.Secret{nil}
		if secrets[0], err = e.Secrets.Bytes(tx, secretName(account, w.ID, w.Generation), secretSize); err != nil {
			return err
		}
		if w.OldUntil > e.now() && w.Generation > 1 {
			old, err := e.Secrets.Bytes(tx, secretName(account, w.ID, w.Generation-1), secretSize)
			if err != nil {
				return err
			}
			secrets = append(secrets, old)
		}
		if r.target, err = e.webhookTarget(w, secrets); err != nil {
			r.target = refused{Code: codeResource, Message: err.Error(), Final: true}
		}
		if !w.Enabled {
			r.target = refused{Code: codeResource, Message: w.Reason, Final: true}
		}
		set.add(r, w.Enabled)
	}
	return nil
}

// webhookTarget returns the target of an endpoint: https://, http:// where it is
// allowed, file:NAME, stdout: or eventbridge:BUS.
func (e *Engine) webhookTarget(w *Webhook, secrets []webhook.Secret) (Target, error) {
	if name, ok := strings.CutPrefix(w.URL, fileScheme); ok {
		return e.Sinks.file(name)
	}
	if name, ok := strings.CutPrefix(w.URL, busScheme); ok {
		return e.bus(name)
	}
	if w.URL == outputURL {
		return e.Sinks.output()
	}
	if err := e.Outbound.CheckURL(w.URL); err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	return &webhookTarget{engine: e, url: w.URL, secrets: secrets, oldUntil: w.OldUntil}, nil
}

type webhookTarget struct {
	engine   *Engine
	url      string
	secrets  []webhook.Secret // the second signs until oldUntil
	oldUntil int64
}

// Send implements [Target].
func (t *webhookTarget) Send(ctx context.Context, m Message) Outcome {
	ctx, cancel := context.WithTimeout(ctx, t.engine.webhookTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(m.Body))
	if err != nil {
		return Outcome{Code: codeInternal, Message: err.Error(), Final: true}
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", userAgent)
	now := t.engine.Real.Now()
	secrets := t.secrets
	if now.UnixMilli() >= t.oldUntil {
		secrets = secrets[:1]
	}
	webhook.Sign(r.Header, secrets, m.ID, now, m.Body)
	answer, err := t.engine.Outbound.Do(r)
	if err != nil {
		return failed(err)
	}
	o := answered(answer)
	o.Gone = answer.Status == http.StatusGone
	return o
}

const userAgent = "cosell"
