package selling

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"cosell/internal/api"
	"cosell/internal/arn"
	"cosell/internal/auth"
	"cosell/internal/events"
	"cosell/internal/operation"
	"cosell/internal/store"
)

// The templates: which of an opportunity's fields a snapshot copies, and for
// whom (docs/behavior/snapshots.md#templates). The alias is an earlier name of the first
// one; what is made under it keeps it.
const (
	templateSummary = "OpportunitySummaryView"
	templateAws     = "AwsOpportunitySummaryFullView"
	templateAlias   = "Opportunity"
)

// checkTemplate refuses a template that does not exist.
func checkTemplate(name string) error {
	if slices.Contains([]string{templateSummary, templateAws, templateAlias}, name) {
		return nil
	}
	return invalid(api.Violation("resourceSnapshotTemplateIdentifier", api.ValidationExceptionErrorCodeInvalidValue,
		"must be "+templateSummary+" or "+templateAws))
}

// CreateResourceSnapshot publishes the present state of one of the caller's
// opportunities in an engagement, as its next revision, whether or not anything
// changed (docs/behavior/snapshots.md#publishing).
func (c *Call) CreateResourceSnapshot(in *api.CreateResourceSnapshotRequest) (*api.CreateResourceSnapshotResponse, error) {
	e, o, err := c.snapshotSubject(*in.Catalog, *in.EngagementIdentifier, *in.ResourceIdentifier, *in.ResourceSnapshotTemplateIdentifier)
	if err != nil {
		return nil, err
	}
	head, err := c.createSnapshot(e, o, *in.ResourceSnapshotTemplateIdentifier)
	if err != nil {
		return nil, err
	}
	if err := c.convertLead(e, o); err != nil {
		return nil, err
	}
	return &api.CreateResourceSnapshotResponse{Arn: new(snapshotARN(head)), Revision: revision(head)}, nil
}

// snapshotSubject reads what a snapshot or a job is about: an engagement that
// the caller is a member of, and an opportunity of the caller's.
func (c *Call) snapshotSubject(catalog, engagementID, opportunityID, template string) (*engagement, *opportunity, error) {
	if err := checkTemplate(template); err != nil {
		return nil, nil, err
	}
	e, err := c.visibleEngagement("engagementIdentifier", catalog, engagementID)
	if err != nil {
		return nil, nil, err
	}
	o, err := c.opportunity(catalog, opportunityID)
	if err != nil {
		return nil, nil, err
	}
	return e, o, nil
}

// createSnapshot adds a revision and tells those it is meant for.
func (c *Call) createSnapshot(e *engagement, o *opportunity, template string) (*store.SnapshotHead, error) {
	payload, err := c.snapshotPayload(o, template)
	if err != nil {
		return nil, err
	}
	hash, err := payloadHash(payload)
	if err != nil {
		return nil, err
	}
	return c.insertSnapshot(e, o, template, payload, hash)
}

func snapshotKey(e *engagement, o *opportunity, template string) store.SnapshotKey {
	return store.SnapshotKey{Catalog: e.Catalog, EngagementID: *e.Id, ResourceID: *o.Id, Template: template}
}

// insertSnapshot adds the revision after the latest, in the caller's name.
func (c *Call) insertSnapshot(
	e *engagement, o *opportunity, template string, payload *api.ResourceSnapshotPayload, hash string,
) (*store.SnapshotHead, error) {
	head, err := c.Tx.SnapshotHead(snapshotKey(e, o, template))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("read latest snapshot: %w", err)
	}
	head = store.SnapshotHead{
		SnapshotKey: snapshotKey(e, o, template), CreatedBy: c.Caller.Account, Revision: head.Revision + 1, ContentHash: hash,
	}
	members, err := c.members(e)
	if err != nil {
		return nil, err
	}
	// Who is meant to read it, and who is told: AWS is meant to read the view of
	// its own side, but needs no telling.
	targets, told := members, members
	if template == templateAws {
		targets, told = []string{c.Caller.Account, auth.AWSAccount}, []string{c.Caller.Account}
	}
	document, err := api.Marshal(&api.GetResourceSnapshotResponse{
		Catalog: &head.Catalog, Arn: new(snapshotARN(&head)), CreatedBy: &head.CreatedBy, CreatedAt: &c.Now,
		EngagementId: e.Id, ResourceType: new(api.ResourceTypeOpportunity), ResourceId: o.Id,
		ResourceSnapshotTemplateName: &template, Revision: revision(&head), Payload: payload,
		TargetMemberAccounts: targets,
	})
	if err != nil {
		return nil, fmt.Errorf("encode snapshot: %w", err)
	}
	if err := c.Tx.InsertSnapshot(head, document); err != nil {
		return nil, fmt.Errorf("insert snapshot: %w", err)
	}
	event := events.ResourceSnapshotCreated(events.Snapshot{
		ARN: snapshotARN(&head), EngagementARN: *e.Arn, EngagementID: head.EngagementID, Catalog: head.Catalog,
		ResourceType: string(api.ResourceTypeOpportunity), ResourceID: head.ResourceID, CreatedBy: head.CreatedBy,
		TemplateName: template, TargetMemberAccounts: targets,
	})
	for _, account := range told {
		if err := c.Emit(account, event); err != nil {
			return nil, err
		}
	}
	return &head, nil
}

// payloadHash identifies what a snapshot shows. Marketplace offers are shown but
// do not count: linking one is no reason for a revision
// (docs/behavior/snapshots.md#jobs).
func payloadHash(payload *api.ResourceSnapshotPayload) (string, error) {
	counted := *payload
	if summary := counted.OpportunitySummary; summary != nil && summary.RelatedEntityIdentifiers != nil {
		view, related := *summary, *summary.RelatedEntityIdentifiers
		related.AwsMarketplaceOffers, related.AwsMarketplaceOfferSets = nil, nil
		view.RelatedEntityIdentifiers, counted.OpportunitySummary = &related, &view
	}
	encoded, err := operation.Encode("snapshot", &counted)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:]), nil
}

// revision is a head's number as the contract has it, in 32 bits.
func revision(head *store.SnapshotHead) *int32 {
	return new(int32(head.Revision)) //nolint:gosec // a counter from 1, which cannot pass what 32 bits hold
}

func snapshotARN(head *store.SnapshotHead) string {
	return arn.Of("", head.Catalog, kindEngagement+"/"+head.EngagementID+"/resource/"+string(api.ResourceTypeOpportunity)+"/"+
		head.ResourceID+"/template/"+head.Template+"/snapshot/"+strconv.FormatInt(head.Revision, 10))
}

// GetResourceSnapshot returns one revision, or the latest.
func (c *Call) GetResourceSnapshot(in *api.GetResourceSnapshotRequest) (api.Encoded[api.GetResourceSnapshotResponse], error) {
	if err := checkTemplate(*in.ResourceSnapshotTemplateIdentifier); err != nil {
		return nil, err
	}
	engagement, err := c.visibleEngagementKey("engagementIdentifier", *in.Catalog, *in.EngagementIdentifier)
	if err != nil {
		return nil, err
	}
	key := store.SnapshotKey{
		Catalog: engagement.Catalog, EngagementID: engagement.ID,
		ResourceID: *in.ResourceIdentifier, Template: *in.ResourceSnapshotTemplateIdentifier,
	}
	number := int64(store.LatestRevision)
	if in.Revision != nil {
		number = int64(*in.Revision)
	}
	document, err := c.Tx.Snapshot(key, number)
	if err := operation.Found("snapshot", err); err != nil {
		return nil, err
	}
	if key.Template == templateAws {
		out, err := operation.Decode[api.GetResourceSnapshotResponse]("snapshot", document)
		if err != nil {
			return nil, err
		}
		if !c.mayReadSnapshot(key.Template, *out.CreatedBy) {
			return nil, api.NotFound("")
		}
	}
	// The document is the answer: decoding it would only cost time.
	return document, nil
}
