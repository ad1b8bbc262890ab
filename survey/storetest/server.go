package storetest

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
)

// MongoServer is a server that speaks MongoDB's protocol.
type MongoServer struct {
	// Atomic says that an update is one step. In FerretDB 1.24 it is not: it
	// lets two clients replace the same revision, and of 1,600 concurrent
	// increments 117 survived. Its inserts keep ids unique all the same.
	Atomic bool

	address *url.URL
	stop    func()

	binary, dir string      // of our own server
	process     *os.Process // of our own server
}

// Host is where the server listens.
func (s *MongoServer) Host() string { return s.address.Host }

// Through returns the address of a database behind a proxy, with further options.
func Through(t testing.TB, p *Proxy, address string, options ...string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal("the address of a database is none") // err would quote it, password and all
	}
	u.Host = p.Host()
	query := u.Query()
	query.Del("replicaSet")
	query.Set("directConnection", "true") // not past the proxy
	for _, o := range options {
		name, value, _ := strings.Cut(o, "=")
		query.Set(name, value)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// Kill ends the server with SIGKILL. One from outside is not killed; the test is skipped.
func (s *MongoServer) Kill(t testing.TB) {
	t.Helper()
	if s.process == nil {
		t.Skip("the server in HAILONG_TEST_MONGODB is not ours to kill")
	}
	_ = s.process.Kill() // fails only if it has ended
	s.stop()
}

// Restart starts a server that has ended over the same files. It listens elsewhere.
func (s *MongoServer) Restart(t testing.TB) {
	t.Helper()
	s.start(t)
}

// Stop ends the server before the test does. A server from outside is not
// ended; the test is skipped.
func (s *MongoServer) Stop(t testing.TB) {
	t.Helper()
	if s.stop == nil {
		t.Skip("the server in HAILONG_TEST_MONGODB is not ours to stop")
	}
	s.stop()
}

// MongoDB gives a server to a test: the one named by HAILONG_TEST_MONGODB, or
// else FerretDB over a temporary directory, which ends with the test.
func MongoDB(t testing.TB) *MongoServer {
	t.Helper()
	if address := os.Getenv("HAILONG_TEST_MONGODB"); address != "" {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal("HAILONG_TEST_MONGODB is not an address") // err would quote it, password and all
		}
		return &MongoServer{Atomic: true, address: u}
	}
	binary, err := buildFerretDB()
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("build FerretDB: ", err)
		}
		t.Skip("FerretDB cannot be built (is the module proxy reachable?); or name a server in HAILONG_TEST_MONGODB: ", err)
	}
	dir, err := os.MkdirTemp("", "ferretdb-") // t.TempDir's name may hold what a SQLite address does not take
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := &MongoServer{binary: binary, dir: dir}
	s.start(t)
	return s
}

// Database returns the address of an empty database that only this test uses
// and that is dropped when it ends.
func (s *MongoServer) Database(t testing.TB) string {
	t.Helper()
	u := *s.address
	name := "hailong_test_" + strings.ToLower(rand.Text())[:12]
	u.Path = "/" + name
	if s.Atomic { // the other one is thrown away as a whole
		t.Cleanup(func() {
			ctx := context.Background()
			client, err := mongo.Connect(ctx, options.Client().ApplyURI(u.String()))
			if err != nil {
				t.Error("drop the test's database: ", err)
				return
			}
			if err := client.Database(name).Drop(ctx); err != nil {
				t.Error("drop the test's database: ", err)
			}
			_ = client.Disconnect(ctx)
		})
	}
	return u.String()
}

// start starts our own server, which ends when its standard input is closed, and at the
// latest with the test.
func (s *MongoServer) start(t testing.TB) {
	t.Helper()
	cmd := exec.Command(s.binary, s.dir)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal("start FerretDB: ", err)
	}
	s.process = cmd.Process
	s.stop = sync.OnceFunc(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	t.Cleanup(s.stop)
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal("FerretDB ended without telling its address: ", err)
	}
	if s.address, err = url.Parse(strings.TrimSpace(line)); err != nil {
		t.Fatal(err)
	}
}

// buildFerretDB builds the server from the nested module, once for all test
// programs: it is kept in the user's cache under a name that changes with the
// module's files. Without cgo and the race detector: its code is not ours.
var buildFerretDB = sync.OnceValues(func() (string, error) {
	_, file, _, _ := runtime.Caller(0)
	dir := filepath.Join(filepath.Dir(file), "ferretdb")
	sum := sha256.New()
	for _, name := range []string{"go.mod", "go.sum", "main.go"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return "", err
		}
		sum.Write(content)
	}
	sum.Write([]byte(runtime.Version()))
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	binary := filepath.Join(cache, "hailong", "ferretdb-"+hex.EncodeToString(sum.Sum(nil)[:8]))
	if err := os.MkdirAll(filepath.Dir(binary), 0o750); err != nil {
		return "", err
	}
	// The build takes minutes of processor time. Of test programs that start
	// together one builds, and the others wait for it.
	unlock, err := lockFile(binary + ".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	// A whole file is moved in place: a build that was interrupted leaves none.
	unfinished := fmt.Sprintf("%s.%d", binary, os.Getpid())
	cmd := exec.Command("go", "build", "-o", unfinished, ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=readonly -race=false", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build in %s: %w\n%s", dir, err, out)
	}
	return binary, os.Rename(unfinished, binary)
})
