package events_test

import (
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
	"cosell/internal/events"
)

// Every event type, as it is delivered: the whole envelope.
func TestEnvelopes(t *testing.T) {
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
		invitationARN = `["arn:aws:partnercentral:us-east-1::catalog/AWS/engagement-invitation/engi-1"]`
		engagementARN = `["arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/eng-1"]`
	)
	for name, c := range map[string]struct {
		event             events.Event
		resources, detail string
	}{
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
				ARN: "arn:snapshot", EngagementARN: engagement.ARN, EngagementID: "eng-1", Catalog: "AWS", ResourceType: "Opportunity",
				ResourceID: "O1", CreatedBy: "111122223333", TemplateName: "Full", TargetMemberAccounts: []string{"444455556666"},
			}), engagementARN,
			`{"schemaVersion":"1","catalog":"AWS","resourceSnapshot":{"arn":"arn:snapshot","engagementId":"eng-1","resourceType":"Opportunity",
				"resourceId":"O1","createdBy":"111122223333","targetMemberAccounts":["444455556666"],"resourceSnapshotTemplateName":"Full"}}`,
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
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.event.Envelope("0a1b2c3d-0000-4000-8000-000000000000", "111122223333",
				time.Date(2026, 11, 21, 11, 0, 0, 999e6, time.FixedZone("", 3600)))
			if err != nil {
				t.Fatal(err)
			}
			want := jsontext.Value(`{"version":"0","id":"0a1b2c3d-0000-4000-8000-000000000000","detail-type":"` + c.event.DetailType + `",
				"source":"aws.partnercentral-selling","account":"111122223333","time":"2026-11-21T10:00:00Z","region":"us-east-1",
				"resources":` + c.resources + `,"detail":` + c.detail + `}`)
			if err := want.Compact(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("envelope (-want +got):\n%s", diff)
			}
			if want, _, _ := strings.Cut(name, ","); c.event.DetailType != want {
				t.Errorf("the detail type is %q", c.event.DetailType)
			}
		})
	}
}
