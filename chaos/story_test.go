package chaos

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"
)

// What accounts are told, as the events' types name it.
const (
	opportunityCreated = "Opportunity Created"
	opportunityUpdated = "Opportunity Updated"
	engagementCreated  = "Engagement Created"
	memberAdded        = "Engagement Member Added"
	invitationCreated  = "Engagement Invitation Created"
	invitationAccepted = "Engagement Invitation Accepted"
	invitationRejected = "Engagement Invitation Rejected"
	invitationExpired  = "Engagement Invitation Expired"
	snapshotCreated    = "Engagement Resource Snapshot Created"
)

// chapter is what an account is told of one subject: an opportunity's identifier,
// or the ARN of something else.
type chapter struct{ account, subject string }

// story is what accounts are told, in its order within a chapter.
type story map[chapter][]string

func (s story) add(account, subject, what string) {
	c := chapter{account, subject}
	s[c] = append(s[c], what)
}

// both tells both sides of an invitation.
func (s story) both(sender string, i *invitation, what string) {
	s.add(sender, i.arn, what)
	s.add(i.receiver, i.arn, what)
}

// event is what the operator API shows of one.
type event struct {
	Sequence string
	Event    struct {
		ID        string `json:"id"`
		Type      string `json:"detail-type"`
		Resources []string
		Detail    struct {
			Opportunity      struct{ Identifier string }
			ResourceSnapshot struct{ ARN string }
		}
	}
}

// subject is what an event is about.
func (e *event) subject() string {
	switch detail := e.Event.Detail; {
	case detail.Opportunity.Identifier != "":
		return detail.Opportunity.Identifier
	case detail.ResourceSnapshot.ARN != "":
		return detail.ResourceSnapshot.ARN
	default:
		return e.Event.Resources[0]
	}
}

// readStory reads all that accounts were told, and the identifiers of the events in
// their order, account by account. An event that is there twice, or out of order,
// fails the test.
func readStory(t *testing.T, v *verdict, c *client, accounts []string) (told story, order map[string][]string) {
	t.Helper()
	told, order = story{}, map[string][]string{}
	for _, account := range accounts {
		seen := map[string]bool{}
		after := "0"
		for {
			var page eventPage
			operate(t, c, http.MethodGet, eventsAfter(account, after), nil, &page)
			if len(page.Events) == 0 {
				break
			}
			for _, e := range page.Events {
				if number(t, e.Sequence) <= number(t, after) {
					t.Errorf("account %s: event %s comes after %s", account, e.Sequence, after)
				}
				if after = e.Sequence; seen[e.Event.ID] {
					v.doubledf("account %s: event %s is there twice", account, e.Event.ID)
				}
				seen[e.Event.ID] = true
				order[account] = append(order[account], e.Event.ID)
				told.add(account, e.subject(), e.Event.Type)
			}
			if page.Next != after {
				t.Errorf("account %s: %s is next after event %s", account, page.Next, after)
			}
		}
	}
	return told, order
}

// eventPage is an answer of the operator API.
type eventPage struct {
	Events []event
	Next   string
}

func eventsAfter(account, after string) string {
	query := url.Values{"account": {account}, "after": {after}, "limit": {"1000"}}
	return "/events?" + query.Encode()
}

func number(t *testing.T, text string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Error(err)
	}
	return n
}

// operate asks the operator API of a server that is up.
func operate(t *testing.T, c *client, method, path string, body io.Reader, out any) {
	t.Helper()
	endpoint, err := c.cluster.URL(t.Context(), c.prefers)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, endpoint+"/operator/v1"+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := wire.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s %s, %v", method, path, answer.Status, text, err)
	}
	if err := json.Unmarshal(text, out); err != nil {
		t.Fatalf("%s %s: %v in %s", method, path, err, text)
	}
}

// compare holds what accounts were told against what happened.
func (s story) compare(v *verdict, happened story) {
	for c, want := range happened {
		switch got := s[c]; {
		case slices.Equal(got, want):
		case len(got) > len(want):
			v.doubledf("account %s was told of %s\n%v\nand this happened\n%v", c.account, c.subject, got, want)
		default:
			v.lostf("account %s was told of %s\n%v\nand this happened\n%v", c.account, c.subject, got, want)
		}
	}
	for c := range s {
		if _, known := happened[c]; !known {
			v.doubledf("account %s was told %q of %s, which nobody did", c.account, s[c], c.subject)
		}
	}
}
