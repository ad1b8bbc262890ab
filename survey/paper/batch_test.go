package paper_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/campaigns"
	"hailong/survey/keys"
	"hailong/survey/paper"
	"hailong/survey/people"
	"hailong/survey/registry"
	"hailong/survey/surveytest"
)

// fixture is batches over a store after its first start, with two
// surveyors, a supervisor and a paper point.
type fixture struct {
	*paper.Batches
	*surveytest.IntakeFixture
	store    *surveytest.Failing
	rechecks *paper.Rechecks
	audit    *audit.Log
	changes  *survey.Changes
	keys     *keys.Keys
	point    survey.PointCode
}

var (
	manager   = survey.Actor{Login: "boss"}
	rechecker = survey.Actor{Login: "mat-tran"}
)

func newFixture(t *testing.T) *fixture {
	t.Helper()
	d := surveytest.NewIntake(t)
	store := &surveytest.Failing{Store: d.Store}
	d.Store = store
	f := &fixture{IntakeFixture: d, store: store, audit: audit.New(d.Store, d.Now)}
	f.changes = survey.NewChanges(d.Store, f.audit, d.Now)
	f.keys = surveytest.Keys(t)
	f.Batches = paper.NewBatches(&d.Intake, f.changes, f.keys)
	f.rechecks = paper.NewRechecks(f.changes, d.Catalog, f.keys)
	for login, grant := range map[survey.Login]survey.Grant{
		"lan": {Role: survey.Surveyor}, "hoa": {Role: survey.Surveyor}, "mat-tran": {Role: survey.Supervisor},
		"xa-khac": {Role: survey.Surveyor, Scope: survey.Scope{Families: []survey.Family{survey.Education}}},
	} {
		user := people.User{Login: login, Rev: 1, Name: "Chị " + string(login), Grant: grant}
		if err := (survey.Documents[people.User]{Store: d.Store, Collection: survey.Users}).Insert(t.Context(), user); err != nil {
			t.Fatal(err)
		}
	}
	at := d.Current.Point(d.At("tthc-quick", ""))
	f.point = survey.PointCode("paper")
	c := *d.Current
	c.Points = append(slices.Clone(c.Points), survey.Point{Code: f.point, Unit: at.Unit, Form: at.Form, Channel: survey.ChannelPaper})
	d.Current = c.Index()
	return f
}

// batch makes a batch of lan's.
func (f *fixture) batch(t *testing.T, forms int) paper.Batch {
	t.Helper()
	made, err := f.Make(t.Context(), manager, paper.BatchPlan{Campaign: "tthc-2026", Points: []survey.PointCode{f.point}, Surveyors: []survey.Login{"lan"}, Forms: forms})
	if err != nil {
		t.Fatal(err)
	}
	return made[0]
}

func entryOf(serial int, overall string) paper.Entry {
	return paper.Entry{Serial: serial, Day: "2026-03-02", Lang: "vi", Given: surveytest.Given("sector", "civil-status", "overall", overall)}
}

func (f *fixture) key(t *testing.T, b paper.Batch, serial int, overall string) paper.Entered {
	t.Helper()
	entered, err := f.Enter(t.Context(), b.Surveyor, b.ID, entryOf(serial, overall))
	if err != nil {
		t.Fatalf("form %d: %v", serial, err)
	}
	return entered
}

// refusal is what an error says to the person.
type refusal struct {
	Fields survey.Fields
	Args   []any
}

// refused holds an error to a kind and a key, and returns what else it says.
func refused(t *testing.T, what string, err error, want survey.Kind, key string) refusal {
	t.Helper()
	var e *survey.Error
	if !errors.As(err, &e) || e.Kind != want || e.Key != key {
		t.Errorf("%s: error %v, want kind %s and key %q", what, err, want, key)
		return refusal{}
	}
	return refusal{Fields: e.Fields, Args: e.Args}
}

// wantFields holds what is said beside the fields of a form to their keys.
func wantFields(t *testing.T, what string, got survey.Fields, want map[string]string) {
	t.Helper()
	keys := map[string]string{}
	for field, m := range got {
		keys[field] = m.Key
	}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Errorf("%s: fields (-want +got):\n%s", what, diff)
	}
}

func TestMakeBatches(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	plan := paper.BatchPlan{Campaign: "tthc-2026", Points: []survey.PointCode{f.point}, Surveyors: []survey.Login{"lan", "hoa"}, Forms: 50}
	first, err := f.Make(t.Context(), manager, plan)
	if err != nil {
		t.Fatal(err)
	}
	again, err := f.Make(t.Context(), manager, plan)
	if err != nil {
		t.Fatal(err)
	}
	var ids []survey.BatchID
	spaces := map[string]bool{}
	for _, b := range append(first, again...) {
		ids = append(ids, b.ID)
		spaces[b.IDPrefix] = true
	}
	if diff := cmp.Diff([]survey.BatchID{"tthc-2026-001", "tthc-2026-002", "tthc-2026-003", "tthc-2026-004"}, ids); diff != "" || len(spaces) != 4 {
		t.Errorf("%d spaces of ids (-want +got):\n%s", len(spaces), diff)
	}
	stored, err := f.Get(t.Context(), "tthc-2026-002")
	if diff := cmp.Diff(first[1], stored); err != nil || diff != "" {
		t.Errorf("%v (-made +stored):\n%s", err, diff)
	}
	for name, wrong := range map[string]struct {
		change     func(*paper.BatchPlan)
		field, key string
	}{
		"Campaign":     {func(p *paper.BatchPlan) { p.Campaign = "none" }, "campaign", "batch.bad_campaign"},
		"NoUnits":      {func(p *paper.BatchPlan) { p.Points = nil }, "units", "batch.no_units"},
		"OtherForm":    {func(p *paper.BatchPlan) { p.Points = []survey.PointCode{f.At("edu-primary-parent", "")} }, "units", "batch.bad_unit"},
		"NoSurveyors":  {func(p *paper.BatchPlan) { p.Surveyors = nil }, "surveyors", "batch.no_surveyors"},
		"NotSurveyor":  {func(p *paper.BatchPlan) { p.Surveyors = []survey.Login{"mat-tran"} }, "surveyors", "batch.no_surveyor"},
		"OutsideScope": {func(p *paper.BatchPlan) { p.Surveyors = []survey.Login{"xa-khac"} }, "surveyors", "batch.surveyor_scope"},
		"NoForms":      {func(p *paper.BatchPlan) { p.Forms = 0 }, "forms", "batch.bad_forms"},
		"TooMany":      {func(p *paper.BatchPlan) { p.Points = slices.Repeat(p.Points, paper.MaxNewBatches) }, "units", "batch.too_many"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := plan
			wrong.change(&p)
			_, err := f.Make(t.Context(), manager, p)
			e := refused(t, name, err, survey.Invalid, "batch.invalid")
			wantFields(t, name, e.Fields, map[string]string{wrong.field: wrong.key})
			wantFields(t, name+", asked beforehand", survey.FieldsOf(f.Check(t.Context(), p)), map[string]string{wrong.field: wrong.key})
		})
	}
}

func TestKeyAForm(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.batch(t, 20)
	entered := f.key(t, b, 7, "4")
	r := entered.Stored
	if !entered.Fresh || r.Batch != b.ID || r.By != "lan" || r.Channel != survey.ChannelPaper || r.Day != "2026-03-02" || r.Campaign != "tthc-2026" {
		t.Errorf("%+v", entered)
	}
	if again := f.key(t, b, 7, "4"); again.Fresh || again.Differs || again.Stored.ID != r.ID {
		t.Errorf("the same form again: %+v", again)
	}
	if other := f.key(t, b, 7, "1"); other.Fresh || !other.Differs || other.Stored.Answers[0].Codes[0] != 4 {
		t.Errorf("other answers under the same number: %+v", other)
	}
	f.key(t, b, 3, "5")
	keyed, err := f.Entries(t.Context(), &b)
	if err != nil || len(keyed) != 2 || keyed[0].Serial != 3 || keyed.Highest() != 7 || keyed.Next(20) != 8 || len(keyed.Missing(20)) != 18 {
		t.Errorf("%v %+v", err, keyed)
	}
	if counts, err := f.Counts(t.Context()); err != nil || counts[b.ID].Entered != 2 {
		t.Errorf("%v %+v", err, counts)
	}
	full := entryOf(1, "9")
	full.Serial, full.Day = 21, "2026-03-99"
	_, err = f.Enter(t.Context(), "lan", b.ID, full)
	e := refused(t, "all wrong", err, survey.Invalid, "answer.invalid")
	wantFields(t, "all wrong", e.Fields, map[string]string{"serial": "batch.bad_serial", "day": "response.bad_day", "overall": "answer.unknown_choice"})
	for day, key := range map[survey.Date]string{"2026-03-04": "response.bad_day", "2025-12-31": "campaign.not_yet", "": "response.bad_day"} {
		late := entryOf(9, "4")
		late.Day = day
		_, err := f.Enter(t.Context(), "lan", b.ID, late)
		e := refused(t, "day "+string(day), err, survey.Invalid, "answer.invalid")
		wantFields(t, "day "+string(day), e.Fields, map[string]string{"day": key})
	}
	_, err = f.Enter(t.Context(), "hoa", b.ID, entryOf(9, "4"))
	refused(t, "another's batch", err, survey.NotFound, "")
	running := f.Current
	published := *running
	published.Campaigns = slices.Clone(running.Campaigns)
	for i := range published.Campaigns {
		published.Campaigns[i].State, published.Campaigns[i].Shut = survey.Published, "2026-12-31"
	}
	f.Current = published.Index()
	_, err = f.Enter(t.Context(), "lan", b.ID, entryOf(9, "4"))
	refused(t, "a published campaign", err, survey.Closed, "batch.not_keying")
	f.Current = running
	if err := f.Close(t.Context(), manager, b.ID, b.Rev); err != nil {
		t.Fatal(err)
	}
	_, err = f.Enter(t.Context(), "lan", b.ID, entryOf(9, "4"))
	refused(t, "a closed batch", err, survey.Closed, "batch.closed_now")
	refused(t, "voiding in it", f.VoidOwn(t.Context(), survey.Actor{Login: "lan"}, b.ID, 7, 1, "nhập nhầm phiếu"), survey.Closed, "batch.closed_now")
	if err := f.Reopen(t.Context(), manager, b.ID, b.Rev+1); err != nil {
		t.Fatal(err)
	}
	f.key(t, b, 9, "4")
}

func TestEditBatch(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.batch(t, 20)
	f.key(t, b, 12, "4")
	edit := paper.BatchEdit{Title: "Bản Nậm Củm", Surveyor: "hoa", Forms: 12}
	refused(t, "an old revision", f.Edit(t.Context(), manager, b.ID, b.Rev+1, edit), survey.Conflict, "")
	for name, wrong := range map[string]struct {
		edit       paper.BatchEdit
		field, key string
	}{
		"NoTitle":      {paper.BatchEdit{Title: " ", Surveyor: "lan", Forms: 20}, "title", "batch.bad_title"},
		"LongTitle":    {paper.BatchEdit{Title: strings.Repeat("x", 121), Surveyor: "lan", Forms: 20}, "title", "batch.bad_title"},
		"FormsEntered": {paper.BatchEdit{Title: "x", Surveyor: "lan", Forms: 11}, "forms", "batch.forms_keyed"},
		"NoForms":      {paper.BatchEdit{Title: "x", Surveyor: "lan", Forms: 0}, "forms", "batch.bad_forms"},
		"ManyForms":    {paper.BatchEdit{Title: "x", Surveyor: "lan", Forms: paper.MaxBatchForms + 1}, "forms", "batch.bad_forms"},
		"NoSurveyor":   {paper.BatchEdit{Title: "x", Surveyor: "boss", Forms: 20}, "surveyor", "batch.no_surveyor"},
		"OutsideScope": {paper.BatchEdit{Title: "x", Surveyor: "xa-khac", Forms: 20}, "surveyor", "batch.surveyor_scope"},
	} {
		e := refused(t, name, f.Edit(t.Context(), manager, b.ID, b.Rev, wrong.edit), survey.Invalid, "batch.invalid")
		wantFields(t, name, e.Fields, map[string]string{wrong.field: wrong.key})
	}
	if err := f.Edit(t.Context(), manager, b.ID, b.Rev, edit); err != nil {
		t.Fatal(err)
	}
	_, err := f.Owned(t.Context(), "lan", b.ID)
	refused(t, "the one it was taken from", err, survey.NotFound, "")
	if r, err := f.Enter(t.Context(), "hoa", b.ID, entryOf(1, "4")); err != nil || r.Stored.By != "hoa" {
		t.Errorf("the new one: %+v, %v", r, err)
	}
	if last := lastAction(t, f); last != "batch.edit" {
		t.Errorf("recorded %q", last)
	}
}

func lastAction(t *testing.T, f *fixture) survey.Action {
	t.Helper()
	all, err := survey.Documents[audit.ChainedEntry]{Store: f.Store, Collection: survey.Audit}.All(t.Context())
	if err != nil || len(all) == 0 {
		t.Fatalf("%d entries, %v", len(all), err)
	}
	return all[len(all)-1].Action
}

func TestVoidAndKeyAgain(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.batch(t, 20)
	lan := survey.Actor{Login: "lan"}
	first := f.key(t, b, 5, "4").Stored
	for _, reason := range []string{"", " x ", "ngắn", strings.Repeat("x", 301)} {
		e := refused(t, "a reason", f.VoidOwn(t.Context(), lan, b.ID, 5, 1, reason), survey.Invalid, "void.invalid")
		wantFields(t, "a reason", e.Fields, map[string]string{"reason": "void.bad_reason"})
	}
	refused(t, "what was not keyed", f.VoidOwn(t.Context(), lan, b.ID, 6, 1, "nhập nhầm phiếu"), survey.NotFound, "")
	refused(t, "another's", f.VoidOwn(t.Context(), survey.Actor{Login: "hoa"}, b.ID, 5, 1, "nhập nhầm phiếu"), survey.NotFound, "")
	if err := f.VoidOwn(t.Context(), lan, b.ID, 5, 1, "nhập nhầm phiếu"); err != nil || lastAction(t, f) != "response.void" {
		t.Fatal(err)
	}
	keyed, err := f.Entries(t.Context(), &b)
	if err != nil || keyed.InForce() != 0 || keyed[0].Void == nil || keyed.Next(20) != 6 || len(keyed.Missing(20)) != 20 {
		t.Errorf("%v %+v", err, keyed)
	}
	if err := f.VoidOwn(t.Context(), lan, b.ID, 5, 1, "nhập nhầm phiếu"); err != nil {
		t.Errorf("a second press: %v", err)
	}
	// What was queued before it was voided does not come into force again.
	_, err = f.Enter(t.Context(), "lan", b.ID, entryOf(5, "4"))
	if e := refused(t, "keyed again by a queue", err, survey.Conflict, "batch.voided"); !cmp.Equal(e.Args, []any{"5", 2}) {
		t.Errorf("args %v", e.Args)
	}
	var earlier *paper.VoidedEntry
	if want := (paper.VoidedEntry{Serial: 5, Attempt: 2}); !errors.As(err, &earlier) || *earlier != want {
		t.Errorf("cause %v, want %v", earlier, &want)
	}
	second := entryOf(5, "2")
	second.Attempt = 2
	entered, err := f.Enter(t.Context(), "lan", b.ID, second)
	if err != nil || !entered.Fresh || entered.Stored.ID == first.ID {
		t.Errorf("keyed again: %+v, %v", entered, err)
	}
	// Who still sees the first does not void the second.
	if err := f.Void(t.Context(), manager, b.ID, 5, 1, "sai khi phúc tra"); err != nil {
		t.Error(err)
	}
	for _, attempt := range []int{0, 3} {
		refused(t, "no such attempt", f.Void(t.Context(), manager, b.ID, 5, attempt, "sai khi phúc tra"), survey.NotFound, "")
	}
	keyed, err = f.Entries(t.Context(), &b)
	if err != nil || len(keyed) != 2 || keyed.InForce() != 1 || keyed.Find(5).Attempt != 2 || keyed.Find(4) != nil {
		t.Errorf("%v %+v", err, keyed)
	}
	if counts, err := f.Counts(t.Context()); err != nil || counts[b.ID].Entered != 1 {
		t.Errorf("%v %+v", err, counts)
	}
	if activity, err := registry.Activities(t.Context(), f.Store, survey.DateOf(f.Now()), f.Now()); err != nil || activity[f.point].Count() != 1 {
		t.Errorf("%v %+v: a voided form is counted", err, activity)
	}
	work := campaigns.New(f.changes, f.Catalog)
	tally, err := work.ResponseCounts(t.Context(), "tthc-2026")
	unit := f.Current.Point(f.point).Unit
	want := map[campaigns.ReceivedGroup]int{{Unit: unit, Day: "2026-03-02", By: "lan"}: 1}
	if diff := cmp.Diff(want, tally.Received); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// A batch's forms are its campaign's, also on days that another campaign of
// the same people had before it, and its point is nobody else's.
func TestFormsOfABatchBelongToItsCampaign(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.batch(t, 20)
	c := *f.Current
	earlier := *c.Campaign(b.Campaign)
	earlier.ID, earlier.State, earlier.Shut = "earlier", survey.ClosedDown, "2026-03-03"
	c.Campaigns = append([]survey.Campaign{earlier}, c.Campaigns...)
	f.Current = c.Index()
	if entered := f.key(t, b, 1, "4"); entered.Stored.Campaign != b.Campaign {
		t.Errorf("the form counts for %q", entered.Stored.Campaign)
	}
	for _, channel := range []survey.Channel{"", survey.ChannelQR, survey.ChannelKiosk, survey.ChannelPaper, survey.ChannelAPI} {
		s := f.Submission(surveytest.Given("overall", "5"))
		s.Point, s.Channel = f.point, channel
		_, err := f.Submit(t.Context(), s)
		refused(t, "at a paper point by "+string(channel), err, survey.NotFound, "point.paper")
	}
}

func TestMakingTwiceMakesOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	plan := paper.BatchPlan{
		Campaign: "tthc-2026", Points: []survey.PointCode{f.point}, Surveyors: []survey.Login{"lan", "hoa"}, Forms: 50, IdempotencyKey: "page",
	}
	var pair errgroup.Group
	for range 2 {
		pair.Go(func() error {
			made, err := f.Make(t.Context(), manager, plan)
			if err == nil && len(made) != 2 {
				return fmt.Errorf("%d made", len(made))
			}
			return err
		})
	}
	if err := pair.Wait(); err != nil {
		t.Fatal(err)
	}
	if all, err := f.All(t.Context()); err != nil || len(all) != 2 {
		t.Errorf("%d batches, %v", len(all), err)
	}
	plan.IdempotencyKey = "another page"
	if _, err := f.Make(t.Context(), manager, plan); err != nil {
		t.Fatal(err)
	}
	if all, err := f.All(t.Context()); err != nil || len(all) != 4 {
		t.Errorf("another page: %d batches, %v", len(all), err)
	}
}
