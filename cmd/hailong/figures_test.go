package main

import (
	"encoding/json"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"hailong/analysis/results"
	"hailong/analysis/results/tables"
	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
	"hailong/survey/catalog/demo"
)

func mustCommand(t testing.TB, args ...string) string {
	t.Helper()
	out, messages, err := runCommand(t, args...)
	if err != nil {
		t.Fatalf("hailong %s: %v\n%s", strings.Join(args, " "), err, messages)
	}
	return out
}

// The figures of an office are those of the statistics command on the exported file,
// exactly: both are of what the release holds.
func TestFiguresAreThoseOfAnalyze(t *testing.T) {
	t.Parallel()
	store := shelltest.BoltURL(t)
	s := shelltest.OpenURL(t, store)
	if err := (&demo.Demo{Seed: 3, Today: "2026-03-05", Responses: 3000}).Fill(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	shelltest.CloseStore(t, s)
	file := filepath.Join(t.TempDir(), "sipas.csv")
	mustCommand(t, "release", "--store", store, "--campaign", "sipas-2026")
	mustCommand(t, "export", "--store", store, "--campaign", "sipas-2026", "--out", file)
	var items []string
	for i := 1; i <= 22; i++ {
		items = append(items, "D"+string(rune('0'+i/10))+string(rune('0'+i%10)))
	}
	for i := range items {
		items[i] = strings.Replace(items[i], "D0", "D", 1)
	}
	var analyzed struct {
		Items []struct {
			Item            string
			N               int64
			Rate, Low, High float64
		}
		Index struct {
			N               int64
			Rate, Low, High float64
		}
	}
	out := mustCommand(t, "analyze", "--json", "--items", strings.Join(items, ","), file)
	if err := json.Unmarshal([]byte(out), &analyzed); err != nil {
		t.Fatal(err)
	}
	s = shelltest.OpenURL(t, store)
	defer shelltest.CloseStore(t, s)
	c, err := survey.LoadCatalog(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	released := results.NewReleased(s, func() *survey.Catalog { return c }, nil)
	table, err := released.Table(t.Context(), tables.Query{Campaign: "sipas-2026", By: []tables.Dimension{tables.ByItem}, Pooling: survey.PoolAnswers})
	if err != nil {
		t.Fatal(err)
	}
	same := func(what string, f tables.Figure, answers int64, rate, low, high float64) {
		if f.Answers != answers || math.Abs(f.Rate-rate) > 1e-12 || math.Abs(f.Low-low) > 1e-9 || math.Abs(f.High-high) > 1e-9 {
			t.Errorf("%s: %+v, analyze says %d, %v, %v to %v", what, f, answers, rate, low, high)
		}
	}
	same("index", table.Overall, analyzed.Index.N, analyzed.Index.Rate, analyzed.Index.Low, analyzed.Index.High)
	compared := 0
	for _, g := range table.Groups {
		for _, it := range analyzed.Items {
			if it.Item == g.Keys[0] {
				same(it.Item, g.Figure, it.N, it.Rate, it.Low, it.High)
				compared++
			}
		}
	}
	if compared != 22 {
		t.Errorf("%d items compared, want 22", compared)
	}
}
