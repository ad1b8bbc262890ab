package transactions_test

import (
	"testing"

	"hailong/survey"
	"hailong/survey/transactions"
)

// What is far above the usual follows from the days before, of eight weeks, on
// which anybody was served.
func TestFarAbove(t *testing.T) {
	t.Parallel()
	const day = survey.Date("2026-03-30")
	for name, test := range map[string]struct {
		first, days, usual, today int // days before it on which so many were served, since which
		most                      int
		far                       bool
	}{
		"Usual": {1, 5, 15, 15, 45, false}, "Busy": {1, 5, 15, 45, 45, false}, "FarAbove": {1, 5, 15, 46, 45, true},
		"FewDays": {1, 4, 15, 5000, 0, false}, "LongAgo": {57, 20, 15, 5000, 0, false}, "NobodyServed": {1, 20, 0, 5000, 0, false},
		"DaysAfter": {-20, 20, 15, 5000, 0, false},
	} {
		stated := map[survey.Date]int{}
		for ago := test.first; ago < test.first+test.days; ago++ {
			stated[survey.DateOf(day.Time().AddDate(0, 0, -ago))] = test.usual
		}
		stated[day] = test.today
		if most, far := transactions.FarAbove(stated, day); most != test.most || far != test.far {
			t.Errorf("%s: %d, %t; want %d, %t", name, most, far, test.most, test.far)
		}
	}
}
