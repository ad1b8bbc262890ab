package registry

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/page"
	"hailong/web/staff"
)

// schoolListPage is the schools of a person's scope.
type schoolListPage struct {
	staff.BasePage
	Form    page.Form
	Schools []schoolRow
	Total   int
	places  []page.Choice
}

// schoolRow is a school with where it lies.
type schoolRow struct {
	*survey.Unit
	Place  survey.Text
	Points int // in use
	Ended  bool
}

func (h *Handlers) schoolList(c *fiber.Ctx, who *staff.SignedIn) error {
	view := schoolListPage{BasePage: h.NewPage(c, who, "school.list")}
	view.Form = page.Form{Typed: view.Query}
	catalog := h.Catalog()
	points := map[survey.UnitID]int{}
	for i := range catalog.Points {
		if !catalog.Points[i].Off {
			points[catalog.Points[i].Unit]++
		}
	}
	words := strings.Fields(survey.Fold(view.Form.Value("q")))
	level, place := survey.SchoolLevel(view.Form.Value("level")), survey.UnitID(view.Form.Value("unit"))
	places := map[survey.UnitID]bool{}
	staff.WalkUnits(catalog, h.Today(), func(u *survey.Unit, _ int) {
		if u.Kind != survey.School || !who.Covers(catalog, survey.OfUnit(u.ID).In(survey.Education)) {
			return
		}
		row := schoolRow{Unit: u, Points: points[u.ID], Ended: !u.Valid.Contains(h.Today())}
		if row.Ended && view.Form.Value("state") != "all" {
			return
		}
		view.Total++
		if parent := catalog.UnitOn(u.Parent, h.Today()); parent != nil {
			row.Place = parent.Name
			if !places[parent.ID] {
				places[parent.ID] = true
				view.places = append(view.places, page.Choice{Value: string(parent.ID), Label: parent.Name.In(view.Lang)})
			}
		}
		if level != "" && !slices.Contains(u.Levels, level) || place != "" && !catalog.StandsFor(place, u.Parent, h.Today()) || !matches(u, words) {
			return
		}
		view.Schools = append(view.Schools, row)
	})
	return h.Render(c, fiber.StatusOK, "staff/schools", view)
}

// Places are the choices of the filter.
func (p schoolListPage) Places() []page.Choice {
	return append([]page.Choice{staff.Blank("school.any_place")}, p.places...)
}

// Levels are the choices of the filter.
func (schoolListPage) Levels() []page.Choice {
	return append([]page.Choice{staff.Blank("school.any_level")}, unitPage{}.Levels()...)
}

// States are the choices of the filter.
func (schoolListPage) States() []page.Choice {
	return []page.Choice{staff.Blank("school.running"), {Value: "all", Label: "school.ended_too"}}
}
