package tables

import (
	"testing"

	"pgregory.net/rapid"

	"hailong/analysis/results/columns"
	"hailong/survey"
	"hailong/survey/surveytest"
)

func (w *fixture) supplied(q Query) Supplied {
	w.Helper()
	var s Supplied
	err := w.Responses.Read(w.Context(), q.Campaign, func(v *columns.CampaignView) (err error) {
		s, err = ForOffice(v).Supplied(q)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return s
}

// by are n responses that answer with a code, by a channel.
func (w *fixture) by(channel survey.Channel, n, code int) []survey.Response {
	return surveytest.Times(n, func(int) survey.Response {
		r := w.Response(code)
		r.Unit, r.Channel = "xa-bum-to-2025", channel
		return r
	})
}

// What programs and files brought is told as a share, with the figures with and without
// it where no channel, and nobody else, is told of by the difference.
func TestSupplied(t *testing.T) {
	t.Parallel()
	type group struct {
		channel survey.Channel
		n, code int
	}
	for name, test := range map[string]struct {
		groups       []group
		responses    int64
		loud, shown  bool
		without, all float64
	}{
		"Nobody":         {},
		"None":           {groups: []group{{survey.ChannelQR, 20, 5}}},
		"AProgram":       {groups: []group{{survey.ChannelQR, 15, 1}, {survey.ChannelAPI, 5, 5}}, responses: 5, loud: true, shown: true, all: 0.25},
		"ProgramAndFile": {groups: []group{{survey.ChannelPaper, 10, 1}, {survey.ChannelAPI, 6, 5}, {survey.ChannelFile, 4, 5}}, responses: 10, loud: true}, // the file is small
		"Both":           {groups: []group{{survey.ChannelPaper, 10, 1}, {survey.ChannelAPI, 5, 5}, {survey.ChannelFile, 5, 1}}, responses: 10, loud: true, shown: true, all: 0.25},
		"FewSupplied":    {groups: []group{{survey.ChannelQR, 20, 1}, {survey.ChannelAPI, 4, 5}}, responses: 4, loud: true},
		"FewOthers":      {groups: []group{{survey.ChannelQR, 4, 1}, {survey.ChannelAPI, 20, 5}}, responses: 20, loud: true},
		"NobodyElse":     {groups: []group{{survey.ChannelAPI, 20, 5}}, responses: 20, loud: true},
		"ATenth":         {groups: []group{{survey.ChannelQR, 45, 5}, {survey.ChannelAPI, 5, 1}}, responses: 5, shown: true, without: 1, all: 0.9},
	} {
		w := newFixture(t)
		for _, g := range test.groups {
			w.Keep(w.by(g.channel, g.n, g.code)...)
		}
		for where, filters := range map[string][]Filter{"in all": nil, "at the unit": {{ByUnit, "xa-bum-to-2025"}}} {
			s := w.supplied(Query{Campaign: tthc, Where: filters})
			if s.Responses != test.responses || s.Loud() != test.loud || (s.Figures != nil) != test.shown {
				t.Errorf("%s %s: %d of %d, loud %v, figures %+v", name, where, s.Responses, s.Of, s.Loud(), s.Figures)
			}
			if s.Figures != nil && (!near(s.Figures.Without.Rate, test.without) || !near(s.Figures.With.Rate, test.all)) {
				t.Errorf("%s %s: %v without and %v with, want %v and %v", name, where, s.Figures.Without.Rate, s.Figures.With.Rate, test.without, test.all)
			}
		}
		if s := w.supplied(Query{Campaign: tthc, Where: []Filter{{ByUnit, "xa-bum-nua-2025"}}}); s != (Supplied{}) {
			t.Errorf("%s: where nobody answered: %+v", name, s)
		}
	}
}

// The figure of the verified stands beside the others: what is left of those without a
// proof must not be few.
func TestSuppliedBesideTheVerified(t *testing.T) {
	t.Parallel()
	for open, shown := range map[int]bool{0: true, 3: false, 5: true} {
		w := newFixture(t)
		verified := w.by(survey.ChannelKiosk, 20, 5)
		for i := range verified {
			verified[i].Proof = survey.VerifiedDevice
		}
		w.Keep(verified...)
		w.Keep(w.by(survey.ChannelAPI, 10, 5)...)
		w.Keep(w.by(survey.ChannelKiosk, open, 1)...)
		if s := w.supplied(Query{Campaign: tthc}); (s.Figures != nil) != shown {
			t.Errorf("%d without a proof beside 20 verified: figures %+v", open, s.Figures)
		}
	}
}

// The figure without what was supplied is that of the same responses had nobody supplied
// any, for every pooling and formula.
func TestWithoutWhatWasSupplied(t *testing.T) {
	t.Parallel()
	f := surveytest.NewResponses(t)
	rapid.Check(t, func(r *rapid.T) {
		code := rapid.IntRange(1, 5)
		var others, supplied []survey.Response
		for range rapid.IntRange(5, 15).Draw(r, "others") {
			others = append(others, f.Response(code.Draw(r, "code")))
		}
		for range rapid.IntRange(5, 15).Draw(r, "supplied") {
			response := f.Response(code.Draw(r, "code"))
			response.Channel = rapid.SampledFrom([]survey.Channel{survey.ChannelAPI, survey.ChannelFile}).Draw(r, "channel")
			supplied = append(supplied, response)
		}
		q := Query{Campaign: tthc, Formula: rapid.SampledFrom([]survey.Formula{survey.Top2, survey.Mean100, survey.Mean0}).Draw(r, "formula")}
		alone := over(f, f.Holding(r, others...)).table(q).Overall
		s := over(f, f.Holding(r, append(others, supplied...)...)).supplied(q)
		if s.Responses != int64(len(supplied)) || s.Of != int64(len(others)+len(supplied)) {
			r.Fatalf("%d of %d, want %d of %d", s.Responses, s.Of, len(supplied), len(others)+len(supplied))
		}
		if s.Figures == nil { // one of the two channels is small
			return
		}
		if got := s.Figures.Without; got.N != alone.N || got.Answers != alone.Answers || !near(got.Rate, alone.Rate) {
			r.Fatalf("without: %+v, want %+v", got, alone)
		}
	})
}

// A factor that few of those who are left out answered stays out of no mean that could be
// compared: the two figures would tell what they said of it.
func TestSuppliedFactorOfAFew(t *testing.T) {
	t.Parallel()
	for n, shown := range map[int]bool{0: true, 2: false, 5: true} {
		w := newFixture(t)
		w.Keep(surveytest.Times(10, func(int) survey.Response { return w.resident("xa-bum-to-2025", "D1", "D5") })...)
		w.Keep(surveytest.Times(6, func(i int) survey.Response {
			r := w.resident("xa-bum-to-2025", "D1")
			if i < n {
				r = w.resident("xa-bum-to-2025", "D1", "D5")
			}
			r.Channel = survey.ChannelFile
			return r
		})...)
		for _, pooling := range []survey.Pooling{survey.PoolAnswers, survey.PoolFactors} {
			if s := w.supplied(Query{Campaign: sipas, Pooling: pooling}); s.Responses != 6 || (s.Figures != nil) != shown {
				t.Errorf("%s, %d of 6 answered the second factor: %d supplied, figures %+v", pooling, n, s.Responses, s.Figures)
			}
		}
	}
}
