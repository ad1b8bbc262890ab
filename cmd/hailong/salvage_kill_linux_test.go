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
	"hailong/survey/salvage"
	"hailong/survey/storetest"
)

// TestKilledSalvage kills a salvage at random moments. What was half done is refused by
// others, and completed by the same command.
func TestKilledSalvage(t *testing.T) {
	t.Parallel()
	url, path := checkedStore(t)
	s := shelltest.OpenURL(t, url)
	for group := range 10 {
		var docs []bson.Raw
		for i := range 1000 {
			docs = append(docs, storetest.Document(t, fmt.Sprintf("unit-%02d-%04d", group, i), 1, strings.Repeat("x", 300)))
		}
		if _, err := s.Insert(t.Context(), survey.Units, docs...); err != nil {
			t.Fatal(err)
		}
	}
	shelltest.CloseStore(t, s)
	flip(t, path)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	half := 0
	for round := range killRounds(t) * 2 {
		out := filepath.Join(filepath.Dir(path), fmt.Sprintf("new-%d.db", round))
		args := []string{"check", "--store", url, "--salvage", out}
		for range 2 {
			process := exec.Command(os.Args[0], args...) // this test binary
			process.Env = append(os.Environ(), childEnv+"=1")
			if err := process.Start(); err != nil {
				t.Fatal(err)
			}
			kill := time.AfterFunc(time.Duration(random.Int64N(int64(1500*time.Millisecond))), func() { _ = process.Process.Kill() })
			var ended *exec.ExitError
			killed := errors.As(process.Wait(), &ended) && ended.ExitCode() < 0
			if kill.Stop() || !killed {
				break
			}
			_, _, err := shelltest.Run(t, newRootCommand(), "points", "list", "--store", "bolt:"+out)
			if marked := (*survey.HalfFilled)(nil); errors.As(err, &marked) {
				half++
			}
		}
		// It was done already, or is completed now.
		if _, _, err := shelltest.Run(t, newRootCommand(), args...); err != nil && !errors.Is(err, salvage.ErrInUse) {
			t.Fatal(err)
		}
		shelltest.WantExit(t, newRootCommand(), 0, "check", "--store", "bolt:"+out)
		n := 0
		s := shelltest.OpenURL(t, "bolt:"+out)
		err := s.Scan(t.Context(), survey.Units, "unit-", "unit.", func(bson.Raw) error { n++; return nil })
		shelltest.CloseStore(t, s)
		if err != nil || n != 10_000 {
			t.Fatalf("%d of 10000 are there, error %v", n, err)
		}
	}
	t.Logf("%d salvages were half done", half)
}
