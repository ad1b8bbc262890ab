package quality

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// answersOf makes 22 items of satisfied people, about as consistent as real ones.
func answersOf(rows int) [][]uint8 {
	random := rand.New(rand.NewPCG(1, 1))
	items := make([][]uint8, 22)
	for range rows {
		mood := 3 + random.IntN(3)
		for j := range items {
			items[j] = append(items[j], uint8(min(5, max(1, mood+random.IntN(3)-1))))
		}
	}
	return items
}

func BenchmarkQuality(b *testing.B) {
	for _, rows := range []int{100, 10_000, 1_000_000} {
		items := answersOf(rows)
		b.Run(fmt.Sprintf("StraightLines/%d", rows), func(b *testing.B) {
			for b.Loop() {
				if _, err := StraightLines(items, 8); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("RepeatedPatterns/%d", rows), func(b *testing.B) {
			for b.Loop() {
				if _, err := FindRepeatedPatterns(items, 8, 2); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("Reliability/%d", rows), func(b *testing.B) {
			for b.Loop() {
				if _, err := AnalyzeReliability(items, 0.95); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
