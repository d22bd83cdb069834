package postgres

import (
	"regexp"
	"strings"
	"sync"
)

// oneRow matches an INSERT of one row of values; the group is its conflict clause.
var oneRow = regexp.MustCompile(`^\s*INSERT INTO \w+\s*\([\w\s,]+\)\s*VALUES\s*\([^()]*\)\s*([^,].*|)$`)

// replaced matches a conflict clause that updates the existing row unconditionally.
var replaced = regexp.MustCompile(`^ON CONFLICT \([\w\s,]+\) DO UPDATE SET\s`)

// strictInsert is a statement that changes exactly one row or fails. If it fails, the
// server skips the rest of the exchange, a COMMIT included, so a wrong assumption is
// never committed.
type strictInsert struct {
	query string // empty if there is none
	// conflictCode is the SQLSTATE with which the statement fails where the original
	// would have changed no row; empty if that cannot happen.
	conflictCode string
}

// strictInserts caches them by the original statement. There are as many as the
// store has INSERT statements.
var strictInserts sync.Map

// strictInsertFor returns the strict form of a statement.
func strictInsertFor(query string) strictInsert {
	if s, ok := strictInserts.Load(query); ok {
		return s.(strictInsert) //nolint:forcetypeassert // nothing else is stored
	}
	s := buildStrictInsert(query)
	strictInserts.Store(query, s)
	return s
}

func buildStrictInsert(query string) strictInsert {
	match := oneRow.FindStringSubmatchIndex(strings.ReplaceAll(query, "\n", " "))
	if match == nil {
		return strictInsert{}
	}
	switch conflict := strings.Join(strings.Fields(query[match[2]:]), " "); {
	case conflict == "":
		return strictInsert{query: query}
	case conflict == "ON CONFLICT DO NOTHING":
		return strictInsert{query: strings.TrimSpace(query[:match[2]]), conflictCode: codeUniqueViolation}
	case replaced.MatchString(conflict) && !strings.Contains(strings.ToUpper(conflict), "WHERE"):
		return strictInsert{query: query}
	default:
		return strictInsert{}
	}
}
