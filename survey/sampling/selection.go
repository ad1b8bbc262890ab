package sampling

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"hailong/analysis"
	"hailong/analysis/sample"
	"hailong/survey"
	"hailong/survey/campaigns"
)

// DrawRequest says how to draw from a list.
type DrawRequest struct {
	Method DrawMethod
	Seed   uint64
	// Each is how many rows to draw of each stratum; 0: as the plan says.
	Each int
}

// Check returns Invalid, at the field, if a request cannot be met: without a
// plan it must say how many rows of each stratum, and to draw by size the list
// must give sizes.
func (r DrawRequest) Check(plan *campaigns.Plan, sized bool) error {
	switch {
	case len(plan.Cells) == 0 && r.Each == 0:
		return survey.InvalidField("draw sample", "", "each", "sample.no_plan")
	case r.Method == DrawBySize && !sized:
		return survey.InvalidField("draw sample", "", "method", "sample.needs_size")
	}
	return nil
}

var drawMethods = map[DrawMethod]sample.SelectionMethod{
	DrawRandom: sample.SimpleRandom, DrawSystematic: sample.Systematic, DrawBySize: sample.ProportionalToSize,
}

// DrawSample draws from a list for a plan: of each cell of the plan as many rows
// as answers are required, and its reserve. A row belongs to the cell of its
// unit and sector, else to that of its unit, else to those of the units above.
// A cell with fewer rows than required is taken whole, and its reserve shrinks
// before its sample does. Rows outside every cell are problems.
//
// The order of strata is that of their first rows, and the draw is
// sample.Draw over all rows of the list, so that it can be repeated from the
// list, the seed and the numbers of each stratum. The error is
// analysis.ErrBadRequest.
func DrawSample(catalog *survey.Catalog, plan *campaigns.Plan, rows []FrameRow, r DrawRequest) (Drawing, []survey.RowProblem, error) {
	method, known := drawMethods[r.Method]
	if !known {
		return Drawing{}, nil, fmt.Errorf("draw by %q: %w", r.Method, analysis.ErrBadRequest)
	}
	frame := sample.Frame{Rows: len(rows), Stratum: make([]int, len(rows)), Size: make([]int, len(rows))}
	drawing := Drawing{Draw: Draw{Method: r.Method, Seed: strconv.FormatUint(r.Seed, 10), Listed: len(rows)}}
	var problems []survey.RowProblem
	at := map[string]int{}
	var reserves, drawable []int // by stratum
	for i, row := range rows {
		cell := cellFor(catalog, plan, row)
		if cell == nil && r.Each == 0 {
			problems = append(problems, survey.RowProblem{Row: row.Row, Column: "unit", Message: survey.Message{Key: "sample.not_planned"}})
			continue
		}
		if cell == nil {
			cell = &campaigns.PlanCell{Unit: row.Place.Unit, Sector: row.Sector}
		}
		name := StratumName(cell.Unit, cell.Sector)
		h, seen := at[name]
		if !seen {
			h = len(drawing.Draw.Strata)
			at[name] = h
			want, reserve := cell.Required, cell.Reserve
			if r.Each > 0 {
				want, reserve = r.Each, int(math.Ceil(plan.Size.Reserve*float64(r.Each)-1e-9))
			}
			drawing.Draw.Strata = append(drawing.Draw.Strata, DrawnStratum{Name: name, Unit: cell.Unit, Sector: cell.Sector, Wanted: want})
			reserves, drawable = append(reserves, reserve), append(drawable, 0)
		}
		frame.Stratum[i], frame.Size[i] = h, row.Size
		drawing.Draw.Strata[h].Listed++
		if r.Method != DrawBySize || row.Size > 0 {
			drawable[h]++
		}
	}
	if len(problems) > 0 {
		return Drawing{}, problems, nil
	}
	main, reserve := make([]int, len(drawable)), make([]int, len(drawable))
	for h := range drawing.Draw.Strata {
		stratum := &drawing.Draw.Strata[h]
		stratum.Main = min(stratum.Wanted, drawable[h])
		stratum.Reserve = min(reserves[h], drawable[h]-stratum.Main)
		main[h], reserve[h] = stratum.Main, stratum.Reserve
	}
	selection, err := sample.Draw(frame, method, main, reserve, r.Seed)
	if err != nil {
		return Drawing{}, nil, err
	}
	place := map[FrameList][]int{MainList: make([]int, len(main)), ReserveList: make([]int, len(main))}
	take := func(list FrameList, chosen []int) {
		for _, i := range chosen {
			h := frame.Stratum[i]
			place[list][h]++
			row := rows[i]
			row.List, row.Order, row.Stratum = list, place[list][h], drawing.Draw.Strata[h].Name
			row.Probability = selection.Probability[i]
			drawing.Rows = append(drawing.Rows, row)
		}
	}
	take(MainList, selection.Sample)
	take(ReserveList, selection.Reserve)
	return drawing, nil, nil
}

// cellFor is the cell of a plan that a row belongs to, nil where it is in none.
func cellFor(catalog *survey.Catalog, plan *campaigns.Plan, row FrameRow) *campaigns.PlanCell {
	find := func(unit survey.UnitID, sector survey.SectorID) *campaigns.PlanCell {
		i := slices.IndexFunc(plan.Cells, func(c campaigns.PlanCell) bool { return c.Unit == unit && c.Sector == sector })
		if i < 0 {
			return nil
		}
		return &plan.Cells[i]
	}
	const depth = 32 // a ring in the data must not hang
	unit := row.Place.Unit
	for range depth {
		if cell := find(unit, row.Sector); cell != nil {
			return cell
		}
		if cell := find(unit, ""); cell != nil {
			return cell
		}
		u := catalog.Unit(unit)
		if u == nil || u.Parent == "" {
			return nil
		}
		unit = u.Parent
	}
	return nil
}

// TakeDrawn makes a drawing of a list that was drawn elsewhere. Strata are as
// the list names them, and otherwise units and sectors; rows without a place
// in their stratum take that of the list.
func TakeDrawn(rows []FrameRow) Drawing {
	drawing := Drawing{Draw: Draw{Method: DrawElsewhere, Listed: len(rows)}}
	at := map[string]int{}
	for _, row := range rows {
		name := row.Stratum
		if name == "" {
			name = StratumName(row.Place.Unit, row.Sector)
		}
		h, seen := at[name]
		if !seen {
			h = len(drawing.Draw.Strata)
			at[name] = h
			stratum := DrawnStratum{Name: name}
			if row.Stratum == "" {
				stratum.Unit, stratum.Sector = row.Place.Unit, row.Sector
			}
			drawing.Draw.Strata = append(drawing.Draw.Strata, stratum)
		}
		stratum := &drawing.Draw.Strata[h]
		stratum.Listed++
		row.Stratum = name
		switch row.List {
		case NotDrawn:
			continue
		case MainList:
			stratum.Main++
			if row.Order == 0 {
				row.Order = stratum.Main
			}
		case ReserveList:
			stratum.Reserve++
			if row.Order == 0 {
				row.Order = stratum.Reserve
			}
		}
		drawing.Rows = append(drawing.Rows, row)
	}
	return drawing
}
