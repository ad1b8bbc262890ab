package paper

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRanges(t *testing.T) {
	t.Parallel()
	for want, numbers := range map[string][]int{"": nil, "3": {3}, "1–2": {1, 2}, "1, 3, 7–9": {1, 3, 7, 8, 9}} {
		if diff := cmp.Diff(want, ranges(numbers)); diff != "" {
			t.Error(diff)
		}
	}
}
