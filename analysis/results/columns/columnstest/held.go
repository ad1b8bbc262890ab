// Package columnstest holds responses in memory for the tests of what is computed from
// them.
package columnstest

import (
	"hailong/analysis"
	"hailong/analysis/results/columns"
	"hailong/survey"
	"hailong/survey/surveytest"
)

// Held is a store of responses, and those of its releases in memory.
type Held struct {
	*surveytest.ResponseFixture
	Responses *columns.Responses
}

// Over holds the responses of a store, which need not be the one of the fixture. ahead
// is as for columns.New.
func Over(f *surveytest.ResponseFixture, store survey.Store, ahead func(*columns.ItemLayout) []analysis.Index) Held {
	return Held{f, columns.New(store, func() *survey.Catalog { return f.Catalog }, ahead, nil)}
}

// Keep stores responses and releases them.
func (h *Held) Keep(responses ...survey.Response) {
	h.Helper()
	h.Insert(responses...)
	h.Release()
	if err := h.Responses.Refresh(h.Context()); err != nil {
		h.Fatal(err)
	}
}
