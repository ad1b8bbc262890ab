package retention_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/bolt"
	"hailong/survey/retention"
	"hailong/survey/surveytest"
)

const comment = "Cán bộ đòi tiền của tôi"

var (
	job  = survey.Actor{Shell: "serve"}
	form = survey.FormRef{Code: "sipas", Version: 1}
)

// fixture is a store with a campaign that ended on 30 June 2026, and a clock.
type fixture struct {
	*testing.T
	eraser  *retention.Eraser
	file    *bolt.Store
	store   *surveytest.Failing
	catalog *survey.Catalog
	now     time.Time
	told    int
	ids     int
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	file := surveytest.Store(t)
	f := &fixture{T: t, file: file, store: &surveytest.Failing{Store: file}, now: time.Date(2026, 3, 5, 9, 30, 0, 0, survey.Zone)}
	f.catalog = (&survey.Catalog{
		Campaigns: []survey.Campaign{{ID: "k", Period: survey.Span{From: "2026-01-01", To: "2026-06-30"}}, {ID: "open", Period: survey.Span{From: "2026-01-01"}}},
		Questionnaires: []survey.Questionnaire{{Code: "sipas", Version: 1, Sections: []survey.Section{{Items: []survey.Item{
			{Code: "overall", Type: survey.ScaleItem}, {Code: "ethnicity", Type: survey.SingleItem, Sensitive: true},
		}}}}},
	}).Index()
	f.start()
	return f
}

// start is a new process on the store.
func (f *fixture) start() {
	clock := func() time.Time { return f.now }
	f.eraser = retention.New(survey.NewChanges(f.store, audit.New(f.store, clock), clock), func() *survey.Catalog { return f.catalog })
	f.eraser.Erased = func() { f.told++ }
}

func (f *fixture) store1(campaign survey.CampaignID, ethnicity, words bool) survey.Response {
	f.Helper()
	f.ids++
	r := survey.Response{
		ID: survey.ResponseIDOf("2026-03-05", [10]byte{0: byte(f.ids)}), Campaign: campaign, Form: form, Unit: "u", Day: "2026-03-05", Received: f.now.UTC(),
		Answers: []survey.Answer{{Item: "overall", Codes: []int{1}}},
	}
	if ethnicity {
		r.Answers = append(r.Answers, survey.Answer{Item: "ethnicity", Codes: []int{13}})
		r.Texts = append(r.Texts, survey.Words{Item: "ethnicity", Text: "La Hủ"})
	}
	if words {
		r.Texts = append(r.Texts, survey.Words{Item: "comment", Text: comment})
	}
	f.insert(r)
	return r
}

func (f *fixture) insert(r survey.Response) {
	f.Helper()
	doc, err := r.MarshalBSON()
	if err == nil {
		_, err = f.file.Insert(f.Context(), survey.Responses, doc)
	}
	if err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) stored(id survey.ResponseID) survey.Response {
	f.Helper()
	r, err := survey.Documents[survey.Response]{Store: f.file, Collection: survey.Responses}.Get(context.Background(), string(id))
	if err != nil {
		f.Fatal(err)
	}
	return r
}

func (f *fixture) eraseOn(day survey.Date) map[survey.CampaignID][]retention.Erasure {
	f.Helper()
	f.now = day.Time().Add(time.Hour)
	erased, err := f.eraser.EraseDue(context.Background(), job)
	if err != nil {
		f.Fatal(err)
	}
	return erased
}

func TestPartsAreErasedWhenTheirTimeHasCome(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	both, words, bare := f.store1("k", true, true), f.store1("k", false, true), f.store1("k", false, false)
	goesOn := f.store1("open", true, true)
	if erased := f.eraseOn("2027-06-30"); len(erased) != 0 || f.told != 0 {
		t.Errorf("on the last day of twelve months erased %v", erased)
	}
	want := map[survey.CampaignID][]retention.Erasure{"k": {{Part: retention.Sensitive, Day: "2027-07-01", Responses: 1}}}
	if diff := cmp.Diff(want, f.eraseOn("2027-07-01")); diff != "" {
		t.Errorf("the day after (-want +got): %s", diff)
	}
	half := both
	half.Answers, half.Texts = both.Answers[:1], both.Texts[1:]
	if diff := cmp.Diff(half, f.stored(both.ID)); diff != "" {
		t.Errorf("without the ethnicity (-want +got): %s", diff)
	}
	want = map[survey.CampaignID][]retention.Erasure{"k": {{Part: retention.Texts, Day: "2028-07-01", Responses: 2}}}
	if diff := cmp.Diff(want, f.eraseOn("2028-07-01")); diff != "" {
		t.Errorf("after two years (-want +got): %s", diff)
	}
	for _, was := range []survey.Response{both, words, bare} {
		left := f.stored(was.ID)
		if len(left.Texts) != 0 || len(left.Answers) != 1 || left.Day != was.Day || !left.Received.Equal(was.Received) {
			t.Errorf("left is %+v", left)
		}
	}
	if diff := cmp.Diff(goesOn, f.stored(goesOn.ID)); diff != "" {
		t.Errorf("of a campaign without an end (-want +got): %s", diff)
	}
	if f.told != 2 {
		t.Errorf("who counts was told %d times, want 2", f.told)
	}
	f.start()
	if erased := f.eraseOn("2028-08-01"); len(erased) != 0 {
		t.Errorf("again: %v", erased)
	}
	if err := f.file.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(f.file.Path())
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(content, []byte(comment)); n != 1 { // that of the campaign without an end
		t.Errorf("the file holds the comment %d times, want once", n)
	}
}

// The office decides for how long, and otherwise for one campaign.
func TestTheOfficeDecidesForHowLong(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for name, tt := range map[string]struct {
		rules survey.PrivacyRules
		part  retention.ResponsePart
		want  survey.Date
	}{
		"Usual":         {survey.PrivacyRules{}, retention.Sensitive, "2027-07-01"},
		"UsualTexts":    {survey.PrivacyRules{}, retention.Texts, "2028-07-01"},
		"Decided":       {survey.PrivacyRules{Keep: survey.KeepMonths{Sensitive: 3}}, retention.Sensitive, "2026-10-01"},
		"OfOneCampaign": {survey.PrivacyRules{Keep: survey.KeepMonths{Sensitive: 3}, Campaigns: map[survey.CampaignID]survey.KeepMonths{"k": {Sensitive: 1}}}, retention.Sensitive, "2026-07-31"},
		"OfAnother":     {survey.PrivacyRules{Campaigns: map[survey.CampaignID]survey.KeepMonths{"x": {Texts: 1}}}, retention.Texts, "2028-07-01"},
	} {
		if got := retention.DueOn(&tt.rules, f.catalog.Campaign("k"), tt.part); got != tt.want {
			t.Errorf("%s: due on %s, want %s", name, got, tt.want)
		}
	}
	if got := retention.DueOn(&survey.PrivacyRules{}, f.catalog.Campaign("open"), retention.Texts); got != "" {
		t.Errorf("of a campaign without an end: due on %s", got)
	}
}

// The log says what was erased, and of whom nothing.
func TestTheLogSaysHowMany(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.store1("k", true, true)
	f.eraseOn("2028-07-01")
	entries, err := survey.Documents[audit.ChainedEntry]{Store: f.file, Collection: survey.Audit}.All(t.Context())
	if err != nil || len(entries) != 1 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	e := entries[0]
	var parts []retention.Erasure
	if err := json.Unmarshal([]byte(e.After), &parts); err != nil || len(parts) != 2 || e.Action != "retention.erase" || e.Subject != "campaigns/k" {
		t.Errorf("the entry is %+v", e)
	}
	if raw, err := bson.Marshal(e); err != nil || bytes.Contains(raw, []byte(r.ID)) || bytes.Contains(raw, []byte(comment)) {
		t.Errorf("the entry holds an id or a content: %v", err)
	}
}

// Whatever call of the store fails: the next run does the rest, and nothing but what
// is due is lost.
func TestErasingGoesOnAfterAFailure(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.now = survey.Date("2028-07-01").Time()
	f.store.FailEach(t, func() error {
		f.start()
		r := f.store1("k", true, true)
		_, err := f.eraser.EraseDue(context.Background(), job)
		if err != nil {
			f.start()
			f.store1("k", false, false)
			clock := func() time.Time { return f.now }
			again := retention.New(survey.NewChanges(f.file, audit.New(f.file, clock), clock), func() *survey.Catalog { return f.catalog })
			if _, failed := again.EraseDue(context.Background(), job); failed != nil {
				t.Error(failed)
			}
		}
		if left := f.stored(r.ID); len(left.Texts) != 0 || len(left.Answers) != 1 {
			t.Errorf("left is %+v", left)
		}
		return err
	})
}

// A run that was killed erased something and did not say so: the next start says how much
// that is by now, once.
func TestAKilledRunIsSaidByTheNextStart(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.store1("k", false, false)
	doc, err := r.MarshalBSON()
	if err == nil {
		doc, err = survey.Salted(doc, [survey.SaltSize]byte{1})
	}
	if err == nil {
		var left []byte
		if left, err = r.MarshalBSON(); err == nil {
			doc, err = survey.KeepCommitment(doc, left)
		}
	}
	if err == nil {
		err = f.file.Replace(t.Context(), survey.Responses, 0, doc)
	}
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		f.start()
		if erased := f.eraseOn("2028-07-02"); len(erased) > 0 {
			t.Errorf("erased was %v, want nothing", erased)
		}
		record, err := survey.Documents[retention.Record]{Store: f.file, Collection: survey.Settings}.Get(t.Context(), retention.RecordID("k"))
		if err != nil || len(record.Erased) != 1 || retention.Total(record.Erased) != 1 {
			t.Errorf("the record says %+v, error %v, want one erasure of one response", record.Erased, err)
		}
	}
}
