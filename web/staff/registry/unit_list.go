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
	staff.BasePage
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
	view := unitListPage{BasePage: h.NewPage(c, who, "unit.list")}
	view.On, view.Form = unitFilter(view.Query, h.Today())
	catalog := h.Catalog()
	points := pointsOfUnits(catalog, view.On)
	words, kind := strings.Fields(survey.Fold(view.Form.Value("q"))), survey.UnitKind(view.Form.Value("kind"))
	staff.WalkUnits(catalog, view.On, func(u *survey.Unit, depth int) {
		if u.Kind == survey.School || !view.holds(u) || !who.CoversUnit(catalog, u.ID) {
			return
		}
		view.Total++
		if kind != "" && u.Kind != kind || !matches(u, words) {
			return
		}
		row := unitRow{
			Unit: u, Depth: depth, Ended: u.Valid.To != "" && u.Valid.To < h.Today(), Points: points[u.ID],
			Successors: staff.UnitNames(catalog, u.Successors),
		}
		for _, child := range catalog.ChildrenOn(u.ID, view.On) {
			if child.Kind == survey.School && view.holds(child) {
				row.Schools++
			}
		}
		view.Units = append(view.Units, row)
	})
	return h.Render(c, fiber.StatusOK, "staff/units", view)
}

// unitFilter reads the date for which the list is asked, "" for units of every
// time, and the form of the filter. An invalid date is reported in the form,
// and the list shows today.
func unitFilter(query url.Values, today survey.Date) (survey.Date, page.Form) {
	on, wrong := today, survey.Fields{}
	if query.Has("all") {
		on = ""
	} else if text := strings.TrimSpace(query.Get("on")); text != "" {
		if day, err := survey.ParseDate(text); err == nil {
			on = day
		} else {
			wrong.Add("on", "unit.bad_date")
		}
	}
	typed := page.Form{Typed: query}
	form := page.FormWith("q", typed.Value("q"), "on", string(on), "kind", typed.Value("kind"))
	form.FieldErrors = wrong
	if on == "" {
		form.Typed.Set("all", "1")
	}
	return on, form
}

// pointsOfUnits counts the points in use of each unit as of a day.
func pointsOfUnits(catalog *survey.Catalog, on survey.Date) map[survey.UnitID]int {
	points := map[survey.UnitID]int{}
	for i := range catalog.Points {
		if p := &catalog.Points[i]; !p.Off {
			if u := catalog.UnitOn(p.Unit, on); u != nil {
				points[u.ID]++
			}
		}
	}
	return points
}

// holds reports whether a unit existed on the list's date. A list without a
// date holds every unit.
func (p unitListPage) holds(u *survey.Unit) bool { return p.On == "" || u.Valid.Contains(p.On) }

// matches reports whether all words stand in a unit's name or code.
func matches(u *survey.Unit, words []string) bool {
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
func (r unitRow) Indent() string { return "deep" + string(rune('0'+min(r.Depth, 4))) } //nolint:gosec // 0 to 4
