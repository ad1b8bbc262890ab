package source_test

import (
	"strings"
	"testing"

	"hailong/survey/costtest"
	"hailong/survey/source"
)

// No file costs much, whatever it makes a parser do, and each is told what is wrong.
func TestBombs(t *testing.T) {
	t.Parallel()
	for name, bomb := range bombs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cost := costtest.Check(t, func() []byte { return []byte(bomb.content()) }, func(content []byte) string {
				f := source.NewFile("brought.yaml")
				f.Decode(content, &list{})
				return f.Problems().Error()
			})
			if (bomb.want == "") != (cost.Result == "") || !strings.Contains(cost.Result, bomb.want) {
				t.Errorf("it said %.200q, want %q", cost.Result, bomb.want)
			}
		})
	}
}
