package web

import (
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
	"github.com/valyala/fasthttp"
	"go.etcd.io/bbolt"

	"hailong/survey"
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
		c.Request().PostArgs().VisitAll(func(k, v []byte) { fields[string(k)] = string(v) })
		return c.Redirect("/s/"+c.Params("code")+"/thanks/"+fields["id"], fiber.StatusSeeOther)
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	exitOn(err)
	fmt.Println("http://" + l.Addr().String())
	exitOn(app.Listener(l))
}

// crowd shares b.N calls among the connections and reports calls a second and
// how long one takes.
func crowd(b *testing.B, call func() error) {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(b.N))
	took := make([][]time.Duration, connections)
	var wg sync.WaitGroup
	b.ResetTimer()
	for i := range connections {
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

// loaded drives a child over HTTP and reports the child's largest memory.
func loaded(b *testing.B, store string, want int, prepare func(*fasthttp.Request)) {
	b.Helper()
	c := startChild(b, store)
	client := &fasthttp.HostClient{Addr: strings.TrimPrefix(c.base, "http://"), MaxConns: connections}
	defer client.CloseIdleConnections()
	address := c.base + formPath(pointLand)
	crowd(b, func() error {
		request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
		defer fasthttp.ReleaseRequest(request)
		defer fasthttp.ReleaseResponse(response)
		request.SetRequestURI(address)
		prepare(request)
		if err := client.Do(request, response); err != nil {
			return err
		}
		if response.StatusCode() != want {
			return fmt.Errorf("status %d", response.StatusCode())
		}
		return nil
	})
	if mb, err := peakMemory(c.process.Process.Pid); err == nil {
		b.ReportMetric(mb, "RSS-MB")
	}
}

func peakMemory(pid int) (megabytes float64, err error) {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kilobytes, err := strconv.Atoi(strings.Fields(rest)[0])
	return float64(kilobytes) / 1024, err
}

func submission(request *fasthttp.Request) {
	request.Header.SetMethod(fasthttp.MethodPost)
	request.Header.SetContentType("application/x-www-form-urlencoded")
	request.SetBodyString("form=quick%402&lang=vi&a.overall=2&a.bad=1&a.bad=2&a.polite=na&a.visits=3&t.words=C%E1%BA%A3m+%C6%A1n+c%C3%A1n+b%E1%BB%99&id=" + uuid.Must(uuid.NewV7()).String())
}

// BenchmarkForm fetches the form at 64 connections.
func BenchmarkForm(b *testing.B) {
	for name, encoding := range map[string]string{"Plain": "", "Gzip": "gzip"} {
		b.Run(name, func(b *testing.B) {
			loaded(b, filepath.Join(b.TempDir(), "form.db"), fasthttp.StatusOK, func(r *fasthttp.Request) {
				if encoding != "" {
					r.Header.Set(fasthttp.HeaderAcceptEncoding, encoding)
				}
			})
		})
	}
}

// BenchmarkSubmit sends responses at 64 connections, each acknowledged after it
// is on disk, beside a bare Fiber handler that parses the same body and bare
// bbolt inserts of a document of the same size. Compare the three of one run.
func BenchmarkSubmit(b *testing.B) {
	b.Run("BareFiber", func(b *testing.B) { loaded(b, bareStore, fasthttp.StatusSeeOther, submission) })
	b.Run("BareBolt", func(b *testing.B) {
		insert := bareBolt(b)
		document := make([]byte, 330)
		crowd(b, func() error { return insert(uuid.Must(uuid.NewV7()), document) })
	})
	b.Run("Durable", func(b *testing.B) {
		loaded(b, filepath.Join(b.TempDir(), "submit.db"), fasthttp.StatusSeeOther, submission)
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
