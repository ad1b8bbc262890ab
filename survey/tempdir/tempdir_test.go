package tempdir_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"hailong/survey/tempdir"
)

// childEnv makes the test binary a process that makes a directory and waits to be killed.
const childEnv = "HAILONG_TEST_TEMPDIR"

func TestMain(m *testing.M) {
	if parent := os.Getenv(childEnv); parent != "" {
		dir, err := tempdir.New(parent)
		if err == nil {
			err = os.WriteFile(dir.Path("secret"), []byte("in clear"), 0o600)
		}
		if err != nil {
			panic(err)
		}
		_, _ = os.Stdout.WriteString("there\n")
		select {}
	}
	os.Exit(m.Run())
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// TestKilled kills a process that has a directory: while it lives the directory stays,
// and afterwards the next one removes it.
func TestKilled(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	process := exec.Command(os.Args[0]) // this test binary
	process.Env = append(os.Environ(), childEnv+"="+parent)
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 6)); err != nil {
		t.Fatal(err)
	}
	ours, err := tempdir.New(parent)
	if err != nil {
		t.Fatal(err)
	}
	if secrets, _ := filepath.Glob(filepath.Join(parent, "*", "secret")); len(secrets) != 1 {
		t.Errorf("what a living process has was removed: %v", names(t, parent))
	}
	_ = process.Process.Kill()
	_ = process.Wait()
	if err := tempdir.Clean(parent, time.Now()); err != nil {
		t.Fatal(err)
	}
	if secrets, _ := filepath.Glob(filepath.Join(parent, "*", "secret")); len(secrets) != 0 {
		t.Errorf("a killed process left %v", secrets)
	}
	if err := os.WriteFile(ours.Path("x"), nil, 0o600); err != nil {
		t.Errorf("what this process has was removed: %v", err)
	}
	if err := ours.Close(); err != nil {
		t.Fatal(err)
	}
	if left := names(t, parent); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestCleanOlder(t *testing.T) {
	t.Parallel()
	parent, now := t.TempDir(), time.Now()
	for name, age := range map[string]time.Duration{
		".hailong-backup-1": 25 * time.Hour, ".hailong-backup-2": time.Hour, "hailong-demo-3": 48 * time.Hour, "notes": 48 * time.Hour, "hailong-2026.zip": 48 * time.Hour,
	} {
		path := filepath.Join(parent, name)
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(path, "snapshot.db"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tempdir.Clean(parent, now); err != nil {
		t.Fatal(err)
	}
	got := names(t, parent)
	if want := []string{".hailong-backup-2", "hailong-2026.zip", "notes"}; len(got) != len(want) || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("left %v, want %v", got, want)
	}
}
