//go:build !noconsole

// Package manual makes a website of the pages in docs/, which the server has under
// /docs/ and `make site` writes into a folder.
package manual

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/yuin/goldmark/ast"
)

// stylesheet is the path of the only file of a site that is not made from the pages.
const stylesheet = "style.css"

//go:embed style.css
var style []byte

//go:embed page.html
var pageText string

var pageTemplate = sync.OnceValue(func() *template.Template { return template.Must(template.New("page").Parse(pageText)) })

// start is the page that a site begins with. It has the list of the others.
const start = "docs/README.md"

// Site is a website made from pages in Markdown.
type Site struct {
	source  fs.FS
	paths   map[string]string // in the site, by the path of the source
	sources map[string]string // the reverse
	groups  []group
	console string // address of the console; empty for none
}

// group is some pages in the list of all.
type group struct {
	Name  string
	Pages []entry
}

// entry is a page in a list.
type entry struct {
	Text, Link string
	Current    bool
}

// New returns the site of the pages in a file system. Its paths are those of the source
// tree. The pages link to the console, if it has an address.
func New(source fs.FS, console string) (*Site, error) {
	s := &Site{source: source, paths: map[string]string{}, sources: map[string]string{}, console: console}
	err := fs.WalkDir(source, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			s.paths[name] = sitePath(name)
			s.sources[sitePath(name)] = name
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the pages: %w", err)
	}
	if len(s.sources) != len(s.paths) {
		return nil, fmt.Errorf("%d of the pages have the path of another one", len(s.paths)-len(s.sources))
	}
	text, err := fs.ReadFile(source, start)
	if err != nil {
		return nil, fmt.Errorf("read the first page: %w", err)
	}
	s.groups = s.list(text)
	return s, nil
}

// sitePath returns where a file of the source tree is in a site: pages of docs/ at the
// top, others below project/.
func sitePath(name string) string {
	inside, of := strings.CutPrefix(name, "docs/")
	if !of {
		inside = "project/" + name
	}
	page, is := strings.CutSuffix(inside, ".md")
	switch {
	case !is:
		return inside
	case path.Base(page) == "README":
		return path.Join(path.Dir(page), "index.html")
	}
	return page + ".html"
}

// Paths returns the paths of all files of the site, sorted.
func (s *Site) Paths() []string {
	return slices.Sorted(slices.Values(append(slices.Collect(maps.Keys(s.sources)), stylesheet)))
}

// File returns the content of a file of the site, or [fs.ErrNotExist].
func (s *Site) File(name string) ([]byte, error) {
	if name == stylesheet {
		return style, nil
	}
	source, found := s.sources[name]
	if !found {
		return nil, fmt.Errorf("page %q: %w", name, fs.ErrNotExist)
	}
	text, err := fs.ReadFile(s.source, source)
	if err != nil || path.Ext(source) != ".md" {
		return text, err
	}
	return s.page(source, text)
}

// page returns a page in HTML.
func (s *Site) page(source string, text []byte) ([]byte, error) {
	tree := s.parse(source, text)
	var body bytes.Buffer
	if err := markdown().Renderer().Render(&body, text, tree); err != nil {
		return nil, fmt.Errorf("%s: %w", source, err)
	}
	title, places := outline(tree, text)
	from := s.paths[source]
	var out bytes.Buffer
	err := pageTemplate().Execute(&out, map[string]any{
		"Title": title, "Places": places, "Groups": s.groupsFrom(from), "Console": s.console,
		"Style": relative(from, stylesheet), "Start": relative(from, s.paths[start]),
		"Body": template.HTML(body.String()), //nolint:gosec // the renderer escapes HTML of pages
	})
	return out.Bytes(), err
}

// groupsFrom returns the list of all pages with links from one of them.
func (s *Site) groupsFrom(from string) []group {
	groups := make([]group, len(s.groups))
	for i, g := range s.groups {
		groups[i].Name = g.Name
		for _, p := range g.Pages {
			groups[i].Pages = append(groups[i].Pages, entry{p.Text, relative(from, p.Link), p.Link == from})
		}
	}
	return groups
}

// list returns the pages that the first page lists, below its headings.
func (s *Site) list(text []byte) []group {
	var groups []group
	seen := map[string]bool{}
	tree := markdown().Parser().Parse(reader(text))
	_ = ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function returns no error
		switch n := n.(type) {
		case *ast.Heading:
			if entering && n.Level == 2 {
				groups = append(groups, group{Name: plain(n, text)})
			}
		case *ast.Link:
			target, _, _ := strings.Cut(path.Join(path.Dir(start), string(n.Destination)), "#")
			at, found := s.paths[target]
			if !entering || !found || seen[at] || len(groups) == 0 {
				break
			}
			seen[at] = true
			last := &groups[len(groups)-1]
			last.Pages = append(last.Pages, entry{Text: plain(n, text), Link: at})
		}
		return ast.WalkContinue, nil
	})
	return groups
}

// relative returns the link from one file of the site to another.
func relative(from, to string) string {
	back := strings.Repeat("../", strings.Count(from, "/"))
	return back + to
}
