package results

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.mongodb.org/mongo-driver/bson"
	"pgregory.net/rapid"

	"hailong/analysis"
	"hailong/analysis/results/columns"
	"hailong/analysis/results/disclosure/disclosuretest"
	"hailong/survey"
	"hailong/survey/releases"
	"hailong/survey/surveytest"
)

// The test vectors of the three formulas: of 100 people 60 are satisfied, 25
// very satisfied, 15 neither.
func TestFormulas(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for code, n := range map[int]int{3: 15, 4: 60, 5: 25} {
		w.keep(surveytest.Times(n, func(int) survey.Response { return w.Response(code) })...)
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
	w.keep(surveytest.Times(10, func(int) survey.Response { return resident(5, 5, 0) })...)
	w.keep(surveytest.Times(10, func(int) survey.Response { return resident(1, 5, 5) })...)
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
		"UnknownCampaign":  {Query{Campaign: "x"}, survey.NotFound, "results.unknown_campaign"},
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
			if got, want := errors.Is(err, ErrUnknownGroup), c.key == "results.unknown_value"; got != want {
				t.Errorf("its cause is an unknown group: %v, want %v", got, want)
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
				w.keep(surveytest.Times(6*month, func(i int) survey.Response {
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
			w.keep(surveytest.Times(n, func(int) survey.Response {
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
	w.keep(surveytest.Times(40, func(i int) survey.Response {
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
		"Suppressed": {suppressedFigure, `{"n":0,"answers":0,"rate":null,"low":null,"high":null,"suppressed":true}`},
		"NoInterval": {Figure{N: 1, Answers: 1, Rate: 1, Low: math.NaN(), High: math.Inf(1)}, `{"n":1,"answers":1,"rate":1,"low":null,"high":null,"suppressed":false}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(c.f)
			if err != nil || string(got) != c.want {
				t.Errorf("%s (%v), want %s", got, err, c.want)
			}
		})
	}
}

// people is where responses of an attack test can lie: one value of every kind
// of division, each with its groups at every dimension.
type people struct {
	dims  []Dimension
	kinds map[Dimension]int
	// group is the key of a value at a dimension.
	group    func(d Dimension, value int) string
	sizes    []int // values of each kind
	count    []int // respondents of each atom, the last kind running fastest
	verified []int // of them with a proof
}

// among is how many respondents a sum has.
func (p people) among(sum []float64) (n float64) {
	count := slices.Concat(p.count, p.verified)
	for i, weight := range sum {
		n += weight * float64(count[i])
	}
	return n
}

// attack reads every table over one and two of the dimensions and solves.
func attack(t *rapid.T, w *fixture, campaign survey.CampaignID, p people) {
	atoms := 1
	for _, n := range p.sizes {
		atoms *= n
	}
	value := func(atom, kind int) int {
		for k := len(p.sizes) - 1; k > kind; k-- {
			atom /= p.sizes[k]
		}
		return atom % p.sizes[kind]
	}
	a := disclosuretest.Attacker{Atoms: atoms}
	var tables [][]Dimension
	tables = append(tables, nil)
	for i, d := range p.dims {
		tables = append(tables, []Dimension{d})
		for _, e := range p.dims[:i] {
			tables = append(tables, []Dimension{e, d}, []Dimension{d, e})
		}
	}
	for _, by := range tables {
		table, err := w.ask(Query{Campaign: campaign, By: by})
		if survey.Is(err, survey.Invalid) {
			continue // not offered
		}
		if err != nil {
			t.Fatal(err)
		}
		shown := map[string]Figure{"": table.Overall}
		for _, g := range table.Groups {
			shown[strings.Join(g.Keys, ",")] = g.Figure
		}
		sums := map[string][]float64{"": nil}
		for atom := range atoms {
			var keys []string
			for _, d := range by {
				keys = append(keys, p.group(d, value(atom, p.kinds[d])))
			}
			for _, key := range []string{"", strings.Join(keys, ",")} {
				if sums[key] == nil {
					sums[key] = make([]float64, atoms)
				}
				sums[key][atom] = 1
			}
		}
		for key, sum := range sums {
			f := shown[key] // a group that is not there is known to be empty
			switch {
			case f.Suppressed && f.N != 0:
				t.Fatalf("%v %s: a suppressed figure tells its n", by, key)
			case f.Suppressed && p.among(sum) == 0:
				// That there is nobody tells nothing of anybody. It may be known
				// and helps with the others: every empty group that is not in a
				// table is among the published sums.
			case f.Suppressed:
				a.Hidden = append(a.Hidden, sum)
				a.Names = append(a.Names, fmt.Sprintf("%v %s", by, key))
			case f.N > 0 && f.N < table.Threshold:
				t.Fatalf("%v %s: %d respondents are shown", by, key, f.N)
			default:
				a.Published = append(a.Published, sum)
			}
		}
	}
	for _, name := range a.Solved() {
		t.Errorf("solved: %s", name)
	}
}

// fake is a fixture over responses that no store holds, all of them released.
func fake(t *rapid.T, w *fixture, responses []survey.Response) *fixture {
	return &fixture{
		ResponseFixture: w.ResponseFixture,
		released:        NewReleased(overlay{w.Store, documents(t, responses), releaseOf(responses)}, func() *survey.Catalog { return w.Catalog }, nil),
	}
}

func documents(t interface{ Fatal(...any) }, responses []survey.Response) (docs []bson.Raw) {
	for _, r := range responses {
		doc, err := r.MarshalBSON()
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, doc)
	}
	return docs
}

// releaseOf is releases that hold every response.
func releaseOf(responses []survey.Response) map[survey.CampaignID]releases.Release {
	held := map[survey.CampaignID]releases.Release{}
	for _, r := range responses {
		release := held[r.Campaign]
		if _, known := release.ByUnit()[r.Unit]; !known {
			release.ID, release.Rev, release.Number = r.Campaign, 1, 1
			release.Places = append(release.Places, releases.UnitRelease{Unit: r.Unit, Through: surveytest.Received.Add(time.Hour)})
			held[r.Campaign] = release
		}
	}
	return held
}

// overlay is a store with other responses, by rising id, and releases.
type overlay struct {
	survey.Store
	responses []bson.Raw
	releases  map[survey.CampaignID]releases.Release
}

func (o overlay) Scan(ctx context.Context, c survey.Collection, from, to string, visit func(bson.Raw) error) error {
	if c == survey.Releases {
		for _, r := range o.releases {
			doc, err := bson.Marshal(r)
			if err == nil {
				err = visit(doc)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	if c != survey.Responses {
		return o.Store.Scan(ctx, c, from, to, visit)
	}
	for _, doc := range o.responses {
		id := survey.DocumentText(doc, "_id")
		if id < from || to != "" && id >= to {
			continue
		}
		if err := visit(doc); err != nil {
			return err
		}
	}
	return nil
}

var smallCounts = rapid.SampledFrom([]int{0, 0, 0, 1, 1, 2, 3, 4, 6, 9, 15})

func TestProceduresCannotBeSolved(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	units := []survey.UnitID{"xa-bum-to-2025", "xa-pa-u-2025", "xa-mu-ca"}
	sectors := []survey.SectorID{"land", "investment", "certification"}
	months := []string{"2026-01", "2026-02"}
	channels := []survey.Channel{survey.ChannelQR, survey.ChannelPaper}
	p := people{
		dims:  []Dimension{ByUnit, BySector, ByGroup, ByMonth, ByChannel},
		kinds: map[Dimension]int{ByUnit: 0, BySector: 1, ByGroup: 1, ByMonth: 2, ByChannel: 3},
		sizes: []int{len(units), len(sectors), len(months), len(channels)},
		group: func(d Dimension, v int) string {
			switch {
			case d == ByUnit:
				return string(units[v])
			case d == BySector:
				return string(sectors[v])
			case d == ByGroup && w.Catalog.Sector(sectors[v]).Group == "":
				return None
			case d == ByGroup:
				return string(w.Catalog.Sector(sectors[v]).Group)
			case d == ByMonth:
				return months[v]
			}
			return string(channels[v])
		},
	}
	rapid.Check(t, func(t *rapid.T) {
		var rs []survey.Response
		p := p
		for _, unit := range units {
			for _, sector := range sectors {
				for _, month := range months {
					for _, channel := range channels {
						p.count = append(p.count, smallCounts.Draw(t, "n"))
						n := p.count[len(p.count)-1]
						if channel == survey.ChannelQR { // on paper everybody has a proof, as readers know
							n = rapid.SampledFrom([]int{0, 0, n, n / 2}).Draw(t, "verified")
						}
						p.verified = append(p.verified, n)
						for i := range p.count[len(p.count)-1] {
							r := w.Response(1 + i%5)
							if i < p.verified[len(p.verified)-1] {
								r.Proof = survey.VerifiedSlip
							}
							r.Unit, r.Sector, r.Day, r.Channel = unit, sector, survey.Date(month+"-05"), channel
							rs = append(rs, r)
						}
					}
				}
			}
		}
		attack(t, fake(t, w, rs), tthc, p)
		attackEdition(t, fake(t, w, rs), tthc, p)
	})
}

// Schools teach levels, and the attacker knows which: also that no school of a unit
// teaches some level, so that the table by level shows those of another unit.
func TestSchoolsCannotBeSolved(t *testing.T) {
	t.Parallel()
	all := []survey.SchoolLevel{survey.Preschool, survey.Preschool, survey.Primary, survey.LowerSecondary}
	for name, levels := range map[string][2][]survey.SchoolLevel{
		"TheSameLevels": {all, all},
		"ALevelOfOne":   {all, {survey.Preschool, survey.Primary}},
		"OneEach":       {{survey.Preschool, survey.LowerSecondary}, {survey.Primary, survey.Primary}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			solveSchools(t, levels)
		})
	}
}

// solveSchools attacks schools of these levels in two units.
func solveSchools(t *testing.T, levels [2][]survey.SchoolLevel) {
	t.Helper()
	type school struct {
		id    survey.UnitID
		unit  survey.UnitID
		level survey.SchoolLevel
		form  survey.FormCode
	}
	var schools []school
	var units []survey.Unit
	for i, at := range []survey.UnitID{"xa-bum-to-2025", "xa-pa-u-2025"} {
		for k, level := range levels[i] {
			s := school{survey.UnitID(fmt.Sprintf("school-%d-%d", i, k)), at, level, "edu-preschool-parent"}
			switch level {
			case survey.Primary:
				s.form = "edu-primary-parent"
			case survey.LowerSecondary:
				s.form = "edu-secondary-parent"
			case survey.Preschool, survey.Continuing:
			}
			schools = append(schools, s)
			units = append(units, survey.Unit{
				ID: s.id, Kind: survey.School, Parent: at, Levels: []survey.SchoolLevel{level},
				Name: survey.Text{"vi": "Trường (mẫu) " + string(s.id), "en": "School (sample) " + string(s.id)},
			})
		}
	}
	w := newFixture(t, units...)
	months := []string{"2026-01", "2026-02"}
	p := people{
		dims:  []Dimension{ByUnit, BySchool, ByLevel, ByMonth},
		kinds: map[Dimension]int{ByUnit: 0, BySchool: 0, ByLevel: 0, ByMonth: 1},
		sizes: []int{len(schools), len(months)},
		group: func(d Dimension, v int) string {
			switch {
			case d == ByUnit:
				return string(schools[v].unit)
			case d == BySchool:
				return string(schools[v].id)
			case d == ByLevel:
				return string(schools[v].level)
			}
			return months[v]
		},
	}
	rapid.Check(t, func(t *rapid.T) {
		var rs []survey.Response
		p := p
		for _, s := range schools {
			for _, month := range months {
				p.count = append(p.count, 2*smallCounts.Draw(t, "n"))
				p.verified = append(p.verified, rapid.IntRange(0, p.count[len(p.count)-1]).Draw(t, "verified"))
				for i := range p.count[len(p.count)-1] {
					r := w.Response(5)
					if i < p.verified[len(p.verified)-1] {
						r.Proof = survey.VerifiedSlip
					}
					r.Campaign, r.Form, r.Unit, r.Sector, r.Day = edu, survey.FormRef{Code: s.form, Version: 1}, s.id, "", survey.Date(month+"-05")
					r.Answers = nil
					for _, it := range columns.NewItemLayout(w.Catalog, w.Catalog.Campaign(edu)).Items[:1] {
						r.Answers = append(r.Answers, survey.Answer{Item: it.Code, Codes: []int{4}})
					}
					rs = append(rs, r)
				}
			}
		}
		attackEdition(t, fake(t, w, rs), edu, p)
	})
}
