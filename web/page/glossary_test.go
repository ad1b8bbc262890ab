package page

import (
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hailong/survey"
	"hailong/survey/catalog"
)

// term is a row of the glossary.
type term struct {
	English string
	Not     map[survey.Lang][]string // words that are not used for it
}

// glossary reads the table of CONTRIBUTING.md.
func glossary(t *testing.T) []term {
	t.Helper()
	text, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "## Glossary\n")
	if !found {
		t.Fatal("CONTRIBUTING.md has no glossary")
	}
	table, _, _ = strings.Cut(table, "\n## ")
	var terms []term
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 5 || strings.HasPrefix(line, "|---") || strings.HasPrefix(line, "| English |") {
			continue
		}
		terms = append(terms, term{strings.TrimSpace(cells[0]), map[survey.Lang][]string{
			survey.Vietnamese: listed(cells[3]), survey.English: listed(cells[4]),
		}})
	}
	return terms
}

// listed are the words of a cell, which semicolons divide.
func listed(cell string) []string {
	var words []string
	for word := range strings.SplitSeq(cell, ";") {
		if word = strings.TrimSpace(word); word != "" {
			words = append(words, word)
		}
	}
	return words
}

// whole finds a word where no letter or digit stands beside it.
func whole(word string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|[^\pL\pN])` + regexp.QuoteMeta(word) + `(?:$|[^\pL\pN])`)
}

// spoken are the texts of a language by the place where they are: a key, or the
// document of the catalogue.
func spoken(t *testing.T, lang survey.Lang) map[string][]string {
	t.Helper()
	texts := map[string][]string{}
	for key, s := range mustLocales(t)[lang].Messages {
		texts[key] = s.texts()
	}
	shipped, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	add := func(place string, document any) {
		eachText(reflect.ValueOf(document), func(text survey.Text) {
			if s := text[lang]; s != "" {
				texts[place] = append(texts[place], s)
			}
		})
	}
	for i := range shipped.Questionnaires {
		add("questionnaire "+string(shipped.Questionnaires[i].Code), shipped.Questionnaires[i])
	}
	for i := range shipped.Targets {
		add("target "+string(shipped.Targets[i].Code), shipped.Targets[i])
	}
	for i := range shipped.Units {
		add("unit "+string(shipped.Units[i].ID), shipped.Units[i])
	}
	for i := range shipped.Sectors {
		add("sector "+string(shipped.Sectors[i].ID), shipped.Sectors[i])
	}
	return texts
}

// eachText visits every text in several Languages that a document holds.
func eachText(v reflect.Value, visit func(survey.Text)) {
	if text, ok := v.Interface().(survey.Text); ok {
		visit(text)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				eachText(v.Field(i), visit)
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			eachText(v.Index(i), visit)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			eachText(v.Elem(), visit)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			eachText(v.MapIndex(key), visit)
		}
	default: // holds no text
	}
}

// otherSenses are the uses of a word of the glossary's last columns that mean
// something else, by word and place, with the reason.
var otherSenses = map[string]map[string]string{
	"phiếu hỏi": {
		"questionnaire edu-continuing-learner": officialTitle, "questionnaire edu-preschool-parent": officialTitle,
		"questionnaire edu-primary-parent": officialTitle, "questionnaire edu-secondary-parent": officialTitle,
		"questionnaire edu-secondary-student": officialTitle,
	},
	"cách gửi": {"home.how": "how an opinion is sent, not by which channel"},
	"tầng": {
		"sample.each":           "stands in brackets behind the plain words",
		"sample.method.random":  "stands in brackets behind the plain words",
		"sector infrastructure": "a sector of public administration",
	},
	"state": {
		"home.lead":                    stateOffice,
		"recheck.ask.1":                stateOffice,
		"questionnaire sipas-resident": stateOffice,
		"sector state-compensation":    "a sector of public administration",
	},
}

const (
	officialTitle = "the title of the ministry’s form"
	stateOffice   = "of the State, not a status"
)

func TestTextsKeepToTheGlossary(t *testing.T) {
	t.Parallel()
	terms := glossary(t)
	if len(terms) < 50 {
		t.Fatalf("the glossary has %d rows: the table no longer has the form that is read here", len(terms))
	}
	used := map[string]bool{}
	for _, lang := range Languages {
		texts := spoken(t, lang)
		places, lower := slices.Sorted(maps.Keys(texts)), map[string]string{}
		for _, place := range places {
			lower[place] = strings.ToLower(strings.Join(texts[place], "\n"))
		}
		for _, term := range terms {
			for _, word := range term.Not[lang] {
				pattern := whole(word)
				for _, place := range places {
					if !strings.Contains(lower[place], strings.ToLower(word)) {
						continue // the pattern takes a hundred times as long
					}
					for _, text := range texts[place] {
						if !pattern.MatchString(text) {
							continue
						}
						if otherSenses[word][place] != "" {
							used[word+" "+place] = true
							continue
						}
						t.Errorf("%s: %s: %q is not a word for %q: %q", lang, place, word, term.English, text)
					}
				}
			}
		}
	}
	for word, places := range otherSenses {
		for place := range places {
			if !used[word+" "+place] {
				t.Errorf("%s no longer says %q: the exception can go", place, word)
			}
		}
	}
}

// citizens read these keys; all others are for staff, who are not told "please"
// in English.
var citizens = regexp.MustCompile(`^(answer|campaign|closed|code|error|form|home|kiosk|link|point|proof|questionnaire\.start|rate|receipt|received|response|slip\.form|slip\.print|takeback)\.`)

// The patterns of the texts: how percent signs, quotation marks, requests and
// people are written.
func TestTextsKeepToThePatterns(t *testing.T) {
	t.Parallel()
	for _, p := range []struct {
		name  string
		lang  survey.Lang
		wrong *regexp.Regexp
		free  *regexp.Regexp // keys it is allowed in
	}{
		{"a percent sign without a no-break space before it", survey.Vietnamese, regexp.MustCompile(`[\d}] ?%`), nil},
		{"a percent sign apart from its number", survey.English, regexp.MustCompile(`[\d}][ \x{a0}]%`), nil},
		{"ông/bà in small letters", survey.Vietnamese, regexp.MustCompile(`ông/bà`), nil},
		{"a straight quotation mark", survey.Vietnamese, regexp.MustCompile(`['"]`), nil},
		{"a straight quotation mark", survey.English, regexp.MustCompile(`['"]`), nil},
		{"please to staff", survey.English, regexp.MustCompile(`(?i)\bplease\b`), citizens},
		{"three dots", survey.Vietnamese, regexp.MustCompile(`\.\.\.`), nil},
		{"three dots", survey.English, regexp.MustCompile(`\.\.\.`), nil},
	} {
		for place, texts := range spoken(t, p.lang) {
			for _, text := range texts {
				if p.wrong.MatchString(text) && !strings.HasPrefix(place, "questionnaire ") && (p.free == nil || !p.free.MatchString(place)) {
					t.Errorf("%s: %s: %s: %q", p.lang, place, p.name, text)
				}
			}
		}
	}
}

// An entry of the audit log says what somebody did: "Opened a campaign".
func TestAuditActionsAreInThePast(t *testing.T) {
	t.Parallel()
	irregular := []string{"Became", "Began", "Drew", "Gave", "Made", "Put", "Read", "Took", "Withdrew"}
	for key, s := range mustLocales(t)[survey.English].Messages {
		if !strings.HasPrefix(key, "audit.action.") {
			continue
		}
		verb, _, _ := strings.Cut(s.Other, " ")
		if !strings.HasSuffix(verb, "ed") && !slices.Contains(irregular, verb) {
			t.Errorf("%s: %q does not begin with a verb in the past", key, s.Other)
		}
	}
}

// What an umbrella error says is the same for every noun.
func TestInvalidFormsAreAnsweredAlike(t *testing.T) {
	t.Parallel()
	for _, l := range mustLocales(t) {
		want := l.T("user.invalid")
		for key, s := range l.Messages {
			noun, ok := strings.CutSuffix(key, ".invalid")
			if ok && !slices.Contains([]string{"answer", "error"}, noun) && s.Other != want {
				t.Errorf("%s: %s says %q, want %q", l.Lang, key, s.Other, want)
			}
		}
	}
}
