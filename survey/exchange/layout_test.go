package exchange_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/exchange"
	"hailong/survey/surveytest"
	"hailong/survey/verification"
)

func TestLayout(t *testing.T) {
	t.Parallel()
	c, k := counterCatalog()
	l := exchange.NewLayout(c, k)
	want := "id campaign form version point unit sector channel lang day D1 E N C T Y H W W.text na voided"
	if got := strings.Join(l.Headers(), " "); got != want {
		t.Errorf("headers\n%s, want\n%s", got, want)
	}
	response := survey.Response{
		ID: surveytest.ResponseID, Campaign: "k", Form: survey.FormRef{Code: "p", Version: 1}, Unit: "u1", Channel: survey.ChannelPaper,
		Lang: "vi", Day: "2026-03-04", Batch: "k-001", By: "lan",
		Answers: []survey.Answer{{Item: "D1", Codes: []int{survey.NotApplicable}}, {Item: "E", Codes: []int{1, 12}}, {Item: "N", Number: 2.5}},
		Texts:   []survey.Words{{Item: "T", Text: "Cảm ơn"}},
	}
	cells := make([]string, len(l.Columns))
	for i := range cells {
		cells[i] = "of the row before"
	}
	if err := l.Row(&response, "A-1", &verification.Void{Reason: "nhập nhầm"}, cells); err != nil {
		t.Fatal(err)
	}
	want = "A-1|k|p|1||u1||paper|vi|2026-03-04||1 12|2.5||Cảm ơn|||||D1|nhập nhầm"
	if got := strings.Join(cells, "|"); got != want {
		t.Errorf("row\n%s, want\n%s", got, want)
	}
	// What proved it, or spoke against it, changes nothing: it would tell who handed out
	// a slip whether it had been used.
	response.Proof, response.Doubt = survey.VerifiedSlip, survey.DoubtHasty
	if err := l.Row(&response, "A-1", &verification.Void{Reason: "nhập nhầm"}, cells); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(cells, "|"); got != want {
		t.Errorf("row of a verified response\n%s, want\n%s", got, want)
	}
	if err := l.Row(&response, "A-1", nil, cells); err != nil {
		t.Fatal(err)
	}
	if got := cells[len(cells)-1]; got != "" {
		t.Errorf("a response in force is out of force for %q", got)
	}
}

// Where families share a code that means something else in each, headers name
// the family.
func TestLayoutOfTwoFamilies(t *testing.T) {
	t.Parallel()
	c, _ := paper()
	school := c.Questionnaires[0]
	school.ID, school.Code, school.Family = "edu@1", "edu", survey.Education
	school.Sections = []survey.Section{{Code: "a", Items: []survey.Item{school.Sections[0].Items[0], {Code: "K", Type: survey.TextItem}}}}
	c.Questionnaires = append(c.Questionnaires, school)
	c.Campaigns = append(c.Campaigns, survey.Campaign{ID: "e", Family: survey.Education, Forms: []survey.FormRef{school.Ref()}})
	c.Index()
	l := exchange.NewLayout(c, c.Campaign("k"), c.Campaign("e"))
	if diff := cmp.Diff([]string{"tthc.D1", "E", "N", "C", "T", "edu.D1", "K", "na", "voided"}, l.Headers()[10:]); diff != "" {
		t.Errorf("headers of items (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"D1", "E", "N", "C", "T", "na", "voided"}, exchange.NewLayout(c, c.Campaign("k")).Headers()[10:]); diff != "" {
		t.Errorf("headers of one family (-want +got):\n%s", diff)
	}
}

// What no column can hold is an error: nothing is left out in silence.
func TestLayoutLeavesNothingOut(t *testing.T) {
	t.Parallel()
	c, k := paper()
	l := exchange.NewLayout(c, k)
	cells := make([]string, len(l.Columns))
	for name, response := range map[string]survey.Response{
		"Answer": {Form: survey.FormRef{Code: "p", Version: 1}, Answers: []survey.Answer{{Item: "Z", Codes: []int{1}}}},
		"Words":  {Form: survey.FormRef{Code: "p", Version: 1}, Texts: []survey.Words{{Item: "D1", Text: "x"}}},
		"Form":   {Form: survey.FormRef{Code: "z", Version: 1}, Answers: []survey.Answer{{Item: "D1", Codes: []int{1}}}},
	} {
		t.Run(name, func(t *testing.T) { surveytest.WantError(t, l.Row(&response, "A-1", nil, cells), survey.Internal, "") })
	}
}
