package demo_test

import (
	"context"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/catalog/demo"
	"hailong/survey/moments"
	"hailong/survey/surveytest"
	"hailong/survey/transactions"
)

const demoDay survey.Date = "2026-11-20"

// invented fills a store with a demonstration and returns its catalogue and responses.
func invented(t testing.TB, d demo.Demo) (*survey.Catalog, []survey.Response) {
	t.Helper()
	store := surveytest.Store(t)
	if err := d.Fill(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	c, err := survey.LoadCatalog(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	var responses []survey.Response
	err = store.Scan(t.Context(), survey.Responses, "", "", func(raw bson.Raw) error {
		var r survey.Response
		if err := r.UnmarshalBSON(raw); err != nil {
			return err
		}
		responses = append(responses, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, responses
}

func TestDemoYear(t *testing.T) {
	t.Parallel()
	c, responses := invented(t, demo.Demo{Seed: 1, Today: demoDay, Responses: 20_000})
	if len(responses) != 20_000 {
		t.Fatalf("%d responses, want 20000", len(responses))
	}

	t.Run("EveryResponseIsValid", func(t *testing.T) {
		for _, r := range responses {
			checkResponse(t, c, r)
		}
	})
	t.Run("SaysThatItIsInvented", func(t *testing.T) {
		for _, campaign := range c.Campaigns {
			if !campaign.Demo {
				t.Errorf("campaign %s is not marked", campaign.ID)
			}
		}
		for _, u := range c.Units {
			if u.Kind == survey.School && (!u.Demo || !strings.Contains(u.Name.In(survey.Vietnamese), "(mẫu)")) {
				t.Errorf("school %s (%s) is not marked", u.ID, u.Name.In(survey.Vietnamese))
			}
		}
	})
	t.Run("Verdicts", func(t *testing.T) { checkVerdicts(t, c, responses) })
	t.Run("Variety", func(t *testing.T) {
		months, channels, forms, sectors := map[string]int{}, map[survey.Channel]int{}, map[survey.FormCode]int{}, map[survey.SectorID]int{}
		var na, texts int
		for _, r := range responses {
			months[r.Day.Month()]++
			channels[r.Channel]++
			forms[r.Form.Code]++
			sectors[r.Sector]++
			texts += len(r.Texts)
			for _, a := range r.Answers {
				if slices.Equal(a.Codes, []int{survey.NotApplicable}) {
					na++
				}
			}
		}
		if len(months) < 12 || len(channels) < 4 || len(forms) != 8 || len(sectors) < 10 {
			t.Errorf("%d months, %d channels, %d forms, %d sectors", len(months), len(channels), len(forms), len(sectors))
		}
		if na < 1000 || texts < 1000 {
			t.Errorf("%d answers that do not apply and %d texts: too few to show", na, texts)
		}
	})
}

// checkResponse gives the answers of a stored response to the form again.
func checkResponse(t *testing.T, c *survey.Catalog, r survey.Response) {
	t.Helper()
	if _, err := survey.ParseResponseID(string(r.ID)); err != nil {
		t.Fatal(err)
	}
	point := c.Point(r.Point)
	if point == nil || point.Off || point.Unit != r.Unit {
		t.Fatalf("response %s was given at point %+v", r.ID, point)
	}
	campaign, ref, err := c.CampaignFor(point, r.Day)
	if err != nil || campaign.ID != r.Campaign || ref != r.Form || r.Day >= demoDay {
		t.Fatalf("response %s of %s: campaign %q, form %v, error %v", r.ID, r.Day, r.Campaign, r.Form, err)
	}
	form := c.Questionnaire(r.Form)
	given := survey.Given{Codes: map[string][]string{}, Texts: map[string]string{}}
	for _, a := range r.Answers {
		switch {
		case a.Codes == nil:
			given.Codes[a.Item] = []string{strconv.FormatFloat(a.Number, 'f', -1, 64)}
		case a.Codes[0] == survey.NotApplicable:
			given.Codes[a.Item] = []string{survey.NA}
		default:
			for _, code := range a.Codes {
				given.Codes[a.Item] = append(given.Codes[a.Item], strconv.Itoa(code))
			}
		}
	}
	for _, w := range r.Texts {
		given.Texts[w.Item] = w.Text
	}
	if point.Sector == "" && r.Sector != "" {
		given.Codes["sector"] = []string{string(r.Sector)}
	}
	sheet, err := form.Check(given, point.Sector, func(id survey.SectorID) bool { return c.Sector(id) != nil })
	if err != nil || sheet.Dropped > 0 {
		t.Fatalf("response %s to %s: dropped %d, error %v", r.ID, form.ID, sheet.Dropped, err)
	}
	if stored := (survey.CheckedAnswers{Sector: r.Sector, Answers: r.Answers, Texts: r.Texts}); !reflect.DeepEqual(stored, sheet) {
		t.Fatalf("response %s checked again (-stored +checked):\n%s", r.ID, cmp.Diff(stored, sheet))
	}
}

func TestDemoTellsOfItsProgress(t *testing.T) {
	t.Parallel()
	var told []int
	d := demo.Demo{Seed: 1, Today: demoDay, Responses: 4100, Stored: func(n int) { told = append(told, n) }}
	if err := d.Fill(t.Context(), surveytest.Store(t)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{2000, 2000, 100}, told); diff != "" {
		t.Errorf("responses told of (-want +got):\n%s", diff)
	}
}

func TestDemoIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	d := demo.Demo{Seed: 7, Today: demoDay, Responses: 300}
	c1, first := invented(t, d)
	c2, second := invented(t, d)
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("two runs differ:\n%s", diff)
	}
	if diff := cmp.Diff(c1.Points, c2.Points); diff != "" {
		t.Errorf("points of two runs differ:\n%s", diff)
	}
	d.Seed = 8
	if _, other := invented(t, d); cmp.Equal(first, other) {
		t.Error("another seed gives the same responses")
	}
}

// checkVerdicts holds that each target shows all three verdicts among its
// units, by the Wilson interval of the share satisfied in the overall question.
func checkVerdicts(t *testing.T, c *survey.Catalog, responses []survey.Response) {
	t.Helper()
	type tally struct{ satisfied, n float64 }
	counts := map[survey.UnitID]*tally{}
	for _, r := range responses {
		form := c.Questionnaire(r.Form)
		overall := form.Overall()
		for _, a := range r.Answers {
			if a.Item != overall.Code || a.Codes[0] == survey.NotApplicable {
				continue
			}
			if counts[r.Unit] == nil {
				counts[r.Unit] = &tally{}
			}
			counts[r.Unit].n++
			if slices.Contains(form.Scale(overall.Scale).Satisfied, a.Codes[0]) {
				counts[r.Unit].satisfied++
			}
		}
	}
	for _, target := range []struct {
		kind      survey.UnitKind
		threshold float64
	}{{survey.OneStop, 0.95}, {survey.School, 0.90}} {
		verdicts := map[string]int{}
		for id, count := range counts {
			if c.Unit(id).Kind != target.kind {
				continue
			}
			switch low, high := wilson(count.satisfied, count.n); {
			case low >= target.threshold:
				verdicts["above"]++
			case high < target.threshold:
				verdicts["below"]++
			default:
				verdicts["inconclusive"]++
			}
		}
		if verdicts["above"] == 0 || verdicts["below"] == 0 || verdicts["inconclusive"] == 0 {
			t.Errorf("%s against %v: %v, want some of each", target.kind, target.threshold, verdicts)
		}
	}
}

// wilson is the 95 % interval of k out of n.
func wilson(k, n float64) (low, high float64) {
	const z = 1.959963984540054
	p := k / n
	centre := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return centre - half, centre + half
}

func BenchmarkDemo(b *testing.B) {
	for b.Loop() {
		invented(b, demo.Demo{Seed: 1, Today: demoDay, Responses: 20_000})
	}
}

// A server that is started over the invented year has nothing to blur: its responses are
// stored as those of days that are over.
func TestDemoHasNoMinutes(t *testing.T) {
	t.Parallel()
	store := surveytest.Store(t)
	if err := (demo.Demo{Seed: 7, Today: demoDay, Responses: 2000}).Fill(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	judge := func(context.Context) (int, error) { return 0, nil }
	now := func() time.Time { return demoDay.Time().Add(9 * time.Hour) }
	if n, err := moments.New(store, judge, now).Blur(t.Context()); n != 0 || err != nil {
		t.Errorf("%d moments are to be blurred, %v; want none", n, err)
	}
}

// The points of procedures have transactions on every day, and more of them than
// responses, so that pages show a response rate.
func TestDemoStatesTransactions(t *testing.T) {
	t.Parallel()
	store := surveytest.Store(t)
	if err := (demo.Demo{Seed: 7, Today: demoDay, Responses: 2000}).Fill(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	months, err := survey.Documents[transactions.Month]{Store: store, Collection: survey.Transactions}.All(t.Context())
	if err != nil || len(months) == 0 {
		t.Fatalf("%d months, error %v", len(months), err)
	}
	served := transactions.Numbers{}
	for _, m := range months {
		if served[m.Point] == nil {
			served[m.Point] = map[survey.Date]int{}
		}
		for day, n := range m.ByDay() {
			if served[m.Point][day] = n; day >= demoDay {
				t.Errorf("%s at %s is of the future", day, m.Point)
			}
		}
	}
	answered := transactions.Numbers{}
	err = store.Scan(t.Context(), survey.Responses, "", "", func(raw bson.Raw) error {
		point, day := survey.PointCode(survey.DocumentText(raw, "point")), survey.Date(survey.DocumentText(raw, "day"))
		if served[point] == nil {
			return nil // of another family
		}
		if answered[point] == nil {
			answered[point] = map[survey.Date]int{}
		}
		answered[point][day]++
		if n := answered[point][day]; n > served[point][day] {
			t.Errorf("%d answered at %s on %s, of %d", n, point, day, served[point][day])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
