package store

import "strings"

// MarkSearch says that a record was changed. Who deletes something has to; what is
// written the database marks by itself, but for what markAdded marks.
func (tx *Tx) MarkSearch(kind SearchKind, account, catalog, id string) error {
	_, err := tx.execOne(`INSERT INTO search_marks (kind, account, catalog, id) VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING`, string(kind), account, catalog, id)
	return err
}

// markAdded marks an opportunity that was added, or got a tag, where no trigger does.
func (tx *Tx) markAdded(account, catalog, id string) error {
	if !tx.dialect.marksAdded {
		return nil
	}
	return tx.MarkSearch(SearchOpportunity, account, catalog, id)
}

// addedRow does for a row of an import what its own method does beside adding it.
func (tx *Tx) addedRow(t Table, row []any) error {
	text := func(i int) string {
		s, _ := row[i].(string)
		return s
	}
	switch t.Name {
	case opportunityLists.name:
		return tx.markAdded(text(0), text(1), text(2))
	case "tags":
		if catalog, id, ok := opportunityOf(text(1)); ok {
			return tx.markAdded(text(0), catalog, id)
		}
	case "event_rules", "event_targets", "event_connections", "event_api_destinations":
		return tx.raiseEventRulesVersion(text(0))
	}
	return nil
}

// opportunityOf returns which opportunity an ARN names, if it names one.
func opportunityOf(arn string) (catalog, id string, ok bool) {
	_, rest, _ := strings.Cut(arn, ":catalog/")
	return strings.Cut(rest, "/opportunity/")
}
