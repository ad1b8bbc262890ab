package analysis

import (
	"fmt"
	"testing"
)

// benchRows runs f over 22 items at each number of rows; the largest only
// without -short.
func benchRows(b *testing.B, f func(b *testing.B, s FixedRows)) {
	for _, rows := range []int{10_000, 100_000, 1_000_000, 10_000_000} {
		b.Run(fmt.Sprintf("Rows%d", rows), func(b *testing.B) {
			if rows > 1_000_000 && testing.Short() {
				b.Skip("ten million rows take a while: run without -short")
			}
			s := randomColumns(b, 27, rows, 22).Snapshot()
			b.ReportAllocs()
			b.ResetTimer()
			f(b, s)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
		})
	}
}

// Counts of 22 items by 14 units, as a live table needs them.
func BenchmarkTabulate(b *testing.B) {
	benchRows(b, func(b *testing.B, s FixedRows) {
		for b.Loop() {
			if _, err := s.Tabulate(Grouping{By: []int{0}}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// The sums of an index of five factors by 14 units.
func BenchmarkTabulateIndex(b *testing.B) {
	ix := Index{Scoring: Top2(5, 4, 5), Pooling: PoolFactors}
	item := 0
	for _, size := range []int{4, 5, 6, 3, 4} {
		var factor []int
		for range size {
			factor = append(factor, item)
			item++
		}
		ix.Factors = append(ix.Factors, factor)
	}
	benchRows(b, func(b *testing.B, s FixedRows) {
		for b.Loop() {
			if _, err := s.TabulateIndex(ix, Grouping{By: []int{0}}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
