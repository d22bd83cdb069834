package operator

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	json2 "github.com/go-json-experiment/json"

	"cosell/internal/api"
)

// referred is an object with the members of CreateOpportunity.
type referred struct{ json.RawMessage }

// Schema implements [huma.SchemaProvider]. The service checks the members, with its
// own messages and all of them at once.
func (referred) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: true,
		Description: "The members of CreateOpportunity; with a ClientToken a repeated request returns the same answer.",
	}
}

type referralRequest struct {
	Account     string   `json:"account" pattern:"^[0-9]{12}$" patternDescription:"an account of twelve digits" example:"123456789012" doc:"The partner who receives the referral"`
	Catalog     string   `json:"catalog" enum:"AWS,Sandbox"`
	Opportunity referred `json:"opportunity"`
}

type referral struct {
	OpportunityID          string `json:"opportunityId" doc:"The opportunity, visible to the partner once it has accepted"`
	EngagementID           string `json:"engagementId"`
	EngagementInvitationID string `json:"engagementInvitationId" doc:"The invitation that the partner accepts or rejects"`
}

func (c Config) referralRoutes(rest huma.API) {
	huma.Post(rest, "/referrals", func(ctx context.Context, in *body[referralRequest]) (*body[referral], error) {
		if err := covers(ctx, in.Body.Account); err != nil {
			return nil, err
		}
		request, err := in.Body.opportunity()
		if err != nil {
			return nil, err
		}
		made, err := c.Service.Refer(ctx, in.Body.Account, request)
		if err != nil {
			return nil, c.refusal(ctx, err, "body.opportunity")
		}
		return &body[referral]{referral(made)}, nil
	}, tagged("Referrals", "Refer an opportunity from AWS to a partner"))
}

// opportunity decodes the referred opportunity and checks it against the contract of
// CreateOpportunity.
func (r *referralRequest) opportunity() (*api.CreateOpportunityRequest, error) {
	request := new(api.CreateOpportunityRequest)
	err := json2.Unmarshal(r.Opportunity.RawMessage, request, json2.RejectUnknownMembers(true))
	if semantic, ok := errors.AsType[*json2.SemanticError](err); ok && errors.Is(err, json2.ErrUnknownName) {
		at := "body.opportunity" + strings.ReplaceAll(string(semantic.JSONPointer), "/", ".")
		return nil, unprocessable(at, "unknown member; must be a member of CreateOpportunity")
	}
	if err != nil {
		return nil, unprocessable("body.opportunity", "must be an object with members of CreateOpportunity")
	}
	request.Catalog = &r.Catalog
	checked := *request
	if checked.ClientToken == nil {
		checked.ClientToken = new("none") // required of partners, optional here
	}
	if found := checked.Check(); found != nil {
		return nil, huma.Error422UnprocessableEntity("validation failed", violations(found, "body.opportunity")...)
	}
	return request, nil
}
