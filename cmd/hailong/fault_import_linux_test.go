package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hailong/survey/faulttest"
)

// An import is killed at random moments, once while it has the file and once through a
// server, which is killed too; the same command completes it: each row is stored once.
func TestFaultImportKilled(t *testing.T) {
	t.Parallel()
	const rows = 20_000
	dir := t.TempDir()
	file := filepath.Join(dir, "rows.csv")
	var csv strings.Builder
	csv.WriteString("id,unit,sector,form,overall\n")
	for i := range rows {
		fmt.Fprintf(&csv, "A-%d,Xã Bum Tở,land,tthc-quick,%d\n", i, 1+i%5)
	}
	if err := os.WriteFile(file, []byte(csv.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(11, 2))
	store := "bolt:" + filepath.Join(dir, "import.db")
	startOn(t, store).kill()
	args := []string{"import", file, "--store", store, "--campaign", "tthc-2026"}
	killed := 0
	for round := range killRounds(t) {
		var server *killedServer
		if round%2 == 1 {
			server = &killedServer{startOn(t, store)}
		}
		command := exec.Command(os.Args[0], args...) // this test binary
		command.Env = append(os.Environ(), childEnv+"=1")
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Duration(random.IntN(800))*time.Millisecond, func() { _ = command.Process.Kill() })
		if command.Wait() != nil && command.ProcessState.ExitCode() < 0 {
			killed++
		}
		server.kill()
	}
	mustCommand(t, args...)
	mustCommand(t, "check", "--store", store)
	n := responsesIn(t, store)
	faulttest.Outcome{
		Done: "import killed, and its server, then done again", Acknowledged: rows, Stored: n, Lost: max(rows-n, 0), Doubled: max(n-rows, 0),
		Note: fmt.Sprintf("%d kills", killed),
	}.Report(t)
}

// killedServer is a server, or none.
type killedServer struct{ *killed }

func (s *killedServer) kill() {
	if s != nil {
		s.killed.kill()
	}
}
