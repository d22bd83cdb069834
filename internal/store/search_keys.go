package store

// equalTo is a column and the value that rows have in it.
type equalTo struct {
	column string
	value  any
}

func scopeIs(scope int64) []equalTo { return []equalTo{{"scope", scope}} }

func ownedBy(account, catalog string) []equalTo {
	return []equalTo{{"account", account}, {"catalog", catalog}}
}

// withKeys writes the condition that a row of a table, which the statement calls by an alias,
// has some values and one of many keys. An index has these columns in this order.
//
// PostgreSQL may prefer to compare all rows that have the values with all keys: a plan that was made
// while the table was nearly empty is used until the table has been analyzed. So each key is a
// lookup by itself there, which no other index can do in the order that is asked for.
func (tx *Tx) withKeys(s *statement, table, alias string, values []equalTo, key string, keys []string) {
	if !tx.dialect.looksUp {
		for _, v := range values {
			s.add(" "+alias+"."+v.column+" = ? AND", v.value)
		}
		s.WriteString(" " + alias + "." + key + " IN ")
		list(s, keys)
		return
	}
	s.add(" "+alias+".ctid = ANY(ARRAY(SELECT k.ctid FROM unnest(CAST(? AS TEXT[])) AS wanted (key) CROSS JOIN LATERAL (SELECT k.ctid FROM "+
		table+" k WHERE", keys)
	for _, v := range values {
		s.add(" k."+v.column+" = ? AND", v.value)
	}
	s.WriteString(" k." + key + " BETWEEN wanted.key AND wanted.key ORDER BY k." + key + ") AS k))")
}
