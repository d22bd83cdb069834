package operation

import (
	"crypto/sha256"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/pagetoken"
	"cosell/internal/store"
)

// Page is one page of a list while it is read.
type Page struct {
	// After is the position of the last record of the page before, nil for the
	// first page.
	After *pagetoken.Position
	// Size is how many records the page holds at most.
	Size int

	scope []byte
	pages *pagetoken.Sealer
}

// Page begins a page of the caller's list. Its token is bound to the caller, the
// operation and the query (what the request filters and sorts by): another account
// or another query cannot use it. usual is the size where the request has none.
func (c *Call) Page(operation string, in api.PagedInput, usual int) (*Page, error) {
	query, token, size := in.Paging()
	body, err := api.Marshal(query)
	if err != nil {
		return nil, fmt.Errorf("encode query of %s: %w", operation, err)
	}
	sum := sha256.Sum256(body)
	p := &Page{
		Size:  usual,
		scope: append([]byte(c.Caller.Account+"\x00"+operation+"\x00"), sum[:]...),
		pages: c.pages,
	}
	if size != nil {
		p.Size = int(*size)
	}
	if api.Value(token) == "" {
		return p, nil
	}
	after, err := c.pages.Open(p.scope, *token)
	if err != nil {
		return nil, api.Invalid(api.ValidationExceptionReasonRequestValidationFailed,
			api.Violation("nextToken", api.ValidationExceptionErrorCodeInvalidValue,
				"must be the NextToken of the page before, with the same filters and sort"))
	}
	p.After = &after
	return p, nil
}

// Limit is how many records to read: one more than the page holds tells whether
// there is a next page.
func (p *Page) Limit() int { return p.Size + 1 }

// AfterNumber returns After for a list that is sorted by a number.
func (p *Page) AfterNumber() *store.Position {
	if p.After == nil {
		return nil
	}
	return &store.Position{Value: p.After.Number, ID: p.After.ID}
}

// AfterText returns After for a list that is sorted by a text.
func (p *Page) AfterText() *store.Position {
	if p.After == nil {
		return nil
	}
	return &store.Position{Value: p.After.Text, ID: p.After.ID}
}

// Cut returns the records of a page out of those that Limit asked for, and the
// token of the next page, nil where this is the last one.
func Cut[R any](p *Page, records []R, position func(*R) pagetoken.Position) ([]R, *string, error) {
	if len(records) <= p.Size {
		return records, nil, nil
	}
	records = records[:p.Size]
	token, err := p.pages.Seal(p.scope, position(&records[p.Size-1]))
	return records, &token, err
}

// Position returns a record's position in the store as a page token holds it.
func Position(p store.Position) pagetoken.Position {
	if number, ok := p.Value.(int64); ok {
		return pagetoken.Position{Number: number, ID: p.ID}
	}
	return pagetoken.Position{Text: fmt.Sprint(p.Value), ID: p.ID}
}
