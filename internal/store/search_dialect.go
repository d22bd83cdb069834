package store

import (
	"strings"
)

// Dialect is how an engine writes what only searches need. All else is one
// text for both.
type Dialect struct {
	contains  string // that a text has a part: the text, then the part
	position  string // of a part in a text, from 1
	separator string // what separates several texts, as SQL
	wordsKey  string // the column of an index of words that tells the row
	// addWords adds a row's words, separated by blanks, to an index of words.
	addWords string
	// tokens writes a query for the rows that have all of some tokens.
	tokens func([]token) string
	// hits begins a query with the rows that a tokens query finds as "hits", where
	// the engine finds them all at once; empty where it finds them in their order.
	hits string
	// expected says how many rows have all of some tokens, separated by blanks, as far as the
	// engine's statistics know, which list what many rows have. The planner's own guess is none
	// where a beginning of words is asked for and fewer than a hundred tokens are listed.
	expected string
	// joined is the text of a column's values of all rows.
	joined string
	// marksAdded says that no trigger marks opportunities that are added or get a tag.
	marksAdded bool
	// emptyWords removes everything from an index of words.
	emptyWords string
	// findsEnds says that a statement finds where a window ends and reads it: the engine is
	// asked over a network.
	findsEnds bool
	// looksUp says that the engine looks rows up by many keys only where it is made to.
	looksUp bool
}

// token is a word of the index of words, or the beginning of some.
type token struct {
	text  string
	begun bool
}

// SQLite is how the embedded engine writes it.
var SQLite = Dialect{
	joined:     "group_concat(%s, char(30))",
	marksAdded: true,
	contains:   "instr(%s, ?) > 0",
	position:   "instr(%s, ?)",
	separator:  "char(31)",
	wordsKey:   "rowid",
	addWords:   "INSERT INTO %s_words (rowid, tokens) VALUES ($1, $2)",
	emptyWords: "INSERT INTO %s_words (%s_words) VALUES ('delete-all')",
	tokens: func(tokens []token) string {
		var b strings.Builder
		for i, t := range tokens {
			if i > 0 {
				b.WriteString(" AND ")
			}
			b.WriteString(`"` + t.text + `"`)
			if t.begun {
				b.WriteString(" *")
			}
		}
		return b.String()
	},
}

// PostgreSQL is how PostgreSQL writes it.
var PostgreSQL = Dialect{
	joined:    "string_agg(%s, chr(30))",
	contains:  "strpos(%s, ?) > 0",
	position:  "strpos(%s, ?)",
	separator: "chr(31)",
	wordsKey:  "doc",
	addWords:  "INSERT INTO %s_words (doc, tokens) VALUES ($1, array_to_tsvector(string_to_array($2, ' ')))",
	// Nothing but its own index can find the rows: a planner that knows no numbers
	// would rather read all of them in their order.
	hits: "WITH hits AS MATERIALIZED (SELECT doc FROM %s_words WHERE tokens @@ CAST(CAST(? AS TEXT) AS TSQUERY)) ",
	expected: `SELECT CAST(coalesce(min(share), 0) * (SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = CAST('%[1]s_words' AS REGCLASS)) AS BIGINT)
		FROM (SELECT (
			SELECT coalesce(max(listed.share), 0)
			FROM pg_stats s, unnest(CAST(CAST(s.most_common_elems AS TEXT) AS TEXT[]), s.most_common_elem_freqs) AS listed (token, share)
			WHERE s.schemaname = current_schema() AND s.tablename = '%[1]s_words' AND s.attname = 'tokens' AND starts_with(listed.token, wanted.token)
		) AS share FROM unnest(string_to_array($1, ' ')) AS wanted (token)) AS shares`,
	emptyWords: "DELETE FROM %s_words",
	findsEnds:  true,
	looksUp:    true,
	tokens: func(tokens []token) string {
		var b strings.Builder
		for i, t := range tokens {
			if i > 0 {
				b.WriteString(" & ")
			}
			b.WriteString("'" + t.text + "'")
			if t.begun {
				b.WriteString(":*")
			}
		}
		return b.String()
	},
}

// first is the first of several texts in a column, as SQL.
func (d *Dialect) first(column string) string {
	rest := "substr(" + column + ", 2)"
	return "CASE WHEN " + column + " = '' THEN '' ELSE substr(" + column + ", 2, " +
		strings.Replace(strings.Replace(d.position, "%s", rest, 1), "?", d.separator, 1) + " - 1) END"
}
