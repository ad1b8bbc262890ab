package tables

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hailong/analysis/results/disclosure/disclosuretest"
	"hailong/survey"
	"hailong/survey/surveytest"
)

var poolings = []survey.Pooling{survey.PoolOverall, survey.PoolAnswers, survey.PoolFactors}

// resident answers the overall question of the residents' form and, of the
// other items, those that are given.
func (w *fixture) resident(unit survey.UnitID, items ...string) survey.Response {
	r := w.Response(4)
	r.Campaign, r.Form, r.Unit, r.Sector, r.Answers = sipas, survey.FormRef{Code: "sipas-resident", Version: 1}, unit, "", nil
	for _, item := range items {
		r.Answers = append(r.Answers, survey.Answer{Item: item, Codes: []int{4}})
	}
	return r
}

// A unit of three is hidden together with the same second one, whatever is
// asked, and nothing below a hidden unit is shown.
func TestEveryMeasureHidesTheSameUnits(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	add := func(unit survey.UnitID, n int, items ...string) {
		w.Keep(surveytest.Times(n, func(int) survey.Response { return w.resident(unit, items...) })...)
	}
	all := []string{"D1", "D2", "D5", "D16", "D23"}
	add("xa-mu-ca", 3, all...)
	add("xa-bum-to-2025", 4, all...)
	add("xa-bum-to-2025", 2, "D23")
	add("xa-thu-lum", 5, all...)
	add("xa-thu-lum", 1, "D1", "D2", "D5", "D16")
	add("xa-pa-u-2025", 20, all...)
	hidden := func(q Query) (units []string) {
		for _, g := range w.table(q).Groups {
			if g.Figure.Suppressed {
				units = append(units, g.Keys[0])
			}
		}
		return units
	}
	want := hidden(Query{Campaign: sipas, By: []Dimension{ByUnit}, Pooling: survey.PoolOverall})
	if len(want) != 2 {
		t.Fatalf("%v are hidden, want the unit of three and another", want)
	}
	for _, pooling := range poolings {
		for _, formula := range []survey.Formula{survey.Top2, survey.Mean100, survey.Mean0} {
			got := hidden(Query{Campaign: sipas, By: []Dimension{ByUnit}, Pooling: pooling, Formula: formula})
			for _, unit := range want {
				if !slices.Contains(got, unit) {
					t.Errorf("%s %s shows %s", pooling, formula, unit)
				}
			}
		}
		for _, unit := range want {
			for _, by := range []Dimension{ByItem, ByFactor, ByMonth} {
				for _, g := range w.table(Query{Campaign: sipas, By: []Dimension{by}, Where: []Filter{{ByUnit, unit}}, Pooling: pooling}).Groups {
					if !g.Figure.Suppressed {
						t.Errorf("%s: %s of %s is shown: %+v", pooling, g.Keys[0], unit, g.Figure)
					}
				}
			}
		}
	}
}

// asked is a campaign whose answers are attacked: where they can lie and what
// each form asks. Everybody answers the overall question.
type asked struct {
	campaign survey.CampaignID
	overall  string
	forms    map[survey.FormCode][]string // items but the overall question
	factor   map[string]string            // of the items of the index
}

// cell is an atom: the answers to one item there; none: the respondents.
type cell struct {
	unit, month, form, item string
}

func (c cell) key(d Dimension) string {
	switch d {
	case ByUnit:
		return c.unit
	case ByMonth:
		return c.month
	case ByForm:
		return c.form
	default: // atoms lie in no other
		return ""
	}
}

// An attacker who sees every table, in either order, with every filter, of
// every measure, every factor and item, solves for answers; and, taking it that
// everybody answers everything, for respondents.
func TestMeasuresCannotBeSolved(t *testing.T) {
	t.Parallel()
	for name, a := range map[string]asked{
		"Residents": {
			sipas, "D23",
			map[survey.FormCode][]string{"sipas-resident": {"D1", "D2", "D5"}},
			map[string]string{"D1": "access", "D2": "access", "D5": "procedure"},
		},
		"TwoForms": {
			tthc, "overall",
			map[survey.FormCode][]string{"tthc-quick": nil, "tthc-dossier": {"attitude", "convenience"}},
			map[string]string{"attitude": "staff"},
		},
		"FormsThatShareItems": {
			edu, "F1",
			map[survey.FormCode][]string{"edu-preschool-parent": {"A1", "B1", "B4", "E2", "E5"}, "edu-primary-parent": {"A1", "B1", "B4", "E1", "E2"}, "edu-continuing-learner": {"A1", "B1", "A7", "E1", "E2"}},
			map[string]string{"A1": "access", "B1": "facilities", "B4": "facilities", "A7": "access", "E1": "results", "E2": "results", "E5": "results"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newFixture(t)
			rapid.Check(t, func(t *rapid.T) { a.attack(t, w) })
		})
	}
}

// keyOf is a sum of atoms, each taken once or not at all, as a key of a map.
func keyOf(sum []float64) string {
	key := make([]byte, len(sum))
	for i, weight := range sum {
		key[i] = byte('0' + int(weight))
	}
	return string(key)
}

func (a asked) attack(t *rapid.T, w *fixture) {
	values := map[Dimension][]string{
		ByUnit: {"xa-bum-to-2025", "xa-pa-u-2025", "xa-mu-ca"}, ByMonth: {"2026-01", "2026-02"},
		ByItem: {a.overall}, ByFactor: nil, ByForm: nil,
	}
	for form, items := range a.forms {
		values[ByForm] = append(values[ByForm], string(form))
		for _, item := range items {
			if !slices.Contains(values[ByItem], item) {
				values[ByItem] = append(values[ByItem], item)
			}
			if f := a.factor[item]; f != "" && !slices.Contains(values[ByFactor], f) {
				values[ByFactor] = append(values[ByFactor], f)
			}
		}
	}
	for _, v := range values {
		slices.Sort(v)
	}
	var responses []survey.Response
	var answers, people []cell
	count := map[cell]int{}
	for _, unit := range values[ByUnit] {
		for _, month := range values[ByMonth] {
			for _, form := range values[ByForm] {
				n := smallCounts.Draw(t, "n")
				here := cell{unit: unit, month: month, form: form}
				people = append(people, here)
				count[here] = n
				answered := map[string]int{a.overall: n}
				for _, item := range a.forms[survey.FormCode(form)] {
					answered[item] = max(0, n-rapid.SampledFrom([]int{0, 0, 0, 0, 1, 3, 9}).Draw(t, item+" not"))
				}
				for _, item := range values[ByItem] {
					if item != a.overall && !slices.Contains(a.forms[survey.FormCode(form)], item) {
						continue
					}
					here.item = item
					answers = append(answers, here)
					count[here] = answered[item]
				}
				for i := range n {
					r := w.Response(5)
					r.Campaign, r.Form, r.Unit, r.Sector, r.Day = a.campaign, survey.FormRef{Code: survey.FormCode(form), Version: 1}, survey.UnitID(unit), "", survey.Date(month+"-05")
					r.Answers = nil
					for _, item := range values[ByItem] {
						if i < answered[item] {
							r.Answers = append(r.Answers, survey.Answer{Item: item, Codes: []int{1 + i%3}})
						}
					}
					responses = append(responses, r)
				}
			}
		}
	}
	held := over(w.ResponseFixture, w.Holding(t, responses...))

	// A figure is known by the item, factor or pooling that it is of and by
	// which answers it sums.
	ofAnswers, ofPeople := disclosuretest.Attacker{Atoms: len(answers)}, disclosuretest.Attacker{Atoms: len(people)}
	hiddenPeople := map[string]bool{}
	shownAnswers := map[string]bool{} // by the answers that there are
	published := map[string]bool{}
	publish := func(to *disclosuretest.Attacker, sum []float64) { // each sum once
		if key := keyOf(sum); !published[key] {
			published[key] = true
			to.Published = append(to.Published, sum)
		}
	}
	there := func(sum []float64) string {
		var in []int
		for i, weight := range sum {
			if weight > 0 && count[answers[i]] > 0 {
				in = append(in, i)
			}
		}
		return fmt.Sprint(in)
	}
	see := func(q Query, f Figure, group map[Dimension]string, threshold int64) {
		in := func(c cell) bool {
			for d, key := range group {
				if d != ByItem && d != ByFactor && c.key(d) != key {
					return false
				}
			}
			return true
		}
		counts := func(item string) bool {
			switch {
			case group[ByItem] != "":
				return item == group[ByItem]
			case group[ByFactor] != "":
				return a.factor[item] == group[ByFactor]
			case q.Pooling == survey.PoolOverall:
				return item == a.overall
			}
			return a.factor[item] != ""
		}
		name := func() string { return fmt.Sprintf("%s by %v where %v: %v", q.Pooling, q.By, q.Where, group) }
		if f.Suppressed && (f.N != 0 || f.Answers != 0) || !f.Suppressed && 0 < f.N && f.N < threshold {
			t.Fatalf("%s: %+v", name(), f)
		}
		sum, total := make([]float64, len(answers)), 0
		for i, c := range answers {
			if in(c) && counts(c.item) {
				sum[i] = 1
				total += count[c]
			}
		}
		mean := q.Pooling == survey.PoolFactors && group[ByItem] == "" && group[ByFactor] == "" // may leave out factors
		switch {
		case mean || f.Suppressed && total == 0:
		case f.Suppressed:
			ofAnswers.Hidden, ofAnswers.Names = append(ofAnswers.Hidden, sum), append(ofAnswers.Names, there(sum)+" "+name())
		case f.Answers != int64(total):
			t.Fatalf("%s: %d answers, want %d", name(), f.Answers, total)
		default:
			publish(&ofAnswers, sum)
			shownAnswers[there(sum)] = true
		}
		sum, total = make([]float64, len(people)), 0
		for i, c := range people {
			if in(c) && (counts(a.overall) || slices.ContainsFunc(a.forms[survey.FormCode(c.form)], counts)) {
				sum[i] = 1
				total += count[c]
			}
		}
		key := keyOf(sum)
		switch {
		case f.Suppressed && total == 0:
		case !f.Suppressed && (f.N > 0 || counts(a.overall)):
			publish(&ofPeople, sum)
		case f.Suppressed && counts(a.overall) && !hiddenPeople[key]:
			hiddenPeople[key] = true
			ofPeople.Hidden, ofPeople.Names = append(ofPeople.Hidden, sum), append(ofPeople.Names, name())
		}
	}
	for _, q := range a.queries(values) {
		table, err := held.ask(q)
		if err != nil {
			t.Fatal(err)
		}
		where := map[Dimension]string{}
		for _, f := range q.Where {
			where[f.Dimension] = f.Key
		}
		see(q, table.Overall, where, table.Threshold)
		shown := map[string]Figure{}
		for _, g := range table.Groups {
			shown[strings.Join(g.Keys, ",")] = g.Figure
		}
		lines := [][]string{nil}
		for _, d := range q.By {
			var longer [][]string
			for _, line := range lines {
				for _, v := range values[d] {
					longer = append(longer, append(slices.Clone(line), v))
				}
			}
			lines = longer
		}
		for _, line := range lines {
			group := map[Dimension]string{}
			for d, key := range where {
				group[d] = key
			}
			for i, key := range line {
				group[q.By[i]] = key
			}
			if f, ok := shown[strings.Join(line, ",")]; len(q.By) > 0 {
				if !ok {
					f = NoFigure()
				}
				see(q, f, group, table.Threshold)
			}
		}
	}
	for _, name := range append(ofAnswers.Solved(), ofPeople.Solved()...) {
		if same, _, ok := strings.Cut(name, "] "); ok && shownAnswers[same+"]"] {
			// The very same answers are a published figure: nobody else
			// answered in the larger group. They are enough people.
			continue
		}
		t.Errorf("solved: %s", name)
	}
}

func (a asked) queries(values map[Dimension][]string) []Query {
	var queries []Query
	for _, pooling := range poolings {
		add := func(where []Filter, by ...Dimension) {
			queries = append(queries, Query{Campaign: a.campaign, By: by, Where: where, Pooling: pooling})
		}
		add(nil)
		dims := []Dimension{ByUnit, ByMonth, ByForm, ByFactor, ByItem}
		for _, d := range dims {
			add(nil, d)
			for _, e := range dims {
				switch {
				case e == d || (d == ByFactor || d == ByItem) && (e == ByFactor || e == ByItem),
					d == ByForm && (e == ByFactor || e == ByItem), e == ByForm && (d == ByFactor || d == ByItem):
					continue // refused
				}
				add(nil, d, e)
				if e == ByFactor || e == ByItem {
					continue
				}
				for _, key := range values[e] {
					add([]Filter{{e, key}}, d)
				}
			}
		}
	}
	return queries
}
