package main

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/storetest"
)

func TestStoreAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"bolt:data/hailong.db":       "data/hailong.db",
		"bolt:/srv/a:b.db":           "/srv/a:b.db",
		"mongodb://user:secret@h/n":  "",
		"mongodb+srv://u:secret@h/n": "",
		"bolt:":                      "error",
		"":                           "error",
		"data/hailong.db":            "error",
		"postgres://user:secret@h/n": "error",
		"secret":                     "error",
		"MONGODB://user:secret@h/n":  "error",
	} {
		got, err := (&storeOption{flag: "store", url: address}).boltPath()
		if err != nil {
			got = "error"
			if !errors.As(err, new(usageError)) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%q: %v", address, err)
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

// TestHearOthers has another process, or what stands for it, store a response
// while a server runs.
func TestHearOthers(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "hl") // a short name, for the socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	for name, url := range map[string]string{
		"Bolt":    "bolt:" + filepath.Join(dir, "store.db"),
		"MongoDB": storetest.MongoDB(t).Database(t),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := openURL(t, url)
			defer closeStore(t, server)
			heard := make(chan survey.Response, 10)
			stop := followResponses(t.Context(), server, time.Now(), slog.New(slog.DiscardHandler), func(r survey.Response) { heard <- r })
			defer stop()

			other, err := (&storeOption{flag: "store", url: url}).open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer closeStore(t, other)
			doc, err := survey.Response{ID: "a", Campaign: "tthc-2026", Received: time.Now()}.MarshalBSON()
			if err != nil {
				t.Fatal(err)
			}
			if fresh, err := other.Insert(t.Context(), survey.Responses, doc); err != nil || !fresh[0] {
				t.Fatal(fresh, err)
			}
			if r := <-heard; r.ID != "a" || r.Campaign != "tthc-2026" {
				t.Errorf("heard %+v", r)
			}
		})
	}
}

// TestOwnIsExclusive has a second server refused, and a command let in.
func TestOwnIsExclusive(t *testing.T) {
	t.Parallel()
	url := boltURL(t)
	s := openURL(t, url)
	defer closeStore(t, s)
	_, err := (&storeOption{flag: "store", url: url}).own(t.Context(), slog.New(slog.DiscardHandler))
	if !errors.Is(err, bolt.ErrInUse) {
		t.Error(err)
	}
}

// TestCommandsMakeNoStore has a mistyped path stay an error: only a server,
// restore and the target of copy make a store.
func TestCommandsMakeNoStore(t *testing.T) {
	t.Parallel()
	list := writeTemp(t, "list.csv", goodCSV)
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
