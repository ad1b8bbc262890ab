package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"hailong/cmd/hailong/shelltest"
	"hailong/survey/health"
)

const alertsFile, dashboardFile = "operations/alerts.yml", "operations/dashboard.json"

// promtool is Prometheus' own checker. A build server has it; elsewhere what needs it is
// left out where it is missing.
func promtool(t *testing.T, args ...string) {
	t.Helper()
	tool, err := exec.LookPath("promtool")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("promtool is missing: sh .ci/tools")
		}
		t.Skip("promtool is missing; it is in the package prometheus")
	}
	if out, err := exec.CommandContext(t.Context(), tool, args...).CombinedOutput(); err != nil {
		t.Errorf("promtool %q: %v\n%s", args, err, out)
	}
}

// answeredMetrics are the names in the table of metrics, which TestServeMetrics holds
// against what /metrics answers.
func answeredMetrics(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, row := range regexp.MustCompile("(?m)^\\| `(hailong_\\w+)`").FindAllSubmatch(shelltest.ReadFile(t, metricsTable), -1) {
		names = append(names, string(row[1]))
	}
	return names
}

// checkNames fails for a metric that /metrics does not answer, and for a fault that there is
// not.
func checkNames(t *testing.T, where, expression string, answered []string) {
	t.Helper()
	names := regexp.MustCompile(`\bhailong_\w+`).FindAllString(expression, -1)
	if len(names) == 0 && !strings.Contains(expression, "up{") {
		t.Errorf("%s asks for no metric: %s", where, expression)
	}
	for _, name := range names {
		series := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
		if !slices.Contains(answered, name) && !slices.Contains(answered, series) {
			t.Errorf("%s: /metrics does not answer %s", where, name)
		}
	}
	for _, found := range regexp.MustCompile(`fault=~?"([^"]+)"`).FindAllStringSubmatch(expression, -1) {
		for fault := range strings.SplitSeq(found[1], "|") {
			if !slices.Contains(health.Faults, health.ReadinessFault(fault)) {
				t.Errorf("%s: there is no fault %q", where, fault)
			}
		}
	}
}

// Every alert can fire, and says in both languages what it means and what to do.
func TestAlerts(t *testing.T) {
	t.Parallel()
	var file struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr string
				Labels      map[string]string
				Annotations map[string]string
			}
		}
	}
	if err := yaml.Unmarshal(shelltest.ReadFile(t, alertsFile), &file); err != nil {
		t.Fatal(err)
	}
	answered, seen := answeredMetrics(t), map[string]bool{}
	for _, group := range file.Groups {
		for _, rule := range group.Rules {
			if seen[rule.Alert] {
				t.Errorf("%s stands twice", rule.Alert)
			}
			seen[rule.Alert] = true
			checkNames(t, rule.Alert, rule.Expr, answered)
			if s := rule.Labels["severity"]; s != "critical" && s != "warning" {
				t.Errorf("%s: severity %q, want critical or warning", rule.Alert, s)
			}
			for _, name := range []string{"summary", "description"} {
				if vi, en := rule.Annotations[name], rule.Annotations[name+"_en"]; !isVietnamese(vi) || en == "" || isVietnamese(en) {
					t.Errorf("%s: %s is %q and %q, want Vietnamese and English", rule.Alert, name, vi, en)
				}
			}
		}
	}
	if len(seen) < 15 {
		t.Errorf("%d alerts, want more: %v", len(seen), seen)
	}
}

// Prometheus itself takes the rules, and they fire when they should and not before.
func TestAlertsFire(t *testing.T) {
	t.Parallel()
	alerts, err := filepath.Abs(alertsFile)
	if err != nil {
		t.Fatal(err)
	}
	promtool(t, "check", "rules", alerts)
	cases := strings.Replace(string(shelltest.ReadFile(t, "testdata/alerts.yml")), "ALERTS", alerts, 1)
	// What an alert says is for people; a case holds only that it fires.
	quiet := regexp.MustCompile(`(?m)^        annotations:\n(          .*\n)+`).ReplaceAllString(string(shelltest.ReadFile(t, alertsFile)), "")
	cases = strings.Replace(cases, alerts, shelltest.WriteTemp(t, "alerts.yml", quiet), 1)
	promtool(t, "test", "rules", shelltest.WriteTemp(t, "cases.yml", cases))
}

// The dashboard is one screen, in which nothing lies over another, of metrics that
// /metrics answers.
func TestDashboard(t *testing.T) {
	t.Parallel()
	type source struct{ Type, UID string }
	var board struct {
		UID, Title    string
		SchemaVersion int
		Panels        []struct {
			ID          int
			Type, Title string
			Datasource  source
			GridPos     struct{ H, W, X, Y int }
			Targets     []struct {
				Expr       string
				Datasource source
			}
		}
	}
	if err := json.Unmarshal(shelltest.ReadFile(t, dashboardFile), &board); err != nil {
		t.Fatal(err)
	}
	if board.UID == "" || board.Title == "" || board.SchemaVersion == 0 {
		t.Errorf("uid %q, title %q, schema %d, want all", board.UID, board.Title, board.SchemaVersion)
	}
	const columns, screen = 24, 20 // rows of Grafana that a screen of 1080 lines shows
	answered, taken, ids := answeredMetrics(t), map[[2]int]string{}, map[int]bool{}
	rules := "groups:\n- name: dashboard\n  rules:\n"
	for _, p := range board.Panels {
		if ids[p.ID] || !isVietnamese(inVietnamese(p.Title)) || len(p.Targets) == 0 {
			t.Errorf("panel %d %q: its id is not its own, it has no Vietnamese title, or it shows nothing", p.ID, p.Title)
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" || x >= columns || y >= screen {
					t.Fatalf("panel %q at %d, %d lies over %q, or outside the screen", p.Title, x, y, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		for i, target := range p.Targets {
			if want := (source{"prometheus", "${datasource}"}); target.Datasource != want || p.Datasource != want {
				t.Errorf("panel %q asks %v, want %v", p.Title, target.Datasource, want)
			}
			checkNames(t, p.Title, target.Expr, answered)
			rules += fmt.Sprintf("  - record: panel%d_%d\n    expr: %s\n", p.ID, i, strings.ReplaceAll(mustJSON(t, target.Expr), "$instance", ".*"))
		}
	}
	promtool(t, "check", "rules", shelltest.WriteTemp(t, "dashboard.yml", rules))
}

func mustJSON(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}

// What lies beside the metrics is in every release, and the service asks for no rights that
// the program does not need.
func TestReleaseHoldsOperations(t *testing.T) {
	t.Parallel()
	script := string(shelltest.ReadFile(t, "../../.ci/release"))
	files, err := os.ReadDir("operations")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.Contains(script, "cmd/hailong/operations/"+f.Name()) {
			t.Errorf(".ci/release leaves %s out", f.Name())
		}
	}
	unit := string(shelltest.ReadFile(t, "operations/hailong.service"))
	for _, line := range []string{"DynamicUser=yes", "ProtectSystem=strict", "StateDirectory=hailong", "NoNewPrivileges=yes", "MemoryMax=", "UMask=0077"} {
		if !strings.Contains(unit, "\n"+line) {
			t.Errorf("hailong.service lacks %s", line)
		}
	}
}
