package web_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey/costtest"
	"hailong/web/servertest"
)

// enoughForms are asked for during one attack: more would be a load of their own.
const enoughForms = 50

// Bounds of one attack by forty connections at once. Before there was a guard, one
// packed body of 408 KB took 2,859 MiB and 46 seconds of a processor, and forty
// bodies that were held open took 640 MiB.
const (
	mostBombMiB = 128
	mostBombCPU = 20 * time.Second
)

// bombs is how hard the server is attacked; "make faults" attacks every route.
type bombs struct {
	every       bool
	connections int
	heads       int // half open
	unpacked    int64
}

func bombsOf() bombs {
	if os.Getenv("HAILONG_TEST_BOMBS") == "all" {
		return bombs{every: true, connections: 40, heads: 2000, unpacked: 400 << 20}
	}
	return bombs{connections: 8, heads: 200, unpacked: 40 << 20}
}

// attack is one way to send a request that costs more than it weighs, on each of so
// many connections, which stay open.
type attack struct {
	name  string
	count int
	send  func(conn net.Conn, head string) error
}

// TestBombs attacks each public route, and those of staff and programs without a
// session or a token, in a server of its own, and holds that its memory and its
// processor stay within bounds, and that a citizen is served meanwhile.
func TestBombs(t *testing.T) {
	if costtest.Raced {
		t.Skip("what is measured while races are watched for says nothing; make test runs it without")
	}
	b := bombsOf()
	c := startChild(t, filepath.Join(t.TempDir(), "store"))
	attacks := b.attacks(t)
	t.Logf("%-44s %-18s %8s %8s  %s", "route", "attack", "peak MiB", "CPU s", "forms answered meanwhile")
	for _, route := range b.routes(t) {
		for _, a := range attacks {
			peak, cpu, served := c.underAttack(t, a, route)
			t.Logf("%-44s %-18s %8.1f %8.2f  %d", route, a.name, peak, cpu.Seconds(), served)
			if peak > mostBombMiB || cpu > mostBombCPU || served == 0 {
				t.Errorf("%s against %s: %.1f MiB and %v of processor more, %d forms answered", a.name, route, peak, cpu, served)
			}
		}
	}
}

// routes are method and path of what can be asked without a session, with the path's
// parameters filled in; a few of each kind, or all.
func (b bombs) routes(t *testing.T) []string {
	t.Helper()
	if !b.every {
		return []string{"POST " + servertest.FormPath(servertest.PointLand), "POST /staff/units", "POST /api/v1/responses"}
	}
	var routes []string
	for _, r := range servertest.New(t).App().GetRoutes(true) {
		behind := strings.HasPrefix(r.Path, "/staff") && !strings.HasPrefix(r.Path, "/staff/login") && !strings.HasPrefix(r.Path, "/staff/invitation") && r.Path != "/staff/units"
		if behind || r.Method != fiber.MethodGet && r.Method != fiber.MethodPost {
			continue
		}
		path := strings.ReplaceAll(r.Path, ":code", string(servertest.Code(servertest.PointLand)))
		parts := strings.Split(path, "/")
		for i, part := range parts {
			if strings.HasPrefix(part, ":") {
				parts[i] = "x"
			}
		}
		routes = append(routes, r.Method+" "+strings.Join(parts, "/"))
	}
	slices.Sort(routes)
	return slices.Compact(routes)
}

func (b bombs) attacks(t *testing.T) []attack {
	t.Helper()
	packed := gzipped(t, b.unpacked)
	const parts = "Content-Type: multipart/form-data; boundary=x\r\n"
	const pairs = "Content-Type: application/x-www-form-urlencoded\r\n"
	const text = "Content-Type: application/json\r\n"
	part := "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n"
	whole := func(headers, body string) func(net.Conn, string) error {
		return func(conn net.Conn, head string) error {
			_, err := io.WriteString(conn, head+headers+"Content-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"+body)
			return err
		}
	}
	return []attack{
		{"packed", b.connections, whole(parts+"Content-Encoding: gzip\r\n", packed)},
		{"packed twice", b.connections, whole(parts+"Content-Encoding: gzip, gzip\r\n", packed)},
		{"15.9 MB held open", b.connections, heldOpen(parts, 15_900_000)},
		{"64 KB held open", b.connections, heldOpen(pairs, 65_000)},
		{"heads half open", b.heads, func(conn net.Conn, head string) error {
			_, err := io.WriteString(conn, head+"X-A: ")
			return err
		}},
		{"100,000 parts", b.connections, whole(parts, strings.Repeat(part, 100_000)+"--x--\r\n")},
		{"1,200 parts", b.connections, whole(parts, strings.Repeat(part, 1_200)+"--x--\r\n")},
		{"1,000,000 pairs", b.connections, whole(pairs, strings.Repeat("a&", 1_000_000))},
		{"32,000 pairs", b.connections, whole(pairs, strings.Repeat("a&", 32_000))},
		{"deep JSON", b.connections, whole(text, strings.Repeat("[", 60_000))},
		{"long header", b.connections, func(conn net.Conn, head string) error {
			_, err := io.WriteString(conn, head+"X-A: "+strings.Repeat("a", 4<<20))
			return err
		}},
		{"endless chunks", b.connections, func(conn net.Conn, head string) error {
			_, err := io.WriteString(conn, head+pairs+"Transfer-Encoding: chunked\r\n\r\n")
			chunk := "10000\r\n" + strings.Repeat("a", 0x10000) + "\r\n"
			for i := 0; i < 256 && err == nil; i++ {
				_, err = io.WriteString(conn, chunk)
			}
			return err
		}},
	}
}

// heldOpen announces a body and sends all but its end.
func heldOpen(headers string, length int) func(net.Conn, string) error {
	body := strings.Repeat("a", length-100)
	return func(conn net.Conn, head string) error {
		_, err := io.WriteString(conn, head+headers+"Content-Length: "+strconv.Itoa(length)+"\r\n\r\n"+body)
		return err
	}
}

// underAttack sends an attack to a route from as many connections as it has, and asks
// for a form all the while. It returns what the memory of the server rose by at its
// peak, what it took of the processor, and how many forms it sent.
func (c *child) underAttack(t *testing.T, a attack, route string) (peak float64, cpu time.Duration, served int) {
	t.Helper()
	before, spent := c.resetPeak(t), c.processor(t)
	method, path, _ := strings.Cut(route, " ")
	head := method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n"
	var sending sync.WaitGroup
	var conns []net.Conn
	for range a.count {
		conn, err := net.Dial("tcp", strings.TrimPrefix(c.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
		if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		sending.Go(func() { _ = a.send(conn, head) }) // the server may close the connection
	}
	sent := make(chan struct{})
	go func() { sending.Wait(); close(sent) }()
	for done := false; !done && served < enoughForms || served == 0; {
		select {
		case <-sent:
			done = true
		default:
		}
		if c.formAnswers(t) {
			served++
		}
	}
	<-sent
	for range 3 { // while all of it is there
		if !c.formAnswers(t) {
			t.Errorf("%s against %s: the form is not answered", a.name, route)
		}
	}
	peak = float64(c.peakKiB(t)-before) / 1024
	for _, conn := range conns {
		_ = conn.Close()
	}
	return peak, c.processor(t) - spent, served
}

func (c *child) formAnswers(t *testing.T) bool {
	t.Helper()
	resp, err := c.client.Get(c.base + servertest.FormPath(servertest.PointLand))
	if err != nil {
		t.Fatalf("the server is gone: %v", err)
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err == nil && resp.StatusCode == http.StatusOK
}

// resetPeak makes the memory of now the peak, and returns it in KiB.
func (c *child) resetPeak(t *testing.T) int {
	t.Helper()
	if err := os.WriteFile(c.proc("clear_refs"), []byte("5"), 0); err != nil {
		t.Fatal(err)
	}
	return c.peakKiB(t)
}

func (c *child) proc(name string) string {
	return fmt.Sprintf("/proc/%d/%s", c.process.Process.Pid, name)
}

// peakKiB is the most memory that the child has had since it was reset.
func (c *child) peakKiB(t *testing.T) int {
	t.Helper()
	file, err := os.Open(c.proc("status"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if fields := strings.Fields(lines.Text()); len(fields) == 3 && fields[0] == "VmHWM:" {
			n, err := strconv.Atoi(fields[1])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatal("the system does not say what the child's peak was")
	return 0
}

// processor is the time of a processor that the child has taken.
func (c *child) processor(t *testing.T) time.Duration {
	t.Helper()
	content, err := os.ReadFile(c.proc("stat"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(content), ") ") // the name before may hold spaces
	fields := strings.Fields(rest)
	var ticks int
	for _, field := range fields[11:13] { // user and system
		n, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}
