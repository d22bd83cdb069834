package smithy_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/model/smithy"
)

const head = "$version: \"2\"\nnamespace a.b\n"

func parse(t *testing.T, body string) *smithy.Model {
	t.Helper()
	m, err := smithy.Parse("m.smithy", []byte(head+body))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestParse(t *testing.T) {
	m := parse(t, `
/// The service.
service S { version: "2022-07-26", operations: [Do] }

// an ordinary comment
@readonly
@paginated(inputToken: "NextToken", items: "Rows")
operation Do {
    input: In
    output: Out
    errors: [Bad]
}

structure In {
    /// First line.
    /// Second line.
    @required Name: Name
    Colours: Colours
}
structure Out {}
@error("client") structure Bad { Message: String }

@sensitive @length(min: 1, max: 9) @pattern("[a-z]\\d\"é")
string Name
@range(min: -1) integer Count
list Colours { member: Colour }
map Counts { key: String, value: Count }
enum Colour { RED = "Red", BLUE }
union Either { Left: Name, Right: Count }
@timestampFormat("date-time") timestamp When
`)

	t.Run("NamespaceAndOrder", func(t *testing.T) {
		want := "S Do In Out Bad Name Count Colours Counts Colour Either When"
		if got := strings.Join(m.Order, " "); m.Namespace != "a.b" || got != want {
			t.Errorf("namespace %q, order %q", m.Namespace, got)
		}
	})
	t.Run("Service", func(t *testing.T) {
		s := m.Service()
		if s.Version != "2022-07-26" || s.Doc != "The service." || !cmp.Equal(s.Operations, []string{"Do"}) {
			t.Errorf("got %+v", s)
		}
	})
	t.Run("Operation", func(t *testing.T) {
		op := m.Shapes["Do"]
		if op.Input != "In" || op.Output != "Out" || !cmp.Equal(op.Errors, []string{"Bad"}) || !op.Traits.Has("readonly") {
			t.Errorf("got %+v", op)
		}
		if got := op.Traits.Field("paginated", "items"); got != "Rows" {
			t.Errorf("paginated items %v", got)
		}
	})
	t.Run("MemberDocAndTraits", func(t *testing.T) {
		name := m.Shapes["In"].Member("Name")
		if name.Doc != "First line.\nSecond line." || !name.Required() || name.Target != "Name" {
			t.Errorf("got %+v", name)
		}
		if m.Shapes["In"].Member("Colours").Required() {
			t.Error("a member without @required is required")
		}
	})
	t.Run("Limits", func(t *testing.T) {
		traits := m.Shapes["Name"].Traits
		if b := traits.Bounds("length"); *b.Min != 1 || *b.Max != 9 {
			t.Errorf("length %v", b)
		}
		if got := traits.Text("pattern"); got != `[a-z]\d"é` {
			t.Errorf("pattern %s", got)
		}
		if b := m.Shapes["Count"].Traits.Bounds("range"); *b.Min != -1 || b.Max != nil {
			t.Errorf("range %v", b)
		}
	})
	t.Run("EnumValueDefaultsToItsName", func(t *testing.T) {
		if got := m.Shapes["Colour"].Values(); !cmp.Equal(got, []string{"Red", "BLUE"}) {
			t.Errorf("values %v", got)
		}
	})
	t.Run("Reachable", func(t *testing.T) {
		got := m.Reachable(m.Inputs()...)
		want := map[string]bool{"In": true, "Name": true, "Colours": true, "Colour": true}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"UndefinedTarget", "structure A { B: Missing }", "3:15: shape Missing is not defined"},
		{"UndefinedTrait", "@nonsense string A", "3:18: trait @nonsense is not defined"},
		{"UndefinedError", "operation A { errors: [B] }", "3:11: shape B is not defined"},
		{"ErrorWithoutTrait", "structure B {} operation A { errors: [B] }", "3:26: A names B, which is not an @error"},
		{"InputNotStructure", "string B operation A { input: B }", "3:20: B is a string, not a structure"},
		{"OperationAsValue", "operation A {} structure B { C: A }", "3:30: A is a operation and cannot be a value"},
		{"ShapeTwice", "string A\nstring A", "4:8: shape A is already defined"},
		{"PreludeShape", "string String", "3:8: shape String is already defined"},
		{"MemberTwice", "structure A { B: String, B: String }", "3:26: member A$B stands twice"},
		{"TraitTwice", "@sensitive @sensitive string A", "3:13: trait @sensitive stands twice"},
		{"TraitFieldTwice", "@length(min: 1, min: 2) string A", "3:17: 'min' stands twice"},
		{"PropertyTwice", "operation A { input: B input: B }", "3:24: property 'input' is unknown here or stands twice"},
		{"PropertyUnknown", "service A { resources: [] }", "3:13: property 'resources' is unknown here or stands twice"},
		{"EnumValueTwice", `enum A { B = "x", C = "x" }`, `3:19: enum A has the value "x" twice`},
		{"EnumEmpty", "enum A {}", "3:6: enum A has no members"},
		{"ListWithoutMember", "list A { value: String }", "3:6: a list has the members [member], A has [value]"},
		{"MapWithoutKey", "map A { value: String }", "3:5: a map has the members [key value], A has [value]"},
		{"KindOutsideSubset", "blob A", "3:1: 'blob' is not a kind of shape in the subset"},
		{"Mixins", "structure A with [B] {}", "3:13: expected '{', found 'with'"},
		{"Default", "structure A { B: String = \"x\" }", "3:25: expected a member, found '='"},
		{"PatternNotRE2", `@pattern("(?=a)") string A`, "3:26: the pattern is not RE2"},
		{"LengthUpsideDown", "@length(min: 2, max: 1) string A", "3:32: @length: min 2 is above max 1"},
		{"LengthMisspelt", "@length(max: 1, mim: 0) string A", "3:32: @length has min and max, each a whole number"},
		{"LengthNoNumber", `@length(max: "1") string A`, "3:26: @length has min and max, each a whole number"},
		{"RangeEmpty", "@range integer A", "3:16: @range has min and max, each a whole number"},
		{"PatternNoText", "@pattern(1) string A", "3:20: @pattern has a text"},
		{"LengthOfNumber", "@length(max: 1) integer A", "3:25: @length does not limit a integer"},
		{"RangeOfString", "@range(max: 1) string A", "3:23: @range does not limit a string"},
		{"LimitOfMember", "structure A { @length(max: 1) B: String }", "3:31: @length limits a shape, not a member"},
		{"StringOpen", "@pattern(\"a) string A\nstring B", "3:10: the string does not end on its line"},
		{"StringBadEscape", `@pattern("\q") string A`, `3:10: "\q" is not a valid string`},
		{"TextBlock", `@pattern("""a""") string A`, "3:10: text blocks are not part of the subset"},
		{"NumberTooLarge", "@range(min: 99999999999999999999) integer A", "is not a whole number"},
		{"StrayCharacter", "string A ;", "3:10: unexpected character ';'"},
		{"DocInTheWrongPlace", "structure A {\n/// lost\n}", "5:1: expected a member, found '}'"},
		{"UnexpectedEnd", "structure A {", "expected a member, found the end of the file"},
		{"ValueNested", "@range(" + strings.Repeat("[", 100), "values nest too deep"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := smithy.Parse("m.smithy", []byte(head+c.body))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	for _, c := range []struct{ name, source, want string }{
		{"NoVersion", "namespace a", "m.smithy:1:1: expected '$', found 'namespace'"},
		{"OldVersion", "$version: \"1.0\"\nnamespace a", `m.smithy:1:11: language version "1.0" is not 2.0`},
		{"NoNamespace", "$version: \"2\"\nstring A", "m.smithy:2:1: expected 'namespace', found 'string'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := smithy.Parse("m.smithy", []byte(c.source)); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(head + "@length(min: 1) list A { member: String }"))
	f.Add([]byte(head + "@a([{b: \"c\"}, true, -1]) enum A { B = \"\\u00e9\" }"))
	f.Fuzz(func(t *testing.T, source []byte) {
		m, err := smithy.Parse("f", source)
		if (m == nil) == (err == nil) {
			t.Fatalf("model %v and error %v", m, err)
		}
		if err == nil && m.Validate() != nil {
			t.Fatal("a parsed model is not valid")
		}
	})
}
