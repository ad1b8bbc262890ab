package web

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"strings"
	"text/template/parse"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/sync/errgroup"

	"hailong/survey"
)

//go:embed templates/*.html templates/staff/*.html
var templateFiles embed.FS

// views are the pages: one template set for each page and language, so that a
// translated sentence is looked up in one language and a fault shows when the
// server starts.
//
// They are not given to Fiber as its view engine: its Render makes a list on
// first use without a lock, and two first visitors at once would fail.
type views struct {
	locales map[survey.Lang]*locale
	assets  *assets
	sets    map[string]*template.Template // by "page.lang"
}

// layoutFiles are shared by every page, staffLayoutFiles by every page of
// staff, whose frame takes the place of the public one.
const (
	layoutFiles      = "templates/_*.html"
	staffLayoutFiles = "templates/staff/_*.html"
)

// loadViews parses every page in every language.
func loadViews(locales map[survey.Lang]*locale, assets *assets) (*views, error) {
	v := &views{locales: locales, assets: assets, sets: map[string]*template.Template{}}
	sets := make([]map[string]*template.Template, len(languages))
	var each errgroup.Group // a start must not keep anybody waiting
	for i, lang := range languages {
		each.Go(func() (err error) {
			sets[i], err = v.parse(v.locales[lang])
			return err
		})
	}
	if err := each.Wait(); err != nil {
		return nil, err
	}
	for _, of := range sets {
		maps.Copy(v.sets, of)
	}
	return v, nil
}

// parse returns every page in one language.
func (v *views) parse(l *locale) (map[string]*template.Template, error) {
	sets := map[string]*template.Template{}
	frame, err := template.New("frame").Funcs(v.functions(l)).ParseFS(templateFiles, layoutFiles)
	if err != nil {
		return nil, err
	}
	staffFrame, err := frame.Clone()
	if err != nil {
		return nil, err
	}
	if staffFrame, err = staffFrame.ParseFS(templateFiles, staffLayoutFiles); err != nil {
		return nil, err
	}
	for _, pages := range []struct {
		files string
		frame *template.Template
	}{{"templates/[a-z]*.html", frame}, {"templates/staff/[a-z]*.html", staffFrame}} {
		files, err := fs.Glob(templateFiles, pages.files)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			name := strings.TrimSuffix(strings.TrimPrefix(file, "templates/"), ".html")
			set, err := parsePage(pages.frame, file, l)
			if err != nil {
				return nil, fmt.Errorf("template %s: %w", name, err)
			}
			sets[viewName(name, l.lang)] = set
		}
	}
	return sets, nil
}

// parsePage returns a page in its frame.
func parsePage(frame *template.Template, file string, l *locale) (*template.Template, error) {
	set, err := frame.Clone()
	if err != nil {
		return nil, err
	}
	if set, err = set.ParseFS(templateFiles, file); err != nil {
		return nil, err
	}
	if err := checkKeys(set, l); err != nil {
		return nil, err
	}
	// Escaping is worked out at the first execution; a fault in it must show
	// now. Without data the execution itself fails, which says nothing.
	var fault *template.Error
	if err := set.ExecuteTemplate(io.Discard, "base", nil); errors.As(err, &fault) {
		return nil, err
	}
	return set, nil
}

func viewName(page string, lang survey.Lang) string { return page + "." + string(lang) }

func (v *views) functions(l *locale) template.FuncMap {
	return template.FuncMap{
		"t":             l.T,
		"tm":            func(m survey.Message) string { return l.T(m.Key, m.Args...) },
		"text":          func(t survey.Text) string { return t.In(l.lang) },
		"num":           l.Num,
		"percent":       l.Percent,
		"whole_percent": l.WholePercent,
		"date":          l.Date,
		"moment":        l.Moment,
		"hint":          l.hint,
		"lang":          func() string { return string(l.lang) },
		"asset":         v.assets.url,
		"add":           func(a, b int) int { return a + b },
	}
}

// checkKeys finds {{t "key"}} whose key has no sentence, or whose sentence has
// plural forms and no number to choose by.
func checkKeys(set *template.Template, l *locale) error {
	var faults error
	for _, t := range set.Templates() {
		if t.Tree == nil {
			continue
		}
		eachCommand(t.Tree.Root, func(c *parse.CommandNode) {
			if len(c.Args) < 2 || c.Args[0].String() != "t" {
				return
			}
			key, ok := c.Args[1].(*parse.StringNode)
			if !ok {
				return
			}
			sentence, known := l.messages[key.Text]
			if !known {
				faults = errors.Join(faults, fmt.Errorf("locale/%s.json has no %q", l.lang, key.Text))
				return
			}
			if args := c.Args[2:]; sentence.plural() && (sentence.count >= len(args) || args[sentence.count].Type() == parse.NodeString) {
				faults = errors.Join(faults, fmt.Errorf("%q has plural forms in %q and gets no number to choose by", key.Text, l.lang))
			}
		})
	}
	return faults
}

// eachCommand visits the commands of a template, nested ones too.
func eachCommand(n parse.Node, visit func(*parse.CommandNode)) {
	pipe := func(p *parse.PipeNode) {
		if p == nil {
			return
		}
		for _, c := range p.Cmds {
			visit(c)
			for _, arg := range c.Args {
				eachCommand(arg, visit)
			}
		}
	}
	branch := func(b parse.BranchNode) {
		pipe(b.Pipe)
		eachCommand(b.List, visit)
		eachCommand(b.ElseList, visit)
	}
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, child := range n.Nodes {
			eachCommand(child, visit)
		}
	case *parse.ActionNode:
		pipe(n.Pipe)
	case *parse.PipeNode:
		pipe(n)
	case *parse.TemplateNode:
		pipe(n.Pipe)
	case *parse.IfNode:
		branch(n.BranchNode)
	case *parse.RangeNode:
		branch(n.BranchNode)
	case *parse.WithNode:
		branch(n.BranchNode)
	}
}

// view is a page struct: one that embeds Page.
type view interface{ language() survey.Lang }

// render answers with a page. Nothing is sent before all of it is rendered.
func (s *Site) render(c *fiber.Ctx, status int, name string, page view) error {
	body, err := s.renderBytes(name, page)
	if err != nil {
		return err
	}
	c.Status(status).Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.Send(body)
}

// renderBytes returns a page.
func (s *Site) renderBytes(name string, page view) ([]byte, error) {
	set, ok := s.Views.sets[viewName(name, page.language())]
	if !ok {
		return nil, fmt.Errorf("no template %q", name)
	}
	var b bytes.Buffer
	err := set.ExecuteTemplate(&b, "base", page)
	return b.Bytes(), err
}
