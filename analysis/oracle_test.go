package analysis

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

// oracleCase is one answer of R: see testdata/README.md for where it comes from.
type oracleCase struct {
	ID        string
	Fn        string
	Input     json.RawMessage
	Expected  json.RawMessage
	Tolerance float64
}

// oracleChecks holds one check per fn of testdata/stats.json. Those that need a
// design or weights are in designChecks, beside their code.
var oracleChecks = map[string]func(*testing.T, oracleCase){
	"wilson":                checkWilson,
	"clopper_pearson":       checkClopperPearson,
	"binom_one_sided":       checkBinomOneSided,
	"two_prop_z":            checkTwoPropZ,
	"cochran_armitage":      checkCochranArmitage,
	"chisq_homogeneity":     checkChisqHomogeneity,
	"kruskal_counts":        checkKruskalCounts,
	"p_adjust":              checkPAdjust,
	"rank_correlation":      checkRankCorrelation,
	"sample_size":           checkSampleSize,
	"lmg":                   checkLMG,
	"alpha_feldt":           checkAlphaFeldt,
	"p_chart":               checkPChart,
	"funnel":                checkFunnel,
	"beta_binomial_moments": checkBetaBinomial(BetaBinomialMoments),
	"beta_binomial_ml":      checkBetaBinomial(BetaBinomialML),
}

// TestOracle runs every case of the file under its id, each by exactly one check.
func TestOracle(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("testdata", "stats.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []oracleCase }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) != 55 {
		t.Errorf("%d cases, the file should hold 55", len(file.Cases))
	}
	checks := maps.Clone(oracleChecks)
	for fn, check := range designChecks {
		if checks[fn] != nil {
			t.Errorf("%s is claimed twice", fn)
		}
		checks[fn] = check
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

// decode reads a part of a case.
func decode[T any](t *testing.T, raw json.RawMessage) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// near fails unless got is want up to the tolerance: absolute up to 1, relative
// beyond, as the file defines it.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Max(1, math.Abs(want))) {
		t.Errorf("%s = %.17g, want %.17g (off by %.2g)", what, got, want, got-want)
	}
}

// nearTail is near for p-values: relative below 1e-6.
func nearTail(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if want < 1e-6 {
		tolerance = math.Max(tolerance, 1e-9) * want
	}
	near(t, what, got, want, tolerance)
}

func nearAll(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s has %d values, want %d", what, len(got), len(want))
	}
	for i := range got {
		near(t, what+" "+strconv.Itoa(i+1), got[i], want[i], tolerance)
	}
}

// oracleTable reads a CSV file of testdata as columns of cells.
func oracleTable(t *testing.T, name string) map[string][]string {
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

// oracleNumbers reads cells as numbers, an empty one as NaN.
func oracleNumbers(t *testing.T, cells []string) []float64 {
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
