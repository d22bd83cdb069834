package selling

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cosell/internal/api"
	"cosell/internal/rule"
	"cosell/internal/store"
)

// maxTags is how many tags one resource carries at most
// (docs/behavior/solutions-and-tags.md#tags).
const maxTags = 200

// taggable is the ARN of a resource that takes tags: account, catalog, kind and
// identifier.
var taggable = regexp.MustCompile(`^arn:aws:partnercentral:us-east-1:([0-9]{12}):catalog/([a-zA-Z]+)/(opportunity|resource-snapshot-job)/([A-Za-z0-9-]+)$`)

// TagResource adds tags to a resource, or replaces the values of those it has.
func (c *Call) TagResource(in *api.TagResourceRequest) (*api.TagResourceResponse, error) {
	resource, err := c.taggableByCaller(*in.ResourceArn)
	if err != nil {
		return nil, err
	}
	// Two requests that each find room for one more tag must not both take it.
	if err := c.holdTaggable(resource); err != nil {
		return nil, fmt.Errorf("hold resource: %w", err)
	}
	if err := c.putTags(*in.ResourceArn, in.Tags); err != nil {
		return nil, err
	}
	return &api.TagResourceResponse{}, nil
}

// UntagResource removes tags by their keys; keys that are not there are passed
// over.
func (c *Call) UntagResource(in *api.UntagResourceRequest) (*api.UntagResourceResponse, error) {
	if _, err := c.taggableByCaller(*in.ResourceArn); err != nil {
		return nil, err
	}
	if err := c.Tx.DeleteTags(c.Caller.Account, *in.ResourceArn, in.TagKeys); err != nil {
		return nil, fmt.Errorf("delete tags: %w", err)
	}
	return &api.UntagResourceResponse{}, nil
}

// ListTagsForResource returns a resource's tags.
func (c *Call) ListTagsForResource(in *api.ListTagsForResourceRequest) (*api.ListTagsForResourceResponse, error) {
	if _, err := c.taggableByCaller(*in.ResourceArn); err != nil {
		return nil, err
	}
	tags, err := c.Tx.Tags(c.Caller.Account, *in.ResourceArn)
	if err != nil {
		return nil, fmt.Errorf("read tags: %w", err)
	}
	out := &api.ListTagsForResourceResponse{Tags: make([]api.Tag, len(tags))}
	for i := range tags {
		out.Tags[i] = api.Tag{Key: &tags[i].Key, Value: &tags[i].Value}
	}
	return out, nil
}

// taggedResource is what the ARN of a resource that takes tags says, account
// aside.
type taggedResource struct{ catalog, kind, id string }

// taggableByCaller finds the resource of the caller's that an ARN names. An ARN
// of another account or of no taggable kind is refused as the real service does
// (docs/behavior/solutions-and-tags.md#taggable-resources).
func (c *Call) taggableByCaller(resource string) (r taggedResource, err error) {
	parts := taggable.FindStringSubmatch(resource)
	if parts == nil || parts[1] != c.Caller.Account {
		return r, api.AccessDenied("The resource does not exist or belongs to another account")
	}
	r = taggedResource{catalog: parts[2], kind: parts[3], id: parts[4]}
	if r.kind == kindJob {
		_, err = c.snapshotJob(r.catalog, r.id)
	} else {
		_, _, err = c.opportunityDocument(r.catalog, r.id)
	}
	return r, err
}

func (c *Call) holdTaggable(r taggedResource) error {
	if r.kind == kindJob {
		return c.Tx.HoldSnapshotJob(c.Caller.Account, r.catalog, r.id)
	}
	return c.Tx.HoldOpportunity(c.opportunityKey(r.catalog, r.id))
}

// newTags returns tags as their table holds them, or what is wrong with them.
func newTags(tags []api.Tag) ([]store.Tag, error) {
	var f rule.Findings
	add := make([]store.Tag, len(tags))
	keys := map[string]bool{}
	for i, tag := range tags {
		field := fmt.Sprintf("tags[%d].key", i)
		if strings.HasPrefix(strings.ToLower(*tag.Key), "aws:") {
			f.InvalidValue(field, "must not begin with aws:, which is reserved")
		}
		if keys[*tag.Key] {
			f.Add(field, api.ValidationExceptionErrorCodeDuplicateKeyValue, "must be given once")
		}
		keys[*tag.Key] = true
		add[i] = store.Tag{Key: *tag.Key, Value: *tag.Value}
	}
	return add, rule.Refuse(f.List)
}

// putTags adds tags to a resource of the caller's.
func (c *Call) putTags(resource string, tags []api.Tag) error {
	if len(tags) == 0 {
		return nil
	}
	add, err := newTags(tags)
	if err != nil {
		return err
	}
	present, err := c.Tx.Tags(c.Caller.Account, resource)
	if err != nil {
		return fmt.Errorf("read tags: %w", err)
	}
	keys := map[string]bool{}
	for _, tag := range slices.Concat(present, add) {
		keys[tag.Key] = true
	}
	if len(keys) > maxTags {
		return invalid(api.Violation("tags", api.ValidationExceptionErrorCodeTooManyValues,
			fmt.Sprintf("a resource has at most %d tags, this would make %d", maxTags, len(keys))))
	}
	if err := c.Tx.PutTags(c.Caller.Account, resource, c.IDs.Sequence(), add); err != nil {
		return fmt.Errorf("write tags: %w", err)
	}
	return nil
}

// deleteAllTags removes the tags of a resource of the caller's that goes away.
func (c *Call) deleteAllTags(resource string) error {
	tags, err := c.Tx.Tags(c.Caller.Account, resource)
	if err != nil {
		return fmt.Errorf("read tags: %w", err)
	}
	keys := make([]string, len(tags))
	for i, tag := range tags {
		keys[i] = tag.Key
	}
	if err := c.Tx.DeleteTags(c.Caller.Account, resource, keys); err != nil {
		return fmt.Errorf("delete tags: %w", err)
	}
	return nil
}
