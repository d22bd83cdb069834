package conform

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"cosell/model"
	"cosell/model/smithy"
)

// contractRule is where the documentation says what the shapes forbid.
const contractRule = "docs/behavior/errors.md#validation-codes"

// maxText bounds the texts that are sent to break a length.
const maxText = 20_000

const (
	requestReason  = "REQUEST_VALIDATION_FAILED"
	businessReason = "BUSINESS_VALIDATION_FAILED"
)

// breach is a request that is wrong in one place, and so changes nothing anywhere.
type breach struct {
	kind  string // of what is wrong, for the case's name
	field string // as a violation names the place
	code  string
	value any
}

// contractCases derives cases from the contract: for each operation, each constraint of each member of its
// request broken once, and a member of the wrong JSON type.
func contractCases() ([]Case, error) {
	m, err := model.Load()
	if err != nil {
		return nil, err
	}
	var cases []Case
	for _, name := range slices.Sorted(maps.Keys(m.Shapes)) {
		operation := m.Shapes[name]
		if operation.Kind != smithy.KindOperation {
			continue
		}
		input := m.Shapes[operation.Input]
		b := breaker{sampler: sampler{model: m}}
		seen := map[string]bool{}
		for _, found := range b.breaches(input, b.value(input), "") {
			id := name + "/" + strings.NewReplacer("[0]", "", "[key]", "").Replace(found.field) + "-" + found.kind
			if seen[id] {
				continue
			}
			seen[id] = true
			cases = append(cases, contractCase(id, name, found))
		}
		cases = append(cases, wrongType(m, name, input))
	}
	return cases, nil
}

func contractCase(id, operation string, b breach) Case {
	return Case{
		Name: id, Operation: operation, Rule: contractRule, Certainty: "documented",
		run: func(t *trial) {
			in, _ := b.value.(object)
			if b.field == "catalog" && in["Catalog"] == nil {
				in = with(in, "Catalog", nil) // absent, and not filled in
			}
			t.invalid(operation, in, requestReason, b.field, b.code)
		},
	}
}

// wrongType sends an object where a member wants a single value.
func wrongType(m *smithy.Model, operation string, input *smithy.Shape) Case {
	i := slices.IndexFunc(input.Members, func(member *smithy.Member) bool { return !m.Shapes[member.Target].Kind.Aggregate() })
	single := input.Members[i].Name
	return Case{
		Name: operation + "/wrong-json-type", Operation: operation, Rule: "docs/behavior/errors.md#protocol", Certainty: "documented",
		run: func(t *trial) {
			t.refused(operation, object{single: object{"unexpected": []any{1}}}, "SerializationException")
		},
	}
}

// breaker breaks values in every single way.
type breaker struct{ sampler }

func (b breaker) breaches(shape *smithy.Shape, value any, field string) []breach {
	switch shape.Kind {
	case smithy.KindStructure:
		v, _ := value.(object)
		return b.structure(shape, v, field)
	case smithy.KindUnion:
		return b.union(shape, field)
	case smithy.KindList:
		v, _ := value.([]any)
		return b.list(shape, v, field)
	case smithy.KindMap:
		v, _ := value.(object)
		element := b.model.Shapes[shape.Element().Target]
		return lift(b.breaches(element, v["key"], field+"[key]"), func(x any) any { return object{"key": x} })
	case smithy.KindEnum:
		return []breach{{"unknown-value", field, "INVALID_ENUM_VALUE", "no such value"}}
	case smithy.KindString:
		v, _ := value.(string)
		return breakText(shape, v, field)
	case smithy.KindInteger:
		var found []breach
		limits := shape.Traits.Bounds("range")
		if limits.Min != nil {
			found = append(found, breach{"too-small", field, "VALUE_OUT_OF_RANGE", *limits.Min - 1})
		}
		if limits.Max != nil {
			found = append(found, breach{"too-large", field, "VALUE_OUT_OF_RANGE", *limits.Max + 1})
		}
		return found
	}
	return nil
}

// lift puts the broken values into what holds them.
func lift(found []breach, into func(any) any) []breach {
	for i := range found {
		found[i].value = into(found[i].value)
	}
	return found
}

func (b breaker) structure(shape *smithy.Shape, value object, field string) []breach {
	var found []breach
	for _, m := range shape.Members {
		place := join(field, m.Name)
		if m.Required() {
			found = append(found, breach{"missing", place, "REQUIRED_FIELD_MISSING", with(value, m.Name, remove)})
		}
		if value[m.Name] == nil {
			continue
		}
		found = append(found, lift(b.breaches(b.model.Shapes[m.Target], value[m.Name], place), func(x any) any {
			changed := maps.Clone(value)
			changed[m.Name] = x
			return changed
		})...)
	}
	return found
}

func (b breaker) union(shape *smithy.Shape, field string) []breach {
	found := []breach{{"empty", field, "REQUIRED_FIELD_MISSING", object{}}}
	both := object{}
	for _, m := range shape.Members {
		target := b.model.Shapes[m.Target]
		if len(both) < 2 {
			both[m.Name] = b.value(target)
		}
		found = append(found, lift(b.breaches(target, b.value(target), join(field, m.Name)), func(x any) any {
			return object{m.Name: x}
		})...)
	}
	if len(both) > 1 {
		found = append(found, breach{"two-members", field, "TOO_MANY_VALUES", both})
	}
	return found
}

func (b breaker) list(shape *smithy.Shape, value []any, field string) []breach {
	var found []breach
	if least(shape) > 0 {
		found = append(found, breach{"too-few", field, "NOT_ENOUGH_VALUES", []any{}})
	}
	const manageable = 500
	if n := most(shape); n < manageable {
		found = append(found, breach{"too-many", field, "TOO_MANY_VALUES", slices.Repeat(value[:1], int(n)+1)})
	}
	return append(found, lift(b.breaches(b.model.Shapes[shape.Element().Target], value[0], field+"[0]"), func(x any) any {
		broken := slices.Clone(value)
		broken[0] = x
		return broken
	})...)
}

func breakText(shape *smithy.Shape, value, field string) []breach {
	if shape.Traits.Has("onlyAccepts") {
		return []breach{{"unknown-value", field, "INVALID_ENUM_VALUE", "Elsewhere"}}
	}
	const code = "INVALID_STRING_FORMAT"
	var found []breach
	pattern := regexp.MustCompile(smithy.RE2(cmp.Or(shape.Traits.Text("pattern"), "(?s).*")))
	if n := least(shape); n > 0 {
		found = append(found, breach{"too-short", field, code, strings.Repeat("a", int(n)-1)})
	}
	if n := most(shape); n <= maxText {
		if long := stretch(value, int(n)+1, pattern); long != "" {
			found = append(found, breach{"too-long", field, code, long})
		}
	}
	if shape.Traits.Has("pattern") {
		for _, candidate := range []string{"!!!!", value + "\n", "\n\n\n\n"} {
			if !pattern.MatchString(candidate) {
				return append(found, breach{"wrong-form", field, code, candidate})
			}
		}
	}
	return found
}

// stretch repeats one of the value's characters until it is n long and nothing but its length is wrong; "" where
// that cannot be.
func stretch(value string, n int, pattern *regexp.Regexp) string {
	for i := range len(value) {
		if n < len(value) {
			break
		}
		long := value[:i] + strings.Repeat(value[i:i+1], n-len(value)+1) + value[i+1:]
		if pattern.MatchString(long) {
			return long
		}
	}
	return ""
}

// join names a member as violations do: customer.account.awsAccountId.
func join(field, member string) string {
	name := strings.ToLower(member[:1]) + member[1:]
	if strings.ToUpper(member) == member {
		name = strings.ToLower(member)
	}
	if field == "" {
		return name
	}
	return fmt.Sprintf("%s.%s", field, name)
}
