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
	('opportunities', 'opportunities_by_day_created',        '1000000 10000 5000 100 2 1 1 1 1 1 1')`

// fixPlans writes the statistics, once for each version of them: user_version holds
// a checksum of the version that is present.
func fixPlans(ctx context.Context, db *sql.DB) error {
	var present uint32
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&present); err != nil {
		return fmt.Errorf("read planner statistics: %w", err)
	}
	wording := crc32.ChecksumIEEE([]byte(statistics)) >> 1 // user_version is signed
	if present == wording {
		return nil
	}
	for _, query := range []string{
		"ANALYZE sqlite_schema", "DELETE FROM sqlite_stat1", statistics,
		fmt.Sprintf("PRAGMA user_version = %d", wording),
	} {
		if _, err := db.ExecContext(ctx, query); err != nil {
			return fmt.Errorf("write planner statistics: %w", err)
		}
	}
	return nil
}
