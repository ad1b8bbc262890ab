package review

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/analysis"
)

func TestPlaceFactors(t *testing.T) {
	t.Parallel()
	at := func(v float64) Measured {
		return Measured{Value: v, Interval: analysis.Interval{Low: v - 0.05, High: v + 0.05}}
	}
	importance := []Measured{at(0.4), at(0.4), at(0.1), at(0.1), at(0.26), at(math.NaN()), {Value: 0.4, Interval: analysis.UndefinedInterval()}}
	performance := []Measured{at(0.6), at(0.9), at(0.6), at(0.9), at(0.6), at(0.6), at(0.6)}
	got := PlaceFactors(importance, performance, 0.25, 0.75)
	want := []PlacedFactor{
		{MendFirst, true},
		{KeepUp, true},
		{LowPriority, true},
		{WellServed, true},
		{MendFirst, false},
		{NoQuadrant, false},
		{MendFirst, false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPlaceFactorsAroundTheMean(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	values := []Measured{{Value: 1}, {Value: 3}, {Value: nan}}
	got := PlaceFactors(values, []Measured{{Value: 2}, {Value: 0}}, nan, nan)
	want := []PlacedFactor{{WellServed, true}, {MendFirst, true}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff) // lines at 2 and at 1; intervals of {0, 0} lie beside them
	}
}
