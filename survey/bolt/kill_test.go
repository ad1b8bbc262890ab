package bolt_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/storetest"
)

// childRole names, in the environment, what a copy of the test program does
// instead of testing; childPath is the store it does it to.
const (
	childRole = "HAILONG_TEST_CHILD"
	childPath = "HAILONG_TEST_CHILD_STORE"
)

// roles are what this test program does as a child of itself.
var roles = map[string]func(path string){"writers": runWriters}

func TestMain(m *testing.M) {
	if run := roles[os.Getenv(childRole)]; run != nil {
		run(os.Getenv(childPath))
		return
	}
	os.Exit(m.Run())
}

// child makes a command that runs this test program in another role.
func child(t testing.TB, role, path string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childRole+"="+role, childPath+"="+path)
	return cmd
}

// runWriters inserts from many goroutines until it is killed, and prints each
// id after the store has acknowledged it.
func runWriters(path string) {
	fmt.Println("opening")
	s, err := bolt.Open(path)
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	for range 64 {
		go func() {
			for {
				id := uuid.Must(uuid.NewV7()).String()
				doc, err := bson.Marshal(bson.D{{Key: "_id", Value: id}, {Key: "content", Value: longContent(id)}})
				if err == nil {
					_, err = s.Insert(context.Background(), survey.Responses, doc)
				}
				if err != nil {
					fmt.Println("failed", err)
					os.Exit(1)
				}
				_, _ = os.Stdout.WriteString("stored " + id + "\n") // one write, so lines do not mix
			}
		}()
	}
	select {}
}

func longContent(id string) string { return strings.Repeat(id, 8) }

// TestKill kills a process that writes with SIGKILL, again and again on the
// same file, at moments from its very start on. Whatever was acknowledged is
// there, whole, once.
func TestKill(t *testing.T) {
	t.Parallel()
	path := shortPath(t)
	rnd := rand.New(rand.NewPCG(uint64(os.Getpid()), 1))
	acknowledged := map[string]bool{}
	const rounds = 10
	for round := range rounds {
		before := len(acknowledged)
		// Some rounds end while the file is being opened.
		last := rnd.IntN(4000)
		if round%4 == 0 {
			last = 0
		}
		runAndKill(t, child(t, "writers", path), last, func(line string) {
			id, ok := strings.CutPrefix(line, "stored ")
			switch {
			case ok && len(id) == 36:
				acknowledged[id] = true
			case strings.HasPrefix(line, "failed"):
				t.Error(line)
			}
		})
		t.Logf("round %d: %d acknowledged", round, len(acknowledged)-before)
		checkAcknowledged(t, path, acknowledged)
	}
	if len(acknowledged) == 0 {
		t.Error("nothing was ever acknowledged")
	}
}

// runAndKill runs a child and kills it after it has printed so many lines, of which
// each is heard, also what it printed before the kill came.
func runAndKill(t *testing.T, cmd *exec.Cmd, last int, heard func(line string)) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var kill sync.Once
	for n := 0; lines.Scan(); n++ {
		heard(lines.Text())
		if n >= last {
			kill.Do(func() { _ = cmd.Process.Kill() })
		}
	}
	_ = cmd.Wait()
}

func checkAcknowledged(t *testing.T, path string, acknowledged map[string]bool) {
	t.Helper()
	s, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	found := map[string]int{}
	err = s.Scan(t.Context(), survey.Responses, "", "", func(doc bson.Raw) error {
		id, err := survey.DocumentID(doc)
		if err == nil && doc.Lookup("content").StringValue() != longContent(id) {
			err = fmt.Errorf("document %s is not what was stored", id)
		}
		found[id]++
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for id := range acknowledged {
		if found[id] != 1 {
			t.Fatalf("%s was acknowledged and is there %d times", id, found[id])
		}
	}
	if _, err := s.Insert(t.Context(), survey.Audit, storetest.Document(t, uuid.NewString(), 1, "")); err != nil {
		t.Error("the store does not work on: ", err)
	}
}
