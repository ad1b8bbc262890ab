package questions_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/questions"
)

// twoSections is a questionnaire of the sections one: a, b and two: c, d, where
// d is asked after certain answers to a and to b.
func twoSections() *survey.Questionnaire {
	item := func(code, scale string, conditions ...string) survey.Item {
		it := survey.Item{Code: code, Type: survey.ScaleItem, Scale: scale}
		for _, on := range conditions {
			it.ShowIf = append(it.ShowIf, survey.When{Item: on, In: []int{1}})
		}
		return it
	}
	return &survey.Questionnaire{
		Scales: []survey.Scale{{ID: "five"}, {ID: "three"}},
		Sections: []survey.Section{
			{Code: "one", Items: []survey.Item{item("a", "three"), item("b", "five")}},
			{Code: "two", Items: []survey.Item{item("c", "five"), item("d", "five", "a", "b")}},
		},
	}
}

// outline writes the order of a questionnaire's parts, with the conditions and
// the scales: "one: a b; two: c d[a b] (five three)".
func outline(q *survey.Questionnaire) string {
	var sections, scales []string
	for _, section := range q.Sections {
		words := section.Code + ":"
		for _, it := range section.Items {
			words += " " + it.Code
			var on []string
			for _, w := range it.ShowIf {
				on = append(on, w.Item)
			}
			if len(on) > 0 {
				words += "[" + strings.Join(on, " ") + "]"
			}
		}
		sections = append(sections, words)
	}
	for _, scale := range q.Scales {
		scales = append(scales, scale.ID)
	}
	return strings.Join(sections, "; ") + " (" + strings.Join(scales, " ") + ")"
}

func TestPartsOfADraftAreChanged(t *testing.T) {
	t.Parallel()
	scale := func(code string) survey.Item {
		return survey.Item{Code: code, Type: survey.ScaleItem, Scale: "five"}
	}
	tests := map[string]struct {
		change func(q *survey.Questionnaire)
		want   string
	}{
		"AddItem":                    {func(q *survey.Questionnaire) { questions.AddItem(q, scale("x"), "one") }, "one: a b x; two: c d[a b] (five three)"},
		"AddItemWithoutItsSection":   {func(q *survey.Questionnaire) { questions.AddItem(q, scale("x"), "none") }, "one: a b; two: c d[a b] x (five three)"},
		"ReplaceItem":                {func(q *survey.Questionnaire) { questions.ReplaceItem(q, "b", scale("b"), "one") }, "one: a b; two: c d[a b] (five three)"},
		"RenameItem":                 {func(q *survey.Questionnaire) { questions.ReplaceItem(q, "a", scale("x"), "one") }, "one: x b; two: c d[x b] (five three)"},
		"ItemToAnotherSection":       {func(q *survey.Questionnaire) { questions.ReplaceItem(q, "a", scale("a"), "two") }, "one: b; two: c d[a b] a (five three)"},
		"ItemToNoSection":            {func(q *survey.Questionnaire) { questions.ReplaceItem(q, "a", scale("a"), "none") }, "one: a b; two: c d[a b] (five three)"},
		"ReplaceNoItem":              {func(q *survey.Questionnaire) { questions.ReplaceItem(q, "none", scale("x"), "one") }, "one: a b; two: c d[a b] (five three)"},
		"MoveSectionUp":              {func(q *survey.Questionnaire) { questions.MoveSection(q, "two", true) }, "two: c d[a b]; one: a b (five three)"},
		"MoveSectionDown":            {func(q *survey.Questionnaire) { questions.MoveSection(q, "one", false) }, "two: c d[a b]; one: a b (five three)"},
		"MoveFirstSectionUp":         {func(q *survey.Questionnaire) { questions.MoveSection(q, "one", true) }, "one: a b; two: c d[a b] (five three)"},
		"MoveLastSectionDown":        {func(q *survey.Questionnaire) { questions.MoveSection(q, "two", false) }, "one: a b; two: c d[a b] (five three)"},
		"MoveNoSection":              {func(q *survey.Questionnaire) { questions.MoveSection(q, "none", false) }, "one: a b; two: c d[a b] (five three)"},
		"MoveItemUp":                 {func(q *survey.Questionnaire) { questions.MoveItem(q, "b", true) }, "one: b a; two: c d[a b] (five three)"},
		"MoveItemDown":               {func(q *survey.Questionnaire) { questions.MoveItem(q, "a", false) }, "one: b a; two: c d[a b] (five three)"},
		"MoveItemToTheSectionBefore": {func(q *survey.Questionnaire) { questions.MoveItem(q, "c", true) }, "one: a b c; two: d[a b] (five three)"},
		"MoveItemToTheSectionAfter":  {func(q *survey.Questionnaire) { questions.MoveItem(q, "b", false) }, "one: a; two: b c d[a b] (five three)"},
		"MoveFirstItemUp":            {func(q *survey.Questionnaire) { questions.MoveItem(q, "a", true) }, "one: a b; two: c d[a b] (five three)"},
		"MoveLastItemDown":           {func(q *survey.Questionnaire) { questions.MoveItem(q, "d", false) }, "one: a b; two: c d[a b] (five three)"},
		"MoveNoItem":                 {func(q *survey.Questionnaire) { questions.MoveItem(q, "none", true) }, "one: a b; two: c d[a b] (five three)"},
		"RemoveItem":                 {func(q *survey.Questionnaire) { questions.RemoveItem(q, "a") }, "one: b; two: c d[b] (five)"},
		"RemoveNoItem":               {func(q *survey.Questionnaire) { questions.RemoveItem(q, "none") }, "one: a b; two: c d[a b] (five three)"},
		"RemoveSection":              {func(q *survey.Questionnaire) { questions.RemoveSection(q, "one") }, "two: c d (five)"},
		"RemoveNoSection":            {func(q *survey.Questionnaire) { questions.RemoveSection(q, "none") }, "one: a b; two: c d[a b] (five three)"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := twoSections()
			test.change(q)
			if diff := cmp.Diff(test.want, outline(q)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A questionnaire without a section has no place for an item.
func TestAddItemWithoutAnySection(t *testing.T) {
	t.Parallel()
	q := &survey.Questionnaire{}
	questions.AddItem(q, survey.Item{Code: "x"}, "")
	if n := len(q.Items()); n != 0 {
		t.Errorf("%d items, want none", n)
	}
}
