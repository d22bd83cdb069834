package selling

import (
	"context"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/store"
)

// CheckSubmission returns the error that SubmitOpportunity would answer, or nil if it
// would accept. It changes nothing.
func (s *Service) CheckSubmission(
	ctx context.Context, key store.OpportunityKey, involvement api.SalesInvolvementType, visibility api.Visibility,
) error {
	return s.view(ctx, auth.Principal{Account: key.Account}, func(c *Call) error {
		o, err := c.opportunity(key.Catalog, key.ID)
		if err != nil {
			return err
		}
		_, err = c.checkSubmission(o, involvement, visibility)
		return err
	})
}
