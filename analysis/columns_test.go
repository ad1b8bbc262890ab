package analysis

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// randomColumns makes responses to items of five codes with some gaps and two
// domains of 14 and 5 values, the same for a seed.
func randomColumns(t testing.TB, seed uint64, rows, items int) *Columns {
	t.Helper()
	schema := Schema{Domains: []string{"unit", "month"}}
	for range items {
		schema.Items = append(schema.Items, Question{Name: "q", Codes: 5})
	}
	c, err := NewColumns(schema)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(seed, 1))
	answers := make([]uint8, items)
	for range rows {
		for j := range answers {
			switch answers[j] = uint8(1 + r.IntN(5)); r.IntN(40) {
			case 0, 1:
				answers[j] = Missing
			case 2:
				answers[j] = NotApplicable
			}
		}
		if err := c.Append(answers, []uint32{uint32(r.IntN(15)), uint32(1 + r.IntN(5))}, nil); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// says reports whether an error holds the words that name the fault.
func says(err error, words string) bool { return err != nil && strings.Contains(err.Error(), words) }

func TestColumnsRefuseWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	schema := Schema{Items: []Question{{"a", 5}, {"b", 3}}, Domains: []string{"unit"}, Measures: []string{"weight"}}
	tests := []struct {
		name     string
		answers  []uint8
		domains  []uint32
		measures []float64
		says     string
	}{
		{"TooFewAnswers", []uint8{1}, []uint32{1}, []float64{1}, "not 1, 1 and 1"},
		{"NoDomain", []uint8{1, 1}, nil, []float64{1}, "not 2, 0 and 1"},
		{"NoMeasure", []uint8{1, 1}, []uint32{1}, nil, "not 2, 1 and 0"},
		{"CodeOfALongerScale", []uint8{1, 4}, []uint32{1}, []float64{1}, `item "b" has codes 1 to 3, not 4`},
		{"ReservedByte", []uint8{255, 1}, []uint32{1}, []float64{1}, `item "a" has codes 1 to 5, not 255`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := NewColumns(schema)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Append(tt.answers, tt.domains, tt.measures); !says(err, tt.says) {
				t.Fatalf("the error is %v, it should say %q", err, tt.says)
			}
			if c.Rows() != 0 || c.Snapshot().Rows() != 0 || len(c.Snapshot().Item(0)) != 0 {
				t.Error("a refused response left something behind")
			}
			if err := c.Append([]uint8{NotApplicable, 3}, []uint32{7}, []float64{1}); err != nil {
				t.Fatal(err)
			}
			if got := c.Snapshot().DomainSize(0); got != 8 {
				t.Errorf("domain size %d after code 7, want 8", got)
			}
		})
	}
	for _, codes := range []uint8{0, 254, 255} {
		want := fmt.Sprintf(`item "a" has %d codes`, codes)
		if _, err := NewColumns(Schema{Items: []Question{{"a", codes}}}); !says(err, want) {
			t.Errorf("the error is %v, it should say %q", err, want)
		}
	}
}

// A snapshot keeps showing what it showed while the writer goes on; run with
// -race this also proves that no lock is needed to read it.
func TestSnapshotDuringAppend(t *testing.T) {
	t.Parallel()
	c := randomColumns(t, 1, 5000, 4)
	var lock sync.Mutex
	take := func() FixedRows {
		lock.Lock()
		defer lock.Unlock()
		return c.Snapshot()
	}
	first := take()
	want, err := first.Tabulate(Grouping{By: []int{0}})
	if err != nil {
		t.Fatal(err)
	}
	var writer sync.WaitGroup
	writer.Go(func() {
		for i := range 20000 {
			lock.Lock()
			err := c.Append([]uint8{5, 4, 3, 2}, []uint32{uint32(i % 20), 1}, nil)
			lock.Unlock()
			if err != nil {
				t.Error(err)
			}
		}
	})
	for range 20 {
		s := take()
		table, err := s.Tabulate(Grouping{})
		if err != nil {
			t.Fatal(err)
		}
		if got := table.Rows(0); got != int64(s.Rows()) {
			t.Errorf("%d rows tabulated of %d", got, s.Rows())
		}
	}
	writer.Wait()
	got, err := first.Tabulate(Grouping{By: []int{0}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(CountTable{})); diff != "" {
		t.Errorf("the snapshot changed (-before +after):\n%s", diff)
	}
}

// Memory of a response: 22 items and 6 domains in at most 200 bytes, with the
// old and the new array together while a column grows.
func TestColumnsMemory(t *testing.T) {
	t.Parallel()
	schema := Schema{Domains: make([]string, 6)}
	for range 22 {
		schema.Items = append(schema.Items, Question{Codes: 5})
	}
	c, err := NewColumns(schema)
	if err != nil {
		t.Fatal(err)
	}
	answers, domains := make([]uint8, 22), make([]uint32, 6)
	const small = 1000 // the runtime rounds small arrays up to its size classes
	before := 0
	for row := range 200_000 {
		if err := c.Append(answers, domains, nil); err != nil {
			t.Fatal(err)
		}
		now := c.Bytes()
		if grown := now != before; grown && row > small && (now+before)/(row+1) > 200 {
			t.Fatalf("%d bytes a response at %d rows", (now+before)/(row+1), row+1)
		}
		before = now
	}
}
