package campaigns

import (
	"slices"

	"hailong/survey"
	"hailong/survey/exchange"
	"hailong/survey/spreadsheet"
)

// populationTable is a table of populations with the columns that its header
// names, -1 where it names none.
type populationTable struct {
	find                     exchange.Finder
	unit, sector, population int
}

func newPopulationTable(find exchange.Finder, header []string) populationTable {
	column := func(names ...string) int {
		return slices.IndexFunc(header, func(cell string) bool { return slices.Contains(names, survey.Fold(cell)) })
	}
	return populationTable{
		find: find, unit: column("unit", "don vi", "don_vi"), sector: column("sector", "linh vuc", "linh_vuc"),
		population: column("population", "so luong", "so_luong", "tong the"),
	}
}

// shownProblems is how many problems of a list are told; the rest is counted.
const shownProblems = 20

// ReadPlanCells reads the cells of a plan for a campaign from a list whose first
// row names its columns: a table of populations by unit and sector, or a sampling
// frame, whose rows each count one. Rows of the same cell are added up. Units and
// sectors are named as in every list (see exchange.Finder). Of what cannot be read
// the first 20 rows are told.
func ReadPlanCells(catalog *survey.Catalog, campaign *survey.Campaign, rows []spreadsheet.Row) (cells []PlanCell, problems []survey.Message) {
	table := newPopulationTable(exchange.Finder{Catalog: catalog, Campaign: campaign}, rows[0].Cells)
	if table.unit < 0 {
		return nil, []survey.Message{{Key: "plan.no_unit_column"}}
	}
	type stratum struct {
		unit   survey.UnitID
		sector survey.SectorID
	}
	index := map[stratum]int{}
	for _, row := range rows[1:] {
		cell, problem := table.read(row)
		if problem != nil {
			problems = append(problems, *problem)
			continue
		}
		of := stratum{cell.Unit, cell.Sector}
		if at, seen := index[of]; seen {
			cells[at].Population += cell.Population
		} else {
			index[of] = len(cells)
			cells = append(cells, cell)
		}
	}
	if more := len(problems) - shownProblems; more > 0 {
		problems = append(problems[:shownProblems:shownProblems], survey.Message{Key: "plan.more_problems", Args: []any{more}})
	}
	return cells, problems
}

// read reads a row. Where no column gives populations, each row counts one.
func (t populationTable) read(row spreadsheet.Row) (PlanCell, *survey.Message) {
	value := func(column int) string {
		if column < 0 || column >= len(row.Cells) {
			return ""
		}
		return row.Cells[column]
	}
	problem := func(key string, column int) (PlanCell, *survey.Message) {
		return PlanCell{}, &survey.Message{Key: key, Args: []any{row.Number, value(column)}}
	}
	unit, wrong := t.find.Unit(value(t.unit))
	if wrong != nil {
		return problem("plan.row_unit", t.unit)
	}
	sector, wrong := t.find.Sector(value(t.sector))
	if wrong != nil {
		return problem("plan.row_sector", t.sector)
	}
	cell := PlanCell{Unit: unit, Sector: sector, Population: 1}
	if t.population >= 0 {
		if cell.Population = survey.WholeNumber(value(t.population)); cell.Population < 0 {
			return problem("plan.row_number", t.population)
		}
	}
	return cell, nil
}
