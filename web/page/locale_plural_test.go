package page

import (
	"encoding/json"
	"html/template"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"hailong/survey"
)

func TestSentencesFollowTheirNumber(t *testing.T) {
	t.Parallel()
	locales := mustLocales(t)
	vi, en := locales[survey.Vietnamese], locales[survey.English]
	for _, c := range []struct{ name, got, want string }{
		{"None", en.T("point.made_count", 0), "0 points were made."},
		{"One", en.T("point.made_count", 1), "1 point was made."},
		{"Two", en.T("point.made_count", 2), "2 points were made."},
		{"TwentyOne", en.T("point.made_count", 21), "21 points were made."},
		{"Int64", en.T("results.n", int64(1)), "1 respondent"},
		{"WholeFloat", en.T("results.n", 1.0), "1 respondent"},
		{"Fraction", en.T("results.n", 1.5), "1.5 respondents"},
		{"SecondNumber", en.T("staff.home.task_batch", "Bum Tở", 1), "Bum Tở: 1 form to enter"},
		{"SecondNumberTwo", en.T("staff.home.task_batch", "Bum Tở", 2), "Bum Tở: 2 forms to enter"},
		{"Vietnamese", vi.T("point.made_count", 1), "Đã tạo 1 điểm."},
		{"VietnameseTwo", vi.T("point.made_count", 2), "Đã tạo 2 điểm."},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
}

// Every sentence with plural forms reads otherwise at 1 than at 2, and at 1 no
// plural noun stands after the number.
func TestPluralSentencesReadRightAtOne(t *testing.T) {
	t.Parallel()
	l := mustLocales(t)[survey.English]
	found := 0
	for key, s := range l.Messages {
		if !s.Plural() {
			continue
		}
		found++
		args := func(n int) []any {
			args := []any{7, 7, 7}
			args[s.Count] = n
			return args
		}
		one, two := l.T(key, args(1)...), l.T(key, args(2)...)
		if strings.ReplaceAll(one, "1", "2") == two {
			t.Errorf("%s: %q and %q differ in nothing but the number", key, one, two)
		}
		if after := regexp.MustCompile(`\b1 (\w+ )?\w+s\b`).FindString(one); pluralNoun(after) {
			t.Errorf("%s: %q reads wrong: %q", key, one, after)
		}
	}
	if found < 30 {
		t.Errorf("%d sentences have plural forms, want those of every count", found)
	}
}

// notNouns are the words with an s at their end that follow a number without
// being counted by it: verbs after something that has a number for its name.
var notNouns = []string{"across", "allows", "as", "asks", "does", "ends", "has", "is", "lies", "means", "stops", "this", "was"}

// pluralNoun reports whether words end in what looks like an English plural.
func pluralNoun(words string) bool {
	for word := range strings.FieldsSeq(words) {
		if slices.Contains(notNouns, word) {
			return false // what follows is no longer counted
		}
	}
	return strings.HasSuffix(words, "s")
}

// neverOne are the sentences whose number is fixed above 1, with the reason.
var neverOne = map[string][]string{
	"a limit that the program sets": {
		"answer.too_long", "api.too_many", "batch.bad_title", "batch.too_many", "campaign.bad_reason", "campaign.bad_title",
		"code.bad_length", "form.at_most", "list.file_long", "plan.bad_cells", "point.long_label", "point.print_many",
		"point.too_many", "sample.long_contact", "sample.too_many", "unit.long_name", "user.password_short", "void.bad_reason",
	},
	"the least size of a group that is shown, which is 5 or more": {"results.few", "results.hidden", "results.suppressed"},
	"a number of days that the program sets": {
		"point.no_response", "point.quiet_days", "point.recent", "progress.assumption", "staff.home.recent",
	},
	"a sample size that is asked for only above the least number for a conclusion": {"results.needed"},
	"the whole of a list of which a part is named":                                 {"sample.cut_short"},
	"a scale has two points at least":                                              {"questionnaire.rule.index_points"},
	"the number is a surveyor’s name":                                              {"recheck.failed.text"},
}

// A bare number before a plural noun reads wrong at 1: the sentence needs
// plural forms, or the number after a colon.
func TestNoBareNumberBeforeAPluralNoun(t *testing.T) {
	t.Parallel()
	counted := regexp.MustCompile(`\{\d+\} ([a-z]+ )?[a-z]+s\b`)
	l := mustLocales(t)[survey.English]
	exceptions := map[string]bool{}
	for _, keys := range neverOne {
		for _, key := range keys {
			exceptions[key] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(l.Messages)) {
		s := l.Messages[key]
		if s.Plural() {
			continue
		}
		bare := ""
		for _, m := range counted.FindAllString(s.Other, -1) {
			if _, words, _ := strings.Cut(m, " "); pluralNoun(words) {
				bare = m
			}
		}
		switch {
		case bare != "" && !exceptions[key]:
			t.Errorf("%s: %q needs plural forms, or the number after a colon", key, bare)
		case bare == "" && exceptions[key]:
			t.Errorf("%s: the exception is no longer needed", key)
		}
	}
}

func TestFaultsOfALocaleAreFound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, vi, en, want string }{
		{"Agree", `{"a": "{0} điểm"}`, `{"a": {"one": "{0} point", "other": "{0} points"}}`, ""},
		{"Count", `{"a": "{0}: {1} điểm"}`, `{"a": {"count": "{1}", "one": "{0}: {1} point", "other": "{0}: {1} points"}}`, ""},
		{"MissingInEnglish", `{"a": "x"}`, `{}`, `en.json has no "a"`},
		{"MissingInVietnamese", `{}`, `{"a": "x"}`, `vi.json has no "a"`},
		{"OtherArguments", `{"a": "{0} {1}"}`, `{"a": "{0}"}`, "arguments [{0}], want [{0} {1}]"},
		{"FormWithoutArgument", `{"a": "{0} điểm"}`, `{"a": {"one": "one point", "other": "{0} points"}}`, "arguments [], want [{0}]"},
		{"FormMissing", `{"a": "{0} điểm"}`, `{"a": {"other": "{0} points"}}`, `"one": needed true, there false`},
		{"OtherMissing", `{"a": "{0} điểm"}`, `{"a": {"one": "{0} point"}}`, `"other": needed true, there false`},
		{"FormTooMany", `{"a": {"one": "{0} điểm", "other": "{0} điểm"}}`, `{"a": "{0}"}`, `"one": needed false, there true`},
		{"CountIsNoArgument", `{"a": "{0} điểm"}`, `{"a": {"count": "{3}", "one": "{0} point", "other": "{0} points"}}`, "{3} is not an argument"},
		{"Empty", `{"a": "x"}`, `{"a": ""}`, "is empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			locales := map[survey.Lang]*Locale{}
			for lang, file := range map[survey.Lang]string{survey.Vietnamese: c.vi, survey.English: c.en} {
				l := &Locale{Lang: lang, Tag: language.Make(string(lang))}
				if err := json.Unmarshal([]byte(file), &l.Messages); err != nil {
					t.Fatal(err)
				}
				locales[lang] = l
			}
			err := checkLocales(locales)
			if c.want == "" {
				if err != nil {
					t.Errorf("%v, want no fault", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestFaultsOfASentenceAreFound(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		`{"several": "x"}`:            `"several" is not a plural form`,
		`{"count": "n", "other": ""}`: `"n" is not an argument`,
		`7`:                           "cannot unmarshal",
	} {
		var s Sentence
		if err := json.Unmarshal([]byte(file), &s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", file, err, want)
		}
	}
}

// A template that gives a plural sentence no number is a start error.
func TestTemplatesGiveTheNumber(t *testing.T) {
	t.Parallel()
	l := mustLocales(t)[survey.English]
	for text, wrong := range map[string]bool{
		`{{t "point.made_count" .N}}`:              false,
		`{{t "staff.home.task_batch" .Title .N}}`:  false,
		`{{t "point.made_count"}}`:                 true,
		`{{t "point.made_count" "{0}"}}`:           true,
		`{{t "staff.home.task_batch" .Title}}`:     true,
		`{{t "staff.home.task_batch" .Title "x"}}`: true,
	} {
		set := template.Must(template.New("page").Funcs(template.FuncMap{"t": l.T}).Parse(text))
		if err := checkKeys(set, l); (err != nil) != wrong {
			t.Errorf("%s: %v, want a fault: %t", text, err, wrong)
		}
	}
}

func TestPluralForms(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string][]plural.Form{
		"vi": {plural.Other},
		"en": {plural.Other, plural.One},
		"ar": {plural.Other, plural.Zero, plural.One, plural.Two, plural.Few, plural.Many},
	} {
		if got := slices.Sorted(maps.Keys(PluralForms(language.Make(lang)))); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", lang, got, want)
		}
	}
	for _, number := range []any{"1", nil, 1.25, []int{1}} {
		if form := PluralForm(language.English, number); form != plural.Other {
			t.Errorf("%v: %v, want other", number, form)
		}
	}
}
