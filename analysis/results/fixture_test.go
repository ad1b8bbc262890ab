package results

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/catalog"
)

// The campaigns that a first start opens.
const (
	tthc  survey.CampaignID = "tthc-2026"
	edu   survey.CampaignID = "edu-2026"
	sipas survey.CampaignID = "sipas-2026"
)

// fixture is a real store with the shipped catalogue, two sample schools, and
// the figures over it.
type fixture struct {
	testing.TB
	store   survey.Store
	catalog *survey.Catalog
	live    *Live
	ids     uint64
}

func newFixture(t testing.TB, schools ...survey.Unit) *fixture {
	t.Helper()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "hailong.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	shipped, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	shipped.Units = append(shipped.Units, schools...)
	seed := catalog.Seed{Catalog: shipped.Index(), Today: "2026-03-05", Random: rand.Reader}
	if _, err := seed.Apply(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	w := &fixture{TB: t, store: store}
	w.reload()
	w.live = NewLive(store, func() *survey.Catalog { return w.catalog }, nil)
	return w
}

func (w *fixture) reload() {
	w.Helper()
	c, err := survey.LoadCatalog(context.Background(), w.store)
	if err != nil {
		w.Fatal(err)
	}
	w.catalog = c
}

// id makes ids that rise and never repeat.
func (w *fixture) id() survey.ResponseID {
	w.ids++
	id := uuid.UUID{6: 0x70, 8: 0x80}
	binary.BigEndian.PutUint64(id[8:], 0x8000000000000000|w.ids)
	return survey.ResponseID(id.String())
}

// response is one answer to the overall question at a one-stop shop.
func (w *fixture) response(code int) survey.Response {
	return survey.Response{
		ID: w.id(), Campaign: tthc, Form: survey.FormRef{Code: "tthc-quick", Version: 1}, Unit: "xa-bum-to-2025", Sector: "land",
		Channel: survey.ChannelQR, Lang: "vi", Day: "2026-03-05", Received: time.UnixMilli(1772676000000).UTC(),
		Answers: []survey.Answer{{Item: "overall", Codes: []int{code}}},
	}
}

// insert stores responses behind the back of the figures.
func (w *fixture) insert(responses ...survey.Response) {
	w.Helper()
	docs := make([]bson.Raw, len(responses))
	for i, r := range responses {
		doc, err := r.MarshalBSON()
		if err != nil {
			w.Fatal(err)
		}
		docs[i] = doc
	}
	if _, err := w.store.Insert(context.Background(), survey.Responses, docs...); err != nil {
		w.Fatal(err)
	}
}

// keep stores responses as a server does.
func (w *fixture) keep(responses ...survey.Response) {
	w.Helper()
	w.insert(responses...)
	for _, r := range responses {
		w.live.Add(r)
	}
}

func (w *fixture) table(q Query) Table {
	w.Helper()
	t, err := w.live.Table(context.Background(), q)
	if err != nil {
		w.Fatal(err)
	}
	return t
}

// times makes n responses that make gives.
func times(n int, make func(i int) survey.Response) []survey.Response {
	var rs []survey.Response
	for i := range n {
		rs = append(rs, make(i))
	}
	return rs
}
