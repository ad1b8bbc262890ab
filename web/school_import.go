package web

import (
	"crypto/rand"
	"encoding/json"
	"errors"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/catalog"
)

// schoolImportPage reads a list of schools: first what it would change, then
// the change.
type schoolImportPage struct {
	StaffPage
	Form     form
	Plan     *survey.SchoolPlan // nil: no list was read yet
	Rows     string             // the list, for the form that carries it out
	Places   map[survey.UnitID]survey.Text
	Problems []survey.RowProblem
	Conflict *conflict
}

func (s *Server) schoolImport(c *fiber.Ctx, who *signedIn) error {
	return s.schoolImportShow(c, who, fiber.StatusOK, schoolImportPage{Form: formWith()})
}

func (s *Server) schoolImportShow(c *fiber.Ctx, who *signedIn, status int, page schoolImportPage) error {
	page.StaffPage = s.staffPage(c, who, "school.import", "/staff/schools", "school.list")
	page.path = "/staff/schools/import"
	if page.Plan != nil {
		page.Places = map[survey.UnitID]survey.Text{}
		for _, list := range [][]survey.Unit{page.Plan.New, page.Plan.Changed} {
			for _, u := range list {
				page.Places[u.Parent] = s.config.Catalog().Unit(u.Parent).Name
			}
		}
	}
	return s.render(c, status, "staff/school_import", page)
}

// schoolPreview reads an uploaded list and shows what it would change.
func (s *Server) schoolPreview(c *fiber.Ctx, who *signedIn) error {
	typed := formOf(c)
	_, content, kind, err := upload(c, "file", importLimit, textFile, workbookFile)
	name := map[fileKind]string{textFile: "list.csv", workbookFile: "list.xlsx"}[kind]
	var rows []survey.SchoolRow
	if err == nil {
		rows, err = catalog.ReadSchools(name, content)
	}
	if err != nil {
		f := failureOf(err, requestID(c))
		if f.Kind != survey.Invalid {
			return err
		}
		if typed.errors = f.Fields; typed.errors == nil {
			typed.errors = map[string]survey.Message{"file": f.Message}
		}
		return s.schoolImportShow(c, who, fiber.StatusUnprocessableEntity, schoolImportPage{Form: typed})
	}
	return s.schoolPlanShow(c, who, fiber.StatusOK, schoolImportPage{Form: typed}, rows)
}

// schoolPlanShow fills the page in with what a list would change.
func (s *Server) schoolPlanShow(c *fiber.Ctx, who *signedIn, status int, page schoolImportPage, rows []survey.SchoolRow) error {
	plan, problems, err := s.schoolPlan(who, page.Form, rows)
	if err != nil {
		return err
	}
	if page.Problems = problems; len(problems) > 0 {
		return s.schoolImportShow(c, who, fiber.StatusUnprocessableEntity, page)
	}
	kept, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	page.Plan, page.Rows = &plan, string(kept)
	return s.schoolImportShow(c, who, status, page)
}

// schoolPlan compares a list with the catalogue. A row about a place outside
// the person's scope is a problem like any other.
func (s *Server) schoolPlan(who *signedIn, typed form, rows []survey.SchoolRow) (survey.SchoolPlan, []survey.RowProblem, error) {
	c := s.config.Catalog()
	list := survey.SchoolList{Catalog: c, On: s.today(), Random: rand.Reader, KeepCommunePoints: typed.Value("keep") != ""}
	plan, problems, err := list.Plan(rows)
	if err != nil || len(problems) > 0 {
		return plan, problems, err
	}
	codes := map[string]int{}
	for _, row := range rows {
		codes[row.Code] = row.Row
	}
	for _, schools := range [][]survey.Unit{plan.New, plan.Changed} {
		for _, u := range schools {
			known := c.Unit(u.ID)
			if !who.Covers(c, u.Parent, survey.Education) || known != nil && !who.Covers(c, known.ID, survey.Education) {
				problems = append(problems, survey.RowProblem{Row: codes[u.Code], Column: "unit", Message: survey.Message{Key: "school.outside"}})
			}
		}
	}
	return plan, problems, nil
}

// schoolApply carries a list out that was seen before.
func (s *Server) schoolApply(c *fiber.Ctx, who *signedIn) error {
	typed := formOf(c)
	var rows []survey.SchoolRow
	if err := json.Unmarshal([]byte(typed.Raw("rows")), &rows); err != nil || len(rows) == 0 {
		return &survey.Error{Kind: survey.Invalid, Op: "import schools", Key: "school.file_unreadable", Err: err}
	}
	plan, problems, err := s.schoolPlan(who, typed, rows)
	if err != nil {
		return err
	}
	if len(problems) > 0 { // the catalogue has changed since
		return s.schoolImportShow(c, who, fiber.StatusUnprocessableEntity, schoolImportPage{Form: typed, Problems: problems})
	}
	err = plan.Apply(c.UserContext(), s.config.Intake.Store)
	if err != nil && survey.KindOf(err) == survey.Conflict {
		// Somebody edited one of the schools: show what the list would change now.
		if err := s.reload(c.UserContext()); err != nil {
			return err
		}
		return s.schoolPlanShow(c, who, fiber.StatusConflict, schoolImportPage{Form: typed, Conflict: &conflict{Reload: "/staff/schools/import"}}, rows)
	}
	if err != nil {
		return err
	}
	err = s.audit.Record(c.UserContext(), who.Actor(), "school.import", "schools", nil, plan)
	if err := errors.Join(err, s.reload(c.UserContext())); err != nil {
		return err
	}
	return s.done(c, "/staff/schools", "schools_imported")
}

// schoolsChanged is a list of the preview.
type schoolsChanged struct {
	Title   string
	Schools []survey.Unit
}

// Lists are the schools that would be made and changed.
func (p schoolImportPage) Lists() []schoolsChanged {
	return []schoolsChanged{{"school.new_ones", p.Plan.New}, {"school.changed_ones", p.Plan.Changed}}
}
