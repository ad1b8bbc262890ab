package segments_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/analysis/results/segments"
	"hailong/survey"
	"hailong/survey/ledger"
	"hailong/survey/surveytest"
)

const day survey.Date = "2026-03-05"

var overall = []segments.HeldItem{{Code: "overall", Codes: 5}}

// fixture is a store, and a directory of segments of it.
type fixture struct {
	testing.TB
	store  *surveytest.Failing
	ledger *ledger.Ledger
	now    time.Time
	path   string
	dir    *segments.Directory
	ids    int
	most   int
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{TB: t, store: &surveytest.Failing{Store: surveytest.Store(t)}, now: day.Time().Add(9 * time.Hour), path: filepath.Join(t.TempDir(), "segments"), most: 20}
	f.ledger = ledger.New(f.store, func() time.Time { return f.now })
	f.open()
	t.Cleanup(func() { f.must(f.dir.Close()) })
	return f
}

func (f *fixture) open() {
	f.Helper()
	d, err := segments.Open(f.path, slog.New(slog.DiscardHandler))
	f.must(err)
	f.dir = d
}

// reopen is a restart.
func (f *fixture) reopen() {
	f.Helper()
	f.must(f.dir.Close())
	f.open()
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// response makes one with an id of the day, received at the end of an hour.
func (f *fixture) response() survey.Response {
	f.ids++
	first, _ := survey.HourEnds(f.now)
	return survey.Response{
		ID: survey.ResponseIDOf(day, [10]byte{1: byte(f.ids * 37), 8: byte(f.ids >> 8), 9: byte(f.ids)}), Campaign: "tthc-2026",
		Form: survey.FormRef{Code: "tthc-quick", Version: 1}, Point: "HERE", Unit: "xa-bum-to-2025", Channel: survey.ChannelQR, Day: day, Received: first.UTC(),
		Answers: []survey.Answer{{Item: "overall", Codes: []int{1 + f.ids%5}}},
	}
}

// keep stores n responses.
func (f *fixture) keep(n int) (all []survey.Response) {
	f.Helper()
	for range n {
		r := f.response()
		_, err := f.ledger.Keep(context.Background(), nil, r)
		f.must(err)
		all = append(all, r)
	}
	return all
}

// closeDay closes the day in the ledger.
func (f *fixture) closeDay() {
	f.Helper()
	f.now = f.now.Add(24 * time.Hour)
	_, err := f.ledger.CloseNow(context.Background())
	f.must(err)
}

// build makes segments of everything.
func (f *fixture) build() int {
	f.Helper()
	n, err := f.dir.Build(context.Background(), f.store, f.most, 5, f.scan)
	f.must(err)
	return n
}

func (f *fixture) scan(ctx context.Context, from string, visit func(segments.Visited) (bool, error)) error {
	more := true
	return f.store.Scan(ctx, survey.Responses, from, "", func(doc bson.Raw) error {
		if !more {
			return nil
		}
		var r survey.Response
		if err := r.UnmarshalBSON(doc); err != nil {
			return err
		}
		v := segments.Visited{ID: uuid.MustParse(string(r.ID)), Name: string(r.ID), Campaign: r.Campaign, Items: overall, Gone: r.TakenBack}
		if !r.TakenBack && segments.Settled(&r) {
			v.Row = &segments.ResponseRow{ID: v.ID, Answers: []uint8{uint8(r.Answers[0].Codes[0])}, RowGroup: segments.RowGroup{
				Form: string(r.Form.Code), Unit: string(r.Unit), Channel: string(r.Channel), Day: string(r.Day), Point: string(r.Point), Received: r.Received,
			}}
		}
		var err error
		more, err = visit(v)
		return err
	})
}

// proven are the segments that the store proves.
func (f *fixture) proven() []segments.Proven {
	f.Helper()
	all, err := f.dir.Proven(context.Background(), f.store)
	f.must(err)
	return all
}

// answers are those of all responses, by id: in segments, and beside them.
func (f *fixture) answers() (all map[survey.ResponseID]uint8, fromSegments int) {
	f.Helper()
	all = map[survey.ResponseID]uint8{}
	proven := f.proven()
	read := func(doc bson.Raw) error {
		var r survey.Response
		if err := r.UnmarshalBSON(doc); err != nil || r.TakenBack {
			return err
		}
		if _, twice := all[r.ID]; twice {
			f.Errorf("%s is read twice", r.ID)
		}
		all[r.ID] = uint8(r.Answers[0].Codes[0])
		return nil
	}
	for _, p := range proven {
		n, err := f.rows(p, all)
		f.must(err)
		fromSegments += n
		for _, id := range p.Late {
			if doc, err := f.store.Get(context.Background(), survey.Responses, id.String()); err == nil {
				f.must(read(doc))
			}
		}
	}
	for _, gap := range segments.Ranges(proven) {
		f.must(f.store.Scan(context.Background(), survey.Responses, gap[0], gap[1], read))
	}
	return all, fromSegments
}

// rows adds the answers of a segment, whose rows are found by the ids of the store.
func (f *fixture) rows(p segments.Proven, all map[survey.ResponseID]uint8) (int, error) {
	f.Helper()
	var ids []uuid.UUID
	from, to := p.Range()
	f.must(f.store.Scan(context.Background(), survey.Responses, from, to, func(doc bson.Raw) error {
		ids = append(ids, uuid.MustParse(survey.DocumentText(doc, "_id")))
		return nil
	}))
	found, err := p.Find(ids)
	if err != nil {
		return 0, err
	}
	n := 0
	err = p.Load(func(b *segments.Block, groups []segments.GroupCount) error {
		answers, err := b.Answers(0, nil)
		if err != nil {
			return err
		}
		for id, row := range found {
			all[survey.ResponseID(id.String())] = answers[row]
		}
		for _, g := range groups {
			if g.Unit != "xa-bum-to-2025" || g.Day != string(day) {
				f.Errorf("group %+v", g)
			}
			n += g.N
		}
		return nil
	})
	if err == nil && n != len(found) {
		f.Errorf("%d rows, and %d of them have an id", n, len(found))
	}
	return n, err
}

// stored are the answers in the store.
func (f *fixture) stored() map[survey.ResponseID]uint8 {
	f.Helper()
	all := map[survey.ResponseID]uint8{}
	f.must(f.store.Scan(context.Background(), survey.Responses, "", "", func(doc bson.Raw) error {
		var r survey.Response
		if err := r.UnmarshalBSON(doc); err != nil || r.TakenBack {
			return err
		}
		all[r.ID] = uint8(r.Answers[0].Codes[0])
		return nil
	}))
	return all
}

// replace puts a document in the place of a response.
func (f *fixture) replace(id survey.ResponseID, change func(*survey.Response)) {
	f.Helper()
	doc, err := f.store.Get(context.Background(), survey.Responses, string(id))
	f.must(err)
	var r survey.Response
	f.must(r.UnmarshalBSON(doc))
	change(&r)
	plain, err := r.MarshalBSON()
	f.must(err)
	next, err := survey.KeepCommitment(doc, plain)
	f.must(err)
	f.must(f.store.Replace(context.Background(), survey.Responses, survey.DocumentRev(doc), next))
}

// takeBack leaves a mark in the place of a response, and another one.
func (f *fixture) takeBack(id survey.ResponseID) {
	f.Helper()
	doc, err := f.store.Get(context.Background(), survey.Responses, string(id))
	f.must(err)
	mark := survey.TakenBack{ID: id, Rev: 1, Campaign: "tthc-2026", Day: day, Mark: true}
	f.must(survey.Documents[survey.TakenBack]{Store: f.store, Collection: survey.TakenBackMarks}.Insert(context.Background(), mark))
	mark.Rev = survey.DocumentRev(doc) + 1
	f.must(survey.Documents[survey.TakenBack]{Store: f.store, Collection: survey.Responses}.Replace(context.Background(), survey.DocumentRev(doc), mark))
}

// sortedByID are responses in the order of ids.
func sortedByID(rs []survey.Response) []survey.Response {
	return slices.SortedFunc(slices.Values(rs), func(a, b survey.Response) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
}
