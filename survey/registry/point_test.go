package registry_test

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/registry"
	"hailong/survey/surveytest"
	"hailong/survey/verification"
)

// kiosks is a plan of points that no first start makes.
func kiosks() registry.PointPlan {
	return registry.PointPlan{
		Units: []survey.UnitID{"pvhcc-xa-mu-ca", muCa}, Forms: []survey.FormCode{"tthc-quick", "tthc-dossier"},
		Sector: "land", Channel: survey.ChannelKiosk, Label: survey.Text{"vi": "  Quầy số 3 ", "en": "Desk 3"},
	}
}

func TestMakePoints(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	before := o.Catalog().Points
	made, err := o.MakePoints(t.Context(), lan, kiosks())
	if err != nil {
		t.Fatal(err)
	}
	if made.Had != 0 || made.Unfit != 0 {
		t.Errorf("%d were there and %d did not fit, want none", made.Had, made.Unfit)
	}
	var want []survey.Point
	last := before[len(before)-1].Order
	for _, unit := range kiosks().Units {
		for _, form := range kiosks().Forms {
			last++
			want = append(want, survey.Point{
				Rev: 1, Unit: unit, Form: form, Sector: "land", Channel: survey.ChannelKiosk, Label: survey.Text{"vi": "Quầy số 3", "en": "Desk 3"}, Order: last, Made: "2026-03-05",
			})
		}
	}
	c := o.Catalog()
	for i := range made.Made {
		p := &made.Made[i]
		if diff := cmp.Diff(p, c.Point(p.Code)); diff != "" {
			t.Errorf("stored (-returned +stored):\n%s", diff)
		}
		if _, err := survey.ParsePointCode(string(p.Code)); err != nil {
			t.Errorf("code %s: %v, want a code that can be read", p.Code, err)
		}
		p.Code = ""
	}
	if diff := cmp.Diff(want, made.Made); diff != "" {
		t.Errorf("made (-want +got):\n%s", diff)
	}
	if n := len(c.Points); n != len(before)+4 {
		t.Errorf("%d points, want the %d of before and 4", n, len(before))
	}

	// Where such a point is in use no second one is made, if none is asked for.
	had, err := o.MakePoints(t.Context(), lan, kiosks())
	if err != nil {
		t.Fatal(err)
	}
	if had.Had != 4 || len(had.Made) != 0 {
		t.Errorf("%d were there and %d were made, want 4 and none", had.Had, len(had.Made))
	}
	o.wantActions("point.create points")
	again := kiosks()
	again.Again = true
	second, err := o.MakePoints(t.Context(), lan, again)
	if err != nil {
		t.Fatal(err)
	}
	if second.Had != 0 || len(second.Made) != 4 {
		t.Errorf("of a second counter %d were there and %d were made, want none and 4", second.Had, len(second.Made))
	}
}

// A point out of use does not stand in the way of a new one, and one of a unit
// that ended stands where its successor does.
func TestPointsThatAreThere(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	plan := kiosks()
	plan.Units, plan.Forms = []survey.UnitID{muCa}, []survey.FormCode{"tthc-quick"}
	first, err := o.MakePoints(t.Context(), lan, plan)
	if err != nil {
		t.Fatal(err)
	}
	code := first.Made[0].Code
	if _, err := o.SwitchPoint(t.Context(), lan, code, 1, true); err != nil {
		t.Fatal(err)
	}
	second, err := o.MakePoints(t.Context(), lan, plan)
	if err != nil {
		t.Fatal(err)
	}
	if len(second.Made) != 1 {
		t.Errorf("beside a point out of use %d were made, want 1", len(second.Made))
	}

	if _, err := o.CloseUnit(t.Context(), lan, muCa, 1, registry.Closing{Last: "2026-03-04", Successors: []survey.UnitID{bumTo}}); err != nil {
		t.Fatal(err)
	}
	plan.Units = []survey.UnitID{bumTo}
	third, err := o.MakePoints(t.Context(), lan, plan)
	if err != nil {
		t.Fatal(err)
	}
	if third.Had != 1 || len(third.Made) != 0 {
		t.Errorf("where a unit's successor has its point %d were there and %d were made, want 1 and none", third.Had, len(third.Made))
	}
}

// A school gets points for the forms of its levels alone.
func TestPointsOfASchool(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.keep(survey.Unit{ID: "school", Kind: survey.School, Code: "A1", Name: survey.Text{"vi": "Trường A"}, Parent: muCa, Levels: []survey.SchoolLevel{survey.Primary}})
	made, err := o.MakePoints(t.Context(), lan, registry.PointPlan{
		Units: []survey.UnitID{"school"}, Forms: []survey.FormCode{"edu-primary-parent", "edu-preschool-parent", "sipas-resident"}, Channel: survey.ChannelQR,
	})
	if err != nil {
		t.Fatal(err)
	}
	var forms []survey.FormCode
	for _, p := range made.Made {
		forms = append(forms, p.Form)
	}
	if diff := cmp.Diff([]survey.FormCode{"edu-primary-parent", "sipas-resident"}, forms); diff != "" {
		t.Errorf("forms (-want +got):\n%s", diff)
	}
	if made.Unfit != 1 {
		t.Errorf("%d did not fit, want 1", made.Unfit)
	}
}

func TestPointsThatCannotBeMade(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for name, tt := range map[string]struct {
		change     func(*registry.PointPlan)
		field, key string
	}{
		"NoUnits":        {func(p *registry.PointPlan) { p.Units = nil }, "units", "point.no_units"},
		"UnknownUnit":    {func(p *registry.PointPlan) { p.Units[0] = "none" }, "units", "point.bad_unit"},
		"EndedUnit":      {func(p *registry.PointPlan) { p.Units[0] = "xa-ta-ba" }, "units", "point.bad_unit"},
		"NoForms":        {func(p *registry.PointPlan) { p.Forms = nil }, "forms", "point.no_forms"},
		"UnknownForm":    {func(p *registry.PointPlan) { p.Forms[0] = "none" }, "forms", "point.no_forms"},
		"SectorOfSchool": {func(p *registry.PointPlan) { p.Forms[0] = "edu-primary-parent" }, "sector", "point.sector_family"},
		"UnknownSector":  {func(p *registry.PointPlan) { p.Sector = "none" }, "sector", "answer.unknown_choice"},
		"UnknownChannel": {func(p *registry.PointPlan) { p.Channel = "pigeon" }, "channel", "answer.unknown_choice"},
		"LongLabel":      {func(p *registry.PointPlan) { p.Label["vi"] = strings.Repeat("ễ", 81) }, "label.vi", "point.long_label"},
		"EnglishAlone":   {func(p *registry.PointPlan) { p.Label = survey.Text{"en": "Desk 3"} }, "label.vi", "point.label_needed"},
		"TooMany": {func(p *registry.PointPlan) {
			for range 250 {
				p.Units = append(p.Units, muCa, muCa)
			}
		}, "units", "point.too_many"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := kiosks()
			tt.change(&plan)
			_, err := o.MakePoints(t.Context(), lan, plan)
			surveytest.WantError(t, err, survey.Invalid, "point.invalid")
			surveytest.WantField(t, err, tt.field, tt.key)
			if n := len(survey.FieldsOf(err)); n != 1 {
				t.Errorf("%d fields are wrong, want 1: %v", n, err)
			}
		})
	}
}

// Without randomness no code is drawn, and nothing is stored.
func TestPointsWithoutRandomness(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	before := len(o.Catalog().Points)
	old := o.Catalog().Points[0]
	o.Random = iotest.ErrReader(io.ErrUnexpectedEOF)
	if _, err := o.MakePoints(t.Context(), lan, kiosks()); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("made: error %v, want %v", err, io.ErrUnexpectedEOF)
	}
	if _, err := o.ReplacePoint(t.Context(), lan, old.Code, old.Rev); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("replaced: error %v, want %v", err, io.ErrUnexpectedEOF)
	}
	if n := len(o.Catalog().Points); n != before {
		t.Errorf("%d points, want %d", n, before)
	}
}

// point returns the first stored point for a form.
func (o *office) point(form survey.FormCode) survey.Point {
	o.t.Helper()
	for _, p := range o.Catalog().Points {
		if p.Form == form {
			return p
		}
	}
	o.t.Fatalf("there is no point for %s", form)
	return survey.Point{}
}

func TestEditPoint(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	p := o.point("tthc-quick")
	edit := registry.PointEdit{Label: survey.Text{"vi": " Quầy 2 "}, Sector: "other", Channel: survey.ChannelKiosk}
	got, err := o.EditPoint(t.Context(), lan, p.Code, p.Rev, edit)
	if err != nil {
		t.Fatal(err)
	}
	want := p
	want.Rev, want.Label, want.Sector, want.Channel = 2, survey.Text{"vi": "Quầy 2"}, "other", survey.ChannelKiosk
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, err = o.EditPoint(t.Context(), lan, p.Code, p.Rev, edit)
	surveytest.WantError(t, err, survey.Conflict, "")
	_, err = o.EditPoint(t.Context(), lan, "NONE234", 1, edit)
	surveytest.WantError(t, err, survey.NotFound, "")
	_, err = o.EditPoint(t.Context(), lan, p.Code, 2, registry.PointEdit{Channel: "pigeon"})
	surveytest.WantError(t, err, survey.Invalid, "point.invalid")
	surveytest.WantField(t, err, "channel", "answer.unknown_choice")
	school := o.point("edu-primary-parent")
	_, err = o.EditPoint(t.Context(), lan, school.Code, school.Rev, edit)
	surveytest.WantError(t, err, survey.Invalid, "point.invalid")
	surveytest.WantField(t, err, "sector", "point.sector_family")
	o.wantActions("point.edit points/" + string(p.Code))
}

// A code that leaked is replaced; the old one stays out of use.
func TestReplacePoint(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	old := o.point("tthc-quick")
	next, err := o.ReplacePoint(t.Context(), lan, old.Code, old.Rev)
	if err != nil {
		t.Fatal(err)
	}
	if next.Code == old.Code {
		t.Errorf("the new code %s is the old one", next.Code)
	}
	want := old
	want.Code, want.Made, want.Rev = next.Code, "2026-03-05", 1
	c := o.Catalog()
	if diff := cmp.Diff(&want, c.Point(next.Code)); diff != "" {
		t.Errorf("the new point (-want +got):\n%s", diff)
	}
	off := old
	off.Rev, off.Off, off.Successor = old.Rev+1, true, next.Code
	if diff := cmp.Diff(&off, c.Point(old.Code)); diff != "" {
		t.Errorf("the old point (-want +got):\n%s", diff)
	}

	_, err = o.ReplacePoint(t.Context(), lan, old.Code, off.Rev)
	surveytest.WantError(t, err, survey.Conflict, "")
	_, err = o.ReplacePoint(t.Context(), lan, next.Code, 7)
	surveytest.WantError(t, err, survey.Conflict, "")
	_, err = o.ReplacePoint(t.Context(), lan, "NONE234", 1)
	surveytest.WantError(t, err, survey.NotFound, "")
	_, err = o.SwitchPoint(t.Context(), lan, old.Code, off.Rev, false)
	surveytest.WantError(t, err, survey.Invalid, "point.stays_off")
	o.wantActions("point.replace points/" + string(old.Code))
}

func TestSwitchPoint(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	p := o.point("tthc-quick")
	for i, off := range []bool{true, false} {
		got, err := o.SwitchPoint(t.Context(), lan, p.Code, int64(i+1), off)
		if err != nil {
			t.Fatal(err)
		}
		if got.Off != off {
			t.Errorf("it is out of use: %t, want %t", got.Off, off)
		}
	}
	_, err := o.SwitchPoint(t.Context(), lan, p.Code, 1, true)
	surveytest.WantError(t, err, survey.Conflict, "")
	_, err = o.SwitchPoint(t.Context(), lan, "NONE234", 1, true)
	surveytest.WantError(t, err, survey.NotFound, "")
	o.wantActions("point.off points/"+string(p.Code), "point.on points/"+string(p.Code))
}

// idAt is a response's id that was made at a time, the n-th of them.
func idAt(at time.Time, n byte) survey.ResponseID {
	id := uuid.UUID{6: 0x70, 8: 0x80, 15: n}
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(at.UnixMilli()))
	copy(id[:6], ms[2:])
	return survey.ResponseID(id.String())
}

// Of a single point a number is told in full fives, and not below five.
func TestToldActivity(t *testing.T) {
	t.Parallel()
	for before, want := range map[int]struct {
		few  bool
		told int
	}{0: {}, 1: {few: true}, 4: {few: true}, 5: {told: 5}, 9: {told: 5}, 10: {told: 10}} {
		a := registry.Activity{Before: before, Today: 3}
		if a.Few() != want.few || a.Told() != want.told || a.Count() != before+3 {
			t.Errorf("%d before today: few %t, told %d, %d in all; want %+v", before, a.Few(), a.Told(), a.Count(), want)
		}
	}
}

// A point's activity is its responses in force since a day, those of today apart.
func TestActivities(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	now := time.Date(2026, 3, 5, 9, 0, 0, 0, survey.Zone)
	since := survey.DateOf(now.AddDate(0, 0, -7))
	n := byte(0)
	store := func(point survey.PointCode, at time.Time, id survey.ResponseID) survey.ResponseID {
		t.Helper()
		n++
		r := surveytest.Response
		r.ID, r.Point, r.Received = id, point, at
		if id == "" {
			r.ID = idAt(at, n)
		}
		doc, err := bson.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.store.Insert(t.Context(), survey.Responses, doc); err != nil {
			t.Fatal(err)
		}
		return r.ID
	}
	midnight := time.Date(2026, 3, 5, 0, 0, 0, 0, survey.Zone)
	store("AAAAAAA", since.Time(), "")
	store("AAAAAAA", midnight.Add(-time.Millisecond), "")
	store("AAAAAAA", midnight, "")
	store("AAAAAAA", since.Time().Add(-time.Millisecond), "")
	store("BBBBBBB", now, "f47ac10b-58cc-4372-a567-0e02b2c3d479") // an id that holds no time
	store("BBBBBBB", now.AddDate(-1, 0, 0), "f47ac10b-58cc-4372-a567-0e02b2c3d480")
	store("CCCCCCC", now.AddDate(-1, 0, 0), "")
	voided := store("DDDDDDD", now, "")
	want := map[survey.PointCode]registry.Activity{
		"AAAAAAA": {LastDay: "2026-03-04", Before: 2, Today: 1}, "BBBBBBB": {Today: 1}, "DDDDDDD": {Today: 1},
	}
	check := func(name string) {
		t.Helper()
		got, err := registry.Activities(t.Context(), o.store, since, now)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	check("all in force")
	if err := (survey.Documents[verification.Void]{Store: o.store, Collection: survey.Voids}).Insert(t.Context(), verification.Void{ID: voided, Rev: 1}); err != nil {
		t.Fatal(err)
	}
	delete(want, "DDDDDDD")
	check("one voided")
}
