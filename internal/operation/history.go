package operation

import (
	"context"
	"fmt"
	"strings"

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
	key := store.HistoryKey{Account: c.Caller.Account, Catalog: catalog, Kind: kind, Record: record}
	d := c.outcome.doing
	if d.account != "" && d.account != c.Caller.Account && d.author.Principal != "" {
		// Another partner's request led to it. Who sent that is not told.
		d.author, d.requestID = Author{Process: anotherAccount + d.account}, ""
	}
	return c.keep(key, d, sequence, at, differences)
}

// KeepShared is Keep for a record that several accounts share. Its history is that of no
// account, and SharedHistory decides what of an author a reader is told.
func (c *Call) KeepShared(kind, catalog, record string, sequence int64, at api.Timestamp, differences []byte) error {
	return c.keep(store.HistoryKey{Catalog: catalog, Kind: kind, Record: record}, c.outcome.doing, sequence, at, differences)
}

// anotherAccount begins the name of what another partner's request led to.
const anotherAccount = "account "

func (c *Call) keep(key store.HistoryKey, d doing, sequence int64, at api.Timestamp, differences []byte) error {
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
	err = c.Tx.InsertHistory(&store.HistoryChange{HistoryKey: key, Sequence: sequence, ChangedAt: int64(at), Document: document})
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

// RecordHistory is a page of the changes of a record, and its creation.
type RecordHistory struct {
	History
	CreatedAt api.Timestamp
	CreatedBy string // the account, of records that several share
	Origin    string // of an opportunity; "" if none was given
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
func (c *Call) History(kind, catalog, record string, before int64, limit int) (History, error) {
	return c.historyOf(store.HistoryKey{Account: c.Caller.Account, Catalog: catalog, Kind: kind, Record: record}, before, limit)
}

// SharedHistory is History of a record that several accounts share and the caller may read.
// Of changes by other accounts it tells the account, and not who there made them; AWS is
// told everything.
func (c *Call) SharedHistory(kind, catalog, record string, before int64, limit int) (History, error) {
	h, err := c.historyOf(store.HistoryKey{Catalog: catalog, Kind: kind, Record: record}, before, limit)
	for i := range h.Changes {
		change := &h.Changes[i]
		if account := accountOf(change.Principal); account != "" && account != c.Caller.Account && c.Caller.Account != auth.AWSAccount {
			change.Author, change.RequestID = Author{Process: anotherAccount + account}, ""
		}
	}
	return h, err
}

// accountOf returns the account of a principal's ARN, "" for none.
func accountOf(arn string) string {
	const place = 4
	if parts := strings.Split(arn, ":"); len(parts) > place {
		return parts[place]
	}
	return ""
}

func (c *Call) historyOf(key store.HistoryKey, before int64, limit int) (h History, err error) {
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
