package operator_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"cosell/internal/api"
	"cosell/internal/selling"
)

// Refer answers with what it was given.
func (d *desk) Refer(_ context.Context, account string, in *api.CreateOpportunityRequest) (selling.Referral, error) {
	company := ""
	if in.Customer != nil {
		company = *in.Customer.Account.CompanyName
	}
	return selling.Referral{OpportunityID: account, EngagementID: *in.Catalog + in.Token(), EngagementInvitationID: company}, d.err
}

func TestReferrals(t *testing.T) {
	required := api.Violation("project.title", api.ValidationExceptionErrorCodeRequiredFieldMissing, "title is required")
	for name, row := range map[string]struct {
		body   string
		err    error
		status int
		want   []string // are part of the answer
	}{
		"a referral": {
			`{"account":"123456789012","catalog":"AWS","opportunity":{"Customer":{"Account":{"CompanyName":"Acme"}}}}`, nil,
			200,
			[]string{`{"opportunityId":"123456789012","engagementId":"AWS","engagementInvitationId":"Acme"}`},
		},
		"with a client token": {
			`{"account":"123456789012","catalog":"Sandbox","opportunity":{"ClientToken":"-7"}}`, nil,
			200,
			[]string{`"engagementId":"Sandbox-7"`},
		},
		"the catalog is the request's": {
			`{"account":"123456789012","catalog":"AWS","opportunity":{"Catalog":"Sandbox"}}`, nil,
			200,
			[]string{`"engagementId":"AWS"`},
		},
		"not to AWS itself":  {`{"account":"aws","catalog":"AWS","opportunity":{}}`, nil, 422, []string{"body.account"}},
		"of a catalog":       {`{"account":"123456789012","catalog":"Other","opportunity":{}}`, nil, 422, []string{"body.catalog"}},
		"of something":       {`{"account":"123456789012","catalog":"AWS"}`, nil, 422, []string{"opportunity"}},
		"of an opportunity":  {`{"account":"123456789012","catalog":"AWS","opportunity":[]}`, nil, 422, []string{`"location":"body.opportunity"`}},
		"of the right types": {`{"account":"123456789012","catalog":"AWS","opportunity":{"Project":"x"}}`, nil, 422, []string{`"location":"body.opportunity"`}},
		"under the contract": {
			`{"account":"123456789012","catalog":"AWS","opportunity":{"Customer":{"Account":{"CompanyName":"Acme","Duns":"secret"}},"Project":{"CustomerBusinessProblem":"short"}}}`, nil,
			422,
			[]string{`"location":"body.opportunity.Customer.Account.Duns"`, `"location":"body.opportunity.Project.CustomerBusinessProblem"`},
		},
		"under the rules": {
			`{"account":"123456789012","catalog":"AWS","opportunity":{}}`, api.Invalid(api.ValidationExceptionReasonBusinessValidationFailed, required),
			422,
			[]string{`{"message":"title is required","location":"body.opportunity.Project.Title"}`},
		},
		"another with the same token": {`{"account":"123456789012","catalog":"AWS","opportunity":{}}`, api.Conflict("used before"), 409, []string{"used before"}},
		"something unknown":           {`{"account":"123456789012","catalog":"AWS","opportunity":{}}`, api.NotFound(""), 404, []string{"not found"}},
		"a fault":                     {`{"account":"123456789012","catalog":"AWS","opportunity":{}}`, errors.New("disk full"), 500, []string{"could not complete"}},
		"a fault in the API's words":  {`{"account":"123456789012","catalog":"AWS","opportunity":{}}`, api.Internal(errors.New("disk full")), 500, []string{"could not complete"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk()
			d.err = row.err
			w := d.call(t, "POST", "/referrals", row.body)
			for _, want := range row.want {
				if w.Code != row.status || !strings.Contains(w.Body.String(), want) {
					t.Errorf("got %d %s\nwant %d %s", w.Code, w.Body, row.status, want)
				}
			}
			if strings.Contains(w.Body.String(), "secret") || strings.Contains(w.Body.String(), "disk") {
				t.Errorf("told: %s", w.Body)
			}
		})
	}
}
