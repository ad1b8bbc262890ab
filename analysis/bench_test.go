package analysis

import (
	"fmt"
	"testing"
)

func BenchmarkTabulate(b *testing.B) {
	for _, rows := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("Rows%d", rows), func(b *testing.B) {
			s := randomColumns(b, 1, rows, 22).Snapshot()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Tabulate(Query{By: []int{0}}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkTabulateIndex(b *testing.B) {
	ix := Index{Scoring: Top2(5, 4, 5), Pooling: PoolFactors}
	for f, items := 0, []int{4, 5, 6, 3, 4}; f < len(items); f++ {
		var factor []int
		for range items[f] {
			factor = append(factor, len(ix.Factors)*4+len(factor)%4)
		}
		ix.Factors = append(ix.Factors, factor)
	}
	for _, rows := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("Rows%d", rows), func(b *testing.B) {
			s := randomColumns(b, 1, rows, 22).Snapshot()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.TabulateIndex(ix, Query{By: []int{0}}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
