// Package oracletest runs the reference answers that R gave for single
// functions, for the tests of the statistics packages.
//
// It owns the form of the files (testdata/stats.json of each package, whose
// README names the version of R and where the data come from) and what equal
// means. It must not know any function that is tested: a test hands it one
// check per function.
package oracletest

import (
	"encoding/csv"
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// Case is one answer of R.
type Case struct {
	ID        string
	Fn        string
	Input     json.RawMessage
	Expected  json.RawMessage
	Tolerance float64
}

// Check compares what a function of ours answers with a case.
type Check func(*testing.T, Case)

// Run runs every case of testdata/stats.json under its id, each by exactly one
// check. The file holds so many cases.
func Run(t *testing.T, cases int, checks map[string]Check) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "stats.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []Case }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) != cases {
		t.Errorf("%d cases, the file should hold %d", len(file.Cases), cases)
	}
	unused := maps.Clone(checks)
	ids := make(map[string]bool)
	for _, c := range file.Cases {
		if ids[c.ID] {
			t.Errorf("case %s occurs twice", c.ID)
		}
		ids[c.ID] = true
		check := checks[c.Fn]
		delete(unused, c.Fn)
		if check == nil {
			t.Errorf("case %s: no test claims %q", c.ID, c.Fn)
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			check(t, c)
		})
	}
	for _, fn := range slices.Sorted(maps.Keys(unused)) {
		t.Errorf("the check of %q has no case", fn)
	}
}

// Decode reads a part of a case.
func Decode[T any](t *testing.T, raw json.RawMessage) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// Near fails unless got is want up to the tolerance: absolute up to 1, relative
// beyond, as the files define it.
func Near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Max(1, math.Abs(want))) {
		t.Errorf("%s = %.17g, want %.17g (off by %.2g)", what, got, want, got-want)
	}
}

// NearTail is Near for p-values: relative below 1e-6.
func NearTail(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if want < 1e-6 {
		tolerance = math.Max(tolerance, 1e-9) * want
	}
	Near(t, what, got, want, tolerance)
}

// NearAll is Near for each of several values.
func NearAll(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s has %d values, want %d", what, len(got), len(want))
	}
	for i := range got {
		Near(t, what+" "+strconv.Itoa(i+1), got[i], want[i], tolerance)
	}
}

// Table reads a CSV file of testdata as columns of cells.
func Table(t *testing.T, name string) map[string][]string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	table := make(map[string][]string, len(rows[0]))
	for j, column := range rows[0] {
		for _, row := range rows[1:] {
			table[column] = append(table[column], row[j])
		}
	}
	return table
}

// Numbers reads cells as numbers, an empty one as NaN.
func Numbers(t *testing.T, cells []string) []float64 {
	t.Helper()
	values := make([]float64, len(cells))
	for i, cell := range cells {
		if cell == "" {
			values[i] = math.NaN()
			continue
		}
		v, err := strconv.ParseFloat(cell, 64)
		if err != nil {
			t.Fatal(err)
		}
		values[i] = v
	}
	return values
}
