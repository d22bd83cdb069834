package store

import (
	"fmt"
	"slices"
	"strings"
)

// Table is a table as it moves between stores: whatever the engine, rows have
// the same columns in the same order.
type Table struct {
	Name    string
	Columns []TableColumn // those of the key first, in the key's order
	Keys    int           // how many columns the key has
	// Secret says that the rows belong to the installation and let their reader
	// act in its name.
	Secret bool
	// Credential says that the rows let their reader act in the name of a caller: they
	// are left out where secrets are.
	Credential bool
	// Unique are what no two rows may share, beside the key.
	Unique []UniqueKey
}

// UniqueKey is a set of columns whose values no two rows of a table share.
type UniqueKey struct {
	Columns []string
	// Where is the column that has the value Value in the rows that count; "" counts all.
	Where, Value string
}

// TableColumn is a column of a table. Values are of the type int64 if it is an
// integer, else string.
type TableColumn struct {
	Name    string
	Integer bool
	Kind    ColumnKind
}

// ColumnKind is what the values of a column must be beyond their type.
type ColumnKind uint8

// The kinds of columns.
const (
	KindPlain  ColumnKind = iota
	KindTime              // milliseconds since the Unix epoch, of a year that RFC 3339 can express
	KindObject            // a JSON object
	KindJSON              // JSON, or nothing
)

// columnKinds are the suffixes by which table writes them.
var columnKinds = []struct {
	suffix  string
	integer bool
	kind    ColumnKind
}{
	{"#", true, KindPlain},
	{"@", true, KindTime},
	{"{}", false, KindObject},
	{"~", false, KindJSON},
}

// tables are all that make up the content of a store. Work comes last: when it is
// there, so is everything it is about.
var tables = []Table{
	secret(table("secrets", "name", "value")),
	secret(table("operator_tokens", "name", "role accounts~ hash created_at@ expires_at@ last_used_at@")),
	secret(table("ended_sessions", "id", "ends_at@")),
	table("accounts", "account", "document{}"),
	table("principals", "account kind name", "document{}"),
	table("principal_policies", "account kind principal name", "document{}"),
	table("group_members", "account user_name group_name", ""),
	credential(table("access_keys", "id", "account user_name status created_at@ last_used_at@ secret")),
	credential(table("console_passwords", "account user_name", "hash created_at@ last_used_at@")),
	table("policies", "name", "document~"),
	table("selling_system_settings", "account catalog", "document{}"),
	table("solutions", "account catalog id", "document{}"),
	table("opportunities", "account catalog id",
		"stage review_status company_key target_close_date created_at@ last_modified_at@ origin document{}"),
	table("aws_opportunities", "account catalog id", "version# document{}"),
	table("history", "account catalog kind record sequence#", "changed_at@ document{}"),
	table("review_queue", "catalog account opportunity_id", "submitted_at@"),
	table("review_followers", "account catalog opportunity_id follower_account follower_id", ""),
	table("tags", "account arn tag_key", "value position#"),
	table("engagements", "catalog id", "modified_at@ document{}"),
	table("engagement_members", "account catalog engagement_id",
		"engagement_created_by engagement_created_at@ context_types# joined_at@"),
	unique(table("engagement_invitations", "catalog id",
		"engagement_id sender receiver status payload_type invited_at@ expires_at@ document{}"),
		UniqueKey{Columns: strings.Fields("catalog engagement_id receiver"), Where: "status", Value: "PENDING"}),
	table("resource_snapshots", "catalog engagement_id resource_id template revision#", "document{}"),
	table("resource_snapshot_heads", "catalog engagement_id resource_id template", "created_by revision# content_hash"),
	unique(table("resource_snapshot_jobs", "account catalog id",
		"engagement_id resource_id template status created_at@ document{}"),
		UniqueKey{Columns: strings.Fields("account catalog resource_id engagement_id template")}),
	table("tasks", "account catalog kind id", `status step# started_at@ name failed#
		opportunity_id engagement_id invitation_id context_id document{}`),
	table("blobs", "account id", "held# size# created_at@"),
	table("blob_chunks", "account blob position#", "data"),
	table("files", "account name sequence#", "version pins# created_at@ document"),
	table("file_uploads", "account id", "name created_at@ document"),
	table("file_upload_parts", "account upload number#", "document"),
	table("bulk_jobs", "account catalog id", "family status created_at@ step# deleted# document"),
	table("bulk_results", "account job row_number#", "request_id status document"),
	table("bulk_reports", "account job kind", "status document"),
	table("account_features", "account", "document{}"),
	table("account_quotas", "account", "document{}"),
	table("customer_accounts", "account catalog id", "status modified_at@ document{}"),
	table("customer_mappings", "account catalog customer", "id"),
	table("directory_customers", "catalog position#", "duns domain name country document"),
	table("quota_usage", "account quota_group", "document"),
	table("client_tokens", "account catalog operation token", "request_hash response~ created_at@"),
	table("events", "account sequence#", "envelope{}"),
	table("event_outbox", "account sequence#", "envelope{}"),
	table("event_rules", "account bus name", "pattern~ state description role_arn created_at@ modified_at@"),
	table("event_targets", "account bus rule id", "arn document{}"),
	table("event_connections", "account name", `id authorization_type state state_reason description document{} secret
		created_at@ modified_at@ authorized_at@`),
	table("event_api_destinations", "account name",
		"id connection endpoint method rate_limit# state description created_at@ modified_at@"),
	table("event_archives", "account name", "bus pattern~ state description retention_days# created_at@"),
	table("event_replays", "account name", `archive bus state state_reason description filters~ from_time@ to_time@
		replayed_to@ position# started_at@ ended_at@`),
	table("event_followers", "follower account", "sequence#"),
	table("webhooks", "account id", "document{}"),
	table("event_deliveries", "account target sequence#", "resource status created_at@ due_at@ attempts# envelope log"),
	table("event_lanes", "account target", "due_at# blocked_until# leased_until# attempt# version# failures#"),
	table("proposals", "token", "account status created_at@ expires_at@ document{} decision{}"),
	table("work", "kind subject", "due_at@ leased_until@ attempt# version# failures# last_error payload~"),
}

// table describes a table by the names of its columns, with their suffixes.
func table(name, key, others string) Table {
	t := Table{Name: name, Keys: len(strings.Fields(key))}
	for name := range strings.FieldsSeq(key + " " + others) {
		column := TableColumn{Name: name}
		for _, k := range columnKinds {
			if name, ok := strings.CutSuffix(name, k.suffix); ok {
				column = TableColumn{Name: name, Integer: k.integer, Kind: k.kind}
			}
		}
		t.Columns = append(t.Columns, column)
	}
	return t
}

func secret(t Table) Table {
	t.Secret = true
	return t
}

func credential(t Table) Table {
	t.Credential = true
	return t
}

func unique(t Table, keys ...UniqueKey) Table {
	t.Unique = keys
	return t
}

// Tables returns every table of a store in the order in which they are to be
// filled. Its own records, of the schema, of an import, of locks and versions, and the audit
// are not among them.
func Tables() []Table { return slices.Clone(tables) }

// walkPage is how many rows a query of Walk asks for: no statement runs long,
// whatever the size of the table.
const walkPage = 1000

// Walk calls fn with each row of a table, in the order of the key. The row is
// good until fn returns; fn must not use the transaction.
func (tx *Tx) Walk(t Table, fn func(row []any) error) error {
	row, dest := t.destination()
	var after []any
	for {
		s := new(statement)
		s.WriteString("SELECT " + names(t.Columns) + " FROM " + t.Name)
		if after != nil {
			s.WriteString(" WHERE (" + names(t.Columns[:t.Keys]) + ") > ")
			list(s, after)
		}
		s.add(fmt.Sprintf(" ORDER BY %s LIMIT %d", names(t.Columns[:t.Keys]), walkPage))
		n, err := tx.walkPage(s, dest, func() error { return fn(values(row, dest)) })
		if err != nil {
			return fmt.Errorf("read %s: %w", t.Name, err)
		}
		if n < walkPage {
			return nil
		}
		after = slices.Clone(row[:t.Keys])
	}
}

func (tx *Tx) walkPage(s *statement, dest []any, fn func() error) (n int, err error) {
	rows, err := tx.q.Query(tx.ctx, s.String(), s.args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for ; rows.Next(); n++ {
		if err := rows.Scan(dest...); err != nil {
			return n, err
		}
		if err := fn(); err != nil {
			return n, err
		}
	}
	return n, rows.Err()
}

// destination returns a row, and what the columns are scanned into.
func (t Table) destination() (row, dest []any) {
	dest = make([]any, len(t.Columns))
	for i, column := range t.Columns {
		if column.Integer {
			dest[i] = new(int64)
		} else {
			dest[i] = new(string)
		}
	}
	return make([]any, len(t.Columns)), dest
}

// values fills a row with what was scanned.
func values(row, dest []any) []any {
	for i, d := range dest {
		switch d := d.(type) {
		case *int64:
			row[i] = *d
		case *string:
			row[i] = *d
		}
	}
	return row
}

func names(columns []TableColumn) string {
	var all []string
	for _, c := range columns {
		all = append(all, c.Name)
	}
	return strings.Join(all, ", ")
}

// InsertRow adds a row as Walk returned it, or returns ErrExists. A secret
// replaces the one of its name: the installation becomes the one it came from.
func (tx *Tx) InsertRow(t Table, row []any) error {
	s := new(statement)
	s.WriteString("INSERT INTO " + t.Name + " (" + names(t.Columns) + ") VALUES ")
	list(s, row)
	if t.Secret {
		s.WriteString(" ON CONFLICT (" + names(t.Columns[:t.Keys]) + ") DO UPDATE SET ")
		for i, c := range t.Columns[t.Keys:] {
			if i > 0 {
				s.WriteString(", ")
			}
			s.WriteString(c.Name + " = excluded." + c.Name)
		}
	} else {
		s.WriteString(" ON CONFLICT DO NOTHING")
	}
	if err := tx.insert(s.String(), s.args...); err != nil {
		return err
	}
	return tx.addedRow(t, row)
}

// Occupied returns the name of a table that has rows, secrets aside, or "" where
// the store is empty.
func (tx *Tx) Occupied() (string, error) {
	for _, t := range tables {
		if t.Secret {
			continue
		}
		var n int
		if err := tx.row("SELECT count(*) FROM (SELECT 1 FROM "+t.Name+" LIMIT 1) AS any_row", nil, &n); err != nil {
			return "", err
		}
		if n > 0 {
			return t.Name, nil
		}
	}
	return "", nil
}

// Clear removes everything but the installation's secrets, and returns how many
// rows that were.
func (tx *Tx) Clear() (rows int64, err error) {
	for _, t := range tables {
		if t.Secret {
			continue
		}
		n, err := tx.exec("DELETE FROM " + t.Name)
		if err != nil {
			return 0, err
		}
		rows += n
	}
	if _, err := tx.exec("DELETE FROM import_progress"); err != nil {
		return 0, err
	}
	if err := tx.changeAllEventRules(); err != nil {
		return 0, err
	}
	return rows, tx.clearSearch()
}

// ImportProgress is how far the import of a file has come.
type ImportProgress struct {
	Lines    int64  // of the file, from its beginning
	Digest   string // of these lines; it tells one file from another
	Complete bool   // everything is here
}

// ImportProgress returns how far the last import has come, or ErrNotFound where
// there was none.
func (tx *Tx) ImportProgress() (p ImportProgress, err error) {
	var complete int64
	err = tx.row(`SELECT lines, digest, complete FROM import_progress WHERE name = 'import'`, nil, &p.Lines, &p.Digest, &complete)
	p.Complete = complete != 0
	return p, err
}

// BeginImport records that an import has come to its first line, or returns
// ErrExists where there was one.
func (tx *Tx) BeginImport(p ImportProgress) error {
	return tx.insert(`INSERT INTO import_progress (name, lines, digest, complete) VALUES ('import', $1, $2, 0)
		ON CONFLICT DO NOTHING`, p.Lines, p.Digest)
}

// AdvanceImport records that an import has come from one place to another. It
// returns ErrNotFound where it is at the first no longer: somebody else imports
// or has emptied the store.
func (tx *Tx) AdvanceImport(from, to ImportProgress) error {
	complete := 0
	if to.Complete {
		complete = 1
	}
	return orNotFound(tx.exec(`UPDATE import_progress SET lines = $1, digest = $2, complete = $3
		WHERE name = 'import' AND lines = $4 AND digest = $5 AND complete = 0`,
		to.Lines, to.Digest, complete, from.Lines, from.Digest))
}
