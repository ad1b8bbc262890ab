package keys_test

import (
	"os"
	"path/filepath"
	"testing"

	"hailong/survey"
)

func TestWhatIsRememberedIsTheNewest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k := open(t, dir)
	if _, err := k.Remembered(t.Context(), "log-signed"); !survey.Is(err, survey.NotFound) {
		t.Errorf("before anything was remembered: %v, want not found", err)
	}
	secret := key(t, k, "log-signed")
	for _, text := range []string{"first\n", "second, which is longer\n", "3\n"} {
		if err := k.Remember(t.Context(), "log-signed", []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := open(t, dir).Remembered(t.Context(), "log-signed"); err != nil || string(got) != text {
			t.Errorf("remembered %q, %v; want %q", got, err, text)
		}
	}
	if again := key(t, open(t, dir), "log-signed"); string(again) != string(secret) {
		t.Error("the key of the same name was written over")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("the directory holds %v, %v", entries, err)
	}
}

func TestMemoryStaysInItsDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k := open(t, filepath.Join(dir, "keys"))
	for _, name := range []string{"", "..", "../other", "a/b", ".making-x"} {
		if err := k.Remember(t.Context(), name, nil); !survey.Is(err, survey.Internal) {
			t.Errorf("remembered under %q: %v", name, err)
		}
		if _, err := k.Remembered(t.Context(), name); !survey.Is(err, survey.Internal) {
			t.Errorf("read under %q: %v", name, err)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("beside the directory there is %v", entries)
	}
}
