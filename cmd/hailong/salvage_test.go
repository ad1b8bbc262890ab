package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/bolt"
	"hailong/survey/salvage"
)

// A response that cannot be read is missing, with its day and point, and everything else
// is in the new store, which is whole but for what is stated.
func TestSalvage(t *testing.T) {
	t.Parallel()
	url, path := checkedStore(t)
	flip(t, path)
	damaged := shelltest.ReadFile(t, path)
	out := filepath.Join(t.TempDir(), "new.db")
	printed, messages, err := shelltest.Run(t, newRootCommand(), "check", "--store", url, "--salvage", out, "--json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(damaged, shelltest.ReadFile(t, path)) {
		t.Error("the damaged file was changed")
	}
	var report salvage.Salvaged
	if err := json.Unmarshal([]byte(printed), &report); err != nil {
		t.Fatal(err)
	}
	if n, known := report.Missing(); n != 1 || !known {
		t.Errorf("%d documents are missing (known: %v), want the one response", n, known)
	}
	if m := report.Responses; len(m) != 1 || len(m[0].Responses) != 1 || m[0].Responses[0] != checkedID || m[0].Points["QH7K2M3"] != 1 {
		t.Errorf("missing responses are %+v, want %s at QH7K2M3", m, checkedID)
	}
	for _, want := range []string{"responses", "mất / missing: 1", "QH7K2M3: 1", "hailong check --store bolt:" + out} {
		if !strings.Contains(messages, want) {
			t.Errorf("the report does not say %q:\n%s", want, messages)
		}
	}
	if strings.Contains(messages+printed, "hài lòng với") {
		t.Errorf("the report holds an answer:\n%s", messages)
	}
	checked, _, err := shelltest.Run(t, newRootCommand(), "check", "--store", "bolt:"+out)
	if err != nil || !strings.Contains(checked, "as a salvage stated: 1") {
		t.Errorf("the check of the new store says %v:\n%s", err, checked)
	}
	shelltest.WantExit(t, newRootCommand(), 0, "audit", "verify", "--store", "bolt:"+out)
	shelltest.WantExit(t, newRootCommand(), 1, "check", "--store", url)
}

// What goes after a salvage is no loss that it stated: a check finds it.
func TestCheckFindsWhatGoesAfterASalvage(t *testing.T) {
	t.Parallel()
	url, path := checkedStore(t)
	first := shelltest.OpenURL(t, url)
	if err := audit.New(first, time.Now).Baseline(t.Context(), survey.Actor{Shell: "test"}); err != nil {
		t.Fatal(err)
	}
	shelltest.CloseStore(t, first)
	flip(t, path)
	out := "bolt:" + filepath.Join(t.TempDir(), "new.db")
	shelltest.WantExit(t, newRootCommand(), 0, "check", "--store", url, "--salvage", out)
	shelltest.WantExit(t, newRootCommand(), 0, "check", "--store", out)
	s := shelltest.OpenURL(t, out)
	docs := survey.Documents[bson.Raw]{Store: s, Collection: survey.Units}
	all, err := docs.All(t.Context())
	if err != nil || len(all) == 0 {
		t.Fatalf("%d units, error %v", len(all), err)
	}
	if err := s.Delete(t.Context(), survey.Units, survey.DocumentText(all[0], "_id"), survey.DocumentRev(all[0])); err != nil {
		t.Fatal(err)
	}
	shelltest.CloseStore(t, s)
	if _, _, err := shelltest.Run(t, newRootCommand(), "check", "--store", out); err == nil {
		t.Error("a unit was removed behind the program's back, and the check found nothing")
	}
}

// A file without its beginning, and without what leads to its parts, is served again.
func TestSalvagedStoreIsServed(t *testing.T) {
	t.Parallel()
	url, path := checkedStore(t)
	content := shelltest.ReadFile(t, path)
	clear(content[:2*os.Getpagesize()]) // both metas
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	_, messages, err := shelltest.Run(t, newRootCommand(), "serve", "--store", url, "--addr", "127.0.0.1:0")
	if err == nil || !strings.Contains(err.Error(), "--salvage") {
		t.Errorf("the server says %v\n%s\nwant the remedy", err, messages)
	}
	out := "bolt:" + filepath.Join(t.TempDir(), "new.db")
	shelltest.WantExit(t, newRootCommand(), 0, "check", "--store", url, "--salvage", out)
	shelltest.WantExit(t, newRootCommand(), 0, "check", "--store", out)
	_, base := startServer(t, "serve", "--store", out)
	awaitReady(t, base)
	points, _, err := shelltest.Run(t, newRootCommand(), "points", "list", "--store", out)
	form := regexp.MustCompile(`/s/[0-9A-Z]{7}`).FindString(points)
	if err != nil || form == "" {
		t.Fatalf("no point is listed, error %v:\n%s", err, points)
	}
	if status, _ := get(t, base+form); status != 200 {
		t.Errorf("the form of a point answers %d, want 200", status)
	}
}

func TestSalvageRefuses(t *testing.T) {
	t.Parallel()
	url, path := checkedStore(t)
	other, _ := checkedStore(t)
	for name, test := range map[string]struct{ out, says string }{
		"AStoreThatHoldsSomething": {other, "not empty"},
		"TheStoreItself":           {url, "another one"},
		"NoStore":                  {"postgres://user:secret@h/n", "no store"},
	} {
		before := shelltest.ReadFile(t, path)
		_, _, err := shelltest.Run(t, newRootCommand(), "check", "--store", url, "--salvage", test.out)
		if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error is %v, want one that says %q", name, err, test.says)
		}
		if !bytes.Equal(before, shelltest.ReadFile(t, path)) {
			t.Errorf("%s: the file was changed", name)
		}
	}
	s, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	stop, err := s.Share()
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	_, _, err = shelltest.Run(t, newRootCommand(), "check", "--store", url, "--salvage", filepath.Join(t.TempDir(), "new.db"))
	if err == nil || !strings.Contains(err.Error(), "stop it before") {
		t.Errorf("while a server has the file the error is %v, want one that says to stop it", err)
	}
}
