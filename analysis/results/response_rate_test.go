package results

import (
	"context"
	"strings"
	"testing"

	"hailong/analysis/results/publication"
	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/surveytest"
	"hailong/survey/transactions"
)

// statedDay is the day on which transactions are stated.
const statedDay survey.Date = "2026-03-05"

// answersAt stores n responses at a point.
func (w *fixture) answersAt(unit survey.UnitID, channel survey.Channel, day survey.Date, n int) {
	w.Helper()
	point := w.PointOf(tthc, unit)
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

func (w *fixture) rate(p *Published, r Request) *publication.ResponseRate {
	w.Helper()
	answer, err := p.Table(context.Background(), r)
	if err != nil {
		w.Fatal(err)
	}
	return answer.ResponseRate
}

// rateOfTarget is the rate beside the milestone of a target that is in force.
func (w *fixture) rateOfTarget(p *Published, reader Reader, code survey.TargetCode) *publication.ResponseRate {
	w.Helper()
	verdicts, err := p.Targets(context.Background(), reader, statedDay)
	if err != nil {
		w.Fatal(err)
	}
	for _, v := range verdicts {
		if v.Target.Code == code && v.InForce {
			return v.ResponseRate
		}
	}
	w.Fatalf("no target %s", code)
	return nil
}

// Before there is an edition the office reads the exact rate beside its target too, and
// nobody else any.
func TestResponseRateOfATargetBeforeAnEdition(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	p := NewPublished(w.released, &storedSnapshots{Store: w.Store}, noCut{})
	w.answersAt(bumTo, survey.ChannelQR, statedDay, 203)
	p.states(transactions.Numbers{w.PointOf(tthc, bumTo): {statedDay: 1000}})
	if got := w.rateOfTarget(p, everywhere, "TTHC"); got == nil || got.Rate != 0.203 {
		t.Errorf("the office reads %+v, want the rate 0.203", got)
	}
	if got := w.rateOfTarget(p, Public, "TTHC"); got != nil {
		t.Errorf("the public reads %+v before there is an edition", got)
	}
}

const bumTo survey.UnitID = "xa-bum-to-2025"

// An office reads the exact rate of its release, everybody the rounded one of the
// edition, which never changes.
func TestResponseRateOfAReader(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	p := NewPublished(w.released, &storedSnapshots{Store: w.Store}, noCut{})
	w.answersAt(bumTo, survey.ChannelQR, statedDay, 203)
	whole := tables.Query{Campaign: tthc, By: []tables.Dimension{tables.ByUnit}}
	release := Request{Query: whole, Reader: everywhere, Source: FromRelease}
	if got := w.rate(p, release); got != nil {
		t.Errorf("a rate of unknown transactions: %+v", got)
	}
	p.states(transactions.Numbers{w.PointOf(tthc, bumTo): {statedDay: 1000}})
	w.publish(p, tthc)
	exact, rounded := 0.203, 0.2
	for range 2 {
		if got := w.rate(p, release); got == nil || got.Rate != exact || got.Responses == 0 {
			t.Errorf("the office reads %+v, want the rate %v", got, exact)
		}
		if got := w.rate(p, Request{Query: whole}); got == nil || got.Rate != rounded || got.Responses != 0 {
			t.Errorf("the public reads %+v, want the rate %v", got, rounded)
		}
		w.answersAt(bumTo, survey.ChannelQR, statedDay, 97)
		exact = 0.3
	}
	for _, c := range []struct {
		reader Reader
		code   survey.TargetCode
		want   float64 // 0: none is told
	}{{Public, "TTHC", rounded}, {everywhere, "TTHC", rounded}, {Public, "TTHC-DXD", 0}} {
		if got := w.rateOfTarget(p, c.reader, c.code); c.want == 0 && got != nil || c.want != 0 && (got == nil || got.Rate != c.want) {
			t.Errorf("the rate beside target %s is %+v, want %v", c.code, got, c.want)
		}
	}
	release.Where = []tables.Filter{{Dimension: tables.ByMonth, Key: "2026-03"}}
	if got := w.rate(p, release); got != nil {
		t.Errorf("a rate of what transactions are not divided by: %+v", got)
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
	if got := w.rate(p, Request{Query: tables.Query{Campaign: tthc, By: []tables.Dimension{tables.ByUnit}}}); got != nil {
		t.Errorf("a rate of no transactions: %+v", got)
	}
}
