package selling

import (
	"fmt"
	"slices"

	"cosell/internal/api"
	"cosell/internal/arn"
	"cosell/internal/auth"
	"cosell/internal/events"
	"cosell/internal/operation"
	"cosell/internal/store"
)

// maxPartners is how many partners an engagement has at most; AWS does not count
// (docs/behavior/engagements.md#limits).
const maxPartners = 10

// engagement is the stored document: what GetEngagement shows, and the catalog.
// MemberCount is filled when it is read; the stored one is null.
type engagement struct {
	api.GetEngagementResponse
	Catalog string `json:"Catalog"`
	// stored is the document as it was read or written last.
	stored []byte
}

func (e *engagement) key() store.EngagementKey {
	return store.EngagementKey{Catalog: e.Catalog, ID: *e.Id}
}

// CreateEngagement makes an engagement, whose first member is the caller.
func (c *Call) CreateEngagement(in *api.CreateEngagementRequest) (*api.CreateEngagementResponse, error) {
	e := c.newEngagement(*in.Catalog, in.Title, in.Description)
	var violations []api.ValidationExceptionError
	for i, given := range in.Contexts {
		payload, broken, err := c.newContext(fmt.Sprintf("contexts[%d].", i), *in.Catalog, *given.Type, given.Payload)
		if err != nil {
			return nil, err
		}
		violations = append(violations, broken...)
		e.appendContext(*given.Type, payload)
	}
	if violations != nil {
		return nil, invalid(violations...)
	}
	if err := c.createEngagement(e, c.Caller.Account); err != nil {
		return nil, err
	}
	return &api.CreateEngagementResponse{Id: e.Id, Arn: e.Arn, ModifiedAt: e.ModifiedAt}, nil
}

// newEngagement begins an engagement that the caller makes; createEngagement
// stores it.
func (c *Call) newEngagement(catalog string, title, description *string) *engagement {
	id := c.IDs.Engagement()
	return &engagement{
		Catalog: catalog,
		GetEngagementResponse: api.GetEngagementResponse{
			Id: &id, Arn: new(arn.Of("", catalog, kindEngagement+"/"+id)),
			Title: title, Description: description,
			CreatedAt: new(c.Now), CreatedBy: new(c.Caller.Account),
			ModifiedAt: new(c.Now), ModifiedBy: new(c.Caller.Account),
			MemberCount: new(int32(0)),
			Contexts:    []api.EngagementContextDetails{},
		},
	}
}

// createEngagement stores a new engagement with its members, and tells its
// creator.
func (c *Call) createEngagement(e *engagement, members ...string) error {
	document, err := e.encode()
	if err != nil {
		return err
	}
	if err := c.Tx.InsertEngagement(e.key(), int64(*e.ModifiedAt), document); err != nil {
		return fmt.Errorf("insert engagement: %w", err)
	}
	for _, account := range members {
		if err := c.insertMember(e, account); err != nil {
			return err
		}
	}
	return c.Emit(*e.CreatedBy, events.EngagementCreated(e.eventDetail(*e.CreatedAt, *e.CreatedBy)))
}

// insertMember adds a member's row, joined at the engagement's last change.
func (c *Call) insertMember(e *engagement, account string) error {
	err := c.Tx.InsertEngagementMember(e.key(), store.EngagementMember{
		Account: account, CreatedBy: *e.CreatedBy, CreatedAt: int64(*e.CreatedAt),
		ContextTypes: contextBits(e.contextTypes()), JoinedAt: int64(*e.ModifiedAt),
	})
	if err != nil {
		return fmt.Errorf("insert engagement member: %w", err)
	}
	*e.MemberCount++
	return nil
}

// GetEngagement returns an engagement that the caller is a member of.
func (c *Call) GetEngagement(in *api.GetEngagementRequest) (*api.GetEngagementResponse, error) {
	e, err := c.visibleEngagement("identifier", *in.Catalog, *in.Identifier)
	if err != nil {
		return nil, err
	}
	return &e.GetEngagementResponse, c.fillCustomerAccounts(e)
}

// readEngagement reads an engagement, whoever may see it; visibleEngagement asks
// that first.
func (c *Call) readEngagement(key store.EngagementKey) (*engagement, error) {
	document, members, err := c.Tx.Engagement(key)
	if err := operation.Found("engagement", err); err != nil {
		return nil, err
	}
	e, err := operation.Decode[engagement]("engagement", document)
	if err != nil {
		return nil, err
	}
	e.MemberCount, e.stored = &members, document
	return e, nil
}

// encode returns an engagement as its table holds it.
func (e *engagement) encode() ([]byte, error) {
	stored := *e
	stored.MemberCount = nil
	return operation.Encode("engagement", stored)
}

// saveEngagement writes a changed engagement as the caller's change. Its time of
// modification is the lock of the whole engagement, members and contexts. Differences are
// those that its document does not have.
func (c *Call) saveEngagement(e *engagement, differences []byte) error {
	previous := *e.ModifiedAt
	e.ModifiedAt, e.ModifiedBy = new(c.NextModified(previous)), new(c.Caller.Account)
	document, err := e.encode()
	if err != nil {
		return err
	}
	err = c.Tx.UpdateEngagement(e.key(), int64(previous), int64(*e.ModifiedAt), contextBits(e.contextTypes()), document)
	if err != nil {
		return fmt.Errorf("update engagement: %w", err)
	}
	return c.keepEngagement(e, document, differences)
}

// engagementUpdated tells all members that an engagement's title or contexts
// changed. A new member is not such a change (docs/behavior/engagements.md#the-lock).
func (c *Call) engagementUpdated(e *engagement) error {
	return c.tellMembers(e, events.EngagementUpdated(e.eventDetail(*e.ModifiedAt, *e.ModifiedBy)))
}

// tellMembers sends an event to every member of an engagement.
func (c *Call) tellMembers(e *engagement, event events.Event) error {
	accounts, err := c.members(e)
	if err != nil {
		return err
	}
	for _, account := range accounts {
		if err := c.Emit(account, event); err != nil {
			return err
		}
	}
	return nil
}

// eventDetail is the part of an event's detail that describes the engagement.
func (e *engagement) eventDetail(at api.Timestamp, by string) events.Engagement {
	kinds := e.contextTypes()
	names := make([]string, len(kinds))
	for i, kind := range kinds {
		names[i] = string(kind)
	}
	return events.Engagement{ARN: *e.Arn, ID: *e.Id, Catalog: e.Catalog, At: at, By: by, ContextTypes: names}
}

// members returns the accounts of an engagement in the order they joined.
func (c *Call) members(e *engagement) ([]string, error) {
	rows, err := c.Tx.EngagementMembers(e.key())
	if err != nil {
		return nil, fmt.Errorf("read engagement members: %w", err)
	}
	accounts := make([]string, len(rows))
	for i, row := range rows {
		accounts[i] = row.Account
	}
	return accounts, nil
}

// addMember makes an account a member, as the caller's change, and tells all
// members. An account that is one already is a conflict.
func (c *Call) addMember(e *engagement, account string) error {
	accounts, err := c.members(e)
	if err != nil {
		return err
	}
	if slices.Contains(accounts, account) {
		return api.Conflict("The account is a member of the engagement already")
	}
	partners := slices.DeleteFunc(slices.Clone(accounts), func(member string) bool { return member == auth.AWSAccount })
	if account != auth.AWSAccount && len(partners) >= maxPartners {
		return api.QuotaExceeded(fmt.Sprintf("An engagement has at most %d partners", maxPartners))
	}
	if err := c.saveEngagement(e, joined(account)); err != nil {
		return err
	}
	if err := c.insertMember(e, account); err != nil {
		return err
	}
	profile, err := c.profile(account)
	if err != nil {
		return err
	}
	return c.tellMembers(e, events.EngagementMemberAdded(e.Catalog, *e.Arn, *e.Id, account, profile.CompanyName))
}
