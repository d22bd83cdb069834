package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"hash/crc32"
)

// statistics describe a large store to the query planner: the rows of an index, then
// the rows that share its first column, its first two, and so on. Statistics taken
// from the data would change the plans as it grows; with constant ones a list reads
// the same index at every size.
const statistics = `
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('opportunities', 'sqlite_autoindex_opportunities_1',    '1000000 10000 5000 1'),
	('opportunities', 'opportunities_by_last_modified',      '1000000 10000 5000 2 1 1 1 1 1 1'),
	('opportunities', 'opportunities_by_status_last_modified', '1000000 10000 5000 1000 200 2 1 1 1 1'),
	('opportunities', 'opportunities_by_status_id',          '1000000 10000 5000 1000 200 1 1 1 1 1'),
	('opportunities', 'opportunities_by_status_created',     '1000000 10000 5000 1000 200 2 1 1 1 1'),
	('opportunities', 'opportunities_by_status_company',     '1000000 10000 5000 1000 200 4 1 1 1 1'),
	('opportunities', 'opportunities_by_status_close',       '1000000 10000 5000 1000 200 4 1 1 1 1'),
	('opportunities', 'opportunities_by_day_created',        '1000000 10000 5000 100 2 1 1 1 1 1 1'),
	('customer_search', 'customer_search_by_id',             '1000000 10000 1'),
	('customer_search', 'customer_search_by_at',             '1000000 10000 2 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1')`

// statisticsVersion is what user_version holds while these statistics are present.
var statisticsVersion = int64(crc32.ChecksumIEEE([]byte(statistics)) >> 1) // user_version is signed

// fixPlans writes the statistics. Connections made before do not use them.
func fixPlans(ctx context.Context, db *sql.DB) error {
	for _, query := range []string{
		"ANALYZE sqlite_schema", "DELETE FROM sqlite_stat1", statistics,
		fmt.Sprintf("PRAGMA user_version = %d", statisticsVersion),
	} {
		if _, err := db.ExecContext(ctx, query); err != nil {
			return fmt.Errorf("write planner statistics: %w", err)
		}
	}
	return nil
}
