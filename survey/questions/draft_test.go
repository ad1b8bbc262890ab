package questions_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/questions"
	"hailong/survey/surveytest"
)

var lan = survey.Actor{Login: "lan"}

// editing is the drafts of a store after its first start.
type editing struct {
	questions.Drafts
	t     *testing.T
	store survey.Store
	log   *audit.Log
}

func newEditing(t *testing.T) *editing {
	t.Helper()
	store, _ := surveytest.FirstStart(t, "2026-03-05")
	now := func() time.Time { return survey.Date("2026-03-05").Time() }
	log := audit.New(store, now)
	return &editing{
		Drafts: questions.Drafts{Changes: survey.NewChanges(store, log, now), Catalog: func() *survey.Catalog { return surveytest.Loaded(t, store) }},
		t:      t, store: store, log: log,
	}
}

// stored returns a version as the store has it.
func (e *editing) stored(id string) (survey.Questionnaire, error) {
	return survey.Documents[survey.Questionnaire]{Store: e.store, Collection: survey.Questionnaires}.Get(e.t.Context(), id)
}

// start begins the next version of the counter's form.
func (e *editing) start() survey.Questionnaire {
	e.t.Helper()
	q, err := e.StartDraft(e.t.Context(), lan, "tthc-quick")
	if err != nil {
		e.t.Fatal(err)
	}
	return q
}

func (e *editing) wantActions(want ...string) {
	e.t.Helper()
	var got []string
	if err := e.log.Each(e.t.Context(), audit.EntryFilter{}, func(entry audit.ChainedEntry) error {
		got = append(got, string(entry.Action)+" "+entry.Subject)
		return nil
	}); err != nil {
		e.t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		e.t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

// A draft begins as a copy of the newest version, and there is one at a time.
func TestStartDraft(t *testing.T) {
	t.Parallel()
	e := newEditing(t)
	want := *e.Catalog().Latest("tthc-quick")
	want.ID, want.Version, want.Rev, want.Draft = "tthc-quick@2", 2, 1, true
	got := e.start()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	c := e.Catalog()
	if latest := c.Latest("tthc-quick").Version; latest != 1 {
		t.Errorf("version %d can be asked, want 1: a draft is not in force", latest)
	}
	if diff := cmp.Diff(&want, c.Draft("tthc-quick")); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, e.start()); diff != "" {
		t.Errorf("begun by a second person (-want +got):\n%s", diff)
	}
	_, err := e.StartDraft(t.Context(), lan, "none")
	surveytest.WantError(t, err, survey.NotFound, "")
	e.wantActions("questionnaire.draft questionnaires/tthc-quick@2")
}

// Two people begin at the same moment: the second one's is refused, not stored
// over the first.
func TestStartDraftAtOnce(t *testing.T) {
	t.Parallel()
	e := newEditing(t)
	old := e.Catalog()
	first := e.start()
	e.Catalog = func() *survey.Catalog { return old }
	_, err := e.StartDraft(t.Context(), lan, "tthc-quick")
	surveytest.WantError(t, err, survey.Conflict, "")
	got, err := e.stored("tthc-quick@2")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, got); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}

// A questionnaire that was written elsewhere becomes the next version of its
// code, or the first.
func TestKeepDraft(t *testing.T) {
	t.Parallel()
	e := newEditing(t)
	from := func(code survey.FormCode, order int) survey.Questionnaire {
		q, err := survey.Clone(*e.Catalog().Latest("tthc-quick"))
		if err != nil {
			t.Fatal(err)
		}
		q.Code, q.Version, q.Order, q.ID, q.Draft = code, 7, order, "elsewhere", false
		q.Title["vi"] = "  Phiếu viết nơi khác "
		return q
	}
	known, err := e.KeepDraft(t.Context(), lan, from("tthc-quick", 50), false)
	if err != nil {
		t.Fatal(err)
	}
	if known.ID != "tthc-quick@2" || !known.Draft {
		t.Errorf("kept as %s, draft: %t; want tthc-quick@2 as a draft", known.ID, known.Draft)
	}
	if known.Order != 1 {
		t.Errorf("it stands at %d, want 1 as the version of before", known.Order)
	}
	if got, want := known.Title["vi"], "Phiếu viết nơi khác"; got != want {
		t.Errorf("title %q, want %q", got, want)
	}

	// A first version stands where it says, or at the next free place.
	for _, test := range []struct {
		code        survey.FormCode
		order, want int
	}{{"tthc-new", 0, 9}, {"tthc-newer", 9, 10}, {"tthc-far", 90, 90}} {
		got, err := e.KeepDraft(t.Context(), lan, from(test.code, test.order), false)
		if err != nil {
			t.Fatal(err)
		}
		if got.Version != 1 {
			t.Errorf("%s: version %d, want 1", test.code, got.Version)
		}
		if got.Order != test.want {
			t.Errorf("%s: it stands at %d, want %d", test.code, got.Order, test.want)
		}
	}

	// What somebody is writing is replaced only where that is asked for.
	_, err = e.KeepDraft(t.Context(), lan, from("tthc-quick", 1), false)
	surveytest.WantError(t, err, survey.Invalid, "questionnaire.invalid")
	surveytest.WantField(t, err, "code", "questionnaire.draft_there")
	other := from("tthc-quick", 1)
	other.Title["vi"] = " Phiếu thứ hai "
	replaced, err := e.KeepDraft(t.Context(), lan, other, true)
	if err != nil {
		t.Fatal(err)
	}
	want := known
	want.Rev, want.Title = 2, survey.Text{"vi": "Phiếu thứ hai", "en": known.Title["en"]}
	if diff := cmp.Diff(want, replaced); diff != "" {
		t.Errorf("replaced (-want +got):\n%s", diff)
	}

	family := from("tthc-quick", 1)
	family.Family = survey.Residents
	_, err = e.KeepDraft(t.Context(), lan, family, true)
	surveytest.WantError(t, err, survey.Invalid, "questionnaire.invalid")
	surveytest.WantField(t, err, "code", "questionnaire.other_family")
	e.wantActions("questionnaire.draft questionnaires/tthc-quick@2", "questionnaire.draft questionnaires/tthc-new@1",
		"questionnaire.draft questionnaires/tthc-newer@1", "questionnaire.draft questionnaires/tthc-far@1", "questionnaire.edit questionnaires/tthc-quick@2")
}

// Every text of a draft is cleaned, wherever it stands.
func TestTextsOfADraftAreCleaned(t *testing.T) {
	t.Parallel()
	e := newEditing(t)
	draft := e.start()
	ref := draft.Ref()
	const dirty, clean = "  chữ ", "chữ"
	got, err := e.ChangeDraft(t.Context(), lan, ref, func(q *survey.Questionnaire) error {
		text := func() survey.Text { return survey.Text{"vi": dirty} }
		q.Title, q.Intro, q.Source = text(), text(), text()
		q.Scales = []survey.Scale{{ID: "s", Points: []survey.Option{{Code: 1, Label: text()}}}}
		q.Factors = []survey.Factor{{Code: "f", Name: text()}}
		q.Sections = []survey.Section{{Code: "p", Title: text(), Lead: text(), Items: []survey.Item{
			{Code: "i", Label: text(), Hint: text(), NA: text(), Options: []survey.Option{{Code: 1, Label: text()}}},
		}}}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	item := got.Sections[0].Items[0]
	for part, text := range map[string]survey.Text{
		"title": got.Title, "intro": got.Intro, "source": got.Source, "scale": got.Scales[0].Points[0].Label, "factor": got.Factors[0].Name,
		"section": got.Sections[0].Title, "lead": got.Sections[0].Lead, "item": item.Label, "hint": item.Hint, "na": item.NA, "option": item.Options[0].Label,
	} {
		if text["vi"] != clean {
			t.Errorf("%s is %q, want %q", part, text["vi"], clean)
		}
	}
}

// Two people who change different parts do not disturb each other; what the
// change refuses is not stored.
func TestChangeDraft(t *testing.T) {
	t.Parallel()
	e := newEditing(t)
	draft := e.start()
	ref := draft.Ref()
	for i, title := range []string{"Một", "Hai"} {
		got, err := e.ChangeDraft(t.Context(), lan, ref, func(q *survey.Questionnaire) error {
			q.Title["vi"] += " " + title
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if want := int64(i + 2); got.Rev != want {
			t.Errorf("revision %d, want %d", got.Rev, want)
		}
	}
	overtaken := &survey.Error{Kind: survey.Conflict, Key: "item.changed"}
	_, err := e.ChangeDraft(t.Context(), lan, ref, func(q *survey.Questionnaire) error {
		q.Title["vi"] = "Ba"
		return overtaken
	})
	if !errors.Is(err, overtaken) {
		t.Errorf("error %v, want that of the change", err)
	}
	got, err := e.stored(ref.ID())
	if err != nil {
		t.Fatal(err)
	}
	if want := e.Catalog().Latest("tthc-quick").Title["vi"] + " Một Hai"; got.Title["vi"] != want {
		t.Errorf("title %q, want %q", got.Title["vi"], want)
	}
	_, err = e.ChangeDraft(t.Context(), lan, survey.FormRef{Code: "tthc-quick", Version: 9}, func(*survey.Questionnaire) error { return nil })
	surveytest.WantError(t, err, survey.NotFound, "")
}

// A published version never changes again.
func TestPublishForm(t *testing.T) {
	t.Parallel()
	e := newEditing(t)
	draft := e.start()
	ref := draft.Ref()
	_, err := e.PublishForm(t.Context(), lan, ref, 7)
	surveytest.WantError(t, err, survey.Conflict, "")
	got, err := e.PublishForm(t.Context(), lan, ref, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got.Draft || got.Rev != 2 {
		t.Errorf("draft: %t, revision %d; want a published version of revision 2", got.Draft, got.Rev)
	}
	c := e.Catalog()
	if latest := c.Latest("tthc-quick").Version; latest != 2 {
		t.Errorf("version %d is the newest, want 2", latest)
	}
	if draft := c.Draft("tthc-quick"); draft != nil {
		t.Errorf("%s is a draft still", draft.ID)
	}

	_, err = e.PublishForm(t.Context(), lan, ref, 2)
	surveytest.WantError(t, err, survey.Conflict, "questionnaire.frozen")
	_, err = e.ChangeDraft(t.Context(), lan, ref, func(q *survey.Questionnaire) error {
		t.Error("a published version was given to be changed")
		return nil
	})
	surveytest.WantError(t, err, survey.Conflict, "questionnaire.frozen")
	surveytest.WantError(t, e.DiscardDraft(t.Context(), lan, ref, 2), survey.Conflict, "questionnaire.frozen")
	if _, err := e.stored(ref.ID()); err != nil {
		t.Errorf("the published version: %v", err)
	}
	e.wantActions("questionnaire.draft questionnaires/tthc-quick@2", "questionnaire.publish questionnaires/tthc-quick@2")
}

func TestDiscardDraft(t *testing.T) {
	t.Parallel()
	e := newEditing(t)
	draft := e.start()
	ref := draft.Ref()
	surveytest.WantError(t, e.DiscardDraft(t.Context(), lan, ref, 7), survey.Conflict, "")
	if _, err := e.stored(ref.ID()); err != nil {
		t.Errorf("after an old revision was discarded: %v", err)
	}
	if err := e.DiscardDraft(t.Context(), lan, ref, 1); err != nil {
		t.Fatal(err)
	}
	_, err := e.stored(ref.ID())
	surveytest.WantError(t, err, survey.NotFound, "")
	surveytest.WantError(t, e.DiscardDraft(t.Context(), lan, ref, 1), survey.NotFound, "")
	if got := e.start(); got.Version != 2 {
		t.Errorf("the next draft is version %d, want 2", got.Version)
	}
	e.wantActions("questionnaire.draft questionnaires/tthc-quick@2", "questionnaire.discard questionnaires/tthc-quick@2", "questionnaire.draft questionnaires/tthc-quick@2")
}
