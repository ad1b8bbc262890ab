package formview

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
)

func TestFaces(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		points    int
		satisfied []int
		want      []int
	}{
		{"Five", 5, []int{4, 5}, []int{1, 2, 3, 4, 5}},
		{"Three", 3, []int{2, 3}, []int{2, 4, 5}},
		{"Four", 4, []int{3, 4}, []int{1, 2, 4, 5}},
		{"Two", 2, []int{2}, []int{2, 4}},
		{"Seven", 7, []int{5, 6, 7}, []int{1, 2, 2, 3, 4, 5, 5}},
		{"NothingSatisfied", 2, nil, []int{1, 2}},
	} {
		scale := &survey.Scale{Satisfied: c.satisfied}
		var got []int
		for code := 1; code <= c.points; code++ {
			scale.Points = append(scale.Points, survey.Option{Code: code})
		}
		for i := range scale.Points {
			got = append(got, face(scale, i))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}
