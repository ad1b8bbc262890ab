package publication

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hailong/analysis/results/tables"
	"hailong/survey"
)

// EditionFigures is every figure of a campaign that the public may ask for, as
// of one moment, in the form in which it is published and kept. It holds its own
// labels, so that it can be read without the catalogue of its day.
type EditionFigures struct {
	Campaign  survey.CampaignID `json:"campaign"`
	Title     survey.Text       `json:"title"`
	Family    survey.Family     `json:"questionnaire"`
	Forms     []survey.FormRef  `json:"forms"`
	Period    survey.Span       `json:"period"`
	Frame     survey.Date       `json:"frame"`
	Units     []survey.UnitID   `json:"units,omitempty"`
	Method    survey.Method     `json:"method"`
	Threshold int64             `json:"threshold"` // groups of fewer respondents are suppressed
	Demo      bool              `json:"demo,omitempty"`
	Edition   int               `json:"edition"`
	Published string            `json:"published"`         // RFC 3339
	Through   survey.Date       `json:"through,omitempty"` // the last day of the answers in it; empty: all of the campaign
	Release   int               `json:"release,omitempty"` // of the responses that it was made of
	Log       *survey.LogHead   `json:"log,omitempty"`     // of the signed log as it was then
	Classed   bool              `json:"classed,omitempty"` // figures of verified responses stand beside those of all
	Tables    []EditionTable    `json:"tables"`
	Targets   []EditionVerdict  `json:"targets"`

	ResponseRates []ResponseRate `json:"response_rates,omitempty"` // where transactions were known
}

// EditionTable is the answer to one query.
type EditionTable struct {
	By      []tables.Dimension `json:"by"`
	Where   map[string]string  `json:"where,omitempty"` // key by dimension
	Overall tables.Figure      `json:"overall"`
	Groups  []EditionGroup     `json:"groups"`
}

// EditionGroup is one line of a table. Labels holds a name for each key that has
// one.
type EditionGroup struct {
	Keys   []string      `json:"keys"`
	Labels []survey.Text `json:"labels"`
	Figure tables.Figure `json:"figure"`
}

// EditionVerdict is a milestone that the campaign answers.
type EditionVerdict struct {
	Code      survey.TargetCode `json:"code"`
	Title     survey.Text       `json:"title"`
	Threshold float64           `json:"threshold"`
	Due       survey.Date       `json:"due"`
	InForce   bool              `json:"in_force"`
	State     VerdictState      `json:"state"`
	Figure    tables.Figure     `json:"figure"`
	Met       *bool             `json:"met"`
	Evidence  string            `json:"evidence"`
	Caveat    Caveat            `json:"caveat,omitempty"`
}

// Read reads the figures of an edition from the text of its snapshot. Errors: Internal
// where that is damaged.
func Read(body string) (*EditionFigures, error) {
	var f EditionFigures
	decoder := json.NewDecoder(strings.NewReader(body))
	if err := decoder.Decode(&f); err != nil {
		return nil, survey.NewError(survey.Internal, "read the figures of an edition", err)
	}
	if !f.Classed {
		for i := range f.Tables {
			f.Tables[i].Overall.Unclassed = true
			for k := range f.Tables[i].Groups {
				f.Tables[i].Groups[k].Figure.Unclassed = true
			}
		}
		for i := range f.Targets {
			f.Targets[i].Figure.Unclassed = true
		}
	}
	return &f, nil
}

// Table returns the table of a query as it was published; ok is false if the
// edition does not hold it. An edition holds no other formula or pooling than
// the campaign's.
func (f *EditionFigures) Table(campaign *survey.Campaign, q tables.Query) (t tables.Table, ok bool) {
	if q.Formula != "" && q.Formula != f.Method.Formula || q.Pooling != "" && q.Pooling != f.Method.Pooling {
		return tables.Table{}, false
	}
	want := fmt.Sprint(whereOf(q))
	for i := range f.Tables {
		held := &f.Tables[i]
		if !slices.Equal(held.By, q.By) || fmt.Sprint(held.Where) != want {
			continue
		}
		t = tables.Table{
			Campaign: campaign, By: q.By, Method: f.Method, Threshold: f.Threshold,
			Overall: held.Overall, Groups: make([]tables.Group, len(held.Groups)),
		}
		for k, g := range held.Groups {
			t.Groups[k] = tables.Group{Keys: g.Keys, Figure: g.Figure}
		}
		return t, true
	}
	return tables.Table{}, false
}

// Target returns the figure of a target as it was published; ok is false if the edition
// does not hold it.
func (f *EditionFigures) Target(code survey.TargetCode) (figure tables.Figure, ok bool) {
	for _, v := range f.Targets {
		if v.Code == code {
			return v.Figure, true
		}
	}
	return tables.NoFigure(), false
}

// whereOf is the filters of a query by dimension; nil where there are none.
func whereOf(q tables.Query) map[string]string {
	if len(q.Where) == 0 {
		return nil
	}
	m := map[string]string{}
	for _, f := range q.Where {
		m[string(f.Dimension)] = f.Key
	}
	return m
}
