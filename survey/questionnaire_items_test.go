package survey_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
)

func TestQuestionnaireItems(t *testing.T) {
	t.Parallel()
	scale := func(code string) survey.Item { return survey.Item{Code: code, Type: survey.ScaleItem, Scale: "s"} }
	item := func(code string, change func(*survey.Item)) survey.Item {
		it := scale(code)
		change(&it)
		return it
	}
	q := &survey.Questionnaire{
		Code: "q", Version: 12,
		Scales: []survey.Scale{{ID: "s", Points: []survey.Option{{Code: 1}, {Code: 2}}}},
		Sections: []survey.Section{
			{Items: []survey.Item{scale("d1"), item("hidden", func(it *survey.Item) { it.ShowIf = []survey.When{{Item: "d1", In: []int{1}}} })}},
			{Items: []survey.Item{scale("d2"), scale("d3"), item("own", func(it *survey.Item) { it.Sensitive = true })}},
			{Items: []survey.Item{
				item("all", func(it *survey.Item) { it.Overall = true }),
				{Code: "c", Type: survey.ConsentItem, Label: text("yes")},
				{Code: "one", Type: survey.SingleItem, Options: []survey.Option{{Code: 7}}},
				{Code: "n", Type: survey.NumberItem},
				{Code: "lost", Type: survey.ScaleItem, Scale: "gone", Sensitive: true},
			}},
		},
	}
	if got := q.Ref().ID(); got != "q@12" {
		t.Errorf("id %q, want q@12", got)
	}
	if overall := q.Overall(); overall == nil || overall.Code != "all" {
		t.Errorf("overall question %+v, want all", overall)
	}
	var again []string
	for _, it := range q.AskAgain() {
		again = append(again, it.Code)
	}
	if diff := cmp.Diff([]string{"all", "d2"}, again); diff != "" {
		t.Errorf("asked again (-want +got):\n%s", diff)
	}
	for code, want := range map[string][]survey.Option{
		"d1": {{Code: 1}, {Code: 2}}, "c": {{Code: 1, Label: text("yes")}}, "one": {{Code: 7}}, "n": nil, "lost": nil,
	} {
		if diff := cmp.Diff(want, q.Choices(q.Item(code))); diff != "" {
			t.Errorf("choices of %s (-want +got):\n%s", code, diff)
		}
	}
	if got := (&survey.Questionnaire{}).AskAgain(); len(got) != 0 {
		t.Errorf("%d items of none are asked again", len(got))
	}
}

// At a kiosk one press answers everything.
func TestSuitsKiosk(t *testing.T) {
	t.Parallel()
	form := func(items ...survey.Item) *survey.Questionnaire {
		return &survey.Questionnaire{Sections: []survey.Section{{Items: items}}}
	}
	overall := survey.Item{Code: "all", Type: survey.ScaleItem, Overall: true}
	for name, tt := range map[string]struct {
		form *survey.Questionnaire
		want bool
	}{
		"Overall":  {form(overall, survey.Item{Code: "t", Type: survey.TextItem}), true},
		"AndIndex": {form(overall, survey.Item{Code: "d", Type: survey.ScaleItem, Factor: "f"}), false},
		"Nothing":  {form(survey.Item{Code: "t", Type: survey.TextItem}), false},
		"NoForm":   {nil, false},
	} {
		if got := tt.form.SuitsKiosk(); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}
