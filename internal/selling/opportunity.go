package selling

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cosell/internal/api"
	"cosell/internal/arn"
	"cosell/internal/events"
	"cosell/internal/operation"
	"cosell/internal/rule"
	"cosell/internal/store"
)

// opportunity is what GetOpportunity shows, which is the stored document, and
// beside it what it does not.
type opportunity struct {
	api.GetOpportunityResponse
	Origin *api.OpportunityOrigin

	changes changes
}

// CreateOpportunity adds a draft in review status Pending Submission. Only the
// rules on fields that are present apply; submission checks what must be present (docs/behavior/opportunities.md#create). With the origin AWS Referral it
// plays AWS instead: see referral.go.
func (c *Call) CreateOpportunity(in *api.CreateOpportunityRequest) (*api.CreateOpportunityResponse, error) {
	if api.Value(in.Origin) == api.OpportunityOriginAwsReferral {
		return c.simulateReferral(in)
	}
	o, err := c.newOpportunity(in)
	if err != nil {
		return nil, err
	}
	if err := c.putTags(*o.Arn, in.Tags); err != nil {
		return nil, err
	}
	if err := c.insertOpportunity(o); err != nil {
		return nil, err
	}
	return o.created(), nil
}

// newOpportunity makes an opportunity of the caller's out of a request, under all
// rules; insertOpportunity stores it.
func (c *Call) newOpportunity(in *api.CreateOpportunityRequest) (*opportunity, error) {
	catalog, id := *in.Catalog, c.IDs.Opportunity()
	o := &opportunity{
		GetOpportunityResponse: api.GetOpportunityResponse{
			Catalog: &catalog, Id: &id,
			Arn:                      new(arn.Of(c.Caller.Account, catalog, kindOpportunity+"/"+id)),
			CreatedDate:              new(c.Now),
			LastModifiedDate:         new(c.Now),
			RelatedEntityIdentifiers: noRelatedEntities(),
		},
		Origin: in.Origin,
	}
	if err := c.applyEdit(o, rule.OfCreation(in), nil); err != nil {
		return nil, err
	}
	var err error
	o.OpportunityTeam, err = c.team(in.OpportunityTeam)
	return o, err
}

// insertOpportunity stores a new opportunity of the caller's, and tells of it.
func (c *Call) insertOpportunity(o *opportunity) error {
	row, err := c.row(o)
	if err != nil {
		return err
	}
	if err := c.Tx.InsertOpportunity(row); err != nil {
		return fmt.Errorf("insert opportunity: %w", err)
	}
	return c.Emit(c.Caller.Account, events.OpportunityCreated(*o.Catalog, *o.Id))
}

// created is the answer to an opportunity's creation.
func (o *opportunity) created() *api.CreateOpportunityResponse {
	return &api.CreateOpportunityResponse{
		Id: o.Id, LastModifiedDate: o.LastModifiedDate, PartnerOpportunityIdentifier: o.PartnerOpportunityIdentifier,
	}
}

// GetOpportunity returns one of the caller's opportunities.
func (c *Call) GetOpportunity(in *api.GetOpportunityRequest) (api.Encoded[api.GetOpportunityResponse], error) {
	// The document is the answer: decoding it would only cost time.
	_, document, err := c.opportunityDocument(*in.Catalog, *in.Identifier)
	if err != nil {
		return nil, err
	}
	return document, nil
}

// UpdateOpportunity replaces what the partner writes of an opportunity. What the
// request leaves out becomes null (docs/behavior/opportunities.md#update).
func (c *Call) UpdateOpportunity(in *api.UpdateOpportunityRequest) (*api.UpdateOpportunityResponse, error) {
	o, err := c.opportunity(*in.Catalog, *in.Identifier)
	if err != nil {
		return nil, err
	}
	if *in.LastModifiedDate != *o.LastModifiedDate {
		return nil, operation.StaleLock(*in.LastModifiedDate, *o.LastModifiedDate)
	}
	played, err := playedStep(*in.Catalog, o.LifeCycle, in.LifeCycle)
	if err != nil {
		return nil, err
	}
	status := *o.LifeCycle.ReviewStatus
	if err := c.applyEdit(o, rule.OfUpdate(in), played); err != nil {
		return nil, err
	}
	if played != nil {
		err = c.decide(o, *played, in.LifeCycle.ReviewComments, in.LifeCycle.ReviewStatusReason)
	} else {
		err = c.saveEdit(o, status)
	}
	if err != nil {
		return nil, err
	}
	return &api.UpdateOpportunityResponse{Id: o.Id, LastModifiedDate: o.LastModifiedDate}, nil
}

// opportunity reads one of the caller's opportunities.
func (c *Call) opportunity(catalog, id string) (*opportunity, error) {
	origin, document, err := c.opportunityDocument(catalog, id)
	if err != nil {
		return nil, err
	}
	o := new(opportunity)
	if err := api.Unmarshal(document, &o.GetOpportunityResponse); err != nil {
		return nil, fmt.Errorf("decode opportunity: %w", err)
	}
	o.changes.before = document
	if origin != "" {
		o.Origin = new(api.OpportunityOrigin(origin))
	}
	return o, nil
}

// opportunityKey names an opportunity of the caller's in the store.
func (c *Call) opportunityKey(catalog, id string) store.OpportunityKey {
	return store.OpportunityKey{Account: c.Caller.Account, Catalog: catalog, ID: id}
}

// key is the opportunityKey of an opportunity that was read.
func (c *Call) key(o *opportunity) store.OpportunityKey { return c.opportunityKey(*o.Catalog, *o.Id) }

// opportunityDocument finds one of the caller's opportunities. What belongs to
// another account or catalog does not exist for the caller.
func (c *Call) opportunityDocument(catalog, id string) (origin string, document []byte, err error) {
	origin, document, err = c.Tx.Opportunity(c.opportunityKey(catalog, id))
	if errors.Is(err, store.ErrNotFound) {
		return "", nil, notFound("Opportunity", catalog, id, func(other string) (bool, error) {
			_, _, err := c.Tx.Opportunity(c.opportunityKey(other, id))
			if errors.Is(err, store.ErrNotFound) {
				return false, nil
			}
			return err == nil, err
		})
	}
	return origin, document, operation.Found("opportunity", err)
}

// save writes a changed opportunity with a new time of modification, and tells
// of it.
func (c *Call) save(o *opportunity) error {
	previous := *o.LastModifiedDate
	o.LastModifiedDate = new(c.NextModified(previous))
	row, err := c.row(o)
	if err != nil {
		return err
	}
	if err := c.Tx.UpdateOpportunity(row, int64(previous)); err != nil {
		return fmt.Errorf("update opportunity: %w", err)
	}
	o.changes.after = row.Document
	return c.changed(o, *o.LastModifiedDate)
}

// maxDocument is the size in bytes of the largest opportunity, as it is answered. The
// contract leaves some texts open; with a hundred contacts and fifty next steps an
// opportunity takes half of it. A list reads up to a hundred opportunities.
const maxDocument = 128 << 10

// row returns an opportunity as its table holds it.
func (c *Call) row(o *opportunity) (*store.Opportunity, error) {
	document, err := operation.Encode("opportunity", &o.GetOpportunityResponse)
	if err != nil {
		return nil, err
	}
	if len(document) > maxDocument {
		return nil, invalid(api.ValidationExceptionError{
			Code: new(api.ValidationExceptionErrorCodeTooManyValues),
			Message: new(fmt.Sprintf("opportunity: is too large; must have at most %[2]d bytes with all members, has %[1]d",
				len(document), maxDocument)),
		})
	}
	company := ""
	if o.Customer != nil && o.Customer.Account != nil {
		company = companyKey(api.Value(o.Customer.Account.CompanyName))
	}
	return &store.Opportunity{
		OpportunityKey:  c.key(o),
		Stage:           string(*o.LifeCycle.Stage),
		ReviewStatus:    string(*o.LifeCycle.ReviewStatus),
		CompanyKey:      company,
		TargetCloseDate: api.Value(o.LifeCycle.TargetCloseDate),
		CreatedAt:       int64(*o.CreatedDate),
		LastModifiedAt:  int64(*o.LastModifiedDate),
		Origin:          string(api.Value(o.Origin)),
		Document:        document,
	}, nil
}

// companyKey folds a company name for comparison: filters ignore case.
func companyKey(name string) string { return strings.ToLower(name) }

// team returns the team of a new opportunity: an owner first, who is the
// account's alliance lead unless the caller names one, then the rest.
func (c *Call) team(given []api.Contact) ([]api.Contact, error) {
	var violations []api.ValidationExceptionError
	for i, member := range given {
		switch api.Value(member.BusinessTitle) {
		case titleOwner, titleManager:
		default:
			violations = append(violations, api.Violation(
				fmt.Sprintf("partnerOpportunityTeam[%d].member.businessTitle", i),
				api.ValidationExceptionErrorCodeInvalidValue,
				"businessTitle must be "+titleOwner+" or "+titleManager))
		}
	}
	if violations != nil {
		return nil, invalid(violations...)
	}
	if i := slices.IndexFunc(given, isOwner); i >= 0 {
		return slices.Concat(given[i:i+1], given[:i], given[i+1:]), nil
	}
	profile, err := c.profile(c.Caller.Account)
	if err != nil {
		return nil, err
	}
	return append([]api.Contact{profile.lead().contact()}, given...), nil
}

// The business titles of a partner's team.
const (
	titleOwner   = "OpportunityOwner"
	titleManager = "PartnerAccountManager"
)

func isOwner(member api.Contact) bool { return api.Value(member.BusinessTitle) == titleOwner }

// AssignOpportunity makes another user of the account the owner. Where the
// account's users are known the assignee must be one of them, and their names
// come from the profile (docs/behavior/opportunities.md#owner).
func (c *Call) AssignOpportunity(in *api.AssignOpportunityRequest) error {
	o, err := c.opportunity(*in.Catalog, *in.Identifier)
	if err != nil {
		return err
	}
	profile, err := c.profile(c.Caller.Account)
	if err != nil {
		return err
	}
	assignee := User{
		Email: *in.Assignee.Email, FirstName: *in.Assignee.FirstName, LastName: *in.Assignee.LastName,
		Phone: api.Value(in.Assignee.Phone),
	}
	if len(profile.Users) > 0 {
		i := slices.IndexFunc(profile.Users, func(u User) bool { return strings.EqualFold(u.Email, assignee.Email) })
		if i < 0 {
			return invalid(api.Violation("assignee.email", api.ValidationExceptionErrorCodeInvalidValue,
				"User not found for Opportunity Owner email: the address must be that of a user of this account"))
		}
		assignee = profile.Users[i]
	}
	owner := assignee.contact()
	if i := slices.IndexFunc(o.OpportunityTeam, isOwner); i >= 0 {
		o.OpportunityTeam[i] = owner
	} else {
		o.OpportunityTeam = append([]api.Contact{owner}, o.OpportunityTeam...)
	}
	return c.save(o)
}
