package audit

import (
	"bytes"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"cosell/internal/ids"
	"cosell/internal/store"
)

const (
	// scanRows is how many rows a page looks at, scanPage how many of them at a time.
	scanRows = 5000
	scanPage = 100
)

// Query narrows a list of records. Empty members let everything pass.
type Query struct {
	Account, Name, User, RequestID string
	// Failed leaves only what was refused.
	Failed bool
	// From and To bound the time of the entries; zero is no bound.
	From, To time.Time
	// Before is the Next of the page before.
	Before int64
	Limit  int
}

// Page is a part of a list, latest first.
type Page struct {
	Records []*Record
	// Next continues the list behind the page; 0 is its end. A page may have fewer records
	// than its limit, or none, and have a next one.
	Next int64
}

// List returns the records of a query, after writing those that wait.
func (r *Recorder) List(ctx context.Context, q Query) (Page, error) {
	if err := r.Flush(ctx); err != nil {
		return Page{}, err
	}
	before, from := q.Before, int64(0)
	if before == 0 {
		before = math.MaxInt64
	}
	if !q.To.IsZero() { // rows are written a little after what they tell
		before = min(before, ids.FirstSequence(q.To.Add(time.Minute)))
	}
	if !q.From.IsZero() {
		from = ids.FirstSequence(q.From)
	}
	page := Page{Records: []*Record{}}
	for looked := 0; looked < scanRows; {
		var rows []store.AuditRecord
		err := r.Store.View(ctx, func(tx *store.Tx) (err error) {
			rows, err = tx.AuditRecordsBefore(before, from, q.Account, scanPage)
			return err
		})
		if err != nil {
			return Page{}, err
		}
		for i := range rows {
			if err := q.add(&page, &rows[i]); err != nil {
				return Page{}, err
			}
			before = rows[i].Sequence
			if len(page.Records) >= q.Limit {
				page.Next = before
				return page, nil
			}
		}
		if looked += len(rows); len(rows) < scanPage {
			return page, nil
		}
	}
	page.Next = before
	return page, nil
}

// add adds those records of a row to a page that pass, latest first.
func (q *Query) add(page *Page, row *store.AuditRecord) error {
	lines := bytes.Split(row.Content, []byte("\n"))
	writer, _ := writerOf(row)
	for i, line := range slices.Backward(lines) {
		record, err := decode(line, row.Sequence, writer, i)
		if err != nil {
			return err
		}
		if q.passes(record) {
			page.Records = append(page.Records, record)
		}
	}
	return nil
}

func (q *Query) passes(r *Record) bool {
	user := &r.UserIdentity
	return (q.Account == "" || r.RecipientAccountID == q.Account) &&
		(q.Name == "" || strings.EqualFold(r.EventName, q.Name)) &&
		(q.User == "" || user.ARN == q.User || user.UserName == q.User || user.AccessKeyID == q.User || user.InvokedBy == q.User) &&
		(q.RequestID == "" || r.RequestID == q.RequestID) &&
		(!q.Failed || r.ErrorCode != "" || r.ErrorMessage != "") &&
		(q.From.IsZero() || !r.EventTime.Before(q.From)) &&
		(q.To.IsZero() || r.EventTime.Before(q.To))
}
