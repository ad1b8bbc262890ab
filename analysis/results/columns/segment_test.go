package columns

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"hailong/analysis"
	"hailong/analysis/results/segments"
	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/ledger"
	"hailong/survey/moments"
	"hailong/survey/releases"
	"hailong/survey/surveytest"
	"hailong/survey/takeback"
	"hailong/survey/verification"
)

// history is a store in which things happen as in production, and the segments of a server.
type history struct {
	*surveytest.ResponseFixture
	now      time.Time
	changes  *survey.Changes
	ledger   *ledger.Ledger
	receipts *takeback.Receipts
	dir      string
	segments *segments.Directory
	stored   []survey.Response // that were not taken back
	n        int
}

func newHistory(t testing.TB) *history {
	t.Helper()
	h := &history{ResponseFixture: surveytest.NewResponses(t), now: survey.Date("2026-03-05").Time().Add(9 * time.Hour).UTC(), dir: filepath.Join(t.TempDir(), "segments")}
	clock := func() time.Time { return h.now }
	h.changes = survey.NewChanges(h.Store, audit.New(h.Store, clock), clock)
	h.ledger = ledger.New(h.Store, clock)
	h.receipts = takeback.New(h.changes, func() *survey.Catalog { return h.Catalog }, surveytest.Keys(t))
	h.open()
	h.Cleanup(h.close)
	return h
}

// open opens the segments, as a start does.
func (h *history) open() {
	h.Helper()
	d, err := segments.Open(h.dir, slog.New(slog.DiscardHandler))
	if err != nil {
		h.Fatal(err)
	}
	h.segments = d
	h.receipts.Erasing = func(id survey.ResponseID) error { return d.Forget(uuid.MustParse(string(id))) }
}

func (h *history) close() {
	if err := h.segments.Close(); err != nil {
		h.Error(err)
	}
}

func (h *history) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// responses is a server that has loaded nothing yet, with or without the segments.
func (h *history) responses(d *segments.Directory) *Responses {
	all := New(h.Store, func() *survey.Catalog { return h.Catalog }, func(p *ItemLayout) []analysis.Index { return []analysis.Index{satisfied(p)} }, nil)
	all.segmentSizes = segmentSizes{60, 6}
	if d != nil {
		all.UseSegments(d)
	}
	return all
}

// build makes segments of what is in none.
func (h *history) build() int {
	h.Helper()
	n, err := h.responses(h.segments).BuildSegments(context.Background())
	h.must(err)
	return n
}

// id makes an id as forms, paper or another program make it.
func (h *history) id(kind int) survey.ResponseID {
	h.n++
	bits := [10]byte{0: byte(h.n * 73), 1: byte(h.n * 31), 2: byte(h.n), 3: byte(h.n >> 8)}
	switch kind {
	case 0:
		return survey.ResponseIDOf("2026-03-01", bits) // of a page that was kept
	case 1:
		return survey.ResponseID(uuid.UUID{0: byte(h.n * 151), 1: byte(h.n), 2: byte(h.n >> 8), 6: 0x40, 8: 0x80}.String())
	case 2:
		return survey.ResponseID(uuid.UUID{0: 0xff, 6: 0x80, 8: 0x80, 14: byte(h.n >> 8), 15: byte(h.n)}.String())
	}
	return survey.ResponseIDOf(survey.DateOf(h.now), bits)
}

// response makes one that was received now.
func (h *history) response(draw func(string, int) int) survey.Response {
	r := h.Response(1 + draw("code", 5))
	r.ID, r.Received, r.Day = h.id(draw("id", 5)), h.now.Truncate(time.Millisecond), survey.DateOf(h.now)
	r.Point = survey.PointCode(fmt.Sprint("POINT", draw("point", 3)))
	r.Unit = []survey.UnitID{"xa-bum-to-2025", "xa-pa-u-2025"}[draw("unit", 2)]
	r.Sector = []survey.SectorID{"land", "justice"}[draw("sector", 2)]
	r.Channel = []survey.Channel{survey.ChannelQR, survey.ChannelPaper, survey.ChannelKiosk}[draw("channel", 3)]
	r.Proof = []survey.Proof{survey.Unverified, survey.VerifiedSlip}[draw("proof", 2)]
	if draw("campaign", 4) == 0 {
		campaign := h.Catalog.Campaign(sipas)
		r.Campaign, r.Form, r.Sector = sipas, campaign.Forms[0], ""
		r.Answers = nil
		for _, it := range h.Catalog.Questionnaire(campaign.Forms[0]).Items() {
			if it.Type == survey.ScaleItem && draw("answered", 4) > 0 {
				r.Answers = append(r.Answers, survey.Answer{Item: it.Code, Codes: []int{1 + draw("code", 5)}})
			}
		}
	}
	return r
}

// arrive stores n responses through the ledger.
func (h *history) arrive(n int, draw func(string, int) int) {
	h.Helper()
	var all []survey.Response
	for range n {
		h.now = h.now.Add(time.Duration(1+draw("wait", 40)) * time.Minute)
		all = append(all, h.response(draw))
	}
	_, err := h.ledger.Keep(context.Background(), nil, all...)
	h.must(err)
	h.stored = append(h.stored, all...)
}

// pass lets days go by, each with its work of the night.
func (h *history) pass(days int) {
	h.Helper()
	h.now = survey.DateOf(h.now.AddDate(0, 0, days)).Time().Add(8 * time.Hour).UTC()
	_, err := h.ledger.Close(context.Background())
	h.must(err)
	_, err = moments.New(h.Store, func(context.Context) (int, error) { return 0, nil }, func() time.Time { return h.now }).Blur(context.Background())
	h.must(err)
}

// takeBack erases a response as its sender does; heard says whether this server did it.
func (h *history) takeBack(at int, heard bool) {
	h.Helper()
	r := h.stored[at]
	h.stored = slices.Delete(h.stored, at, at+1)
	h.must(survey.Documents[survey.TakenBack]{Store: h.Store, Collection: survey.TakenBackMarks}.Insert(context.Background(),
		survey.TakenBack{ID: r.ID, Rev: 1, Campaign: r.Campaign, Day: r.Day, Mark: true}))
	erasing := h.receipts.Erasing
	if !heard {
		h.receipts.Erasing = nil
	}
	_, err := h.receipts.EraseAgain(context.Background())
	h.must(err)
	h.receipts.Erasing = erasing
}

func (h *history) cut() {
	h.Helper()
	_, err := releases.New(h.changes, func() *survey.Catalog { return h.Catalog }).Cut(context.Background(), survey.Actor{Login: "boss"})
	h.must(err)
}

// hold stores that a response is suspect, or decides to count it.
func (h *history) hold(r survey.Response, counted bool) {
	h.Helper()
	burst := verification.NewBurstID(r.Campaign, r.Point, r.Day)
	s := verification.Suspect{ID: string(burst) + "/" + string(r.ID), Rev: 1, Campaign: r.Campaign, Response: r.ID, Burst: burst, Sign: "alike", At: h.now}
	if _, err := survey.InsertAll(context.Background(), h.Store, survey.Suspects, []verification.Suspect{s}); err != nil {
		h.Fatal(err)
	}
	if !counted {
		return
	}
	d := verification.BurstDecision{ID: verification.NewDecisionID(burst, "alike"), Rev: 1, Campaign: r.Campaign, Choice: verification.CountThem, Counted: true, Since: h.now}
	if _, err := survey.InsertAll(context.Background(), h.Store, survey.BurstDecisions, []verification.BurstDecision{d}); err != nil {
		h.Fatal(err)
	}
}

// figures writes down everything that can be asked.
func (h *history) figures(all *Responses) map[string]string {
	h.Helper()
	told := map[string]string{}
	for i := range h.Catalog.Campaigns {
		id := h.Catalog.Campaigns[i].ID
		waiting, err := all.Waiting(context.Background(), id)
		h.must(err)
		told[fmt.Sprint(id, " waiting")] = fmt.Sprint(waiting)
		h.must(all.Read(context.Background(), id, func(v *CampaignView) error {
			told[fmt.Sprint(id, " responses")] = fmt.Sprint(v.Responses())
			v.EachAnswered(func(point survey.PointCode, channel survey.Channel, day survey.Date, n int) {
				told[fmt.Sprint(id, " answered ", point, channel, day)] = fmt.Sprint(n)
			})
			for _, by := range [][]int{nil, {Unit}, {Level}, {Form}, {Group}, {Sector}, {Channel}, {Month}, {Proof}, {Unit, Month}, {Sector, Proof}} {
				if err := h.tell(told, v, by); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	return told
}

// tell writes down the tables by some columns.
func (h *history) tell(told map[string]string, v *CampaignView, by []int) error {
	counts, err := v.Count(by...)
	if err != nil {
		return err
	}
	indexes := []analysis.Index{satisfied(v.Layout)}
	last := len(v.Layout.Items) - 1
	indexes = append(indexes, analysis.Index{Factors: [][]int{{last}}, Scoring: analysis.Mean100(int(v.Layout.Items[last].Codes))})
	grid, people := v.Respondents(by, last)
	for cell := range counts.Cells() {
		if counts.Rows(cell) == 0 {
			continue
		}
		codes := counts.Codes(cell)
		name := string(v.Layout.Campaign.ID)
		for k, col := range by {
			name += fmt.Sprintf(" %d=%s", col, v.Keys[col][codes[k]])
		}
		told[name] = fmt.Sprint(counts.Rows(cell))
		for j := range v.Layout.Items {
			told[name] += fmt.Sprint(counts.Counts(cell, j), counts.Missing(cell, j), counts.NotApplicable(cell, j))
		}
		at, _ := grid.Cell(codes...)
		told[name] += fmt.Sprint(" people ", people[at].N)
		for _, ix := range indexes {
			sums, err := v.Sum(ix, by...)
			if err != nil {
				return err
			}
			at, _ := sums.Cell(codes...)
			told[name] += fmt.Sprintf(" %d %+v", sums.Total(), sums.Estimate(at, 0.95))
		}
	}
	return nil
}

// same fails unless a start with segments tells the same as one without. It returns how
// many responses came from segments.
func (h *history) same(what string) int {
	h.Helper()
	want, got := h.responses(nil), h.responses(h.segments)
	if diff := cmp.Diff(h.figures(want), h.figures(got)); diff != "" {
		h.Fatalf("after %s, from the store and with segments: %s", what, diff)
	}
	rows := 0
	for _, p := range got.loaded.segments {
		rows += p.Rows()
	}
	return rows
}

// Whatever happens, figures are the same with segments and without.
func TestSegmentsChangeNoFigure(t *testing.T) {
	t.Parallel()
	used := 0
	rapid.Check(t, func(r *rapid.T) {
		h := newHistory(t)
		draw := func(label string, n int) int { return rapid.IntRange(0, n-1).Draw(r, label) }
		var done []string
		acts := map[string]func(){
			"arrive":    func() { h.arrive(5+draw("n", 30), draw) },
			"night":     func() { h.pass(1) },
			"quarter":   func() { h.pass(101) },
			"release":   h.cut,
			"build":     func() { h.build() },
			"take back": func() { h.takeBack(draw("which", len(h.stored)), draw("heard", 2) == 0) },
			"void":      func() { h.Void(h.stored[draw("which", len(h.stored))]) },
			"suspect":   func() { h.hold(h.stored[draw("which", len(h.stored))], draw("counted", 2) == 0) },
			"restart":   func() { h.close(); h.open() },
			"damage":    func() { h.damage(draw) },
		}
		names := slices.Sorted(maps.Keys(acts))
		h.arrive(60, draw)
		h.pass(1)
		h.cut()
		for range 3 + draw("steps", 10) {
			name := names[draw("act", len(names))]
			if _, voided := h.voided(); name == "void" && voided || len(h.stored) < 10 {
				name = "arrive"
			}
			acts[name]()
			done = append(done, name)
		}
		h.build()
		used += h.same(fmt.Sprint(done))
		h.cut()
		used += h.same(fmt.Sprint(done, "and a release"))
	})
	if used == 0 {
		t.Error("no segment was ever used")
	}
}

// voided reports whether there is a void: a response is voided once.
func (h *history) voided() (map[survey.ResponseID]verification.Void, bool) {
	all, err := verification.VoidedResponses(context.Background(), h.Store)
	h.must(err)
	return all, len(all) > 0
}

// damage flips a bit of a file, or removes one.
func (h *history) damage(draw func(string, int) int) {
	h.Helper()
	files, err := os.ReadDir(h.dir)
	h.must(err)
	path := filepath.Join(h.dir, files[draw("file", len(files))].Name())
	content, err := os.ReadFile(path)
	h.must(err)
	if len(content) == 0 || draw("remove", 4) == 0 {
		return
	}
	content[draw("byte", len(content))] ^= 1 << draw("bit", 8)
	h.must(os.WriteFile(path, content, 0o600))
}
