package transfer

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
			shelltest.WantExit(t, program(), 0, "restore", out, "--store", to)
			shelltest.WantExit(t, program(), 0, "restore", out, "--store", to) // completes an interrupted one
			expectSame(t, from, to, survey.Passing...)
			expectNone(t, to, survey.Passing)

			second := filepath.Join(t.TempDir(), "second.zip")
			shelltest.WantExit(t, program(), 0, "backup", "--store", to, "--out", second)
			third := shelltest.BoltURL(t)
			shelltest.WantExit(t, program(), 0, "restore", second, "--store", third)
			expectSame(t, to, third)

			s := shelltest.OpenURL(t, to)
			if _, err := s.Insert(t.Context(), survey.Units, storetest.Document(t, "another", 1, "")); err != nil {
				t.Fatal(err)
			}
			shelltest.CloseStore(t, s)
			shelltest.WantExit(t, program(), 1, "restore", out, "--store", to)
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
	if _, messages, err := shelltest.Run(t, program(), "restore", out, "--store", url); err == nil || !strings.Contains(err.Error()+messages, "stop it first, or restore into another file") {
		t.Errorf("restore into a store in use: %v %s", err, messages)
	}
	to := shelltest.BoltURL(t)
	shelltest.WantExit(t, program(), 0, "restore", out, "--store", to)
	restored := shelltest.OpenURL(t, to)
	defer shelltest.CloseStore(t, restored)
	if diff := cmp.Diff(contentsOf(t, s, survey.Passing...), contentsOf(t, restored, survey.Passing...)); diff != "" {
		t.Error(diff)
	}
	shelltest.WantExit(t, program(), 1, "restore", out, "--store", url) // a server keeps its file to itself
}

func archiveBytes(t testing.TB) []byte {
	t.Helper()
	url := shelltest.BoltURL(t)
	s := shelltest.OpenURL(t, url)
	defer shelltest.CloseStore(t, s)
	for _, c := range survey.Collections {
		if _, err := s.Insert(t.Context(), c, storetest.Document(t, "a", 1, strings.Repeat(string(c), 20)), storetest.Document(t, "b", 1, "")); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := writeArchive(t.Context(), &b, s, "test", time.Now()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func openBytes(t testing.TB, b []byte) (*archive, error) {
	t.Helper()
	return openArchive(t.Context(), bytes.NewReader(b), int64(len(b)))
}

func TestRestoreRefusesACutBackup(t *testing.T) {
	t.Parallel()
	whole := archiveBytes(t)
	if _, err := openBytes(t, whole); err != nil {
		t.Fatal(err)
	}
	for length := range len(whole) {
		if _, err := openBytes(t, whole[:length]); err == nil || !strings.Contains(err.Error(), "the backup is cut off or altered; nothing was restored") {
			t.Fatalf("%d of %d bytes: error %v", length, len(whole), err)
		}
	}
	if _, err := openBytes(t, []byte("id,unit\n1,bum-to\n")); !errors.Is(err, errNoBackup) {
		t.Errorf("a list of responses: error %v", err)
	}
	path, to := filepath.Join(t.TempDir(), "cut.zip"), shelltest.BoltURL(t)
	if err := os.WriteFile(path, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	shelltest.WantExit(t, program(), 1, "restore", path, "--store", to)
	if _, err := os.Stat(strings.TrimPrefix(to, "bolt:")); err == nil {
		t.Error("a store was made for a backup that is none")
	}
}

// TestRestoreRefusesAnAlteredBackup changes bytes in turn: either that is noticed, or
// the documents are the same (a zip file has bytes without meaning). It changes one
// byte in sixteen; with HAILONG_TEST_FLIPS=all, as "make faults" has it, each.
func TestRestoreRefusesAnAlteredBackup(t *testing.T) {
	t.Parallel()
	whole := archiveBytes(t)
	a, err := openBytes(t, whole)
	if err != nil {
		t.Fatal(err)
	}
	want := contentsOf(t, a)
	step := 16
	if os.Getenv("HAILONG_TEST_FLIPS") == "all" {
		step = 1
	}
	first := rand.IntN(step)
	t.Logf("of %d bytes every %dth from %d on", len(whole), step, first)
	refused, changed := 0, 0
	for i := first; i < len(whole); i += step {
		changed++
		altered := bytes.Clone(whole)
		altered[i] ^= 0x10
		a, err := openBytes(t, altered)
		if err != nil {
			refused++
			continue
		}
		if diff := cmp.Diff(want, contentsOf(t, a)); diff != "" {
			t.Fatalf("byte %d: other documents would be restored:\n%s", i, diff)
		}
	}
	if refused < changed/2 || changed < 100 {
		t.Errorf("%d of %d changes were noticed", refused, changed)
	}
}

func TestRestoreRefusesOtherFiles(t *testing.T) {
	t.Parallel()
	hash := fmt.Sprintf("%x", newTally().sum.Sum(nil))
	for name, test := range map[string]struct {
		manifest string
		says     string
	}{
		"NoManifest":        {"", "not a backup"},
		"ANewerFormat":      {`{"format":2,"program":"v9"}`, "v9"},
		"ANewCollection":    {`{"format":1,"program":"v9","contents":[{"collection":"news","documents":0,"sha256":"` + hash + `"}]}`, "v9"},
		"AMissingEntry":     {`{"format":1,"contents":[{"collection":"units","documents":1,"sha256":"` + hash + `"}]}`, "cut off or altered"},
		"AnotherSum":        {`{"format":1,"contents":[{"collection":"units","documents":0,"sha256":"00"}]}`, "cut off or altered"},
		"NoManifestAtAll":   {`[]`, "cut off or altered"},
		"AnUnfinishedWords": {`{"format":`, "cut off or altered"},
	} {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		if test.manifest != "" {
			w, err := z.Create(manifestName)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(w, test.manifest)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := openBytes(t, b.Bytes()); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	shelltest.WantExit(t, program(), 2, "restore")
	shelltest.WantExit(t, program(), 2, "backup")
	shelltest.WantExit(t, program(), 1, "restore", filepath.Join(t.TempDir(), "none.zip"), "--store", shelltest.BoltURL(t))
}

// FuzzOpenArchive holds that no file makes the reader panic, and that what it
// takes for whole can be read again.
func FuzzOpenArchive(f *testing.F) {
	whole := archiveBytes(f)
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := openBytes(t, b)
		if err != nil {
			return
		}
		for _, c := range a.manifest.Contents {
			if got, err := a.check(t.Context(), c.Collection); err != nil || got != c {
				t.Errorf("%s: %v, %v; want %v", c.Collection, got, err, c)
			}
		}
	})
}
