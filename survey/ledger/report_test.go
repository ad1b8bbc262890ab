package ledger

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
)

// Of two reports what both found counts, response by response: one that is being stored
// while the first is made is no response that is missing, whatever else its day lacks.
func TestConfirmed(t *testing.T) {
	t.Parallel()
	const day, other = survey.Date("2026-11-01"), survey.Date("2026-11-02")
	first := Discrepancies{
		Missing: []Missing{
			{Day: day, IDs: []survey.ResponseID{"a", "b"}, Points: map[survey.PointCode]int{"P": 2, "Q": 1}},
			{Day: other, IDs: []survey.ResponseID{"c"}, Points: map[survey.PointCode]int{"P": 1}},
		},
		Altered: []survey.ResponseID{"x", "y"},
	}
	second := Discrepancies{
		Missing: []Missing{
			{Day: day, IDs: []survey.ResponseID{"b", "d"}, Points: map[survey.PointCode]int{"P": 1, "R": 1}},
			{Day: other, IDs: []survey.ResponseID{"e"}, Points: map[survey.PointCode]int{"P": 1}},
		},
		Altered: []survey.ResponseID{"y", "z"},
	}
	second.confirmed(&first)
	want := Discrepancies{
		Missing: []Missing{{Day: day, IDs: []survey.ResponseID{"b"}, Points: map[survey.PointCode]int{"P": 1}}},
		Altered: []survey.ResponseID{"y"},
	}
	if diff := cmp.Diff(want, second); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
