package catalog_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/catalog"
	"hailong/survey/source"
)

func load(t testing.TB) *survey.Catalog {
	t.Helper()
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestUnitsOfBothFrames(t *testing.T) {
	t.Parallel()
	c := load(t)
	inForce := func(kind survey.UnitKind, on survey.Date) map[string]string {
		units := map[string]string{}
		for i, u := range c.Units {
			if u.Kind != kind || !u.Valid.Contains(on) {
				continue
			}
			key := u.Code
			if kind != survey.Commune {
				key = string(u.Parent)
			}
			units[key] = c.Units[i].Name.In(survey.Vietnamese)
		}
		return units
	}
	// Codes as in the lists of administrative units before and after Resolution
	// 1670/NQ-UBTVQH15.
	if diff := cmp.Diff(map[string]string{
		"03433": "Thị trấn Mường Tè", "03436": "Xã Thu Lũm", "03439": "Xã Ka Lăng", "03440": "Xã Tá Bạ", "03442": "Xã Pa Ủ",
		"03445": "Xã Mường Tè", "03448": "Xã Pa Vệ Sủ", "03451": "Xã Mù Cả", "03454": "Xã Bum Tở", "03457": "Xã Nậm Khao",
		"03463": "Xã Tà Tổng", "03466": "Xã Bum Nưa", "03467": "Xã Vàng San", "03469": "Xã Kan Hồ",
	}, inForce(survey.Commune, "2025-06-30")); diff != "" {
		t.Errorf("communes on 30 June 2025 (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{
		"03433": "Xã Bum Tở", "03439": "Xã Thu Lũm", "03442": "Xã Pa Ủ", "03445": "Xã Mường Tè", "03451": "Xã Mù Cả", "03463": "Xã Tà Tổng", "03466": "Xã Bum Nưa",
	}, inForce(survey.Commune, "2025-07-01")); diff != "" {
		t.Errorf("communes on 1 July 2025 (-want +got):\n%s", diff)
	}
	if old := inForce(survey.OneStop, "2025-06-30"); len(old) != 15 || old["xa-ta-ba"] != "Bộ phận Tiếp nhận và Trả kết quả xã Tá Bạ" {
		t.Errorf("one-stop shops on 30 June 2025: %v", old)
	}
	if now := inForce(survey.OneStop, "2025-07-01"); len(now) != 7 || now["xa-mu-ca"] != "Trung tâm Phục vụ hành chính công xã Mù Cả" {
		t.Errorf("one-stop shops on 1 July 2025: %v", now)
	}
	if n := len(inForce(survey.School, "2026-01-01")); n != 0 {
		t.Errorf("%d schools; the catalogue invents none", n)
	}

	// Only these successions are known.
	succeeded := map[survey.UnitID]survey.UnitID{}
	for _, u := range c.Units {
		if u.Kind != survey.Commune {
			continue
		}
		if up := c.RollUp(u.ID, "2026-01-01", survey.Commune); up.ID != u.ID {
			succeeded[u.ID] = up.ID
			if len(u.Note) == 0 {
				t.Errorf("succession of %s is inferred and does not say so", u.ID)
			}
		}
	}
	if diff := cmp.Diff(map[survey.UnitID]survey.UnitID{
		"tt-muong-te": "xa-bum-to-2025", "xa-ka-lang": "xa-thu-lum-2025", "xa-pa-u": "xa-pa-u-2025",
		"xa-muong-te": "xa-muong-te-2025", "xa-ta-tong": "xa-ta-tong-2025", "xa-bum-nua": "xa-bum-nua-2025",
	}, succeeded); diff != "" {
		t.Errorf("successors (-want +got):\n%s", diff)
	}
}

func TestTargetsOfThePlan(t *testing.T) {
	t.Parallel()
	type target struct {
		Family     survey.Family
		Group      survey.SectorGroup
		Now, Later float64
	}
	got := map[survey.TargetCode]target{}
	for _, a := range load(t).Targets {
		if len(a.Milestones) != 2 || a.Milestones[0].Due != "2025-12-31" || a.Milestones[1].Due != "2030-12-31" {
			t.Fatalf("milestones of %s: %v", a.Code, a.Milestones)
		}
		got[a.Code] = target{a.Family, a.Group, a.Milestones[0].Threshold, a.Milestones[1].Threshold}
	}
	want := map[survey.TargetCode]target{
		"TTHC":     {"tthc", "", 0.95, 0.95},
		"TTHC-DXD": {"tthc", survey.LandBuildInvest, 0.85, 0.90},
		"EDU":      {"edu", "", 0.85, 0.90},
		"PAR":      {"", "", 1, 1},
		"KT":       {"", "", 0.30, 0.30},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("targets (-want +got):\n%s", diff)
	}
}

func TestSectorsAtTheCounter(t *testing.T) {
	t.Parallel()
	var short []survey.SectorID
	for _, s := range load(t).Sectors {
		if s.Short {
			short = append(short, s.ID)
		}
	}
	if len(short) < 8 || len(short) > 12 {
		t.Errorf("%d sectors to choose from at the counter", len(short))
	}
	if diff := cmp.Diff([]survey.SectorID{"land", "construction", "investment"}, short[:3]); diff != "" {
		t.Errorf("the target's own sectors must be easy to find (-want +got):\n%s", diff)
	}
	if short[len(short)-1] != survey.OtherSector {
		t.Errorf("the last is %q", short[len(short)-1])
	}
}

func TestResidentForm(t *testing.T) {
	t.Parallel()
	form := load(t).Latest("sipas-resident")
	perFactor := map[string]int{}
	var criteria []string
	for _, it := range form.Items() {
		if it.Factor != "" {
			perFactor[it.Factor]++
			criteria = append(criteria, it.Code)
			if len(it.NA) == 0 {
				t.Errorf("%s has no way to say that one does not know", it.Code)
			}
		}
	}
	// Five factors, 22 criteria: 4+5+6+3+4 of Decision 2640/QĐ-BNV.
	if diff := cmp.Diff(map[string]int{"access": 4, "procedure": 5, "staff": 6, "result": 3, "feedback": 4}, perFactor); diff != "" {
		t.Errorf("criteria of each factor (-want +got):\n%s", diff)
	}
	if len(criteria) != 22 || criteria[0] != "D1" || criteria[21] != "D22" || form.Overall().Code != "D23" {
		t.Errorf("criteria %v, overall %s", criteria, form.Overall().Code)
	}
	if e := form.Item("E1"); e.Max != 3 {
		t.Errorf("at most %v expectations", e.Max)
	}

	// Nothing looks a response up by its receipt, so the consent must not
	// promise that one can be seen, changed or withdrawn.
	for lang, hint := range form.Item("A5C").Hint {
		for _, promise := range []string{"số phiếu", "rút lại", "xóa", "receipt", "withdraw", "delete"} {
			if strings.Contains(hint, promise) {
				t.Errorf("the consent in %s promises %q: %s", lang, promise, hint)
			}
		}
	}

	// Ethnicity is asked only of those who agreed to it.
	if got := sensitive(t, form, "A5", nil); got {
		t.Error("ethnicity was kept without consent")
	}
	if got := sensitive(t, form, "A5", []string{"1"}); !got {
		t.Error("ethnicity was dropped in spite of consent")
	}
}

func sensitive(t *testing.T, form *survey.Questionnaire, item string, consent []string) (kept bool) {
	t.Helper()
	sheet, err := form.Check(survey.Given{Codes: map[string][]string{"A5C": consent, item: {"1"}, "D1": {"4"}}}, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(sheet.Answers, func(a survey.Answer) bool { return a.Item == item })
}

func TestEducationForms(t *testing.T) {
	t.Parallel()
	levels := map[survey.SchoolLevel]int{}
	for _, q := range load(t).Questionnaires {
		if q.Family != survey.Education {
			continue
		}
		levels[q.Level]++
		if len(q.Factors) != 5 {
			t.Errorf("%s has %d factors, want 5", q.Code, len(q.Factors))
		}
		for _, it := range q.Items() {
			pupil := q.Code == "edu-secondary-student"
			if text := it.Label.In(survey.Vietnamese); pupil && strings.Contains(text, "Ông/Bà") {
				t.Errorf("%s addresses a pupil as an adult: %s", it.Code, text)
			}
		}
	}
	if diff := cmp.Diff(map[survey.SchoolLevel]int{survey.Preschool: 1, survey.Primary: 1, survey.LowerSecondary: 2, survey.Continuing: 1}, levels); diff != "" {
		t.Errorf("forms of each level (-want +got):\n%s", diff)
	}
}

// A small catalogue in order; the tests of mistakes change one thing in it.
var small = map[string]string{
	"units.yaml": `units:
  - id: p
    kind: province
    name: {vi: Tỉnh, en: Province}
  - id: old
    code: "01"
    kind: commune
    parent: p
    name: {vi: Cũ, en: Old}
    valid: {to: "2025-06-30"}
    successors: [new]
  - id: new
    code: "01"
    kind: commune
    parent: p
    name: {vi: Mới, en: New}
    valid: {from: "2025-07-01"}
`,
	"sectors.yaml": `sectors:
  - id: land
    name: {vi: Đất, en: Land}
    group: land_construction_investment
  - id: other
    name: {vi: Khác, en: Other}
`,
	"scales.yaml": `scales:
  - id: s3
    points:
      - {code: 1, label: {vi: a, en: a}}
      - {code: 2, label: {vi: b, en: b}}
      - {code: 3, label: {vi: c, en: c}}
    satisfied: [2, 3]
  - id: s2
    points:
      - {code: 1, label: {vi: a, en: a}}
      - {code: 2, label: {vi: b, en: b}}
    satisfied: [2]
`,
	"targets.yaml": `targets:
  - code: T
    title: {vi: t, en: t}
    clause: {vi: c, en: c}
    family: tthc
    group: land_construction_investment
    milestones:
      - {threshold: 0.9, due: "2025-12-31"}
      - {threshold: 0.9, due: "2030-12-31"}
`,
	"questionnaires/a.yaml": `code: a
version: 1
order: 1
family: tthc
title: {vi: t, en: t}
intro: {vi: i, en: i}
source: {vi: s, en: s}
factors:
  - {code: f, name: {vi: f, en: f}}
sections:
  - code: s
    title: {vi: s, en: s}
    items:
      - {code: q1, type: scale, scale: s3, factor: f, label: {vi: q, en: q}}
      - {code: q2, type: scale, scale: s3, overall: true, na: {vi: n, en: n}, label: {vi: q, en: q}}
      - code: q3
        type: multiple
        max: 2
        show_if: [{item: q2, in: [0, 1]}]
        label: {vi: q, en: q}
        options:
          - {code: 1, label: {vi: a, en: a}}
          - {code: 2, label: {vi: b, en: b}, write: true}
      - {code: q4, type: number, min: 0, max: 10, label: {vi: q, en: q}}
      - {code: q5, type: consent, label: {vi: q, en: q}}
      - {code: q6, type: text, sensitive: true, show_if: [{item: q5, in: [1]}], label: {vi: q, en: q}}
`,
}

// smallWith returns the small catalogue with replacements, given in pairs, in
// one file.
func smallWith(t testing.TB, file string, pairs ...string) fstest.MapFS {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, content := range small {
		if name == file {
			for i := 0; i < len(pairs); i += 2 {
				changed := strings.Replace(content, pairs[i], pairs[i+1], 1)
				if changed == content {
					t.Fatalf("%s does not hold %q", file, pairs[i])
				}
				content = changed
			}
		}
		fsys[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return fsys
}

func TestSmallCatalogue(t *testing.T) {
	t.Parallel()
	c, err := catalog.Read(smallWith(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	q := c.Questionnaire(survey.FormRef{Code: "a", Version: 1})
	if q == nil || len(q.Scales) != 1 || q.Scales[0].ID != "s3" || q.ID != "a@1" {
		t.Errorf("the form must carry the scales it uses and no other: %+v", q)
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	const form = "questionnaires/a.yaml"
	for _, test := range []struct {
		name  string
		file  string
		pairs []string
		want  []string
	}{
		{"Syntax", "units.yaml", []string{"valid: {to: \"2025-06-30\"}", "valid: {to: \"2025-06-30\""}, []string{`units.yaml:11: did not find expected ',' or '}'`}},
		{"UnknownField", "units.yaml", []string{"    code: \"01\"", "    colour: red"}, []string{"units.yaml:6: field colour not found"}},
		{"WrongType", "targets.yaml", []string{"0.9", "much"}, []string{`targets.yaml:8: cannot construct !!str ` + "`much`"}},
		{"TwoDocuments", "sectors.yaml", []string{"sectors:", "a: 1\n---\nsectors:"}, []string{
			`sectors.yaml:1: the file holds 2 documents; write one`, `targets.yaml:6: no sector is of group "land_construction_investment"`,
		}},

		{"UnitTwice", "units.yaml", []string{"id: new", "id: old"}, []string{
			`units.yaml:11: successor "new" does not exist`,
			`units.yaml:12: id "old" stands twice`,
		}},
		{"UnitID", "units.yaml", []string{"id: new", "id: Mới", "[new]", "[Mới]"}, []string{`units.yaml:12: id "Mới": write small letters, digits and hyphens`}},
		{"NoParent", "units.yaml", []string{"parent: p", "parent: q"}, []string{`units.yaml:8: parent "q" does not exist`}},
		{"ParentMissing", "units.yaml", []string{"    parent: p\n", ""}, []string{`units.yaml:5: "old" has no parent; only a province stands alone`}},
		{"Ring", "units.yaml", []string{"kind: province\n", "kind: province\n    parent: new\n"}, []string{
			`units.yaml:4: parent "new" does not exist during all of the unit's time`,
			`units.yaml:4: "p" lies below itself`, `units.yaml:16: "new" lies below itself`,
		}},
		{"KindsUpsideDown", "units.yaml", []string{"kind: commune", "kind: province"}, []string{
			`units.yaml:8: a province cannot lie below a province`, `units.yaml:11: successor "new" is a commune, not a province`,
		}},
		{"UnknownKind", "units.yaml", []string{"kind: province", "kind: planet"}, []string{`units.yaml:3: unknown kind "planet"`, `units.yaml:2: "p" has no parent; only a province stands alone`}},
		{"InventedSchool", "units.yaml", []string{"kind: province", "kind: school"}, []string{
			`units.yaml:3: a school: schools are imported, the catalogue holds none`, `units.yaml:2: "p" has no parent; only a province stands alone`,
			`units.yaml:8: a commune cannot lie below a school`, `units.yaml:15: a commune cannot lie below a school`,
		}},
		{"BadDate", "units.yaml", []string{"2025-06-30", "2025-06-31"}, []string{
			`units.yaml:10: "2025-06-31" is not a day: write it as 2025-06-30`, `units.yaml:11: "old" has successors but no last day (valid.to)`,
		}},
		{"EndsBeforeItBegins", "units.yaml", []string{`{from: "2025-07-01"}`, `{from: "2025-07-01", to: "2025-07-01"}`, `{to: "2025-06-30"}`, `{from: "2026-01-01", to: "2025-06-30"}`}, []string{
			`units.yaml:10: ends on 2025-06-30, before it begins on 2026-01-01`,
		}},
		{"ParentEnded", "units.yaml", []string{"name: {vi: Tỉnh, en: Province}", "name: {vi: Tỉnh, en: Province}\n    valid: {to: \"2025-12-31\"}"}, []string{
			`units.yaml:16: parent "p" does not exist during all of the unit's time`,
		}},
		{"CodeUsedTwiceAtOnce", "units.yaml", []string{`{from: "2025-07-01"}`, `{from: "2025-06-30"}`}, []string{`units.yaml:13: code "01" is also that of "old" at the same time`}},
		{"SuccessorTooLate", "units.yaml", []string{`{from: "2025-07-01"}`, `{from: "2025-08-01"}`}, []string{`units.yaml:11: successor "new" does not exist on 2025-07-01`}},
		{"SuccessorTwice", "units.yaml", []string{"[new]", "[new, new]"}, []string{`units.yaml:11: successor "new" stands twice`}},
		{"OneLanguage", "units.yaml", []string{", en: Province", ""}, []string{`units.yaml:4: the text is missing in "en"`}},
		{"Levels", "units.yaml", []string{"kind: province", "kind: province\n    levels: [primary]"}, []string{`units.yaml:4: only a school has levels`}},

		{"SectorTwice", "sectors.yaml", []string{"id: land", "id: other"}, []string{`sectors.yaml:5: id "other" stands twice`}},
		{"OtherNotLast", "sectors.yaml", []string{"id: other", "id: others"}, []string{`sectors.yaml:1: the last sector must be "other"`}},
		{"UnknownGroup", "sectors.yaml", []string{"land_construction_investment", "sea"}, []string{
			`sectors.yaml:4: unknown group "sea"`, `targets.yaml:6: no sector is of group "land_construction_investment"`,
		}},

		{"Threshold", "targets.yaml", []string{"threshold: 0.9", "threshold: 95"}, []string{`targets.yaml:8: threshold 95 is not a share above 0 and at most 1`}},
		{"DueFalls", "targets.yaml", []string{"2030", "2020"}, []string{`targets.yaml:9: due dates must rise`}},
		{"DueIsNoDay", "targets.yaml", []string{"2030-12-31", "2030"}, []string{`targets.yaml:9: "2030" is not a day: write it as 2025-12-31`}},
		{"UnknownFamily", "targets.yaml", []string{"family: tthc", "family: tax"}, []string{
			`targets.yaml:5: unknown family "tax"`, `targets.yaml:6: only a target of family "tthc" can have a group of sectors`,
		}},

		{"ScaleCodes", "scales.yaml", []string{"{code: 2, label: {vi: b, en: b}}", "{code: 4, label: {vi: b, en: b}}"}, []string{`scales.yaml:5: code 4: the points of a scale are 1, 2, 3…, from the worst`}},
		{"AllSatisfied", "scales.yaml", []string{"satisfied: [2, 3]", "satisfied: [1, 2, 3]"}, []string{`scales.yaml:7: some, not all points must count as satisfied`}},
		{"SatisfiedBelow", "scales.yaml", []string{"satisfied: [2, 3]", "satisfied: [1, 2]"}, []string{
			`scales.yaml:7: satisfied must be the upper end of the scale in rising order: 1 stands where 2 belongs`,
			`scales.yaml:7: satisfied must be the upper end of the scale in rising order: 2 stands where 3 belongs`,
		}},

		{"FormLevel", form, []string{"family: tthc", "family: edu"}, []string{form + `:1: a form of family "edu" has a level, others have none`}},
		{"UnknownScale", form, []string{"scale: s3, factor", "scale: s9, factor"}, []string{form + `:14: scale "s9" does not exist`}},
		{"MixedScales", form, []string{"scale: s3, overall", "scale: s2, overall"}, []string{
			form + `:15: scale "s2" has 2 points, that of earlier index items 3: they cannot be in one index`,
		}},
		{"UnknownFactor", form, []string{"factor: f", "factor: g"}, []string{form + `:9: no item is of factor "f"`, form + `:14: factor "g" does not exist`}},
		{"NoOverall", form, []string{"overall: true, ", ""}, []string{form + `:10: 0 items are marked overall; a form has exactly one`}},
		{"ItemTwice", form, []string{"code: q2", "code: q1", "item: q2", "item: q1"}, []string{
			form + `:15: item "q1" stands twice`,
			form + `:15: item "q1" is scale s3, overall here, but scale s3 of factor f in questionnaires/a.yaml: one code has one meaning in a family`,
		}},
		{"ConditionOnLaterItem", form, []string{"item: q2", "item: q6"}, []string{form + `:19: show_if: no earlier item "q6"`}},
		{"ConditionOnUnknownCode", form, []string{"[0, 1]", "[0, 7]"}, []string{form + `:19: show_if: "q2" has no code 7`}},
		{"ConditionOnUnofferedNA", form, []string{"item: q2", "item: q1"}, []string{form + `:19: show_if: "q1" has no code 0`}},
		{"OptionTwice", form, []string{"{code: 2, label: {vi: b", "{code: 1, label: {vi: b"}, []string{form + `:23: code 1 stands twice`}},
		{"OptionCode", form, []string{"{code: 2, label: {vi: b", "{code: 254, label: {vi: b"}, []string{form + `:23: code 254 is not between 1 and 253`}},
		{"MoreThanOptions", form, []string{"max: 2", "max: 3"}, []string{form + `:18: max 3: write a whole number up to the 2 options`}},
		{"Range", form, []string{"min: 0, max: 10", "min: 10, max: 10"}, []string{form + `:24: max 10 is not above min 10`}},
		{"Misplaced", form, []string{"type: consent", "type: consent, required: true"}, []string{form + `:25: an item of type "consent" has no "required"`}},
		{"UnknownType", form, []string{"type: number", "type: date"}, []string{form + `:24: unknown type "date"`}},
		{"SensitiveWithoutConsent", form, []string{", show_if: [{item: q5, in: [1]}]", ""}, []string{form + `:26: item "q6" is sensitive: it must be shown only after a consent item`}},
		{"ItemCode", form, []string{"code: q4", "code: q.4"}, []string{form + `:24: item code "q.4": write letters, digits and underlines, a letter first`}},
		{"OwnScales", form, []string{"factors:", "scales: []\nversion: 1\nfactors:"}, []string{form + `:9: "version" stands on line 2 already`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := catalog.Read(smallWith(t, test.file, test.pairs...))
			var problems source.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("error %v, want Problems", err)
			}
			got := strings.Split(err.Error(), "\n")
			slices.Sort(got)
			slices.Sort(test.want)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMistakesAcrossFiles(t *testing.T) {
	t.Parallel()
	second := strings.NewReplacer("factor: f, ", "").Replace(small["questionnaires/a.yaml"])
	second = strings.Replace(second, "factors:\n  - {code: f, name: {vi: f, en: f}}\n", "", 1)
	fsys := smallWith(t, "")
	fsys["questionnaires/b.yaml"] = &fstest.MapFile{Data: []byte(second)}
	delete(fsys, "scales.yaml")
	fsys["units.yaml"] = &fstest.MapFile{Data: []byte("units:\n  - id: p\n    kind: planet\n    name: {vi: Tỉnh}\n")}
	_, err := catalog.Read(fsys)
	want := []string{
		`units.yaml:2: "p" has no parent; only a province stands alone`,
		`units.yaml:3: unknown kind "planet"`,
		`units.yaml:4: the text is missing in "en"`,
		`scales.yaml:1: the file is missing`,
		`questionnaires/a.yaml:14: scale "s3" does not exist`,
		`questionnaires/a.yaml:15: scale "s3" does not exist`,
		`questionnaires/a.yaml:19: show_if: "q2" has no code 1`,
		`questionnaires/b.yaml:2: version 1 of "a" stands in questionnaires/a.yaml too`,
		`questionnaires/b.yaml:12: scale "s3" does not exist`,
		`questionnaires/b.yaml:12: item "q1" is scale s3 here, but scale s3 of factor f in questionnaires/a.yaml: one code has one meaning in a family`,
		`questionnaires/b.yaml:13: scale "s3" does not exist`,
		`questionnaires/b.yaml:17: show_if: "q2" has no code 1`,
	}
	if err == nil {
		t.Fatal("no error")
	}
	if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
		t.Errorf("problems in the order of files and lines (-want +got):\n%s", diff)
	}
}

// FuzzRead holds that whatever stands in a file is either read or refused with
// its place, and never ends the program.
func FuzzRead(f *testing.F) {
	names := make([]string, 0, len(small))
	for name := range small {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		f.Add(uint8(i), small[name])
	}
	f.Add(uint8(0), "")
	f.Add(uint8(4), "units: &a [*a]\n")
	f.Add(uint8(4), "units:\n  - &a {id: x, name: *a}\n")
	f.Add(uint8(4), "units:\n  - <<: *none\n  - !!binary x\n  - ? a\n")
	f.Add(uint8(4), "units:\n  - id: [\n")
	f.Fuzz(func(t *testing.T, which uint8, content string) {
		fsys := smallWith(t, "")
		fsys[names[int(which)%len(names)]] = &fstest.MapFile{Data: []byte(content)}
		_, err := catalog.Read(fsys)
		if err == nil {
			return
		}
		var problems source.Problems
		if !errors.As(err, &problems) || len(problems) == 0 {
			t.Fatalf("error %v, want Problems", err)
		}
		for _, p := range problems {
			if p.File == "" || p.Line < 1 || p.Text == "" {
				t.Errorf("problem without a place: %+v", p)
			}
		}
	})
}
