package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
)

// submit fills in the form at an address with the first answer to each question.
func submit(t *testing.T, base, path string) {
	t.Helper()
	_, page := get(t, base+path)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	values := url.Values{}
	doc.Find("main form input").Each(func(_ int, input *goquery.Selection) {
		name := input.AttrOr("name", "")
		if kind := input.AttrOr("type", ""); (kind == "hidden" || kind == "radio") && !values.Has(name) {
			values.Set(name, input.AttrOr("value", ""))
		}
	})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+path, strings.NewReader(values.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if status, body := answer(t, &http.Client{}, r); status != http.StatusSeeOther {
		t.Fatalf("the form answers %d, want 303:\n%s", status, body)
	}
}

const metricsTable = "operations/metrics.md"

// checkMetrics holds what /metrics answered against the table of metrics.
func checkMetrics(t *testing.T, answered string) {
	t.Helper()
	help := regexp.MustCompile(`(?m)^# HELP (hailong_\w+) (.*)$`)
	rows := map[string]string{}
	for _, found := range help.FindAllStringSubmatch(answered, -1) {
		name := found[1]
		rows[name] = fmt.Sprintf("| `%s` | %s | %s |\n", name, labelsOf(answered, name), found[2])
	}
	var table strings.Builder
	table.WriteString("# Metrics\n\nWhat `/metrics` answers at `--metrics-addr`, besides the usual numbers of Go and of the process.\nA server on MongoDB has none of `hailong_store_*` but `hailong_mongodb_connections` (`use`: `busy`, `idle`): the database has metrics of its own.\n\n" +
		"| metric | labels | what it is |\n|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		table.WriteString(rows[name])
	}
	if *updateGolden {
		if err := os.WriteFile(metricsTable, []byte(table.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	documented, err := os.ReadFile(metricsTable)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(documented), table.String()); diff != "" {
		t.Errorf("%s does not list what /metrics answers; run this test with -update (-documented +answered):\n%s", metricsTable, diff)
	}
}

// labelsOf are the labels of a metric, but for those of a histogram's own.
func labelsOf(answered, name string) string {
	labels := map[string]bool{}
	line := regexp.MustCompile(`(?m)^` + name + `(?:_bucket|_sum|_count)?\{(.*)\}`)
	for _, found := range line.FindAllStringSubmatch(answered, -1) {
		for _, pair := range regexp.MustCompile(`(\w+)="`).FindAllStringSubmatch(found[1], -1) {
			if pair[1] != "le" {
				labels["`"+pair[1]+"`"] = true
			}
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(labels)), ", ")
}
