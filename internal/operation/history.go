package operation

import (
	"context"
	"fmt"

	"cosell/internal/access"
	"cosell/internal/api"
	"cosell/internal/audit"
	"cosell/internal/auth"
	"cosell/internal/store"
)

// Author is who changed a record: the members that apply.
type Author struct {
	// Principal is the ARN of the caller whose operation it was.
	Principal string `json:"principal,omitzero"`
	// Operator is the name of the operator who acted, in the name of the principal where
	// there is one.
	Operator string `json:"operator,omitzero"`
	// Process is what the server did by itself or behind a request, such as the review
	// policy or a bulk job.
	Process string `json:"process,omitzero"`
}

// HistoryDocument is what the history keeps of a change.
type HistoryDocument struct {
	historyHead
	Changes api.Raw `json:"changes"` // as package difference makes it
}

type historyHead struct {
	Operation string `json:"operation"`
	Author
	RequestID string `json:"requestId,omitzero"`
}

// doing is what a transaction does and who has it done.
type doing struct {
	account   string // of who called; "" for operators and work
	author    Author
	requestID string
	operation string
}

// doingOf returns who has a request of a context done.
func doingOf(ctx context.Context, caller auth.Principal) doing {
	d := doing{account: caller.Account, author: Author{Principal: caller.ARN}}
	if i := access.From(ctx); i != nil {
		d.author.Operator = i.Name
	}
	if e := audit.From(ctx); e != nil {
		d.requestID = e.RequestID
	}
	return d
}

// Doing names the operation that the call carries out from here on, for the history of
// what it changes.
func (c *Call) Doing(operation string) { c.outcome.doing.operation = operation }

// DoingAs is Doing for what a process of the server does.
func (c *Call) DoingAs(process, operation string) {
	c.outcome.doing.author.Process, c.outcome.doing.operation = process, operation
}

// Keep adds a change of a record of the caller's to its history: the comma-separated
// differences between what it was and what it is.
func (c *Call) Keep(kind, catalog, record string, sequence int64, at api.Timestamp, differences []byte) error {
	d := c.outcome.doing
	if d.account != "" && d.account != c.Caller.Account && d.author.Principal != "" {
		// Another partner's request led to it. Who sent that is not told.
		d.author, d.requestID = Author{Process: "account " + d.account}, ""
	}
	if d.author == (Author{}) {
		d.author.Process = "server"
	}
	document, err := Encode("change", &historyHead{d.operation, d.author, d.requestID})
	if err != nil {
		return err
	}
	// The differences are JSON already: they are neither decoded nor checked again.
	document = append(append(document[:len(document)-1], `,"changes":[`...), differences...)
	document = append(document, `]}`...)
	err = c.Tx.InsertHistory(&store.HistoryChange{
		HistoryKey: store.HistoryKey{Account: c.Caller.Account, Catalog: catalog, Kind: kind, Record: record},
		Sequence:   sequence, ChangedAt: int64(at), Document: document,
	})
	if err != nil {
		return fmt.Errorf("insert change: %w", err)
	}
	return nil
}

// History is a page of the changes of a record, the newest first.
type History struct {
	Changes []HistoryEntry
	Next    int64 // the sequence behind which the next page begins, 0 on the last one
}

// HistoryEntry is one change.
type HistoryEntry struct {
	Sequence  int64
	ChangedAt api.Timestamp
	HistoryDocument
}

// maxHistoryBytes bounds the bytes of a page of the history.
const maxHistoryBytes = 1 << 20

// History returns at most limit changes of a record of the caller's, behind a sequence
// unless it is 0.
func (c *Call) History(kind, catalog, record string, before int64, limit int) (h History, err error) {
	key := store.HistoryKey{Account: c.Caller.Account, Catalog: catalog, Kind: kind, Record: record}
	found, more, err := c.Tx.History(key, before, limit, maxHistoryBytes)
	if err != nil {
		return h, fmt.Errorf("read history: %w", err)
	}
	for _, row := range found {
		document, err := Decode[HistoryDocument]("change", row.Document)
		if err != nil {
			return h, err
		}
		h.Changes = append(h.Changes, HistoryEntry{row.Sequence, api.Timestamp(row.ChangedAt), *document})
		if more {
			h.Next = row.Sequence
		}
	}
	return h, nil
}
