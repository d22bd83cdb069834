package events_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
	"cosell/internal/events"
)

// example is an event and what its envelope has.
type example struct {
	event             events.Event
	resources, detail string
}

// examples are one of every event type and more, by name.
func examples() map[string]example {
	invitation := events.Invitation{
		ARN: "arn:aws:partnercentral:us-east-1::catalog/AWS/engagement-invitation/engi-1", ID: "engi-1", EngagementID: "eng-1", Catalog: "AWS",
		SenderAccountID: "111122223333", ReceiverAccountID: "444455556666", SenderCompanyName: "Alice Corp",
		ExpirationDate: "2026-12-06T10:00:00Z", PayloadType: "OpportunityInvitation",
	}
	planning := invitation
	planning.PayloadType, planning.ExpirationDate = "AccountPlanningInvitation", ""
	engagement := events.Engagement{
		ARN: "arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/eng-1", ID: "eng-1", Catalog: "AWS",
		At: api.NewTimestamp(time.Date(2026, 11, 21, 10, 0, 0, 5e6, time.UTC)), By: "111122223333",
		ContextTypes: []string{"CustomerProject", "CustomerAccount"},
	}
	// answered is the detail of an invitation that somebody has answered.
	answered := func(participant string) string {
		return `{"schemaVersion":"1.0","catalog":"AWS","engagementInvitation":{
			"arn":"arn:aws:partnercentral:us-east-1::catalog/AWS/engagement-invitation/engi-1","id":"engi-1","engagementId":"eng-1",
			"senderAccountId":"111122223333","receiverAccountId":"444455556666","participantType":"` + participant + `",
			"payloadType":"OpportunityInvitation"}}`
	}
	const (
		snapshotARN   = "arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/eng-1/resource/Opportunity/O1/template/OpportunitySummaryView/snapshot/4"
		invitationARN = `["arn:aws:partnercentral:us-east-1::catalog/AWS/engagement-invitation/engi-1"]`
		engagementARN = `["arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/eng-1"]`
	)
	return map[string]example{
		"Opportunity Created": {
			events.OpportunityCreated("Sandbox", "O1"), `[]`,
			`{"schemaVersion":"1","catalog":"Sandbox","opportunity":{"identifier":"O1"}}`,
		},
		"Opportunity Updated": {
			events.OpportunityUpdated("AWS", "O1"), `[]`,
			`{"schemaVersion":"1","catalog":"AWS","opportunity":{"identifier":"O1"}}`,
		},
		"Engagement Invitation Created": {
			events.EngagementInvitation(events.InvitationCreated, invitation, "RECEIVER"), invitationARN,
			`{"schemaVersion":"1.0","catalog":"AWS","engagementInvitation":{
				"arn":"arn:aws:partnercentral:us-east-1::catalog/AWS/engagement-invitation/engi-1","id":"engi-1","engagementId":"eng-1",
				"senderAccountId":"111122223333","receiverAccountId":"444455556666","senderCompanyName":"Alice Corp",
				"expirationDate":"2026-12-06T10:00:00Z","participantType":"RECEIVER","payloadType":"OpportunityInvitation"}}`,
		},
		"Engagement Invitation Created, which does not expire": {
			events.EngagementInvitation(events.InvitationCreated, planning, "SENDER"), invitationARN,
			`{"schemaVersion":"1.0","catalog":"AWS","engagementInvitation":{
				"arn":"arn:aws:partnercentral:us-east-1::catalog/AWS/engagement-invitation/engi-1","id":"engi-1","engagementId":"eng-1",
				"senderAccountId":"111122223333","receiverAccountId":"444455556666","senderCompanyName":"Alice Corp",
				"participantType":"SENDER","payloadType":"AccountPlanningInvitation"}}`,
		},
		"Engagement Invitation Accepted": {
			events.EngagementInvitation(events.InvitationAccepted, invitation, "SENDER"), invitationARN, answered("SENDER"),
		},
		"Engagement Invitation Rejected": {
			events.EngagementInvitation(events.InvitationRejected, invitation, "RECEIVER"), invitationARN, answered("RECEIVER"),
		},
		"Engagement Invitation Expired": {
			events.EngagementInvitation(events.InvitationExpired, invitation, "SENDER"), invitationARN, answered("SENDER"),
		},
		"Engagement Member Added": {
			events.EngagementMemberAdded("AWS", "arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/eng-1", "eng-1", "444455556666", "Bob Ltd"),
			engagementARN,
			`{"schemaVersion":"1","catalog":"AWS","engagement":{"id":"eng-1"},
				"engagementMember":{"accountId":"444455556666","companyName":"Bob Ltd"}}`,
		},
		"Engagement Resource Snapshot Created": {
			events.ResourceSnapshotCreated(events.Snapshot{
				ARN: snapshotARN, EngagementARN: engagement.ARN, EngagementID: "eng-1", Catalog: "AWS", ResourceType: "Opportunity",
				ResourceID: "O1", CreatedBy: "111122223333", TemplateName: "OpportunitySummaryView", TargetMemberAccounts: []string{"111122223333", "444455556666"},
			}), engagementARN,
			`{"schemaVersion":"1","catalog":"AWS","resourceSnapshot":{"arn":"` + snapshotARN + `","engagementId":"eng-1","resourceType":"Opportunity",
				"resourceId":"O1","createdBy":"111122223333","targetMemberAccounts":["111122223333","444455556666"],"resourceSnapshotTemplateName":"OpportunitySummaryView"}}`,
		},
		"Engagement Created": {
			events.EngagementCreated(engagement), engagementARN,
			`{"schemaVersion":"1","catalog":"AWS","engagement":{"engagementArn":"arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/eng-1",
				"engagementId":"eng-1","CreatedAt":"2026-11-21T10:00:00.005Z","CreatedBy":"111122223333",
				"ContextTypes":["CustomerProject","CustomerAccount"]}}`,
		},
		"Engagement Updated": {
			events.EngagementUpdated(engagement), engagementARN,
			`{"schemaVersion":"1","catalog":"AWS","engagement":{"engagementArn":"arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/eng-1",
				"engagementId":"eng-1","LastModifiedAt":"2026-11-21T10:00:00.005Z","LastModifiedBy":"111122223333",
				"ContextTypes":["CustomerProject","CustomerAccount"]}}`,
		},
	}
}

// envelope returns the whole envelope of an example, without blanks.
func (c *example) envelope(t *testing.T) string {
	t.Helper()
	v := jsontext.Value(`{"version":"0","id":"0a1b2c3d-0000-4000-8000-000000000000","detail-type":"` + c.event.DetailType + `",
		"source":"aws.partnercentral-selling","account":"111122223333","time":"2026-11-21T10:00:00Z","region":"us-east-1",
		"resources":` + c.resources + `,"detail":` + c.detail + `}`)
	if err := v.Compact(); err != nil {
		t.Fatal(err)
	}
	return string(v)
}

// Every event type, as it is delivered: the whole envelope.
func TestEnvelopes(t *testing.T) {
	for name, c := range examples() {
		t.Run(name, func(t *testing.T) {
			got, err := c.event.Envelope("0a1b2c3d-0000-4000-8000-000000000000", "111122223333",
				time.Date(2026, 11, 21, 11, 0, 0, 999e6, time.FixedZone("", 3600)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.envelope(t), string(got)); diff != "" {
				t.Errorf("envelope (-want +got):\n%s", diff)
			}
			if want, _, _ := strings.Cut(name, ","); c.event.DetailType != want {
				t.Errorf("the detail type is %q", c.event.DetailType)
			}
		})
	}
}

const (
	envelopesBegin = "<!-- The envelopes are written by UPDATE_DOCS=1 go test ./internal/events/ -->\n"
	envelopesEnd   = "<!-- End of the envelopes. -->\n"
)

// The page shows one envelope of each type; UPDATE_DOCS=1 writes them.
func TestTheEventsPageShowsEveryEnvelope(t *testing.T) {
	page := filepath.Join("..", "..", "docs", "events.md")
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(got), envelopesBegin)
	_, after, ends := strings.Cut(rest, envelopesEnd)
	if !found || !ends {
		t.Fatalf("%s has no place for the envelopes", page)
	}
	want := before + envelopesBegin + shown(t) + envelopesEnd + after
	if os.Getenv("UPDATE_DOCS") != "" {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("run UPDATE_DOCS=1 go test ./internal/events/ (-envelopes +page):\n%s", diff)
	}
}

// shown returns the section of the page with all types, in lines that are not too long.
func shown(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	all := examples()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if strings.Contains(name, ",") {
			continue
		}
		c := all[name]
		b.WriteString("\n```json\n")
		const width = 120
		column := 0
		for _, part := range strings.SplitAfter(c.envelope(t), ",") {
			if column > 0 && column+len(part) > width {
				b.WriteString("\n ")
				column = 1
			}
			b.WriteString(part)
			column += len(part)
		}
		b.WriteString("\n```\n")
	}
	b.WriteString("\n")
	return b.String()
}
