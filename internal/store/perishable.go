package store

import "fmt"

// Perishable describes rows that may be removed once they have reached an age.
type Perishable struct {
	Table string
	key   string // columns of the primary key
	// Age is what the table says of the age of a row.
	Age AgeColumn
	age string // the column
	// condition holds for the rows that may be removed.
	condition string
}

// AgeColumn is a kind of column that tells the age of a row.
type AgeColumn uint8

const (
	// AgeBusinessTime is milliseconds of business time.
	AgeBusinessTime AgeColumn = iota
	// AgeSequence is a sequence of package ids, which begins with real time.
	AgeSequence
)

// The rows that may be removed. An event that has its place is not removed while it
// is the last of its account: the next one gets a place above it.
var (
	PerishableTokens = Perishable{Table: "client_tokens", key: "account, catalog, operation, token", age: "created_at"}
	PerishableEvents = Perishable{
		Table: "events", key: "account, sequence", Age: AgeSequence, age: "sequence",
		condition: " AND sequence < (SELECT max(last.sequence) FROM events AS last WHERE last.account = events.account)",
	}
	// PerishableDeliveries are those that have ended.
	PerishableDeliveries = Perishable{
		Table: "event_deliveries", key: "account, target, sequence", Age: AgeSequence, age: "sequence",
		condition: " AND status <> 'PENDING'",
	}
	PerishableAudit        = Perishable{Table: "audit_records", key: "sequence, writer", Age: AgeSequence, age: "sequence"}
	PerishableProposals    = Perishable{Table: "proposals", key: "token", age: "created_at"}
	PerishableHistory      = Perishable{Table: "history", key: "account, catalog, kind, record, sequence", Age: AgeSequence, age: "sequence"}
	PerishableUnreadEvents = Perishable{Table: "event_outbox", key: "account, sequence", Age: AgeSequence, age: "sequence"}
)

// Batch is a run of perishable rows, in the order of the key.
type Batch struct {
	First, Last []any // keys
	Rows        int
}

// NextPerished returns the next batch of rows that are older than a value of the age
// column, behind the key after (nil is the beginning), of at most limit rows. A batch
// of fewer rows is the last.
func (tx *Tx) NextPerished(p *Perishable, older int64, after []any, limit int) (b Batch, err error) {
	s := new(statement)
	s.add("SELECT "+p.key+" FROM "+p.Table+" WHERE "+p.age+" < ?", older)
	s.WriteString(p.condition)
	if after != nil {
		s.WriteString(" AND (" + p.key + ") > ")
		list(s, after)
	}
	fmt.Fprintf(s, " ORDER BY %s LIMIT %d", p.key, limit)
	keys, err := collect(tx, func(rows Rows, key *[]any) error {
		*key = make([]any, p.keys())
		dest := make([]any, len(*key))
		for i := range dest {
			dest[i] = &(*key)[i]
		}
		return rows.Scan(dest...)
	}, s.String(), s.args...)
	if err != nil || len(keys) == 0 {
		return b, err
	}
	return Batch{First: keys[0], Last: keys[len(keys)-1], Rows: len(keys)}, nil
}

func (p *Perishable) keys() int {
	n := 1
	for _, c := range p.key {
		if c == ',' {
			n++
		}
	}
	return n
}

// RemovePerished removes the rows of a batch that are still older than a value of the
// age column, and returns their number.
func (tx *Tx) RemovePerished(p *Perishable, older int64, b Batch) (int64, error) {
	s := new(statement)
	s.add("DELETE FROM "+p.Table+" WHERE "+p.age+" < ?", older)
	s.WriteString(p.condition)
	s.WriteString(" AND (" + p.key + ") >= ")
	list(s, b.First)
	s.WriteString(" AND (" + p.key + ") <= ")
	list(s, b.Last)
	return tx.exec(s.String(), s.args...)
}
