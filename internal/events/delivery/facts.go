package delivery

import "encoding/json"

// eventFacts are the members of an envelope that delivery goes by.
type eventFacts struct {
	ID         string   `json:"id"`
	DetailType string   `json:"detail-type"`
	Account    string   `json:"account"`
	Time       string   `json:"time"`
	Resources  []string `json:"resources"`
	Replay     string   `json:"replay-name"`
	Detail     struct {
		Opportunity struct {
			Identifier string `json:"identifier"`
		} `json:"opportunity"`
		Snapshot struct {
			ResourceType string `json:"resourceType"`
			ResourceID   string `json:"resourceId"`
		} `json:"resourceSnapshot"`
		Invitation struct {
			EngagementID string `json:"engagementId"`
		} `json:"engagementInvitation"`
		Engagement struct {
			ID           string `json:"id"`
			EngagementID string `json:"engagementId"`
		} `json:"engagement"`
	} `json:"detail"`
}

func readFacts(envelope []byte) *eventFacts {
	f := new(eventFacts)
	// Other sources may give these members other types; what was read until there is
	// as good as it gets.
	_ = json.Unmarshal(envelope, f)
	return f
}

// resource returns what the event is about: the opportunity, also of its snapshots,
// else the engagement, else the first resource.
func (f *eventFacts) resource() string {
	d := &f.Detail
	switch {
	case d.Opportunity.Identifier != "":
		return d.Opportunity.Identifier
	case d.Snapshot.ResourceType == "Opportunity" && d.Snapshot.ResourceID != "":
		return d.Snapshot.ResourceID
	case d.Invitation.EngagementID != "":
		return d.Invitation.EngagementID
	case d.Engagement.EngagementID != "":
		return d.Engagement.EngagementID
	case d.Engagement.ID != "":
		return d.Engagement.ID
	case len(f.Resources) > 0:
		return f.Resources[0]
	}
	return f.ID
}
