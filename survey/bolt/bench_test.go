package bolt_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/storetest"
)

const benchWriters = 64

// ids gives distinct ids: in rising order, as UUIDv7 are, or at random.
func ids(rising bool) func() string {
	if !rising {
		return uuid.NewString
	}
	var n atomic.Uint64
	return func() string {
		var id uuid.UUID
		binary.BigEndian.PutUint64(id[:], n.Add(1))
		return id.String()
	}
}

// crowd shares b.N calls of insert among the writers.
func crowd(b *testing.B, insert func() error) {
	b.Helper()
	var wg sync.WaitGroup
	left := atomic.Int64{}
	left.Store(int64(b.N))
	for range benchWriters {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for left.Add(-1) >= 0 {
				if err := insert(); err != nil {
					b.Error(err)
					return
				}
			}
		}()
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "inserts/s")
}

// BenchmarkInsert inserts documents of 300 bytes from 64 writers, each waiting
// for the disk: into bare bbolt, where one goroutine commits what has queued,
// and through the store. Compare the two of one run.
func BenchmarkInsert(b *testing.B) {
	for _, rising := range []bool{true, false} {
		order := map[bool]string{true: "Rising", false: "Random"}[rising]
		document := func(id string) bson.Raw { return storetest.Document(b, id, 1, strings.Repeat("x", 225)) }
		b.Run(order+"/Bare", func(b *testing.B) {
			insert := bare(b)
			next := ids(rising)
			crowd(b, func() error {
				id := next()
				return insert([]byte(id), document(id))
			})
		})
		b.Run(order+"/Store", func(b *testing.B) {
			s := newStore(b)
			next := ids(rising)
			crowd(b, func() error {
				_, err := s.Insert(context.Background(), survey.Responses, document(next()))
				return err
			})
		})
	}
}

// bare is the least that writes durably in groups: no check, no context, no
// outcome for each.
func bare(b *testing.B) func(key, value []byte) error {
	b.Helper()
	db, err := bbolt.Open(filepath.Join(b.TempDir(), "bare.db"), 0o600, &bbolt.Options{InitialMmapSize: 1 << 30})
	if err != nil {
		b.Fatal(err)
	}
	type put struct {
		key, value []byte
		done       chan error
	}
	queue := make(chan put, 1024)
	b.Cleanup(func() {
		close(queue)
		_ = db.Close()
	})
	go func() {
		for first := range queue {
			group := []put{first}
			for more := true; more && len(group) < 1024; {
				select {
				case next, ok := <-queue:
					if more = ok; ok {
						group = append(group, next)
					}
				default:
					more = false
				}
			}
			err := db.Update(func(tx *bbolt.Tx) error {
				bucket, err := tx.CreateBucketIfNotExists([]byte("responses"))
				if err != nil {
					return err
				}
				for _, p := range group {
					if err := bucket.Put(p.key, p.value); err != nil {
						return err
					}
				}
				return nil
			})
			for _, p := range group {
				p.done <- err
			}
		}
	}()
	return func(key, value []byte) error {
		done := make(chan error, 1)
		queue <- put{key, value, done}
		return <-done
	}
}

// BenchmarkScan scans responses with 22 answers, once as bytes and once decoded.
func BenchmarkScan(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		if n > 10_000 && testing.Short() {
			continue
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := newStore(b)
			fill(b, s, n)
			b.Run("Raw", func(b *testing.B) {
				scanAll(b, s, n, func(bson.Raw) error { return nil })
			})
			b.Run("Decoded", func(b *testing.B) {
				var r survey.Response
				scanAll(b, s, n, func(doc bson.Raw) error { return r.UnmarshalBSON(doc) })
			})
		})
	}
}

func scanAll(b *testing.B, s *bolt.Store, n int, visit func(bson.Raw) error) {
	b.Helper()
	for b.Loop() {
		if err := s.Scan(context.Background(), survey.Responses, "", "", visit); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "documents/s")
}

func fill(b *testing.B, s *bolt.Store, n int) {
	b.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	next := ids(true)
	for done := 0; done < n; {
		var docs []bson.Raw
		for ; len(docs) < 10_000 && done < n; done++ {
			r := survey.Response{
				ID: survey.ResponseID(next()), Campaign: "sipas-2026", Form: survey.FormRef{Code: "sipas-resident", Version: 1},
				Unit: "xa-bum-to-2025", Channel: "web", Lang: "vi", Day: "2026-05-01",
			}
			for item := range 22 {
				r.Answers = append(r.Answers, survey.Answer{Item: fmt.Sprintf("D%d", item+1), Codes: []int{1 + rnd.IntN(5)}})
			}
			doc, err := r.MarshalBSON()
			if err != nil {
				b.Fatal(err)
			}
			docs = append(docs, doc)
		}
		if _, err := s.Insert(context.Background(), survey.Responses, docs...); err != nil {
			b.Fatal(err)
		}
	}
}
