package columns

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
)

func scale(id string, codes int) survey.Scale {
	s := survey.Scale{ID: id, Satisfied: []int{codes}}
	for code := 1; code <= codes; code++ {
		s.Points = append(s.Points, survey.Option{Code: code})
	}
	return s
}

// Which answers of a campaign are held, and which make its index.
func TestItemsOfACampaign(t *testing.T) {
	t.Parallel()
	form := func(code survey.FormCode, version, order int, level survey.SchoolLevel, items ...survey.Item) survey.Questionnaire {
		return survey.Questionnaire{
			Code: code, Version: version, Order: order, Level: level, Scales: []survey.Scale{scale("five", 5), scale("four", 4)},
			Factors:  []survey.Factor{{Code: "access", Name: survey.Text{"vi": "Tiếp cận"}}},
			Sections: []survey.Section{{Items: items}},
		}
	}
	item := func(code, scale, factor string) survey.Item {
		return survey.Item{Code: code, Type: survey.ScaleItem, Scale: scale, Factor: factor}
	}
	overall := func(code, scale string) survey.Item {
		return survey.Item{Code: code, Type: survey.ScaleItem, Scale: scale, Overall: true}
	}
	sensitive := item("ethnic", "five", "access")
	sensitive.Sensitive = true
	catalog := &survey.Catalog{Questionnaires: []survey.Questionnaire{
		form("other-campaign", 1, 0, "", item("X", "five", "access")),
		form("b", 1, 2, survey.Primary, item("A1", "five", "access"), overall("B9", "five"), overall("B8", "four")),
		form("a", 1, 1, "", item("A0", "five", "access"), item("A1", "five", "access")),
		form("a", 2, 1, "",
			item("A1", "five", "access"),
			item("A2", "five", "staff"), // a factor that the form does not name
			item("A3", "four", "access"),
			item("A4", "five", ""),
			item("A5", "no-such-scale", "access"),
			sensitive,
			survey.Item{Code: "words", Type: survey.TextItem},
			overall("A9", "five"),
		),
	}}
	campaign := &survey.Campaign{Forms: []survey.FormRef{{Code: "a", Version: 2}, {Code: "b", Version: 1}}}
	p := NewItemLayout(catalog, campaign)

	forms := []string{}
	for _, f := range p.Forms {
		forms = append(forms, f.Ref().ID())
	}
	if diff := cmp.Diff([]string{"a@2", "a@1", "b@1"}, forms); diff != "" {
		t.Errorf("forms (-want +got): %s", diff)
	}
	type column struct {
		Code    string
		Codes   uint8
		Overall bool
		Factor  int
	}
	var got []column
	for col, it := range p.Items {
		got = append(got, column{it.Code, it.Codes, it.Overall, it.Factor})
		if p.Column[it.Code] != col {
			t.Errorf("item %s is in column %d, not %d", it.Code, p.Column[it.Code], col)
		}
	}
	want := []column{
		{"A1", 5, false, 0},
		{"A2", 5, false, 1},
		{"A3", 4, false, -1}, // of another length than A1
		{"A4", 5, false, -1},
		{"A9", 5, true, -1},
		{"A0", 5, false, 0}, // of an older version that may have been answered
		{"B9", 5, true, -1},
		{"B8", 4, true, -1}, // of another length than A9
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("items (-want +got): %s", diff)
	}
	if diff := cmp.Diff([]IndexFactor{
		{Code: "access", Name: survey.Text{"vi": "Tiếp cận"}, Items: []int{0, 5}},
		{Code: "staff", Name: survey.Text{"vi": "staff"}, Items: []int{1}},
	}, p.Factors); diff != "" {
		t.Errorf("factors (-want +got): %s", diff)
	}
	if diff := cmp.Diff([]int{4, 6}, p.Overall); diff != "" {
		t.Errorf("overall questions (-want +got): %s", diff)
	}
	for form, want := range map[survey.FormCode]survey.SchoolLevel{"a": "", "b": survey.Primary, "no-such-form": ""} {
		if got := p.Level(form); got != want {
			t.Errorf("form %s asks about level %q, want %q", form, got, want)
		}
	}
}

// Responses are read again under another catalogue only where it changes what is
// held of them.
func TestLayoutsThatHoldTheSame(t *testing.T) {
	t.Parallel()
	layout := func(change func(*survey.Campaign, *survey.Questionnaire)) *ItemLayout {
		form := survey.Questionnaire{
			Code: "a", Version: 1, Scales: []survey.Scale{scale("five", 5), scale("four", 4)},
			Sections: []survey.Section{{Items: []survey.Item{
				{Code: "A1", Type: survey.ScaleItem, Scale: "five", Factor: "access"},
				{Code: "A2", Type: survey.ScaleItem, Scale: "five", Factor: "staff"},
			}}},
		}
		campaign := survey.Campaign{Frame: "2026-01-01", Forms: []survey.FormRef{{Code: "a", Version: 1}}}
		change(&campaign, &form)
		return NewItemLayout(&survey.Catalog{Questionnaires: []survey.Questionnaire{form}}, &campaign)
	}
	first := layout(func(*survey.Campaign, *survey.Questionnaire) {})
	for name, c := range map[string]struct {
		change func(*survey.Campaign, *survey.Questionnaire)
		same   bool
	}{
		"Nothing": {func(*survey.Campaign, *survey.Questionnaire) {}, true},
		"Title":   {func(c *survey.Campaign, _ *survey.Questionnaire) { c.Title = survey.Text{"vi": "Khác"} }, true},
		"Label": {func(_ *survey.Campaign, q *survey.Questionnaire) {
			q.Sections[0].Items[0].Label = survey.Text{"vi": "Khác"}
		}, true},
		"Frame":   {func(c *survey.Campaign, _ *survey.Questionnaire) { c.Frame = "2026-07-01" }, false},
		"Level":   {func(_ *survey.Campaign, q *survey.Questionnaire) { q.Level = survey.Primary }, false},
		"Version": {func(_ *survey.Campaign, q *survey.Questionnaire) { q.Version = 2 }, false},
		"Code":    {func(_ *survey.Campaign, q *survey.Questionnaire) { q.Sections[0].Items[0].Code = "A3" }, false},
		"Factor":  {func(_ *survey.Campaign, q *survey.Questionnaire) { q.Sections[0].Items[1].Factor = "access" }, false},
		"Scale": {func(_ *survey.Campaign, q *survey.Questionnaire) {
			q.Sections[0].Items[0].Scale, q.Sections[0].Items[1].Scale = "four", "four"
		}, false},
		"Overall": {func(_ *survey.Campaign, q *survey.Questionnaire) {
			it := &q.Sections[0].Items[1]
			it.Factor, it.Overall = "", true
		}, false},
		"OneMore": {func(_ *survey.Campaign, q *survey.Questionnaire) {
			q.Sections[0].Items = append(q.Sections[0].Items, survey.Item{Code: "A3", Type: survey.ScaleItem, Scale: "five"})
		}, false},
	} {
		if got := first.same(layout(c.change)); got != c.same {
			t.Errorf("%s: the same is held: %v, want %v", name, got, c.same)
		}
	}
}
