package transfer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/storetest"
)

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	from := shelltest.BoltURL(t)
	fillStore(t, from)
	server := storetest.MongoDB(t)
	out := filepath.Join(t.TempDir(), "backup.zip")
	shelltest.WantExit(t, program(), 0, "backup", "--store", from, "--out", out)
	shelltest.WantExit(t, program(), 1, "backup", "--store", from, "--out", out) // never over a file that is there
	for name, to := range map[string]string{"Bolt": shelltest.BoltURL(t), "MongoDB": server.Database(t)} {
		t.Run(name, func(t *testing.T) {
			shelltest.WantExit(t, program(), 0, "restore", out, "--store", to, "--keys", keysOf(from))
			shelltest.WantExit(t, program(), 0, "restore", out, "--store", to, "--keys", keysOf(from)) // completes an interrupted one
			expectSame(t, from, to, append([]survey.Collection{survey.Settings}, survey.Passing...)...)
			expectNone(t, to, survey.Passing)

			second := filepath.Join(t.TempDir(), "second.zip")
			shelltest.WantExit(t, program(), 0, "backup", "--store", to, "--out", second, "--keys", keysOf(from))
			third := shelltest.BoltURL(t)
			shelltest.WantExit(t, program(), 0, "restore", second, "--store", third, "--keys", keysOf(from))
			expectSame(t, to, third, survey.Settings)

			s := shelltest.OpenURL(t, to)
			if _, err := s.Insert(t.Context(), survey.Units, storetest.Document(t, "another", 1, "")); err != nil {
				t.Fatal(err)
			}
			shelltest.CloseStore(t, s)
			shelltest.WantExit(t, program(), 1, "restore", out, "--store", to, "--keys", keysOf(from))
		})
	}
	files, err := os.ReadDir(filepath.Dir(out))
	if err != nil || len(files) != 1 {
		t.Errorf("left beside the backup: %v, %v", files, err)
	}
	info, err := os.Stat(out)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup's rights are %v (%v)", info.Mode(), err)
	}
}

// TestBackupWhileServing backs up a store that this process has open.
// What joins a slip and its response for a day is in no backup, which would keep it.
func expectNone(t *testing.T, url string, collections []survey.Collection) {
	t.Helper()
	s := shelltest.OpenURL(t, url)
	defer shelltest.CloseStore(t, s)
	for _, c := range collections {
		if err := s.Scan(t.Context(), c, "", "", func(doc bson.Raw) error { t.Errorf("%s: %s was restored", c, doc); return nil }); err != nil {
			t.Error(err)
		}
	}
}

func TestBackupWhileServing(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "hl") // a short name, for the socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	url := "bolt:" + filepath.Join(dir, "store.db")
	fillStore(t, url)
	s := shelltest.OpenURL(t, url)
	defer shelltest.CloseStore(t, s)
	stop, err := s.(*bolt.Store).Share()
	if err != nil {
		t.Fatal(err)
	}
	defer stop()

	out := filepath.Join(dir, "backup.zip")
	shelltest.WantExit(t, program(), 0, "backup", "--store", url, "--out", out)
	if _, messages, err := shelltest.Run(t, program(), "restore", out, "--store", url, "--keys", keysOf(url)); err == nil || !strings.Contains(err.Error()+messages, "stop it first, or restore into another file") {
		t.Errorf("restore into a store in use: %v %s", err, messages)
	}
	to := shelltest.BoltURL(t)
	shelltest.WantExit(t, program(), 0, "restore", out, "--store", to, "--keys", keysOf(url))
	restored := shelltest.OpenURL(t, to)
	defer shelltest.CloseStore(t, restored)
	but := append([]survey.Collection{survey.Settings}, survey.Passing...) // that it was backed up is noted afterwards
	if diff := cmp.Diff(contentsOf(t, s, but...), contentsOf(t, restored, but...)); diff != "" {
		t.Error(diff)
	}
	shelltest.WantExit(t, program(), 1, "restore", out, "--store", url, "--keys", keysOf(url)) // a server keeps its file to itself
}

// keysOf is the usual directory of keys of a store.
func keysOf(url string) string {
	return strings.TrimSuffix(strings.TrimPrefix(url, "bolt:"), ".db") + ".keys"
}

func TestRestoreRefusesWhatIsNoBackup(t *testing.T) {
	t.Parallel()
	from, to, dir := shelltest.BoltURL(t), shelltest.BoltURL(t), t.TempDir()
	fillStore(t, from)
	whole := filepath.Join(dir, "whole.zip")
	shelltest.WantExit(t, program(), 0, "backup", "--store", from, "--out", whole)
	content := shelltest.ReadFile(t, whole)
	path := filepath.Join(dir, "cut.zip")
	if err := os.WriteFile(path, content[:len(content)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	shelltest.WantExit(t, program(), 1, "restore", path, "--store", to, "--keys", keysOf(from))
	if _, err := os.Stat(strings.TrimPrefix(to, "bolt:")); err == nil {
		t.Error("a store was made for a backup that is none")
	}
	shelltest.WantExit(t, program(), 2, "restore")
	shelltest.WantExit(t, program(), 2, "backup")
	shelltest.WantExit(t, program(), 1, "restore", filepath.Join(dir, "none.zip"), "--store", to)
}
