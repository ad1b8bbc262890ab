package quality

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/analysis"
	"hailong/analysis/oracletest"
)

func TestStraightLines(t *testing.T) {
	t.Parallel()
	// Columns are items, so each row reads downwards.
	items := [][]uint8{
		{4, 4, 4, 4, 5, analysis.Missing},
		{4, 4, 4, analysis.Missing, 5, analysis.Missing},
		{4, 5, 4, analysis.Missing, 4, analysis.NotApplicable},
		{4, 4, analysis.NotApplicable, 4, 4, 4},
	}
	got, err := StraightLines(items, 3)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Flags{true, false, true, false, false, false}, got.Flags); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{4, 2, 3, 2, 2, 1}, got.Longest); diff != "" {
		t.Error("longest runs", diff)
	}
	if got.Eligible != 4 || got.Flagged != 2 {
		t.Errorf("%d of %d", got.Flagged, got.Eligible)
	}
	// Shares of 4: 4/5, 3/4, 3/4 and 1; of 5: 1/5, 1/4, 1/4 and 0. Three rows
	// answered all four items, one the first three.
	oracletest.Near(t, "expected", got.Expected, 3*0.8*0.75*0.75+(0.8*0.75*0.75+0.2*0.25*0.25), 1e-12)
	if _, err := StraightLines([][]uint8{{1, 2}, {1}}, 2); !errors.Is(err, analysis.ErrBadRequest) {
		t.Errorf("ragged columns: %v", err)
	}
}

func TestFastAnswers(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	seconds := []float64{80, 100, 120, 20, 4, nan, 0, 9, 90}
	answers := []int{20, 20, 20, 20, 20, 20, 20, 0, 20}
	got, err := FastAnswers(seconds, answers, 0.5, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	// 4, 5, 6, 1, 0.2 and 4.5 seconds an answer: the median is 4.25.
	if diff := cmp.Diff(Flags{3: true, 4: true, 8: false}, got.Flags); diff != "" {
		t.Error(diff)
	}
	if got.Median != 4.25 || got.Threshold != 2.125 || got.Timed != 6 {
		t.Errorf("%+v", got)
	}
	floor, err := FastAnswers(seconds, answers, 4.2, 0)
	if err != nil || floor.Flags.Count() != 3 || floor.Threshold != 4.2 {
		t.Errorf("by the floor: %+v, %v", floor, err)
	}
	untimed, err := FastAnswers([]float64{nan}, []int{3}, 1, 0.5)
	if err != nil || untimed.Timed != 0 || !math.IsNaN(untimed.Threshold) || untimed.Flags.Count() != 0 {
		t.Errorf("without times: %+v, %v", untimed, err)
	}
	for name, err := range map[string]error{
		"Lengths":  errorOf(FastAnswers(seconds, nil, 1, 0.5)),
		"Floor":    errorOf(FastAnswers(nil, nil, -1, 0.5)),
		"Fraction": errorOf(FastAnswers(nil, nil, 1, nan)),
	} {
		if !errors.Is(err, analysis.ErrBadRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Figures without the flagged rows, by the mask itself.
func TestFlagsLeaveRowsOut(t *testing.T) {
	t.Parallel()
	c, err := analysis.NewColumns(analysis.Schema{Items: []analysis.Question{{Name: "a", Codes: 5}, {Name: "b", Codes: 5}, {Name: "c", Codes: 5}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range [][]uint8{{5, 5, 5}, {4, 3, 5}, {2, 4, 4}, {5, 5, 5}} {
		if err := c.Append(row, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	s := c.Snapshot()
	lines, err := StraightLines([][]uint8{s.Item(0), s.Item(1), s.Item(2)}, 3)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		query analysis.Grouping
		want  int64
	}{"With": {analysis.Grouping{}, 4}, "Without": {analysis.Grouping{Omit: lines.Flags}, 2}} {
		table, err := s.Tabulate(tt.query)
		if err != nil {
			t.Fatal(err)
		}
		if got := table.Rows(0); got != tt.want {
			t.Errorf("%s the flagged: %d rows, want %d", name, got, tt.want)
		}
	}
}

func TestFlagsOr(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(Flags{true, true, false}, Flags{true}.Or(Flags{false, true, false})); diff != "" {
		t.Error(diff)
	}
	if got := Flags(nil).Or(nil); got.Count() != 0 {
		t.Error(got)
	}
}

func TestRepeatedPatterns(t *testing.T) {
	t.Parallel()
	// Rows 0, 3 and 5 agree; 1 and 4 agree but have one code only; 2 stands alone.
	items := [][]uint8{
		{1, 4, 2, 1, 4, 1},
		{5, 4, 3, 5, 4, 5},
		{2, 4, 2, 2, 4, 2},
		{3, 4, 1, 3, 4, 3},
	}
	got, err := FindRepeatedPatterns(items, 4, 2)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Patterns) != 1 {
		t.Fatalf("%+v", got.Patterns)
	}
	if diff := cmp.Diff([]int{0, 3, 5}, got.Patterns[0].Rows); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Flags{true, false, false, true, false, true}, got.Flags); diff != "" {
		t.Error(diff)
	}
	// Shares 3/6, 3/6, 4/6 and 3/6: π = 1/12, four rows examined.
	pi := 1.0 / 12
	oracletest.Near(t, "expected", got.Patterns[0].Expected, 4*pi, 1e-12)
	oracletest.Near(t, "p", got.Patterns[0].P, 4*pi*pi*pi*(1-pi)+pi*pi*pi*pi, 1e-12)
	lines, err := FindRepeatedPatterns(items, 4, 1)
	if err != nil || len(lines.Patterns) != 2 || lines.Flags.Count() != 5 {
		t.Errorf("with straight lines: %+v, %v", lines, err)
	}
	if _, err := FindRepeatedPatterns([][]uint8{{1, 2}, {1}}, 1, 1); !errors.Is(err, analysis.ErrBadRequest) {
		t.Errorf("ragged columns: %v", err)
	}
}

// errorOf is the error of a call whose value does not matter.
func errorOf[T any](_ T, err error) error { return err }

func FuzzQuality(f *testing.F) {
	f.Add([]byte{3, 1, 1, 2, 2, 4, 4, 0, 254, 255, 1, 2}, 2, 1.0, 0.5)
	f.Fuzz(func(t *testing.T, data []byte, least int, floor, fraction float64) {
		items := columnsOf(data)
		lines, err := StraightLines(items, least)
		if err != nil {
			t.Fatal(err)
		}
		if lines.Flags.Count() != lines.Flagged || lines.Flagged > lines.Eligible || !(lines.Expected <= float64(lines.Eligible)+1e-9) {
			t.Errorf("%v: %+v", items, lines)
		}
		patterns, err := FindRepeatedPatterns(items, least, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range patterns.Patterns {
			if len(p.Rows) < 2 || !(p.P >= 0 && p.P <= 1) {
				t.Errorf("%v: %+v", items, p)
			}
		}
		var seconds []float64
		var answers []int
		for _, b := range data {
			seconds, answers = append(seconds, floor*float64(b)), append(answers, int(b)%7)
		}
		if s, err := FastAnswers(seconds, answers, floor, fraction); err == nil && s.Flags.Count() > s.Timed {
			t.Errorf("%+v", s)
		}
	})
}

func ExampleStraightLines() {
	items := [][]uint8{{5, 4, 5}, {5, 3, 4}, {5, 4, 4}, {5, 5, 3}}
	s, err := StraightLines(items, 4)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d of %d gave one answer to everything; chance alone would give %.2f\n", s.Flagged, s.Eligible, s.Expected)
	// Output: 1 of 3 gave one answer to everything; chance alone would give 0.15
}
