package store

import (
	"fmt"

	"cosell/internal/api"
	"cosell/internal/search"
)

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
	s := new(statement)
	s.WriteString(`SELECT o.id, o.origin, o.document, coalesce((SELECT a.document FROM aws_opportunities a
		WHERE a.account = o.account AND a.catalog = o.catalog AND a.id = o.id), '') FROM opportunities o WHERE`)
	tx.withKeys(s, "opportunities", "o", ownedBy(account, catalog), "id", ids)
	tags, byID := map[string][]api.Tag{}, make(map[string]*search.OpportunityRecord, len(ids))
	err := tx.queries([]*statement{tagsOf(tx, account, catalog, ids), s}, func(i int, rows Rows) error {
		if i == 0 {
			var arn string
			var tag struct{ key, value string }
			err := rows.Scan(&arn, &tag.key, &tag.value)
			tags[arn] = append(tags[arn], api.Tag{Key: &tag.key, Value: &tag.value})
			return err
		}
		o := new(search.OpportunityRecord)
		if err := rows.Scan(&o.ID, &o.Origin, &o.Document, &o.AwsSide); err != nil {
			return err
		}
		o.Tags = tags[opportunityARN(account, catalog, o.ID)]
		if len(o.AwsSide) == 0 {
			o.AwsSide = nil
		}
		byID[o.ID] = o
		return nil
	})
	return byID, err
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

// tagsOf is the query for the tags of opportunities.
func tagsOf(tx *Tx, account, catalog string, ids []string) *statement {
	arns := make([]string, len(ids))
	for i, id := range ids {
		arns[i] = opportunityARN(account, catalog, id)
	}
	s := new(statement)
	s.WriteString("SELECT arn, tag_key, value FROM tags t WHERE")
	tx.withKeys(s, "tags", "t", []equalTo{{"account", account}}, "arn", arns)
	s.WriteString(" ORDER BY arn, position, tag_key")
	return s
}

// engagementRows implements searchKinds: a row for each member.
func (tx *Tx) engagementRows(_, catalog string, ids []string) ([]searchRow, error) {
	inCatalog := []equalTo{{"catalog", catalog}}
	s := new(statement)
	s.WriteString(`SELECT m.engagement_id, m.account, coalesce(a.document, '') FROM engagement_members m
		LEFT JOIN accounts a ON a.account = m.account WHERE`)
	tx.withKeys(s, "engagement_members", "m", inCatalog, "engagement_id", ids)
	s.WriteString(" ORDER BY m.engagement_id, m.joined_at, m.account")
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
	s.WriteString("SELECT id, document FROM engagements e WHERE")
	tx.withKeys(s, "engagements", "e", inCatalog, "id", ids)
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

// customerRows implements searchKinds.
func (tx *Tx) customerRows(account, catalog string, ids []string) ([]searchRow, error) {
	s := new(statement)
	s.WriteString("SELECT " + customerAccountColumns + " FROM customer_accounts c WHERE")
	tx.withKeys(s, "customer_accounts", "c", ownedBy(account, catalog), "id", ids)
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
