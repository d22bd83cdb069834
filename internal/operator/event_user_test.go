package operator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"cosell/internal/access"
	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/clock"
	"cosell/internal/events"
	"cosell/internal/store"
)

// eventsOf is a service that has some events of any account.
type eventsOf struct {
	Service

	all []store.Event
}

func (s eventsOf) Events(_ context.Context, _ string, after int64, limit int) (found []store.Event, err error) {
	for _, e := range s.all {
		if e.Sequence > after && len(found) < limit {
			found = append(found, e)
		}
	}
	return found, nil
}

func (s eventsOf) LastEvents(ctx context.Context, account string, after int64, limit int) ([]store.Event, error) {
	return s.Events(ctx, account, after, limit)
}

// TestAttackEventsExceedPolicies sees that a user is told of each kind of event only where
// its policies let it read the record, and that a list goes on behind those it is not told.
func TestAttackEventsExceedPolicies(t *testing.T) {
	const own = "111111111111"
	engagement := events.Engagement{ID: "eng-1", Catalog: "Sandbox"}
	kinds := map[string]events.Event{
		"GetOpportunity O1 Sandbox":              events.OpportunityUpdated("Sandbox", "O1"),
		"GetEngagementInvitation engi-1 AWS":     events.EngagementInvitation(events.InvitationCreated, events.Invitation{ID: "engi-1", Catalog: "AWS"}, "RECEIVER"),
		"GetEngagement eng-1 Sandbox":            events.EngagementUpdated(engagement),
		"ListEngagementMembers eng-1 Sandbox":    events.EngagementMemberAdded("Sandbox", "arn", "eng-1", "222222222222", "Example Corp"),
		"GetResourceSnapshot eng-1 Sandbox O1 T": events.ResourceSnapshotCreated(events.Snapshot{EngagementID: "eng-1", Catalog: "Sandbox", ResourceType: "Opportunity", ResourceID: "O1", TemplateName: "T"}),
		"":                                       {DetailType: "A kind that nobody knows", Detail: struct{}{}},
	}
	var needs []string
	var service eventsOf
	for need, e := range kinds {
		envelope, err := e.Envelope("e", own, clock.System().Now())
		if err != nil {
			t.Fatal(err)
		}
		needs = append(needs, need)
		service.all = append(service.all, store.Event{Account: own, Sequence: int64(len(needs)), Envelope: envelope})
	}
	allowed, fault := "", error(nil)
	h := New(Config{Service: service, Log: slog.New(slog.DiscardHandler), Clock: clock.New(), Authorize: func(_ context.Context, r *http.Request, caller auth.Principal, op *api.Operation, in api.Input) error {
		if r == nil || caller.Account != own {
			t.Errorf("%v asks, with %v", caller, r)
		}
		if fault != nil {
			return fault
		}
		if asked := op.Name + inputText(t, in); asked != allowed {
			return api.AccessDenied("not you")
		}
		return nil
	}})
	user := &access.Identity{Role: access.User, Accounts: []string{own}, Principal: &auth.Principal{Account: own}}
	list := func(who *access.Identity, query string) (told []string, next string, status int) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(access.With(t.Context(), who), http.MethodGet, Prefix+"/events?account="+own+query, nil))
		var answer struct {
			Events []struct{ Sequence string }
			Next   string
		}
		_ = json.Unmarshal(w.Body.Bytes(), &answer)
		for _, e := range answer.Events {
			told = append(told, e.Sequence)
		}
		return told, answer.Next, w.Code
	}
	for i, need := range needs {
		allowed = need
		want := []string{fmt.Sprint(i + 1)}
		if need == "" {
			want = nil
		}
		for _, query := range []string{"", "&last=100"} {
			told, next, status := list(user, query)
			if !slices.Equal(told, want) || next != fmt.Sprint(len(needs)) || status != http.StatusOK {
				t.Errorf("allowed %q: told %v, next %s, %d; want %v", need, told, next, status, want)
			}
		}
	}
	if told, _, _ := list(access.Local(), ""); len(told) != len(needs) {
		t.Errorf("an operator is told %v", told)
	}
	for _, fault = range []error{errors.New("a fault"), api.Internal(errors.New("a fault")), api.Throttled("a busy store")} {
		if told, _, status := list(user, ""); status != http.StatusInternalServerError || told != nil {
			t.Errorf("where the policies cannot be read, %v: %d, told %v", fault, status, told)
		}
	}
}

// inputText returns what of a request says which record it asks for.
func inputText(t *testing.T, in api.Input) string {
	t.Helper()
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(text, &members); err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, name := range []string{"Identifier", "EngagementIdentifier", "Catalog", "ResourceIdentifier", "ResourceSnapshotTemplateIdentifier"} {
		if value, ok := members[name].(string); ok {
			words = append(words, value)
		}
	}
	return " " + strings.Join(words, " ")
}
