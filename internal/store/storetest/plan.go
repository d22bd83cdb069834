package storetest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"cosell/internal/store"
)

// PlannedList is a list, and which index each of its queries is to read.
type PlannedList struct {
	Name    string
	Query   store.OpportunityQuery
	Indexes []string
}

// SingleWalk reports whether the list filters nothing, so that each entry of the
// index leads to its record; others read the index alone.
func (l *PlannedList) SingleWalk() bool {
	q := &l.Query
	return len(l.Indexes) == 1 && q.SortBy == store.ColumnLastModified && len(q.ReviewStatuses) == 0
}

// PlannedLists are lists of all forms, in a store that InsertPlanned filled.
func PlannedLists() []PlannedList {
	const (
		lastModified       = "opportunities_by_last_modified"
		statusLastModified = "opportunities_by_status_last_modified"
		statusID           = "opportunities_by_status_id"
		statusCreated      = "opportunities_by_status_created"
		statusCompany      = "opportunities_by_status_company"
		statusClose        = "opportunities_by_status_close"
		dayCreated         = "opportunities_by_day_created"
	)
	var (
		at       = store.Position{Value: int64(30 * day), ID: "O5000"}
		text     = store.Position{Value: "2027-01-10", ID: "O5000"}
		old      = []store.Range{{Column: store.ColumnCreated, From: int64(day), Before: int64(9 * day)}}
		recent   = []store.Range{{Column: store.ColumnCreated, From: int64(9 * day)}}
		modified = []store.Range{{Column: store.ColumnLastModified, From: int64(day), Before: int64(9 * day)}}
		closes   = []store.Range{{Column: store.ColumnTargetCloseDate, From: "2027-01-01", Before: "2027-01-09"}}
		approved = []string{"Approved"}
		walks    = store.PlanBudget{LeadLimit: 1, ScanLimit: 2000, SortLimit: 1}
		buckets  = store.PlanBudget{LeadLimit: 1, ScanLimit: 1, SortLimit: 1}
		atOnce   = store.PlanBudget{LeadLimit: 1_000_000, ScanLimit: 1, SortLimit: 1}
		after    = store.PlanBudget{LeadLimit: 1, ScanLimit: 1, SortLimit: 1_000_000}
	)
	lists := []PlannedList{
		{"the latest", store.OpportunityQuery{SortBy: store.ColumnLastModified}, []string{lastModified}},
		{"the latest, further on", store.OpportunityQuery{SortBy: store.ColumnLastModified, After: &at}, []string{lastModified}},
		{"the latest of a while", store.OpportunityQuery{SortBy: store.ColumnLastModified, Ranges: modified, After: &at}, []string{lastModified}},
		{"the latest of a status", store.OpportunityQuery{SortBy: store.ColumnLastModified, ReviewStatuses: approved, After: &at}, []string{statusLastModified}},
		{"by identifier of a status", store.OpportunityQuery{SortBy: store.ColumnID, ReviewStatuses: approved, After: &text}, []string{statusID}},
		{"by creation", store.OpportunityQuery{SortBy: store.ColumnCreated, Ranges: old, After: &at}, []string{statusCreated}},
		{"by company", store.OpportunityQuery{SortBy: store.ColumnCompany, After: &text}, []string{statusCompany}},
		{"by company, of one", store.OpportunityQuery{SortBy: store.ColumnCompany, CompanyKeys: companies[1:2], After: &text}, []string{statusCompany}},
		{"by close date", store.OpportunityQuery{SortBy: store.ColumnTargetCloseDate, After: &text}, []string{statusClose}},

		{"walks", store.OpportunityQuery{SortBy: store.ColumnLastModified, Ranges: recent, Budget: walks}, []string{statusCreated, lastModified, lastModified}},
		{"walks from a place", store.OpportunityQuery{SortBy: store.ColumnLastModified, Ranges: recent, Budget: walks, After: &at}, []string{statusCreated, lastModified, lastModified}},
		{"walks by identifier", store.OpportunityQuery{SortBy: store.ColumnID, Ranges: recent, Budget: walks}, []string{statusCreated, statusID, statusID}},
		{"few of a company", store.OpportunityQuery{SortBy: store.ColumnLastModified, CompanyKeys: companies[1:2], Budget: atOnce}, []string{statusCompany, statusCompany}},
		{"few closed", store.OpportunityQuery{SortBy: store.ColumnCreated, Ranges: closes, Budget: atOnce, After: &at}, []string{statusClose, statusClose}},
		{"few modified", store.OpportunityQuery{SortBy: store.ColumnTargetCloseDate, Ranges: modified, Budget: atOnce}, []string{lastModified, lastModified}},
		{
			"buckets",
			store.OpportunityQuery{SortBy: store.ColumnLastModified, Ranges: old, Budget: buckets},
			[]string{statusCreated, lastModified, lastModified, dayCreated, dayCreated},
		},
		{
			"buckets of a status",
			store.OpportunityQuery{SortBy: store.ColumnLastModified, Ranges: old, Budget: buckets, ReviewStatuses: approved, After: &at},
			[]string{statusCreated, statusLastModified, statusLastModified, statusCreated, dayCreated, dayCreated},
		},
		{
			"a filter after all",
			store.OpportunityQuery{SortBy: store.ColumnCompany, Ranges: old, Budget: after},
			[]string{statusCreated, statusCompany, statusCompany, statusCreated},
		},
	}
	for i := range lists {
		q := &lists[i].Query
		q.Account, q.Catalog, q.Limit, q.Descending = "111122223333", "AWS", 10, true
	}
	return lists
}

// InsertPlanned fills a store for PlannedLists: those created first were modified
// first.
func InsertPlanned(t *testing.T, s store.Store) {
	t.Helper()
	all := population(4000, rand.New(rand.NewPCG(7, 8)))
	for i, o := range all {
		o.ID = fmt.Sprintf("O%d", 2000+i)
		o.CreatedAt = int64(i) * day / 100
		o.LastModifiedAt = o.CreatedAt + int64(i%10)
	}
	insertAll(t, s, all)
}
