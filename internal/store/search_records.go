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
	tags, err := tx.tagsOf(account, catalog, ids)
	if err != nil {
		return nil, err
	}
	s := new(statement)
	s.WriteString(`SELECT o.id, o.origin, o.document, coalesce((SELECT a.document FROM aws_opportunities a
		WHERE a.account = o.account AND a.catalog = o.catalog AND a.id = o.id), '') FROM opportunities o WHERE`)
	tx.withKeys(s, "opportunities", "o", ownedBy(account, catalog), "id", ids)
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
	s.WriteString("SELECT arn, tag_key, value FROM tags t WHERE")
	tx.withKeys(s, "tags", "t", []equalTo{{"account", account}}, "arn", arns)
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
