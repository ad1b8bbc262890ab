package survey_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
)

// bilingual is a form of one question of each kind with every text that a person
// reads, in Vietnamese and English.
func bilingual() survey.Questionnaire {
	text := func() survey.Text { return survey.Text{"vi": "Chữ", "en": "Words"} }
	return survey.Questionnaire{
		Title: text(), Intro: text(), Source: text(),
		Scales: []survey.Scale{{ID: "faces", Points: []survey.Option{{Code: 1, Label: text()}, {Code: 2, Label: text()}}}},
		Sections: []survey.Section{{Code: "s", Title: text(), Lead: text(), Items: []survey.Item{
			{Code: "overall", Type: survey.ScaleItem, Scale: "faces", Label: text(), Hint: text(), NA: text()},
			{Code: "who", Type: survey.SingleItem, Label: text(), Options: []survey.Option{{Code: 1, Label: text()}, {Code: 2, Label: text()}}},
			{Code: "consent", Type: survey.ConsentItem, Label: text()},
		}}},
	}
}

// A form can be asked in a language if nothing that a person reads is missing in
// it. What the form does not have at all is not missing.
func TestQuestionnaireIsComplete(t *testing.T) {
	t.Parallel()
	item := func(q *survey.Questionnaire) *survey.Item { return &q.Sections[0].Items[0] }
	for name, tt := range map[string]struct {
		change   func(*survey.Questionnaire)
		complete bool
	}{
		"AsItIs":       {func(*survey.Questionnaire) {}, true},
		"NoTitle":      {func(q *survey.Questionnaire) { delete(q.Title, "en") }, false},
		"NoIntro":      {func(q *survey.Questionnaire) { delete(q.Intro, "en") }, false},
		"IntroOfSpace": {func(q *survey.Questionnaire) { q.Intro["en"] = "  " }, false},
		"NoSection":    {func(q *survey.Questionnaire) { delete(q.Sections[0].Title, "en") }, false},
		"NoLabel":      {func(q *survey.Questionnaire) { delete(item(q).Label, "en") }, false},
		"NoScalePoint": {func(q *survey.Questionnaire) { delete(q.Scales[0].Points[1].Label, "en") }, false},
		"NoOption":     {func(q *survey.Questionnaire) { delete(q.Sections[0].Items[1].Options[1].Label, "en") }, false},
		// These may be absent altogether, but not in one language alone.
		"LeadInOneLanguage":          {func(q *survey.Questionnaire) { delete(q.Sections[0].Lead, "en") }, false},
		"HintInOneLanguage":          {func(q *survey.Questionnaire) { delete(item(q).Hint, "en") }, false},
		"NotApplicableInOneLanguage": {func(q *survey.Questionnaire) { delete(item(q).NA, "en") }, false},
		"NoLeadHintOrNotApplicable":  {func(q *survey.Questionnaire) { q.Sections[0].Lead, item(q).Hint, item(q).NA = nil, nil, nil }, true},
		"NoLabelEither": {func(q *survey.Questionnaire) {
			q.Sections[0].Lead, item(q).Hint, item(q).NA, item(q).Label = nil, nil, nil, nil
		}, false},
		"NoSource": {func(q *survey.Questionnaire) { delete(q.Source, "en") }, true}, // nobody who answers reads it
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := bilingual()
			tt.change(&q)
			if got := q.Complete("en"); got != tt.complete {
				t.Errorf("complete in English: %t, want %t", got, tt.complete)
			}
			if q.Complete("hni") {
				t.Error("it is complete in a language of which it has no word")
			}
		})
	}
}

// The languages of a form are those that any of its texts is written in.
func TestLanguages(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(*survey.Questionnaire, survey.Text){
		"Title":   func(q *survey.Questionnaire, text survey.Text) { q.Title = text },
		"Factor":  func(q *survey.Questionnaire, text survey.Text) { q.Factors = []survey.Factor{{Code: "f", Name: text}} },
		"Scale":   func(q *survey.Questionnaire, text survey.Text) { q.Scales[0].Points[0].Label = text },
		"Section": func(q *survey.Questionnaire, text survey.Text) { q.Sections[0].Lead = text },
		"Item":    func(q *survey.Questionnaire, text survey.Text) { q.Sections[0].Items[0].NA = text },
		"Option":  func(q *survey.Questionnaire, text survey.Text) { q.Sections[0].Items[1].Options[0].Label = text },
	} {
		q := bilingual()
		set(&q, survey.Text{"hmn": "a", "blt": "b"})
		if diff := cmp.Diff([]survey.Lang{"vi", "en", "blt", "hmn"}, q.Languages()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if diff := cmp.Diff([]survey.Lang{"vi", "en"}, (&survey.Questionnaire{}).Languages()); diff != "" {
		t.Errorf("of an empty form (-want +got):\n%s", diff)
	}
}
