// Package tagging implements the tags of resources: TagResource, UntagResource and
// ListTagsForResource for every kind of resource that takes tags, and the tags
// that a resource is created with.
package tagging

import (
	"fmt"
	"regexp"

	"cosell/internal/api"
	"cosell/internal/operation"
)

// Kind is a kind of resource that takes tags.
type Kind struct {
	Name string // as ARNs write it, such as opportunity
	Most int    // how many tags one resource has at most
	// Check returns nil where the caller may tag a resource, else the error that
	// answers the operation.
	Check func(c *operation.Call, catalog, id string) error
	// Lock takes the write lock of a resource of the caller's, so that two requests
	// that each find room for one more tag do not both add one.
	Lock func(c *operation.Call, catalog, id string) error
}

// Kinds are the kinds of resources that take tags, of every family of operations.
type Kinds struct{ byName map[string]Kind }

// NewKinds joins the kinds of the families. A name that two kinds have is an error.
func NewKinds(families ...[]Kind) (*Kinds, error) {
	all := map[string]Kind{}
	for _, family := range families {
		for _, kind := range family {
			if _, taken := all[kind.Name]; taken {
				return nil, fmt.Errorf("two taggable kinds are called %q", kind.Name)
			}
			all[kind.Name] = kind
		}
	}
	return &Kinds{all}, nil
}

// Call returns the operations on tags in a transaction.
func (k *Kinds) Call(c *operation.Call) Call { return Call{Call: c, kinds: k} }

// Call is an operation on tags in its transaction. Its exported methods are the
// operations of the API.
type Call struct {
	*operation.Call

	kinds *Kinds
}

// TagResource adds tags to a resource, or replaces the values of those it has.
func (c *Call) TagResource(in *api.TagResourceRequest) (*api.TagResourceResponse, error) {
	r, err := c.resource(*in.ResourceArn)
	if err != nil {
		return nil, err
	}
	if err := r.kind.Lock(c.Call, r.catalog, r.id); err != nil {
		return nil, fmt.Errorf("lock resource: %w", err)
	}
	if err := Put(c.Call, *in.ResourceArn, in.Tags, r.kind.Most); err != nil {
		return nil, err
	}
	return &api.TagResourceResponse{}, nil
}

// UntagResource removes tags by their keys; keys that no tag has are ignored.
func (c *Call) UntagResource(in *api.UntagResourceRequest) (*api.UntagResourceResponse, error) {
	if _, err := c.resource(*in.ResourceArn); err != nil {
		return nil, err
	}
	if err := c.Tx.DeleteTags(c.Caller.Account, *in.ResourceArn, in.TagKeys); err != nil {
		return nil, fmt.Errorf("delete tags: %w", err)
	}
	return &api.UntagResourceResponse{}, nil
}

// ListTagsForResource returns a resource's tags.
func (c *Call) ListTagsForResource(in *api.ListTagsForResourceRequest) (*api.ListTagsForResourceResponse, error) {
	if _, err := c.resource(*in.ResourceArn); err != nil {
		return nil, err
	}
	tags, err := List(c.Call, *in.ResourceArn)
	return &api.ListTagsForResourceResponse{Tags: tags}, err
}

// resource is what the ARN of a resource that takes tags names, account aside.
type resource struct {
	kind        Kind
	catalog, id string
}

var form = regexp.MustCompile(`^arn:aws:partnercentral:us-east-1:([0-9]{12}):catalog/([a-zA-Z]+)/([a-z-]+)/([A-Za-z0-9-]+)$`)

// resource finds the resource of the caller's that an ARN names. An ARN of another
// account or of no taggable kind is refused as the real service does
// (docs/behavior/solutions-and-tags.md#taggable-resources).
func (c *Call) resource(arn string) (resource, error) {
	refused := api.AccessDenied("The resource does not exist or belongs to another account")
	parts := form.FindStringSubmatch(arn)
	if parts == nil || parts[1] != c.Caller.Account {
		return resource{}, refused
	}
	kind, ok := c.kinds.byName[parts[3]]
	if !ok {
		return resource{}, refused
	}
	r := resource{kind: kind, catalog: parts[2], id: parts[4]}
	return r, kind.Check(c.Call, r.catalog, r.id)
}
