package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hailong/cmd/hailong/shell"
	"hailong/cmd/hailong/shelltest"
)

// Whoever mistypes a command reads what to do, and nothing of how the program
// is made.
func TestMistakesAreAnswered(t *testing.T) {
	t.Parallel()
	store := shelltest.BoltURL(t)
	shelltest.CloseStore(t, shelltest.OpenURL(t, store))
	if _, _, err := runCommand(t, "points", "list", "--store", store); err != nil { // stores the catalogue
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	workbook, table, empty := file("bad.xlsx", "PK\x03\x04 cut off"), file("bad.csv", "a,b\n1,2\n"), file("empty.csv", "")
	missing := filepath.Join(dir, "none", "x")
	for name, tt := range map[string]struct {
		text  string
		usage bool // exit status 2
		args  []string
	}{
		"NoSuchCommand":       {`unknown command "serv"`, true, []string{"serv"}},
		"UserAlone":           {"add, list, reset, link, unlink, disable, enable", true, []string{"user"}},
		"TokenAlone":          {"add, list, revoke", true, []string{"token"}},
		"PointsAlone":         {"say what: list", true, []string{"points"}},
		"UnitsAlone":          {"say what: import", true, []string{"units"}},
		"NoSuchPointsCommand": {`unknown command "print"`, true, []string{"points", "print", "--store", store}},
		"NoLogin":             {"hailong user reset USERNAME", true, []string{"user", "reset", "--store", store}},
		"NoTokenNumber":       {"hailong token revoke NUMBER", true, []string{"token", "revoke", "--store", store}},
		"NoBackup":            {"hailong restore FILE", true, []string{"restore", "--store", store}},
		"NoList":              {"hailong units import FILE", true, []string{"units", "import", "--store", store}},
		"ImportNothing":       {"hailong import FILE", true, []string{"import", "--store", store}},
		"ImportNoCampaign":    {"--campaign ID", true, []string{"import", table, "--store", store}},
		"ImportIntoAll":       {"one campaign", true, []string{"import", table, "--store", store, "--campaign", "all"}},
		"ImportUnknown":       {`no campaign "none"; there are: `, false, []string{"import", table, "--store", store, "--campaign", "none"}},
		"ImportLanguage":      {"vi or en", true, []string{"import", table, "--store", store, "--campaign", "all", "--lang", "fr"}},
		"ImportNoWorkbook":    {"save it again", false, []string{"import", workbook, "--store", store, "--campaign", anyCampaign(t, store)}},
		"ImportEmpty":         {"the file is empty", false, []string{"import", empty, "--store", store, "--campaign", anyCampaign(t, store)}},
		"ImportNoPoint":       {"hailong points list", false, []string{"import", table, "--store", store, "--campaign", anyCampaign(t, store), "--point", "x"}},
		"ExportUnknown":       {`no campaign "none"; there are: `, false, []string{"export", "--store", store, "--campaign", "none"}},
		"BackupNowhere":       {"choose another --out", false, []string{"backup", "--store", store, "--out", missing}},
		"AnalyzeWorkbook":     {"CSV UTF-8", true, []string{"analyze", workbook, "--items", "a"}},
		"HealthOfNobody":      {"is it running", false, []string{"health", "--addr", "127.0.0.1:1"}},
		"ProviderAlone":       {"--oidc-client-id", true, []string{"serve", "--store", store, "--oidc-issuer", "http://127.0.0.1:1"}},
		"NoSuchFlag":          {"viết sai cờ / unknown flag: --stor", true, []string{"points", "list", "--stor", store}},
		"NoFlagValue":         {"viết sai cờ / flag needs an argument", true, []string{"points", "list", "--store"}},
		"TooManyWords":        {"cách viết / write: hailong points list", true, []string{"points", "list", "all", "--store", store}},
		"NearlyACommand":      {"có phải / did you mean: export", true, []string{"exprt"}},
		"NoSuchFile":          {"không có tệp " + missing + " / there is no file", false, []string{"restore", missing, "--store", store}},
		"NoSuchStore":         {"hailong serve makes one", false, []string{"user", "list", "--store", "bolt:" + missing}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, _, err := runCommand(t, tt.args...)
			if err == nil || out != "" || !strings.Contains(err.Error(), tt.text) {
				t.Fatalf("wrote %q, error %v; want %q in it", out, err, tt.text)
			}
			if usage := (shell.UsageError{}); tt.usage != errors.As(err, &usage) {
				t.Errorf("a mistake in the words: %v; want %v", !tt.usage, tt.usage)
			}
			for _, internal := range []string{"not_found", "arg(s)", "map[", "0x", "nil", "zip:", "mkdir", "Get \""} {
				if strings.Contains(err.Error(), internal) {
					t.Errorf("%v: %q is not for people", err, internal)
				}
			}
		})
	}
}

// anyCampaign is the id of a campaign of a store.
func anyCampaign(t *testing.T, store string) string {
	t.Helper()
	_, _, err := runCommand(t, "export", "--store", store, "--campaign", "?")
	_, list, ok := strings.Cut(err.Error(), "there are: ")
	if !ok {
		t.Fatal(err)
	}
	id, _, _ := strings.Cut(list, ",")
	return id
}

// TestCommandsMakeNoStore has a mistyped path stay an error: only a server,
// restore and the target of copy make a store.
func TestCommandsMakeNoStore(t *testing.T) {
	t.Parallel()
	list := shelltest.WriteTemp(t, "list.csv", goodCSV)
	for _, command := range []string{
		"backup --out=%s", "copy --to=bolt:%s", "export --campaign=all", "import " + list + " --campaign=tthc-2026", "points list",
		"units import " + list, "user list", "user add lan --name=Lan", "token list", "token add --name=x", "audit verify",
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			flag := "--store"
			if strings.HasPrefix(command, "copy") {
				flag = "--from"
			}
			args := append(strings.Fields(strings.ReplaceAll(command, "%s", filepath.Join(dir, "target"))), flag, "bolt:"+filepath.Join(dir, "data", "hailong.db"))
			_, _, err := runCommand(t, args...)
			if err == nil || !strings.Contains(err.Error(), "no such store: bolt:") || !strings.Contains(err.Error(), "hailong serve makes one") {
				t.Errorf("error %v", err)
			}
			if made, err := os.ReadDir(dir); err != nil || len(made) > 0 {
				t.Errorf("it made %v (%v)", made, err)
			}
		})
	}
}
