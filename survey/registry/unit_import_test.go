package registry_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/registry"
	"hailong/survey/surveytest"
)

// idsOf are the ids of units.
func idsOf(units []survey.Unit) []survey.UnitID {
	var ids []survey.UnitID
	for _, u := range units {
		ids = append(ids, u.ID)
	}
	return ids
}

// planned plans a list that nothing is wrong with.
func (o *office) planned(rows []registry.UnitRow) registry.UnitPlan {
	o.t.Helper()
	plan, problems := o.PlanUnits(rows)
	if len(problems) > 0 {
		o.t.Fatalf("problems: %v", problems)
	}
	return plan
}

func TestUnitListIsRead(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	rows := []registry.UnitRow{
		{Row: 2, Name: "Phòng Kinh tế", English: "Economy", Kind: "Phòng", Parent: "XÃ MÙ CẢ", Code: "KT", From: "01/07/2025"},
		{Row: 3, Name: "Trạm y tế", Kind: "trung tâm", Parent: "03433"},
		{Row: 4, Name: "Trạm y tế", Kind: "department", Parent: "xa-mu-ca"},
		{Row: 5, Name: "Tổ một cửa kinh tế", Kind: "MỘT CỬA", Parent: "Phòng Kinh tế"}, // of an earlier row
	}
	plan := o.planned(rows)
	want := []survey.Unit{
		{ID: "phong-kinh-te", Rev: 1, Kind: survey.Department, Name: survey.Text{"vi": "Phòng Kinh tế", "en": "Economy"}, Parent: muCa, Code: "KT", Valid: survey.Span{From: "2025-07-01"}},
		{ID: "tram-y-te", Rev: 1, Kind: survey.Department, Name: survey.Text{"vi": "Trạm y tế"}, Parent: bumTo},
		{ID: "tram-y-te-2", Rev: 1, Kind: survey.Department, Name: survey.Text{"vi": "Trạm y tế"}, Parent: muCa},
		{ID: "to-mot-cua-kinh-te", Rev: 1, Kind: survey.OneStop, Name: survey.Text{"vi": "Tổ một cửa kinh tế"}, Parent: "phong-kinh-te"},
	}
	if diff := cmp.Diff(registry.UnitPlan{New: want}, plan); diff != "" {
		t.Fatalf("plan (-want +got):\n%s", diff)
	}
	if o.Catalog().Unit("phong-kinh-te") != nil {
		t.Error("a plan changed the catalogue")
	}
	if err := o.ApplyUnits(t.Context(), lan, plan); err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if diff := cmp.Diff(&want[i], o.Catalog().Unit(want[i].ID)); diff != "" {
			t.Errorf("stored (-want +got):\n%s", diff)
		}
	}
	o.wantActions("unit.import units")

	// The same list once more changes nothing, also without the columns that it
	// may leave out.
	rows[0].English, rows[0].From = "", ""
	if plan := o.planned(rows); len(plan.Same) != 4 || len(plan.New)+len(plan.Changed) != 0 {
		t.Errorf("read again: %d the same, %d new, %d changed; want 4, none and none", len(plan.Same), len(plan.New), len(plan.Changed))
	}
	// By its code a unit is known under another name.
	rows[0].Name = "Phòng Kinh tế – Hạ tầng"
	rows[0].Parent = string(bumTo)
	rows = rows[:1]
	plan = o.planned(rows)
	changed := want[0]
	changed.Rev, changed.Name, changed.Parent = 2, survey.Text{"vi": "Phòng Kinh tế – Hạ tầng", "en": "Economy"}, bumTo
	if diff := cmp.Diff(registry.UnitPlan{Changed: []survey.Unit{changed}}, plan); diff != "" {
		t.Fatalf("plan of a correction (-want +got):\n%s", diff)
	}
	if err := o.ApplyUnits(t.Context(), lan, plan); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&changed, o.Catalog().Unit(changed.ID)); diff != "" {
		t.Errorf("corrected (-want +got):\n%s", diff)
	}
	// It was planned for the revision of before.
	surveytest.WantError(t, o.ApplyUnits(t.Context(), lan, plan), survey.Conflict, "")
}

// A unit that ended is not what a row means.
func TestUnitListOfTodayAlone(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	plan := o.planned([]registry.UnitRow{{Row: 2, Name: "Xã Tá Bạ", Kind: "xã", Parent: "muong-te"}})
	if diff := cmp.Diff([]survey.UnitID{"xa-ta-ba-2"}, idsOf(plan.New)); diff != "" {
		t.Errorf("new (-want +got):\n%s", diff)
	}
	plan = o.planned([]registry.UnitRow{{Row: 2, Name: "Xã Mù Cả", English: "Mù Cả Commune", Kind: "xã", Parent: "muong-te", Code: "03451"}})
	if diff := cmp.Diff([]survey.UnitID{muCa}, idsOf(plan.Same)); diff != "" {
		t.Errorf("the same (-want +got):\n%s", diff)
	}
}

// Every problem of a list is told with its row and column, and nothing is
// planned.
func TestUnitListWithProblems(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.keep(
		survey.Unit{ID: "clinic-1", Kind: survey.Department, Name: survey.Text{"vi": "Trạm"}, Parent: muCa},
		survey.Unit{ID: "clinic-2", Kind: survey.Department, Name: survey.Text{"vi": "TRẠM"}, Parent: bumTo},
	)
	good := registry.UnitRow{Row: 2, Name: "Phòng Kinh tế", Kind: "phòng", Parent: "xa-mu-ca", Code: "KT"}
	for name, tt := range map[string]struct {
		change func(*registry.UnitRow)
		column string
		want   string
	}{
		"NoKind":          {func(r *registry.UnitRow) { r.Kind = "" }, "kind", "unit.row_kind[]"},
		"SchoolIsNoUnit":  {func(r *registry.UnitRow) { r.Kind = "school" }, "kind", "unit.row_kind[school]"},
		"ProvinceIsNone":  {func(r *registry.UnitRow) { r.Kind = "province" }, "kind", "unit.row_kind[province]"},
		"NoParent":        {func(r *registry.UnitRow) { r.Parent = "" }, "parent", "unit.no_parent"},
		"ParentOfSpaces":  {func(r *registry.UnitRow) { r.Parent = "  " }, "parent", "unit.no_parent"},
		"UnknownParent":   {func(r *registry.UnitRow) { r.Parent = "Xã Ka Lăng" }, "parent", "import.unknown_unit[Xã Ka Lăng]"},
		"ParentOfTwo":     {func(r *registry.UnitRow) { r.Parent = "trạm" }, "parent", "import.ambiguous_unit[trạm clinic-1 clinic-2]"},
		"ParentEnded":     {func(r *registry.UnitRow) { r.Parent = "xa-ta-ba" }, "parent", "unit.parent_ended[map[en:Tá Bạ Commune vi:Xã Tá Bạ] 2025-06-30]"},
		"NoName":          {func(r *registry.UnitRow) { r.Name = "" }, "name", "unit.no_name"},
		"NoDay":           {func(r *registry.UnitRow) { r.From = "2026" }, "from", "unit.bad_date"},
		"TwiceInTheList":  {func(r *registry.UnitRow) { r.Code, r.Name = "KT", "Kinh tế" }, "name", "unit.row_twice[2]"},
		"TwiceByItsNames": {func(r *registry.UnitRow) { r.Name = "phòng  kinh tế" }, "name", "unit.row_twice[2]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bad := registry.UnitRow{Row: 3, Name: "Phòng Văn hóa", Kind: "phòng", Parent: "xa-mu-ca"}
			tt.change(&bad)
			plan, problems := o.PlanUnits([]registry.UnitRow{good, bad})
			if n := len(plan.New) + len(plan.Changed) + len(plan.Same); n != 0 {
				t.Errorf("%d units are planned, want none", n)
			}
			if len(problems) != 1 {
				t.Fatalf("problems %v, want one", problems)
			}
			p := problems[0]
			if p.Row != 3 {
				t.Errorf("row %d, want 3", p.Row)
			}
			if p.Column != tt.column {
				t.Errorf("column %s, want %s", p.Column, tt.column)
			}
			if got := p.String(); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
	_, problems := o.PlanUnits([]registry.UnitRow{{Row: 7}, {Row: 8, Kind: "xã", Parent: "muong-te"}})
	var got []string
	for _, p := range problems {
		got = append(got, p.Column+" "+p.String())
	}
	if diff := cmp.Diff([]string{"kind unit.row_kind[]", "parent unit.no_parent", "name unit.no_name"}, got); diff != "" {
		t.Errorf("all problems (-want +got):\n%s", diff)
	}
}

func sectorIDs(sectors []survey.Sector) []survey.SectorID {
	var ids []survey.SectorID
	for _, s := range sectors {
		ids = append(ids, s.ID)
	}
	return ids
}

func (o *office) sectorsPlanned(rows []registry.SectorRow) registry.SectorPlan {
	o.t.Helper()
	plan, problems := o.PlanSectors(rows)
	if len(problems) > 0 {
		o.t.Fatalf("problems: %v", problems)
	}
	return plan
}

// last returns the last sector of the catalogue.
func (o *office) last() survey.SectorID {
	sectors := o.Catalog().Sectors
	return sectors[len(sectors)-1].ID
}

func TestSectorListIsRead(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	rows := []registry.SectorRow{
		{Row: 2, Name: "Cấp nước", English: "Water", Group: "x", Short: "Có"},
		{Row: 3, Name: "ĐẤT ĐAI", English: "Land", Group: "land_construction_investment", Short: "1"},
		{Row: 4, Name: "certification", Group: "không", Short: "x"}, // by its id: it keeps its names
		{Row: 5, Name: "Xây dựng, nhà ở", Group: "", Short: ""},     // in no group any more
		{Row: 6, Name: "Khuyến nông"},
	}
	plan := o.sectorsPlanned(rows)
	if diff := cmp.Diff([]survey.SectorID{"cap-nuoc", "khuyen-nong"}, sectorIDs(plan.New)); diff != "" {
		t.Errorf("new (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]survey.SectorID{"land", "construction", "other"}, sectorIDs(plan.Changed)); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]survey.SectorID{"certification"}, sectorIDs(plan.Same)); diff != "" {
		t.Errorf("the same (-want +got):\n%s", diff)
	}
	if err := o.ApplySectors(t.Context(), lan, plan); err != nil {
		t.Fatal(err)
	}
	c := o.Catalog()
	if diff := cmp.Diff(survey.Text{"vi": "ĐẤT ĐAI", "en": "Land"}, c.Sector("land").Name); diff != "" {
		t.Errorf("the name of land (-want +got):\n%s", diff)
	}
	if s := c.Sector("construction"); s.Group != "" || s.Short || s.Name["en"] != "Construction, housing" {
		t.Errorf("construction is %+v, want no group, not in the short list, its English name kept", s)
	}
	if s := c.Sector("cap-nuoc"); s.Group != survey.LandBuildInvest || !s.Short || s.Rev != 1 {
		t.Errorf("the new one is %+v, want it in the group and in the short list", s)
	}
	var ends []survey.SectorID
	for _, s := range c.Sectors[len(c.Sectors)-3:] {
		ends = append(ends, s.ID)
	}
	if diff := cmp.Diff([]survey.SectorID{"cap-nuoc", "khuyen-nong", "other"}, ends); diff != "" {
		t.Errorf("the last ones (-want +got):\n%s", diff)
	}
	o.wantActions("sector.import sectors")
	if again := o.sectorsPlanned(rows); len(again.New)+len(again.Changed) != 0 {
		t.Errorf("read again: %v new, %v changed; want none", sectorIDs(again.New), sectorIDs(again.Changed))
	}
	surveytest.WantError(t, o.ApplySectors(t.Context(), lan, plan), survey.Conflict, "")
}

// What is chosen by who finds nothing fitting stays last, also where the list
// changes it.
func TestOtherSectorStaysLast(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	plan := o.sectorsPlanned([]registry.SectorRow{
		{Row: 2, Name: string(survey.OtherSector), English: "Another matter", Short: "x"},
		{Row: 3, Name: "Cấp nước"},
		{Row: 4, Name: "Khuyến nông"},
	})
	if err := o.ApplySectors(t.Context(), lan, plan); err != nil {
		t.Fatal(err)
	}
	if got := o.last(); got != survey.OtherSector {
		t.Errorf("the last is %s, want %s", got, survey.OtherSector)
	}
	if got := o.Catalog().Sector(survey.OtherSector).Name["en"]; got != "Another matter" {
		t.Errorf("it is called %q, want its new name", got)
	}
}

func TestSectorListWithProblems(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for name, tt := range map[string]struct {
		bad    registry.SectorRow
		column string
		want   string
	}{
		"NoName":        {registry.SectorRow{}, "name", "unit.no_name"},
		"Group":         {registry.SectorRow{Name: "Khuyến nông", Group: "land"}, "group", "sector.row_group[land]"},
		"Short":         {registry.SectorRow{Name: "Khuyến nông", Short: "maybe"}, "short", "sector.row_short[maybe]"},
		"Twice":         {registry.SectorRow{Name: "cấp  nước"}, "name", "unit.row_twice[2]"},
		"NoLetter":      {registry.SectorRow{Name: "???"}, "name", "unit.no_name"},
		"TwiceByItsIDs": {registry.SectorRow{Name: "cap-nuoc"}, "name", "unit.row_twice[2]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.bad.Row = 3
			plan, problems := o.PlanSectors([]registry.SectorRow{{Row: 2, Name: "Cấp nước"}, tt.bad})
			if n := len(plan.New) + len(plan.Changed) + len(plan.Same); n != 0 {
				t.Errorf("%d sectors are planned, want none", n)
			}
			if len(problems) == 0 {
				t.Fatal("no problem was found")
			}
			for _, p := range problems {
				if got := p.String(); p.Row != 3 || p.Column != tt.column || got != tt.want {
					t.Errorf("row %d, column %s: %s; want row 3, %s: %s", p.Row, p.Column, got, tt.column, tt.want)
				}
			}
			if len(problems) != 1 {
				t.Errorf("%d problems, want 1: %v", len(problems), problems)
			}
		})
	}
}

func TestCreateAndEditSector(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, test := range []struct {
		name string
		want survey.SectorID
	}{{" Cấp nước ", "cap-nuoc"}, {"Cấp nước", "cap-nuoc-2"}, {"???", "sector"}} {
		got, err := o.CreateSector(t.Context(), lan, registry.SectorEdit{Name: survey.Text{"vi": test.name, "en": " "}, Group: survey.LandBuildInvest, Short: true})
		if err != nil {
			t.Fatal(err)
		}
		if got.ID != test.want {
			t.Errorf("%q is %s, want %s", test.name, got.ID, test.want)
		}
		c := o.Catalog()
		if diff := cmp.Diff(&got, c.Sector(test.want)); diff != "" {
			t.Errorf("%s (-returned +stored):\n%s", test.want, diff)
		}
		if last := c.Sectors[len(c.Sectors)-2].ID; last != test.want {
			t.Errorf("last but one is %s, want %s", last, test.want)
		}
		if last := o.last(); last != survey.OtherSector {
			t.Errorf("the last is %s, want %s", last, survey.OtherSector)
		}
	}
	made := *o.Catalog().Sector("cap-nuoc")
	if diff := cmp.Diff(survey.Text{"vi": "Cấp nước"}, made.Name); diff != "" {
		t.Errorf("name (-want +got):\n%s", diff)
	}
	edited, err := o.EditSector(t.Context(), lan, "cap-nuoc", made.Rev, registry.SectorEdit{Name: survey.Text{"vi": "Nước sạch", "en": "Water"}})
	if err != nil {
		t.Fatal(err)
	}
	want := made
	want.Rev, want.Name, want.Group, want.Short = 2, survey.Text{"vi": "Nước sạch", "en": "Water"}, "", false
	if diff := cmp.Diff(want, edited); diff != "" {
		t.Errorf("edited (-want +got):\n%s", diff)
	}
	first, err := o.CreateSector(t.Context(), lan, registry.SectorEdit{Name: survey.Text{"vi": "Điện"}, Order: 2})
	if err != nil {
		t.Fatal(err)
	}
	if first.Order != 2 {
		t.Errorf("it stands at %d, want 2 as was asked for", first.Order)
	}
	_, err = o.EditSector(t.Context(), lan, "cap-nuoc", 1, registry.SectorEdit{Name: survey.Text{"vi": "Nước"}})
	surveytest.WantError(t, err, survey.Conflict, "")
	_, err = o.EditSector(t.Context(), lan, "none", 1, registry.SectorEdit{Name: survey.Text{"vi": "Nước"}})
	surveytest.WantError(t, err, survey.NotFound, "")
	o.wantActions(
		"sector.edit sectors/other", "sector.create sectors/cap-nuoc", "sector.edit sectors/other", "sector.create sectors/cap-nuoc-2",
		"sector.edit sectors/other", "sector.create sectors/sector", "sector.edit sectors/cap-nuoc", "sector.create sectors/dien",
	)
}

func TestSectorThatBreaksARule(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for name, tt := range map[string]struct {
		edit       registry.SectorEdit
		field, key string
	}{
		"NoName":     {registry.SectorEdit{Name: survey.Text{"en": "Water"}}, "name.vi", "unit.no_name"},
		"OtherGroup": {registry.SectorEdit{Name: survey.Text{"vi": "Nước"}, Group: "water"}, "group", "answer.unknown_choice"},
		"LowOrder":   {registry.SectorEdit{Name: survey.Text{"vi": "Nước"}, Order: -1}, "order", "answer.out_of_range"},
		"HighOrder":  {registry.SectorEdit{Name: survey.Text{"vi": "Nước"}, Order: 10001}, "order", "answer.out_of_range"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := o.CreateSector(t.Context(), lan, tt.edit)
			surveytest.WantError(t, err, survey.Invalid, "sector.invalid")
			surveytest.WantField(t, err, tt.field, tt.key)
		})
	}
}

// The lists are known by their headers, in Vietnamese or English and in any
// order.
func TestListsAreRead(t *testing.T) {
	t.Parallel()
	schools, err := registry.ReadSchools(t.Context(), "schools.csv", []byte("mã,Cấp học,Tên trường,Xã\nA1,Mầm non,Trường A,Pa Ủ\n"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]registry.SchoolRow{{Row: 2, Name: "Trường A", Level: "Mầm non", Unit: "Pa Ủ", Code: "A1"}}, schools); diff != "" {
		t.Errorf("schools (-want +got):\n%s", diff)
	}
	units, err := registry.ReadUnits(t.Context(), "units.csv", []byte("Tên đơn vị;Loại;Trực thuộc;Từ ngày;Mã;Tên tiếng Anh\nTrạm y tế;phòng;Xã Mù Cả;01/07/2025;YT;Clinic\n"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]registry.UnitRow{{Row: 2, Name: "Trạm y tế", English: "Clinic", Kind: "phòng", Parent: "Xã Mù Cả", Code: "YT", From: "01/07/2025"}}, units); diff != "" {
		t.Errorf("units (-want +got):\n%s", diff)
	}
	sectors, err := registry.ReadSectors(t.Context(), "sectors.csv", []byte("name,group,short,name_en\nCấp nước,x,có,Water\nKhuyến nông,,,\n"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]registry.SectorRow{{Row: 2, Name: "Cấp nước", English: "Water", Group: "x", Short: "có"}, {Row: 3, Name: "Khuyến nông"}}, sectors); diff != "" {
		t.Errorf("sectors (-want +got):\n%s", diff)
	}

	for name, read := range map[string]func(content string) error{
		"Schools": func(c string) error { _, err := registry.ReadSchools(t.Context(), "list.csv", []byte(c)); return err },
		"Units":   func(c string) error { _, err := registry.ReadUnits(t.Context(), "list.csv", []byte(c)); return err },
		"Sectors": func(c string) error { _, err := registry.ReadSectors(t.Context(), "list.csv", []byte(c)); return err },
	} {
		t.Run(name, func(t *testing.T) {
			surveytest.WantError(t, read("a,b\n1,2\n"), survey.Invalid, "list.file_columns")
			surveytest.WantError(t, read(""), survey.Invalid, "list.file_empty")
		})
	}
}
