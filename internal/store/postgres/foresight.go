package postgres

import (
	"regexp"
	"strings"
	"sync"
)

// oneRow matches an INSERT of one row of values; the group is what it does where
// its key is taken.
var oneRow = regexp.MustCompile(`^\s*INSERT INTO \w+\s*\([\w\s,]+\)\s*VALUES\s*\([^()]*\)\s*([^,].*|)$`)

// replaced matches what changes the row that is there, whatever it holds.
var replaced = regexp.MustCompile(`^ON CONFLICT \([\w\s,]+\) DO UPDATE SET\s`)

// sure is a statement that changes one row or fails. The server itself then takes
// back what was foreseen wrongly, and does nothing that follows in the exchange.
type sure struct {
	query string // empty where there is none
	// refusal is the code with which it fails where the statement that it stands
	// for would do something else; empty where that cannot be.
	refusal string
}

// known are the sure statements by the text that they stand for. There are as many
// as the store has statements that insert.
var known sync.Map

// surely returns the sure statement that does the same as a given one where that
// changes one row.
func surely(query string) sure {
	if s, ok := known.Load(query); ok {
		return s.(sure) //nolint:forcetypeassert // nothing else is stored
	}
	s := makeSure(query)
	known.Store(query, s)
	return s
}

func makeSure(query string) sure {
	match := oneRow.FindStringSubmatchIndex(strings.ReplaceAll(query, "\n", " "))
	if match == nil {
		return sure{}
	}
	switch conflict := strings.Join(strings.Fields(query[match[2]:]), " "); {
	case conflict == "":
		return sure{query: query}
	case conflict == "ON CONFLICT DO NOTHING":
		return sure{query: strings.TrimSpace(query[:match[2]]), refusal: codeUniqueViolation}
	case replaced.MatchString(conflict) && !strings.Contains(strings.ToUpper(conflict), "WHERE"):
		return sure{query: query}
	default:
		return sure{}
	}
}
