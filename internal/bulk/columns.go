package bulk

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"cosell/internal/api"
)

// A column of a file is a member of the request that its rows become, by its path in
// the contract, such as Customer.Account.CompanyName. The types of package api say
// which there are.

// fold returns the name of a column as names are compared: case, spaces, _ and *
// make no difference (docs/behavior/bulk-jobs.md#the-file).
func fold(name string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == '_' || r == '*' || r == '\u00a0' {
			return -1
		}
		return r
	}, name))
}

// member is a member of a request that a column can have.
type member struct {
	path  string // as the contract spells it
	steps []int  // field indexes; a list on the way stands for its one entry
}

// schema is the columns that the files of one kind of record can have.
type schema struct {
	members map[string]*member // by folded name
	order   []string           // folded names in the order of the contract
}

// without are members that no column has: the job gives them.
var without = []string{
	"Catalog", "ClientToken", "Identifier", "LastModifiedDate", "Origin", "Tags", "LifeCycle.NextStepsHistory",
}

// newSchema describes the columns for a request. aliases are other names of members.
func newSchema(request reflect.Type, aliases map[string]string) *schema {
	s := &schema{members: map[string]*member{}}
	s.add(request, "", nil)
	for alias, path := range aliases {
		s.members[fold(alias)] = s.members[fold(path)]
	}
	return s
}

func (s *schema) add(of reflect.Type, path string, steps []int) {
	for i := range of.NumField() {
		f := of.Field(i)
		at := strings.TrimPrefix(path+"."+f.Tag.Get("json"), ".")
		if slices.Contains(without, at) {
			continue
		}
		next := append(slices.Clone(steps), i)
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Slice && inner.Elem().Kind() == reflect.Struct {
			inner = inner.Elem()
		}
		if nullable(inner) {
			inner = inner.Field(0).Type.Elem()
		}
		if inner.Kind() == reflect.Struct {
			s.add(inner, at, next)
			continue
		}
		s.members[fold(at)] = &member{path: at, steps: next}
		s.order = append(s.order, fold(at))
	}
}

// nullable reports whether a type is an api.Nullable.
func nullable(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.NumField() == 2 && t.Field(0).Name == "Value" && t.Field(1).Name == "Null"
}

// The kinds of records, each with its columns.
var (
	createSchema = sync.OnceValue(func() *schema {
		return newSchema(reflect.TypeFor[api.CreateOpportunityRequest](), spendAliases)
	})
	updateSchema = sync.OnceValue(func() *schema {
		return newSchema(reflect.TypeFor[api.UpdateOpportunityRequest](), spendAliases)
	})
	accountSchema = sync.OnceValue(func() *schema {
		return newSchema(reflect.TypeFor[api.CreateCustomerAccountRequest](), accountAliases)
	})
)

var spendAliases = map[string]string{
	"Amount":       "Project.ExpectedCustomerSpend.Amount",
	"CurrencyCode": "Project.ExpectedCustomerSpend.CurrencyCode",
}

var accountAliases = map[string]string{
	"Company Name":        "Account.CompanyName",
	"Website Url":         "Account.WebsiteUrl",
	"Domain":              "Account.Domain",
	"DUNS":                "Account.Duns",
	"Parent Company Name": "Account.ParentCompanyName",
	"Industry":            "Account.Industry",
	"Other Industry":      "Account.OtherIndustry",
	"Street Address":      "Account.Address.StreetAddress",
	"City":                "Account.Address.City",
	"State Or Region":     "Account.Address.StateOrRegion",
	"Postal Code":         "Account.Address.PostalCode",
	"Country":             "Account.Address.CountryCode",
}

// cellError says that a cell does not hold a value of its column.
type cellError struct{ path, text string }

func (e *cellError) Error() string { return e.path + ": " + e.text }

// set writes a cell into a request. null clears the member where the request has it
// from before.
func (m *member) set(request reflect.Value, cell string) error {
	at := request
	if cell == "null" {
		m.clear(at)
		return nil
	}
	for i, step := range m.steps {
		at = at.Field(step)
		if i < len(m.steps)-1 {
			at = enter(at)
		}
	}
	return m.parse(at, cell)
}

// clear removes a member, if it is there.
func (m *member) clear(at reflect.Value) {
	for i, step := range m.steps {
		at = at.Field(step)
		if i == len(m.steps)-1 {
			at.SetZero()
			return
		}
		if at.Kind() == reflect.Struct && nullable(at.Type()) {
			at = at.Field(0)
		}
		if at.Kind() != reflect.Struct && (at.Kind() != reflect.Pointer && at.Len() == 0 || at.Kind() == reflect.Pointer && at.IsNil()) {
			return
		}
		at = enter(at)
	}
}

// enter returns the structure in a member, which it makes where there is none. In a
// list that is the one entry that a file describes.
func enter(at reflect.Value) reflect.Value {
	if at.Kind() == reflect.Struct && nullable(at.Type()) {
		at = at.Field(0)
	}
	switch at.Kind() {
	case reflect.Pointer:
		if at.IsNil() {
			at.Set(reflect.New(at.Type().Elem()))
		}
		return at.Elem()
	case reflect.Slice:
		return entry(at)
	default:
		return at
	}
}

// entry returns the entry of a list that a file describes: the first one; of
// expected spend that at AWS, with what a new one needs.
func entry(list reflect.Value) reflect.Value {
	spend, isSpend := reflect.TypeAssert[*[]api.ExpectedCustomerSpend](list.Addr())
	if !isSpend {
		if list.Len() == 0 {
			list.Set(reflect.MakeSlice(list.Type(), 1, 1))
		}
		return list.Index(0)
	}
	const aws = "AWS"
	for i, s := range *spend {
		if s.TargetCompany != nil && *s.TargetCompany == aws {
			return list.Index(i)
		}
	}
	*spend = append(*spend, api.ExpectedCustomerSpend{
		TargetCompany: new(aws), Frequency: new(api.PaymentFrequencyMonthly),
	})
	return list.Index(list.Len() - 1)
}

// parse writes the text of a cell into a member without members.
func (m *member) parse(at reflect.Value, cell string) error {
	if at.Kind() == reflect.Slice {
		at.SetZero()
		for value := range strings.SplitSeq(cell, ";") {
			if value = strings.TrimSpace(value); value != "" {
				at.Set(reflect.Append(at, reflect.ValueOf(value).Convert(at.Type().Elem())))
			}
		}
		return nil
	}
	if at.Kind() != reflect.Pointer {
		return fmt.Errorf("column %s has a type that no cell has: %s", m.path, at.Type())
	}
	value := reflect.New(at.Type().Elem())
	switch {
	case value.Type() == reflect.TypeFor[*api.Timestamp]():
		t, err := time.Parse(time.RFC3339, strings.TrimSpace(cell))
		if err != nil {
			return &cellError{m.path, "must be a time like 2026-11-28T09:30:00Z"}
		}
		value.Elem().SetInt(t.UnixMilli())
	case value.Elem().Kind() == reflect.String:
		value.Elem().SetString(m.text(cell))
	case value.Elem().Kind() == reflect.Bool:
		b, err := strconv.ParseBool(strings.ToLower(strings.TrimSpace(cell)))
		if err != nil {
			return &cellError{m.path, "must be true or false"}
		}
		value.Elem().SetBool(b)
	case value.Elem().CanInt():
		n, err := strconv.ParseInt(strings.TrimSpace(cell), 10, value.Elem().Type().Bits())
		if err != nil {
			return &cellError{m.path, "must be a whole number"}
		}
		value.Elem().SetInt(n)
	case value.Elem().CanFloat():
		n, err := strconv.ParseFloat(strings.TrimSpace(cell), 64)
		if err != nil {
			return &cellError{m.path, "must be a number"}
		}
		value.Elem().SetFloat(n)
	default:
		return fmt.Errorf("column %s has a type that no cell has: %s", m.path, at.Type())
	}
	at.Set(value)
	return nil
}

// slashed is the form of dates in the files of AWS's older imports.
var slashed = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\d{1,2})/(\d{1,2})/(\d{4})$`) })

// text returns the text of a cell as the contract writes it.
func (m *member) text(cell string) string {
	if !strings.HasSuffix(m.path, "Date") {
		return cell
	}
	cell = strings.TrimSpace(cell)
	if t, err := time.Parse("1/2/2006", cell); err == nil && slashed().MatchString(cell) {
		return t.Format(time.DateOnly)
	}
	return cell
}
