package store

import (
	"fmt"
	"strings"
)

// reference says that rows of one table need a row of another: each pair of columns
// has the same value.
type reference struct {
	table, needs string
	columns      [][2]string
}

// references are those that every operation keeps.
var references = []reference{
	{"engagement_members", "engagements", [][2]string{{"catalog", "catalog"}, {"engagement_id", "id"}}},
	{"resource_snapshots", "engagements", [][2]string{{"catalog", "catalog"}, {"engagement_id", "id"}}},
	{"resource_snapshot_heads", "resource_snapshots", [][2]string{
		{"catalog", "catalog"},
		{"engagement_id", "engagement_id"},
		{"resource_id", "resource_id"},
		{"template", "template"},
		{"revision", "revision"},
	}},
	{"review_queue", "opportunities", [][2]string{{"account", "account"}, {"catalog", "catalog"}, {"opportunity_id", "id"}}},
	{"blob_chunks", "blobs", [][2]string{{"account", "account"}, {"blob", "id"}}},
	{"event_targets", "event_rules", [][2]string{{"account", "account"}, {"bus", "bus"}, {"rule", "name"}}},
	{"event_api_destinations", "event_connections", [][2]string{{"account", "account"}, {"connection", "name"}}},
}

// Orphan is a row without a row that it needs.
type Orphan struct {
	Table, Needs string
	Key          []any
}

// Orphans returns rows without a row that they need, at most limit for each kind.
func (tx *Tx) Orphans(limit int) ([]Orphan, error) {
	var all []Orphan
	for _, r := range references {
		var key, same []string
		for _, pair := range r.columns {
			key = append(key, "t."+pair[0])
			same = append(same, "n."+pair[1]+" = t."+pair[0])
		}
		found, err := collect(tx, func(rows Rows, o *Orphan) error {
			*o = Orphan{Table: r.table, Needs: r.needs, Key: make([]any, len(key))}
			dest := make([]any, len(key))
			for i := range dest {
				dest[i] = &o.Key[i]
			}
			return rows.Scan(dest...)
		}, fmt.Sprintf("SELECT %s FROM %s AS t WHERE NOT EXISTS (SELECT 1 FROM %s AS n WHERE %s) LIMIT %d",
			strings.Join(key, ", "), r.table, r.needs, strings.Join(same, " AND "), limit))
		if err != nil {
			return nil, fmt.Errorf("check %s: %w", r.table, err)
		}
		all = append(all, found...)
	}
	return all, nil
}
