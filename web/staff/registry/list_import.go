package registry

import (
	"context"
	"crypto/rand"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/registry"
	"hailong/web/page"
	"hailong/web/staff"
)

// listImport is a list of the catalogue that an office brings as a file:
// schools, units, sectors. It is shown first what the list would change; one bad
// row and nothing is.
type listImport struct {
	kind    string   // what keys begin with: "unit" for "unit.import", "unit.import.text", "unit.column.name", "done.unit_imported"
	path    string   // of the list that it goes into
	list    string   // key of that list's title
	columns []string // explained by "unit.import.COLUMN"
	keep    string   // key of the one box beside the file; empty: none
	plan    func(context.Context, *staff.SignedIn, page.Form, page.ListFile) (importPlan, []survey.RowProblem, error)
}

// importPlan is what a list would change, and the change.
type importPlan struct {
	Facts []survey.Message
	Lists []importedList
	apply func(context.Context, survey.Actor) error
}

// importedList is a table of what would be made or changed.
type importedList struct {
	Title string
	Head  []string // keys
	Rows  [][]string
}

// importPage shows the form, what is wrong with a list, or what it would change.
type importPage struct {
	staff.BasePage
	page.ListPage
	Import   listImport
	Plan     importPlan
	Conflict *staff.Conflict // somebody changed one of them meanwhile
}

// Explained are the keys that explain the columns.
func (p importPage) Explained() []string {
	var keys []string
	for _, column := range p.Import.columns {
		keys = append(keys, p.Import.kind+".import."+column)
	}
	return keys
}

// Text is the key of what the file must be.
func (p importPage) Text() string { return p.Import.kind + ".import.text" }

// Keep is the key of the box beside the file.
func (p importPage) Keep() string { return p.Import.keep }

// Path is where the file is sent to.
func (p importPage) Path() string { return p.Import.path + "/import" }

// List is the page that the list goes into.
func (p importPage) List() string { return p.Import.path }

func (h *Handlers) listShow(l listImport) staff.Handler {
	return func(c *fiber.Ctx, who *staff.SignedIn) error {
		return h.listPage(l, c, who, fiber.StatusOK, importPage{ListPage: page.ListPage{Form: page.FormWith()}})
	}
}

func (h *Handlers) listPage(l listImport, c *fiber.Ctx, who *staff.SignedIn, status int, page importPage) error {
	page.BasePage = h.NewPage(c, who, l.kind+".import", l.path, l.list)
	page.URLPath = l.path + "/import"
	page.Import, page.Columns = l, l.kind+".column."
	return h.Render(c, status, "staff/list_import", page)
}

func (h *Handlers) listPreview(l listImport) staff.Handler {
	return func(c *fiber.Ctx, who *staff.SignedIn) error {
		return h.listPreviewWith(l, c, who, fiber.StatusOK, importPage{ListPage: page.ListPage{Form: page.FormOf(c)}})
	}
}

func (h *Handlers) listPreviewWith(l listImport, c *fiber.Ctx, who *staff.SignedIn, status int, view importPage) error {
	typed := view.Form
	file, err := page.ListOf(c, typed)
	if err == nil {
		view.Plan, view.Problems, err = l.plan(c.UserContext(), who, typed, file)
	}
	if err != nil {
		wrong, ok := typed.FileWrong(err)
		if !ok {
			return err
		}
		view.Form = wrong
	}
	if err != nil || len(view.Problems) > 0 {
		return h.listPage(l, c, who, fiber.StatusUnprocessableEntity, view)
	}
	view.Kept = &file
	return h.listPage(l, c, who, status, view)
}

// listApply carries a list out that was seen before.
func (h *Handlers) listApply(l listImport) staff.Handler {
	return func(c *fiber.Ctx, who *staff.SignedIn) error { return h.applyList(l, c, who) }
}

func (h *Handlers) applyList(l listImport, c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
	file, err := page.ListOf(c, typed)
	if err != nil {
		return h.listPreviewWith(l, c, who, fiber.StatusUnprocessableEntity, importPage{ListPage: page.ListPage{Form: typed}})
	}
	plan, problems, err := l.plan(c.UserContext(), who, typed, file)
	if err != nil || len(problems) > 0 { // the catalogue has changed since
		return h.listPreviewWith(l, c, who, fiber.StatusUnprocessableEntity, importPage{ListPage: page.ListPage{Form: typed}})
	}
	err = plan.apply(c.UserContext(), who.Actor())
	if reloaded := h.Reload(c.UserContext()); reloaded != nil && err == nil {
		err = reloaded
	}
	if survey.Is(err, survey.Conflict) { // somebody changed one of them: see anew what is left to do
		return h.listPreviewWith(l, c, who, fiber.StatusConflict, importPage{ListPage: page.ListPage{Form: typed}, Conflict: &staff.Conflict{Reload: l.path + "/import"}})
	}
	if err != nil {
		return err
	}
	return h.Done(c, l.path, l.kind+"_imported")
}

func (h *Handlers) schoolImport() listImport {
	return listImport{
		kind: "school", path: "/staff/schools", list: "school.list", columns: []string{"name", "level", "unit", "code"}, keep: "school.keep",
		plan: h.planSchools,
	}
}

func (h *Handlers) unitImport() listImport {
	return listImport{
		kind: "unit", path: "/staff/units", list: "unit.list", columns: []string{"name", "kind", "parent", "code", "from"}, plan: h.planUnits,
	}
}

func (h *Handlers) sectorImport() listImport {
	return listImport{
		kind: "sector", path: "/staff/sectors", list: "sector.list", columns: []string{"name", "group", "short"}, plan: h.planSectors,
	}
}

// planSchools compares a list with the catalogue. A row about a place outside
// the person's scope is a problem like any other.
func (h *Handlers) planSchools(ctx context.Context, who *staff.SignedIn, typed page.Form, file page.ListFile) (importPlan, []survey.RowProblem, error) {
	rows, err := registry.ReadSchools(ctx, file.Readable(), file.Content)
	if err != nil {
		return importPlan{}, nil, err
	}
	known := h.Catalog()
	list := registry.SchoolList{Catalog: known, On: h.Today(), Random: rand.Reader, KeepCommunePoints: typed.Value("keep") != ""}
	plan, problems, err := list.Plan(rows)
	if err != nil || len(problems) > 0 {
		return importPlan{}, problems, err
	}
	lines := map[string]int{}
	for _, row := range rows {
		lines[row.Code] = row.Row
	}
	for _, schools := range [][]survey.Unit{plan.New, plan.Changed} {
		for _, u := range schools {
			if !h.mayChange(who, &u) {
				problems = append(problems, survey.RowProblem{Row: lines[u.Code], Column: "unit", Message: survey.Message{Key: "school.outside"}})
			}
		}
	}
	lang := survey.Vietnamese
	table := func(title string, schools []survey.Unit) importedList {
		t := importedList{Title: title, Head: []string{"unit.name", "school.code", "school.levels", "school.place"}}
		for _, u := range schools {
			t.Rows = append(t.Rows, []string{u.Name.In(lang), u.Code, h.levelWords(u.Levels), known.Unit(u.Parent).Name.In(lang)})
		}
		return t
	}
	return importPlan{
		Facts: []survey.Message{
			{Key: "school.plan", Args: []any{len(plan.New), len(plan.Changed), len(plan.Same)}},
			{Key: "school.plan_points", Args: []any{len(plan.Points), len(plan.Off)}},
		},
		Lists: []importedList{table("school.new_ones", plan.New), table("school.changed_ones", plan.Changed)},
		apply: func(ctx context.Context, actor survey.Actor) error { return plan.Apply(ctx, h.editor.Changes, actor) },
	}, problems, nil
}

// mayChange reports whether a unit, as it is and as it is to be, lies in the
// person's scope. A parent that the list itself adds is judged by its own row.
func (h *Handlers) mayChange(who *staff.SignedIn, u *survey.Unit) bool {
	known := h.Catalog()
	covers := func(id survey.UnitID) bool {
		extent := survey.OfUnit(id)
		if u.Kind == survey.School {
			extent = extent.In(survey.Education)
		}
		return who.Covers(known, extent)
	}
	added := u.Parent != "" && known.Unit(u.Parent) == nil
	return (added || covers(u.Parent)) && (known.Unit(u.ID) == nil || covers(u.ID))
}

// planUnits is planSchools for the other units.
func (h *Handlers) planUnits(ctx context.Context, who *staff.SignedIn, _ page.Form, file page.ListFile) (importPlan, []survey.RowProblem, error) {
	rows, err := registry.ReadUnits(ctx, file.Readable(), file.Content)
	if err != nil {
		return importPlan{}, nil, err
	}
	editor := h.editor
	plan, problems := editor.PlanUnits(rows)
	lines := map[string]int{}
	for _, row := range rows {
		lines[survey.Fold(row.Name)] = row.Row
	}
	for _, units := range [][]survey.Unit{plan.New, plan.Changed} {
		for _, u := range units {
			if !h.mayChange(who, &u) {
				problems = append(problems, survey.RowProblem{Row: lines[survey.Fold(u.Name.In(survey.Vietnamese))], Column: "parent", Message: survey.Message{Key: "sample.outside"}})
			}
		}
	}
	places := map[survey.UnitID]string{}
	for _, u := range plan.New { // a place may be new itself
		places[u.ID] = u.Name.In(survey.Vietnamese)
	}
	table := func(title string, units []survey.Unit) importedList {
		t := importedList{Title: title, Head: []string{"unit.name", "unit.kind", "unit.code", "unit.parent"}}
		for _, u := range units {
			place := places[u.Parent]
			if parent := h.Catalog().Unit(u.Parent); parent != nil {
				place = parent.Name.In(survey.Vietnamese)
			}
			t.Rows = append(t.Rows, []string{u.Name.In(survey.Vietnamese), "unit.one." + string(u.Kind), u.Code, place})
		}
		return t
	}
	return importPlan{
		Facts: []survey.Message{{Key: "unit.plan", Args: []any{len(plan.New), len(plan.Changed), len(plan.Same)}}},
		Lists: []importedList{table("unit.new_ones", plan.New), table("unit.changed_ones", plan.Changed)},
		apply: func(ctx context.Context, actor survey.Actor) error { return editor.ApplyUnits(ctx, actor, plan) },
	}, problems, nil
}

// planSectors is planUnits for sectors.
func (h *Handlers) planSectors(ctx context.Context, who *staff.SignedIn, _ page.Form, file page.ListFile) (importPlan, []survey.RowProblem, error) {
	if !who.CoversFamily(survey.Procedures) { // as on the page of a sector
		return importPlan{}, nil, survey.NewError(survey.Forbidden, "import sectors", nil)
	}
	rows, err := registry.ReadSectors(ctx, file.Readable(), file.Content)
	if err != nil {
		return importPlan{}, nil, err
	}
	editor := h.editor
	plan, problems := editor.PlanSectors(rows)
	table := func(title string, sectors []survey.Sector) importedList {
		t := importedList{Title: title, Head: []string{"unit.name", "sector.group", "sector.short"}}
		for _, sector := range sectors {
			group, short := "", ""
			if sector.Group != "" {
				group = "sector_group." + string(sector.Group)
			}
			if sector.Short {
				short = "sector.is_short"
			}
			t.Rows = append(t.Rows, []string{sector.Name.In(survey.Vietnamese), group, short})
		}
		return t
	}
	return importPlan{
		Facts: []survey.Message{{Key: "sector.plan", Args: []any{len(plan.New), len(plan.Changed), len(plan.Same)}}},
		Lists: []importedList{table("sector.new_ones", plan.New), table("sector.changed_ones", plan.Changed)},
		apply: func(ctx context.Context, actor survey.Actor) error { return editor.ApplySectors(ctx, actor, plan) },
	}, problems, nil
}

// levelWords are the levels of a school in the words of lists.
func (h *Handlers) levelWords(levels []survey.SchoolLevel) string {
	l := h.Views.Locales[survey.Vietnamese]
	words := ""
	for i, level := range levels {
		if i > 0 {
			words += ", "
		}
		words += l.T("school_level." + string(level))
	}
	return words
}
