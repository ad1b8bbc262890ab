package campaigns

import (
	"math"

	"hailong/analysis/sample"
	"hailong/survey"
)

// Require computes how many answers each cell of a plan needs and how many are
// drawn in reserve. With level EachUnit the sectors of a unit share the size
// that its whole population takes; with AllUnits all cells share one. Within
// it the spread is proportional to population, no cell below the minimum, and
// the size grows where the minimum asks for more. The plan must have passed its
// Check. The error is analysis.ErrBadRequest.
func Require(p *Plan) error {
	groups := map[survey.UnitID][]int{} // cells
	var order []survey.UnitID
	for i, c := range p.Cells {
		key := c.Unit
		if p.Size.Level == AllUnits {
			key = ""
		}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], i)
	}
	for _, key := range order {
		if err := require(p, groups[key]); err != nil {
			return err
		}
	}
	return nil
}

func require(p *Plan, cells []int) error {
	strata := make([]sample.Stratum, len(cells))
	population, least := 0, 0
	for k, i := range cells {
		strata[k].Size = p.Cells[i].Population
		population += p.Cells[i].Population
		least += min(p.Size.Minimum, p.Cells[i].Population)
	}
	request := sample.SizeRequest{Population: population, Margin: p.Size.Margin, Confidence: p.Size.Confidence}
	size, err := sample.CochranSize(request)
	if p.Size.Formula == Slovin {
		size, err = sample.SlovinSize(request)
	}
	if err != nil {
		return err
	}
	spread, err := sample.Allocate(max(size.Answers, least), strata, sample.Proportional, p.Size.Minimum)
	if err != nil {
		return err
	}
	for k, i := range cells {
		cell := &p.Cells[i]
		cell.Required = spread[k]
		reserve := int(math.Ceil(p.Size.Reserve*float64(spread[k]) - 1e-9))
		cell.Reserve = min(reserve, cell.Population-cell.Required)
	}
	return nil
}
