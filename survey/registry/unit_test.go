package registry_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/registry"
	"hailong/survey/surveytest"
)

const (
	bumTo  survey.UnitID = "xa-bum-to-2025"
	muCa   survey.UnitID = "xa-mu-ca"
	taTong survey.UnitID = "xa-ta-tong-2025"
)

var lan = survey.Actor{Login: "lan"}

// office is an editor over a store after its first start, on 5 March 2026. Its
// catalogue is always the stored one.
type office struct {
	registry.Editor
	t     *testing.T
	store survey.Store
	log   *audit.Log
}

// reloading is a store whose catalogue is read again after each write.
type reloading struct {
	survey.Store
	t       *testing.T
	mu      sync.Mutex
	catalog *survey.Catalog // nil: to be read
}

func (s *reloading) current() *survey.Catalog {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.catalog == nil {
		s.catalog = surveytest.Loaded(s.t, s.Store)
	}
	return s.catalog
}

func (s *reloading) written() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catalog = nil
}

func (s *reloading) Insert(ctx context.Context, c survey.Collection, docs ...bson.Raw) ([]bool, error) {
	defer s.written()
	return s.Store.Insert(ctx, c, docs...)
}

func (s *reloading) Replace(ctx context.Context, c survey.Collection, rev int64, doc bson.Raw) error {
	defer s.written()
	return s.Store.Replace(ctx, c, rev, doc)
}

func newOffice(t *testing.T) *office {
	t.Helper()
	first, _ := surveytest.FirstStart(t, "2026-03-05")
	store := &reloading{Store: first, t: t}
	now := func() time.Time { return survey.Date("2026-03-05").Time().Add(9 * time.Hour) }
	o := &office{t: t, store: store, log: audit.New(store, now)}
	o.Editor = registry.Editor{
		Changes: survey.NewChanges(store, o.log, now), Random: rand.NewChaCha8([32]byte{7}),
		Catalog: store.current,
	}
	return o
}

// keep stores units as they are, without any check.
func (o *office) keep(units ...survey.Unit) {
	o.t.Helper()
	for _, u := range units {
		if u.Rev == 0 {
			u.Rev = 1
		}
		if err := (survey.Documents[survey.Unit]{Store: o.store, Collection: survey.Units}).Insert(o.t.Context(), u); err != nil {
			o.t.Fatal(err)
		}
	}
}

// touch changes a stored unit as somebody else would.
func (o *office) touch(id survey.UnitID) {
	o.t.Helper()
	u := *o.Catalog().Unit(id)
	u.Rev++
	if err := (survey.Documents[survey.Unit]{Store: o.store, Collection: survey.Units}).Replace(o.t.Context(), u.Rev-1, u); err != nil {
		o.t.Fatal(err)
	}
}

// actions lists what the audit log holds, with its subject, the oldest first.
func (o *office) actions() []string {
	o.t.Helper()
	var actions []string
	if err := o.log.Each(o.t.Context(), audit.EntryFilter{}, func(e audit.ChainedEntry) error {
		actions = append(actions, string(e.Action)+" "+e.Subject)
		return nil
	}); err != nil {
		o.t.Fatal(err)
	}
	return actions
}

// wantActions checks what the audit log holds.
func (o *office) wantActions(want ...string) {
	o.t.Helper()
	if diff := cmp.Diff(want, o.actions()); diff != "" {
		o.t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

// clinic is a unit that keeps every rule.
func clinic() registry.UnitEdit {
	return registry.UnitEdit{Kind: survey.Department, Name: survey.Text{"vi": "Trạm y tế", "en": "Clinic"}, Parent: bumTo, From: "2025-07-01"}
}

func TestCreateUnit(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	edit := clinic()
	edit.Name = survey.Text{"vi": "  Trạm   y tế ", "en": " "}
	edit.Code, edit.Levels = " YT1 ", []survey.SchoolLevel{survey.Primary} // which only a school has
	got, err := o.CreateUnit(t.Context(), lan, edit)
	if err != nil {
		t.Fatal(err)
	}
	want := survey.Unit{
		ID: "tram-y-te", Rev: 1, Kind: survey.Department, Code: "YT1", Name: survey.Text{"vi": survey.CleanText(edit.Name["vi"])}, Parent: bumTo,
		Valid: survey.Span{From: "2025-07-01"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("returned (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(&want, o.Catalog().Unit("tram-y-te")); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	o.wantActions("unit.create units/tram-y-te")
}

// A unit's id is made of its name, a school's of its code; it is never one that
// is taken.
func TestIDsOfUnits(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, test := range []struct {
		kind       survey.UnitKind
		name, code string
		want       survey.UnitID
	}{
		{survey.Department, "Trạm y tế", "", "tram-y-te"},
		{survey.Department, "Trạm y tế", "", "tram-y-te-2"},
		{survey.Department, "TRẠM – Y TẾ", "", "tram-y-te-3"},
		{survey.Department, "???", "", "department"},
		{survey.School, "Trường A", "Đ 1", "truong-d-1"},
		{survey.School, "Trường B", "–", "truong-b"},
	} {
		edit := registry.UnitEdit{Kind: test.kind, Name: survey.Text{"vi": test.name}, Code: test.code, Parent: bumTo, Levels: []survey.SchoolLevel{survey.Primary}}
		got, err := o.CreateUnit(t.Context(), lan, edit)
		if err != nil {
			t.Errorf("%s %q: %v", test.kind, test.name, err)
		} else if got.ID != test.want {
			t.Errorf("%s %q of code %q is %s, want %s", test.kind, test.name, test.code, got.ID, test.want)
		}
	}
}

func TestUnitThatBreaksARule(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.keep(survey.Unit{ID: "short-lived", Kind: survey.Commune, Name: survey.Text{"vi": "Xã tạm"}, Parent: "muong-te", Valid: survey.Span{From: "2026-01-01", To: "2026-12-31"}})
	school := func(e *registry.UnitEdit) {
		e.Kind, e.Code, e.Levels = survey.School, "A1", []survey.SchoolLevel{survey.Primary}
	}
	for name, tt := range map[string]struct {
		change     func(*registry.UnitEdit)
		field, key string
	}{
		"NoName":           {func(e *registry.UnitEdit) { e.Name = survey.Text{"vi": " ", "en": "Clinic"} }, "name.vi", "unit.no_name"},
		"LongName":         {func(e *registry.UnitEdit) { e.Name["vi"] = strings.Repeat("ễ", 201) }, "name.vi", "unit.long_name"},
		"LongEnglishName":  {func(e *registry.UnitEdit) { e.Name["en"] = strings.Repeat("e", 201) }, "name.en", "unit.long_name"},
		"UnknownKind":      {func(e *registry.UnitEdit) { e.Kind = "hospital" }, "kind", "unit.bad_kind"},
		"SchoolNoCode":     {func(e *registry.UnitEdit) { school(e); e.Code = " " }, "code", "school.no_code"},
		"SchoolNoLevel":    {func(e *registry.UnitEdit) { school(e); e.Levels = nil }, "levels", "school.no_level"},
		"SchoolOtherLevel": {func(e *registry.UnitEdit) { school(e); e.Levels = []survey.SchoolLevel{"upper_secondary"} }, "levels", "answer.unknown_choice"},
		"NoDay":            {func(e *registry.UnitEdit) { e.From = "ngày mai" }, "from", "unit.bad_date"},
		"NoParent":         {func(e *registry.UnitEdit) { e.Parent = "" }, "parent", "unit.no_parent"},
		"UnknownParent":    {func(e *registry.UnitEdit) { e.Parent = "none" }, "parent", "unit.bad_parent"},
		"ParentEnded":      {func(e *registry.UnitEdit) { e.Parent = "xa-ta-ba" }, "parent", "unit.parent_ended"},
		"ParentWillEnd":    {func(e *registry.UnitEdit) { e.Parent = "short-lived" }, "parent", "unit.parent_ended"},
		"CodeTaken":        {func(e *registry.UnitEdit) { e.Kind, e.Parent, e.Code = survey.Commune, "muong-te", "03433" }, "code", "unit.code_taken"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edit := clinic()
			tt.change(&edit)
			_, err := o.CreateUnit(t.Context(), lan, edit)
			surveytest.WantError(t, err, survey.Invalid, "unit.invalid")
			surveytest.WantField(t, err, tt.field, tt.key)
			if n := len(survey.FieldsOf(err)); n != 1 {
				t.Errorf("%d fields are wrong, want 1: %v", n, err)
			}
		})
	}
}

func TestUnitAtTheEdgeOfARule(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	school := func(e *registry.UnitEdit) {
		e.Kind, e.Code, e.Levels = survey.School, "A1", []survey.SchoolLevel{survey.Primary}
	}
	for name, change := range map[string]func(*registry.UnitEdit){
		"Province":           func(e *registry.UnitEdit) { e.Kind, e.Parent = survey.Province, "" },
		"LongestName":        func(e *registry.UnitEdit) { e.Name["vi"] = strings.Repeat("ễ", 200) },
		"SinceEver":          func(e *registry.UnitEdit) { e.From = "" },
		"ParentIsCarriedOn":  func(e *registry.UnitEdit) { e.Parent = "xa-ka-lang" },
		"CodeOfAnotherKind":  func(e *registry.UnitEdit) { e.Code = "03433" },
		"OlderThanItsParent": func(e *registry.UnitEdit) { e.From = "1990-01-01" },
		"CodeOfAnEndedOne":   func(e *registry.UnitEdit) { e.Kind, e.Parent, e.Code = survey.Commune, "muong-te", "03469" },
		"SchoolOfTwoLevels": func(e *registry.UnitEdit) {
			school(e)
			e.Levels = []survey.SchoolLevel{survey.Primary, survey.Preschool}
		},
		"SchoolCodeOfNoUnits": school,
	} {
		edit := clinic()
		change(&edit)
		edit.Name["vi"] += " " + name
		if name == "LongestName" {
			edit.Name["vi"] = strings.Repeat("ễ", 200)
		}
		if name == "SchoolOfTwoLevels" {
			edit.Code = "A2"
		}
		if _, err := o.CreateUnit(t.Context(), lan, edit); err != nil {
			t.Errorf("%s: %v, want no error", name, err)
		}
	}
}

func TestEditUnit(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	made, err := o.CreateUnit(t.Context(), lan, clinic())
	if err != nil {
		t.Fatal(err)
	}
	edit := clinic()
	edit.Kind, edit.Code, edit.Levels, edit.Parent = survey.School, "B1", []survey.SchoolLevel{survey.Primary}, taTong
	edit.Name, edit.From = survey.Text{"vi": "Trường B"}, ""
	got, err := o.EditUnit(t.Context(), lan, made.ID, 1, edit)
	if err != nil {
		t.Fatal(err)
	}
	want := survey.Unit{
		ID: "tram-y-te", Rev: 2, Kind: survey.School, Code: "B1", Name: survey.Text{"vi": "Trường B"}, Parent: taTong, Levels: []survey.SchoolLevel{survey.Primary},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	_, err = o.EditUnit(t.Context(), lan, made.ID, 1, edit)
	surveytest.WantError(t, err, survey.Conflict, "")
	_, err = o.EditUnit(t.Context(), lan, "none", 1, edit)
	surveytest.WantError(t, err, survey.NotFound, "")
	_, err = o.EditUnit(t.Context(), lan, bumTo, 1, registry.UnitEdit{Kind: survey.Commune, Name: survey.Text{"vi": "Xã Bum Tở"}, Parent: "pvhcc-xa-bum-to"})
	surveytest.WantField(t, err, "parent", "unit.below_itself")
	_, err = o.EditUnit(t.Context(), lan, "xa-ta-ba", 1, registry.UnitEdit{Kind: survey.Commune, Name: survey.Text{"vi": "Xã Tá Bạ"}, Parent: "muong-te", From: "2025-07-01"})
	surveytest.WantField(t, err, "from", "unit.ends_before")
	if diff := cmp.Diff(&want, o.Catalog().Unit(made.ID)); diff != "" {
		t.Errorf("after what was refused (-want +got):\n%s", diff)
	}
	o.wantActions("unit.create units/tram-y-te", "unit.edit units/tram-y-te")
}

// A unit ends on a day, also one to come. What lies below it goes on under the
// one that carries it on, and there must be one.
func TestCloseAndReopenUnit(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	below := len(o.Catalog().Children(bumTo))
	got, err := o.CloseUnit(t.Context(), lan, bumTo, 1, registry.Closing{Last: "2026-06-30", Successors: []survey.UnitID{muCa}})
	if err != nil {
		t.Fatal(err)
	}
	if want := (survey.Span{From: "2025-07-01", To: "2026-06-30"}); got.Valid != want {
		t.Errorf("it exists %v, want %v", got.Valid, want)
	}
	if diff := cmp.Diff([]survey.UnitID{muCa}, got.Successors); diff != "" {
		t.Errorf("successors (-want +got):\n%s", diff)
	}
	c := o.Catalog()
	if n := len(c.Children(bumTo)); n != below {
		t.Errorf("%d units below it, want the %d of before", n, below)
	}
	if u := c.UnitOn(bumTo, "2026-07-01"); u.ID != muCa {
		t.Errorf("in its place stands %s, want %s", u.ID, muCa)
	}

	_, err = o.ReopenUnit(t.Context(), lan, bumTo, 1)
	surveytest.WantError(t, err, survey.Conflict, "")
	got, err = o.ReopenUnit(t.Context(), lan, bumTo, 2)
	if err != nil {
		t.Fatal(err)
	}
	if got.Valid.To != "" || len(got.Successors) != 0 {
		t.Errorf("it ends %q with successors %v, want neither", got.Valid.To, got.Successors)
	}
	o.wantActions("unit.close units/xa-bum-to-2025", "unit.reopen units/xa-bum-to-2025")
}

func TestUnitThatCannotEnd(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for name, tt := range map[string]struct {
		id         survey.UnitID
		closing    registry.Closing
		field, key string
	}{
		"NoDay":              {muCa, registry.Closing{Last: "?", Successors: []survey.UnitID{bumTo}}, "last", "unit.bad_date"},
		"BeforeItBegan":      {bumTo, registry.Closing{Last: "2025-06-30", Successors: []survey.UnitID{muCa}}, "last", "unit.begins_after"},
		"UnknownSuccessor":   {muCa, registry.Closing{Last: "2026-06-30", Successors: []survey.UnitID{"none"}}, "successors", "unit.bad_successor"},
		"ItsOwnSuccessor":    {muCa, registry.Closing{Last: "2026-06-30", Successors: []survey.UnitID{muCa}}, "successors", "unit.bad_successor"},
		"SuccessorEnded":     {muCa, registry.Closing{Last: "2026-06-30", Successors: []survey.UnitID{"xa-ta-ba"}}, "successors", "unit.successor_ended"},
		"SuccessorEndsToo":   {muCa, registry.Closing{Last: "2025-06-30", Successors: []survey.UnitID{"xa-ta-ba"}}, "successors", "unit.successor_ended"},
		"SuccessorBelow":     {bumTo, registry.Closing{Last: "2026-06-30", Successors: []survey.UnitID{"pvhcc-xa-bum-to"}}, "successors", "unit.successor_below"},
		"ChildrenGoOn":       {muCa, registry.Closing{Last: "2026-06-30"}, "successors", "unit.children_go_on"},
		"ChildrenBetweenTwo": {muCa, registry.Closing{Last: "2026-06-30", Successors: []survey.UnitID{bumTo, taTong}}, "successors", "unit.children_go_on"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := o.CloseUnit(t.Context(), lan, tt.id, o.Catalog().Unit(tt.id).Rev, tt.closing)
			surveytest.WantError(t, err, survey.Invalid, "unit.invalid")
			surveytest.WantField(t, err, tt.field, tt.key)
		})
	}
}

func TestUnitThatEndsAlone(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	// Nobody below it: it may end without a successor, or with several.
	if _, err := o.CloseUnit(t.Context(), lan, "pvhcc-xa-mu-ca", 1, registry.Closing{Last: "2026-06-30"}); err != nil {
		t.Errorf("without a successor: %v", err)
	}
	// All below it has ended by then.
	if _, err := o.CloseUnit(t.Context(), lan, muCa, 1, registry.Closing{Last: "2026-06-30", Successors: []survey.UnitID{bumTo, taTong}}); err != nil {
		t.Errorf("with two successors: %v", err)
	}
	_, err := o.CloseUnit(t.Context(), lan, bumTo, 7, registry.Closing{Last: "2026-06-30", Successors: []survey.UnitID{taTong}})
	surveytest.WantError(t, err, survey.Conflict, "")
	_, err = o.CloseUnit(t.Context(), lan, "none", 1, registry.Closing{Last: "2026-06-30"})
	surveytest.WantError(t, err, survey.NotFound, "")
	o.wantActions("unit.close units/pvhcc-xa-mu-ca", "unit.close units/xa-mu-ca")
}

// What somebody else made of its code meanwhile keeps a unit ended.
func TestReopenUnitWhoseCodeIsTaken(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	_, err := o.ReopenUnit(t.Context(), lan, "tt-muong-te", 1)
	surveytest.WantError(t, err, survey.Invalid, "unit.invalid")
	surveytest.WantField(t, err, "code", "unit.code_taken")
	if to := o.Catalog().Unit("tt-muong-te").Valid.To; to != "2025-06-30" {
		t.Errorf("it ends on %q, want 2025-06-30 as before", to)
	}
}

// merger joins two communes to a new one.
func merger() registry.Merger {
	return registry.Merger{
		Units: []survey.UnitID{muCa, bumTo, muCa}, On: "2026-04-01",
		New: registry.UnitEdit{Kind: survey.Commune, Name: survey.Text{"vi": "Xã Hợp Nhất"}, Parent: "muong-te"},
	}
}

func TestMergeIntoANewUnit(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	into, err := o.MergeUnits(t.Context(), lan, merger())
	if err != nil {
		t.Fatal(err)
	}
	c := o.Catalog()
	want := survey.Unit{ID: "xa-hop-nhat", Rev: 1, Kind: survey.Commune, Name: survey.Text{"vi": "Xã Hợp Nhất"}, Parent: "muong-te", Valid: survey.Span{From: "2026-04-01"}}
	if diff := cmp.Diff(want, into); diff != "" {
		t.Errorf("returned (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(&want, c.Unit("xa-hop-nhat")); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	for _, id := range []survey.UnitID{muCa, bumTo} {
		u := c.Unit(id)
		if !u.MergedInto("xa-hop-nhat", "2026-03-31") {
			t.Errorf("%s ends on %q with successors %v, want 2026-03-31 and xa-hop-nhat", id, u.Valid.To, u.Successors)
		}
		if u.Rev != 2 {
			t.Errorf("%s has revision %d, want 2", id, u.Rev)
		}
		for _, day := range []struct {
			on   survey.Date
			want survey.UnitID
		}{{"2026-03-31", id}, {"2026-04-01", "xa-hop-nhat"}} {
			if got := c.UnitOn(id, day.on).ID; got != day.want {
				t.Errorf("in the place of %s on %s stands %s, want %s", id, day.on, got, day.want)
			}
		}
		for _, child := range c.Children(id) {
			if child.Parent != id {
				t.Errorf("%s was moved to %s", child.ID, child.Parent)
			}
		}
	}
	o.wantActions("unit.create units/xa-hop-nhat", "unit.merge units/xa-bum-to-2025", "unit.merge units/xa-mu-ca")

	// The same once more, as after a failure: nothing is left to do.
	again, err := o.MergeUnits(t.Context(), lan, merger())
	if err != nil {
		t.Fatal(err)
	}
	if again.ID != into.ID {
		t.Errorf("the same once more leads to %s, want %s", again.ID, into.ID)
	}
	if n := len(o.actions()); n != 3 {
		t.Errorf("%d entries after the same once more, want 3", n)
	}
	if rev := o.Catalog().Unit(muCa).Rev; rev != 2 {
		t.Errorf("%s has revision %d after the same once more, want 2", muCa, rev)
	}
}

// One of the merged units, or another, goes on as the merged one.
func TestMergeIntoAnExistingUnit(t *testing.T) {
	t.Parallel()
	for name, into := range map[string]survey.UnitID{"OneOfThem": bumTo, "Another": taTong} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			before := len(o.Catalog().Units)
			m := merger()
			m.Into = into
			got, err := o.MergeUnits(t.Context(), lan, m)
			if err != nil {
				t.Fatal(err)
			}
			c := o.Catalog()
			if got.ID != into {
				t.Errorf("merged into %s, want %s", got.ID, into)
			}
			if u := c.Unit(into); u.Valid.To != "" || u.Rev != 1 {
				t.Errorf("it ends on %q with revision %d, want it as it was", u.Valid.To, u.Rev)
			}
			if len(c.Units) != before {
				t.Errorf("%d units, want %d", len(c.Units), before)
			}
			for _, id := range []survey.UnitID{muCa, bumTo} {
				if u := c.Unit(id); id != into && !u.MergedInto(into, "2026-03-31") {
					t.Errorf("%s: %v %v, want it to end for %s", id, u.Valid, u.Successors, into)
				}
			}
		})
	}
}

// A merger that stopped between two of its units goes on where it stopped.
func TestMergerGoesOn(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.keep(survey.Unit{ID: "xa-hop-nhat", Kind: survey.Commune, Name: survey.Text{"vi": "Xã Hợp Nhất"}, Parent: "muong-te", Valid: survey.Span{From: "2026-04-01"}})
	if _, err := o.CloseUnit(t.Context(), lan, bumTo, 1, registry.Closing{Last: "2026-03-31", Successors: []survey.UnitID{"xa-hop-nhat"}}); err != nil {
		t.Fatal(err)
	}
	into, err := o.MergeUnits(t.Context(), lan, merger())
	if err != nil {
		t.Fatal(err)
	}
	if into.ID != "xa-hop-nhat" {
		t.Errorf("merged into %s, want the unit that was begun", into.ID)
	}
	o.wantActions("unit.close units/xa-bum-to-2025", "unit.merge units/xa-mu-ca")
}

func TestMergerThatIsRefused(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for name, tt := range map[string]struct {
		change     func(*registry.Merger)
		field, key string
	}{
		"OneUnit":       {func(m *registry.Merger) { m.Units = []survey.UnitID{muCa, muCa} }, "units", "unit.merge_two"},
		"NoDay":         {func(m *registry.Merger) { m.On = "1/4/2026" }, "on", "unit.bad_date"},
		"UnknownUnit":   {func(m *registry.Merger) { m.Units[0] = "none" }, "units", "unit.bad_successor"},
		"EndedUnit":     {func(m *registry.Merger) { m.Units[0] = "xa-ta-ba" }, "units", "unit.merge_ended"},
		"NotYetBegun":   {func(m *registry.Merger) { m.On = "2025-07-01" }, "units", "unit.merge_ended"}, // bumTo begins on that day
		"IntoOneBelow":  {func(m *registry.Merger) { m.Into = "pvhcc-xa-mu-ca" }, "into", "unit.successor_below"},
		"OneBelowOther": {func(m *registry.Merger) { m.Units = []survey.UnitID{"muong-te", bumTo} }, "units", "unit.merge_below"},
		"NewOneBelow":   {func(m *registry.Merger) { m.New.Parent = bumTo }, "units", "unit.merge_below"},
		"NewHasNoName":  {func(m *registry.Merger) { m.New.Name = nil }, "name.vi", "unit.no_name"},
		"NewCodeTaken":  {func(m *registry.Merger) { m.New.Code = "03433" }, "code", "unit.code_taken"},
		"IntoUnknown":   {func(m *registry.Merger) { m.Into = "none" }, "into", "unit.bad_successor"},
		"IntoEndedOne":  {func(m *registry.Merger) { m.Into = "xa-ta-ba" }, "into", "unit.bad_successor"},
	} {
		t.Run(name, func(t *testing.T) {
			m := merger()
			tt.change(&m)
			_, err := o.MergeUnits(t.Context(), lan, m)
			surveytest.WantError(t, err, survey.Invalid, "unit.invalid")
			surveytest.WantField(t, err, tt.field, tt.key)
		})
	}
	o.wantActions()
}

// Somebody else changed one of the units: nothing is written, of none of them.
func TestMergerOvertaken(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	old := o.Catalog()
	o.touch(muCa)
	stored := o.Catalog
	o.Catalog = func() *survey.Catalog { return old }
	_, err := o.MergeUnits(t.Context(), lan, merger())
	surveytest.WantError(t, err, survey.Conflict, "")
	o.Catalog = stored
	c := o.Catalog()
	if c.Unit("xa-hop-nhat") != nil {
		t.Error("the merged unit was made")
	}
	if u := c.Unit(bumTo); u.Valid.To != "" || u.Rev != 1 {
		t.Errorf("%s ends on %q with revision %d, want it as it was", bumTo, u.Valid.To, u.Rev)
	}
	o.wantActions()
	if _, err := o.MergeUnits(t.Context(), lan, merger()); err != nil {
		t.Errorf("once more: %v", err)
	}
}
