package shell_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"hailong/cmd/hailong/shell"
	"hailong/cmd/hailong/shelltest"
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
		got, err := (&shell.StoreOption{Flag: "store", URL: address}).BoltPath()
		if err != nil {
			got = "error"
			if !errors.As(err, new(shell.UsageError)) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%q: %v", address, err)
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

// TestOwnIsExclusive has a second server refused, and a command let in.
func TestOwnIsExclusive(t *testing.T) {
	t.Parallel()
	url := shelltest.BoltURL(t)
	s := shelltest.OpenURL(t, url)
	defer shelltest.CloseStore(t, s)
	_, err := (&shell.StoreOption{Flag: "store", URL: url}).Own(t.Context(), slog.New(slog.DiscardHandler))
	if !errors.Is(err, bolt.ErrInUse) {
		t.Error(err)
	}
}

// A command reads what a server has open, and makes no store of its own.
func TestOpen(t *testing.T) {
	t.Parallel()
	url := shelltest.BoltURL(t)
	option := &shell.StoreOption{Flag: "store", URL: url}
	if _, err := option.Open(t.Context()); err == nil || !strings.Contains(err.Error(), "no such store: "+url) {
		t.Errorf("a store that is not there: %v", err)
	}
	server := shelltest.OpenURL(t, url)
	defer shelltest.CloseStore(t, server)
	stop, err := server.(*bolt.Store).Share()
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if _, err := server.Insert(t.Context(), survey.Units, storetest.Document(t, "bum-to", 1, "Bum Tở")); err != nil {
		t.Fatal(err)
	}
	command, err := option.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer shelltest.CloseStore(t, command)
	if _, err := command.Get(t.Context(), survey.Units, "bum-to"); err != nil {
		t.Error(err)
	}
}
