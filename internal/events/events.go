// Package events holds what the world is told: EventBridge envelopes in the
// shapes of the real service (facts, engagements section 7).
package events

import (
	"time"

	"cosell/internal/api"
)

const (
	source = "aws.partnercentral-selling"
	region = "us-east-1"
)

// Event is a happening, not yet addressed to anyone.
type Event struct {
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

// OpportunityCreated tells an opportunity's owner that it exists.
func OpportunityCreated(catalog, id string) Event {
	return opportunity("Opportunity Created", catalog, id)
}

// OpportunityUpdated tells an opportunity's owner that it changed.
func OpportunityUpdated(catalog, id string) Event {
	return opportunity("Opportunity Updated", catalog, id)
}
