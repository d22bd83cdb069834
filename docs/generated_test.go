package docs_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/conform"
	"cosell/internal/search"
	"cosell/internal/servertest"
)

// generated checks that a page says what it is generated from; UPDATE_DOCS=1
// writes it.
func generated(t *testing.T, page, want string) {
	t.Helper()
	name := filepath.Join(root, filepath.FromSlash(page))
	if os.Getenv("UPDATE_DOCS") != "" {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, read(t, page)); diff != "" {
		t.Errorf("run UPDATE_DOCS=1 go test ./docs (-generated +page):\n%s", diff)
	}
}

// The page of the command line is what --help prints.
func TestCommandLinePage(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the server; not a short test")
	}
	binary, err := servertest.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# The command line\n\nWritten by `UPDATE_DOCS=1 go test ./docs` from what `cosell COMMAND --help` prints.\n\n" +
		"Statuses: 0 is success, 1 a failure, 2 a wrong use of the command line.\n\n")
	all := help(t, binary)
	fmt.Fprintf(&b, "```text\n%s```\n", all)
	_, list, _ := strings.Cut(all, "Commands:\n")
	for _, m := range regexp.MustCompile(`(?m)^  ([a-z][a-z -]*?)(?:  |$)`).FindAllStringSubmatch(list, -1) {
		fmt.Fprintf(&b, "\n## cosell %s\n\n```text\n%s```\n", m[1], help(t, binary, strings.Fields(m[1])...))
	}
	generated(t, "docs/command-line.md", b.String())
}

func help(t *testing.T, binary string, command ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, append(command, "--help")...)
	cmd.Env = []string{"HOME=/home/you", "PATH=" + os.Getenv("PATH")}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v --help: %v", command, err)
	}
	return strings.TrimSpace(string(out)) + "\n"
}

// The page of the operator API is what its OpenAPI description says.
func TestOperatorAPIPage(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the server; not a short test")
	}
	binary, err := servertest.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	server, err := servertest.Start(t.Context(), binary, filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	}()
	answer, err := http.Get(server.URL + "/operator/v1/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	var api openAPI
	if err := json.Unmarshal(body, &api); err != nil {
		t.Fatal(err)
	}
	generated(t, "docs/operator-api.md", api.page())
}

// The fields of each search stand in its table on the page, between two comments.
func TestSearchFieldTables(t *testing.T) {
	const page = "docs/behavior/searching.md"
	text := read(t, page)
	for _, table := range []*search.Table{search.Opportunities, search.Engagements, search.Customers} {
		from := "<!-- Written by UPDATE_DOCS=1 go test ./docs: the fields of " + table.Name + ". -->\n"
		before, rest, found := strings.Cut(text, from)
		_, after, ended := strings.Cut(rest, "<!-- End. -->")
		if !found || !ended {
			t.Fatalf("%s has no place for the fields of %s", page, table.Name)
		}
		text = before + from + fieldTable(table) + "<!-- End. -->" + after
	}
	generated(t, page, text)
}

func fieldTable(table *search.Table) string {
	// A column that says the same of all fields is left out.
	filters := slices.ContainsFunc(table.Fields, func(f *search.Field) bool { return !f.Filterable })
	groups := slices.ContainsFunc(table.Fields, func(f *search.Field) bool { return f.Grouped })
	row := func(key, kind, from, filter, sort, group string) string {
		cells := []string{key, kind, sort}
		if filters {
			cells = append(cells, filter)
		}
		if groups {
			cells = append(cells, group)
		}
		return "| " + strings.Join(append(cells, from), " | ") + " |\n"
	}
	yes := func(is bool) string {
		if is {
			return "yes"
		}
		return ""
	}
	var b strings.Builder
	b.WriteString(row("`Key`", "Kind", "From", "Filter", "Sort", "Group"))
	b.WriteString(regexp.MustCompile(`[^|\n]+`).ReplaceAllString(row("-", "-", "-", "-", "-", "-"), "---"))
	for _, f := range table.Fields {
		kind := f.Kind.String()
		switch {
		case f.Several:
			kind = "several texts"
		case f.Folded:
			kind = "text, in any case of letters"
		case f.Ranks != nil:
			kind = "text, sorted by rank: " + strings.Join(f.Ranks, ", ")
		}
		b.WriteString(row(f.Name, kind, f.From, yes(f.Filterable), yes(f.Sortable), yes(f.Grouped)))
	}
	return b.String()
}

// openAPI is as much of an OpenAPI description as the page shows.
type openAPI struct {
	Paths      map[string]map[string]apiOperation
	Components struct{ Schemas map[string]*schema }
}

type apiOperation struct {
	Summary, Description string
	Tags                 []string
	Parameters           []struct {
		Name, In, Description string
		Required              bool
		Schema                *schema
	}
	RequestBody *struct {
		Content map[string]struct{ Schema *schema }
	}
	Responses map[string]struct {
		Description string
		Content     map[string]struct{ Schema *schema }
	}
}

type schema struct {
	Ref                  string `json:"$ref"`
	Type                 any
	Description          string
	Enum                 []any
	Default              any
	Format               string
	Minimum, Maximum     *float64
	Properties           map[string]*schema
	Required             []string
	Items                *schema
	Examples             []any
	AdditionalProperties any
}

const operatorIntroduction = `# The operator API

Written by ` + "`UPDATE_DOCS=1 go test ./docs`" + ` from the description of a running server,
` + "`/operator/v1/openapi.json`" + ` (also ` + "`.yaml`" + `), from which client generators can work.

All paths are under ` + "`/operator/v1`" + `. With dev auth the API is open to requests from this machine only; see
[authentication](behavior/auth.md#network-rules). Bodies are JSON, sent with ` + "`Content-Type: application/json`" + `. An error is
` + "`application/problem+json`" + ` with ` + "`title`, `status`, `detail`" + ` and a list ` + "`errors`" + ` with the place and the reason of each.
`

func (a *openAPI) page() string {
	type entry struct {
		method, path string
		operation    apiOperation
	}
	byTag := map[string][]entry{}
	for p, methods := range a.Paths {
		for method, o := range methods {
			tag := "Other"
			if len(o.Tags) > 0 {
				tag = o.Tags[0]
			}
			byTag[tag] = append(byTag[tag], entry{strings.ToUpper(method), p, o})
		}
	}
	var b strings.Builder
	b.WriteString(operatorIntroduction)
	for _, tag := range slices.Sorted(maps.Keys(byTag)) {
		entries := byTag[tag]
		slices.SortFunc(entries, func(x, y entry) int { return strings.Compare(x.path+" "+x.method, y.path+" "+y.method) })
		fmt.Fprintf(&b, "\n## %s\n", tag)
		for _, e := range entries {
			fmt.Fprintf(&b, "\n### %s %s\n\n%s.\n", e.method, strings.TrimPrefix(e.path, "/operator/v1"), strings.TrimSuffix(e.operation.Summary, "."))
			if e.operation.Description != "" {
				fmt.Fprintf(&b, "\n%s\n", e.operation.Description)
			}
			a.describe(&b, &e.operation)
		}
	}
	return b.String()
}

func (a *openAPI) describe(b *strings.Builder, o *apiOperation) {
	if len(o.Parameters) > 0 {
		b.WriteString("\n| Parameter | In | |\n|---|---|---|\n")
		for _, p := range o.Parameters {
			fmt.Fprintf(b, "| `%s` | %s | %s |\n", p.Name, p.In, a.words(p.Schema, p.Description, p.Required))
		}
	}
	if o.RequestBody != nil {
		for _, kind := range slices.Sorted(maps.Keys(o.RequestBody.Content)) {
			a.members(b, "Request member", o.RequestBody.Content[kind].Schema)
		}
	}
	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		if !strings.HasPrefix(status, "2") {
			continue
		}
		for _, kind := range slices.Sorted(maps.Keys(o.Responses[status].Content)) {
			a.members(b, "Answer member", o.Responses[status].Content[kind].Schema)
		}
		if len(o.Responses[status].Content) == 0 {
			fmt.Fprintf(b, "\nAnswers %s without a body.\n", status)
		}
	}
}

// members writes the members of a schema, those of nested structures by their path.
func (a *openAPI) members(b *strings.Builder, title string, s *schema) {
	var rows []string
	a.collect(&rows, "", s, 0)
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(b, "\n| %s | |\n|---|---|\n%s", title, strings.Join(rows, ""))
}

// depth is how far nested structures are shown; the rest is the API's own.
const depth = 2

func (a *openAPI) collect(rows *[]string, prefix string, s *schema, level int) {
	s = a.resolve(s)
	if s.Items != nil {
		a.collect(rows, prefix+"[]", s.Items, level)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		member := s.Properties[name]
		at := strings.TrimPrefix(prefix+"."+name, ".")
		*rows = append(*rows, fmt.Sprintf("| `%s` | %s |\n", at, a.words(member, a.resolve(member).Description, slices.Contains(s.Required, name))))
		if level+1 < depth {
			a.collect(rows, at, member, level+1)
		}
	}
}

func (a *openAPI) resolve(s *schema) *schema {
	if s == nil {
		return &schema{}
	}
	if name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		return a.Components.Schemas[name]
	}
	return s
}

// words says what a value is: its type, what it means, its bounds.
func (a *openAPI) words(s *schema, description string, required bool) string {
	s = a.resolve(s)
	words := []string{typeName(s)}
	if len(s.Enum) > 0 {
		var values []string
		for _, v := range s.Enum {
			values = append(values, fmt.Sprintf("`%v`", v))
		}
		words = []string{strings.Join(values, ", ")}
	}
	if required {
		words = append(words, "required")
	}
	if s.Default != nil {
		words = append(words, fmt.Sprintf("default `%v`", s.Default))
	}
	if s.Maximum != nil {
		words = append(words, fmt.Sprintf("at most %v", *s.Maximum))
	}
	text := strings.Join(words, "; ")
	if description != "" {
		text += ". " + strings.TrimSuffix(description, ".")
	}
	if len(s.Examples) > 0 {
		if example, err := json.Marshal(s.Examples[0]); err == nil && len(example) < 60 {
			text += ". Example: `" + string(example) + "`"
		}
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "|", `\|`), "\n", " ")
}

func typeName(s *schema) string {
	name := "any"
	switch kind := s.Type.(type) {
	case string:
		name = kind
	case []any:
		var names []string
		for _, k := range kind {
			names = append(names, fmt.Sprint(k))
		}
		name = strings.Join(names, " or ")
	}
	if s.Format != "" && s.Format != "int64" {
		name += " (" + s.Format + ")"
	}
	return name
}

// The page of fidelity has the number of cases of each operation.
func TestFidelityPage(t *testing.T) {
	cases, err := conform.Cases(nil)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- Written by UPDATE_DOCS=1 go test ./docs: the cases of cosell conform. -->\n", "<!-- End. -->"
	page := read(t, "docs/operations.md")
	before, rest, found := strings.Cut(page, begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatal("docs/operations.md has no place for the table")
	}
	var b strings.Builder
	if err := conform.Fidelity(&b, cases); err != nil {
		t.Fatal(err)
	}
	generated(t, "docs/operations.md", before+begin+b.String()+end+after)
}

// Every case is about a place in the documentation that exists.
func TestCasesHavePlaces(t *testing.T) {
	cases, err := conform.Cases(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		file, place, _ := strings.Cut(c.Rule, "#")
		checkPlace(t, c.Name, file, place)
	}
}
