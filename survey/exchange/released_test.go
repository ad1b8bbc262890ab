package exchange_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/exchange"
	"hailong/survey/intake"
	"hailong/survey/releases"
)

// exportFixture is a campaign of which releases are cut and files written.
type exportFixture struct {
	*testing.T
	in       *intake.Intake
	campaign *survey.Campaign
	now      time.Time
}

// answer stores n responses, an hour apart.
func (f *exportFixture) answer(n int) (responses []survey.Response) {
	f.Helper()
	for range n {
		f.now = f.now.Add(time.Hour)
		id, err := survey.NewResponseID()
		if err != nil {
			f.Fatal(err)
		}
		responses = append(responses, survey.Response{
			ID: id, Campaign: f.campaign.ID, Form: survey.FormRef{Code: "p", Version: 1}, Unit: "u1", Day: "2026-03-04",
			Received: f.now, Lang: "vi", Channel: survey.ChannelQR, Answers: []survey.Answer{{Item: "D1", Codes: []int{1}}},
		})
	}
	if _, err := f.in.Keep(f.Context(), responses...); err != nil {
		f.Fatal(err)
	}
	return responses
}

func (f *exportFixture) release() {
	f.Helper()
	f.now = f.now.Add(time.Minute)
	clock := func() time.Time { return f.now }
	changes := survey.NewChanges(f.in.Store, audit.New(f.in.Store, clock), clock)
	if _, err := releases.New(changes, f.in.Catalog).Cut(f.Context(), survey.Actor{Shell: "serve"}, f.campaign.ID); err != nil {
		f.Fatal(err)
	}
}

// rows are the row numbers of an export, and how many responses it tells to wait.
func (f *exportFixture) rows() (numbers []string, waiting int, unreleased []survey.CampaignID) {
	f.Helper()
	e := exchange.NewExporter(f.in.Store, rowNumbers(f, f.in.Store, "A"), f.in.Catalog(), f.campaign)
	var out bytes.Buffer
	if err := e.WriteCSV(f.Context(), &out); err != nil {
		f.Fatal(err)
	}
	return column(f.T, out.String(), "id"), e.Waiting(), e.Unreleased()
}

// Attack: whoever writes a file before and after one citizen, who answers or who takes
// her response back, has her row as what differs.
func TestTwoFilesDoNotDifferByOneCitizen(t *testing.T) {
	t.Parallel()
	in, campaign := paperIntake(t)
	f := &exportFixture{T: t, in: in, campaign: campaign, now: importTime}
	responses := f.answer(20)
	if numbers, waiting, unreleased := f.rows(); len(numbers) != 0 || waiting != 20 || !slices.Equal(unreleased, []survey.CampaignID{campaign.ID}) {
		t.Errorf("without a release: %d rows, %d wait, %v have none; want none, 20 and the campaign", len(numbers), waiting, unreleased)
	}
	f.release()
	before, waiting, unreleased := f.rows()
	if len(before) != 20 || waiting != 0 || len(unreleased) != 0 {
		t.Fatalf("%d rows, %d wait, %v have no release; want 20, 0 and none", len(before), waiting, unreleased)
	}
	f.answer(1)
	f.release()
	if after, waiting, _ := f.rows(); !cmp.Equal(before, after) || waiting != 1 {
		t.Errorf("one citizen later %d rows, %d wait; want the same and 1", len(after), waiting)
	}
	back := responses[3]
	mark := survey.TakenBack{ID: back.ID, Rev: 1, Campaign: back.Campaign, Day: back.Day, Mark: true, Counted: &survey.TakenBackCount{Unit: back.Unit, Received: back.Received}}
	if err := (survey.Documents[survey.TakenBack]{Store: in.Store, Collection: survey.Responses}).Replace(t.Context(), 0, mark); err != nil {
		t.Fatal(err)
	}
	for _, when := range []string{"taken back", "and the release took notice"} {
		if after, waiting, _ := f.rows(); len(after) != 10 || waiting != 1 {
			t.Errorf("%s: %d rows, %d wait; want 10 and 1", when, len(after), waiting)
		}
		f.release()
	}
	f.answer(4)
	f.release()
	if after, waiting, _ := f.rows(); len(after) != 20-1+5 || waiting != 0 {
		t.Errorf("with five new ones %d rows, %d wait; want 24 and 0", len(after), waiting)
	}
}
