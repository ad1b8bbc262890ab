package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// unitListPage is the tree of units as of a day.
type unitListPage struct {
	StaffPage
	Form  form
	Units []unitRow
	On    survey.Date // "": of every time
	Total int         // before the search
}

// unitRow is a unit in its place in the tree.
type unitRow struct {
	*survey.Unit
	Depth      int
	Ended      bool // before the day of the list, or by now
	Schools    int  // directly below, not shown themselves
	Points     int  // in use
	Successors []survey.Text
}

func (s *Server) unitList(c *fiber.Ctx, who *signedIn) error {
	page := unitListPage{StaffPage: s.staffPage(c, who, "unit.list"), On: s.today()}
	page.Form = form{values: page.query}
	var wrong map[string]survey.Message
	switch on := page.Form.Value("on"); {
	case page.query.Has("all"):
		page.On = ""
	case on != "":
		day, err := survey.ParseDate(on)
		if err != nil {
			wrong = map[string]survey.Message{"on": {Key: "unit.bad_date"}}
			break
		}
		page.On = day
	}
	page.Form = formWith("q", page.Form.Value("q"), "on", string(page.On), "kind", page.Form.Value("kind"))
	page.Form.errors = wrong
	if page.On == "" {
		page.Form.values.Set("all", "1")
	}
	catalog := s.Catalog()
	points := map[survey.UnitID]int{}
	for i := range catalog.Points {
		if p := &catalog.Points[i]; !p.Off {
			if u := catalog.UnitOn(p.Unit, page.On); u != nil {
				points[u.ID]++
			}
		}
	}
	words, kind := strings.Fields(survey.Fold(page.Form.Value("q"))), survey.UnitKind(page.Form.Value("kind"))
	walkUnits(catalog, page.On, func(u *survey.Unit, depth int) {
		if u.Kind == survey.School || page.On != "" && !u.Valid.Contains(page.On) || !who.Covers(catalog, u.ID, "") {
			return
		}
		page.Total++
		if kind != "" && u.Kind != kind || !holds(u, words) {
			return
		}
		row := unitRow{Unit: u, Depth: depth, Ended: u.Valid.To != "" && u.Valid.To < s.today(), Points: points[u.ID]}
		for _, child := range catalog.ChildrenOn(u.ID, page.On) {
			if child.Kind == survey.School && (page.On == "" || child.Valid.Contains(page.On)) {
				row.Schools++
			}
		}
		row.Successors = unitNames(catalog, u.Successors)
		page.Units = append(page.Units, row)
	})
	return s.render(c, fiber.StatusOK, "staff/units", page)
}

// walkUnits visits the units from the top of the tree, those below one by kind
// and name. Units whose parent ended before a day lie below its successor.
func walkUnits(c *survey.Catalog, on survey.Date, visit func(u *survey.Unit, depth int)) {
	seen := map[survey.UnitID]bool{}
	var walk func(parent survey.UnitID, depth int)
	walk = func(parent survey.UnitID, depth int) {
		children := slices.Clone(c.ChildrenOn(parent, on))
		slices.SortStableFunc(children, func(a, b *survey.Unit) int {
			if d := slices.Index(survey.UnitKinds, a.Kind) - slices.Index(survey.UnitKinds, b.Kind); d != 0 {
				return d
			}
			return strings.Compare(survey.Fold(a.Name.In(survey.Vietnamese)), survey.Fold(b.Name.In(survey.Vietnamese)))
		})
		for _, u := range children {
			if !seen[u.ID] { // a ring in the data must not hang a page
				seen[u.ID] = true
				visit(u, depth)
				walk(u.ID, depth+1)
			}
		}
	}
	walk("", 0)
	for i := range c.Units { // whose parent is missing
		if u := &c.Units[i]; !seen[u.ID] && c.Unit(u.Parent) == nil {
			seen[u.ID] = true
			visit(u, 0)
			walk(u.ID, 1)
		}
	}
}

// holds reports whether all words stand in a unit's name or code.
func holds(u *survey.Unit, words []string) bool {
	text := survey.Fold(u.Name[survey.Vietnamese] + " " + u.Name[survey.English] + " " + u.Code)
	return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
}

// Kinds are the choices of the filter.
func (unitListPage) Kinds() []option {
	options := []option{blank("unit.any_kind")}
	for _, kind := range survey.UnitKinds {
		if kind != survey.School {
			options = append(options, option{Value: string(kind), Label: "unit.kind." + string(kind)})
		}
	}
	return options
}

// EveryTime is the address of the list with the units that have ended.
func (p unitListPage) EveryTime() string {
	return p.Link("/staff/units?" + url.Values{"q": {p.Form.Value("q")}, "kind": {p.Form.Value("kind")}, "all": {"1"}}.Encode())
}

// Indent is the class that shows the depth.
func (r unitRow) Indent() string { return "deep" + string(rune('0'+min(r.Depth, 4))) }
