package analysis

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestAlpha(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	tests := []struct {
		name  string
		rows  [][]uint8
		items []int
		want  Alpha
	}{
		{"OneAnswerTwice", [][]uint8{{1, 1}, {3, 3}, {5, 5}}, []int{0, 1}, Alpha{1, 1, 2, 3}},
		{"Opposed", [][]uint8{{1, 5}, {5, 1}, {2, 4}}, []int{0, 1}, Alpha{nan, math.Inf(-1), 2, 3}},
		{"OnlyCompleteRowsCount", [][]uint8{{1, 1}, {3, 0}, {NotApplicable, 2}, {5, 5}}, []int{0, 1}, Alpha{1, 1, 2, 2}},
		// Variances 1 and 4, covariance 1: 2·(1 − 5/7), and correlation ½: 2·½/(1+½).
		{"ByHand", [][]uint8{{1, 1}, {2, 5}, {3, 3}}, []int{0, 1}, Alpha{4.0 / 7, 2.0 / 3, 2, 3}},
		{"OneItem", [][]uint8{{1, 1}, {2, 5}}, []int{0}, Alpha{nan, nan, 1, 2}},
		{"NoItem", [][]uint8{{1, 1}, {2, 5}}, nil, Alpha{nan, nan, 0, 0}},
		{"UnknownItem", [][]uint8{{1, 1}, {2, 5}}, []int{0, 2}, Alpha{nan, nan, 2, 0}},
		{"OneCompleteRow", [][]uint8{{1, 1}, {2, 0}}, []int{0, 1}, Alpha{nan, nan, 2, 1}},
		{"ItemWithoutVariance", [][]uint8{{1, 4}, {2, 4}, {3, 4}}, []int{0, 1}, Alpha{nan, nan, 2, 3}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := responses(t, tt.rows...).Alpha(tt.items)
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateNaNs(), cmpopts.EquateApprox(0, 1e-12)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
