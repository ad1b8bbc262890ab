package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
	"hailong/survey/faulttest"
	"hailong/survey/storetest"
)

// TestKilledBackupAndRestore kills backup, restore and copy at random moments. Whatever
// was half done is refused by others and completed by the same command, and no copy of
// the store in clear is left behind.
func TestKilledBackupAndRestore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	from := "bolt:" + filepath.Join(dir, "from.db")
	s := shelltest.OpenURL(t, from)
	for group := range 20 {
		var docs []bson.Raw
		for i := range 1000 {
			docs = append(docs, storetest.Document(t, fmt.Sprintf("unit-%02d-%04d", group, i), 1, strings.Repeat("x", 300)))
		}
		if _, err := s.Insert(t.Context(), survey.Units, docs...); err != nil {
			t.Fatal(err)
		}
	}
	shelltest.CloseStore(t, s)
	out := filepath.Join(dir, "b.zip")
	keys := filepath.Join(dir, "from.keys")
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	kill := func(most time.Duration, args ...string) (killed bool) {
		process := exec.Command(os.Args[0], args...) // this test binary
		process.Env = append(os.Environ(), childEnv+"=1")
		if err := process.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Duration(random.Int64N(int64(most))), func() { _ = process.Process.Kill() })
		var ended *exec.ExitError
		return errors.As(process.Wait(), &ended) && ended.ExitCode() < 0
	}
	half, lost := 0, 0
	for round := range killRounds(t) * 2 {
		kill(2*time.Second, "backup", "--store", from, "--out", out)
		if _, err := os.Stat(out); err != nil {
			shelltest.WantExit(t, newRootCommand(), 0, "backup", "--store", from, "--out", out)
		}
		name := fmt.Sprintf("to-%d", round)
		to := "bolt:" + filepath.Join(dir, name+".db")
		args := []string{"restore", out, "--store", to, "--keys", keys}
		if round%2 == 1 {
			args = []string{"copy", "--from", from, "--to", to}
		}
		if kill(2*time.Second, args...) {
			_, _, err := shelltest.Run(t, newRootCommand(), "points", "list", "--store", to)
			if marked := (*survey.HalfFilled)(nil); errors.As(err, &marked) {
				half++
			}
		}
		shelltest.WantExit(t, newRootCommand(), 0, args...)
		n := 0
		s := shelltest.OpenURL(t, to)
		err := s.Scan(t.Context(), survey.Units, "", "", func(bson.Raw) error { n++; return nil })
		shelltest.CloseStore(t, s)
		lost += 20_000 - n
		if err != nil || n != 20_000 {
			t.Fatalf("%q: %d of 20000 are there, error %v", args, n, err)
		}
		if err := os.Remove(out); err != nil {
			t.Fatal(err)
		}
	}
	shelltest.WantExit(t, newRootCommand(), 0, "backup", "--store", from, "--out", out)
	if left, err := filepath.Glob(filepath.Join(dir, ".hailong-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, error %v", left, err)
	}
	faulttest.Outcome{
		Done: "backup, restore and copy killed, then done again", Acknowledged: faulttest.Unknown, Stored: 20_000, Lost: max(lost, 0), Doubled: max(-lost, 0),
		Note: fmt.Sprintf("%d of each, %d targets half filled meanwhile, and refused", killRounds(t)*2, half),
	}.Report(t)
}
