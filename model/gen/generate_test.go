package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cosell/model"
	"cosell/model/smithy"
)

// committed are the directories of the generated packages.
var committed = map[string]string{"api": "../../internal/api", "eventsapi": "../../internal/events/eventsapi"}

func TestCommittedFilesAreFresh(t *testing.T) {
	for pkg, directory := range committed {
		files, err := generatePackage(pkg)
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range files {
			got, err := os.ReadFile(filepath.Join(directory, name))
			if err != nil {
				t.Error(err)
			} else if !bytes.Equal(got, want) {
				t.Errorf("%s of %s is stale: run go generate ./...", name, pkg)
			}
		}
		present, err := filepath.Glob(filepath.Join(directory, "*.gen.go"))
		if err != nil {
			t.Fatal(err)
		}
		for i := range present {
			present[i] = filepath.Base(present[i])
		}
		if want := slices.Sorted(maps.Keys(files)); !slices.Equal(present, want) {
			t.Errorf("generated files of %s: %v, want %v", pkg, present, want)
		}
	}
	if len(committed) != len(contracts) {
		t.Errorf("%d packages are compared, %d generated", len(committed), len(contracts))
	}
	if _, err := generatePackage("other"); err == nil {
		t.Error("a package without a contract was generated")
	}
}

func TestFieldName(t *testing.T) {
	for member, want := range map[string]string{
		"CompanyName": "companyName", "AwsAccountId": "awsAccountId", "Id": "id", "AWS": "aws", "AWSName": "awsName",
	} {
		if got := fieldName(member); got != want {
			t.Errorf("%s: got %s, want %s", member, got, want)
		}
	}
}

func TestConstName(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"CLOSED_LOST", "Closed Lost", "EClosedLost"},
		{"PENDING", "PENDING", "EPending"},
		{"USD", "USD", "EUSD"},
		{"NO", "No", "ENo"},
		{"IN_PROGRESS", "IN_PROGRESS", "EInProgress"},
	} {
		if got := constName("E", &smithy.Member{Name: c.name, Value: c.value}); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
	if got := toleratedName("E", "Do Not, Ever"); got != "EDoNotEver" {
		t.Errorf("got %s", got)
	}
}

// sentences finds the definitions that need a text.
var sentences = regexp.MustCompile(`\b(operation|structure|union|enum) [A-Z]`)

// small generates from a model of one operation with the given shapes, each with a text.
func small(t *testing.T, shapes string) (map[string][]byte, error) {
	t.Helper()
	m, err := smithy.Parse("m.smithy", []byte(`$version: "2"
namespace a
@trait string iamPrefix
@iamPrefix("p") service S { version: "1", operations: [Do] }
`+sentences.ReplaceAllString(shapes, "\n/// Text.\n$0")))
	if err != nil {
		t.Fatal(err)
	}
	return generate(m, apiPackage, "model/m.smithy")
}

func TestGenerate(t *testing.T) {
	files, err := small(t, `
operation Do { input: In }
structure In { @required Rows: Rows, Sizes: Sizes, @required When: Timestamp, Open: Open }
@length(max: 7) list Rows { member: Row }
structure Row { @required Name: Short }
@length(max: 3) string Short
@length(max: 9) map Sizes { key: String, value: Size }
@range(min: 1) integer Size
structure Open { Text: String }
structure Unused { @required Never: String }
`)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, file, text string
		absent           bool
	}{
		{name: "ListElementHasIndex", file: "checks.gen.go", text: "v[i].check(c, &Path{Up: at, Index: i})"},
		{name: "MapEntryHasKey", file: "checks.gen.go", text: "checkSize(c, &Path{Up: at, Key: &k}, e)"},
		{name: "OpenEndOfRange", file: "checks.gen.go", text: "c.Between(at, v, 1, math.MaxInt32)"},
		{name: "RequiredWithoutLimits", file: "checks.gen.go", text: `c.Missing(&Path{Up: at, Name: "when"})`},
		{name: "UnlimitedIsNotChecked", file: "checks.gen.go", text: "Open", absent: true},
		{name: "ResponsesAreNotChecked", file: "checks.gen.go", text: "Unused", absent: true},
		{name: "NoOutput", file: "operations.gen.go", text: "HasOutput", absent: true},
		{name: "NoCatalogNoToken", file: "operations.gen.go", text: `func (s *In) Token() string { return "" }`},
		{name: "EntriesAreCounted", file: "checks.gen.go", text: "c.Count(at, len(v), 0, 7)"},
		{name: "MaximumForDecoders", file: "types.gen.go", text: "`json:\"Rows\" max:\"7\"`"},
		{name: "MapType", file: "types.gen.go", text: "map[string]int32"},
		{name: "TimestampType", file: "types.gen.go", text: "*Timestamp"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if strings.Contains(string(files[c.file]), c.text) == c.absent {
				t.Errorf("%s:\n%s", c.file, files[c.file])
			}
		})
	}
}

func TestGenerateRefuses(t *testing.T) {
	for _, c := range []struct{ name, shapes, want string }{
		{"OperationNotServed", "operation Do { input: In } operation Other { input: In } structure In {}", "the service does not list operation Other"},
		{"OperationWithoutInput", "operation Do {}", "operation Do has no input"},
		{
			"MapKeyedByEnum", "operation Do { input: In } structure In { M: M } @length(max: 9) map M { key: E, value: String } enum E { A }",
			"map keys must be plain strings",
		},
		{
			"ListWithoutMaximum", "operation Do { input: In } structure In { L: L } list L { member: String }",
			"the list L has no maximum length: give it one in model/limits.go",
		},
		{
			"LimitOnKindWithoutCheck", "operation Do { input: In } structure In { N: N } @range(min: 1) long N",
			"no check is known for a constrained long",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := small(t, c.shapes); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestGenerateRefusesShapesWithoutText(t *testing.T) {
	contract, err := model.Load()
	if err != nil {
		t.Fatal(err)
	}
	for name, shape := range contract.Shapes {
		if shape.Doc == "" {
			continue
		}
		doc := shape.Doc
		shape.Doc = ""
		err := documented(contract)
		generated := shape.Kind == smithy.KindOperation || shape.Kind == smithy.KindStructure || shape.Kind == smithy.KindUnion ||
			shape.Kind == smithy.KindEnum
		generated = generated && !shape.Traits.Has("trait")
		if refused := err != nil && strings.Contains(err.Error(), name+" has no documentation"); refused != generated {
			t.Errorf("%s %s without a text: %v", shape.Kind, name, err)
		}
		shape.Doc = doc
	}
}
