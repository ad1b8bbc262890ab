package estimation_test

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"hailong/analysis"
	"hailong/analysis/estimation"
	"hailong/analysis/responsefile"
)

// The survey that all benchmarks work on: 22 items with 5 % missing, 14 units,
// 27 strata, weights that vary within strata. The same for a number of rows.
const benchItems, benchUnits, benchStrata = 22, 14, 27

func benchColumns(tb testing.TB, rows int) analysis.FixedRows {
	tb.Helper()
	schema := analysis.Schema{Domains: []string{"unit", "stratum"}, Measures: []string{"weight"}}
	for j := range benchItems {
		schema.Items = append(schema.Items, analysis.Question{Name: fmt.Sprintf("q%d", j+1), Codes: 5})
	}
	c, err := analysis.NewColumns(schema)
	if err != nil {
		tb.Fatal(err)
	}
	c.Grow(rows)
	r := rand.New(rand.NewPCG(27, 14))
	scale := [20]uint8{0, 1, 2, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5} // one in twenty missing
	answers := make([]uint8, benchItems)
	for range rows {
		for j := range answers {
			answers[j] = scale[r.IntN(len(scale))]
		}
		stratum := uint32(1 + r.IntN(benchStrata))
		weight := math.Round(float64(stratum)*(0.8+0.4*r.Float64())*1e4) / 1e4
		if err := c.Append(answers, []uint32{uint32(1 + r.IntN(benchUnits)), stratum}, []float64{weight}); err != nil {
			tb.Fatal(err)
		}
	}
	return c.Snapshot()
}

// benchCSV writes the rows as a CSV file with a column of ids, and returns its size.
func benchCSV(tb testing.TB, path string, s analysis.FixedRows) int64 {
	tb.Helper()
	text := []byte("id,unit,stratum,weight")
	for _, item := range s.Schema().Items {
		text = append(text, ","+item.Name...)
	}
	for row := range s.Rows() {
		text = fmt.Appendf(text, "\n%d,%d,%d,%g", row+1, s.Domain(0)[row], s.Domain(1)[row], s.Measure(0)[row])
		for j := range benchItems {
			text = append(text, ',')
			if code := s.Item(j)[row]; code != analysis.Missing {
				text = append(text, '0'+code)
			}
		}
	}
	text = append(text, '\n')
	if err := os.WriteFile(path, text, 0o600); err != nil {
		tb.Fatal(err)
	}
	return int64(len(text))
}

func benchPlan(s analysis.FixedRows) estimation.Estimation {
	p := estimation.Estimation{Satisfied: []int{4, 5}, By: []int{0}, Confidence: 0.95, Design: estimation.Design{Strata: s.Domain(1), Weight: s.Measure(0)}}
	for j := range benchItems {
		p.Items = append(p.Items, j)
	}
	return p
}

// benchRows runs f at each number of rows; the largest only without -short.
func benchRows(b *testing.B, f func(b *testing.B, s analysis.FixedRows)) {
	for _, rows := range []int{10_000, 100_000, 1_000_000, 10_000_000} {
		b.Run(fmt.Sprintf("Rows%d", rows), func(b *testing.B) {
			if rows > 1_000_000 && testing.Short() {
				b.Skip("ten million rows take a while: run without -short")
			}
			s := benchColumns(b, rows)
			b.ReportAllocs()
			b.ResetTimer()
			f(b, s)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
		})
	}
}

// Index and 22 items, by 14 units and as a whole, with intervals, under a
// stratified and weighted design.
func BenchmarkEstimate(b *testing.B) {
	benchRows(b, func(b *testing.B, s analysis.FixedRows) {
		plan := benchPlan(s)
		for b.Loop() {
			if _, err := estimation.Estimate(s, plan); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// From the text of a CSV file to columns.
func BenchmarkRead(b *testing.B) {
	options := responsefile.ResponseFileOptions{By: []string{"unit"}, Strata: "stratum", Weight: "weight"}
	for j := range benchItems {
		options.Items = append(options.Items, fmt.Sprintf("q%d", j+1))
	}
	for _, rows := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("Rows%d", rows), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "survey.csv")
			b.SetBytes(benchCSV(b, path, benchColumns(b, rows)))
			b.ReportAllocs()
			for b.Loop() {
				file, err := os.Open(path)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := responsefile.Read(file, options); err != nil {
					b.Fatal(err)
				}
				if err := file.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkAgainstR does the work of BenchmarkEstimate and then has R do it, on
// the same rows in the same run, reading apart in both. It fails if a single rate
// or standard error differs. HAILONG_BENCH_R_ROWS sets another number of rows (R
// takes minutes for a million).
func BenchmarkAgainstR(b *testing.B) {
	if exec.Command("Rscript", "-e", "library(survey)").Run() != nil {
		b.Skip("needs R with the package survey: apt-get install r-base-core r-cran-survey")
	}
	sizes := []int{10_000, 100_000}
	if text := os.Getenv("HAILONG_BENCH_R_ROWS"); text != "" {
		rows, err := strconv.Atoi(text)
		if err != nil {
			b.Fatal(err)
		}
		sizes = []int{rows}
	}
	for _, rows := range sizes {
		b.Run(fmt.Sprintf("Rows%d", rows), func(b *testing.B) {
			s := benchColumns(b, rows)
			path := filepath.Join(b.TempDir(), "survey.csv")
			benchCSV(b, path, s)
			var ours, theirs time.Duration
			for b.Loop() {
				const repeat = 5
				var e *estimation.Estimates
				started := time.Now()
				for range repeat {
					var err error
					if e, err = estimation.Estimate(s, benchPlan(s)); err != nil {
						b.Fatal(err)
					}
				}
				ours += time.Since(started) / repeat
				out, err := exec.Command("Rscript", filepath.Join("testdata", "speed.R"), path).Output()
				if err != nil {
					b.Fatal(err)
				}
				seconds, figures, _ := strings.Cut(string(out), "\n")
				elapsed, err := strconv.ParseFloat(strings.TrimSpace(seconds), 64)
				if err != nil {
					b.Fatal(err)
				}
				theirs += time.Duration(elapsed * float64(time.Second))
				if n := agreeWithR(b, e, figures); n != (benchItems+1)*(benchUnits+1) {
					b.Fatalf("R gave %d figures", n)
				}
			}
			b.ReportMetric(ours.Seconds()/float64(b.N), "ours-s/op")
			b.ReportMetric(theirs.Seconds()/float64(b.N), "R-s/op")
			b.ReportMetric(theirs.Seconds()/ours.Seconds(), "times-faster")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// agreeWithR compares lines "item unit rate se", unit 0 for the whole, and counts them.
func agreeWithR(b *testing.B, e *estimation.Estimates, figures string) int {
	b.Helper()
	lines := 0
	for scan := bufio.NewScanner(bytes.NewReader([]byte(figures))); scan.Scan(); lines++ {
		var what string
		var unit int
		var rate, se float64
		if _, err := fmt.Sscan(scan.Text(), &what, &unit, &rate, &se); err != nil {
			b.Fatalf("%q: %v", scan.Text(), err)
		}
		domain := e.Whole
		if unit > 0 {
			domain = e.By[0][unit-1]
		}
		gotRate, gotSE := domain.Index.Rate, domain.Index.SE
		if what != "index" {
			k, err := strconv.Atoi(strings.TrimPrefix(what, "q"))
			if err != nil {
				b.Fatal(err)
			}
			gotRate, gotSE = domain.Items[k-1].Rate, domain.Items[k-1].SE
		}
		if math.Abs(gotRate-rate) > 1e-10 || math.Abs(gotSE-se) > 1e-9 {
			b.Fatalf("%s: ours %v ± %v, R %v ± %v", scan.Text(), gotRate, gotSE, rate, se)
		}
	}
	return lines
}
