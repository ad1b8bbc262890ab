package survey_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"hailong/survey"
	"hailong/survey/surveytest"
)

func text(s string) survey.Text { return survey.Text{"vi": s, "en": s} }

// allTypes is a questionnaire with an item of each type.
func allTypes() *survey.Questionnaire {
	options := []survey.Option{{Code: 1, Label: text("a")}, {Code: 2, Label: text("b")}, {Code: 9, Label: text("other"), Write: true}}
	na := text("don't know")
	return &survey.Questionnaire{
		Code: "all", Version: 1, Family: survey.Procedures,
		Scales: []survey.Scale{{ID: "s3", Points: []survey.Option{{Code: 1, Label: text("bad")}, {Code: 2, Label: text("good")}, {Code: 3, Label: text("great")}}, Satisfied: []int{2, 3}}},
		Sections: []survey.Section{
			{Code: "one", Items: []survey.Item{
				{Code: "sector", Type: survey.SectorItem, Label: text("sector")},
				{Code: "overall", Type: survey.ScaleItem, Scale: "s3", Overall: true, Required: true, Label: text("overall")},
				{Code: "why", Type: survey.MultipleItem, Max: 2, Options: options, NA: na, ShowIf: []survey.When{{Item: "overall", In: []int{1}}}, Label: text("why")},
			}},
			{Code: "two", Items: []survey.Item{
				{Code: "one", Type: survey.SingleItem, Options: options, NA: na, Label: text("one")},
				{Code: "chain", Type: survey.SingleItem, Options: options, Required: true, ShowIf: []survey.When{{Item: "why", In: []int{2}}, {Item: "one", In: []int{0, 1}}}, Label: text("chain")},
				{Code: "count", Type: survey.NumberItem, Min: 0, Max: 100, NA: na, Label: text("count")},
				{Code: "agree", Type: survey.ConsentItem, Label: text("agree")},
				{Code: "words", Type: survey.TextItem, ShowIf: []survey.When{{Item: "agree", In: []int{1}}}, Label: text("words")},
			}},
		},
	}
}

func knownSector(id survey.SectorID) bool { return id == "land" || id == "other" }

func TestCheck(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ạ", survey.MaxText)
	for _, test := range []struct {
		name   string
		given  survey.Given
		fixed  survey.SectorID
		want   survey.CheckedAnswers
		fields map[string]string // expected messages by item
	}{
		{
			name:  "Everything",
			given: surveytest.Given("sector", "land", "overall", "1", "why", "9", "why", "2", "t.why", " vì thế ", "one", "na", "chain", "2", "count", "4,5", "agree", "1", "t.words", "a\r\nb"),
			want: survey.CheckedAnswers{
				Sector: "land",
				Answers: []survey.Answer{
					{Item: "overall", Codes: []int{1}},
					{Item: "why", Codes: []int{2, 9}},
					{Item: "one", Codes: []int{0}},
					{Item: "chain", Codes: []int{2}},
					{Item: "count", Number: 4.5},
					{Item: "agree", Codes: []int{1}},
				},
				Texts: []survey.Words{{Item: "why", Text: "vì thế"}, {Item: "words", Text: "a\nb"}},
			},
		},
		{
			name:  "OnlyRequired",
			given: surveytest.Given("overall", "3", "one", "", "t.words", " "),
			want:  survey.CheckedAnswers{Answers: []survey.Answer{{Item: "overall", Codes: []int{3}}}},
		},
		{
			name:  "HiddenAnswersAreDropped",
			given: surveytest.Given("overall", "3", "why", "2", "chain", "1", "t.words", "secret", "nonsense", "1", "t.nonsense", "x", "t.empty", " "),
			want:  survey.CheckedAnswers{Answers: []survey.Answer{{Item: "overall", Codes: []int{3}}}, Dropped: 5},
		},
		{
			name:  "HiddenAnswerOpensNothing",
			given: surveytest.Given("overall", "2", "why", "2", "one", "1", "chain", "1"),
			want: survey.CheckedAnswers{
				Answers: []survey.Answer{{Item: "overall", Codes: []int{2}}, {Item: "one", Codes: []int{1}}},
				Dropped: 2,
			},
		},
		{
			name:  "FixedSectorIsNotAsked",
			given: surveytest.Given("sector", "other", "overall", "3"), fixed: "land",
			want: survey.CheckedAnswers{Sector: "land", Answers: []survey.Answer{{Item: "overall", Codes: []int{3}}}, Dropped: 1},
		},
		{
			name:  "SameChoiceTwice",
			given: surveytest.Given("overall", "1", "why", "1", "why", "1", "why", "2"),
			want:  survey.CheckedAnswers{Answers: []survey.Answer{{Item: "overall", Codes: []int{1}}, {Item: "why", Codes: []int{1, 2}}}},
		},
		{
			name:  "WordsTickTheirOption",
			given: surveytest.Given("overall", "1", "t.why", "chờ lâu", "t.one", "khác"),
			want: survey.CheckedAnswers{
				Answers: []survey.Answer{{Item: "overall", Codes: []int{1}}, {Item: "why", Codes: []int{9}}, {Item: "one", Codes: []int{9}}},
				Texts:   []survey.Words{{Item: "why", Text: "chờ lâu"}, {Item: "one", Text: "khác"}},
			},
		},
		{
			name:  "WordsBesideAnotherChoiceAreKept",
			given: surveytest.Given("overall", "1", "why", "na", "t.why", "chờ lâu", "one", "2", "t.one", "vì gần"),
			want: survey.CheckedAnswers{
				Answers: []survey.Answer{{Item: "overall", Codes: []int{1}}, {Item: "why", Codes: []int{9}}, {Item: "one", Codes: []int{2}}},
				Texts:   []survey.Words{{Item: "why", Text: "chờ lâu"}, {Item: "one", Text: "vì gần"}},
			},
		},
		{
			name:  "UnseenCharactersAreDropped",
			given: surveytest.Given("overall", "1", "agree", "1", "t.words", "\u202Etốt\u202C \u2067l\u200Bắm\u2069\uFEFF 👩\u200D🌾"),
			want: survey.CheckedAnswers{
				Answers: []survey.Answer{{Item: "overall", Codes: []int{1}}, {Item: "agree", Codes: []int{1}}},
				Texts:   []survey.Words{{Item: "words", Text: "tốt lắm 👩\u200D🌾"}},
			},
		},
		{
			name:   "CodesHaveOneSpelling",
			given:  surveytest.Given("overall", "03", "one", "+1", "agree", "01"),
			fields: map[string]string{"overall": "answer.unknown_choice", "one": "answer.unknown_choice", "agree": "answer.unknown_choice"},
		},
		{
			name:   "RequiredMissing",
			given:  surveytest.Given("one", "1"),
			want:   survey.CheckedAnswers{Answers: []survey.Answer{{Item: "one", Codes: []int{1}}}},
			fields: map[string]string{"overall": "answer.required"},
		},
		{
			name:   "RequiredOnceShown",
			given:  surveytest.Given("overall", "1", "why", "2", "one", "1"),
			want:   survey.CheckedAnswers{Answers: []survey.Answer{{Item: "overall", Codes: []int{1}}, {Item: "why", Codes: []int{2}}, {Item: "one", Codes: []int{1}}}},
			fields: map[string]string{"chain": "answer.required"},
		},
		{
			name:  "EveryMistakeIsNamed",
			given: surveytest.Given("sector", "sea", "overall", "4", "one", "1", "one", "2", "count", "101", "agree", "2"),
			fields: map[string]string{
				"sector": "answer.unknown_choice", "overall": "answer.unknown_choice", "one": "answer.one_only",
				"count": "answer.out_of_range[0 100]", "agree": "answer.unknown_choice",
			},
		},
		{
			name:   "TooMany",
			given:  surveytest.Given("overall", "1", "why", "1", "why", "2", "why", "9"),
			want:   survey.CheckedAnswers{Answers: []survey.Answer{{Item: "overall", Codes: []int{1}}}},
			fields: map[string]string{"why": "answer.too_many[2]"},
		},
		{
			name:   "NotApplicableBesideAChoice",
			given:  surveytest.Given("overall", "1", "why", "na", "why", "1"),
			want:   survey.CheckedAnswers{Answers: []survey.Answer{{Item: "overall", Codes: []int{1}}}},
			fields: map[string]string{"why": "answer.na_alone"},
		},
		{
			name:   "NotApplicableNotOffered",
			given:  surveytest.Given("overall", "na", "one", "1"),
			want:   survey.CheckedAnswers{Answers: []survey.Answer{{Item: "one", Codes: []int{1}}}},
			fields: map[string]string{"overall": "answer.unknown_choice"},
		},
		{
			name:   "NoNumber",
			given:  surveytest.Given("overall", "3", "count", "NaN"),
			want:   survey.CheckedAnswers{Answers: []survey.Answer{{Item: "overall", Codes: []int{3}}}},
			fields: map[string]string{"count": "answer.not_a_number"},
		},
		{
			name:  "NumberUnknown",
			given: surveytest.Given("overall", "3", "count", "na"),
			want:  survey.CheckedAnswers{Answers: []survey.Answer{{Item: "overall", Codes: []int{3}}, {Item: "count", Codes: []int{0}}}},
		},
		{
			name:  "LongestText",
			given: surveytest.Given("overall", "3", "agree", "1", "t.words", long),
			want:  survey.CheckedAnswers{Answers: []survey.Answer{{Item: "overall", Codes: []int{3}}, {Item: "agree", Codes: []int{1}}}, Texts: []survey.Words{{Item: "words", Text: long}}},
		},
		{
			name:   "TextTooLong",
			given:  surveytest.Given("overall", "3", "agree", "1", "t.words", long+"!"),
			want:   survey.CheckedAnswers{Answers: []survey.Answer{{Item: "overall", Codes: []int{3}}, {Item: "agree", Codes: []int{1}}}},
			fields: map[string]string{"words": "answer.too_long[1000]"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			form := allTypes()
			sheet, err := form.Check(test.given, test.fixed, knownSector)
			for _, section := range form.Sections {
				for _, it := range section.Items {
					switch test.fields[it.Code] {
					case "answer.required":
						test.want.Missing = append(test.want.Missing, it.Code)
					case "answer.unknown_choice":
						test.want.Unknown = append(test.want.Unknown, it.Code)
					}
				}
			}
			if diff := cmp.Diff(test.want, sheet); diff != "" {
				t.Errorf("sheet (-want +got):\n%s", diff)
			}
			var e *survey.Error
			if errors.As(err, &e) != (test.fields != nil) {
				t.Fatalf("error %v", err)
			}
			if e == nil {
				return
			}
			got := map[string]string{}
			for item, m := range e.Fields {
				got[item] = m.String()
			}
			if diff := cmp.Diff(test.fields, got); diff != "" || e.Kind != survey.Invalid {
				t.Errorf("messages of %v (-want +got):\n%s", e.Kind, diff)
			}
		})
	}
}

func TestCheckRefusesNothing(t *testing.T) {
	t.Parallel()
	q := allTypes()
	q.Item("overall").Required = false
	for name, given := range map[string]survey.Given{
		"Blank":   surveytest.Given("overall", " ", "t.words", ""),
		"Unknown": surveytest.Given("nosuch", "1", "t.neither", "x"),
		"Hidden":  surveytest.Given("why", "2", "t.words", "x"),
	} {
		_, err := q.Check(given, "land", knownSector)
		var e *survey.Error
		if !errors.As(err, &e) || e.Key != "answer.none" {
			t.Errorf("%s: error %v, want answer.none", name, err)
		}
	}
}

// checkSheet holds what is true of every sheet, whatever was given.
func checkSheet(t interface{ Fatalf(string, ...any) }, q *survey.Questionnaire, given survey.Given) {
	sheet, err := q.Check(given, "", knownSector)
	chosen := map[string][]int{}
	last := -1
	items := q.Items()
	for _, a := range sheet.Answers {
		i := slices.IndexFunc(items, func(it *survey.Item) bool { return it.Code == a.Item })
		if i <= last {
			t.Fatalf("answers out of order: %v", sheet.Answers)
		}
		last = i
		it := items[i]
		if !it.Shown(func(item string) []int { return chosen[item] }) {
			t.Fatalf("an answer to %s was kept, which was not shown: %v", it.Code, sheet.Answers)
		}
		chosen[a.Item] = a.Codes
		for _, code := range a.Codes {
			offered := code == survey.NotApplicable && len(it.NA) > 0 && len(a.Codes) == 1 ||
				slices.ContainsFunc(q.Choices(it), func(o survey.Option) bool { return o.Code == code })
			if !offered {
				t.Fatalf("code %d of %s was kept, which is not offered", code, it.Code)
			}
		}
		if a.Codes == nil && (it.Type != survey.NumberItem || !(a.Number >= it.Min && a.Number <= it.Max)) {
			t.Fatalf("number %v of %s was kept", a.Number, it.Code)
		}
	}
	for _, w := range sheet.Texts {
		if !utf8.ValidString(w.Text) || !norm.NFC.IsNormalString(w.Text) || w.Text == "" || utf8.RuneCountInString(w.Text) > survey.MaxText {
			t.Fatalf("text %q was kept", w.Text)
		}
	}
	if err != nil {
		if !survey.Is(err, survey.Invalid) {
			t.Fatalf("error %v, want Invalid", err)
		}
		return
	}
	again, err := q.Check(q.Given(sheet), "", knownSector)
	sheet.Dropped = 0
	if diff := cmp.Diff(sheet, again); diff != "" || err != nil {
		t.Fatalf("what was kept, given again, is not kept alike: error %v\n%s", err, diff)
	}
}

func TestCheckKeepsOnlyWhatMayBe(t *testing.T) {
	t.Parallel()
	q := allTypes()
	value := rapid.OneOf(
		rapid.SampledFrom([]string{"", "0", "1", "2", "3", "9", "na", "land", "other", "100", "-1", "2.5", "2,5", "1e2", " 1 "}),
		rapid.String(),
	)
	rapid.Check(t, func(t *rapid.T) {
		given := survey.Given{Codes: map[string][]string{}, Texts: map[string]string{}}
		for _, it := range q.Items() {
			if raw := rapid.SliceOfN(value, 0, 3).Draw(t, it.Code); len(raw) > 0 {
				given.Codes[it.Code] = raw
			}
			if rapid.Bool().Draw(t, "writes "+it.Code) {
				given.Texts[it.Code] = rapid.String().Draw(t, "text "+it.Code)
			}
		}
		checkSheet(t, q, given)
	})
}

func FuzzCheck(f *testing.F) {
	q := allTypes()
	f.Add("1", "2", "na", "4,5", "vì\tthế", "a\x00\u0301")
	f.Add("3", "", "9", "0x1p-2", "\xff", "x")
	f.Fuzz(func(t *testing.T, overall, why, one, count, other, words string) {
		checkSheet(t, q, surveytest.Given("overall", overall, "why", why, "one", one, "count", count, "agree", "1", "chain", one, "t.why", other, "t.words", words))
	})
}

// A number that is not known is a code like any other to a condition on it; a
// number that is given is none.
func TestConditionOnANumberNotKnown(t *testing.T) {
	t.Parallel()
	q := &survey.Questionnaire{Sections: []survey.Section{{Items: []survey.Item{
		{Code: "days", Type: survey.NumberItem, Max: 100, NA: text("don't know"), Label: text("days")},
		{Code: "why", Type: survey.SingleItem, Options: []survey.Option{{Code: 1, Label: text("a")}}, ShowIf: []survey.When{{Item: "days", In: []int{survey.NotApplicable}}}, Label: text("why")},
	}}}}
	for days, want := range map[string]survey.CheckedAnswers{
		survey.NA: {Answers: []survey.Answer{{Item: "days", Codes: []int{survey.NotApplicable}}, {Item: "why", Codes: []int{1}}}},
		"3":       {Answers: []survey.Answer{{Item: "days", Number: 3}}, Dropped: 1},
	} {
		sheet, err := q.Check(surveytest.Given("days", days, "why", "1"), "", knownSector)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, sheet); diff != "" {
			t.Errorf("after %q days (-want +got):\n%s", days, diff)
		}
	}
}
