package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// schoolListPage is the schools of a person's scope.
type schoolListPage struct {
	StaffPage
	Form    form
	Schools []schoolRow
	Total   int
	places  []option
}

// schoolRow is a school with where it lies.
type schoolRow struct {
	*survey.Unit
	Place  survey.Text
	Points int // in use
	Ended  bool
}

func (s *Server) schoolList(c *fiber.Ctx, who *signedIn) error {
	page := schoolListPage{StaffPage: s.staffPage(c, who, "school.list")}
	page.Form = form{values: page.query}
	catalog := s.Catalog()
	points := map[survey.UnitID]int{}
	for i := range catalog.Points {
		if !catalog.Points[i].Off {
			points[catalog.Points[i].Unit]++
		}
	}
	words := strings.Fields(survey.Fold(page.Form.Value("q")))
	level, place := survey.SchoolLevel(page.Form.Value("level")), survey.UnitID(page.Form.Value("unit"))
	places := map[survey.UnitID]bool{}
	walkUnits(catalog, s.today(), func(u *survey.Unit, _ int) {
		if u.Kind != survey.School || !who.Covers(catalog, u.ID, survey.Education) {
			return
		}
		row := schoolRow{Unit: u, Points: points[u.ID], Ended: !u.Valid.Contains(s.today())}
		if row.Ended && page.Form.Value("state") != "all" {
			return
		}
		page.Total++
		if parent := catalog.UnitOn(u.Parent, s.today()); parent != nil {
			row.Place = parent.Name
			if !places[parent.ID] {
				places[parent.ID] = true
				page.places = append(page.places, option{Value: string(parent.ID), Label: parent.Name.In(page.Lang)})
			}
		}
		if level != "" && !slices.Contains(u.Levels, level) || place != "" && !catalog.StandsFor(place, u.Parent, s.today()) || !holds(u, words) {
			return
		}
		page.Schools = append(page.Schools, row)
	})
	return s.render(c, fiber.StatusOK, "staff/schools", page)
}

// Places are the choices of the filter.
func (p schoolListPage) Places() []option {
	return append([]option{blank("school.any_place")}, p.places...)
}

// Levels are the choices of the filter.
func (schoolListPage) Levels() []option {
	return append([]option{blank("school.any_level")}, unitPage{}.Levels()...)
}

// States are the choices of the filter.
func (schoolListPage) States() []option {
	return []option{blank("school.running"), {Value: "all", Label: "school.ended_too"}}
}
