//go:build !noconsole

package manual

import (
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown reads and renders pages. Cells are aligned by an attribute, because the
// site's policy allows no style in a page.
var markdown = sync.OnceValue(func() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)), extension.Strikethrough),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(anchors{}, 100))),
	)
})

func reader(source []byte) text.Reader { return text.NewReader(source) }

// parse returns the tree of a page, with links to where their targets are in the site.
func (s *Site) parse(source string, content []byte) ast.Node {
	tree := markdown().Parser().Parse(reader(content), parser.WithContext(parser.NewContext(parser.WithIDs(places{}))))
	var links []*ast.Link
	var images []*ast.Image
	_ = ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function returns no error
		switch n := n.(type) {
		case *ast.Link:
			if entering {
				links = append(links, n)
			}
		case *ast.Image:
			if entering {
				images = append(images, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, link := range links {
		s.resolve(source, link)
	}
	for _, image := range images {
		unwrap(image) // the site has none: its text is what it shows
	}
	return tree
}

var elsewhere = regexp.MustCompile(`^(?:[a-z][a-z0-9+.-]*:|//)`)

// resolve sets the target of a link to its place in the site. A link to what the site
// does not have becomes its text.
func (s *Site) resolve(source string, link *ast.Link) {
	target := string(link.Destination)
	if elsewhere.MatchString(target) || strings.HasPrefix(target, "#") {
		return
	}
	file, place, _ := strings.Cut(target, "#")
	to, found := s.paths[path.Join(path.Dir(source), file)]
	if !found {
		unwrap(link)
		return
	}
	to = relative(s.paths[source], to)
	if place != "" {
		to += "#" + place
	}
	link.Destination = []byte(to)
}

// unwrap replaces a node by its children.
func unwrap(n ast.Node) {
	parent := n.Parent()
	for child := n.FirstChild(); child != nil; child = n.FirstChild() {
		parent.InsertBefore(parent, n, child)
	}
	parent.RemoveChild(parent, n)
}

// places gives headings the anchors that GitHub gives them.
type places map[string]int

var markup = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)

// Generate implements [parser.IDs].
func (p places) Generate(value []byte, _ ast.NodeKind) []byte {
	slug := strings.ReplaceAll(markup.ReplaceAllString(strings.ToLower(strings.TrimSpace(string(value))), ""), " ", "-")
	n := p[slug]
	p[slug]++
	if n > 0 {
		slug += "-" + strconv.Itoa(n)
	}
	return []byte(slug)
}

// Put implements [parser.IDs].
func (p places) Put(value []byte) { p[string(value)]++ }

// anchors renders the HTML in pages: anchors as they are, everything else as text.
type anchors struct{}

var anchor = regexp.MustCompile(`^(?:<a id="[\w-]+">|</a>)$`)

// RegisterFuncs implements [renderer.NodeRenderer].
func (anchors) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindRawHTML, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		raw, _ := n.(*ast.RawHTML)
		if entering {
			writeHTML(w, raw.Segments.Value(source))
		}
		return ast.WalkSkipChildren, nil
	})
	r.Register(ast.KindHTMLBlock, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		block, _ := n.(*ast.HTMLBlock)
		if entering {
			_, _ = w.Write(util.EscapeHTML(block.Lines().Value(source)))
		} else if block.HasClosure() {
			_, _ = w.Write(util.EscapeHTML(block.ClosureLine.Value(source)))
		}
		return ast.WalkContinue, nil
	})
}

// writeHTML writes an anchor as it is, and other HTML as text.
func writeHTML(w util.BufWriter, html []byte) {
	if !anchor.Match(html) {
		html = util.EscapeHTML(html)
	}
	_, _ = w.Write(html) // the buffer reports errors in the end
}

// outline returns the title of a page and its sections.
func outline(tree ast.Node, source []byte) (title string, sections []entry) {
	for n := tree.FirstChild(); n != nil; n = n.NextSibling() {
		h, is := n.(*ast.Heading)
		if !is {
			continue
		}
		if h.Level == 1 && title == "" {
			title = plain(h, source)
		}
		if id, found := h.AttributeString("id"); found && h.Level == 2 {
			at, _ := id.([]byte)
			sections = append(sections, entry{Text: plain(h, source), Link: "#" + string(at)})
		}
	}
	return title, sections
}

// plain returns the text of a node without its markup.
func plain(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function returns no error
		switch n := n.(type) {
		case *ast.Text:
			if entering {
				b.Write(n.Value(source))
			}
		case *ast.String:
			if entering {
				b.Write(n.Value)
			}
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}
