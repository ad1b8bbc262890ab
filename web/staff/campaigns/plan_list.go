package campaigns

import (
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/campaigns"
	"hailong/survey/exchange"
	"hailong/web/staff"
)

// planFile reads the list of a form's file, if there is one: a table of
// populations, or a sampling frame whose rows each count one.
func (h *Handlers) planFile(c *fiber.Ctx) (cells []campaigns.PlanCell, problems []survey.Message, given bool) {
	header, err := c.FormFile("list")
	if err != nil || header.Size == 0 {
		return nil, nil, false
	}
	file, err := header.Open()
	if err != nil {
		return nil, []survey.Message{{Key: "plan.unreadable"}}, true
	}
	content, err := io.ReadAll(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, []survey.Message{{Key: "plan.unreadable"}}, true
	}
	rows, err := exchange.ReadTable(header.Filename, content)
	if err != nil || len(rows) < 2 {
		return nil, []survey.Message{{Key: "plan.unreadable"}}, true
	}
	cells, problems = planCells(h.Catalog(), rows)
	return cells, problems, true
}

// populationTable is a table of populations with the columns that its header
// names, -1 where it names none.
type populationTable struct {
	catalog                  *survey.Catalog
	unit, sector, population int
}

func newPopulationTable(catalog *survey.Catalog, header []string) populationTable {
	column := func(names ...string) int {
		return slices.IndexFunc(header, func(cell string) bool { return slices.Contains(names, strings.ToLower(cell)) })
	}
	return populationTable{
		catalog: catalog, unit: column("unit", "đơn vị", "don_vi"), sector: column("sector", "lĩnh vực", "linh_vuc"),
		population: column("population", "số lượng", "so_luong", "tổng thể"),
	}
}

// shownProblems is how many problems of a list are shown; the rest is counted.
const shownProblems = 20

// planCells reads cells from a table whose header names its columns. Rows of
// the same cell are added up.
func planCells(catalog *survey.Catalog, rows []exchange.Row) (cells []campaigns.PlanCell, problems []survey.Message) {
	table := newPopulationTable(catalog, rows[0].Cells)
	if table.unit < 0 {
		return nil, []survey.Message{{Key: "plan.no_unit_column"}}
	}
	index := map[string]int{}
	for _, row := range rows[1:] {
		cell, problem := table.read(row)
		if problem != nil {
			problems = append(problems, *problem)
			continue
		}
		if at, seen := index[cellField(cell)]; seen {
			cells[at].Population += cell.Population
		} else {
			index[cellField(cell)] = len(cells)
			cells = append(cells, cell)
		}
	}
	if more := len(problems) - shownProblems; more > 0 {
		problems = append(problems[:shownProblems:shownProblems], survey.Message{Key: "plan.more_problems", Args: []any{more}})
	}
	return cells, problems
}

// read reads a row. Where no column gives populations, each row counts one.
func (t populationTable) read(row exchange.Row) (campaigns.PlanCell, *survey.Message) {
	value := func(column int) string {
		if column < 0 || column >= len(row.Cells) {
			return ""
		}
		return row.Cells[column]
	}
	problem := func(key string, column int) (campaigns.PlanCell, *survey.Message) {
		return campaigns.PlanCell{}, &survey.Message{Key: key, Args: []any{row.Number, value(column)}}
	}
	unit := findUnit(t.catalog, value(t.unit))
	if unit == nil {
		return problem("plan.row_unit", t.unit)
	}
	cell := campaigns.PlanCell{Unit: unit.ID, Population: 1}
	if name := value(t.sector); name != "" {
		sector := findSector(t.catalog, name)
		if sector == nil {
			return problem("plan.row_sector", t.sector)
		}
		cell.Sector = sector.ID
	}
	if t.population >= 0 {
		if cell.Population = staff.WholeNumber(value(t.population)); cell.Population < 0 {
			return problem("plan.row_number", t.population)
		}
	}
	return cell, nil
}

// findSector finds a sector by its id or its name.
func findSector(catalog *survey.Catalog, name string) *survey.Sector {
	for i := range catalog.Sectors {
		if s := &catalog.Sectors[i]; string(s.ID) == name || strings.EqualFold(s.Name[survey.Vietnamese], name) {
			return s
		}
	}
	return nil
}

// findUnit finds a unit by its id or, where only one unit has it, its name.
func findUnit(known *survey.Catalog, name string) *survey.Unit {
	if unit := known.Unit(survey.UnitID(name)); unit != nil {
		return unit
	}
	var found *survey.Unit
	for i := range known.Units {
		if u := &known.Units[i]; strings.EqualFold(u.Name[survey.Vietnamese], name) {
			if found != nil {
				return nil
			}
			found = u
		}
	}
	return found
}
