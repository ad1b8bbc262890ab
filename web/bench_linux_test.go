package web_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"go.etcd.io/bbolt"

	"hailong/survey"
	"hailong/survey/proof"
	"hailong/survey/takeback"
	"hailong/web/formview"
	"hailong/web/servertest"
)

// connections is how many people send at once in the benchmarks.
const connections = 64

// bareStore as the file of a child makes it serve a bare Fiber handler that
// parses the same body, as a measure of what this machine can do.
const bareStore = "bare"

func serveBare() {
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Post("/s/:code", func(c *fiber.Ctx) error {
		fields := map[string]string{}
		for k, v := range c.Request().PostArgs().All() {
			fields[string(k)] = string(v)
		}
		return c.Redirect("/s/"+c.Params("code")+"/thanks", fiber.StatusSeeOther)
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	exitOn(err)
	fmt.Println("http://" + l.Addr().String())
	exitOn(app.Listener(l))
}

// crowd shares b.N calls among senders that work at the same time, and reports
// calls a second and how long one takes. Each sender makes its next call when
// the last one has been answered.
func crowd(b *testing.B, senders []func() error) {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(b.N))
	took := make([][]time.Duration, len(senders))
	var wg sync.WaitGroup
	b.ResetTimer()
	for i, call := range senders {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				start := time.Now()
				if err := call(); err != nil {
					b.Error(err)
					return
				}
				took[i] = append(took[i], time.Since(start))
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	all := slices.Concat(took...)
	slices.Sort(all)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
	for _, q := range []int{50, 99} {
		b.ReportMetric(float64(all[len(all)*q/100].Microseconds())/1000, fmt.Sprintf("p%d-ms", q))
	}
}

// loaded sends requests to a child over connections of their own. It reports
// the child's largest memory, and the processor time of the child and of the
// senders, which share the machine. An id in the requests is made anew for
// each, and the ticket of the form that goes with it.
func loaded(b *testing.B, store string, want int, request string) {
	b.Helper()
	c := startChild(b, store)
	senders := make([]func() error, connections)
	for i := range senders {
		conn, err := net.Dial("tcp", strings.TrimPrefix(c.base, "http://"))
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close()
		s := &sender{conn: conn, request: []byte(request), want: []byte("HTTP/1.1 " + strconv.Itoa(want) + " ")}
		if at := strings.Index(request, formview.IDGap); at >= 0 {
			s.id = s.request[at : at+len(formview.IDGap)]
		}
		if at := strings.Index(request, formview.TicketGap+"&"); at >= 0 {
			s.ticket, s.proofs = s.request[at:at+len(formview.TicketGap)], knownProofs()
		}
		senders[i] = s.send
	}
	servers, ours := cpuTime(b, c.process.Process.Pid), cpuTime(b, os.Getpid())
	crowd(b, senders)
	servers, ours = cpuTime(b, c.process.Process.Pid)-servers, cpuTime(b, os.Getpid())-ours
	b.ReportMetric(float64(servers.Microseconds())/float64(b.N), "server-µs/call")
	b.ReportMetric(float64(ours.Microseconds())/float64(b.N), "sender-µs/call")
	b.ReportMetric(peakMemory(b, c.process.Process.Pid), "RSS-MB")
}

// sender sends one request after another over one connection. It knows just
// enough of HTTP for what this server answers, so that it leaves the processor
// to the server.
type sender struct {
	conn        net.Conn
	request, id []byte // id lies within request; nil: it has none
	ticket      []byte // as id
	proofs      *proof.Proofs
	want        []byte // begins the answer
	answer      []byte
	until       int // where the answer ends, -1 while that is unknown
}

func (s *sender) send() error {
	if s.id != nil {
		id, err := takeback.DrawFor(survey.DateOf(servertest.Now), rand.Reader)
		if err != nil {
			return err
		}
		copy(s.id, id)
	}
	if s.ticket != nil {
		ticket, err := s.proofs.Issue(context.Background(), servertest.Code(servertest.PointLand), survey.ResponseID(s.id), "")
		if err != nil {
			return err
		}
		copy(s.ticket, ticket)
	}
	if _, err := s.conn.Write(s.request); err != nil {
		return err
	}
	s.answer, s.until = s.answer[:0], -1
	for s.until < 0 || len(s.answer) < s.until {
		s.answer = slices.Grow(s.answer, 4096)
		n, err := s.conn.Read(s.answer[len(s.answer):cap(s.answer)])
		if err != nil {
			return err
		}
		s.answer = s.answer[:len(s.answer)+n]
		if head, _, whole := bytes.Cut(s.answer, []byte("\r\n\r\n")); whole && s.until < 0 {
			_, length, _ := bytes.Cut(head, []byte("\r\nContent-Length: "))
			length, _, _ = bytes.Cut(length, []byte("\r\n"))
			body, err := strconv.Atoi(string(length))
			if err != nil {
				return fmt.Errorf("an answer of unknown length: %w", err)
			}
			s.until = len(head) + 4 + body
		}
	}
	if !bytes.HasPrefix(s.answer, s.want) {
		return fmt.Errorf("answer %.60q", s.answer)
	}
	return nil
}

// knownProofs make the tickets that every server of the tests knows.
func knownProofs() *proof.Proofs {
	return proof.New(survey.NewChanges(nil, nil, servertest.Clock), servertest.FixedKeys{})
}

// cpuTime is the processor time of a process so far, to a hundredth of a second.
func cpuTime(b *testing.B, pid int) time.Duration {
	b.Helper()
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ") // behind the name, the third field
	fields := strings.Fields(rest)
	ticks := 0
	for _, field := range fields[11:13] { // in user mode, in the kernel
		n, err := strconv.Atoi(field)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100
}

// peakMemory is the largest memory of a process so far in megabytes, the
// mapped pages of its store included.
func peakMemory(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kilobytes, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		b.Fatal(err)
	}
	return float64(kilobytes) / 1024
}

const submissionBody = "form=quick%402&lang=vi&a.overall=2&a.bad=1&a.bad=2&a.polite=na&a.visits=3&t.words=C%E1%BA%A3m+%C6%A1n+c%C3%A1n+b%E1%BB%99&ticket=" + formview.TicketGap + "&id=" + formview.IDGap + "&nonce=00112233445566778899aabbccddeeff"

func submission() string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s",
		servertest.FormPath(servertest.PointLand), len(submissionBody), submissionBody)
}

// BenchmarkForm fetches the form at 64 connections.
func BenchmarkForm(b *testing.B) {
	for name, header := range map[string]string{"Plain": "", "Gzip": "Accept-Encoding: gzip\r\n"} {
		b.Run(name, func(b *testing.B) {
			loaded(b, filepath.Join(b.TempDir(), "form.db"), fiber.StatusOK, "GET "+servertest.FormPath(servertest.PointLand)+" HTTP/1.1\r\nHost: localhost\r\n"+header+"\r\n")
		})
	}
}

// BenchmarkSubmit sends responses at 64 connections, each acknowledged after it
// is on disk, beside a bare Fiber handler that parses the same body and bare
// bbolt inserts of a document of the same size by as many who wait: under ids that
// rise, and under ids that are in no order within the day, which responses have so that
// their order tells nothing. Compare those of one run.
func BenchmarkSubmit(b *testing.B) {
	b.Run("BareFiber", func(b *testing.B) { loaded(b, bareStore, fiber.StatusSeeOther, submission()) })
	for name, next := range map[string]func() uuid.UUID{
		"BareBoltRising": func() uuid.UUID { return uuid.Must(uuid.NewV7()) },
		"BareBoltOfADay": func() uuid.UUID { // as the ids of responses are
			id, err := survey.NewResponseID()
			if err != nil {
				b.Fatal(err)
			}
			return uuid.MustParse(string(id))
		},
	} {
		b.Run(name, func(b *testing.B) {
			insert := bareBolt(b)
			document := make([]byte, 330)
			ours := cpuTime(b, os.Getpid())
			crowd(b, slices.Repeat([]func() error{func() error { return insert(next(), document) }}, connections))
			b.ReportMetric(float64((cpuTime(b, os.Getpid())-ours).Microseconds())/float64(b.N), "µs/call")
		})
	}
	b.Run("Durable", func(b *testing.B) {
		loaded(b, filepath.Join(b.TempDir(), "submit.db"), fiber.StatusSeeOther, submission())
	})
}

// bareBolt returns an insert into a bbolt file in which one goroutine commits
// whatever has queued.
func bareBolt(b *testing.B) func(key uuid.UUID, value []byte) error {
	b.Helper()
	db, err := bbolt.Open(filepath.Join(b.TempDir(), "bare.db"), 0o600, nil)
	if err != nil {
		b.Fatal(err)
	}
	type insert struct {
		key   uuid.UUID
		value []byte
		done  chan error
	}
	queue := make(chan insert, connections)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for first := range queue {
			group := []insert{first}
			for more := true; more; {
				select {
				case next, open := <-queue:
					if more = open; open {
						group = append(group, next)
					}
				default:
					more = false
				}
			}
			err := db.Update(func(tx *bbolt.Tx) error {
				bucket, err := tx.CreateBucketIfNotExists([]byte(survey.Responses))
				if err != nil {
					return err
				}
				for _, i := range group {
					if err := bucket.Put(i.key[:], i.value); err != nil {
						return err
					}
				}
				return nil
			})
			for _, i := range group {
				i.done <- err
			}
		}
	}()
	b.Cleanup(func() {
		close(queue)
		<-stopped
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	return func(key uuid.UUID, value []byte) error {
		done := make(chan error, 1)
		queue <- insert{key, value, done}
		return <-done
	}
}
