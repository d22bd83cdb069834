package store

import (
	"cmp"
	"fmt"
	"slices"
)

// bucketing divides an account's records by a value, and orders those of each bucket
// by their last modification: an index leads with both. A list in this order that is
// narrowed to a range of the value is merged from the buckets in the range. Only the
// first and the last of them hold records out of the range.
type bucketing struct {
	column  Column
	bucket  string                  // the value as SQL
	overlap func(*statement, Range) // writes which buckets a range touches
}

// byDayCreated divides records by the day of their creation.
var byDayCreated = bucketing{ColumnCreated, createdDay, func(s *statement, r Range) {
	if from, ok := r.From.(int64); ok {
		s.add(" AND "+createdDay+" >= ?", from/dayMillis)
	}
	if before, ok := r.Before.(int64); ok {
		s.add(" AND "+createdDay+" <= ?", before/dayMillis)
	}
}}

const (
	dayMillis  = 24 * 60 * 60 * 1000
	createdDay = "(created_at / 86400000)" // as its index has it
)

// bucketing returns the buckets that a list can be merged from, or nil.
func (q *listQuery) bucketing() *bucketing {
	if q.sortBy != ColumnLastModified {
		return nil
	}
	for i := range q.table.buckets {
		b := &q.table.buckets[i]
		if slices.ContainsFunc(q.ranges, func(r Range) bool { return r.Column == b.column }) {
			return b
		}
	}
	return nil
}

// bucketsPerQuery is how many buckets one query walks through.
const bucketsPerQuery = 16

// merge returns a page out of buckets. Those whose first record comes earliest are
// read first; once a page is full before a bucket begins, this one and the rest have
// nothing to add.
func (tx *Tx) merge(q *listQuery, b *bucketing) ([]ListRow, error) {
	type head struct {
		bucket any
		at     int64
	}
	s := q.heads(b)
	heads, err := collect(tx, func(rows Rows, h *head) error { return rows.Scan(&h.bucket, &h.at) }, s.String(), s.args...)
	if err != nil {
		return nil, fmt.Errorf("find buckets by %s: %w", b.column, err)
	}
	order := 1
	if q.descending {
		order = -1
	}
	var page []ListRow
	for group := range slices.Chunk(heads, bucketsPerQuery) {
		if len(page) == q.limit && order*cmp.Compare(group[0].at, page[q.limit-1].modified()) > 0 {
			break
		}
		var scopes []scope
		for _, h := range group {
			scopes = append(scopes, func(s *statement) { q.inBucket(s, b, func() { s.arg(h.bucket) }) })
		}
		rows, err := tx.listRows(q, q.page(scopes, func(s *statement) { q.orderBy(s, true, q.limit) }))
		if err != nil {
			return nil, err
		}
		page = append(page, rows...)
		slices.SortFunc(page, func(x, y ListRow) int {
			return order * cmp.Or(cmp.Compare(x.modified(), y.modified()), cmp.Compare(x.Position.ID, y.Position.ID))
		})
		page = page[:min(len(page), q.limit)]
	}
	return page, nil
}

// modified returns the place of a row in a list sorted by last modification.
func (r *ListRow) modified() int64 {
	at, _ := r.Position.Value.(int64)
	return at
}

// heads asks for the buckets with records of the list, and for the place of the
// first of each, in the order of the list. An engine does not by itself step from
// one value in an index to the next, so each is looked up after the one before.
func (q *listQuery) heads(b *bucketing) *statement {
	s := q.statement()
	next := func(after string) {
		fmt.Fprintf(s, "(SELECT %s FROM %s WHERE account = $1 AND catalog = $2%s", b.bucket, q.table.name, after)
		for _, r := range q.ranges {
			if r.Column == b.column {
				b.overlap(s, r)
			}
		}
		fmt.Fprintf(s, " ORDER BY %s LIMIT 1)", b.bucket)
	}
	s.WriteString("WITH RECURSIVE buckets (bucket) AS (SELECT ")
	next("")
	s.WriteString(" UNION ALL SELECT ")
	next(" AND " + b.bucket + " > buckets.bucket")
	fmt.Fprintf(s, ` FROM buckets WHERE bucket IS NOT NULL)
		SELECT bucket, head FROM (SELECT bucket, (SELECT %s FROM %s WHERE account = $1 AND catalog = $2`, q.sortBy, q.table.name)
	q.inBucket(s, b, func() { s.WriteString("buckets.bucket") })
	q.orderBy(s, true, 1)
	direction, _ := direction(q.descending)
	fmt.Fprintf(s, ") AS head FROM buckets WHERE bucket IS NOT NULL) AS heads WHERE head IS NOT NULL ORDER BY head%s", direction)
	return s
}

// inBucket writes that a record is in a bucket and passes the filters.
func (q *listQuery) inBucket(s *statement, b *bucketing, bucket func()) {
	s.WriteString(" AND " + b.bucket + " = ")
	bucket()
	for i, status := range q.table.statuses {
		in(s, "("+status.name+" || '')", q.statuses[i]) // an expression: no other index will do
	}
	q.bounds(s, nil)
	q.otherFilters(s, q.sortBy)
}
