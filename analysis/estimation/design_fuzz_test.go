package estimation

import (
	"encoding/binary"
	"math"
	"testing"
)

// drawn reads a design and values from bytes: anything can come.
type drawn struct{ bytes []byte }

func (d *drawn) byte() byte {
	if len(d.bytes) == 0 {
		return 0
	}
	b := d.bytes[0]
	d.bytes = d.bytes[1:]
	return b
}

func (d *drawn) number() float64 {
	switch b := d.byte(); b % 8 {
	case 0:
		var raw [8]byte
		for i := range raw {
			raw[i] = d.byte()
		}
		return math.Float64frombits(binary.LittleEndian.Uint64(raw[:]))
	case 1:
		return math.NaN()
	default:
		return float64(b) / 8
	}
}

func (d *drawn) numbers(n int) []float64 {
	if d.byte()%3 == 0 {
		return nil
	}
	v := make([]float64, n)
	for i := range v {
		v[i] = d.number()
	}
	return v
}

func (d *drawn) codes(n int) []uint32 {
	if d.byte()%3 == 0 {
		return nil
	}
	v := make([]uint32, n)
	for i := range v {
		b := d.byte()
		v[i] = uint32(b % 4)
		if b == 255 {
			v[i] = math.MaxUint32
		}
	}
	return v
}

func orZeros(v []float64, n int) []float64 {
	if v == nil {
		return make([]float64, n)
	}
	return v
}

func FuzzDesign(f *testing.F) {
	f.Add([]byte{5, 1, 1, 2, 3, 0, 1, 1, 9, 17, 25, 33, 40, 1, 2, 3, 4})
	f.Add([]byte{9, 2, 255, 255, 1, 2, 3, 4, 1, 1, 2, 3, 255, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 240, 127})
	f.Fuzz(func(t *testing.T, data []byte) {
		d := &drawn{data}
		n := int(d.byte() % 24)
		design := Design{Strata: d.codes(n), Cluster: d.codes(n), Weight: d.numbers(n), FPC: d.numbers(n), Lonely: Lonely(d.byte() % 3)}
		a, b := d.codes(n), d.codes(n)
		y, x := orZeros(d.numbers(n), n), orZeros(d.numbers(n), n)
		if e, err := design.Ratio(y, x, nil); err == nil && e.SE < 0 {
			t.Fatalf("%+v", e)
		}
		if r, err := design.RaoScottTest(a, b); err == nil && (r.P < 0 || r.P > 1 || r.ChiSquare < 0) {
			t.Fatalf("%+v", r)
		}
		weights := orZeros(d.numbers(n), n)
		size, deff := EffectiveSize(weights)
		if size < 0 || deff < 0 {
			t.Fatalf("effective size %v, design effect %v", size, deff)
		}
		if trimmed, err := TrimWeights(weights, d.number(), d.number()); err == nil && len(trimmed) != n {
			t.Fatalf("%d weights of %d", len(trimmed), n)
		}
		margins := []Margin{{"a", a, orZeros(d.numbers(4), 4)}, {"b", b, orZeros(d.numbers(4), 4)}}
		c, err := Rake(weights, margins)
		if err != nil {
			return
		}
		for row, w := range c.Weights {
			if !(w >= 0) || math.IsInf(w, 1) || (w > 0) != (weights[row] > 0) {
				t.Fatalf("weight %v became %v", weights[row], w)
			}
		}
		if _, err := design.Ratio(y, x, c); err == nil && len(y) != len(c.Weights) {
			t.Fatal("lengths")
		}
	})
}
