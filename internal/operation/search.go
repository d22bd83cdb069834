package operation

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"cosell/internal/api"
	"cosell/internal/pagetoken"
	"cosell/internal/search"
	"cosell/internal/store"
)

// NewSearch returns a search that a request asks for, in the usual order. filter is a
// pointer to a structure of the contract; nil lets everything pass, as no keyword does.
func NewSearch(table *search.Table, catalog string, keyword *string, filter any) (*store.SearchQuery, error) {
	q := &store.SearchQuery{Table: table, Catalog: catalog, Sort: table.Order, Descending: true}
	var err error
	if q.Words, err = search.ParseKeyword(keyword); err != nil {
		return nil, err
	}
	q.Filter, err = table.ParseRequest("filter", filter)
	return q, err
}

// Search returns a page of what a search of the caller's finds, and the token of the
// next page. Of the query it sets whose it is and which page.
func (c *Call) Search(page *Page, q *store.SearchQuery) ([]store.SearchPosition, *string, error) {
	q.Account, q.Limit = c.Caller.Account, page.Limit()
	if page.After != nil {
		var err error
		if q.After, err = searchPosition(page.After); err != nil {
			return nil, nil, err
		}
	}
	found, err := c.Tx.Search(q)
	if err != nil {
		return nil, nil, SearchError(err)
	}
	return Cut(page, found, func(p *store.SearchPosition) pagetoken.Position { return sealedSearch(*p) })
}

// What the text of a sealed position begins with says what it is sorted by.
const (
	sealedText   = "="
	sealedNumber = "#"
	sealedFloat  = "~"
)

// sealedSearch returns a position as a page token holds it.
func sealedSearch(p store.SearchPosition) pagetoken.Position {
	switch value := p.Value.(type) {
	case string:
		return pagetoken.Position{Text: sealedText + value, ID: p.ID}
	case int64:
		return pagetoken.Position{Text: sealedNumber, Number: value, ID: p.ID}
	case float64:
		return pagetoken.Position{Text: sealedFloat + strconv.FormatFloat(value, 'g', -1, 64), ID: p.ID}
	default:
		return pagetoken.Position{ID: p.ID}
	}
}

// searchPosition is the opposite of sealedSearch.
func searchPosition(p *pagetoken.Position) (*store.SearchPosition, error) {
	position := &store.SearchPosition{ID: p.ID}
	switch {
	case p.Text == "":
	case p.Text == sealedNumber:
		position.Value = p.Number
	case strings.HasPrefix(p.Text, sealedText):
		position.Value = p.Text[len(sealedText):]
	default:
		value, err := strconv.ParseFloat(strings.TrimPrefix(p.Text, sealedFloat), 64)
		if err != nil {
			return nil, fmt.Errorf("read page token: %w", err)
		}
		position.Value = value
	}
	return position, nil
}

// SearchError returns the error of a search as its caller sees it.
func SearchError(err error) error {
	if errors.Is(err, store.ErrSearchTooWide) {
		return search.TooWide()
	}
	return fmt.Errorf("search: %w", err)
}

// SortSearch sets what a search is sorted by.
func SortSearch(q *store.SearchQuery, by string, order *api.SortOrder) {
	q.Sort, q.Descending = q.Table.Field(by), api.Value(order) == api.SortOrderDescending
}
