package registry_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/registry"
	"hailong/survey/surveytest"
)

const schoolDay survey.Date = "2026-03-02"

func schoolList(c *survey.Catalog) registry.SchoolList {
	return registry.SchoolList{Catalog: c, On: schoolDay, Random: rand.NewChaCha8([32]byte{9})}
}

func TestReadSchools(t *testing.T) {
	t.Parallel()
	store, c := surveytest.FirstStart(t, schoolDay)
	changes := survey.NewChanges(store, audit.New(store, time.Now), time.Now)
	rows := []registry.SchoolRow{
		{Row: 2, Name: "Trường A (mẫu)", Level: "Mầm non", Unit: "Pa Ủ", Code: "A1"},
		{Row: 3, Name: "Trường B (mẫu)", Level: "TH&THCS", Unit: "xã Bum Nưa", Code: "B1"},
		{Row: 4, Name: "Trường C (mẫu)", Level: "tiểu học", Unit: "3451", Code: "C1"}, // Mù Cả, its leading zero lost
		{Row: 5, Name: "Trung tâm D (mẫu)", Level: "GDNN-GDTX", Unit: "muong-te", Code: "D 1"},
		{Row: 6, Name: "Trường E (mẫu)", Level: "preschool", Unit: "xa-pa-u-2025", Code: "E1"},
		{Row: 7, Name: "Trung tâm G (mẫu)", Level: "continuing", Unit: "ĐỊA BÀN MƯỜNG TÈ", Code: "G"},
	}
	plan, problems, err := schoolList(c).Plan(rows)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	if err := plan.Apply(t.Context(), changes, survey.Actor{Shell: "root"}); err != nil {
		t.Fatal(err)
	}
	after := surveytest.Loaded(t, store)

	type school struct {
		Parent survey.UnitID
		From   survey.Date
		Forms  string
	}
	got := map[survey.UnitID]school{}
	for _, u := range after.Units {
		if u.Kind != survey.School {
			continue
		}
		var forms []string
		for _, p := range after.Points {
			if p.Unit == u.ID {
				forms = append(forms, strings.TrimPrefix(string(p.Form), "edu-"))
			}
		}
		got[u.ID] = school{u.Parent, u.Valid.From, strings.Join(forms, " ")}
	}
	want := map[survey.UnitID]school{
		"truong-a1":  {"xa-pa-u-2025", "2025-07-01", "preschool-parent"},
		"truong-b1":  {"xa-bum-nua-2025", "2025-07-01", "primary-parent secondary-parent secondary-student"},
		"truong-c1":  {"xa-mu-ca", "", "primary-parent"},
		"truong-d-1": {"muong-te", "", "continuing-learner"},
		"truong-e1":  {"xa-pa-u-2025", "2025-07-01", "preschool-parent"},
		"truong-g":   {"muong-te", "", "continuing-learner"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("schools (-want +got):\n%s", diff)
	}

	off := map[survey.UnitID]string{}
	for _, p := range after.Points {
		if p.Off {
			off[p.Unit] += " " + strings.TrimPrefix(string(p.Form), "edu-")
		}
	}
	const continuing = " continuing-learner" // of the whole area: the centre serves it
	if diff := cmp.Diff(map[survey.UnitID]string{
		"xa-bum-to-2025": continuing, "xa-thu-lum-2025": continuing, "xa-muong-te-2025": continuing, "xa-ta-tong-2025": continuing,
		"xa-pa-u-2025":    " preschool-parent" + continuing,
		"xa-bum-nua-2025": " primary-parent secondary-parent secondary-student" + continuing,
		"xa-mu-ca":        " primary-parent" + continuing,
	}, off); diff != "" {
		t.Errorf("communes' points out of use (-want +got):\n%s", diff)
	}

	t.Run("Again", func(t *testing.T) {
		plan, problems, err := schoolList(after).Plan(rows)
		if err != nil || len(problems) > 0 {
			t.Fatal(err, problems)
		}
		if len(plan.Same) != len(rows) || len(plan.New)+len(plan.Changed)+len(plan.Points)+len(plan.Off) > 0 {
			t.Errorf("the same list again would change something: %+v", plan)
		}
	})
	t.Run("Corrected", func(t *testing.T) {
		corrected := append([]registry.SchoolRow(nil), rows...)
		corrected[0] = registry.SchoolRow{Row: 2, Name: "Trường A sửa (mẫu)", Level: "Mầm non, Tiểu học", Unit: "Tà Tổng", Code: "a1"}
		plan, problems, err := schoolList(after).Plan(corrected)
		if err != nil || len(problems) > 0 {
			t.Fatal(err, problems)
		}
		if err := plan.Apply(t.Context(), changes, survey.Actor{Shell: "root"}); err != nil {
			t.Fatal(err)
		}
		u := surveytest.Loaded(t, store).Unit("truong-a1")
		if u.Parent != "xa-ta-tong-2025" || u.Name.In("vi") != "Trường A sửa (mẫu)" || len(u.Levels) != 2 || u.Rev != 2 {
			t.Errorf("corrected school is %+v", u)
		}
		if len(plan.New) != 0 || len(plan.Points) != 1 || plan.Points[0].Form != "edu-primary-parent" {
			t.Errorf("a correction of one school plans %d new schools and points %+v", len(plan.New), plan.Points)
		}
	})
}

func TestSchoolsBesideCommunePoints(t *testing.T) {
	t.Parallel()
	_, c := surveytest.FirstStart(t, schoolDay)
	list := schoolList(c)
	list.KeepCommunePoints = true
	plan, _, err := list.Plan([]registry.SchoolRow{{Row: 2, Name: "Trường A (mẫu)", Level: "MN", Unit: "Pa Ủ", Code: "A1"}})
	if err != nil || len(plan.New) != 1 || len(plan.Off) != 0 {
		t.Errorf("plan %+v, error %v: want a new school and every commune's point in use", plan, err)
	}
}

func TestBadSchools(t *testing.T) {
	t.Parallel()
	_, c := surveytest.FirstStart(t, schoolDay)
	good := registry.SchoolRow{Row: 2, Name: "Trường A (mẫu)", Level: "MN", Unit: "Pa Ủ", Code: "A1"}
	for _, test := range []struct {
		name   string
		change func(*registry.SchoolRow)
		column string
		key    string
	}{
		{"NoName", func(r *registry.SchoolRow) { r.Name = " " }, "name", "school.no_name"},
		{"NoLevel", func(r *registry.SchoolRow) { r.Level = "" }, "level", "school.no_level"},
		{"UpperSecondary", func(r *registry.SchoolRow) { r.Level = "THCS, THPT" }, "level", "school.unknown_level[THPT]"},
		{"NoUnit", func(r *registry.SchoolRow) { r.Unit = "" }, "unit", "school.no_unit[]"},
		{"UnknownUnit", func(r *registry.SchoolRow) { r.Unit = "Nậm Nhùn" }, "unit", "school.unit_unknown[Nậm Nhùn]"},
		{"EndedUnit", func(r *registry.SchoolRow) { r.Unit = "Ka Lăng" }, "unit", "school.unit_ended[Ka Lăng]"},
		{"EndedUnitByID", func(r *registry.SchoolRow) { r.Unit = "xa-ka-lang" }, "unit", "school.unit_ended[xa-ka-lang]"},
		{"NoCode", func(r *registry.SchoolRow) { r.Code = "" }, "code", "school.no_code"},
		{"CodeOfSigns", func(r *registry.SchoolRow) { r.Code = "–?" }, "code", "school.bad_code[–?]"},
		{"CodeTwice", func(r *registry.SchoolRow) { r.Code = " a1" }, "code", "school.code_twice[a1 2]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			bad := good
			bad.Row, bad.Code = 3, "A2"
			test.change(&bad)
			plan, problems, err := schoolList(c).Plan([]registry.SchoolRow{good, bad})
			if err != nil {
				t.Fatal(err)
			}
			if len(plan.New) > 0 || len(plan.Points) > 0 {
				t.Error("a list with a bad row must plan nothing")
			}
			if len(problems) != 1 {
				t.Fatalf("problems %v, want one", problems)
			}
			p := problems[0]
			if p.Row != 3 || p.Column != test.column || p.String() != test.key {
				t.Errorf("row %d, column %s: %s; want row 3, %s: %s", p.Row, p.Column, p.Message, test.column, test.key)
			}
		})
	}
}

// FuzzSchoolList holds that whatever stands in a list, a school that is
// accepted has an id of its own, a place and levels.
func FuzzSchoolList(f *testing.F) {
	f.Add("Trường A", "Mầm non", "Pa Ủ", "A1")
	f.Add("Đ", "TH & THCS", "XÃ MƯỜNG TÈ", "03-Đ")
	f.Add("\xff", " và ", "0", "\u0301")
	c := surveytest.Shipped(f)
	f.Fuzz(func(t *testing.T, name, level, unit, code string) {
		plan, problems, err := schoolList(c).Plan([]registry.SchoolRow{{Row: 2, Name: name, Level: level, Unit: unit, Code: code}})
		if err != nil {
			t.Fatal(err)
		}
		if len(plan.New) != 1 == (len(problems) == 0) {
			t.Fatalf("%d schools and problems %v", len(plan.New), problems)
		}
		for _, u := range plan.New {
			if u.ID == "truong-" || c.Unit(u.Parent) == nil || len(u.Levels) == 0 || u.Name.In(survey.Vietnamese) == "" {
				t.Errorf("accepted %+v", u)
			}
		}
	})
}
