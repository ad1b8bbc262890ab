package publication

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/surveytest"
	"hailong/survey/transactions"
)

// The days of these tests: on one transactions are stated, on the other not, and the
// release is cut on the third.
const (
	statedDay  survey.Date = "2026-03-05"
	silentDay  survey.Date = "2026-03-04"
	releaseDay survey.Date = "2026-03-06"
)

const bumTo, muCa survey.UnitID = "xa-bum-to-2025", "xa-mu-ca"

// answersAt stores n responses at a point.
func (w *fixture) answersAt(unit survey.UnitID, channel survey.Channel, day survey.Date, n int) {
	w.Helper()
	point := w.PointOf(tthc, unit)
	w.Keep(surveytest.Times(n, func(i int) survey.Response {
		r := w.Response([]int{5, 4, 2}[i%3])
		r.Unit, r.Point, r.Channel, r.Day = w.Catalog.Point(point).Unit, point, channel, day
		return r
	})...)
}

// releaseRate is the rate of a query in the release.
func (w *fixture) releaseRate(q tables.Query, stated transactions.Numbers) (rate *ResponseRate) {
	w.Helper()
	err := w.Responses.Read(w.Context(), q.Campaign, func(v *columns.CampaignView) error {
		rate = ReleaseRate(v, stated, q)
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	return rate
}

// A release tells its office the exact rate, of the days that are stated and over.
func TestResponseRateOfARelease(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.answersAt(bumTo, survey.ChannelQR, statedDay, 30)
	w.answersAt(bumTo, survey.ChannelKiosk, statedDay, 3)
	w.answersAt(bumTo, survey.ChannelQR, silentDay, 20)
	w.answersAt(bumTo, survey.ChannelQR, releaseDay, 7)
	w.answersAt(muCa, survey.ChannelQR, statedDay, 11)
	stated := transactions.Numbers{
		w.PointOf(tthc, bumTo): {statedDay: 60, releaseDay: 1000, "2025-12-31": 1000},
		w.PointOf(tthc, muCa):  {statedDay: 10},
		"ZZZZZZZ":              {statedDay: 1000}, // no point of the campaign
	}
	channel := func(channel survey.Channel, n, of int) ChannelResponseRate {
		return ChannelResponseRate{Channel: channel, Responses: n, Rate: float64(n) / float64(of)}
	}
	in := func(unit survey.UnitID) tables.Query {
		return tables.Query{Campaign: tthc, Where: []tables.Filter{{Dimension: tables.ByUnit, Key: string(unit)}}}
	}
	for name, c := range map[string]struct {
		query tables.Query
		want  *ResponseRate
	}{
		"Whole": {tables.Query{Campaign: tthc}, &ResponseRate{Transactions: 70, Responses: 44, Rate: 44.0 / 70, Channels: []ChannelResponseRate{channel(survey.ChannelQR, 41, 70), channel(survey.ChannelKiosk, 3, 70)}, PointsAbove: []survey.PointCode{w.PointOf(tthc, muCa)}}},
		"Unit":  {in(bumTo), &ResponseRate{Transactions: 60, Responses: 33, Rate: 0.55, Channels: []ChannelResponseRate{channel(survey.ChannelQR, 30, 60), channel(survey.ChannelKiosk, 3, 60)}}},
		"Above": {in(muCa), &ResponseRate{Transactions: 10, Responses: 11, Rate: 1.1, Channels: []ChannelResponseRate{channel(survey.ChannelQR, 11, 10)}, PointsAbove: []survey.PointCode{w.PointOf(tthc, muCa)}}},
		"Other": {in("xa-pa-u-2025"), nil},
	} {
		got := w.releaseRate(c.query, stated)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if above := got != nil && got.Impossible(); above != (name == "Above") {
			t.Errorf("%s: above 100 %%: %v", name, above)
		}
	}
}

// An edition tells rates in wide steps, no number of responses, and no channel that it
// does not show.
func TestResponseRateOfAnEdition(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.answersAt(bumTo, survey.ChannelQR, statedDay, 203)
	w.answersAt(bumTo, survey.ChannelKiosk, statedDay, 31)
	w.answersAt(bumTo, survey.ChannelPaper, statedDay, 3)
	w.answersAt(muCa, survey.ChannelQR, statedDay, 40)
	f, _ := w.editionStating(t, transactions.Numbers{w.PointOf(tthc, bumTo): {statedDay: 1234}, w.PointOf(tthc, muCa): {statedDay: 99}})
	want := &ResponseRate{Transactions: 1333, Rate: 0.21, Channels: []ChannelResponseRate{{Channel: survey.ChannelQR, Rate: 0.18}}}
	if diff := cmp.Diff(want, f.ResponseRate(tables.Query{Campaign: tthc, By: []tables.Dimension{tables.ByUnit}})); diff != "" {
		t.Error(diff)
	}
	for name, where := range map[string][]tables.Filter{
		"InStepsOfFewerPeopleThanTheThreshold": {{Dimension: tables.ByUnit, Key: string(muCa)}},
		"OfAMonth":                             {{Dimension: tables.ByMonth, Key: "2026-03"}},
	} {
		if got := f.ResponseRate(tables.Query{Campaign: tthc, Where: where}); got != nil {
			t.Errorf("%s: a rate is told: %+v", name, got)
		}
	}
	body, err := json.Marshal(f.ResponseRates)
	if err != nil || len(f.ResponseRates) != 2 {
		t.Fatalf("%d rates, error %v, want those of all and of one unit", len(f.ResponseRates), err)
	}
	rates := string(body)
	for _, hidden := range []string{string(survey.ChannelPaper), string(survey.ChannelKiosk) /* hidden beside it */, "responses\"", "237", "277", string(muCa)} {
		if strings.Contains(rates, hidden) {
			t.Errorf("the edition tells %q: %s", hidden, rates)
		}
	}
}

// Every rate that is told fits so many numbers of responses that none of them, nor
// what is computed from them, is known to within fewer people than the threshold.
func TestToldRatesFitManyNumbers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		threshold := rapid.SampledFrom([]int64{5, 10}).Draw(t, "threshold")
		served := rapid.IntRange(1, 5000).Draw(t, "transactions")
		rate := transactions.Rate{Transactions: served, Responses: rapid.IntRange(0, 2*served).Draw(t, "responses")}
		told, ok := tellRate(rate, threshold)
		if !ok {
			if int64(served) >= 20*threshold {
				t.Fatalf("%d of %d are not told", rate.Responses, served)
			}
			return
		}
		fit := int64(0)
		for n := range 3 * served {
			if other, _ := tellRate(transactions.Rate{Responses: n, Transactions: served}, threshold); other == told {
				fit++
			}
		}
		if least := map[bool]int64{true: threshold, false: 2 * threshold}[told == 0]; fit < least {
			t.Fatalf("%d of %d is told as %v, which fits %d numbers, want at least %d", rate.Responses, served, told, fit, least)
		}
		if off := told - rate.Share(); off > 0.05+1e-9 || off < -0.05-1e-9 {
			t.Fatalf("%d of %d is told as %v", rate.Responses, served, told)
		}
	})
}
