package page

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"path"
	"strings"
	"text/template/parse"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/sync/errgroup"

	"hailong/survey"
)

//go:embed templates/*.html
var templates embed.FS

// Room is the templates of one package, below "templates" in its files. A file
// whose name begins with "_" is shared: by every page of staff if it is of
// staff, by every page there is if it is this package's.
type Room struct {
	Files fs.FS
	Staff bool // its pages stand in the frame of staff and are named "staff/NAME"
}

// own is what this package shares with every other one.
func own() Room { return Room{Files: templates} }

// Views are the pages: one template set for each page and language, so that a
// translated sentence is looked up in one language and a fault shows when the
// server starts.
//
// They are not given to Fiber as its view engine: its Render makes a list on
// first use without a lock, and two first visitors at once would fail.
type Views struct {
	Locales map[survey.Lang]*Locale
	Assets  *Assets
	sets    map[string]*template.Template // by "page.lang"
}

// LoadViews parses the pages of all rooms, and those of this package, in every
// language.
func LoadViews(locales map[survey.Lang]*Locale, assets *Assets, rooms ...Room) (*Views, error) {
	v := &Views{Locales: locales, Assets: assets, sets: map[string]*template.Template{}}
	sets := make([]map[string]*template.Template, len(Languages))
	var each errgroup.Group // a start must not keep anybody waiting
	for i, lang := range Languages {
		each.Go(func() (err error) {
			sets[i], err = v.parse(v.Locales[lang], append([]Room{own()}, rooms...))
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
func (v *Views) parse(l *Locale, rooms []Room) (map[string]*template.Template, error) {
	frame, err := template.New("frame").Funcs(v.functions(l)).ParseFS(templates, sharedFiles)
	if err != nil {
		return nil, err
	}
	staff, err := staffFrame(frame, rooms)
	if err != nil {
		return nil, err
	}
	sets := map[string]*template.Template{}
	for _, room := range rooms {
		files, err := fs.Glob(room.Files, pageFiles)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			name, in := strings.TrimSuffix(path.Base(file), ".html"), frame
			if room.Staff {
				name, in = "staff/"+name, staff
			}
			if sets[viewName(name, l.Lang)] != nil {
				return nil, fmt.Errorf("two templates are named %s", name)
			}
			set, err := parsePage(in, room.Files, file, l)
			if err != nil {
				return nil, fmt.Errorf("template %s: %w", name, err)
			}
			sets[viewName(name, l.Lang)] = set
		}
	}
	return sets, nil
}

// staffFrame returns the frame of staff's pages: that of all pages with what
// the rooms of staff share.
func staffFrame(frame *template.Template, rooms []Room) (*template.Template, error) {
	staff, err := frame.Clone()
	if err != nil {
		return nil, err
	}
	for _, room := range rooms {
		if shared, err := fs.Glob(room.Files, sharedFiles); err != nil {
			return nil, err
		} else if !room.Staff || len(shared) == 0 {
			continue
		}
		if staff, err = staff.ParseFS(room.Files, sharedFiles); err != nil {
			return nil, err
		}
	}
	return staff, nil
}

// The files of a room.
const (
	sharedFiles = "templates/_*.html"
	pageFiles   = "templates/[a-z]*.html"
)

// parsePage returns a page in its frame.
func parsePage(frame *template.Template, files fs.FS, file string, l *Locale) (*template.Template, error) {
	set, err := frame.Clone()
	if err != nil {
		return nil, err
	}
	if set, err = set.ParseFS(files, file); err != nil {
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

func (v *Views) functions(l *Locale) template.FuncMap {
	return template.FuncMap{
		"t":             l.T,
		"tm":            func(m survey.Message) string { return l.T(m.Key, m.Args...) },
		"text":          func(t survey.Text) string { return t.In(l.Lang) },
		"num":           l.Num,
		"percent":       l.Percent,
		"whole_percent": l.WholePercent,
		"date":          l.Date,
		"moment":        l.Moment,
		"hint":          l.hint,
		"lang":          func() string { return string(l.Lang) },
		"asset":         v.Assets.url,
		"add":           func(a, b int) int { return a + b },
	}
}

// checkKeys finds {{t "key"}} whose key has no sentence, or whose sentence has
// plural forms and no number to choose by.
func checkKeys(set *template.Template, l *Locale) error {
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
			sentence, known := l.Messages[key.Text]
			if !known {
				faults = errors.Join(faults, fmt.Errorf("locale/%s.json has no %q", l.Lang, key.Text))
				return
			}
			if args := c.Args[2:]; sentence.Plural() && (sentence.Count >= len(args) || args[sentence.Count].Type() == parse.NodeString) {
				faults = errors.Join(faults, fmt.Errorf("%q has plural forms in %q and gets no number to choose by", key.Text, l.Lang))
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

// Localised is a page struct: one that embeds Page.
type Localised interface{ language() survey.Lang }

// Render answers with a page. Nothing is sent before all of it is rendered.
func (s *Site) Render(c *fiber.Ctx, status int, name string, page Localised) error {
	body, err := s.RenderBytes(name, page)
	if err != nil {
		return err
	}
	c.Status(status).Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.Send(body)
}

// RenderBytes returns a page.
func (s *Site) RenderBytes(name string, page Localised) ([]byte, error) {
	set, ok := s.Views.sets[viewName(name, page.language())]
	if !ok {
		return nil, fmt.Errorf("no template %q", name)
	}
	var b bytes.Buffer
	err := set.ExecuteTemplate(&b, "base", page)
	return b.Bytes(), err
}
