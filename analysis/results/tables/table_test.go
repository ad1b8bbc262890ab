package tables

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"hailong/analysis"
	"hailong/analysis/results/columns"
	"hailong/survey"
	"hailong/survey/surveytest"
)

// The test vectors of the three formulas: of 100 people 60 are satisfied, 25
// very satisfied, 15 neither.
func TestFormulas(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for code, n := range map[int]int{3: 15, 4: 60, 5: 25} {
		w.Keep(surveytest.Times(n, func(int) survey.Response { return w.Response(code) })...)
	}
	for formula, want := range map[survey.Formula]float64{"": 0.85, survey.Top2: 0.85, survey.Mean100: 0.82, survey.Mean0: 0.775} {
		t.Run("Formula"+string(formula), func(t *testing.T) {
			t.Parallel()
			got := w.table(Query{Campaign: tthc, Formula: formula}).Overall
			if !near(got.Rate, want) || got.N != 100 || got.Answers != 100 || got.Suppressed {
				t.Errorf("%+v, want %v of 100", got, want)
			}
			if !(got.Low < want && want < got.High) {
				t.Errorf("interval %v to %v does not hold %v", got.Low, got.High, want)
			}
		})
	}
	t.Run("WilsonForTheShare", func(t *testing.T) {
		t.Parallel()
		got := w.table(Query{Campaign: tthc}).Overall
		if want := analysis.Wilson(85, 100, 0.95); got.Interval() != want {
			t.Errorf("%v, want %v", got.Interval(), want)
		}
	})
}

func TestNotApplicableStandsInNoDenominator(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	resident := func(codes ...int) survey.Response {
		r := w.Response(5)
		r.Campaign, r.Form, r.Sector, r.Answers = sipas, survey.FormRef{Code: "sipas-resident", Version: 1}, "", nil
		for i, code := range codes {
			r.Answers = append(r.Answers, survey.Answer{Item: fmt.Sprintf("D%d", i+1), Codes: []int{code}})
		}
		return r
	}
	w.Keep(surveytest.Times(10, func(int) survey.Response { return resident(5, 5, 0) })...)
	w.Keep(surveytest.Times(10, func(int) survey.Response { return resident(1, 5, 5) })...)
	got := w.table(Query{Campaign: sipas, Pooling: survey.PoolAnswers})
	if got.Overall.N != 20 || got.Overall.Answers != 50 || !near(got.Overall.Rate, 0.8) {
		t.Errorf("%+v, want 40 of 50 answers of 20 people", got.Overall)
	}
	for _, g := range w.table(Query{Campaign: sipas, By: []Dimension{ByItem}}).Groups {
		want := map[string]Figure{"D1": {N: 20, Rate: 0.5}, "D2": {N: 20, Rate: 1}, "D3": {N: 10, Rate: 1}}[g.Keys[0]]
		if g.Figure.N != want.N || g.Figure.Rate != want.Rate {
			t.Errorf("item %s: %+v, want %+v", g.Keys[0], g.Figure, want)
		}
	}
}

// An item by itself is the index of that item, computed another way.
func TestItemFigureIsTheIndexOfOneItem(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		answers := rapid.SliceOfN(rapid.SampledFrom([]uint8{0, 1, 2, 3, 4, 5, 5, 5, analysis.NotApplicable}), 2, 40).Draw(t, "answers")
		c, err := analysis.NewColumns(analysis.Schema{Items: []analysis.Question{{Name: "q", Codes: 5}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range answers {
			if err := c.Append([]uint8{code}, nil, nil); err != nil {
				t.Fatal(err)
			}
		}
		for _, s := range []analysis.Scoring{analysis.Top2(5, 4, 5), analysis.Mean100(5), analysis.Mean0(5)} {
			counts, err := c.Snapshot().Tabulate(analysis.Grouping{})
			if err != nil {
				t.Fatal(err)
			}
			sums, err := c.Snapshot().TabulateIndex(analysis.Index{Factors: [][]int{{0}}, Scoring: s}, analysis.Grouping{})
			if err != nil {
				t.Fatal(err)
			}
			got := itemFigure(counts.Counts(0, 0), s, int64(len(answers)), int64(len(answers)), 0.95)
			want := figureOf(sums.Estimate(0, 0.95))
			if diff := cmp.Diff(want, got, cmpopts.EquateNaNs(), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
				t.Fatalf("of %d: %s", s.Of, diff)
			}
		}
	})
}

func TestQueriesThatAreNotOffered(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for name, c := range map[string]struct {
		q    Query
		kind survey.Kind
		key  string
	}{
		"UnknownDimension": {Query{Campaign: tthc, By: []Dimension{"name"}}, survey.Invalid, "results.unknown_dimension"},
		"ThreeKinds":       {Query{Campaign: tthc, By: []Dimension{ByUnit, ByMonth}, Where: []Filter{{ByChannel, "qr"}}}, survey.Invalid, "results.too_many"},
		"Nested":           {Query{Campaign: tthc, By: []Dimension{BySector, ByGroup}}, survey.Invalid, "results.nested"},
		"Twice":            {Query{Campaign: tthc, By: []Dimension{ByUnit, ByUnit}}, survey.Invalid, "results.nested"},
		"FilterBelow":      {Query{Campaign: tthc, By: []Dimension{ByGroup}, Where: []Filter{{BySector, "land"}}}, survey.Invalid, "results.nested_filter"},
		"FilterByItem":     {Query{Campaign: tthc, Where: []Filter{{ByItem, "overall"}}}, survey.Invalid, "results.filter_items"},
		"SchoolCrossed":    {Query{Campaign: edu, By: []Dimension{BySchool, ByForm}}, survey.Invalid, "results.school_alone"},
		"ItemsByForm":      {Query{Campaign: edu, By: []Dimension{ByItem}, Where: []Filter{{ByForm, "edu-primary-parent"}}}, survey.Invalid, "results.items_by_form"},
		"FactorsByLevel":   {Query{Campaign: edu, By: []Dimension{ByLevel, ByFactor}}, survey.Invalid, "results.items_by_form"},
		"UnknownUnit":      {Query{Campaign: tthc, Where: []Filter{{ByUnit, "nosuch"}}}, survey.Invalid, "results.unknown_value"},
		"UnitOfCommune":    {Query{Campaign: tthc, Where: []Filter{{ByUnit, "mot-cua-xa-bum-to"}}}, survey.Invalid, "results.unit_within"},
		"UnitThatEnded":    {Query{Campaign: tthc, Where: []Filter{{ByUnit, "tt-muong-te"}}}, survey.Invalid, "results.unit_within"},
		"UnknownSector":    {Query{Campaign: tthc, By: []Dimension{ByUnit}, Where: []Filter{{BySector, "nosuch"}}}, survey.Invalid, "results.unknown_value"},
		"UnknownMonth":     {Query{Campaign: tthc, Where: []Filter{{ByMonth, "2026-13"}}}, survey.Invalid, "results.unknown_value"},
		"Formula":          {Query{Campaign: tthc, Formula: "median"}, survey.Invalid, "results.unknown_formula"},
		"Pooling":          {Query{Campaign: tthc, Pooling: "none"}, survey.Invalid, "results.unknown_pooling"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := w.ask(c.q)
			if !survey.Is(err, c.kind) || err != nil && !strings.Contains(err.Error(), c.key) {
				t.Errorf("error %v, want %v %s", err, c.kind, c.key)
			}
			if got, want := errors.Is(err, ErrUnknownGroup), c.key == "results.unknown_value" || c.key == "results.unit_within"; got != want {
				t.Errorf("its cause is an unknown group: %v, want %v", got, want)
			}
			if err := w.check(c.q); !survey.Is(err, c.kind) || !strings.Contains(err.Error(), c.key) {
				t.Errorf("checked: error %v, want %v %s", err, c.kind, c.key)
			}
		})
	}
}

func TestFiltersCutTheSameTable(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for month := 1; month <= 3; month++ {
		for _, unit := range []survey.UnitID{"xa-bum-to-2025", "xa-pa-u-2025"} {
			for _, sector := range []survey.SectorID{"land", "certification"} {
				w.Keep(surveytest.Times(6*month, func(i int) survey.Response {
					r := w.Response(1 + i%5)
					r.Unit, r.Sector, r.Day = unit, sector, survey.Date(fmt.Sprintf("2026-%02d-01", month))
					return r
				})...)
			}
		}
	}
	whole := w.table(Query{Campaign: tthc, By: []Dimension{ByUnit, ByMonth}})
	if len(whole.Groups) != 6 || whole.Overall.N != 144 {
		t.Fatalf("%d groups of %d respondents, want 6 of 144", len(whole.Groups), whole.Overall.N)
	}
	part := w.table(Query{Campaign: tthc, By: []Dimension{ByMonth}, Where: []Filter{{ByUnit, "xa-pa-u-2025"}}})
	for i, g := range part.Groups {
		if diff := cmp.Diff(whole.Groups[3+i].Figure, g.Figure); diff != "" {
			t.Errorf("month %s: %s", g.Keys[0], diff)
		}
	}
	if one := w.table(Query{Campaign: tthc, By: []Dimension{ByUnit}}).Groups[1].Figure; !cmp.Equal(one, part.Overall) {
		t.Errorf("overall of the filter %+v, by unit %+v", part.Overall, one)
	}
	if none := w.table(Query{Campaign: tthc, By: []Dimension{ByMonth}, Where: []Filter{{ByUnit, "xa-mu-ca"}}}); none.Overall.N != 0 || none.Overall.Suppressed || len(none.Groups) != 0 {
		t.Errorf("a unit without responses: %+v", none)
	}
	group := w.table(Query{Campaign: tthc, By: []Dimension{BySector}, Where: []Filter{{ByGroup, string(survey.LandBuildInvest)}}})
	if len(group.Groups) != 1 || group.Groups[0].Keys[0] != "land" || group.Overall.N != 72 {
		t.Errorf("sectors of a group: %+v", group)
	}
}

// Months of three units whose cheapest rectangles differ when rows and columns
// change places.
func TestTheOrderOfTheQuestionHidesTheSame(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for unit, counts := range map[survey.UnitID][]int{
		"xa-bum-to-2025": {13, 4, 13, 4},
		"xa-thu-lum":     {8, 8, 3, 13},
		"xa-pa-u-2025":   {12, 8, 2, 10},
	} {
		if w.Catalog.Unit(unit) == nil {
			t.Fatalf("the catalogue has no unit %s", unit)
		}
		for i, n := range counts {
			w.Keep(surveytest.Times(n, func(int) survey.Response {
				r := w.Response(4)
				r.Unit, r.Day = unit, survey.Date(fmt.Sprintf("2026-%02d-10", 2+i))
				return r
			})...)
		}
	}
	figures := func(q Query, swap bool) map[string]Figure {
		got := map[string]Figure{}
		for _, g := range w.table(q).Groups {
			if swap {
				slices.Reverse(g.Keys)
			}
			got[strings.Join(g.Keys, ",")] = g.Figure
		}
		return got
	}
	want := figures(Query{Campaign: tthc, By: []Dimension{ByUnit, ByMonth}}, false)
	if diff := cmp.Diff(want, figures(Query{Campaign: tthc, By: []Dimension{ByMonth, ByUnit}}, true), cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("by month and unit: %s", diff)
	}
	for key, f := range want {
		unit, month, _ := strings.Cut(key, ",")
		for by, where := range map[Dimension]Filter{ByMonth: {ByUnit, unit}, ByUnit: {ByMonth, month}} {
			part := figures(Query{Campaign: tthc, By: []Dimension{by}, Where: []Filter{where}}, false)
			own := map[Dimension]string{ByMonth: month, ByUnit: unit}[by]
			if diff := cmp.Diff(f, part[own], cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("%s by %s of %s: %s", key, by, where.Key, diff)
			}
		}
	}
}

func TestAFactorOfTooFewStaysOutOfTheMean(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	items := map[string][]string{} // by factor
	p := columns.NewItemLayout(w.Catalog, w.Catalog.Campaign(sipas))
	for _, f := range p.Factors {
		for _, col := range f.Items {
			items[f.Code] = append(items[f.Code], p.Items[col].Code)
		}
	}
	last := p.Factors[len(p.Factors)-1].Code
	w.Keep(surveytest.Times(40, func(i int) survey.Response {
		r := w.Response(5)
		r.Campaign, r.Form, r.Sector, r.Answers = sipas, survey.FormRef{Code: "sipas-resident", Version: 1}, "", nil
		for _, f := range p.Factors {
			if f.Code == last && i >= 3 {
				continue // only three people ever made a suggestion
			}
			for _, item := range items[f.Code] {
				code := 4
				if f.Code == last {
					code = 1
				}
				r.Answers = append(r.Answers, survey.Answer{Item: item, Codes: []int{code}})
			}
		}
		return r
	})...)
	by := w.table(Query{Campaign: sipas, By: []Dimension{ByFactor}})
	hidden := 0
	for _, g := range by.Groups {
		if g.Figure.Suppressed {
			hidden++
		}
	}
	if hidden != 2 {
		t.Errorf("%d factors are suppressed, want the small one and a second", hidden)
	}
	if by.Overall.Rate != 1 || by.Overall.N != 40 {
		t.Errorf("overall %+v: the three answers of the small factor must not show", by.Overall)
	}
}

func TestFigureJSON(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		f    Figure
		want string
	}{
		"Plain":      {Figure{N: 4, Answers: 8, Rate: 0.5, Low: 0.25, High: 0.75}, `{"n":4,"answers":8,"rate":0.5,"low":0.25,"high":0.75,"suppressed":false}`},
		"Suppressed": {suppressed(), `{"n":0,"answers":0,"rate":null,"low":null,"high":null,"suppressed":true}`},
		"Verified":   {Figure{N: 1, Answers: 1, Rate: 1, Low: 0.5, High: 1, Verified: &Figure{N: 1, Answers: 1, Rate: 1, Low: 0.5, High: 1}}, `{"n":1,"answers":1,"rate":1,"low":0.5,"high":1,"suppressed":false,"verified":{"n":1,"answers":1,"rate":1,"low":0.5,"high":1,"suppressed":false}}`},
		"NoInterval": {Figure{N: 1, Answers: 1, Rate: 1, Low: math.NaN(), High: math.Inf(1)}, `{"n":1,"answers":1,"rate":1,"low":null,"high":null,"suppressed":false}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(c.f)
			if err != nil || string(got) != c.want {
				t.Errorf("%s (%v), want %s", got, err, c.want)
			}
			var read Figure
			if err := json.Unmarshal(got, &read); err != nil {
				t.Fatal(err)
			}
			if again, err := json.Marshal(read); err != nil || string(again) != c.want {
				t.Errorf("read and written again it is %s (%v), want %s", again, err, c.want)
			}
		})
	}
}

// The verified stand apart where each rate lies outside the interval of the other.
func TestTheVerifiedApart(t *testing.T) {
	t.Parallel()
	all := Figure{N: 100, Rate: 0.9, Low: 0.8, High: 0.95}
	for name, c := range map[string]struct {
		verified *Figure
		apart    bool
	}{
		"NoneIsShown":    {nil, false},
		"TheSame":        {&all, false},
		"InTheInterval":  {&Figure{N: 30, Rate: 0.85, Low: 0.6, High: 0.89}, false},
		"HoldsTheOther":  {&Figure{N: 10, Rate: 0.7, Low: 0.4, High: 0.92}, false},
		"BothLieOutside": {&Figure{N: 50, Rate: 0.6, Low: 0.5, High: 0.7}, true},
		"NoInterval":     {&Figure{N: 50, Rate: 0.6, Low: math.NaN(), High: math.NaN()}, false},
	} {
		f := all
		f.Verified = c.verified
		if got := f.Apart(); (got != nil) != c.apart || got != nil && got != c.verified {
			t.Errorf("%s: %+v stands apart, want %v", name, got, c.apart)
		}
	}
}

func TestUnitsOfAQuery(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	unit, month := Filter{ByUnit, "xa-bum-to-2025"}, Filter{ByMonth, "2026-03"}
	for name, c := range map[string]struct {
		where                  []Filter
		only, includes, others bool
	}{
		"All":      {nil, true, true, true},
		"Unit":     {[]Filter{unit}, true, true, false},
		"Month":    {[]Filter{month}, false, true, true},
		"TwoKinds": {[]Filter{unit, month}, false, true, false},
	} {
		q := Query{Campaign: tthc, Where: c.where}
		if got := q.OnlyPlaces(); got != c.only {
			t.Errorf("%s: by places alone: %v, want %v", name, got, c.only)
		}
		if got, others := q.Includes(w.Catalog, "xa-bum-to-2025"), q.Includes(w.Catalog, "xa-mu-ca"); got != c.includes || others != c.others {
			t.Errorf("%s: includes the unit %v and another one %v, want %v and %v", name, got, others, c.includes, c.others)
		}
	}
}
