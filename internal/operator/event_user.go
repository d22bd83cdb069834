package operator

import (
	"context"
	"encoding/json"
	"net/http"

	"cosell/internal/access"
	"cosell/internal/api"
)

// toldEvent is what an envelope says of the record that it is about.
type toldEvent struct {
	Detail struct {
		Catalog     string `json:"catalog"`
		Opportunity *struct {
			Identifier string `json:"identifier"`
		} `json:"opportunity"`
		Invitation *struct {
			ID string `json:"id"`
		} `json:"engagementInvitation"`
		Engagement *struct {
			ID           string `json:"id"`
			EngagementID string `json:"engagementId"`
		} `json:"engagement"`
		Member   *struct{} `json:"engagementMember"`
		Snapshot *struct {
			EngagementID string `json:"engagementId"`
			ResourceType string `json:"resourceType"`
			ResourceID   string `json:"resourceId"`
			Template     string `json:"resourceSnapshotTemplateName"`
		} `json:"resourceSnapshot"`
	} `json:"detail"`
}

// told returns the operation that tells a caller at least as much as an envelope does, and
// its input; "" where there is none.
func told(envelope []byte) (operation string, in api.Input) {
	var e toldEvent
	if json.Unmarshal(envelope, &e) != nil {
		return "", nil
	}
	d := &e.Detail
	catalog := given(d.Catalog)
	switch {
	case d.Opportunity != nil:
		return "GetOpportunity", &api.GetOpportunityRequest{Catalog: catalog, Identifier: &d.Opportunity.Identifier}
	case d.Invitation != nil:
		return "GetEngagementInvitation", &api.GetEngagementInvitationRequest{Catalog: catalog, Identifier: &d.Invitation.ID}
	case d.Engagement != nil && d.Member != nil:
		return "ListEngagementMembers", &api.ListEngagementMembersRequest{Catalog: catalog, Identifier: &d.Engagement.ID}
	case d.Engagement != nil:
		return "GetEngagement", &api.GetEngagementRequest{Catalog: catalog, Identifier: &d.Engagement.EngagementID}
	case d.Snapshot != nil:
		return "GetResourceSnapshot", &api.GetResourceSnapshotRequest{
			Catalog: catalog, EngagementIdentifier: &d.Snapshot.EngagementID, ResourceIdentifier: &d.Snapshot.ResourceID,
			ResourceType: new(api.ResourceType(d.Snapshot.ResourceType)), ResourceSnapshotTemplateIdentifier: &d.Snapshot.Template,
		}
	}
	return "", nil
}

type requestKey struct{}

// visible returns what decides whether the operator of a request may see an event. Users
// of an account see those about records that their policies let them read. The error is
// one of reading the policies.
func (c Config) visible(ctx context.Context) func(envelope []byte) (bool, error) {
	i := access.From(ctx)
	if i == nil || i.Role != access.User {
		return func([]byte) (bool, error) { return true, nil }
	}
	r, _ := ctx.Value(requestKey{}).(*http.Request)
	return func(envelope []byte) (bool, error) {
		name, in := told(envelope)
		op, found := api.Lookup(name)
		if !found || r == nil || i.Principal == nil || c.Authorize == nil {
			return false, nil
		}
		err := c.Authorize(ctx, r, *i.Principal, op, in)
		if refused(err) != nil {
			return false, nil //nolint:nilerr // a refusal is no fault
		}
		return err == nil, err
	}
}
