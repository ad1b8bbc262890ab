package costtest_test

import (
	"testing"
	"time"

	"hailong/survey/costtest"
)

// What a reader takes is seen: both that it takes memory and that it takes time.
func TestCostIsMeasured(t *testing.T) {
	t.Parallel()
	const size = 64 << 20
	cost := costtest.Check(t, func() []byte { return make([]byte, 1000) }, func(input []byte) string {
		held := make([]byte, size)
		for until := len(input); until < len(held); until++ {
			held[until] = held[until-len(input)] + 1
		}
		return string('0' + held[size-1]%10)
	})
	if cost.Input != 1000 || cost.Memory < size*9/10 || cost.Memory > size*3/2 {
		t.Errorf("%+v, want 1000 bytes and about 64 MiB", cost)
	}
	if cost.CPU < time.Millisecond || cost.Result == "" {
		t.Errorf("%+v, want some time and a result", cost)
	}
}
