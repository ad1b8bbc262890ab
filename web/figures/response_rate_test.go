package figures_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/web/figures"
)

func TestPointsAboveNamesFive(t *testing.T) {
	t.Parallel()
	for names, want := range map[string]figures.PointsAbove{
		"":        {Names: []string{}},
		"abcde":   {Names: []string{"a", "b", "c", "d", "e"}},
		"abcdefg": {Names: []string{"a", "b", "c", "d", "e"}, More: 2},
	} {
		all := []string{}
		for _, name := range names {
			all = append(all, string(name))
		}
		if diff := cmp.Diff(want, figures.NewPointsAbove(all)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", names, diff)
		}
	}
}
