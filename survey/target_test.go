package survey_test

import (
	"testing"

	"hailong/survey"
)

func TestMilestoneInForce(t *testing.T) {
	t.Parallel()
	target := survey.Target{Milestones: []survey.Milestone{{Threshold: 0.85, Due: "2025-12-31"}, {Threshold: 0.90, Due: "2030-12-31"}}}
	for _, test := range []struct {
		on   survey.Date
		want int
	}{
		{"2021-12-01", 0},
		{"2025-12-31", 0}, // the due day itself still counts
		{"2026-01-01", 1},
		{"2030-12-31", 1},
		{"2031-01-01", 1}, // after the last, the last stays the aim
	} {
		if got := target.InForce(test.on); got != test.want {
			t.Errorf("on %s milestone %d, want %d", test.on, got, test.want)
		}
	}
	if got := (survey.Target{}).InForce("2026-01-01"); got != -1 {
		t.Errorf("a target without milestones: %d", got)
	}
}
