package awsjson

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"cosell/internal/api"
)

// many is a list of n elements.
func many(n int, element string) string {
	return "[" + strings.TrimSuffix(strings.Repeat(element+",", n), ",") + "]"
}

// Lists with too many entries are refused before they are decoded, in the words of
// the checks that small bodies reach.
func TestLongListsAreRefusedAlike(t *testing.T) {
	for name, c := range map[string]struct {
		body  func(n int) string
		small int // entries of a small body, too many nevertheless
		large int
		want  string
	}{
		"contacts of a customer": {func(n int) string { return `{"Customer":{"Contacts":` + many(n, "{}") + `}}` }, 101, 340_000, "customer.contacts: must have at most 100 values, has %d"},
		"members of the team":    {func(n int) string { return `{"OpportunityTeam":` + many(n, "{}") + `}` }, 11, 340_000, "opportunityTeam: must have at most 10 values, has %d"},
		"amounts of spend":       {func(n int) string { return `{"Project":{"ExpectedCustomerSpend":` + many(n, "{}") + `}}` }, 11, 340_000, "project.expectedCustomerSpend: must have at most 10 values, has %d"},
		"programs":               {func(n int) string { return `{"Project":{"ApnPrograms":` + many(n, `""`) + `}}` }, 101, 340_000, "project.apnPrograms: must have at most 100 values, has %d"},
		"lists as ignored values": {func(n int) string {
			return `{"Project":{"ApnPrograms":` + many(n, `""`) + `},"Foo":` + many(n, "[]") + `}`
		}, 101, 150_000, "project.apnPrograms: must have at most 100 values, has %d"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, n := range []int{c.small, c.large} {
				in := new(api.CreateOpportunityRequest)
				_, err := decode([]byte(c.body(n)), in)
				if err == nil {
					err = api.Invalid(api.ValidationExceptionReasonRequestValidationFailed, in.Check()...)
				}
				want := fmt.Sprintf(c.want, n)
				if e, ok := errors.AsType[*api.Error](err); !ok || e.Type != api.TypeValidation || !strings.Contains(e.Message, want) {
					t.Errorf("%d entries: got %.300v\nwant %s", n, err, want)
				}
			}
		})
	}
}

func TestObjectsWithTooManyMembersAreRefused(t *testing.T) {
	members := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"m%d":{},`, i)
		}
		return b.String()
	}
	for name, c := range map[string]struct{ body, want string }{
		"the request itself":     {`{` + members(20_000) + `"Catalog":"AWS"}`, "body: has 20001 members; must have at most 1000"},
		"a member":               {`{"Customer":{` + members(20_000) + `"Account":{}}}`, "Customer: has 20001 members"},
		"an ignored value":       {`{"Foo":[{` + members(20_000) + `"a":1}]}`, "Foo[0]: has 20001 members"},
		"as many as are allowed": {`{"Foo":{` + members(999) + `"a":1},"Bar":"` + strings.Repeat("x", scannedFrom) + `"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := decode([]byte(c.body), new(api.CreateOpportunityRequest))
			if c.want == "" {
				if err != nil {
					t.Errorf("got %v", err)
				}
				return
			}
			if e, ok := errors.AsType[*api.Error](err); !ok || e.Type != serialization || !strings.Contains(e.Message, c.want) {
				t.Errorf("got %.300v, want %s", err, c.want)
			}
		})
	}
}

// What is wrong with a large body is explained like that of a small one.
func TestLargeBodiesAreExplainedLikeSmallOnes(t *testing.T) {
	filler := `"Foo":"` + strings.Repeat("x", scannedFrom) + `",`
	for name, c := range map[string]struct{ body, want string }{
		"null in a list":     {`{` + filler + `"Customer":{"Contacts":[{},null]}}`, "Customer.Contacts[1]: must not be null"},
		"a duplicate":        {`{` + filler + `"Catalog":"AWS","Catalog":"AWS"}`, "Catalog: duplicate member; must be sent once"},
		"a wrong type":       {`{` + filler + `"Customer":{"Contacts":{}}}`, "Customer.Contacts: must be a list, not an object"},
		"an end too soon":    {`{` + filler + `"Customer":{"Contacts":[`, "not valid JSON: unexpected EOF"},
		"an ignored null":    {`{` + filler + `"Bar":[null]}`, ""},
		"too deep a nesting": {`{` + filler + `"Bar":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`, "exceeded max depth"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := decode([]byte(c.body), new(api.CreateOpportunityRequest))
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %.300v, want %s", err, c.want)
			}
		})
	}
}

// The worst bodies of a megabyte take a bounded multiple of that while they are
// decoded. Without a scan, 349,000 empty contacts took 28 MB.
func TestHostileBodiesTakeLittleMemory(t *testing.T) {
	for name, body := range map[string]string{
		"contacts":        `{"Customer":{"Contacts":` + many(349_000, "{}") + `}}`,
		"unknown members": `{` + strings.Repeat(`"a":{`, 1) + distinct(74_000) + `}}`,
		"nulls":           `{"Foo":` + many(200_000, "null") + `}`,
		"nesting":         `{"Foo":` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + `,"Bar":"` + strings.Repeat("x", 1<<19) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			raw := []byte(body)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, _ = decode(raw, new(api.CreateOpportunityRequest)) // whatever it says
			runtime.ReadMemStats(&after)
			if took := after.TotalAlloc - before.TotalAlloc; took > 8<<20 {
				t.Errorf("%d bytes of body took %d of memory", len(raw), took)
			}
		})
	}
}

// distinct is n members of different names.
func distinct(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"%x":0,`, i)
	}
	return strings.TrimSuffix(b.String(), ",")
}
