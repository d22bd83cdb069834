// Package docs_test checks the documentation: its links, the places in it that the
// code cites, and that nothing the pages must list is missing.
package docs_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cosell/internal/api"
)

// root is the directory of the repository.
const root = ".."

var (
	heading = regexp.MustCompile(`(?m)^#{1,6} +(.+?) *$`)
	anchor  = regexp.MustCompile(`<a id="([^"]+)">`)
	fence   = regexp.MustCompile("(?ms)^ *```.*?^ *```")
	linked  = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	// citation is a place in the documentation that Go code names.
	citation = regexp.MustCompile(`docs/[\w./-]*\.md(?:#[\w-]+)?`)
	markup   = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
)

// Every link between pages leads to a file that exists, and to a heading or
// anchor that it has.
func TestLinks(t *testing.T) {
	for _, page := range pages(t) {
		text := fence.ReplaceAllString(read(t, page), "")
		for _, m := range linked.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			file, place, _ := strings.Cut(m[1], "#")
			target := page
			if file != "" {
				target = path.Join(path.Dir(page), file)
			}
			checkPlace(t, page, target, place)
		}
	}
}

// Every page and anchor that a comment or message in Go code cites exists.
func TestCitations(t *testing.T) {
	cited := 0
	walk(t, func(name string) {
		if path.Ext(name) != ".go" || strings.HasPrefix(name, "docs/") {
			return
		}
		for _, m := range citation.FindAllString(read(t, name), -1) {
			file, place, _ := strings.Cut(m, "#")
			checkPlace(t, name, file, place)
			cited++
		}
	})
	if cited < 40 {
		t.Errorf("found %d citations, expected at least 40: does the pattern still match?", cited)
	}
}

func checkPlace(t *testing.T, from, file, place string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(root, file)); err != nil {
		t.Errorf("%s: %s does not exist", from, file)
		return
	}
	if place != "" && !slices.Contains(anchors(read(t, file)), place) {
		t.Errorf("%s: %s has no heading or anchor #%s", from, file, place)
	}
}

// anchors returns the places of a page that a link may name: its headings in the
// form that GitHub gives them, and its explicit anchors.
func anchors(text string) []string {
	text = fence.ReplaceAllString(text, "")
	var found []string
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		slug := strings.ReplaceAll(markup.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")
		found = append(found, slug)
	}
	for _, m := range anchor.FindAllStringSubmatch(text, -1) {
		found = append(found, m[1])
	}
	return found
}

// pages returns the Markdown files of the repository.
func pages(t *testing.T) []string {
	t.Helper()
	var found []string
	walk(t, func(name string) {
		if path.Ext(name) == ".md" {
			found = append(found, name)
		}
	})
	return found
}

// walk calls f for each file of the repository, by its path from the root.
func walk(t *testing.T, f func(name string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			switch d.Name() {
			case ".git", ".bin", "node_modules", "testdata", ".pytest_cache":
				return fs.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		f(filepath.ToSlash(rel))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Every package has a line in the architecture page.
func TestArchitectureNamesEveryPackage(t *testing.T) {
	page := read(t, "docs/architecture.md")
	named := map[string]bool{}
	walk(t, func(name string) {
		if path.Ext(name) != ".go" {
			return
		}
		dir := path.Dir(name)
		if strings.HasPrefix(dir, "tools") || named[dir] {
			return
		}
		named[dir] = true
		if !strings.Contains(page, "\n| `"+dir+"` | ") {
			t.Errorf("docs/architecture.md has no line for the package %s", dir)
		}
	})
}

// Every file of the repository that the architecture page names exists.
func TestArchitectureNamesFilesThatExist(t *testing.T) {
	named := regexp.MustCompile("`((?:internal|cmd|model|bench|chaos|conformance|docs)[\\w/.]*)`")
	for _, m := range named.FindAllStringSubmatch(read(t, "docs/architecture.md"), -1) {
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(m[1]))); err != nil {
			t.Errorf("docs/architecture.md: %s does not exist", m[1])
		}
	}
}

// The first page names the model that the server follows.
func TestReadmeNamesTheModel(t *testing.T) {
	if !strings.Contains(read(t, "README.md"), "AWS's model of "+api.ModelDate) {
		t.Errorf("README.md does not name AWS's model of %s", api.ModelDate)
	}
}

// The tests that the security page names exist, and it names all tests of attacks.
func TestSecurityNamesTestsOfAttacks(t *testing.T) {
	page := read(t, "docs/security.md")
	attack := regexp.MustCompile(`(?m)^func (TestAttack\w+)\(`)
	tests := map[string]string{} // by their names, the packages
	walk(t, func(name string) {
		if !strings.HasSuffix(name, "_test.go") {
			return
		}
		for _, found := range attack.FindAllStringSubmatch(read(t, name), -1) {
			tests[found[1]] = path.Dir(name)
			if !strings.Contains(page, "`"+found[1]+"` in `"+path.Dir(name)+"`") {
				t.Errorf("docs/security.md does not name %s in %s", found[1], path.Dir(name))
			}
		}
	})
	for _, named := range regexp.MustCompile("`(TestAttack\\w+)`").FindAllStringSubmatch(page, -1) {
		if tests[named[1]] == "" {
			t.Errorf("docs/security.md names %s, which does not exist", named[1])
		}
	}
}
