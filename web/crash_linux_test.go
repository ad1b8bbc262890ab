package web_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"
	"golang.org/x/sys/unix"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/keys"
	"hailong/survey/storetest"
	"hailong/survey/traffic"
	"hailong/web"
	"hailong/web/servertest"
)

// These tests run the server in a process of its own, the test binary started
// once more, so that it can be killed and kept short of disk.
const (
	childStore = "HAILONG_TEST_CHILD_STORE" // the child serves from this file
	childDisk  = "HAILONG_TEST_CHILD_DISK"  // and may make it no larger than this
)

// serveAsChild serves the catalogue of these tests until it is killed, and says where.
func serveAsChild(file string) {
	if file == bareStore {
		serveBare()
	}
	if limit := os.Getenv(childDisk); limit != "" {
		signal.Ignore(syscall.SIGXFSZ)
		n, err := strconv.ParseUint(limit, 10, 64)
		if err == nil {
			err = unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: n, Max: unix.RLIM_INFINITY})
		}
		exitOn(err)
	}
	store, err := bolt.Open(file)
	exitOn(err)
	catalog := servertest.Catalog()
	get := func() *survey.Catalog { return catalog }
	now := func() time.Time { return servertest.Now }
	log := slog.New(slog.DiscardHandler)
	secrets, err := keys.Open(file + ".keys")
	exitOn(err)
	services := servertest.NewServices(store, secrets, get, now, log)
	// The tests and benchmarks send as much as the machine can, from one address.
	services.Traffic = traffic.New(store, servertest.FixedKeys{}, traffic.Limits{Point: math.MaxInt, Network: math.MaxInt, Flood: math.MaxInt}, now, log)
	s, err := web.New(web.Config{Catalog: get, Now: now}, services)
	exitOn(err)
	_, err = services.Published.Collected(context.Background(), "tthc-2026")
	exitOn(err) // from here on every response is counted
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	exitOn(err)
	fmt.Println("http://" + l.Addr().String())
	exitOn(s.Serve(l))
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type child struct {
	process *exec.Cmd
	base    string
	client  *http.Client
}

func startChild(t testing.TB, file string, env ...string) *child {
	t.Helper()
	c := &child{process: exec.Command(os.Args[0])} // this test binary
	c.process.Env = append(append(os.Environ(), childStore+"="+file), env...)
	c.process.Stderr = t.Output()
	out, err := c.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the child did not come up: %v", err)
	}
	c.base = strings.TrimSpace(line)
	c.client = &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       time.Minute,
	}
	return c
}

// kill ends the child as a power cut ends it.
func (c *child) kill() {
	_ = c.process.Process.Kill() // fails only if it has ended
	_ = c.process.Wait()
}

// post sends a form; acknowledged is true for the 303 to the receipt.
func (c *child) post(id, words string) (acknowledged bool, status int, page string) {
	body := url.Values{"id": {id}, "nonce": {id}, "a.overall": {"4"}, "a.polite": {"na"}, "t.words": {words}}
	resp, err := c.client.PostForm(c.base+servertest.FormPath(servertest.PointLand), body)
	if err != nil {
		return false, 0, ""
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		return false, 0, ""
	}
	return resp.StatusCode == http.StatusSeeOther, resp.StatusCode, string(content)
}

// responsesIn opens the file of a child that has ended and counts its
// responses by id.
func responsesIn(t *testing.T, file string) map[string]int {
	t.Helper()
	store, err := bolt.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	found := map[string]int{}
	err = store.Scan(t.Context(), survey.Responses, "", "", func(doc bson.Raw) error {
		var r survey.Response
		if err := bson.Unmarshal(doc, &r); err != nil {
			return err
		}
		if len(r.Answers) != 2 {
			return fmt.Errorf("%s has %d answers", r.ID, len(r.Answers))
		}
		found[string(r.ID)]++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Killed under load again and again, the server keeps every response that it
// has acknowledged, once, whatever was sent again in between.
func TestKilledUnderLoad(t *testing.T) {
	t.Parallel()
	const rounds, senders = 5, 24
	file := filepath.Join(t.TempDir(), "killed.db")
	var mu sync.Mutex
	sent, acknowledged := map[string]bool{}, map[string]bool{}
	var doubtful []string // sent, and not heard of again
	for range rounds {
		c := startChild(t, file)
		quota := int64(100 + rand.IntN(900))
		var done atomic.Int64
		again := doubtful
		doubtful = nil
		var wg sync.WaitGroup
		for n := range senders {
			wg.Go(func() {
				for i := n; ; i += senders {
					var id string
					if i < len(again) {
						id = again[i]
					} else {
						id = uuid.Must(uuid.NewV7()).String()
					}
					mu.Lock()
					sent[id] = true
					mu.Unlock()
					ok, status, _ := c.post(id, "")
					mu.Lock()
					if ok {
						acknowledged[id] = true
					} else {
						doubtful = append(doubtful, id)
					}
					mu.Unlock()
					if status == 0 {
						return // it is dead
					}
					if !ok {
						t.Errorf("status %d", status)
						return
					}
					if done.Add(1) == quota {
						c.kill()
					}
				}
			})
		}
		wg.Wait()
	}
	found := responsesIn(t, file)
	lost := 0
	for id := range acknowledged {
		if found[id] != 1 {
			lost++
		}
	}
	if lost > 0 {
		t.Errorf("%d of %d acknowledged responses are not there exactly once", lost, len(acknowledged))
	}
	for id := range found {
		if !sent[id] {
			t.Errorf("%s was never sent", id)
		}
	}
	if len(acknowledged) < rounds*100 {
		t.Errorf("only %d responses were acknowledged: nothing was tried", len(acknowledged))
	}
	t.Logf("%d sent, %d acknowledged, %d on disk", len(sent), len(acknowledged), len(found))
}

// fillAhead uses most of the room that a new file has been given in advance, so
// that not thousands of forms have to be sent before the disk is full.
func fillAhead(t *testing.T, file string) {
	t.Helper()
	store, err := bolt.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	const pieces, size = 24, 512 << 10
	for i := range pieces {
		if _, err := store.Insert(t.Context(), survey.Snapshots, storetest.Document(t, fmt.Sprintf("filling-%d", i), 1, strings.Repeat("x", size))); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// On a full disk the form comes back with everything typed; the server goes on
// and stores again once there is room.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "full.db")
	startChild(t, file).kill() // makes the file
	fillAhead(t, file)
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	c := startChild(t, file, childDisk+"="+strconv.FormatInt(info.Size()+256<<10, 10))
	acknowledged := map[string]bool{}
	var refused, page string
	words := strings.Repeat("đ", survey.MaxText)
	for range 20_000 {
		id := uuid.Must(uuid.NewV7()).String()
		ok, status, body := c.post(id, words)
		if ok {
			acknowledged[id] = true
			continue
		}
		if status != http.StatusServiceUnavailable {
			t.Fatalf("status %d: %s", status, body)
		}
		refused, page = id, body
		break
	}
	if refused == "" {
		t.Fatal("the disk never became full")
	}
	doc := servertest.Document(t, page)
	if doc.Find("textarea").Text() != words || doc.Find("#a-overall-4[checked]").Length() != 1 || doc.Find("input[name=id]").AttrOr("value", "") != refused {
		t.Error("what was typed is not kept")
	}
	resp, err := c.client.Get(c.base + servertest.FormPath(servertest.PointLand))
	if err != nil {
		t.Fatalf("the server did not survive: %v", err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the form answers %d on a full disk", resp.StatusCode)
	}

	if err := unix.Prlimit(c.process.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}, nil); err != nil {
		t.Fatal(err)
	}
	ok, status, body := c.post(refused, words)
	if !ok {
		t.Errorf("with room again: %d %s", status, body)
	}
	acknowledged[refused] = true
	c.kill()
	found := responsesIn(t, file)
	for id := range acknowledged {
		if found[id] != 1 {
			t.Errorf("%s was acknowledged and is there %d times", id, found[id])
		}
	}
	if len(found) != len(acknowledged) {
		t.Errorf("%d on disk, %d acknowledged", len(found), len(acknowledged))
	}
}
