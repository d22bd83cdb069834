package selling

import (
	"errors"
	"reflect"

	"cosell/internal/api"
	"cosell/internal/operation"
	"cosell/internal/store"
)

// What a capture of fixtures reads of stored documents beside what the API shows.

// StoredInvitation is an invitation as it is stored, whoever may see it.
type StoredInvitation struct {
	*api.GetEngagementInvitationResponse

	// Referred is the opportunity that AWS refers by it, as it was sent; nil if none is.
	Referred *api.GetOpportunityResponse
	Tags     []api.Tag
}

// ReadInvitation reads a stored invitation.
func ReadInvitation(row *store.Invitation) (StoredInvitation, error) {
	i, err := operation.Decode[invitation]("invitation", row.Document)
	if err != nil {
		return StoredInvitation{}, err
	}
	stored := StoredInvitation{GetEngagementInvitationResponse: &i.GetEngagementInvitationResponse}
	if i.Referral != nil {
		stored.Referred, stored.Tags = &i.Referral.Opportunity.GetOpportunityResponse, i.Referral.Tags
	}
	return stored, nil
}

// StoredReview is what AWS keeps of an opportunity.
type StoredReview struct {
	InvolvementType *api.SalesInvolvementType // nil of an opportunity that was never submitted
	Visibility      *api.Visibility
	Stage           *api.AwsOpportunityStage // where the partner stood when AWS approved; nil before
	// Edited reports whether AWS changed its side otherwise than by a review.
	Edited bool
}

// ReadReview reads what AWS keeps of an opportunity.
func ReadReview(tx *store.Tx, key store.OpportunityKey) (StoredReview, error) {
	document, _, err := tx.AwsOpportunity(key)
	if errors.Is(err, store.ErrNotFound) {
		return StoredReview{}, nil
	}
	if err != nil {
		return StoredReview{}, err
	}
	record, err := operation.Decode[awsRecord]("AWS's side", document)
	if err != nil {
		return StoredReview{}, err
	}
	stored := StoredReview{InvolvementType: record.InvolvementType, Visibility: record.Visibility}
	if record.LifeCycle != nil {
		stored.Stage = record.LifeCycle.Stage
	}
	untouched := awsRecord{
		InvolvementType: record.InvolvementType, Visibility: record.Visibility, SentBackByEdit: record.SentBackByEdit,
		LifeCycle: record.LifeCycle,
	}
	stored.Edited = !reflect.DeepEqual(*record, untouched) || record.LifeCycle != nil && record.LifeCycle.ClosedLostReason != nil
	return stored, nil
}

// ReadProfile reads the profile of an account, and reports whether somebody described it.
func ReadProfile(tx *store.Tx, account string) (p AccountProfile, described bool, err error) {
	c := &Call{Call: &operation.Call{Tx: tx}}
	if p, err = c.profile(account); err != nil {
		return p, false, err
	}
	_, err = tx.Account(account)
	if errors.Is(err, store.ErrNotFound) {
		return p, false, nil
	}
	return p, err == nil, err
}

// Owner returns who owns the opportunities of the account that nobody was named for.
func (p AccountProfile) Owner() api.Contact { return p.lead().contact() }

// ReadEngagementGroups reads all groups.
func ReadEngagementGroups(tx *store.Tx) ([]EngagementGroup, error) {
	return (&Call{Call: &operation.Call{Tx: tx}}).engagementGroups()
}

// IsGroupsPolicy reports whether a policy of the store holds the groups.
func IsGroupsPolicy(name string) bool { return name == policyGroups }
