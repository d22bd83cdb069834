package main

import (
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestEveryCommandHasExamples checks the help of every command: there are examples,
// each is a command line that parses, and one of them is of that command.
func TestEveryCommandHasExamples(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{
		"aws.json", "cosell.json", "deal.json", "deals.csv", "deals.yaml", "faults.json", "filter.json", "monday.jsonl", "policy.json", "service-2.json.gz", "trust.json",
	} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	parser := newParser(io.Discard, io.Discard)
	unused := map[string]bool{}
	for command := range commandExamples {
		unused[command] = true
	}
	for _, command := range parser.Model.Leaves(true) {
		delete(unused, command.Path())
		own := false
		for _, line := range exampleLines(command.Detail) {
			if line == "cosell --version" || strings.HasPrefix(line, "source ") {
				continue // no command of its own
			}
			parsed, err := parser.Parse(words(line))
			if err != nil {
				t.Errorf("%s: example %q: %v", command.Path(), line, err)
				continue
			}
			own = own || parsed.Selected() == command
		}
		if !own {
			t.Errorf("%s: no example of it", command.Path())
		}
	}
	for command := range unused {
		t.Errorf("examples of %s, which is no command", command)
	}
}

// exampleLines are the examples in the help of a command.
func exampleLines(detail string) []string {
	_, list, _ := strings.Cut(detail, "Examples:\n")
	var lines []string
	for line := range strings.Lines(list) {
		lines = append(lines, strings.TrimSpace(line))
	}
	return lines
}

// words are the arguments of cosell in a line of a shell.
func words(line string) []string {
	_, line, _ = strings.Cut(line, "cosell ")
	line, _, _ = strings.Cut(line, " | ")
	line, _, _ = strings.Cut(line, " > ")
	var result []string
	for _, word := range regexp.MustCompile(`"[^"]*"|'[^']*'|\S+`).FindAllString(line, -1) {
		result = append(result, strings.Trim(word, `'"`))
	}
	return result
}
