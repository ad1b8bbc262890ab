package quality

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"hailong/analysis"
)

func TestFindBurstsFindsThePlantedOne(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(4, 4))
	var times []float64
	for range 100 {
		times = append(times, 480*random.Float64()) // minutes of a working day
	}
	for k := range 12 {
		times = append(times, 300+float64(k)/4)
	}
	times = append(times, math.NaN(), -5, 481)
	got, err := FindBursts(times, 0, 480, 5, 0.01)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Bursts) != 1 {
		t.Fatalf("%+v", got.Bursts)
	}
	b := got.Bursts[0]
	if b.From > 300 || b.To < 302.75 || b.To-b.From > 10 || b.Most < 12 || b.P > 1e-4 || b.Rows != got.Flags.Count() {
		t.Errorf("%+v with %d flags", b, got.Flags.Count())
	}
	for i, marked := range got.Flags {
		if within := times[i] >= b.From && times[i] <= b.To; marked != within {
			t.Errorf("time %v: marked %v", times[i], marked)
		}
	}
}

// The chance of the scan statistic against simulation with fixed seed.
func TestScanChanceMatchesSimulation(t *testing.T) {
	t.Parallel()
	const n, w, rounds = 50, 0.05, 20000
	random := rand.New(rand.NewPCG(9, 9))
	times := make([]float64, n)
	var reached [n + 1]float64
	for range rounds {
		for i := range times {
			times[i] = random.Float64()
		}
		slices.Sort(times)
		most, start := 0, 0
		for end := range times {
			for times[end]-times[start] > w {
				start++
			}
			most = max(most, end-start+1)
		}
		for k := range most + 1 {
			reached[k]++
		}
	}
	for k := 9; k <= 12; k++ {
		want := reached[k] / rounds
		if got := scanChance(k, n, w); math.Abs(got-want) > 0.004+0.05*want {
			t.Errorf("%d of %d: %v, simulated %v", k, n, got, want)
		}
	}
}

func TestFindBurstsOfLittle(t *testing.T) {
	t.Parallel()
	for name, times := range map[string][]float64{"Nothing": nil, "One": {3}, "Even": {1, 2, 3, 4, 5, 6, 7, 8, 9}} {
		got, err := FindBursts(times, 0, 10, 0.5, 0.01)
		if err != nil || len(got.Bursts) != 0 || got.Flags.Count() != 0 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	same, err := FindBursts([]float64{5, 5, 5, 5, 5, 5}, 0, 100, 1, 0.01)
	if err != nil || len(same.Bursts) != 1 || same.Bursts[0].Most != 6 {
		t.Errorf("all at once: %+v, %v", same, err)
	}
	wide, err := FindBursts([]float64{5, 5, 5}, 0, 10, 20, 0.01)
	if err != nil || wide.Least != 0 {
		t.Errorf("a window beyond the span: %+v, %v", wide, err)
	}
	for name, err := range map[string]error{
		"Window": errorOf(FindBursts(nil, 0, 1, 0, 0.01)), "Span": errorOf(FindBursts(nil, 1, 1, 1, 0.01)),
		"Level": errorOf(FindBursts(nil, 0, 1, 1, 0)), "Infinite": errorOf(FindBursts(nil, 0, math.Inf(1), 1, 0.01)),
	} {
		if !errors.Is(err, analysis.ErrBadRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzFindBursts(f *testing.F) {
	f.Add([]byte{1, 1, 1, 1, 200}, 0.0, 255.0, 2.0, 0.01)
	f.Add([]byte{0, 0}, -1e308, 1e308, 1e-300, 0.5)
	f.Add([]byte{0, 0}, -2.0, 7.0, 5e-324, 0.5)
	f.Fuzz(func(t *testing.T, data []byte, from, to, window, level float64) {
		var times []float64
		for _, b := range data {
			times = append(times, float64(b))
		}
		got, err := FindBursts(times, from, to, window, level)
		if err != nil {
			return
		}
		rows := 0
		for _, b := range got.Bursts {
			rows += b.Rows
			if b.Most < got.Least || !(b.P >= 0 && b.P <= level) {
				t.Errorf("%+v", got)
			}
		}
		if rows != got.Flags.Count() {
			t.Errorf("%d rows in bursts, %d flags", rows, got.Flags.Count())
		}
	})
}
