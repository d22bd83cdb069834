package service

import (
	"context"

	"cosell/internal/api"
	"cosell/internal/customer"
	"cosell/internal/operation"
	"cosell/internal/selling"
	"cosell/internal/store"
)

// History returns at most limit changes of a record that an account owns or shares, the
// newest first, behind a sequence unless it is 0.
func (s *Service) History(ctx context.Context, key store.HistoryKey, before int64, limit int) (operation.RecordHistory, error) {
	switch key.Kind {
	case selling.KindOpportunity:
		return s.OpportunityHistory(ctx, store.OpportunityKey{Account: key.Account, Catalog: key.Catalog, ID: key.Record}, before, limit)
	case selling.KindEngagement:
		return s.EngagementHistory(ctx, key.Account, key.Catalog, key.Record, before, limit)
	case customer.KindCustomerAccount:
		return s.CustomerAccountHistory(ctx, store.CustomerAccountKey{Account: key.Account, Catalog: key.Catalog, ID: key.Record}, before, limit)
	}
	return operation.RecordHistory{}, api.NotFound("")
}
