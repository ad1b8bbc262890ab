package questions_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hailong/survey"
	"hailong/survey/questions"
)

// Whatever can be asked comes back from both kinds of file as it was, but for
// what the export to an XLSForm lists.
func TestAnyFormComesBack(t *testing.T) {
	t.Parallel()
	sectors := []survey.Sector{{ID: "land", Name: survey.Text{"vi": "Đất đai", "en": "Land"}}}
	rapid.Check(t, func(t *rapid.T) {
		q := drawForm(t)
		if problems := questions.CheckForm(q, nil); len(problems) > 0 {
			t.Fatalf("the form that was drawn breaks rules: %v", problems)
		}
		written, err := questions.WriteForm(&q)
		if err != nil {
			t.Fatal(err)
		}
		back, err := questions.ReadForm("form.yaml", written, nil)
		if err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
		if diff := cmp.Diff(q, back); diff != "" {
			t.Fatalf("from YAML (-before +after):\n%s", diff)
		}
		var b bytes.Buffer
		if err := questions.WriteXLSForm(&b, &q, sectors); err != nil {
			t.Fatal(err)
		}
		back, lost, err := questions.ReadXLSForm(t.Context(), b.Bytes(), "", nil)
		if err != nil || len(lost) > 0 {
			t.Fatalf("%v; lost %v", err, lost)
		}
		if diff := cmp.Diff(without(&q, questions.LostInXLSForm(&q)), &back); diff != "" {
			t.Fatalf("from XLSForm (-before +after):\n%s", diff)
		}
	})
}

// without returns a form without what is lost of it.
func without(q *survey.Questionnaire, lost []questions.Lost) *survey.Questionnaire {
	rest := *q
	rest.Order = 1 // the place in lists is of the catalogue
	rest.Sections = slices.Clone(q.Sections)
	for i := range rest.Sections {
		rest.Sections[i].Items = slices.Clone(rest.Sections[i].Items)
	}
	for _, l := range lost {
		it := rest.Item(l.Args[0].(string))
		switch l.Key {
		case "number_na":
			it.NA = nil
		case "when_na":
			it.ShowIf = slices.DeleteFunc(slices.Clone(it.ShowIf), func(w survey.When) bool { return w.Item == l.Args[1] })
			if len(it.ShowIf) == 0 {
				it.ShowIf = nil
			}
		}
	}
	return &rest
}

// words draws what somebody might write: not empty, without blanks at the ends
// as fields are trimmed, with what means something in YAML and in conditions.
var words = rapid.Custom(func(t *rapid.T) string {
	letters := []rune("aĐửờ ỹ09-:#'\"“{}[],&*!|>%@`\\$=()_.?\n\t/<and or")
	s := strings.TrimSpace(rapid.StringOfN(rapid.SampledFrom(letters), 1, 24, -1).Draw(t, "words"))
	if s == "" {
		return "x"
	}
	return s
})

func drawText(t *rapid.T, name string) survey.Text {
	text := survey.Text{survey.Vietnamese: words.Draw(t, name), survey.English: words.Draw(t, name)}
	if rapid.IntRange(0, 9).Draw(t, "third language") == 0 {
		text["hmn"] = words.Draw(t, name)
	}
	return text
}

func mayDrawText(t *rapid.T, name string) survey.Text {
	if rapid.Bool().Draw(t, "has "+name) {
		return drawText(t, name)
	}
	return nil
}

func drawOptions(t *rapid.T, least int) []survey.Option {
	codes := rapid.SliceOfNDistinct(rapid.IntRange(1, survey.MaxCode), least, 5, rapid.ID[int]).Draw(t, "codes")
	options := make([]survey.Option, len(codes))
	for i, code := range codes {
		options[i] = survey.Option{Code: code, Label: drawText(t, "option"), Write: rapid.IntRange(0, 3).Draw(t, "write") == 0}
	}
	return options
}

// drawForm draws a questionnaire that breaks no rule.
func drawForm(t *rapid.T) survey.Questionnaire {
	q := survey.Questionnaire{
		Code: survey.FormCode(rapid.StringMatching(`[a-z0-9]{1,4}(-[a-z0-9]{1,4})?`).Draw(t, "code")), Version: rapid.IntRange(1, 99).Draw(t, "version"),
		Rev: 1, Order: 1, Family: rapid.SampledFrom(survey.Families).Draw(t, "family"),
		Title: drawText(t, "title"), Intro: drawText(t, "intro"), Source: drawText(t, "source"),
	}
	q.ID = q.Ref().ID()
	if q.Family == survey.Education {
		q.Level = rapid.SampledFrom(survey.SchoolLevels).Draw(t, "level")
	}
	points := rapid.IntRange(2, 5).Draw(t, "points")
	for i := range rapid.IntRange(1, 2).Draw(t, "scales") {
		scale := survey.Scale{ID: fmt.Sprintf("s%d", i)}
		for code := range points {
			scale.Points = append(scale.Points, survey.Option{Code: code + 1, Label: drawText(t, "point")})
		}
		for code := rapid.IntRange(2, points).Draw(t, "satisfied"); code <= points; code++ {
			scale.Satisfied = append(scale.Satisfied, code)
		}
		q.Scales = append(q.Scales, scale)
	}
	// Every scale is used, since a version holds none that is not; so is every
	// factor. The one overall item comes first.
	items := []survey.Item{{Code: "overall", Type: survey.ScaleItem, Scale: "s0", Label: drawText(t, "label"), Overall: true}}
	for i := range q.Scales {
		code := fmt.Sprintf("f%d", i)
		q.Factors = append(q.Factors, survey.Factor{Code: code, Name: drawText(t, "factor")})
		items = append(items, survey.Item{Code: fmt.Sprintf("s%d_overall", i), Type: survey.ScaleItem, Scale: q.Scales[i].ID, Factor: code, Label: drawText(t, "label"), NA: mayDrawText(t, "na")})
	}
	items = append(items, survey.Item{Code: "consent", Type: survey.ConsentItem, Label: drawText(t, "label")})
	sector := false
	for i := range rapid.IntRange(0, 6).Draw(t, "items") {
		it := drawItem(t, &q, items, fmt.Sprintf("q%d", i))
		if it.Type == survey.SectorItem && sector {
			it.Type = survey.TextItem
		}
		sector = sector || it.Type == survey.SectorItem
		items = append(items, it)
	}
	for i := 0; len(items) > 0; i++ {
		n := rapid.IntRange(1, len(items)).Draw(t, "of section")
		q.Sections = append(q.Sections, survey.Section{Code: fmt.Sprintf("p%d", i), Title: drawText(t, "section"), Lead: mayDrawText(t, "lead"), Items: items[:n:n]})
		items = items[n:]
	}
	return q
}

func drawItem(t *rapid.T, q *survey.Questionnaire, before []survey.Item, code string) survey.Item {
	// An item may be called as the words beside another's option could be.
	code = rapid.SampledFrom([]string{code, code + "_words", "section_" + code}).Draw(t, "item")
	it := survey.Item{Code: code, Label: drawText(t, "label"), Hint: mayDrawText(t, "hint"), Required: rapid.Bool().Draw(t, "required")}
	it.Type = rapid.SampledFrom([]survey.ItemType{
		survey.ScaleItem, survey.SingleItem, survey.MultipleItem, survey.NumberItem, survey.TextItem, survey.ConsentItem, survey.SectorItem,
	}).Draw(t, "type")
	switch it.Type {
	case survey.ScaleItem:
		it.Scale, it.NA = rapid.SampledFrom(q.Scales).Draw(t, "scale").ID, mayDrawText(t, "na")
	case survey.SingleItem:
		it.Options, it.NA = drawOptions(t, 2), mayDrawText(t, "na")
		if rapid.IntRange(0, 4).Draw(t, "as a scale") == 0 { // looks like one and is none
			it.Options = slices.Clone(q.Scales[0].Points)
		}
	case survey.MultipleItem:
		it.Options, it.NA = drawOptions(t, 2), mayDrawText(t, "na")
		it.Max = float64(rapid.IntRange(0, len(it.Options)).Draw(t, "max"))
	case survey.NumberItem:
		it.Min = rapid.Float64Range(-1000, 1000).Draw(t, "min")
		it.Max, it.NA = it.Min+rapid.Float64Range(0.5, 1e6).Draw(t, "range"), mayDrawText(t, "na")
	case survey.ConsentItem:
		it.Required = false
	case survey.TextItem, survey.SectorItem:
	}
	for range rapid.IntRange(0, 2).Draw(t, "conditions") {
		on := &before[rapid.IntRange(0, len(before)-1).Draw(t, "on")]
		var codes []int
		for _, o := range q.Choices(on) {
			codes = append(codes, o.Code)
		}
		if len(on.NA) > 0 {
			codes = append(codes, survey.NotApplicable)
		}
		if len(codes) > 0 && !slices.ContainsFunc(it.ShowIf, func(w survey.When) bool { return w.Item == on.Code }) {
			it.ShowIf = append(it.ShowIf, survey.When{Item: on.Code, In: rapid.SliceOfNDistinct(rapid.SampledFrom(codes), 1, len(codes), rapid.ID[int]).Draw(t, "in")})
		}
	}
	if rapid.IntRange(0, 9).Draw(t, "sensitive") == 0 {
		it.Sensitive = true
		it.ShowIf = append(slices.DeleteFunc(it.ShowIf, func(w survey.When) bool { return w.Item == "consent" }), survey.When{Item: "consent", In: []int{1}})
	}
	return it
}
