package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"cosell/internal/store"
)

// removal is the name of the event that says that entries were removed.
const removal = "RemoveAuditRecords"

// Removable returns the sequence below which rows may be removed of those below another
// one: whole links of the chain. An entry says so before.
func (r *Recorder) Removable(ctx context.Context, older int64) (int64, error) {
	var link *store.AuditSeal
	var oldest []store.AuditRecord
	err := r.Store.View(ctx, func(tx *store.Tx) (err error) {
		link, err = tx.LastAuditSeal(older - 1)
		if err != nil {
			return err
		}
		oldest, err = tx.AuditRecords(0, link.To, 1)
		return err
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && len(oldest) == 0 {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	e := &Entry{
		recorder: r, At: r.Now(), Source: SourceOperator, Name: removal, Operator: "retention",
		Request: fmt.Appendf(nil, `{"through":"%d"}`, link.To),
	}
	return link.To + 1, r.Store.Update(ctx, func(tx *store.Tx) error {
		e.add(tx)
		return nil
	})
}

// noteRemovals keeps through which sequence entries say that others were removed.
func (c *checker) noteRemovals(rows []store.AuditRecord) {
	for i := range rows {
		if !bytes.Contains(rows[i].Content, []byte(removal)) {
			continue
		}
		for line := range bytes.SplitSeq(rows[i].Content, newline) {
			var s stored
			var parameters struct {
				Through int64 `json:"through,string"`
			}
			if json.Unmarshal(line, &s) == nil && s.N == removal && s.S == SourceOperator && json.Unmarshal(s.In, &parameters) == nil {
				c.removed = max(c.removed, parameters.Through)
			}
		}
	}
}
