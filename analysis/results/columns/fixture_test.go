package columns

import (
	"context"
	"testing"

	"hailong/analysis"
	"hailong/survey"
	"hailong/survey/surveytest"
)

// Campaigns that a first start opens.
const (
	tthc  survey.CampaignID = "tthc-2026"
	edu   survey.CampaignID = "edu-2026"
	sipas survey.CampaignID = "sipas-2026"
)

// fixture is a store of responses and what is held of them.
type fixture struct {
	*surveytest.ResponseFixture
	responses *Responses
}

func newFixture(t testing.TB, schools ...survey.Unit) *fixture {
	t.Helper()
	w := &fixture{ResponseFixture: surveytest.NewResponses(t, schools...)}
	w.responses = w.over(w.Store)
	return w
}

// over returns what nothing is loaded of yet, from a store.
func (w *fixture) over(store survey.Store) *Responses {
	ahead := func(layout *ItemLayout) []analysis.Index { return []analysis.Index{satisfied(layout)} }
	return New(store, func() *survey.Catalog { return w.Catalog }, ahead, nil)
}

// satisfied is the share who are satisfied: of all factors, where there are no
// factors by the overall questions.
func satisfied(layout *ItemLayout) analysis.Index {
	ix := analysis.Index{Factors: [][]int{layout.Overall}}
	if len(layout.Factors) > 0 {
		ix.Factors = nil
		for _, f := range layout.Factors {
			ix.Factors = append(ix.Factors, f.Items)
		}
	}
	it := layout.Items[ix.Factors[0][0]]
	ix.Scoring = analysis.Top2(int(it.Codes), it.Scale.Satisfied...)
	return ix
}

// keep stores responses as a server does.
func (w *fixture) keep(responses ...survey.Response) {
	w.Helper()
	w.Insert(responses...)
	for _, r := range responses {
		w.responses.Add(r)
	}
}

// release makes a release that holds everything that is stored.
func (w *fixture) release() {
	w.Helper()
	w.Release()
	if err := w.responses.Refresh(context.Background()); err != nil {
		w.Fatal(err)
	}
}

// keepReleased stores responses and makes a release of them.
func (w *fixture) keepReleased(responses ...survey.Response) {
	w.Helper()
	w.keep(responses...)
	w.release()
}

// waiting is how many responses of the procedures' campaign wait for a release.
func (w *fixture) waiting(responses *Responses) (n int) {
	w.Helper()
	byUnit, err := responses.Waiting(context.Background(), tthc)
	if err != nil {
		w.Fatal(err)
	}
	for _, count := range byUnit {
		n += count.Total()
	}
	return n
}

// count is how many responses of the procedures' campaign are held.
func (w *fixture) count() int64 { return w.overall(w.responses).Respondents }

// overall is the share who are satisfied overall, of the procedures' campaign.
func (w *fixture) overall(responses *Responses) (e analysis.IndexEstimate) {
	w.Helper()
	err := responses.Read(context.Background(), tthc, func(v *CampaignView) error {
		it := v.Layout.Items[v.Layout.Overall[0]]
		sums, err := v.Sum(analysis.Index{Factors: [][]int{v.Layout.Overall}, Scoring: analysis.Top2(int(it.Codes), it.Scale.Satisfied...)})
		if err != nil {
			return err
		}
		counts, err := v.Count()
		if err != nil {
			return err
		}
		e = sums.Estimate(0, 0.95)
		if counts.Rows(0) != e.Respondents || v.Responses() != int(e.Respondents) {
			w.Errorf("%d responses are held, %d are counted and %d answered", v.Responses(), counts.Rows(0), e.Respondents)
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	return e
}

// countBy counts the responses of a campaign by the names of the groups of a
// domain column; groups without a response are left out.
func (w *fixture) countBy(campaign survey.CampaignID, col int) map[string]int64 {
	w.Helper()
	counts := map[string]int64{}
	err := w.responses.Read(context.Background(), campaign, func(v *CampaignView) error {
		table, err := v.Count(col)
		if err != nil {
			return err
		}
		for code, key := range v.Keys[col] {
			if cell, ok := table.Grid.Cell(uint32(code)); ok && table.Rows(cell) > 0 {
				counts[key] = table.Rows(cell)
			}
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	return counts
}
