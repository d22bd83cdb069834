package audit_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"cosell/internal/access"
	"cosell/internal/audit"
	"cosell/internal/auth"
	"cosell/internal/clock"
	"cosell/internal/identity"
	"cosell/internal/secrets/secretstest"
	"cosell/internal/store"
	"cosell/internal/timekeeper"
	"cosell/internal/transfer"
)

// TestDecisionsOnTheServerCommitTheirEntries sees that what operators decide beside the
// operations has its entry in the transaction of the decision.
func TestDecisionsOnTheServerCommitTheirEntries(t *testing.T) {
	w := newWorld(t, audit.Writes)
	keeper := secretstest.New(t)
	identities, err := identity.New(t.Context(), identity.Config{Store: w.store, Secrets: keeper, Random: rand.Reader, Now: time.Now, Log: slog.Default()})
	if err != nil {
		t.Fatal(err)
	}
	operators, err := access.New(t.Context(), access.Config{Store: w.store, Secrets: keeper, Random: rand.Reader, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	business := clock.New()
	business.Advance(time.Hour)
	alice := store.PrincipalKey{Account: "111111111111", Kind: auth.KindUser, Name: "alice"}
	allow := identity.Source{Document: json.RawMessage(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`)}
	var export strings.Builder
	if _, err := transfer.Export(t.Context(), w.store, &export, time.Now(), transfer.Options{WithoutSecrets: true}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		decide func(context.Context) error
	}{
		{"user", func(ctx context.Context) error { _, err := identities.Put(ctx, alice, identity.Settings{}); return err }},
		{"policy", func(ctx context.Context) error { return identities.PutPolicy(ctx, alice, "all", allow) }},
		{"key", func(ctx context.Context) error {
			_, err := identities.CreateKey(ctx, alice.Account, alice.Name)
			return err
		}},
		{"token", func(ctx context.Context) error {
			_, err := operators.Create(ctx, access.Token{Name: "sales", Role: access.Reviewer})
			return err
		}},
		{"revoked token", func(ctx context.Context) error { return operators.Revoke(ctx, "sales") }},
		{"clock", func(ctx context.Context) error {
			return timekeeper.New(w.store, business, slog.Default(), func() {}).Save(ctx)
		}},
		{"reset", func(ctx context.Context) error { _, err := transfer.Reset(ctx, w.store); return err }},
		{"import", func(ctx context.Context) error {
			_, err := transfer.Import(ctx, w.store, strings.NewReader(export.String()), transfer.Options{WithoutSecrets: true})
			return err
		}},
	} {
		e := w.Begin(audit.SourceOperator, c.name, false)
		if err := c.decide(audit.With(t.Context(), e)); err != nil || !e.Recorded() {
			t.Errorf("%s: %v, recorded %v", c.name, err, e.Recorded())
		}
	}
}
