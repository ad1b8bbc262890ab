package columns

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hailong/survey"
	"hailong/survey/surveytest"
)

// suspect stores that responses are held back.
func (w *fixture) suspect(responses ...survey.Response) []survey.ResponseID {
	w.Helper()
	var ids []survey.ResponseID
	for _, r := range responses {
		burst := survey.NewBurstID(r.Campaign, "HA1L0N3", "2026-03-05")
		if _, err := survey.InsertAll(w.Context(), w.Store, survey.Suspects, []survey.Suspect{survey.NewSuspect(burst, r.ID, survey.SignCrowd, 9)}); err != nil {
			w.Fatal(err)
		}
		ids = append(ids, r.ID)
	}
	return ids
}

// count them stores that everything suspect counts.
func (w *fixture) countThem() {
	w.Helper()
	d := survey.BurstDecision{ID: survey.NewBurstID(tthc, "HA1L0N3", "2026-03-05"), Rev: 1, Campaign: tthc, Choice: survey.CountThem}
	if err := (survey.Documents[survey.BurstDecision]{Store: w.Store, Collection: survey.BurstDecisions}).Insert(w.Context(), d); err != nil {
		w.Fatal(err)
	}
}

func TestAHeldResponseIsInNoFigureUntilItIsReleased(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	rs := append(surveytest.Times(9, func(int) survey.Response { return w.Response(5) }), w.Response(1), w.Response(1))
	w.Insert(rs...)
	ids := w.suspect(rs[0])
	if got := w.overall(w.responses); got.Respondents != 10 || got.Rate != 0.8 {
		t.Fatalf("held before the load: %d respondents at %v, want 10 at 0.8", got.Respondents, got.Rate)
	}
	ids = append(ids, w.suspect(rs[1], rs[10])...)
	for range 2 { // told twice
		if err := w.responses.Hold(t.Context(), tthc, ids); err != nil {
			t.Fatal(err)
		}
	}
	w.responses.Add(rs[10]) // its Add comes late
	if got := w.overall(w.responses); got.Respondents != 8 || got.Rate != 7.0/8 {
		t.Errorf("held after the load: %d respondents at %v, want 8 at 7/8", got.Respondents, got.Rate)
	}
	err := w.responses.ReadWith(t.Context(), tthc, ids, func(v *CampaignView) error {
		if v.Responses() != 11 {
			t.Errorf("%d responses with those that are held, want 11", v.Responses())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.responses.Void(t.Context(), w.Void(rs[1])); err != nil { // void while it is held
		t.Fatal(err)
	}
	w.countThem()
	for range 2 {
		if err := w.responses.Release(t.Context(), tthc, ids); err != nil {
			t.Fatal(err)
		}
	}
	current, anew := w.overall(w.responses), w.overall(w.over(w.Store))
	if diff := cmp.Diff(anew, current); diff != "" || current.Respondents != 10 {
		t.Errorf("%d respondents after the release, want 10 (-loaded anew +kept current): %s", current.Respondents, diff)
	}
}

// Who is held back before another server hears of the response stays out.
func TestHeldByAnotherServer(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	rs := surveytest.Times(6, func(int) survey.Response { return w.Response(5) })
	w.keep(rs...)
	if got := w.count(); got != 6 {
		t.Fatalf("%d respondents", got)
	}
	late := w.Response(1)
	w.Insert(late)
	w.suspect(late, rs[2])
	if err := w.responses.PollHeld(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.responses.Add(late)
	if got := w.count(); got != 5 {
		t.Errorf("%d respondents, want 5", got)
	}
	w.countThem()
	if err := w.responses.PollHeld(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.count(); got != 7 {
		t.Errorf("%d respondents after they were released, want 7", got)
	}
}

func TestHeldDuringALoad(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	rs := surveytest.Times(10, func(int) survey.Response { return w.Response(5) })
	w.Insert(rs...)
	w.suspect(rs[0])
	held := &heldStore{Store: w.Store, collection: survey.Responses, after: 5, reached: make(chan struct{}), goOn: make(chan struct{})}
	responses := w.over(held)
	loaded := make(chan error, 1)
	go func() {
		_, err := responses.Load(context.Background())
		loaded <- err
	}()
	<-held.reached
	if err := responses.Hold(t.Context(), tthc, w.suspect(rs[1], rs[9])); err != nil { // visited, not yet visited
		t.Fatal(err)
	}
	if err := responses.Release(t.Context(), tthc, []survey.ResponseID{rs[0].ID}); err != nil {
		t.Fatal(err)
	}
	close(held.goOn)
	if err := <-loaded; err != nil {
		t.Fatal(err)
	}
	if got := w.overall(responses).Respondents; got != 8 {
		t.Errorf("%d respondents, want 8", got)
	}
}

// Whatever comes in whatever order, a response has a row if and only if it
// arrived, is not void and is not held back.
func TestRowsAreOfWhatIsNeitherVoidNorHeld(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	c := w.Catalog
	rapid.Check(t, func(t *rapid.T) {
		s, err := newCampaignColumns(c, c.Campaign(tthc))
		if err != nil {
			t.Fatal(err)
		}
		var records []decoded
		for i := range 6 {
			r := w.Response(1 + i%3)
			rec, err := decodeResponse(&r)
			if err != nil {
				t.Fatal(err)
			}
			records = append(records, rec)
		}
		arrived, void, held := map[int]bool{}, map[int]bool{}, map[int]bool{}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			i := rapid.IntRange(0, 5).Draw(t, "response")
			var err error
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				err, arrived[i] = s.add(&records[i]), true
			case 1:
				err, void[i] = s.void(&records[i]), true
			case 2:
				err, held[i] = s.hold(records[i:i+1]), true
			case 3:
				if held[i] { // only what arrived is released
					err, held[i], arrived[i] = s.release(records[i:i+1]), false, true
				}
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		var want [4]int
		for i := range 6 {
			if arrived[i] && !void[i] && !held[i] {
				want[1+i%3]++
			}
		}
		var got [4]int
		for _, code := range s.columns.Snapshot().Item(s.layout.Overall[0]) {
			got[code]++
		}
		if got != want {
			t.Fatalf("rows by answer %v, want %v", got, want)
		}
	})
}
