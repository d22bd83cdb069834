package store

import (
	"fmt"
	"strings"
)

// Usage is what the rows of one account in one table take.
type Usage struct {
	Table   string
	Account string // empty for rows that belong to no single account
	Rows    int64
	Bytes   int64 // of the values, without indexes and what an engine adds
}

// Usage returns what every table takes for each account, in the order of Tables. It
// reads the whole store.
func (tx *Tx) Usage() ([]Usage, error) {
	var all []Usage
	for _, t := range tables {
		account, group := "''", ""
		size := []string{"0"}
		for _, c := range t.Columns {
			if c.Name == "account" {
				account, group = "account", " GROUP BY account ORDER BY account"
			}
			if c.Integer {
				size = append(size, "8")
			} else {
				size = append(size, "octet_length("+c.Name+")")
			}
		}
		found, err := collect(tx, func(rows Rows, u *Usage) error {
			u.Table = t.Name
			return rows.Scan(&u.Account, &u.Rows, &u.Bytes)
		}, fmt.Sprintf("SELECT %s, count(*), coalesce(sum(%s), 0) FROM %s%s", account, strings.Join(size, " + "), t.Name, group))
		if err != nil {
			return nil, fmt.Errorf("measure %s: %w", t.Name, err)
		}
		for _, u := range found {
			if u.Rows > 0 {
				all = append(all, u)
			}
		}
	}
	return all, nil
}
