package exchange_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"hailong/survey"
	"hailong/survey/exchange"
	"hailong/survey/intake"
	"hailong/survey/surveytest"
)

// queue has so many citizens of a family open a form one after the other.
func queue(t *testing.T, family survey.Family, citizens int) (*intake.Intake, *survey.Campaign, []survey.ResponseID) {
	t.Helper()
	in, campaign := paperIntake(t)
	c := in.Catalog()
	c.Questionnaires[0].Family, c.Campaigns[0].Family = family, family
	c.Index()
	responses, ids := make([]survey.Response, citizens), make([]survey.ResponseID, citizens)
	for i := range responses {
		id, err := survey.NewResponseID()
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = id
		responses[i] = survey.Response{
			ID: id, Campaign: campaign.ID, Form: survey.FormRef{Code: "p", Version: 1}, Unit: "u1", Day: survey.Date(fmt.Sprintf("2026-03-%02d", 1+i%5)),
			Received: importTime, Lang: "vi", Channel: survey.ChannelQR, Answers: []survey.Answer{{Item: "D1", Codes: []int{1 + i%2}}},
		}
	}
	responses[0].Channel, responses[0].Batch, responses[0].By = survey.ChannelPaper, "k-001", "surveyor7"
	responses[0].Proof, responses[1].Proof, responses[2].Doubt = survey.VerifiedSerial, survey.VerifiedSlip, survey.DoubtHasty
	if _, err := in.Keep(t.Context(), responses...); err != nil {
		t.Fatal(err)
	}
	return in, campaign, ids
}

func csvFile(t *testing.T, in *intake.Intake, campaign *survey.Campaign, name string, roundRows int) string {
	t.Helper()
	surveytest.ReleaseAll(t, in.Store, campaign.ID)
	e := exchange.NewExporter(in.Store, rowNumbers(t, in.Store, name), in.Catalog(), campaign)
	e.LimitRounds(roundRows)
	var out bytes.Buffer
	if err := e.WriteCSV(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// column is a column of a CSV file, from the second row.
func column(t *testing.T, file, header string) []string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(rows[0], header)
	if at < 0 {
		t.Fatalf("there is no column %q", header)
	}
	var cells []string
	for _, row := range rows[1:] {
		cells = append(cells, row[at])
	}
	return cells
}

// Whoever knows a response's id, or when a form was opened, does not find its row:
// neither by what stands there nor by its place.
func TestNobodyTracesARow(t *testing.T) {
	t.Parallel()
	in, campaign, ids := queue(t, survey.Procedures, 400)
	file := csvFile(t, in, campaign, "", 1000)
	for _, id := range ids {
		if strings.Contains(file, string(id)) || strings.Contains(file, strings.ReplaceAll(string(id), "-", "")) || strings.Contains(file, string(id[:8])) {
			t.Fatalf("the file shows the id %s", id)
		}
	}
	if strings.Contains(file, "k-001") || strings.Contains(file, "surveyor7") {
		t.Error("the file shows who entered a paper form, or its batch")
	}
	for _, cell := range column(t, file, "id") {
		if _, err := uuid.Parse(cell); err == nil {
			t.Errorf("row number %s is read as an id", cell)
		}
	}
	// Answers went 1, 2, 1, 2 in the order of time; in the file they do not.
	changes := 0
	answers := column(t, file, "D1")
	for i := 1; i < len(answers); i++ {
		if answers[i] != answers[i-1] {
			changes++
		}
	}
	if changes < 120 || changes > 280 { // 200 ± 8 standard deviations
		t.Errorf("the answer changes %d times over 400 rows: rows are in the order of time", changes)
	}
}

func TestRowNumbersOfSeveralFiles(t *testing.T) {
	t.Parallel()
	in, campaign, _ := queue(t, survey.Procedures, 40)
	numbers := func(name string) []string { return column(t, csvFile(t, in, campaign, name, 1000), "id") }
	first := numbers("")
	for _, n := range numbers("") {
		if slices.Contains(first, n) {
			t.Fatalf("number %s stands in two files", n)
		}
	}
	if diff := cmp.Diff(numbers("QUY1"), numbers("QUY1")); diff != "" {
		t.Errorf("files of one name differ:\n%s", diff)
	}
	digits := func(n string) string { _, d, _ := strings.Cut(n, "-"); return d }
	other := numbers("QUY2")
	for _, n := range numbers("QUY1") {
		if slices.ContainsFunc(other, func(o string) bool { return digits(o) == digits(n) }) {
			t.Fatalf("number %s is the same under another name", n)
		}
	}
	for _, name := range []string{"quý 1", "a", "-", strings.Repeat("A", 13)} {
		changes := survey.NewChanges(in.Store, nil, time.Now)
		if _, err := exchange.NewRowNumbers(t.Context(), changes, survey.Actor{}, name); !survey.Is(err, survey.Invalid) {
			t.Errorf("the name %q: error %v, want Invalid", name, err)
		}
	}
}

// However little memory there is, the file is the same.
func TestExportInRounds(t *testing.T) {
	t.Parallel()
	in, campaign, _ := queue(t, survey.Procedures, 100)
	if diff := cmp.Diff(csvFile(t, in, campaign, "A", 1000), csvFile(t, in, campaign, "A", 7)); diff != "" {
		t.Errorf("one round and fifteen:\n%s", diff)
	}
}

// A file that comes back is not counted again: where it was written, because its
// numbers lead back there, and elsewhere from the second time on.
func TestImportOfAnExport(t *testing.T) {
	t.Parallel()
	for _, family := range []survey.Family{survey.Procedures, survey.Education} {
		t.Run(string(family), func(t *testing.T) {
			t.Parallel()
			here, campaign, _ := queue(t, family, 30)
			file := csvFile(t, here, campaign, "", 1000)
			elsewhere, _ := paperIntake(t)
			elsewhere.Catalog().Questionnaires[0].Family, elsewhere.Catalog().Campaigns[0].Family = family, family
			for _, step := range []struct {
				what string
				into *intake.Intake
				want exchange.Imported
			}{
				{"back", here, exchange.Imported{Rows: 30, Known: 30}},
				{"elsewhere", elsewhere, exchange.Imported{Rows: 30, Stored: 30}},
				{"elsewhere again", elsewhere, exchange.Imported{Rows: 30, Known: 30}},
			} {
				n, rejected, err := importFile(t, newImporter(t, step.into, campaign, ""), file)
				if err != nil || n != step.want {
					t.Errorf("%s: %+v, want %+v; %v %v", step.what, n, step.want, rejected, err)
				}
			}
			if got := len(stored(t, here.Store)); got != 30 {
				t.Errorf("%d responses are stored, want 30", got)
			}
			altered := strings.Replace(file, ",1,,,,,,\n", ",2,,,,,,\n", 1)
			n, rejected, err := importFile(t, newImporter(t, here, campaign, ""), altered)
			if err != nil || n.Rejected != 1 || !strings.Contains(strings.Join(rejected, " "), "import.known_differs") {
				t.Errorf("with another answer: %+v %v %v", n, rejected, err)
			}
		})
	}
}

// Of answers about a school the file says the month and no day.
func TestSchoolsLeaveWithTheMonth(t *testing.T) {
	t.Parallel()
	in, campaign, _ := queue(t, survey.Education, 10)
	for _, day := range column(t, csvFile(t, in, campaign, "A", 1000), "day") {
		if day != "2026-03" {
			t.Errorf("day %q, want the month", day)
		}
	}
	campaign.Period.From = "2026-03-04"
	file := "id,unit,day,D1\nx,u1,2026-03,1\ny,u1,2026-02,1\nz,u1,2026-13,1\n"
	n, rejected, err := importFile(t, newImporter(t, in, campaign, ""), file)
	if want := []string{"3 day=2026-02: import.day_outside", "4 day=2026-13: import.bad_day"}; err != nil || n.Stored != 1 || !slices.Equal(rejected, want) {
		t.Errorf("%+v %v %v, want rejected %v", n, rejected, err, want)
	}
	days := map[survey.Date]int{}
	for _, r := range stored(t, in.Store) {
		if r.Channel == survey.ChannelFile {
			days[r.Day]++
		}
	}
	if days["2026-03-04"] != 1 {
		t.Errorf("a month is stored as %v, want its first day in the period", days)
	}
}
