package customer

import (
	"context"

	"cosell/internal/difference"
	"cosell/internal/operation"
	"cosell/internal/store"
)

// KindCustomerAccount is the kind of record under which the history has customer accounts.
const KindCustomerAccount = "CustomerAccount"

// What the history calls changes that no operation of the API makes.
const (
	operationMatch  = "MatchCustomerAccount"
	processMatching = "matching"
)

var kept = difference.Options{Ignored: []string{"LastModifiedDate"}}

// keepChange adds what differs between a stored row and what was read to the history.
func (c *Call) keepChange(a *account, row *store.CustomerAccount) error {
	differences := kept.Append(nil, a.stored, row.Document)
	a.stored = row.Document
	return c.Keep(KindCustomerAccount, row.Catalog, row.ID, c.IDs.Sequence(), *a.LastModifiedDate, differences)
}

// CustomerAccountHistory returns at most limit changes of a customer account, the newest
// first, behind a sequence unless it is 0.
func (s *Service) CustomerAccountHistory(ctx context.Context, key store.CustomerAccountKey, before int64, limit int) (h operation.RecordHistory, err error) {
	err = s.view(ctx, key.Account, func(c *Call) error {
		a, err := c.read(key)
		if err != nil {
			return err
		}
		h.CreatedAt = *a.CreatedDate
		h.History, err = c.History(KindCustomerAccount, key.Catalog, key.ID, before, limit)
		return err
	})
	return h, err
}
