package registry

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/page"
	"hailong/web/staff"
)

// unitListPage is the tree of units as of a day.
type unitListPage struct {
	staff.StaffPage
	Form  page.Form
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

func (h *Handlers) unitList(c *fiber.Ctx, who *staff.SignedIn) error {
	view := unitListPage{StaffPage: h.StaffPage(c, who, "unit.list"), On: h.Today()}
	view.Form = page.Form{Typed: view.Query}
	var wrong map[string]survey.Message
	switch on := view.Form.Value("on"); {
	case view.Query.Has("all"):
		view.On = ""
	case on != "":
		day, err := survey.ParseDate(on)
		if err != nil {
			wrong = map[string]survey.Message{"on": {Key: "unit.bad_date"}}
			break
		}
		view.On = day
	}
	view.Form = page.FormWith("q", view.Form.Value("q"), "on", string(view.On), "kind", view.Form.Value("kind"))
	view.Form.FieldErrors = wrong
	if view.On == "" {
		view.Form.Typed.Set("all", "1")
	}
	catalog := h.Catalog()
	points := map[survey.UnitID]int{}
	for i := range catalog.Points {
		if p := &catalog.Points[i]; !p.Off {
			if u := catalog.UnitOn(p.Unit, view.On); u != nil {
				points[u.ID]++
			}
		}
	}
	words, kind := strings.Fields(survey.Fold(view.Form.Value("q"))), survey.UnitKind(view.Form.Value("kind"))
	staff.WalkUnits(catalog, view.On, func(u *survey.Unit, depth int) {
		if u.Kind == survey.School || view.On != "" && !u.Valid.Contains(view.On) || !who.Covers(catalog, u.ID, "") {
			return
		}
		view.Total++
		if kind != "" && u.Kind != kind || !holds(u, words) {
			return
		}
		row := unitRow{Unit: u, Depth: depth, Ended: u.Valid.To != "" && u.Valid.To < h.Today(), Points: points[u.ID]}
		for _, child := range catalog.ChildrenOn(u.ID, view.On) {
			if child.Kind == survey.School && (view.On == "" || child.Valid.Contains(view.On)) {
				row.Schools++
			}
		}
		row.Successors = staff.UnitNames(catalog, u.Successors)
		view.Units = append(view.Units, row)
	})
	return h.Render(c, fiber.StatusOK, "staff/units", view)
}

// holds reports whether all words stand in a unit's name or code.
func holds(u *survey.Unit, words []string) bool {
	text := survey.Fold(u.Name[survey.Vietnamese] + " " + u.Name[survey.English] + " " + u.Code)
	return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
}

// Kinds are the choices of the filter.
func (unitListPage) Kinds() []page.Choice {
	options := []page.Choice{staff.Blank("unit.any_kind")}
	for _, kind := range survey.UnitKinds {
		if kind != survey.School {
			options = append(options, page.Choice{Value: string(kind), Label: "unit.kind." + string(kind)})
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
