package diff_test

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/model"
	"cosell/model/diff"
	"cosell/model/smithy"
)

// The same small contract in three forms: ours, botocore's and a Smithy syntax tree.
const ours = `$version: "2"
namespace a
@trait list alsoAccepts { member: String }
@trait structure explicitNull {}
service S { version: "1", operations: [Do] }
@idempotent operation Do { input: In, output: Out, errors: [Bad] }
structure In {
    @required Name: Name
    @explicitNull Colour: Colour
    Tags: Tags
    Size: Size
    @idempotencyToken Free: String
}
structure Out { When: DateTime, One: One }
union One { Left: String, Right: Size }
@error("client") structure Bad { Message: String }
@sensitive @length(max: 80) @pattern("[a-z]+(x|y)") string Name
@alsoAccepts(["None"]) enum Colour { RED = "Red", BLUE = "Blue" }
@length(min: 1, max: 5) list Tags { member: Tag }
@length(min: 1, max: 9) string Tag
@range(min: 0, max: 10) integer Size
@timestampFormat("date-time") timestamp DateTime
`

const botocore = `{
 "metadata": {"apiVersion": "1"},
 "operations": {"Do": {"name": "Do", "idempotent": true, "input": {"shape": "In"}, "output": {"shape": "Out"}, "errors": [{"shape": "Bad"}]}},
 "shapes": {
  "In": {"type": "structure", "required": ["Name"], "members": {
   "Name": {"shape": "Name"}, "Colour": {"shape": "Colour"}, "Tags": {"shape": "Tags"},
   "Size": {"shape": "Size"}, "Free": {"shape": "String", "idempotencyToken": true}}},
  "Out": {"type": "structure", "members": {"When": {"shape": "DateTime"}, "One": {"shape": "One"}}},
  "One": {"type": "structure", "union": true, "members": {"Left": {"shape": "String"}, "Right": {"shape": "Size"}}},
  "Bad": {"type": "structure", "exception": true, "members": {"Message": {"shape": "String"}}},
  "Name": {"type": "string", "sensitive": true, "pattern": "(?=.{0,80}$)[a-z]+(?:x|y)"},
  "Colour": {"type": "string", "enum": ["Blue", "Red"]},
  "Tags": {"type": "list", "member": {"shape": "Tag"}, "min": 1, "max": 5},
  "Tag": {"type": "string", "pattern": "(?s).{1,9}"},
  "Size": {"type": "integer", "min": 0, "max": 10},
  "DateTime": {"type": "timestamp", "timestampFormat": "iso8601"},
  "String": {"type": "string"}
 }
}`

const tree = `{
 "smithy": "2.0",
 "shapes": {
  "com.x#S": {"type": "service", "version": "1", "operations": [{"target": "com.x#Do"}]},
  "com.x#Do": {"type": "operation", "input": {"target": "com.x#In"}, "output": {"target": "com.x#Out"},
   "errors": [{"target": "com.x#Bad"}], "traits": {"smithy.api#idempotent": {}}},
  "com.x#In": {"type": "structure", "members": {
   "Name": {"target": "com.x#Name", "traits": {"smithy.api#required": {}}},
   "Colour": {"target": "com.x#Colour"}, "Tags": {"target": "com.x#Tags"},
   "Size": {"target": "smithy.api#Integer", "traits": {"smithy.api#range": {"min": 0, "max": 10}}},
   "Free": {"target": "smithy.api#String", "traits": {"smithy.api#idempotencyToken": {}}}}},
  "com.x#Out": {"type": "structure", "members": {"When": {"target": "com.x#DateTime"}, "One": {"target": "com.x#One"}}},
  "com.x#One": {"type": "union", "members": {"Left": {"target": "smithy.api#String"}, "Right": {"target": "com.x#Size"}}},
  "com.x#Bad": {"type": "structure", "members": {"Message": {"target": "smithy.api#String"}},
   "traits": {"smithy.api#error": "client"}},
  "com.x#Name": {"type": "string", "traits": {"smithy.api#sensitive": {}, "smithy.api#pattern": "^(?=.{0,80}$)[a-z]+(x|y)$"}},
  "com.x#Colour": {"type": "enum", "members": {
   "RED": {"target": "smithy.api#Unit", "traits": {"smithy.api#enumValue": "Red"}},
   "BLUE": {"target": "smithy.api#Unit", "traits": {"smithy.api#enumValue": "Blue"}}}},
  "com.x#Tags": {"type": "list", "member": {"target": "com.x#Label"}, "traits": {"smithy.api#length": {"min": 1, "max": 5}}},
  "com.x#Label": {"type": "string", "traits": {"smithy.api#pattern": "^(?s).{1,9}$"}},
  "com.x#Size": {"type": "integer", "traits": {"smithy.api#range": {"min": 0, "max": 10}}},
  "com.x#DateTime": {"type": "timestamp", "traits": {"smithy.api#timestampFormat": "date-time"}},
  "com.x#mine": {"type": "structure", "traits": {"smithy.api#trait": {}}}
 }
}`

func compare(t *testing.T, theirs string) []string {
	t.Helper()
	mine, err := smithy.Parse("ours.smithy", []byte(ours))
	if err != nil {
		t.Fatal(err)
	}
	other, err := diff.Read([]byte(theirs))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range diff.Compare(mine, other) {
		lines = append(lines, f.String())
	}
	return lines
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		name       string
		form       string
		old, other string
		want       []string
	}{
		{name: "SameBotocore", form: botocore},
		{name: "SameTree", form: tree},
		{
			"OperationOnlyTheirs", botocore, `"operations": {`, `"operations": {"New": {},`,
			[]string{"operation New: only theirs has it"},
		},
		{
			"OperationOnlyOurs", botocore, `"Do": {"name": "Do"`, `"Gone": {"name": "Do"`,
			[]string{"operation Do: only ours has it", "operation Gone: only theirs has it"},
		},
		{
			"OutputGone", botocore, `"output": {"shape": "Out"}, `, ``,
			[]string{"operation Do: output: ours Out, theirs none"},
		},
		{
			"OutputUnit", tree, `"output": {"target": "com.x#Out"}`, `"output": {"target": "smithy.api#Unit"}`,
			[]string{"operation Do: output: ours Out, theirs none"},
		},
		{
			"ErrorGone", botocore, `"errors": [{"shape": "Bad"}]`, `"errors": []`,
			[]string{"operation Do error Bad: only ours has it"},
		},
		{
			"ShapeOnlyTheirs", tree, `"com.x#Tags": {`, `"com.x#New": {"type": "structure", "members": {}}, "com.x#Tags": {`,
			[]string{"structure New: only theirs has it"},
		},
		{
			"MemberOnlyTheirs", botocore, `"Free": {`, `"More": {"shape": "String"}, "Free": {`,
			[]string{"In$More: only theirs has it"},
		},
		{
			"MemberOnlyOurs", botocore, `, "One": {"shape": "One"}}`, `}`,
			[]string{"Out$One: only ours has it"},
		},
		{
			"Required", botocore, `"required": ["Name"]`, `"required": ["Size"]`,
			[]string{"In$Name: required: ours true, theirs false", "In$Size: required: ours false, theirs true"},
		},
		{
			"Idempotent", botocore, `"idempotent": true, `, ``,
			[]string{"operation Do: idempotent: ours true, theirs false"},
		},
		{
			"IdempotentTree", tree, `"smithy.api#idempotent": {}`, ``,
			[]string{"operation Do: idempotent: ours true, theirs false"},
		},
		{
			"IdempotencyToken", botocore, `, "idempotencyToken": true`, ``,
			[]string{"In$Free: idempotencyToken: ours true, theirs false"},
		},
		{
			"Sensitive", botocore, `"sensitive": true, `, ``,
			[]string{"string Name: sensitive: ours true, theirs false"},
		},
		{
			"SensitiveTree", tree, `{"type": "enum", `, `{"type": "enum", "traits": {"smithy.api#sensitive": {}}, `,
			[]string{"enum Colour: sensitive: ours false, theirs true"},
		},
		{
			"SensitiveStructure", botocore, `"In": {"type": "structure", `, `"In": {"type": "structure", "sensitive": true, `,
			[]string{"structure In: sensitive: ours false, theirs true"},
		},
		{
			"TimestampFormat", botocore, `"iso8601"`, `"unixTimestamp"`,
			[]string{"timestamp DateTime: timestampFormat: ours date-time, theirs epoch-seconds"},
		},
		{
			"TimestampFormatTree", tree, `"traits": {"smithy.api#timestampFormat": "date-time"}`, `"traits": {}`,
			[]string{"timestamp DateTime: timestampFormat: ours date-time, theirs none"},
		},
		{
			"EnumValue", botocore, `["Blue", "Red"]`, `["Blue", "Green"]`,
			[]string{`enum Colour value "Green": only theirs has it`, `enum Colour value "Red": only ours has it`},
		},
		{name: "EnumValueTolerated", form: botocore, old: `["Blue", "Red"]`, other: `["Blue", "Red", "None"]`},
		{
			"EnumBecomesString", botocore, `"enum": ["Blue", "Red"]`, `"max": 9`,
			[]string{"shape Colour: kind: ours enum, theirs string"},
		},
		{
			"Pattern", botocore, `[a-z]+(?:x|y)`, `[a-z]+(?:x|z)`,
			[]string{"string Name: pattern: ours [a-z]+(x|y), theirs [a-z]+(?:x|z)"},
		},
		{
			"LengthInLookahead", tree, `(?=.{0,80}$)`, `(?=.{0,90}$)`,
			[]string{"string Name: length: ours ..80, theirs ..90"},
		},
		{
			"LengthInPattern", botocore, `(?s).{1,9}`, `(?s).{2,9}`,
			[]string{"string Tag: length: ours 1..9, theirs 2..9"},
		},
		{
			"ListLength", botocore, `"min": 1, "max": 5`, `"max": 6`,
			[]string{"list Tags: length: ours 1..5, theirs ..6"},
		},
		{
			"ListElementUnderAnotherName", tree, `^(?s).{1,9}$`, `^(?s).{1,8}$`,
			[]string{"list Tags element: length: ours 1..9, theirs 1..8"},
		},
		{
			"Range", botocore, `"min": 0, "max": 10`, `"min": 1, "max": 10`,
			[]string{"integer Size: range: ours 0..10, theirs 1..10"},
		},
		{
			"RangeOnMember", tree, `{"target": "smithy.api#Integer", "traits": {"smithy.api#range": {"min": 0, "max": 10}}}`,
			`{"target": "smithy.api#Integer"}`,
			[]string{"In$Size: range: ours 0..10, theirs none"},
		},
		{
			"MemberType", botocore, `"Free": {"shape": "String", `, `"Free": {"shape": "Size", `,
			[]string{"In$Free: kind: ours string, theirs integer"},
		},
		{
			"MemberStructure", botocore, `"One": {"shape": "One"}}`, `"One": {"shape": "In"}}`,
			[]string{"Out$One: type: ours One, theirs In"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			theirs := strings.Replace(c.form, c.old, c.other, 1)
			if c.old != "" && theirs == c.form {
				t.Fatalf("the form has no %s", c.old)
			}
			if d := cmp.Diff(c.want, compare(t, theirs)); d != "" {
				t.Errorf("findings (-want +got):\n%s", d)
			}
		})
	}
}

func TestReadUnpacks(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write([]byte(botocore)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if found := compare(t, packed.String()); found != nil {
		t.Errorf("findings: %q", found)
	}
	for _, n := range []int{5, packed.Len() - 1} {
		if _, err := diff.Read(packed.Bytes()[:n]); err == nil || !strings.Contains(err.Error(), "damaged gzip") {
			t.Errorf("the first %d bytes: %v", n, err)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{"NotJSON", "service", "not a JSON model"},
		{"NoShapes", `{"openapi": "3.1"}`, "it has no shapes"},
		{"NeitherForm", `{"shapes": {}}`, "neither a botocore model"},
		{"BotocoreShapes", `{"operations": {}, "shapes": []}`, "botocore model"},
		{"TreeShapes", `{"smithy": "2.0", "shapes": []}`, "smithy syntax tree"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := diff.Read([]byte(c.source)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(botocore))
	f.Add([]byte(tree))
	mine, err := model.Load()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		if theirs, err := diff.Read(source); err == nil {
			diff.Compare(mine, theirs)
			diff.Compare(theirs, mine)
		}
	})
}
