package results

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

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

// pointOf is a point of a unit that asks the form of procedures.
func (w *fixture) pointOf(unit survey.UnitID) survey.PointCode {
	w.Helper()
	campaign := w.Catalog.Campaign(tthc)
	for i := range w.Catalog.Points {
		p := &w.Catalog.Points[i]
		if _, asks := campaign.Form(p.Form); asks && w.Catalog.Within(p.Unit, unit) {
			return p.Code
		}
	}
	w.Fatalf("no point of %s", unit)
	return ""
}

// answersAt stores n responses at a point.
func (w *fixture) answersAt(unit survey.UnitID, channel survey.Channel, day survey.Date, n int) {
	w.Helper()
	point := w.pointOf(unit)
	w.keep(surveytest.Times(n, func(i int) survey.Response {
		r := w.Response([]int{5, 4, 2}[i%3])
		r.Unit, r.Point, r.Channel, r.Day = w.Catalog.Point(point).Unit, point, channel, day
		return r
	})...)
}

// states makes the transactions of points known.
func (p *Published) states(stated transactions.Numbers) {
	p.Stated = func(context.Context, survey.Date) (transactions.Numbers, error) { return stated, nil }
}

func (w *fixture) rate(p *Published, r Request) *ResponseRate {
	w.Helper()
	answer, err := p.Table(context.Background(), r)
	if err != nil {
		w.Fatal(err)
	}
	return answer.ResponseRate
}

const bumTo, muCa survey.UnitID = "xa-bum-to-2025", "xa-mu-ca"

// A release tells its office the exact rate, of the days that are stated and over.
func TestResponseRateOfARelease(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	p := NewPublished(w.released, nil, noCut{})
	w.answersAt(bumTo, survey.ChannelQR, statedDay, 30)
	w.answersAt(bumTo, survey.ChannelKiosk, statedDay, 3)
	w.answersAt(bumTo, survey.ChannelQR, silentDay, 20)
	w.answersAt(bumTo, survey.ChannelQR, releaseDay, 7)
	w.answersAt(muCa, survey.ChannelQR, statedDay, 11)
	whole := Request{Query: Query{Campaign: tthc, By: []Dimension{BySector}}, Reader: everywhere, Source: FromRelease}
	if got := w.rate(p, whole); got != nil {
		t.Errorf("a rate of unknown transactions: %+v", got)
	}
	p.states(transactions.Numbers{
		w.pointOf(bumTo): {statedDay: 60, releaseDay: 1000, "2025-12-31": 1000},
		w.pointOf(muCa):  {statedDay: 10},
		"ZZZZZZZ":        {statedDay: 1000}, // no point of the campaign
	})
	channel := func(channel survey.Channel, n, of int) ChannelRate {
		return ChannelRate{channel, n, float64(n) / float64(of)}
	}
	within := func(d Dimension, key string) Request {
		r := whole
		r.Where = []Filter{{d, key}}
		return r
	}
	for name, c := range map[string]struct {
		request Request
		want    *ResponseRate
	}{
		"Whole": {whole, &ResponseRate{Transactions: 70, Responses: 44, Rate: 44.0 / 70, Channels: []ChannelRate{channel(survey.ChannelQR, 41, 70), channel(survey.ChannelKiosk, 3, 70)}, PointsAbove: []survey.PointCode{w.pointOf(muCa)}}},
		"Unit":  {within(ByUnit, string(bumTo)), &ResponseRate{Transactions: 60, Responses: 33, Rate: 0.55, Channels: []ChannelRate{channel(survey.ChannelQR, 30, 60), channel(survey.ChannelKiosk, 3, 60)}}},
		"Above": {within(ByUnit, string(muCa)), &ResponseRate{Transactions: 10, Responses: 11, Rate: 1.1, Channels: []ChannelRate{channel(survey.ChannelQR, 11, 10)}, PointsAbove: []survey.PointCode{w.pointOf(muCa)}}},
		"Month": {within(ByMonth, "2026-03"), nil},
	} {
		got := w.rate(p, c.request)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if above := got != nil && got.Impossible(); above != (name == "Above") {
			t.Errorf("%s: above 100 %%: %v", name, above)
		}
	}
}

// An edition tells rates in wide steps, no number of responses, and no channel that it
// does not show; and what it tells never changes.
func TestResponseRateOfAnEdition(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	snapshots := &storedSnapshots{Store: w.Store}
	p := NewPublished(w.released, snapshots, noCut{})
	w.answersAt(bumTo, survey.ChannelQR, statedDay, 203)
	w.answersAt(bumTo, survey.ChannelKiosk, statedDay, 31)
	w.answersAt(bumTo, survey.ChannelPaper, statedDay, 3)
	w.answersAt(muCa, survey.ChannelQR, statedDay, 40)
	p.states(transactions.Numbers{w.pointOf(bumTo): {statedDay: 1234}, w.pointOf(muCa): {statedDay: 99}})
	edition := w.publish(p, tthc)
	whole := Request{Query: Query{Campaign: tthc, By: []Dimension{ByUnit}}}
	want := &ResponseRate{Transactions: 1333, Rate: 0.21, Channels: []ChannelRate{{Channel: survey.ChannelQR, Rate: 0.18}}}
	if diff := cmp.Diff(want, w.rate(p, whole)); diff != "" {
		t.Error(diff)
	}
	few := whole
	few.By, few.Where = []Dimension{BySector}, []Filter{{ByUnit, string(muCa)}}
	if got := w.rate(p, few); got != nil {
		t.Errorf("a rate in steps of fewer people than the threshold: %+v", got)
	}
	text, err := p.Text(t.Context(), Public, tthc, edition.Hash)
	if err != nil {
		t.Fatal(err)
	}
	_, rates, _ := strings.Cut(text, `"response_rates"`)
	rates, _, ok := strings.Cut(rates, `"tables"`)
	if !ok {
		t.Fatalf("no rates in %s", text)
	}
	for _, hidden := range []string{string(survey.ChannelPaper), string(survey.ChannelKiosk) /* hidden beside it */, "responses\"", "237", "277", string(muCa)} {
		if strings.Contains(rates, hidden) {
			t.Errorf("the edition tells %q: %s", hidden, rates)
		}
	}
	w.answersAt(bumTo, survey.ChannelQR, statedDay, 500)
	p.states(transactions.Numbers{w.pointOf(bumTo): {statedDay: 1}})
	if diff := cmp.Diff(want, w.rate(p, whole)); diff != "" {
		t.Errorf("what was published has changed: %s", diff)
	}
}

// An edition of before there were rates is read as it was, without one.
func TestEditionsWithoutResponseRates(t *testing.T) {
	t.Parallel()
	w, p, _ := newPublished(t)
	edition := w.publish(p, tthc)
	text, err := p.Text(t.Context(), Public, tthc, edition.Hash)
	if err != nil || strings.Contains(text, "response_rates") {
		t.Errorf("error %v; rates of no transactions in %s", err, text)
	}
	if got := w.rate(p, Request{Query: Query{Campaign: tthc, By: []Dimension{ByUnit}}}); got != nil {
		t.Errorf("a rate of no transactions: %+v", got)
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
