package questions_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/questions"
	"hailong/survey/source"
)

// Each rule that a form breaks is told with its key at the part that breaks it.
func TestRulesOfForms(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(t *testing.T, q *survey.Questionnaire)
		want   []string // path and key; of a scale's own rules the sentence
	}{
		"None":           {func(*testing.T, *survey.Questionnaire) {}, nil},
		"Code":           {func(_ *testing.T, q *survey.Questionnaire) { q.Code, q.Order = "Phiếu 1", 9 }, []string{"$.code bad_code"}},
		"Version":        {func(_ *testing.T, q *survey.Questionnaire) { q.Version = 0 }, []string{"$.version bad_version"}},
		"Order":          {func(_ *testing.T, q *survey.Questionnaire) { q.Order = 0 }, []string{"$.order bad_order"}},
		"OrderOfAnother": {func(_ *testing.T, q *survey.Questionnaire) { q.Order = 8 }, []string{"$.order bad_order"}},
		"Family":         {func(_ *testing.T, q *survey.Questionnaire) { q.Family = "tax" }, []string{"$.family unknown_family"}},
		"Level":          {func(_ *testing.T, q *survey.Questionnaire) { q.Family, q.Level = survey.Education, "upper" }, []string{"$.level unknown_level"}},
		"LevelMissing":   {func(_ *testing.T, q *survey.Questionnaire) { q.Family = survey.Education }, []string{"$.level level_family"}},
		"LevelTooMuch":   {func(_ *testing.T, q *survey.Questionnaire) { q.Level = survey.Primary }, []string{"$.level level_family"}},
		"Texts": {func(_ *testing.T, q *survey.Questionnaire) {
			q.Title, q.Intro, q.Source = survey.Text{"vi": "a"}, nil, survey.Text{"en": "a"}
		}, []string{"$.title text_missing", "$.intro text_missing", "$.intro text_missing", "$.source text_missing"}},
		"FactorCode": {func(t *testing.T, q *survey.Questionnaire) {
			q.Factors[0].Code = "Đ"
			itemOf(t, q, "way").Factor = "Đ"
		}, []string{"$.factors[0].code bad_code"}},
		"FactorTwice":   {func(_ *testing.T, q *survey.Questionnaire) { q.Factors = append(q.Factors, q.Factors[0]) }, []string{"$.factors[2].code factor_twice"}},
		"FactorUnused":  {func(t *testing.T, q *survey.Questionnaire) { itemOf(t, q, "way").Factor = "" }, []string{"$.factors[0] factor_unused"}},
		"SectionNoCode": {func(_ *testing.T, q *survey.Questionnaire) { q.Sections[1].Code = "" }, []string{"$.sections[1] section_no_code"}},
		"SectionTwice":  {func(_ *testing.T, q *survey.Questionnaire) { q.Sections[1].Code = "visit" }, []string{"$.sections[1].code section_twice"}},
		"SectionEmpty": {func(_ *testing.T, q *survey.Questionnaire) {
			q.Sections = append(q.Sections, survey.Section{Code: "end", Title: q.Title})
		}, []string{"$.sections[2] section_empty"}},
		"LeadHalf": {func(_ *testing.T, q *survey.Questionnaire) { delete(q.Sections[0].Lead, "en") }, []string{"$.sections[0].lead text_missing"}},
		"TwoOverall": {func(t *testing.T, q *survey.Questionnaire) {
			itemOf(t, q, "yes").Overall, itemOf(t, q, "yes").Scale = true, "s3"
		}, []string{"$.sections overall_count"}},
		"NoOverall":     {func(t *testing.T, q *survey.Questionnaire) { itemOf(t, q, "overall").Overall = false }, []string{"$.sections overall_count"}},
		"OverallFactor": {func(t *testing.T, q *survey.Questionnaire) { itemOf(t, q, "overall").Factor = "staff" }, []string{"$.sections[0].items[0].factor overall_factor"}},
		"UnknownFactor": {func(t *testing.T, q *survey.Questionnaire) {
			itemOf(t, q, "yes").Factor, itemOf(t, q, "yes").Scale = "none", "s3"
		}, []string{"$.sections[1].items[0].factor unknown_factor"}},
		"IndexOfChoices": {func(t *testing.T, q *survey.Questionnaire) { itemOf(t, q, "who").Factor = "staff" }, []string{"$.sections[1].items[1].type index_type"}},
		"IndexOfScales":  {func(t *testing.T, q *survey.Questionnaire) { itemOf(t, q, "yes").Factor = "staff" }, []string{"$.sections[1].items[0].scale index_points"}},
		"TwoSectors": {func(t *testing.T, q *survey.Questionnaire) {
			*itemOf(t, q, "hours") = survey.Item{Code: "hours", Type: survey.SectorItem, Label: q.Title}
			*itemOf(t, q, "ethnicity") = survey.Item{Code: "ethnicity", Type: survey.SectorItem, Label: q.Title}
		}, []string{"$.sections sector_count"}},
		"ItemCode":     {func(t *testing.T, q *survey.Questionnaire) { itemOf(t, q, "hours").Code = "1.5" }, []string{"$.sections[1].items[3].code item_code"}},
		"ItemTwice":    {func(t *testing.T, q *survey.Questionnaire) { *itemOf(t, q, "hours") = *itemOf(t, q, "who") }, []string{"$.sections[1].items[3].code item_twice"}},
		"ItemNoLabel":  {func(t *testing.T, q *survey.Questionnaire) { delete(itemOf(t, q, "hours").Label, "vi") }, []string{"$.sections[1].items[3].label text_missing"}},
		"HintHalf":     {func(t *testing.T, q *survey.Questionnaire) { delete(itemOf(t, q, "staff").Hint, "vi") }, []string{"$.sections[0].items[2].hint text_missing"}},
		"UnknownType":  {func(t *testing.T, q *survey.Questionnaire) { itemOf(t, q, "ethnicity").Type = "date" }, []string{"$.sections[1].items[5].type unknown_type"}},
		"UnknownScale": {func(t *testing.T, q *survey.Questionnaire) { itemOf(t, q, "yes").Scale = "s9" }, []string{"$.sections[1].items[0].scale unknown_scale"}},
		"Misplaced": {func(t *testing.T, q *survey.Questionnaire) {
			it := itemOf(t, q, "ethnicity")
			it.Scale, it.Options, it.Min, it.Max, it.NA = "s3", itemOf(t, q, "who").Options, 1, 2, q.Title
		}, []string{
			"$.sections[1].items[5].scale misplaced", "$.sections[1].items[5].options misplaced", "$.sections[1].items[5].min misplaced",
			"$.sections[1].items[5].max misplaced", "$.sections[1].items[5].na misplaced",
		}},
		"RequiredConsent": {func(t *testing.T, q *survey.Questionnaire) { itemOf(t, q, "consent").Required = true }, []string{"$.sections[1].items[4].required misplaced"}},
		"Range":           {func(t *testing.T, q *survey.Questionnaire) { itemOf(t, q, "hours").Max = 0 }, []string{"$.sections[1].items[3].max max_min"}},
		"HalfAnOption":    {func(t *testing.T, q *survey.Questionnaire) { itemOf(t, q, "wrong").Max = 1.5 }, []string{"$.sections[1].items[2].max max_options"}},
		"ManyOptions":     {func(t *testing.T, q *survey.Questionnaire) { itemOf(t, q, "wrong").Max = 3 }, []string{"$.sections[1].items[2].max max_options"}},
		"OneOption": {func(t *testing.T, q *survey.Questionnaire) {
			itemOf(t, q, "who").Options = itemOf(t, q, "who").Options[:1]
		}, []string{"$.sections[1].items[1].options few_options"}},
		"OptionCode":  {func(t *testing.T, q *survey.Questionnaire) { itemOf(t, q, "who").Options[1].Code = 254 }, []string{"$.sections[1].items[1].options[1].code option_range"}},
		"OptionTwice": {func(t *testing.T, q *survey.Questionnaire) { itemOf(t, q, "who").Options[1].Code = 1 }, []string{"$.sections[1].items[1].options[1].code option_twice"}},
		"OptionLabel": {func(t *testing.T, q *survey.Questionnaire) {
			itemOf(t, q, "who").Options[1].Label = survey.Text{"vi": "a"}
		}, []string{"$.sections[1].items[1].options[1].label text_missing"}},
		"ShowUnknown":   {func(t *testing.T, q *survey.Questionnaire) { itemOf(t, q, "wrong").ShowIf[0].Item = "none" }, []string{"$.sections[1].items[2].show_if[0].item show_item"}},
		"ShowLaterItem": {func(t *testing.T, q *survey.Questionnaire) { itemOf(t, q, "wrong").ShowIf[0].Item = "hours" }, []string{"$.sections[1].items[2].show_if[0].item show_item"}},
		"ShowNoCodes":   {func(t *testing.T, q *survey.Questionnaire) { itemOf(t, q, "wrong").ShowIf[0].In = nil }, []string{"$.sections[1].items[2].show_if[0] show_codes"}},
		"ShowCode":      {func(t *testing.T, q *survey.Questionnaire) { itemOf(t, q, "wrong").ShowIf[0].In = []int{1, 4} }, []string{"$.sections[1].items[2].show_if[0].in[1] show_code"}},
		"ShowNA":        {func(t *testing.T, q *survey.Questionnaire) { itemOf(t, q, "way").NA = nil }, []string{"$.sections[1].items[2].show_if[0].in[0] show_code"}},
		"Sensitive": {func(t *testing.T, q *survey.Questionnaire) {
			itemOf(t, q, "ethnicity").ShowIf[0] = survey.When{Item: "who", In: []int{1}}
		}, []string{"$.sections[1].items[5].sensitive sensitive"}},
		"OtherMeaning": {func(t *testing.T, q *survey.Questionnaire) { itemOf(t, q, "hours").Code = "code_of_other" }, []string{"$.sections[1].items[3].code code_meaning"}},
		"Scales": {func(_ *testing.T, q *survey.Questionnaire) {
			q.Scales[1] = survey.Scale{ID: "S 2", Points: []survey.Option{{Code: 2, Label: q.Title, Write: true}}}
			q.Sections[1].Items = q.Sections[1].Items[1:]
		}, []string{
			`$.scales[1].id id "S 2": write small letters, digits and hyphens`, "$.scales[1].points a scale needs at least two points",
			"$.scales[1].points[0].code code 2: the points of a scale are 1, 2, 3…, from the worst", "$.scales[1].points[0].write a point of a scale asks for no words",
			"$.scales[1].satisfied some, not all points must count as satisfied",
		}},
		"ScaleTwice": {func(_ *testing.T, q *survey.Questionnaire) { q.Scales = append(q.Scales, q.Scales[0]) }, []string{`$.scales[2].id id "s3" stands twice`}},
		"Satisfied": {
			func(_ *testing.T, q *survey.Questionnaire) { q.Scales[0].Satisfied = []int{1, 3} },
			[]string{"$.scales[0].satisfied[0] satisfied must be the upper end of the scale in rising order: 1 stands where 2 belongs"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := smallForm()
			tt.change(t, &q)
			other := survey.Questionnaire{
				Code: "other", Order: 8, Family: survey.Procedures, Sections: []survey.Section{{Items: []survey.Item{{Code: "code_of_other", Type: survey.TextItem}}}},
			}
			var got []string
			for _, p := range questions.CheckForm(q, []survey.Questionnaire{other, smallForm()}) {
				what := p.Key
				if what == "" {
					what = p.Text
				}
				got = append(got, p.Path+" "+what)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A form that carries no scales takes the known ones; its own go before them.
func TestReadFormTakesKnownScales(t *testing.T) {
	t.Parallel()
	q := smallForm()
	own := q.Scales
	q.Scales = own[:1]
	content, err := questions.WriteForm(&q)
	if err != nil {
		t.Fatal(err)
	}
	known := []survey.Scale{{ID: "s3", Points: own[0].Points, Satisfied: []int{3}}, own[1], {ID: "unused", Points: own[0].Points, Satisfied: []int{3}}}
	got, err := questions.ReadForm("small.yaml", content, known)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(own, got.Scales); diff != "" {
		t.Errorf("scales (-want +got):\n%s", diff)
	}
	_, err = questions.ReadForm("small.yaml", content, nil)
	var problems source.Problems
	if !errors.As(err, &problems) {
		t.Fatalf("without the known scales: error %v, want problems", err)
	}
	if len(problems) != 1 || problems[0].Key != "unknown_scale" {
		t.Errorf("without the known scales: %v, want one of unknown_scale", problems)
	}
}
