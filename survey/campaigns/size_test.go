package campaigns

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"hailong/survey"
)

// anyPlan draws a plan that passes its Check: some units, with or without
// sectors.
func anyPlan(t *rapid.T) Plan {
	p := Plan{Size: PlanSize{
		Formula:    rapid.SampledFrom([]SizeFormula{Slovin, Cochran}).Draw(t, "formula"),
		Level:      rapid.SampledFrom([]PlanLevel{EachUnit, AllUnits}).Draw(t, "level"),
		Margin:     rapid.Float64Range(0.005, 0.3).Draw(t, "margin"),
		Confidence: rapid.Float64Range(0.8, 0.999).Draw(t, "confidence"),
		Minimum:    rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 10_000)).Draw(t, "minimum"),
		Reserve:    rapid.Float64Range(0, 1).Draw(t, "reserve"),
	}}
	for u := range rapid.IntRange(1, 6).Draw(t, "units") {
		for s := range rapid.IntRange(1, 4).Draw(t, "sectors") {
			p.Cells = append(p.Cells, PlanCell{
				Unit: survey.UnitID(rune('a' + u)), Sector: survey.SectorID(rune('a' + s)),
				Population: rapid.OneOf(rapid.IntRange(1, 50), rapid.IntRange(1, 200_000)).Draw(t, "population"),
			})
		}
	}
	return p
}

// required computes a plan of its own and returns it with the answers that each
// group of cells needs, and its population.
func required(t *rapid.T, p Plan) (_ Plan, answers, population map[survey.UnitID]int) {
	p.Cells = slices.Clone(p.Cells)
	if err := Require(&p); err != nil {
		t.Fatal(err)
	}
	answers, population = map[survey.UnitID]int{}, map[survey.UnitID]int{}
	for _, c := range p.Cells {
		group := c.Unit
		if p.Size.Level == AllUnits {
			group = ""
		}
		answers[group] += c.Required
		population[group] += c.Population
	}
	return p, answers, population
}

// No cell is asked for more than there are, none for less than the minimum, and
// the reserve is the share that was chosen or all that is left.
func TestRequirePossible(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, _, _ := required(t, anyPlan(t))
		for _, c := range p.Cells {
			least, left := min(p.Size.Minimum, c.Population), c.Population-c.Required
			if c.Required < least || left < 0 {
				t.Fatalf("%+v: %d to %d are possible", c, least, c.Population)
			}
			if share := p.Size.Reserve * float64(c.Required); c.Reserve > left || float64(c.Reserve) < math.Min(share, float64(left))-1e-6 || float64(c.Reserve) >= share+1 {
				t.Fatalf("%+v: the reserve is %v of %d, of %d left", c, p.Size.Reserve, c.Required, left)
			}
		}
	})
}

// What must reach the margin reaches it: by the definition of each formula, not
// by the way its size is computed.
func TestRequireReachesTheMargin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, answers, population := required(t, anyPlan(t))
		z := distuv.UnitNormal.Quantile(1 - (1-p.Size.Confidence)/2)
		for group, n := range answers {
			size, all := float64(n), float64(population[group])
			// Of all there is no error; of one there is no spread.
			if n == population[group] {
				continue
			}
			e := z * math.Sqrt(0.25/size*(all-size)/(all-1))
			if p.Size.Formula == Slovin {
				e = math.Sqrt(1/size - 1/all)
			}
			if e > p.Size.Margin*(1+1e-9) {
				t.Fatalf("%d of %d reach ±%v, wanted ±%v", n, population[group], e, p.Size.Margin)
			}
		}
	})
}

// More precision never takes fewer answers, and units one by one never fewer
// than all together. The order of the cells changes no total.
func TestRequireGrows(t *testing.T) {
	t.Parallel()
	total := func(t *rapid.T, p Plan) int {
		p, _, _ = required(t, p)
		return p.Required()
	}
	rapid.Check(t, func(t *rapid.T) {
		p := anyPlan(t)
		n := total(t, p)
		closer := p
		closer.Size.Margin = rapid.Float64Range(0.005, p.Size.Margin).Draw(t, "smaller margin")
		if m := total(t, closer); m < n {
			t.Fatalf("±%v takes %d, ±%v only %d", p.Size.Margin, n, closer.Size.Margin, m)
		}
		surer := p
		surer.Size.Confidence = rapid.Float64Range(p.Size.Confidence, 0.999).Draw(t, "higher confidence")
		if m := total(t, surer); m < n {
			t.Fatalf("confidence %v takes %d, %v only %d", p.Size.Confidence, n, surer.Size.Confidence, m)
		}
		each, whole := p, p
		each.Size.Level, whole.Size.Level = EachUnit, AllUnits
		if e, w := total(t, each), total(t, whole); e < w {
			t.Fatalf("each unit takes %d, all together %d", e, w)
		}
		backwards := p
		backwards.Cells = slices.Clone(p.Cells)
		slices.Reverse(backwards.Cells)
		if m := total(t, backwards); m != n {
			t.Fatalf("%d, and %d in another order", n, m)
		}
	})
}
