// Package events builds the EventBridge events of the API in the shapes of the real
// service (docs/behavior/events.md#details).
package events

import (
	"cmp"
	"time"

	"cosell/internal/api"
)

const (
	// Source is the source of all events that are not of partners' own.
	Source = "aws.partnercentral-selling"
	region = "us-east-1"
)

// Event is an event before it is addressed to an account.
type Event struct {
	Source     string // "" is that of the service
	DetailType string
	Resources  []string // ARNs
	Detail     any
}

// Envelope addresses an event to an account, as EventBridge delivers it. Time
// has whole seconds, as the real service sends it.
func (e Event) Envelope(id, account string, at time.Time) ([]byte, error) {
	resources := e.Resources
	if resources == nil {
		resources = []string{}
	}
	source := cmp.Or(e.Source, Source)
	return api.Marshal(envelope{
		Version:    "0",
		ID:         id,
		DetailType: e.DetailType,
		Source:     source,
		Account:    account,
		Time:       at.UTC().Truncate(time.Second).Format(time.RFC3339),
		Region:     region,
		Resources:  resources,
		Detail:     e.Detail,
	})
}

type envelope struct {
	Version    string   `json:"version"`
	ID         string   `json:"id"`
	DetailType string   `json:"detail-type"`
	Source     string   `json:"source"`
	Account    string   `json:"account"`
	Time       string   `json:"time"`
	Region     string   `json:"region"`
	Resources  []string `json:"resources"`
	Detail     any      `json:"detail"`
}

type opportunityDetail struct {
	SchemaVersion string `json:"schemaVersion"`
	Catalog       string `json:"catalog"`
	Opportunity   struct {
		Identifier string `json:"identifier"`
	} `json:"opportunity"`
}

func opportunity(detailType, catalog, id string) Event {
	d := opportunityDetail{SchemaVersion: "1", Catalog: catalog}
	d.Opportunity.Identifier = id
	return Event{DetailType: detailType, Detail: d}
}

// OpportunityCreated is the event to the owner of a new opportunity.
func OpportunityCreated(catalog, id string) Event {
	return opportunity("Opportunity Created", catalog, id)
}

// OpportunityUpdated is the event to the owner of a changed opportunity.
func OpportunityUpdated(catalog, id string) Event {
	return opportunity("Opportunity Updated", catalog, id)
}

// Invitation has the fields of invitation events.
type Invitation struct {
	ARN, ID, EngagementID, Catalog     string
	SenderAccountID, ReceiverAccountID string
	SenderCompanyName                  string // in the first event only
	ExpirationDate                     string // in the first event only; empty means never
	PayloadType                        string
}

type invitationDetail struct {
	SchemaVersion        string           `json:"schemaVersion"`
	Catalog              string           `json:"catalog"`
	EngagementInvitation invitationFields `json:"engagementInvitation"`
}

type invitationFields struct {
	ARN               string `json:"arn"`
	ID                string `json:"id"`
	EngagementID      string `json:"engagementId"`
	SenderAccountID   string `json:"senderAccountId"`
	ReceiverAccountID string `json:"receiverAccountId"`
	SenderCompanyName string `json:"senderCompanyName,omitempty"`
	ExpirationDate    string `json:"expirationDate,omitempty"`
	ParticipantType   string `json:"participantType"`
	PayloadType       string `json:"payloadType"`
}

// The last words of the detail types of invitation events.
const (
	InvitationCreated  = "Created"
	InvitationAccepted = "Accepted"
	InvitationRejected = "Rejected"
	InvitationExpired  = "Expired"
)

// EngagementInvitation is the event to one side of an invitation. Each side gets its
// own participant type, SENDER or RECEIVER.
func EngagementInvitation(what string, i Invitation, participantType string) Event {
	fields := invitationFields{
		ARN: i.ARN, ID: i.ID, EngagementID: i.EngagementID,
		SenderAccountID: i.SenderAccountID, ReceiverAccountID: i.ReceiverAccountID,
		ParticipantType: participantType, PayloadType: i.PayloadType,
	}
	if what == InvitationCreated {
		fields.SenderCompanyName, fields.ExpirationDate = i.SenderCompanyName, i.ExpirationDate
	}
	return Event{
		DetailType: "Engagement Invitation " + what,
		Resources:  []string{i.ARN},
		Detail:     invitationDetail{SchemaVersion: "1.0", Catalog: i.Catalog, EngagementInvitation: fields},
	}
}

// EngagementMemberAdded is the event to the members of an engagement that has a new
// one.
func EngagementMemberAdded(catalog, engagementARN, engagementID, account, company string) Event {
	type detail struct {
		SchemaVersion string `json:"schemaVersion"`
		Catalog       string `json:"catalog"`
		Engagement    struct {
			ID string `json:"id"`
		} `json:"engagement"`
		EngagementMember struct {
			AccountID   string `json:"accountId"`
			CompanyName string `json:"companyName"`
		} `json:"engagementMember"`
	}
	d := detail{SchemaVersion: "1", Catalog: catalog}
	d.Engagement.ID = engagementID
	d.EngagementMember.AccountID, d.EngagementMember.CompanyName = account, company
	return Event{DetailType: "Engagement Member Added", Resources: []string{engagementARN}, Detail: d}
}

// Snapshot has the fields of snapshot events.
type Snapshot struct {
	ARN, EngagementARN, EngagementID, Catalog string
	ResourceType, ResourceID, CreatedBy       string
	TemplateName                              string
	TargetMemberAccounts                      []string
}

// ResourceSnapshotCreated is the event to those who may read a new snapshot.
func ResourceSnapshotCreated(s Snapshot) Event {
	type fields struct {
		ARN                          string   `json:"arn"`
		EngagementID                 string   `json:"engagementId"`
		ResourceType                 string   `json:"resourceType"`
		ResourceID                   string   `json:"resourceId"`
		CreatedBy                    string   `json:"createdBy"`
		TargetMemberAccounts         []string `json:"targetMemberAccounts"`
		ResourceSnapshotTemplateName string   `json:"resourceSnapshotTemplateName"`
	}
	type detail struct {
		SchemaVersion    string `json:"schemaVersion"`
		Catalog          string `json:"catalog"`
		ResourceSnapshot fields `json:"resourceSnapshot"`
	}
	return Event{
		DetailType: "Engagement Resource Snapshot Created",
		Resources:  []string{s.EngagementARN},
		Detail: detail{SchemaVersion: "1", Catalog: s.Catalog, ResourceSnapshot: fields{
			ARN: s.ARN, EngagementID: s.EngagementID, ResourceType: s.ResourceType, ResourceID: s.ResourceID,
			CreatedBy: s.CreatedBy, TargetMemberAccounts: s.TargetMemberAccounts, ResourceSnapshotTemplateName: s.TemplateName,
		}},
	}
}

// Engagement has the fields of engagement events. At and By are the time and account
// of the creation or of the last change.
type Engagement struct {
	ARN, ID, Catalog string
	At               api.Timestamp
	By               string
	ContextTypes     []string
}

// EngagementCreated is the event to the creator of an engagement. AWS mixes the case
// of the members like this.
func EngagementCreated(e Engagement) Event {
	return engagementEvent("Engagement Created", e, struct {
		EngagementARN string        `json:"engagementArn"`
		EngagementID  string        `json:"engagementId"`
		CreatedAt     api.Timestamp `json:"CreatedAt"`
		CreatedBy     string        `json:"CreatedBy"`
		ContextTypes  []string      `json:"ContextTypes"`
	}{e.ARN, e.ID, e.At, e.By, e.ContextTypes})
}

// EngagementUpdated is the event to the members when an engagement's contexts change.
func EngagementUpdated(e Engagement) Event {
	return engagementEvent("Engagement Updated", e, struct {
		EngagementARN  string        `json:"engagementArn"`
		EngagementID   string        `json:"engagementId"`
		LastModifiedAt api.Timestamp `json:"LastModifiedAt"`
		LastModifiedBy string        `json:"LastModifiedBy"`
		ContextTypes   []string      `json:"ContextTypes"`
	}{e.ARN, e.ID, e.At, e.By, e.ContextTypes})
}

// engagementEvent returns an event about an engagement, with fields as its detail names them.
func engagementEvent(detailType string, e Engagement, fields any) Event {
	type detail struct {
		SchemaVersion string `json:"schemaVersion"`
		Catalog       string `json:"catalog"`
		Engagement    any    `json:"engagement"`
	}
	return Event{DetailType: detailType, Resources: []string{e.ARN}, Detail: detail{SchemaVersion: "1", Catalog: e.Catalog, Engagement: fields}}
}
