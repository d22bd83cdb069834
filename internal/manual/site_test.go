//go:build !noconsole

package manual_test

import (
	"bytes"
	"errors"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"cosell"
	"cosell/internal/manual"
)

func site(t *testing.T, source fs.FS) *manual.Site {
	t.Helper()
	s, err := manual.New(source, "/console/")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func file(t *testing.T, s *manual.Site, name string) string {
	t.Helper()
	content, err := s.File(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

var (
	link  = regexp.MustCompile(`(?:href|src)="([^"]*)"`)
	place = regexp.MustCompile(` id="([^"]*)"`)
)

// Every page of the documentation is in the site, has a title, and leads nowhere that
// is not there.
func TestEveryLinkOfTheDocumentationLeadsSomewhere(t *testing.T) {
	s := site(t, cosell.Pages)
	paths := s.Paths()
	if !slices.Contains(paths, "guide/getting-started.html") || len(paths) < 60 {
		t.Fatalf("the site has %d files: %v", len(paths), paths)
	}
	places := map[string][]string{}
	for _, name := range paths {
		for _, m := range place.FindAllStringSubmatch(file(t, s, name), -1) {
			places[name] = append(places[name], m[1])
		}
	}
	pages, links := 0, 0
	for _, name := range paths {
		if path.Ext(name) != ".html" {
			continue
		}
		pages++
		text := file(t, s, name)
		if !regexp.MustCompile(`<title>[^<·]+ · Cosell</title>`).MatchString(text) || strings.Count(text, "<h1") != 1 {
			t.Errorf("%s has no title, or not one heading", name)
		}
		if strings.Contains(text, "style=") || strings.Contains(text, "<script") || strings.Contains(text, "<img") || strings.Contains(text, "<!-- raw HTML omitted -->") {
			t.Errorf("%s has a style, a script or an image, or lost a part", name)
		}
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			to, err := url.Parse(m[1])
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if to.IsAbs() || m[1] == "/console/" {
				continue
			}
			links++
			target := name
			if to.Path != "" {
				target = path.Join(path.Dir(name), to.Path)
			}
			if !slices.Contains(paths, target) {
				t.Errorf("%s leads to %s, which is not there", name, m[1])
			} else if to.Fragment != "" && !slices.Contains(places[target], to.Fragment) {
				t.Errorf("%s leads to %s, a place that is not there", name, m[1])
			}
		}
	}
	if pages < 50 || links < 1000 {
		t.Errorf("%d pages with %d links", pages, links)
	}
}

// The list of all pages has those of the first page, and marks the one that is shown.
func TestThePagesListEachOther(t *testing.T) {
	s := site(t, cosell.Pages)
	page := file(t, s, "guide/how-to.html")
	for _, want := range []string{
		`<h2>You integrate with Partner Central</h2>`, `<a href="../faults.html">faults</a>`,
		`<a href="../guide/how-to.html" aria-current="page">how to</a>`, `<a href="/console/">Console</a>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	static, err := manual.New(cosell.Pages, "")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(file(t, static, "index.html"), `href="/console/"`) {
		t.Error("the site in a folder links to a console")
	}
}

// What Markdown becomes: HTML is text, except for anchors; links that run code are lost.
func TestPagesAreEscaped(t *testing.T) {
	for text, want := range map[string]string{
		"a <script>alert(1)</script> b":         "a &lt;script&gt;alert(1)&lt;/script&gt; b",
		"<img src=x onerror=alert(1)>":          "&lt;img src=x onerror=alert(1)&gt;",
		"<div>\n<b>x</b>\n</div>":               "&lt;div&gt;\n&lt;b&gt;x&lt;/b&gt;\n&lt;/div&gt;",
		"<!-- x -->":                            "&lt;!-- x --&gt;",
		`<a id="time"></a>x`:                    `<a id="time"></a>x`,
		`<a id="time" onclick="x()"></a>`:       "&lt;a id=&quot;time&quot; onclick=&quot;x()&quot;&gt;",
		"[x](javascript:alert(1))":              `<a href="">x</a>`,
		"`<b>`":                                 "<code>&lt;b&gt;</code>",
		"[the source](../internal/x.go) is `x`": "<p>the source is <code>x</code></p>",
		"[out](../../../etc/passwd)":            "<p>out</p>",
		"[other](guide/a.md#b-c)":               `<a href="guide/a.html#b-c">other</a>`,
		"## The `--flag`, and *more*":           `<h2 id="the---flag-and-more">`,
		"## Twice\n\n## Twice":                  `<h2 id="twice-1">`,
		"| a |\n|--:|\n| 1 |":                   `<td align="right">1</td>`,
	} {
		s := site(t, fstest.MapFS{
			"docs/README.md":       {Data: []byte("# <i>First</i>\n\n" + text + "\n")},
			"docs/" + "guide/a.md": {Data: []byte("# A\n")},
		})
		if got := file(t, s, "index.html"); !strings.Contains(got, want) {
			t.Errorf("%s becomes\n%s\nwithout %s", text, got, want)
		}
	}
}

// A file outside the pages has no path that leads to it.
func TestAttackPathsOutsideThePages(t *testing.T) {
	s := site(t, cosell.Pages)
	for _, name := range []string{
		"", ".", "..", "../go.mod", "project/../../go.mod", "/etc/passwd", "docs/README.md", "README.md",
		"index.html/..", "index.html\x00", "guide", "guide/", `..\go.mod`, "project/go.mod", "%2e%2e/go.mod",
	} {
		if _, err := s.File(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// The same pages give the same files.
func TestTheSiteIsReproducible(t *testing.T) {
	first, second := site(t, cosell.Pages), site(t, cosell.Pages)
	for _, name := range first.Paths() {
		if !bytes.Equal([]byte(file(t, first, name)), []byte(file(t, second, name))) {
			t.Errorf("%s differs", name)
		}
	}
}
