package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"cosell/internal/api"
	"cosell/internal/search"
)

// SearchKind is a kind of record that a search finds.
type SearchKind string

// The kinds of records.
const (
	SearchOpportunity SearchKind = "opportunity"
	SearchEngagement  SearchKind = "engagement"
	SearchCustomer    SearchKind = "customer"
)

// searchKinds says how the rows of each kind are made.
var searchKinds = map[SearchKind]struct {
	table *search.Table
	// shared says that a record belongs to no account; its marks name none.
	shared bool
	// rows returns the rows of the records that still exist.
	rows func(tx *Tx, account, catalog string, ids []string) ([]searchRow, error)
}{
	SearchOpportunity: {search.Opportunities, false, (*Tx).opportunityRows},
	SearchEngagement:  {search.Engagements, true, (*Tx).engagementRows},
	SearchCustomer:    {search.Customers, false, (*Tx).customerRows},
}

// searchRow is a row, and whose search finds it.
type searchRow struct {
	account string
	*search.Row
}

// foldAtOnce is how many records get their rows in one transaction: others wait for
// it where there is one writer.
const foldAtOnce = 200

// FoldSearch brings what a search of an account and catalog reads up to date: it
// makes the rows of all records that were changed before it was called.
func FoldSearch(ctx context.Context, s Store, kind SearchKind, account, catalog string) error {
	if searchKinds[kind].shared {
		account = ""
	}
	var pending bool
	err := s.View(ctx, func(tx *Tx) (err error) {
		pending, err = tx.searchPending(kind, account, catalog)
		return err
	})
	if err != nil || !pending {
		return err
	}
	// Each record is passed by once: what is changed meanwhile need not be seen.
	for after := ""; ; {
		var n int
		var last string
		err := s.Update(ctx, func(tx *Tx) (err error) {
			n, last, err = tx.foldSearch(kind, account, catalog, after)
			return err
		}, Idempotent())
		after = last
		if err = cmp.Or(err, ctx.Err()); err != nil {
			return fmt.Errorf("fold search: %w", err)
		}
		if n < foldAtOnce {
			return nil
		}
	}
}

// FoldAnySearch makes the rows of some records that were changed, and returns of how
// many: 0 where none was.
func FoldAnySearch(ctx context.Context, s Store) (n int, err error) {
	var kind, account, catalog string
	err = s.View(ctx, func(tx *Tx) error {
		marks, err := collect(tx, func(rows Rows, _ *struct{}) error { return rows.Scan(&kind, &account, &catalog) },
			`SELECT kind, account, catalog FROM search_marks ORDER BY kind, account, catalog, id LIMIT 1`)
		n = len(marks)
		return err
	})
	if err != nil || n == 0 {
		return 0, err
	}
	err = s.Update(ctx, func(tx *Tx) (err error) {
		n, _, err = tx.foldSearch(SearchKind(kind), account, catalog, "")
		return err
	}, Idempotent())
	return n, err
}

// SearchBacklog counts the records whose rows have to be made, at most a number.
func (tx *Tx) SearchBacklog(most int) (n int, err error) {
	counted, err := collect(tx, func(rows Rows, n *int) error { return rows.Scan(n) },
		`SELECT count(*) FROM (SELECT id FROM search_marks LIMIT $1) AS marks`, int64(most))
	if err != nil {
		return 0, err
	}
	return counted[0], nil
}

func (tx *Tx) searchPending(kind SearchKind, account, catalog string) (bool, error) {
	marks, err := collect(tx, func(rows Rows, id *string) error { return rows.Scan(id) },
		`SELECT id FROM search_marks WHERE kind = $1 AND account = $2 AND catalog = $3 ORDER BY id LIMIT 1`,
		string(kind), account, catalog)
	return len(marks) > 0, err
}

// foldSearch makes the rows of the next records behind an identifier that are marked.
// It returns how many marks it took, and the last identifier.
func (tx *Tx) foldSearch(kind SearchKind, account, catalog, after string) (n int, last string, err error) {
	k := searchKinds[kind]
	ids, err := collect(tx, func(rows Rows, id *string) error { return rows.Scan(id) },
		`SELECT id FROM search_marks WHERE kind = $1 AND account = $2 AND catalog = $3 AND id > $4 ORDER BY id LIMIT $5`,
		string(kind), account, catalog, after, int64(foldAtOnce))
	if err != nil || len(ids) == 0 {
		return 0, after, err
	}
	n, last = len(ids), ids[len(ids)-1]
	// Of two that come so far from one state, the later fails here and runs again.
	if err := tx.lockRow(`INSERT INTO search_locks (name, version) VALUES ($1, 1)
		ON CONFLICT (name) DO UPDATE SET version = search_locks.version + 1`,
		strings.Join([]string{string(kind), account, catalog}, "/")); err != nil {
		return 0, "", err
	}
	ids = slices.Compact(ids)
	s := new(statement)
	s.add(`DELETE FROM search_marks WHERE kind = ? AND account = ? AND catalog = ?`, string(kind), account, catalog)
	in(s, "id", ids)
	if _, err := tx.exec(s.String(), s.args...); err != nil {
		return 0, "", err
	}
	rows, err := k.rows(tx, account, catalog, ids)
	if err != nil {
		return 0, "", err
	}
	byAccount := map[string][]*search.Row{}
	if !k.shared {
		byAccount[account] = nil // records that are gone
	}
	for _, row := range rows {
		byAccount[row.account] = append(byAccount[row.account], row.Row)
	}
	for account, rows := range byAccount {
		if err := tx.putSearchRows(k.table, account, catalog, ids, rows); err != nil {
			return 0, "", fmt.Errorf("write %s rows: %w", k.table.Noun, err)
		}
	}
	return n, last, nil
}

// putSearchRows replaces the rows of the records with the identifiers by those that
// are given.
func (tx *Tx) putSearchRows(t *search.Table, account, catalog string, ids []string, rows []*search.Row) error {
	scope, err := tx.newSearchScope(account, catalog)
	if err != nil {
		return err
	}
	s := new(statement)
	s.add("SELECT doc FROM "+t.SQL+" WHERE scope = ?", scope)
	in(s, "id", ids)
	docs, err := collect(tx, func(rows Rows, doc *int64) error { return rows.Scan(doc) }, s.String(), s.args...)
	if err != nil {
		return err
	}
	if err := tx.changeCounts(t, scope, docs, rows); err != nil {
		return err
	}
	if len(docs) > 0 {
		for _, from := range []string{t.SQL + " WHERE doc IN ", t.SQL + "_words WHERE " + tx.dialect.wordsKey + " IN "} {
			s := new(statement)
			s.WriteString("DELETE FROM " + from)
			list(s, docs)
			if _, err := tx.exec(s.String(), s.args...); err != nil {
				return err
			}
		}
	}
	if docs, err = tx.newDocs(t, scope, rows); err != nil {
		return err
	}
	insert := insertSearchRow(t)
	for _, i := range byDoc(docs) { // an index of words takes them in their order
		r := rows[i]
		if err := tx.insert(insert, searchColumns(t, docs[i], scope, r)...); err != nil {
			if errors.Is(err, ErrExists) {
				return ErrStale // another transaction took the number
			}
			return err
		}
		tokens := strings.Join(t.Tokens(scope, r), " ")
		if _, err := tx.execOne(fmt.Sprintf(tx.dialect.addWords, t.SQL), docs[i], tokens); err != nil {
			return err
		}
	}
	return nil
}

// byDoc returns the places of numbers in rising order of the numbers.
func byDoc(docs []int64) []int {
	places := make([]int, len(docs))
	for i := range places {
		places[i] = i
	}
	slices.SortFunc(places, func(x, y int) int { return cmp.Compare(docs[x], docs[y]) })
	return places
}

// docBits is how many low bits of a row's number tell rows of one moment apart. The
// 43 bits above them are milliseconds, enough until the year 2248.
const docBits = 20

// docOf is the least number of a moment.
func docOf(at int64) int64 { return min(max(at, 0), 1<<(63-docBits)-1) << docBits }

// newDocs returns numbers for rows that have none, which rise with their moments.
func (tx *Tx) newDocs(t *search.Table, scope int64, rows []*search.Row) ([]int64, error) {
	docs := make([]int64, len(rows))
	taken := map[int64]bool{}
	var open []int
	for i, r := range rows {
		sum := fnv.New64a()
		_, _ = fmt.Fprintf(sum, "%d/%s", scope, r.ID)
		docs[i] = docOf(r.At) | int64(sum.Sum64()>>1)&(1<<docBits-1)
		open = append(open, i)
	}
	for len(open) > 0 {
		s := new(statement)
		s.WriteString("SELECT doc FROM " + t.SQL + " WHERE doc IN ")
		wanted := make([]int64, len(open))
		for i, place := range open {
			wanted[i] = docs[place]
		}
		list(s, wanted)
		found, err := collect(tx, func(rows Rows, doc *int64) error { return rows.Scan(doc) }, s.String(), s.args...)
		if err != nil {
			return nil, err
		}
		for _, doc := range found {
			taken[doc] = true
		}
		var again []int
		for _, place := range open {
			if taken[docs[place]] {
				docs[place]++
				again = append(again, place)
				continue
			}
			taken[docs[place]] = true
		}
		open = again
	}
	return docs, nil
}

// insertSearchRow is the statement that adds a row.
func insertSearchRow(t *search.Table) string {
	s := new(strings.Builder)
	s.WriteString("INSERT INTO " + t.SQL + " (doc, scope, id, at, words")
	n := 5
	for _, f := range t.Fields {
		if !common(f) {
			s.WriteString(", " + f.Column)
			n++
		}
	}
	s.WriteString(") VALUES (")
	for i := range n {
		if i > 0 {
			s.WriteString(", ")
		}
		fmt.Fprintf(s, "$%d", i+1)
	}
	s.WriteString(") ON CONFLICT DO NOTHING")
	return s.String()
}

// common reports whether a field's column is one that all tables have.
func common(f *search.Field) bool { return f.Column == "id" || f.Column == "at" }

// searchColumns are the values of a row.
func searchColumns(t *search.Table, doc, scope int64, r *search.Row) []any {
	args := []any{doc, scope, r.ID, r.At, search.WordText(r.Texts)}
	for _, f := range t.Fields {
		if common(f) {
			continue
		}
		v := r.Value(f)
		switch {
		case f.Kind == search.Text:
			args = append(args, columnText(f, v))
		case !v.Exists:
			args = append(args, nil)
		case f.Kind == search.Double:
			args = append(args, v.Float)
		default:
			args = append(args, v.Int)
		}
	}
	return args
}

// columnText is what a column of texts has.
func columnText(f *search.Field, v search.Value) string {
	switch {
	case !v.Exists:
		return ""
	case f.Several:
		return search.Separator + strings.Join(v.Texts, search.Separator) + search.Separator
	default:
		return v.Texts[0]
	}
}

// newSearchScope returns the number of an account's records in a catalog, and gives
// them one where they have none.
func (tx *Tx) newSearchScope(account, catalog string) (int64, error) {
	scope, err := tx.searchScope(account, catalog)
	if !errors.Is(err, ErrNotFound) {
		return scope, err
	}
	if _, err := tx.exec(`INSERT INTO search_scopes (account, catalog, scope)
		SELECT $1, $2, coalesce(max(scope), 0) + 1 FROM search_scopes WHERE true ON CONFLICT DO NOTHING`, account, catalog); err != nil {
		return 0, err
	}
	scope, err = tx.searchScope(account, catalog)
	if errors.Is(err, ErrNotFound) {
		return 0, ErrStale // another transaction took the number
	}
	return scope, err
}

// searchScope returns the number of an account's records in a catalog, or ErrNotFound.
func (tx *Tx) searchScope(account, catalog string) (int64, error) {
	found, err := collect(tx, func(rows Rows, scope *int64) error { return rows.Scan(scope) },
		`SELECT scope FROM search_scopes WHERE account = $1 AND catalog = $2`, account, catalog)
	scope, err := only(found, err)
	if err != nil {
		return 0, err
	}
	return *scope, nil
}

// opportunityARN is what an opportunity's tags are kept under.
func opportunityARN(account, catalog, id string) string {
	return "arn:aws:partnercentral:us-east-1:" + account + ":catalog/" + catalog + "/opportunity/" + id
}

// SearchedOpportunities returns what a search knows of opportunities and shows, by
// their identifiers. Those that do not exist are left out.
func (tx *Tx) SearchedOpportunities(account, catalog string, ids []string) (map[string]*search.OpportunityRecord, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	tags, err := tx.tagsOf(account, catalog, ids)
	if err != nil {
		return nil, err
	}
	s := new(statement)
	s.add(`SELECT o.id, o.origin, o.document, coalesce(a.document, '') FROM opportunities o
		LEFT JOIN aws_opportunities a ON a.account = o.account AND a.catalog = o.catalog AND a.id = o.id
		WHERE o.account = ? AND o.catalog = ?`, account, catalog)
	in(s, "o.id", ids)
	records, err := collect(tx, func(rows Rows, o *search.OpportunityRecord) error {
		return rows.Scan(&o.ID, &o.Origin, &o.Document, &o.AwsSide)
	}, s.String(), s.args...)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*search.OpportunityRecord, len(records))
	for i := range records {
		o := &records[i]
		o.Tags = tags[opportunityARN(account, catalog, o.ID)]
		if len(o.AwsSide) == 0 {
			o.AwsSide = nil
		}
		byID[o.ID] = o
	}
	return byID, nil
}

// opportunityRows implements searchKinds.
func (tx *Tx) opportunityRows(account, catalog string, ids []string) ([]searchRow, error) {
	records, err := tx.SearchedOpportunities(account, catalog, ids)
	if err != nil {
		return nil, err
	}
	var out []searchRow
	for id, o := range records {
		row, err := search.OpportunityRow(o)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
		out = append(out, searchRow{account, row})
	}
	return out, nil
}

// tagsOf returns the tags of opportunities by their ARNs.
func (tx *Tx) tagsOf(account, catalog string, ids []string) (map[string][]api.Tag, error) {
	arns := make([]string, len(ids))
	for i, id := range ids {
		arns[i] = opportunityARN(account, catalog, id)
	}
	s := new(statement)
	s.add("SELECT arn, tag_key, value FROM tags WHERE account = ?", account)
	in(s, "arn", arns)
	s.WriteString(" ORDER BY arn, position, tag_key")
	type tagged struct{ arn, key, value string }
	found, err := collect(tx, func(rows Rows, t *tagged) error { return rows.Scan(&t.arn, &t.key, &t.value) }, s.String(), s.args...)
	if err != nil {
		return nil, err
	}
	tags := map[string][]api.Tag{}
	for i := range found {
		tags[found[i].arn] = append(tags[found[i].arn], api.Tag{Key: &found[i].key, Value: &found[i].value})
	}
	return tags, nil
}

// engagementRows implements searchKinds: a row for each member.
func (tx *Tx) engagementRows(_, catalog string, ids []string) ([]searchRow, error) {
	s := new(statement)
	s.add(`SELECT m.engagement_id, m.account, coalesce(a.document, '') FROM engagement_members m
		LEFT JOIN accounts a ON a.account = m.account WHERE m.catalog = ?`, catalog)
	in(s, "m.engagement_id", ids)
	type member struct {
		engagement, account string
		profile             []byte
	}
	members, err := collect(tx, func(rows Rows, m *member) error { return rows.Scan(&m.engagement, &m.account, &m.profile) },
		s.String(), s.args...)
	if err != nil {
		return nil, err
	}
	accounts, companies := map[string][]string{}, map[string][]string{}
	for _, m := range members {
		company, err := search.CompanyName(m.account, m.profile)
		if err != nil {
			return nil, err
		}
		accounts[m.engagement] = append(accounts[m.engagement], m.account)
		companies[m.engagement] = append(companies[m.engagement], company)
	}
	s = new(statement)
	s.add("SELECT id, document FROM engagements WHERE catalog = ?", catalog)
	in(s, "id", ids)
	records, err := collect(tx, func(rows Rows, e *search.EngagementRecord) error { return rows.Scan(&e.ID, &e.Document) },
		s.String(), s.args...)
	if err != nil {
		return nil, err
	}
	var out []searchRow
	for _, e := range records {
		e.Members, e.Companies = int64(len(accounts[e.ID])), companies[e.ID]
		row, err := search.EngagementRow(&e)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.ID, err)
		}
		for _, account := range accounts[e.ID] {
			out = append(out, searchRow{account, row})
		}
	}
	return out, nil
}

// clearSearch removes all that searches read.
func (tx *Tx) clearSearch() error {
	statements := []string{"DELETE FROM search_marks", "DELETE FROM search_scopes", "DELETE FROM search_locks"}
	for _, k := range searchKinds {
		if len(countedFields(k.table)) > 0 {
			statements = append(statements, "DELETE FROM "+k.table.SQL+"_counts")
		}
		statements = append(statements, "DELETE FROM "+k.table.SQL, strings.ReplaceAll(tx.dialect.emptyWords, "%s", k.table.SQL))
	}
	for _, statement := range statements {
		if _, err := tx.exec(statement); err != nil {
			return err
		}
	}
	return nil
}

// customerRows implements searchKinds.
func (tx *Tx) customerRows(account, catalog string, ids []string) ([]searchRow, error) {
	s := new(statement)
	s.add("SELECT "+customerAccountColumns+" FROM customer_accounts WHERE account = ? AND catalog = ?", account, catalog)
	in(s, "id", ids)
	found, err := collect(tx, scanCustomerAccount, s.String(), s.args...)
	if err != nil {
		return nil, err
	}
	out := make([]searchRow, len(found))
	for i, a := range found {
		row, err := search.CustomerRow(a.ID, a.Document)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.ID, err)
		}
		out[i] = searchRow{account, row}
	}
	return out, nil
}
