package estimation

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"hailong/analysis"
)

// The two roads to a rate, by row and by tabulated cells, agree for any design.
func TestRatioAgreesWithEstimate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(4, 60).Draw(r, "n")
		c, err := analysis.NewColumns(analysis.Schema{Items: []analysis.Question{{Name: "q1", Codes: 5}, {Name: "q2", Codes: 5}}, Domains: []string{"unit", "stratum", "cluster"}, Measures: []string{"weight", "fpc"}})
		if err != nil {
			r.Fatal(err)
		}
		for range n {
			code := rapid.Uint8Range(0, 5)
			stratum := rapid.Uint32Range(0, 2).Draw(r, "stratum")
			err := c.Append([]uint8{code.Draw(r, "q1"), code.Draw(r, "q2")},
				[]uint32{rapid.Uint32Range(0, 2).Draw(r, "unit"), stratum, rapid.Uint32Range(0, 5).Draw(r, "cluster")},
				[]float64{float64(rapid.IntRange(0, 8).Draw(r, "weight")) / 2, float64(60 + 10*stratum)})
			if err != nil {
				r.Fatal(err)
			}
		}
		s := c.Snapshot()
		design := Design{Lonely: LonelyAdjust}
		if rapid.Bool().Draw(r, "strata") {
			design.Strata = s.Domain(1)
		}
		if rapid.Bool().Draw(r, "clusters") {
			design.Cluster = s.Domain(2)
		}
		if rapid.Bool().Draw(r, "weights") {
			design.Weight = s.Measure(0)
		}
		if design.Strata != nil && rapid.Bool().Draw(r, "finite") {
			design.FPC = s.Measure(1)
		}
		e, err := Estimate(s, Estimation{Items: []int{0, 1}, Satisfied: []int{4, 5}, By: []int{0}, Design: design, Confidence: 0.95})
		if err != nil {
			r.Fatal(err)
		}
		check := func(what string, d DomainFigures, in func(row int) bool) {
			same := func(name string, got, want float64) {
				if !(math.Abs(got-want) <= 1e-9) && !(math.IsNaN(got) && math.IsNaN(want)) {
					r.Fatalf("%s: %s by row %v, tabulated %v", what, name, got, want)
				}
			}
			x, y, answers, points := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
			for row := range n {
				if !in(row) {
					continue
				}
				for j := range 2 {
					if code := s.Item(j)[row]; code > 0 {
						satisfied := 0.0
						if code >= 4 {
							satisfied = 1
						}
						answers[row]++
						points[row] += satisfied
						if j == 0 {
							x[row], y[row] = 1, satisfied
						}
					}
				}
			}
			item, err := design.Ratio(y, x, nil)
			if err != nil {
				r.Fatal(err)
			}
			same("rate", item.Rate, d.Items[0].Rate)
			same("se", item.SE, d.Items[0].SE)
			index, err := design.Ratio(points, answers, nil)
			if err != nil {
				r.Fatal(err)
			}
			same("index", index.Rate, d.Index.Rate)
			same("se of index", index.SE, d.Index.SE)
		}
		check("whole", e.Whole, func(int) bool { return true })
		for _, d := range e.By[0] {
			check("unit", d, func(row int) bool { return s.Domain(0)[row] == d.Code })
		}
	})
}

func TestDesignReportsEveryProblem(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		design Design
		want   string
	}{
		{"Weights", Design{Weight: []float64{1, -1, math.NaN(), math.Inf(1)}}, "response 2: weight -1 is not a number of at least 0\nresponse 3: weight NaN is not a number of at least 0\nresponse 4: weight +Inf is not a number of at least 0"},
		{"PopulationVaries", Design{Strata: []uint32{1, 1, 2, 2}, FPC: []float64{9, 8, 7, 7}}, "response 2: population size 8 differs from that of other responses of stratum 1"},
		{"PopulationTooSmall", Design{FPC: []float64{3, 3, 3, 3}}, "stratum 0: population size 3 is below the 4 sampled"},
		{"PopulationNotPositive", Design{FPC: []float64{0, 9, 9, 9}}, "response 1: population size 0 is not a positive number"},
		{"Lonely", Design{Strata: []uint32{1, 1, 2, 2}, Cluster: []uint32{1, 2, 3, 3}}, "stratum 2 has a single sampling unit: its variance cannot be estimated; join it to another, or choose to adjust for it or to take it as certain"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := tt.design.Ratio(ones(4), ones(4), nil)
			var got *DesignError
			if !errors.As(err, &got) {
				t.Fatalf("error %v, want a DesignError", err)
			}
			if got.Error() != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	t.Run("OnlyTwentyAreListed", func(t *testing.T) {
		t.Parallel()
		bad := make([]float64, 50)
		for i := range bad {
			bad[i] = -1
		}
		_, err := Design{Weight: bad}.Ratio(ones(50), ones(50), nil)
		var got *DesignError
		if !errors.As(err, &got) || len(got.Problems) != 20 || got.Total != 50 {
			t.Errorf("error %v", err)
		}
	})
	t.Run("SampledWholeIsNotLonely", func(t *testing.T) {
		t.Parallel()
		d := Design{Strata: []uint32{1, 1, 2}, FPC: []float64{10, 10, 1}}
		if _, err := d.Ratio(ones(3), ones(3), nil); err != nil {
			t.Error(err)
		}
	})
	t.Run("UnlikeLengths", func(t *testing.T) {
		t.Parallel()
		if _, err := (Design{Strata: []uint32{1}}).Ratio(ones(3), ones(3), nil); !says(err, "the design has 1 values of strata for 3 responses") {
			t.Errorf("unlike lengths: error %v", err)
		}
	})
}

func TestRaoScottRefuses(t *testing.T) {
	t.Parallel()
	const twoCategories, unlike = "two categories of each variable", "as many codes as there are responses"
	for name, tt := range map[string]struct {
		rows, columns []uint32
		says          string
	}{
		"OneRow":       {[]uint32{1, 1, 1}, []uint32{1, 2, 1}, twoCategories},
		"OneColumn":    {[]uint32{1, 2, 1}, []uint32{1, 1, 1}, twoCategories},
		"Unlike":       {[]uint32{1, 2}, []uint32{1}, unlike},
		"Nobody":       {nil, nil, unlike},
		"AllOutside":   {[]uint32{0, 0}, []uint32{1, 2}, twoCategories},
		"OneLeftInRow": {[]uint32{1, 2, 0}, []uint32{1, 1, 2}, twoCategories},
	} {
		if _, err := (Design{}).RaoScottTest(tt.rows, tt.columns); !says(err, tt.says) {
			t.Errorf("%s: the error is %v, it should say %q", name, err, tt.says)
		}
	}
}
