package results

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"hailong/analysis/results/columns"
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
	Classed   bool              `json:"classed,omitempty"` // figures of verified responses stand beside those of all
	Tables    []EditionTable    `json:"tables"`
	Targets   []EditionVerdict  `json:"targets"`

	ResponseRates []ResponseRate `json:"response_rates,omitempty"` // where transactions were known
}

// EditionTable is the answer to one query.
type EditionTable struct {
	By      []Dimension       `json:"by"`
	Where   map[string]string `json:"where,omitempty"` // key by dimension
	Overall Figure            `json:"overall"`
	Groups  []EditionGroup    `json:"groups"`
}

// EditionGroup is one line of a table. Labels holds a name for each key that has
// one.
type EditionGroup struct {
	Keys   []string      `json:"keys"`
	Labels []survey.Text `json:"labels"`
	Figure Figure        `json:"figure"`
}

// EditionVerdict is a milestone that the campaign answers.
type EditionVerdict struct {
	Code      survey.TargetCode `json:"code"`
	Title     survey.Text       `json:"title"`
	Threshold float64           `json:"threshold"`
	Due       survey.Date       `json:"due"`
	InForce   bool              `json:"in_force"`
	State     VerdictState      `json:"state"`
	Figure    Figure            `json:"figure"`
	Met       *bool             `json:"met"`
	Evidence  string            `json:"evidence"`
	Caveat    Caveat            `json:"caveat,omitempty"`
}

// editionFigures answers the queries from a view and judges the campaign's targets
// on the last day of its period. Edition and Published are left to the caller.
// Earlier editions are those that readers know, the oldest first, with what they
// were made of where that was kept. Groups are hidden until the edition and they
// together tell nothing small.
func editionFigures(responses *columns.CampaignView, queries []Query, earlier []*EditionFigures, known []*editionCounts) (EditionFigures, *editionCounts, error) {
	shown := make([]map[cellName]Figure, len(earlier))
	for i, f := range earlier {
		shown[i] = f.shownRespondents()
	}
	forced, ofVerified := map[cellName]bool{}, map[cellName]bool{}
	for {
		v := newView(responses, forEdition)
		v.forced = forced
		p := newPublicationOf(v.threshold())
		counts, err := v.protectEdition(queries, p, known)
		if alone := v.verifiedAlone(); err == nil && alone != nil {
			alone.forced = ofVerified
			counts.Verified, err = alone.protectEdition(queries, p, nil)
		}
		if err != nil {
			return EditionFigures{}, nil, err
		}
		f, err := v.editionFigures(queries)
		if err != nil {
			return EditionFigures{}, nil, err
		}
		changed := false
		for name, now := range f.shownRespondents() {
			for _, before := range shown {
				was, there := before[name]
				if !there {
					continue
				}
				change := now.N - was.N
				if p.small(change) {
					forced[name], changed = true, true
				}
				if now.Verified == nil || was.Verified == nil {
					continue
				}
				verified := now.Verified.N - was.Verified.N
				if p.small(verified) || verified != 0 && p.small(change-verified) {
					ofVerified[name], changed = true, true
				}
			}
		}
		if !changed {
			return f, counts, nil
		}
	}
}

func (v *view) editionFigures(queries []Query) (EditionFigures, error) {
	campaign := v.Layout.Campaign
	f := EditionFigures{
		Campaign: campaign.ID, Title: campaign.Title, Family: campaign.Family, Forms: campaign.Forms, Period: campaign.Period,
		Frame: campaign.Frame, Units: campaign.Units, Demo: campaign.Demo, Threshold: v.threshold(), Release: v.Release.Number, Classed: true,
		Tables: []EditionTable{}, Targets: []EditionVerdict{},
	}
	for _, q := range queries {
		t, err := q.answer(v)
		if err != nil {
			return EditionFigures{}, err
		}
		f.Method = t.Method
		f.Tables = append(f.Tables, editionTable(v.Catalog, q, &t))
	}
	return f, v.editionTargets(&f)
}

func editionTable(catalog *survey.Catalog, q Query, t *Table) EditionTable {
	table := EditionTable{By: append([]Dimension{}, q.By...), Where: q.where(), Overall: t.Overall, Groups: make([]EditionGroup, len(t.Groups))}
	for i, g := range t.Groups {
		labels := make([]survey.Text, len(g.Keys))
		for k, key := range g.Keys {
			labels[k] = Name(catalog, t.Campaign, t.By[k], key)
		}
		table.Groups[i] = EditionGroup{Keys: g.Keys, Labels: labels, Figure: g.Figure}
	}
	return table
}

func (v *view) editionTargets(f *EditionFigures) error {
	campaign := v.Layout.Campaign
	for i := range v.Catalog.Targets {
		t := &v.Catalog.Targets[i]
		if !campaign.Measures(t) {
			continue
		}
		table, err := targetQuery(campaign.ID, t).answer(v)
		if err != nil {
			return err
		}
		inForce := t.InForce(campaign.Period.To)
		for m, milestone := range t.Milestones {
			verdict := EditionVerdict{
				Code: t.Code, Title: t.Title, Threshold: milestone.Threshold, Due: milestone.Due,
				InForce: m == inForce, Figure: table.Overall,
			}
			c := Judge(table.Overall, table.Method, milestone.Threshold)
			verdict.State, verdict.Evidence, verdict.Caveat = c.State, string(c.Evidence), c.Caveat
			if c.State == Judged {
				verdict.Met = &c.Met
			}
			f.Targets = append(f.Targets, verdict)
		}
	}
	return nil
}

// editionQueries are the tables of an edition: the campaign's divisions, and those of
// each unit.
func editionQueries(v *view) ([]Query, error) {
	campaign := v.Layout.Campaign
	queries := []Query{{Campaign: campaign.ID}}
	divisions := Divisions(campaign.Family)
	for _, by := range divisions {
		queries = append(queries, Query{Campaign: campaign.ID, By: []Dimension{by}})
	}
	counts, err := v.Count(columns.Unit)
	if err != nil {
		return nil, err
	}
	var units []string
	for code, key := range v.Keys[columns.Unit] {
		if cell, ok := counts.Grid.Cell(uint32(code)); ok && key != "" && counts.Rows(cell) > 0 { //nolint:gosec // codes of groups
			units = append(units, key)
		}
	}
	order := v.order(ByUnit)
	slices.SortStableFunc(units, func(a, b string) int { return order[a] - order[b] })
	for _, unit := range units {
		for _, by := range divisions {
			if by != ByUnit {
				queries = append(queries, Query{Campaign: campaign.ID, By: []Dimension{by}, Where: []Filter{{Dimension: ByUnit, Key: unit}}})
			}
		}
	}
	return queries, nil
}

func targetQuery(id survey.CampaignID, t *survey.Target) Query {
	q := Query{Campaign: id}
	if t.Group != "" {
		q.Where = []Filter{{ByGroup, string(t.Group)}}
	}
	return q
}

// where is the query's filters by dimension; nil where there are none.
func (q Query) where() map[string]string {
	if len(q.Where) == 0 {
		return nil
	}
	m := map[string]string{}
	for _, f := range q.Where {
		m[string(f.Dimension)] = f.Key
	}
	return m
}

// readEdition reads the figures of an edition from the text of its snapshot.
func readEdition(body string) (*EditionFigures, error) {
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

// table returns the table of a query as it was published; ok is false if the
// edition does not hold it. An edition holds no other formula or pooling than
// the campaign's.
func (f *EditionFigures) table(campaign *survey.Campaign, q Query) (t Table, ok bool) {
	if q.Formula != "" && q.Formula != f.Method.Formula || q.Pooling != "" && q.Pooling != f.Method.Pooling {
		return Table{}, false
	}
	want := fmt.Sprint(q.where())
	for i := range f.Tables {
		held := &f.Tables[i]
		if !slices.Equal(held.By, q.By) || fmt.Sprint(held.Where) != want {
			continue
		}
		t = Table{
			Campaign: campaign, By: q.By, Method: f.Method, Threshold: f.Threshold,
			Overall: held.Overall, Groups: make([]Group, len(held.Groups)),
		}
		for k, g := range held.Groups {
			t.Groups[k] = Group{Keys: g.Keys, Figure: g.Figure}
		}
		return t, true
	}
	return Table{}, false
}

// target returns the figure of a target as it was published.
func (f *EditionFigures) target(code survey.TargetCode) (Figure, bool) {
	for _, v := range f.Targets {
		if v.Code == code {
			return v.Figure, true
		}
	}
	return noFigure, false
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *Figure) UnmarshalJSON(data []byte) error {
	var v struct {
		N, Answers      int64
		Rate, Low, High *float64
		Suppressed      bool
		Verified        *Figure
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	number := func(p *float64) float64 {
		if p == nil {
			return math.NaN()
		}
		return *p
	}
	*f = Figure{N: v.N, Answers: v.Answers, Rate: number(v.Rate), Low: number(v.Low), High: number(v.High), Suppressed: v.Suppressed, Verified: v.Verified}
	return nil
}
