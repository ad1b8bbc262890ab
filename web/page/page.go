package page

import (
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// Site is what every page needs of the server.
type Site struct {
	Catalog   func() *survey.Catalog // as of now; never nil
	Now       func() time.Time
	Log       *slog.Logger
	PublicURL string // "https://hailong.example.vn"; empty: the address a request came to
	Demo      bool   // every page says that the data are invented
	LAN       bool   // every page says that this is a trial in a local network
	Views     *Views
	Assets    *Assets
	Rates     Rates
	Proxies   Proxies

	// UntrustedProxy is set once somebody who is not of Proxies sent X-Forwarded headers.
	UntrustedProxy atomic.Bool
}

// View is how a person wants to see pages. It travels in the query of every
// link and not in a cookie, so that nothing is kept on the device.
type View struct {
	Lang     survey.Lang
	Zoom     int  // steps of text size, 0 the browser's own
	Contrast bool // the strongest contrast, whatever the device's theme

	spelled bool // addresses name the language, also where it is the usual one
}

const minZoom, maxZoom = -1, 3

// ViewOf reads the view from the query; whatever is not known is passed over.
func ViewOf(c *fiber.Ctx) View {
	v := View{Lang: Languages[0]}
	query := c.Context().QueryArgs()
	if query.Len() == 0 {
		return v
	}
	v.Lang = LangOf(string(query.Peek("lang")))
	if n, err := strconv.Atoi(string(query.Peek("zoom"))); err == nil {
		v.Zoom = min(max(n, minZoom), maxZoom)
	}
	v.Contrast = string(query.Peek("contrast")) == "high"
	return v
}

// LangOf returns the language with a code, Vietnamese where there is none.
func LangOf(code string) survey.Lang {
	for _, l := range Languages {
		if code == string(l) {
			return l
		}
	}
	return Languages[0]
}

// Offered are the languages that a campaign's forms are shown in, the first by
// default.
func Offered(k *survey.Campaign) []survey.Lang {
	langs := slices.DeleteFunc(slices.Clone(k.Langs), func(l survey.Lang) bool { return !slices.Contains(Languages, l) })
	if len(langs) == 0 {
		return Languages
	}
	return langs
}

// ViewFor is viewOf for a form that a campaign asks: in the language of the
// query if the campaign offers it, and otherwise in the campaign's first.
func ViewFor(c *fiber.Ctx, k *survey.Campaign) View {
	return ViewOf(c).Within(k, survey.Lang(c.Context().QueryArgs().Peek("lang")))
}

// Within is the view in a language if a campaign offers it, and otherwise in the
// campaign's first.
func (v View) Within(k *survey.Campaign, lang survey.Lang) View {
	langs := Offered(k)
	v.Lang, v.spelled = langs[0], langs[0] != Languages[0]
	if slices.Contains(langs, lang) {
		v.Lang = lang
	}
	return v
}

// Set writes the view into a query, leaving out what is as usual.
func (v View) Set(query url.Values) {
	query.Del("lang")
	query.Del("zoom")
	query.Del("contrast")
	if v.Lang != Languages[0] || v.spelled {
		query.Set("lang", string(v.Lang))
	}
	if v.Zoom != 0 {
		query.Set("zoom", strconv.Itoa(v.Zoom))
	}
	if v.Contrast {
		query.Set("contrast", "high")
	}
}

// Class is the class of the root element.
func (v View) Class() string {
	var classes []string
	if v.Zoom != 0 {
		classes = append(classes, "z"+strconv.Itoa(v.Zoom))
	}
	if v.Contrast {
		classes = append(classes, "contrast")
	}
	return strings.Join(classes, " ")
}

// Page is what every page knows; page structs embed it.
type Page struct {
	View
	Demo    bool
	LAN     bool
	URLPath string
	Query   url.Values
	Langs   []survey.Lang // that the page is there in; nil: all
}

// Offers reports whether the page is there in a language.
func (p Page) Offers(lang string) bool {
	return p.Langs == nil || slices.Contains(p.Langs, survey.Lang(lang))
}

// Page returns what every page knows of a request.
func (s *Site) Page(c *fiber.Ctx) Page {
	p := Page{View: ViewOf(c), Demo: s.Demo, LAN: s.LAN, URLPath: string(append([]byte(nil), c.Path()...)), Query: url.Values{}}
	if !strings.HasPrefix(p.URLPath, "/") || strings.HasPrefix(p.URLPath, "//") {
		p.URLPath = "/" // must not lead to another host
	}
	if c.Method() == fiber.MethodGet {
		for k, v := range c.Context().QueryArgs().All() {
			p.Query.Add(string(k), string(v))
		}
	}
	return p
}

func (p Page) language() survey.Lang { return p.Lang }

// Link returns a path of this server with the view kept.
func (p Page) Link(path string) string {
	path, rest, _ := strings.Cut(path, "?")
	query, err := url.ParseQuery(rest)
	if err != nil {
		query = url.Values{}
	}
	return p.View.address(path, query)
}

// with returns the address of this page in another view.
func (p Page) with(v View) string {
	query := url.Values{}
	for k, values := range p.Query {
		query[k] = values
	}
	return v.address(p.URLPath, query)
}

func (v View) address(path string, query url.Values) string {
	v.Set(query)
	u := url.URL{Path: path, RawQuery: query.Encode()}
	return u.String()
}

// InLang is this page in a language.
func (p Page) InLang(lang survey.Lang) string {
	v := p.View
	v.Lang = lang
	return p.with(v)
}

// Zoomed is this page with the text one step larger or smaller, or as usual
// for 0.
func (p Page) Zoomed(step int) string {
	v := p.View
	if step == 0 {
		v.Zoom = 0
	} else {
		v.Zoom = min(max(v.Zoom+step, minZoom), maxZoom)
	}
	return p.with(v)
}

// Contrasted is this page with strong contrast switched over.
func (p Page) Contrasted() string {
	v := p.View
	v.Contrast = !v.Contrast
	return p.with(v)
}

// HandsOut is the error of a server that does not know its public address, and so not
// where a code, a slip or an invitation would lead whoever gets it: Conflict. A
// demonstration and a trial in a local network hand them out, marked as such.
func (s *Site) HandsOut() error {
	if s.PublicURL == "" && !s.Demo && !s.LAN {
		return &survey.Error{Kind: survey.Conflict, Op: "hand out an address", Key: "public_url.none"}
	}
	return nil
}

// BaseURL is the address that codes lead to.
func (s *Site) BaseURL(c *fiber.Ctx) string {
	if s.PublicURL != "" {
		return s.PublicURL
	}
	return strings.Clone(c.BaseURL())
}

// Today is the day in Viet Nam.
func (s *Site) Today() survey.Date { return survey.DateOf(s.Now()) }

// AsQuery is one pair of a query.
func AsQuery(name, value string) string { return url.Values{name: {value}}.Encode() }
