package selling

import (
	"cosell/internal/api"
	"cosell/internal/operation"
	"cosell/internal/tagging"
)

// maxTags is how many tags an opportunity or a snapshot job has at most
// (docs/behavior/solutions-and-tags.md#tags).
const maxTags = 200

// The kinds of resources as their ARNs name them.
const (
	kindEngagement  = "engagement"
	kindInvitation  = "engagement-invitation"
	kindJob         = "resource-snapshot-job"
	kindOpportunity = "opportunity"
	kindSolution    = "solution"
)

// TaggableKinds are the resources of this family that take tags.
func (s *Service) TaggableKinds() []tagging.Kind {
	return []tagging.Kind{
		{
			Name: kindOpportunity, Most: maxTags,
			Check: func(c *operation.Call, catalog, id string) error {
				call := s.Call(c)
				_, _, err := call.opportunityDocument(catalog, id)
				return err
			},
			Lock: func(c *operation.Call, catalog, id string) error {
				call := s.Call(c)
				return c.Tx.LockOpportunity(call.opportunityKey(catalog, id))
			},
		},
		{
			Name: kindJob, Most: maxTags,
			Check: func(c *operation.Call, catalog, id string) error {
				call := s.Call(c)
				_, err := call.snapshotJob(catalog, id)
				return err
			},
			Lock: func(c *operation.Call, catalog, id string) error {
				return c.Tx.LockSnapshotJob(c.Caller.Account, catalog, id)
			},
		},
	}
}

// putTags adds tags to an opportunity or a snapshot job of the caller's.
func (c *Call) putTags(arn string, tags []api.Tag) error {
	return tagging.Put(c.Call, arn, tags, maxTags)
}
