package questions_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/questions"
)

// smallForm is a form of two sections that keeps every rule.
func smallForm() survey.Questionnaire {
	text := func(s string) survey.Text { return survey.Text{"vi": s, "en": s + "!"} }
	options := func(labels ...string) []survey.Option {
		var all []survey.Option
		for i, label := range labels {
			all = append(all, survey.Option{Code: i + 1, Label: text(label)})
		}
		return all
	}
	return survey.Questionnaire{
		ID: "small@1", Code: "small", Version: 1, Rev: 1, Order: 1, Family: survey.Procedures, Title: text("title"), Intro: text("intro"), Source: text("source"),
		Scales:  []survey.Scale{{ID: "s3", Points: options("bad", "good", "best"), Satisfied: []int{2, 3}}, {ID: "s2", Points: options("no", "yes"), Satisfied: []int{2}}},
		Factors: []survey.Factor{{Code: "access", Name: text("access")}, {Code: "staff", Name: text("staff")}},
		Sections: []survey.Section{
			{Code: "visit", Title: text("visit"), Lead: text("lead"), Items: []survey.Item{
				{Code: "overall", Type: survey.ScaleItem, Scale: "s3", Label: text("overall"), Overall: true, Required: true},
				{Code: "way", Type: survey.ScaleItem, Scale: "s3", Label: text("way"), Factor: "access", NA: text("none")},
				{Code: "staff", Type: survey.ScaleItem, Scale: "s3", Label: text("staff"), Hint: text("hint"), Factor: "staff"},
			}},
			{Code: "person", Title: text("person"), Items: []survey.Item{
				{Code: "yes", Type: survey.ScaleItem, Scale: "s2", Label: text("yes")},
				{Code: "who", Type: survey.SingleItem, Label: text("who"), Options: options("me", "firm"), NA: text("none")},
				{Code: "wrong", Type: survey.MultipleItem, Label: text("wrong"), Options: options("late", "rude"), Max: 2, ShowIf: []survey.When{{Item: "way", In: []int{0, 1}}}},
				{Code: "hours", Type: survey.NumberItem, Label: text("hours"), Min: 0, Max: 12.5},
				{Code: "consent", Type: survey.ConsentItem, Label: text("consent")},
				{Code: "ethnicity", Type: survey.TextItem, Label: text("ethnicity"), Sensitive: true, ShowIf: []survey.When{{Item: "consent", In: []int{1}}}},
			}},
		},
	}
}

// itemOf returns an item of a form to be changed.
func itemOf(t *testing.T, q *survey.Questionnaire, code string) *survey.Item {
	t.Helper()
	it := q.Item(code)
	if it == nil {
		t.Fatalf("the form has no item %s", code)
	}
	return it
}

// What differs between two versions is told part by part, as a person reads it.
func TestCompareForms(t *testing.T) {
	t.Parallel()
	changed := func(part, code, field, before, after string) questions.FormChange {
		return questions.FormChange{Kind: "changed", Part: part, Code: code, Field: field, Before: before, After: after}
	}
	for name, tt := range map[string]struct {
		change func(t *testing.T, q *survey.Questionnaire)
		want   []questions.FormChange
	}{
		"Nothing": {func(*testing.T, *survey.Questionnaire) {}, nil},
		"Revision": {func(_ *testing.T, q *survey.Questionnaire) {
			q.ID, q.Version, q.Rev, q.Order, q.Draft = "small@2", 2, 9, 7, true
		}, nil},
		"EmptyTextIsNone": {func(t *testing.T, q *survey.Questionnaire) { itemOf(t, q, "way").Hint = survey.Text{"vi": ""} }, nil},
		"Head": {func(_ *testing.T, q *survey.Questionnaire) {
			q.Family, q.Level, q.Source = survey.Education, survey.Primary, survey.Text{"vi": "nguồn"}
		}, []questions.FormChange{
			changed("form", "", "source", "vi: source\nen: source!", "vi: nguồn"), changed("form", "", "family", "tthc", "edu"), changed("form", "", "level", "", "primary"),
		}},
		"LanguageInItsPlace": {
			func(_ *testing.T, q *survey.Questionnaire) { q.Title["hmn"], q.Title["en"] = "c", "b" },
			[]questions.FormChange{changed("form", "", "title", "vi: title\nen: title!", "vi: title\nen: b\nhmn: c")},
		},
		"Scale": {func(_ *testing.T, q *survey.Questionnaire) { q.Scales[1].Satisfied = []int{1, 2} }, []questions.FormChange{changed("form", "", "scales",
			"s3: 1. vi: bad / en: bad!\n2. vi: good / en: good!\n3. vi: best / en: best![2 3]\ns2: 1. vi: no / en: no!\n2. vi: yes / en: yes![2]",
			"s3: 1. vi: bad / en: bad!\n2. vi: good / en: good!\n3. vi: best / en: best![2 3]\ns2: 1. vi: no / en: no!\n2. vi: yes / en: yes![1 2]")}},
		"FactorRenamed": {
			func(_ *testing.T, q *survey.Questionnaire) { q.Factors[0].Name = survey.Text{"vi": "đường đi"} },
			[]questions.FormChange{changed("factor", "access", "name", "vi: access\nen: access!", "vi: đường đi")},
		},
		"SectionReworded": {
			func(_ *testing.T, q *survey.Questionnaire) {
				q.Sections[0].Title, q.Sections[0].Lead = survey.Text{"vi": "lần này"}, nil
			},
			[]questions.FormChange{changed("section", "visit", "title", "vi: visit\nen: visit!", "vi: lần này"), changed("section", "visit", "lead", "vi: lead\nen: lead!", "")},
		},
		"ItemReworded": {func(t *testing.T, q *survey.Questionnaire) {
			it := itemOf(t, q, "way")
			it.Label, it.NA, it.Required, it.Scale, it.Factor = survey.Text{"vi": "đường"}, nil, true, "s2", "staff"
		}, []questions.FormChange{
			changed("item", "way", "label", "vi: way\nen: way!", "vi: đường"), changed("item", "way", "scale", "s3", "s2"),
			changed("item", "way", "na", "vi: none\nen: none!", ""), changed("item", "way", "required", "", "✓"), changed("item", "way", "factor", "access", "staff"),
		}},
		"ItemOfAnotherType": {func(t *testing.T, q *survey.Questionnaire) {
			it := itemOf(t, q, "hours")
			it.Type, it.Min, it.Max = survey.TextItem, 0, 0
		}, []questions.FormChange{changed("item", "hours", "type", "number", "text"), changed("item", "hours", "range", "0 – 12.5", "")}},
		"Options": {func(t *testing.T, q *survey.Questionnaire) {
			it := itemOf(t, q, "who")
			it.Options = append(slices.Clone(it.Options), survey.Option{Code: 9, Label: survey.Text{"vi": "khác"}, Write: true})
		}, []questions.FormChange{changed("item", "who", "options", "1. vi: me / en: me!\n2. vi: firm / en: firm!", "1. vi: me / en: me!\n2. vi: firm / en: firm!\n9. vi: khác …")}},
		"Conditions": {func(t *testing.T, q *survey.Questionnaire) {
			it := itemOf(t, q, "wrong")
			it.ShowIf = []survey.When{{Item: "way", In: []int{1}}, {Item: "who", In: []int{2}}}
		}, []questions.FormChange{changed("item", "wrong", "show_if", "way = 0, 1", "way = 1; who = 2")}},
		"Flags": {func(t *testing.T, q *survey.Questionnaire) {
			itemOf(t, q, "overall").Overall, itemOf(t, q, "ethnicity").Sensitive = false, false
		}, []questions.FormChange{changed("item", "overall", "overall", "✓", ""), changed("item", "ethnicity", "sensitive", "✓", "")}},
		"ItemAdded": {func(_ *testing.T, q *survey.Questionnaire) {
			q.Sections[0].Items = append(q.Sections[0].Items, survey.Item{Code: "new", Type: survey.TextItem, Label: survey.Text{"vi": "mới"}})
		}, []questions.FormChange{{Kind: "added", Part: "item", Code: "new"}}},
		"ItemRemoved": {
			func(_ *testing.T, q *survey.Questionnaire) { q.Sections[0].Items = q.Sections[0].Items[:2] },
			[]questions.FormChange{{Kind: "removed", Part: "item", Code: "staff"}},
		},
		"ItemMoved": {func(_ *testing.T, q *survey.Questionnaire) {
			items := q.Sections[0].Items
			q.Sections[0].Items = []survey.Item{items[2], items[0], items[1]}
		}, []questions.FormChange{{Kind: "moved", Part: "item", Code: "staff"}}},
		"ItemInAnotherSection": {func(_ *testing.T, q *survey.Questionnaire) {
			q.Sections[1].Items = append([]survey.Item{q.Sections[0].Items[2]}, q.Sections[1].Items...)
			q.Sections[0].Items = q.Sections[0].Items[:2]
		}, []questions.FormChange{changed("item", "staff", "section", "visit", "person")}},
		"SectionsSwapped": {func(_ *testing.T, q *survey.Questionnaire) {
			q.Sections[0].Items, q.Sections[1].Items = nil, nil
			slices.Reverse(q.Sections)
		}, []questions.FormChange{
			{Kind: "moved", Part: "section", Code: "visit"},
			{Kind: "removed", Part: "item", Code: "overall"},
			{Kind: "removed", Part: "item", Code: "way"},
			{Kind: "removed", Part: "item", Code: "staff"},
			{Kind: "removed", Part: "item", Code: "yes"},
			{Kind: "removed", Part: "item", Code: "who"},
			{Kind: "removed", Part: "item", Code: "wrong"},
			{Kind: "removed", Part: "item", Code: "hours"},
			{Kind: "removed", Part: "item", Code: "consent"},
			{Kind: "removed", Part: "item", Code: "ethnicity"},
		}},
		"FactorReplaced": {
			func(_ *testing.T, q *survey.Questionnaire) {
				q.Factors = []survey.Factor{{Code: "result"}, q.Factors[1]}
			},
			[]questions.FormChange{{Kind: "removed", Part: "factor", Code: "access"}, {Kind: "added", Part: "factor", Code: "result"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before, after := smallForm(), smallForm()
			tt.change(t, &after)
			got := questions.CompareForms(&before, &after)
			for i := range got {
				if got[i].Part != "form" && len(got[i].Label) == 0 && got[i].Code != "result" {
					t.Errorf("%s %s has no label", got[i].Part, got[i].Code)
				}
				got[i].Label = nil
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
