package keys_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"hailong/survey"
	"hailong/survey/keys"
)

func open(t *testing.T, dir string) *keys.Keys {
	t.Helper()
	k, err := keys.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func key(t *testing.T, k *keys.Keys, name string) []byte {
	t.Helper()
	b, err := k.Key(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestKeyIsMadeOnceAndKept(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data", "hailong.keys")
	first := open(t, dir)
	a, b := key(t, first, "sample.sipas-2026"), key(t, first, "slips")
	if len(a) != keys.Size || bytes.Equal(a, b) || bytes.Equal(a, make([]byte, keys.Size)) {
		t.Fatalf("two keys are %x and %x", a, b)
	}
	if again := key(t, open(t, dir), "sample.sipas-2026"); !bytes.Equal(a, again) {
		t.Errorf("after a restart the key is another")
	}
}

func TestDestroyedKeyIsGone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k := open(t, dir)
	old := key(t, k, "sample.x")
	for range 2 { // the second time there is none, which is no error
		if err := k.Destroy(t.Context(), "sample.x"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := k.Existing(t.Context(), "sample.x"); !survey.Is(err, survey.NotFound) {
		t.Errorf("a destroyed key is read: %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("left in the directory: %v, %v", entries, err)
	}
	if made := key(t, k, "sample.x"); bytes.Equal(old, made) {
		t.Error("the key that was destroyed is back")
	}
}

func TestOnlyTheOwnerReadsKeys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	key(t, open(t, dir), "slips")
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "slips.key"): 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
	}
}

func TestNameCannotLeaveTheDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k := open(t, filepath.Join(dir, "keys"))
	for _, name := range []string{"", ".", "..", "../other", "a/b", `a\b`, ".hidden", "Upper", "a\x00", strings.Repeat("a", 101)} {
		if _, err := k.Key(t.Context(), name); !survey.Is(err, survey.Internal) {
			t.Errorf("a key is called %q: %v", name, err)
		}
		if err := k.Destroy(t.Context(), name); !survey.Is(err, survey.Internal) {
			t.Errorf("a key called %q is destroyed: %v", name, err)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("beside the directory there is %v", entries)
	}
}

func TestFileWithoutKeyIsNoKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k := open(t, dir)
	for name, content := range map[string]string{"empty": "", "short": "abcd\n", "text": strings.Repeat("x", 64)} {
		path := filepath.Join(dir, name+".key")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Key(t.Context(), name); !survey.Is(err, survey.Internal) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
		if left, err := os.ReadFile(path); err != nil || string(left) != content {
			t.Errorf("%s: the file was changed to %q, %v", name, left, err)
		}
	}
}

func TestDirectoryThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Open(file); !survey.Is(err, survey.Unavailable) {
		t.Errorf("a file is opened as a directory: %v", err)
	}
}

// A kill between the two steps of Destroy leaves a key under another name; one in
// the middle of making leaves a part of a key.
func TestOpenFinishesWhatAKillLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	kept := key(t, open(t, dir), "kept")
	for _, name := range []string{".destroying-AAAA", ".making-BBBB"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("secret"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// Killed after the key got its name, and before the file lost its first one.
	if err := os.Link(filepath.Join(dir, "kept.key"), filepath.Join(dir, ".making-CCCC")); err != nil {
		t.Fatal(err)
	}
	k := open(t, dir)
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != "kept.key" {
		t.Errorf("the directory holds %v, %v", entries, err)
	}
	if !bytes.Equal(kept, key(t, k, "kept")) {
		t.Error("the key that was whole is another")
	}
}

const helperDir = "HAILONG_TEST_KEYS"

// TestMain lets this program be the other processes of TestProcessesGetOneKey.
func TestMain(m *testing.M) {
	dir := os.Getenv(helperDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	for i := range 20 {
		k, err := keys.Open(dir)
		if err == nil {
			var b []byte
			if b, err = k.Key(context.Background(), fmt.Sprintf("key-%d", i)); err == nil {
				fmt.Printf("%d %x\n", i, b)
			}
		}
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
}

func TestProcessesGetOneKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	outputs := make([]string, 4)
	var group sync.WaitGroup
	for i := range outputs {
		group.Go(func() {
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), helperDir+"="+dir)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("process %d: %v: %s", i, err, out)
			}
			outputs[i] = string(out)
		})
	}
	group.Wait()
	for i, out := range outputs[1:] {
		if out != outputs[0] {
			t.Errorf("process %d got\n%s, process 0\n%s", i+1, out, outputs[0])
		}
	}
}
