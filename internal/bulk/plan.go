package bulk

import (
	"reflect"
	"slices"
	"strings"

	"cosell/internal/api"
)

// The families of bulk jobs.
const (
	opportunities = "opportunities"
	accounts      = "accounts"
)

// plan is what the header of a file says of its rows.
type plan struct {
	family  string
	update  bool
	columns []*member // nil for a column with a role of its own
	roles   []string  // folded names of these; "" for the others
	header  []string
}

// related are the columns whose values are associated with an opportunity once it
// exists, with what they are called there.
var related = map[string]api.RelatedEntityType{
	"solutions":               api.RelatedEntityTypeSolutions,
	"awsproducts":             api.RelatedEntityTypeAwsProducts,
	"awsmarketplaceoffers":    api.RelatedEntityTypeAwsMarketplaceOffers,
	"awsmarketplacesolutions": api.RelatedEntityTypeAwsMarketplaceSolutions,
}

// relatedOrder is the order in which they are associated.
var relatedOrder = []string{"solutions", "awsproducts", "awsmarketplaceoffers", "awsmarketplacesolutions"}

// The columns with a role of their own, folded.
const (
	roleRow        = "rowid"
	roleTags       = "tags"
	roleIdentifier = "identifier"
	roleLock       = "lastmodifieddate"
	roleReport     = "errorcode"
)

// otherNames are other names of these columns.
var otherNames = map[string]string{
	"requestid": roleRow, "opportunityid": roleIdentifier, "id": roleIdentifier, "errormessage": roleReport,
}

// newPlan reads the header of a file.
func newPlan(family string, header []string) (*plan, error) {
	if len(header) > maxColumns {
		return nil, unusable("The header has %d columns; the most is %d.", len(header), maxColumns)
	}
	p := &plan{family: family, header: slices.Clone(header)}
	folded := make([]string, len(header))
	for i, name := range header {
		folded[i] = fold(original(name))
		if other, ok := otherNames[folded[i]]; ok {
			folded[i] = other
		}
		p.update = p.update || family == opportunities && folded[i] == roleIdentifier
	}
	columns := p.schema()
	seen := map[any]bool{}
	for i, name := range folded {
		role, found := "", columns.members[name]
		if found == nil {
			role = p.role(name)
		}
		switch {
		case name == roleReport:
			return nil, unusable("The column %q is of a report; remove it before the file is uploaded.", header[i])
		case name == "":
			return nil, unusable("Column %d has no name.", i+1)
		case found == nil && role == "":
			return nil, unusable("The file has an unknown column: %q.", shorten(header[i]))
		}
		var key any = role
		if found != nil {
			key = found
		}
		if seen[key] {
			return nil, unusable("The file has the column %q twice.", shorten(header[i]))
		}
		seen[key] = true
		p.columns, p.roles = append(p.columns, found), append(p.roles, role)
	}
	if family == accounts && !seen[columns.members[fold("Company Name")]] {
		return nil, unusable("The file lacks the column \"Company Name\".")
	}
	return p, nil
}

// shorten bounds what an error says of a name.
func shorten(name string) string {
	const most = 100
	if runes := []rune(name); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return name
}

func (p *plan) schema() *schema {
	switch {
	case p.family == accounts:
		return accountSchema()
	case p.update:
		return updateSchema()
	default:
		return createSchema()
	}
}

// role returns the name of a column with a role of its own, "" where it has none in
// this kind of file.
func (p *plan) role(name string) string {
	switch {
	case name == roleRow,
		name == roleTags && !p.update,
		name == roleIdentifier && p.update,
		name == roleLock && p.update,
		related[name] != "" && p.family == opportunities:
		return name
	default:
		return ""
	}
}

// cell returns what a row has in the column of a role, "" where it has none.
func (p *plan) cell(cells []string, role string) string {
	if i := slices.Index(p.roles, role); i >= 0 {
		return strings.TrimSpace(original(cells[i]))
	}
	return ""
}

// fill writes the cells of a row into a request; empty ones change nothing.
func (p *plan) fill(request any, cells []string) error {
	at := reflect.ValueOf(request).Elem()
	for i, m := range p.columns {
		cell := original(cells[i])
		if m == nil || strings.TrimSpace(cell) == "" {
			continue
		}
		if err := m.set(at, cell); err != nil {
			return err
		}
	}
	return nil
}

// tags reads the cell of the column Tags: key=value, several by semicolons.
func (p *plan) tags(cells []string) []api.Tag {
	var tags []api.Tag
	for pair := range strings.SplitSeq(p.cell(cells, roleTags), ";") {
		if key, value, _ := strings.Cut(strings.TrimSpace(pair), "="); key != "" {
			tags = append(tags, api.Tag{Key: &key, Value: &value})
		}
	}
	return tags
}

// Template returns the header of a file for a family of jobs: every column, in the
// order of the contract. Update has it for opportunities that exist.
func Template(family string, update bool) []string {
	p := &plan{family: family, update: update}
	header := []string{"Row Id"}
	if update {
		header = append(header, "Identifier", "LastModifiedDate")
	}
	if family == accounts {
		return append(header,
			"Company Name", "Website Url", "Domain", "DUNS", "Parent Company Name", "Industry", "Other Industry",
			"Street Address", "City", "State Or Region", "Postal Code", "Country", "Partner Account Identifier", "Tags")
	}
	for _, name := range p.schema().order {
		header = append(header, p.schema().members[name].path)
	}
	header = append(header, "Solutions", "AwsProducts", "AwsMarketplaceOffers", "AwsMarketplaceSolutions")
	if !update {
		header = append(header, "Tags")
	}
	return header
}
