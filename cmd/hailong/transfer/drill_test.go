package transfer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
	"hailong/survey/backup"
	"hailong/survey/storetest"
)

// TestDrill tries backups out: of the store, of the store as it was, and of another.
func TestDrill(t *testing.T) {
	t.Parallel()
	from, other := smallStore(t), smallStore(t)
	dir := t.TempDir()
	out, foreign := filepath.Join(dir, "b.zip"), filepath.Join(dir, "o.zip")
	shelltest.WantExit(t, program(), 0, "backup", "--store", from, "--out", out)
	shelltest.WantExit(t, program(), 0, "backup", "--store", other, "--out", foreign)
	s := shelltest.OpenURL(t, from)
	if _, err := s.Insert(t.Context(), survey.Units, storetest.Document(t, "new", 1, "")); err != nil {
		t.Fatal(err)
	}
	shelltest.CloseStore(t, s)
	page, _, err := shelltest.Run(t, program(), "restore", "--drill", out, "--store", from)
	if err != nil {
		t.Fatalf("%v\n%s", err, page)
	}
	if !strings.Contains(page, "appeals") || !strings.Contains(page, "units                    2         0         1         0") {
		t.Errorf("the page is\n%s", page)
	}
	if page, _, err := shelltest.Run(t, program(), "restore", "--drill", foreign, "--store", from, "--keys", keysOf(other)); err == nil || !strings.Contains(page, "it is of another store") {
		t.Errorf("a backup of another store: %v\n%s", err, page)
	}
	s = shelltest.OpenURL(t, from)
	defer shelltest.CloseStore(t, s)
	note, err := backup.ReadNote(t.Context(), s)
	if err != nil || note.Drill == nil || note.Drill.Good || note.Last == nil || !note.Last.Signed || note.Last.Sealed {
		t.Errorf("noted %+v, error %v", note, err)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(keysOf(from)), ".hailong-*")); err != nil || len(left) > 0 {
		t.Errorf("left beside the store: %v, %v", left, err)
	}
}

// TestKeep prunes a directory in which lie backups of this store, of another, and files
// that only look like one.
func TestKeep(t *testing.T) {
	t.Parallel()
	from, other := smallStore(t), smallStore(t)
	dir := t.TempDir()
	key, _, err := shelltest.Run(t, program(), "backup", "--store", from, "--public-key")
	if err != nil {
		t.Fatal(err)
	}
	whole := filepath.Join(t.TempDir(), "b.zip")
	shelltest.WantExit(t, program(), 0, "backup", "--store", from, "--out", whole)
	shelltest.WantExit(t, program(), 0, "backup", "--store", other, "--out", dir, "--keep", "1d")
	public := backup.PublicKey(strings.TrimSpace(key))
	old := func(days int, content []byte) string {
		path := filepath.Join(dir, backup.FileName(public, time.Now().AddDate(0, 0, -days), false))
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	goes, stays, looksLike := old(40, shelltest.ReadFile(t, whole)), old(1, shelltest.ReadFile(t, whole)), old(50, []byte("notes of somebody"))
	printed, _, err := shelltest.Run(t, program(), "backup", "--store", from, "--out", dir, "--keep", "2d")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(goes); err == nil || !strings.Contains(printed, filepath.Base(goes)) {
		t.Errorf("an old backup stays, or it is not said:\n%s", printed)
	}
	for _, path := range []string{stays, looksLike} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 4 { // the two, the new one, the other store's
		t.Errorf("there are %v, error %v", files, err)
	}
	shelltest.WantExit(t, program(), 2, "backup", "--store", from, "--out", dir, "--keep", "often")
	shelltest.WantExit(t, program(), 2, "backup", "--store", from, "--out", whole, "--keep", "7d")
}
