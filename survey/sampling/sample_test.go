package sampling_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/bolt"
	"hailong/survey/sampling"
	"hailong/survey/surveytest"
)

func TestOutcomeCounts(t *testing.T) {
	t.Parallel()
	row := func(outcomes ...sampling.Outcome) sampling.Drawn {
		var d sampling.Drawn
		for _, o := range outcomes {
			d.Attempts = append(d.Attempts, sampling.Attempt{Outcome: o})
		}
		return d
	}
	called, waiting := row(sampling.Answered), row()
	called.Reserve, called.For, waiting.Reserve = true, 3, true
	var f sampling.OutcomeCounts
	for _, d := range []sampling.Drawn{row(), row(sampling.Answered), row(sampling.Away, sampling.Refused), row(sampling.WrongAddress), row(sampling.Away), called, waiting} {
		f.Add(&d)
	}
	want := sampling.OutcomeCounts{Drawn: 6, Reserves: 1, By: map[sampling.Outcome]int{sampling.Answered: 2, sampling.Refused: 1, sampling.WrongAddress: 1, sampling.Away: 1}}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Error(diff)
	}
	if rate, ok := f.Rate(); !ok || rate != 2.0/5 || f.Open() != 1 {
		t.Errorf("rate %v, %d open", rate, f.Open())
	}
	if _, ok := (sampling.OutcomeCounts{Drawn: 1, By: map[sampling.Outcome]int{sampling.WrongAddress: 1}}).Rate(); ok {
		t.Error("a rate of nobody")
	}
}

func TestDrawnStands(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		attempts    []sampling.Attempt
		visits      int
		ended, lost bool
	}{
		"Open":          {nil, 0, false, false},
		"AwayTwice":     {[]sampling.Attempt{{Outcome: sampling.Away}, {Outcome: sampling.Away}}, 2, false, false},
		"AwayThrice":    {[]sampling.Attempt{{Outcome: sampling.Away}, {Outcome: sampling.Away}, {Outcome: sampling.Away}}, 3, true, true},
		"AwayCorrected": {[]sampling.Attempt{{Outcome: sampling.Away}, {Outcome: sampling.Away}, {Outcome: sampling.Away, Corrects: true}}, 2, false, false},
		"Answered":      {[]sampling.Attempt{{Outcome: sampling.Away}, {Outcome: sampling.Answered}}, 2, true, false},
		"Refused":       {[]sampling.Attempt{{Outcome: sampling.Refused}}, 1, true, true},
		"SlipMended":    {[]sampling.Attempt{{Outcome: sampling.Refused}, {Outcome: sampling.Answered, Corrects: true}}, 1, true, false},
	} {
		d := sampling.Drawn{Attempts: tt.attempts}
		if d.Visits() != tt.visits || d.Ended() != tt.ended || d.Lost() != tt.lost {
			t.Errorf("%s: %d visits, ended %v, lost %v", name, d.Visits(), d.Ended(), d.Lost())
		}
	}
}

func TestDrawnID(t *testing.T) {
	t.Parallel()
	id := sampling.DrawnID("sipas-2026", 12)
	if c, number, ok := sampling.ParseDrawnID(id); id != "sipas-2026.000012" || c != "sipas-2026" || number != 12 || !ok {
		t.Errorf("%q is row %d of %q", id, number, c)
	}
	for _, id := range []string{"", ".000001", "a.1", "a.000000", "a.-00001", "a/000001", "a.0000012", "a.+00001"} {
		if c, _, ok := sampling.ParseDrawnID(id); ok {
			t.Errorf("%q is taken for a row of %q", id, c)
		}
	}
}

func frameCatalog() (*survey.Catalog, *survey.Campaign) {
	c := (&survey.Catalog{
		Units: []survey.Unit{
			{ID: "a", Kind: survey.Commune, Code: "001", Name: survey.Text{"vi": "Xã A"}},
			{ID: "b", Kind: survey.Commune, Name: survey.Text{"vi": "Xã B"}},
			{ID: "out", Kind: survey.Commune, Name: survey.Text{"vi": "Xã ngoài"}},
		},
		Sectors:   []survey.Sector{{ID: "land", Name: survey.Text{"vi": "Đất đai"}}},
		Campaigns: []survey.Campaign{{ID: "k", Family: survey.Residents, Units: []survey.UnitID{"a", "b"}, State: survey.Open, Period: survey.Span{From: "2026-01-01", To: "2026-06-30"}}},
	}).Index()
	return c, c.Campaign("k")
}

// What is written into a list in any order of columns is read back as it was.
func TestFrameIsReadBack(t *testing.T) {
	t.Parallel()
	c, campaign := frameCatalog()
	headers := map[string][]string{
		"unit": {"unit", "Đơn vị", " XÃ "}, "village": {"village", "Bản", "Tổ dân phố"}, "sector": {"sector", "Lĩnh vực"},
		"name": {"name", "Họ và tên", "Chủ hộ"}, "size": {"Số hộ", "households"}, "other": {"Ngày sinh", "zzz"},
	}
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.Permutation([]string{"unit", "village", "sector", "name", "size", "other"}).Draw(t, "columns")
		var header []string
		for _, name := range columns {
			header = append(header, rapid.SampledFrom(headers[name]).Draw(t, "header"))
		}
		r, ignored, err := sampling.NewFrameReader(c, campaign, header)
		if err != nil || len(ignored) != 1 || r.Drawn() || !r.Sized() {
			t.Fatalf("%v %v", ignored, err)
		}
		unit := rapid.SampledFrom([]string{"a", "Xã A", "xa a", "001"}).Draw(t, "unit")
		village := rapid.StringMatching(`[A-Zđưở]{0,8}`).Draw(t, "village")
		sector := rapid.SampledFrom([]string{"", "land", "đất đai"}).Draw(t, "sector")
		name := rapid.StringMatching(`[A-Za-zỳ]{0,20}`).Draw(t, "name")
		size := rapid.IntRange(0, 10_000).Draw(t, "size")
		values := map[string]string{"unit": unit, "village": village, "sector": sector, "name": name, "size": fmt.Sprint(size), "other": "x"}
		var cells []string
		for _, column := range columns {
			cells = append(cells, values[column])
		}
		got, problems := r.Read(2, cells)
		want := sampling.FrameRow{Row: 2, Place: sampling.Place{Unit: "a", Village: village}, Contact: name, Size: size}
		if sector != "" {
			want.Sector = "land"
		}
		if diff := cmp.Diff(want, got); diff != "" || len(problems) > 0 {
			t.Errorf("%v %s", problems, diff)
		}
	})
}

// No list, however odd, breaks the reader, and a row without a problem is one
// of the campaign's units.
func FuzzFrameReader(f *testing.F) {
	f.Add("unit,village,name", "a,B,Lò")
	f.Add("Đơn vị,Lĩnh vực,Số hộ,Mã", "Xã A,Đất đai,-1,7")
	f.Add("unit,draw_list,draw_order,draw_stratum,draw_probability", "a,reserve,99999999,x,NaN")
	f.Add("xã,xã,,", "out,b,,")
	f.Fuzz(func(t *testing.T, header, row string) {
		c, campaign := frameCatalog()
		r, _, err := sampling.NewFrameReader(c, campaign, strings.Split(header, ","))
		if err != nil {
			return
		}
		for n := range 2 {
			got, problems := r.Read(n+2, strings.Split(row, ","))
			ok := got.Place.Unit == "a" || got.Place.Unit == "b"
			if len(problems) == 0 && (!ok || got.Size < 0 || got.Order < 0 || !(got.Probability >= 0 && got.Probability <= 1)) {
				t.Errorf("%+v", got)
			}
		}
	})
}

// Contacts go on the day they are due, once, and not a day before.
func TestEraseDue(t *testing.T) {
	t.Parallel()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	catalog, _ := frameCatalog()
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, survey.Zone)
	clock := func() time.Time { return now }
	f := sampling.New(survey.NewChanges(store, audit.New(store, clock), clock), func() *survey.Catalog { return catalog }, surveytest.Keys(t))
	who := survey.Actor{Login: "lan"}
	drawing := sampling.Drawing{
		Draw: sampling.Draw{Strata: []sampling.DrawnStratum{{Name: "a"}}},
		Rows: []sampling.FrameRow{{Place: sampling.Place{Unit: "a"}, Contact: "Lò Văn A", List: sampling.MainList, Stratum: "a"}, {Place: sampling.Place{Unit: "a"}, List: sampling.ReserveList, Stratum: "a", Order: 1}},
	}
	sample, err := f.StoreDraw(t.Context(), who, "k", 0, drawing)
	if err != nil {
		t.Fatal(err)
	}
	if sample, err = f.KeepContacts(t.Context(), who, "k", sample.Rev, 10); err != nil {
		t.Fatal(err)
	}
	if on := sample.EraseOn(catalog.Campaign("k")); on != "2026-07-11" {
		t.Errorf("erased on %s, want the day after the tenth", on)
	}
	now = time.Date(2026, 7, 10, 23, 59, 0, 0, survey.Zone)
	if contacts, err := f.ContactsOf(t.Context(), &sample); err != nil || len(contacts) != 1 {
		t.Errorf("on the last day: %v %v", contacts, err)
	}
	if erased, err := f.EraseDue(t.Context(), who); err != nil || len(erased) > 0 {
		t.Errorf("on the last day: %v %v", erased, err)
	}
	now = now.Add(2 * time.Minute)
	if contacts, err := f.ContactsOf(t.Context(), &sample); err != nil || len(contacts) != 0 {
		t.Errorf("due, and still shown: %v %v", contacts, err)
	}
	if erased, err := f.EraseDue(t.Context(), who); err != nil || len(erased) != 1 {
		t.Errorf("due: %v %v", erased, err)
	}
	if erased, err := f.EraseDue(t.Context(), who); err != nil || len(erased) > 0 {
		t.Errorf("erased again: %v %v", erased, err)
	}
	if rows, err := f.Rows(t.Context(), "k"); err != nil || len(rows) != 2 {
		t.Errorf("%d rows left, %v", len(rows), err)
	}
	contacts := survey.Documents[sampling.Contact]{Store: store, Collection: survey.Contacts}
	if all, err := contacts.All(t.Context()); err != nil || len(all) > 0 {
		t.Errorf("%v %v", all, err)
	}
	// What a list that was being stored, or an old backup, leaves behind goes too.
	if err := contacts.Insert(t.Context(), sampling.Contact{ID: sampling.DrawnID("k", 2), Rev: 1, Text: "Lò Văn B"}); err != nil {
		t.Fatal(err)
	}
	if erased, err := f.EraseDue(t.Context(), who); err != nil || len(erased) != 1 {
		t.Errorf("left behind: %v %v", erased, err)
	}
	if all, err := contacts.All(t.Context()); err != nil || len(all) > 0 {
		t.Errorf("%v %v", all, err)
	}
}

// deletesOnly is a store that can delete so many documents, and then no more.
type deletesOnly struct {
	survey.Store
	left atomic.Int32
}

func (s *deletesOnly) Delete(ctx context.Context, c survey.Collection, id string, rev int64) error {
	if s.left.Add(-1) < 0 {
		return survey.NewError(survey.Unavailable, "delete", nil)
	}
	return s.Store.Delete(ctx, c, id, rev)
}

// Nothing of a draw is left behind when discarding it was interrupted: the next
// change does the rest first.
func TestDiscardInterrupted(t *testing.T) {
	t.Parallel()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	catalog, _ := frameCatalog()
	clock := func() time.Time { return time.Date(2026, 3, 1, 8, 0, 0, 0, survey.Zone) }
	failing := &deletesOnly{Store: store}
	failing.left.Store(100)
	f := sampling.New(survey.NewChanges(failing, audit.New(store, clock), clock), func() *survey.Catalog { return catalog }, surveytest.Keys(t))
	who := survey.Actor{Login: "lan"}
	drawing := sampling.Drawing{Draw: sampling.Draw{Strata: []sampling.DrawnStratum{{Name: "a"}}}}
	for range 5 {
		drawing.Rows = append(drawing.Rows, sampling.FrameRow{Place: sampling.Place{Unit: "a"}, Contact: "Lò Văn A", List: sampling.MainList, Stratum: "a"})
	}
	sample, err := f.StoreDraw(t.Context(), who, "k", 0, drawing)
	if err != nil {
		t.Fatal(err)
	}
	failing.left.Store(7) // five contacts and two rows
	if err := f.DiscardDraw(t.Context(), who, "k", sample.Rev, 1); !survey.Is(err, survey.Unavailable) {
		t.Fatalf("interrupted: %v", err)
	}
	failing.left.Store(100)
	if _, err := f.KeepContacts(t.Context(), who, "k", sample.Rev, 10); !survey.Is(err, survey.Conflict) {
		t.Fatalf("the discarding was finished first, and the sample has another revision: %v", err)
	}
	sample, err = f.Sample(t.Context(), "k")
	rows, err2 := f.Rows(t.Context(), "k")
	if err != nil || err2 != nil || len(sample.Draws) != 0 || len(rows) != 0 {
		t.Errorf("%d draws and %d rows are left (%v, %v)", len(sample.Draws), len(rows), err, err2)
	}
}
