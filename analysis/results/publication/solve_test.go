package publication

import (
	"fmt"
	"maps"
	"testing"

	"pgregory.net/rapid"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/disclosure/disclosuretest"
	"hailong/analysis/results/tables"
	"hailong/survey"
)

// people is where the respondents of an edition can lie.
type people = disclosuretest.People[tables.Dimension]

// On paper everybody has a proof, as readers know.
func TestEditionsOfProceduresCannotBeSolved(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	units := []survey.UnitID{"xa-bum-to-2025", "xa-pa-u-2025", "xa-mu-ca"}
	sectors := []survey.SectorID{"land", "investment", "certification"}
	months := []string{"2026-01", "2026-02"}
	channels := []survey.Channel{survey.ChannelQR, survey.ChannelPaper}
	everybody := people{
		Kinds: map[tables.Dimension]int{tables.ByUnit: 0, tables.BySector: 1, tables.ByGroup: 1, tables.ByMonth: 2, tables.ByChannel: 3},
		Sizes: []int{len(units), len(sectors), len(months), len(channels)},
		Group: func(d tables.Dimension, v int) string {
			switch {
			case d == tables.ByUnit:
				return string(units[v])
			case d == tables.BySector:
				return string(sectors[v])
			case d == tables.ByGroup && w.Catalog.Sector(sectors[v]).Group == "":
				return tables.None
			case d == tables.ByGroup:
				return string(w.Catalog.Sector(sectors[v]).Group)
			case d == tables.ByMonth:
				return months[v]
			}
			return string(channels[v])
		},
	}
	rapid.Check(t, func(t *rapid.T) {
		var rs []survey.Response
		p := everybody
		for atom := range p.Atoms() {
			n := smallCounts.Draw(t, "n")
			p.Count, p.Verified = append(p.Count, n), append(p.Verified, n)
			channel := channels[p.Value(atom, 3)]
			if channel == survey.ChannelQR {
				p.Verified[atom] = rapid.SampledFrom([]int{0, 0, n, n / 2}).Draw(t, "verified")
			}
			for i := range n {
				r := w.Response(1 + i%5)
				if i < p.Verified[atom] {
					r.Proof = survey.VerifiedSlip
				}
				r.Unit, r.Sector = units[p.Value(atom, 0)], sectors[p.Value(atom, 1)]
				r.Day, r.Channel = survey.Date(months[p.Value(atom, 2)]+"-05"), channel
				rs = append(rs, r)
			}
		}
		attackEdition(t, over(w.ResponseFixture, w.Holding(t, rs...)), tthc, &p)
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
	everybody := people{
		Kinds: map[tables.Dimension]int{tables.ByUnit: 0, tables.BySchool: 0, tables.ByLevel: 0, tables.ByMonth: 1},
		Sizes: []int{len(schools), len(months)},
		Group: func(d tables.Dimension, v int) string {
			switch {
			case d == tables.ByUnit:
				return string(schools[v].unit)
			case d == tables.BySchool:
				return string(schools[v].id)
			case d == tables.ByLevel:
				return string(schools[v].level)
			}
			return months[v]
		},
	}
	rapid.Check(t, func(t *rapid.T) {
		var rs []survey.Response
		p := everybody
		for atom := range p.Atoms() {
			s := schools[p.Value(atom, 0)]
			p.Count = append(p.Count, 2*smallCounts.Draw(t, "n"))
			p.Verified = append(p.Verified, rapid.IntRange(0, p.Count[atom]).Draw(t, "verified"))
			for i := range p.Count[atom] {
				r := w.Response(5)
				if i < p.Verified[atom] {
					r.Proof = survey.VerifiedSlip
				}
				r.Campaign, r.Form, r.Unit, r.Sector = edu, survey.FormRef{Code: s.form, Version: 1}, s.id, ""
				r.Day = survey.Date(months[p.Value(atom, 1)] + "-05")
				r.Answers = nil
				for _, it := range columns.NewItemLayout(w.Catalog, w.Catalog.Campaign(edu)).Items[:1] {
					r.Answers = append(r.Answers, survey.Answer{Item: it.Code, Codes: []int{4}})
				}
				rs = append(rs, r)
			}
		}
		attackEdition(t, over(w.ResponseFixture, w.Holding(t, rs...)), edu, &p)
	})
}

// attackEdition solves for the hidden groups of an edition of a campaign with
// everything the edition shows, over the people of every combination of dimensions.
func attackEdition(t *rapid.T, w *fixture, campaign survey.CampaignID, p *people) {
	f, _ := w.edition(t, campaign)
	atoms := p.Atoms()
	a := disclosuretest.Attacker{Atoms: 2 * atoms} // of all, and of the verified
	see := func(figure tables.Figure, keys map[tables.Dimension]string) {
		sum, alone, others := make([]float64, a.Atoms), make([]float64, a.Atoms), make([]float64, a.Atoms)
		for atom := range atoms {
			if p.In(atom, keys) {
				sum[atom], alone[atoms+atom] = 1, 1
				others[atom], others[atoms+atom] = 1, -1
			}
		}
		n, verified := int64(p.Among(sum)), int64(p.Among(alone))
		few := func(n int64) bool { return 0 < n && n < f.Threshold }
		if few(verified) {
			a.Hidden, a.Names = append(a.Hidden, alone), append(a.Names, fmt.Sprint("the verified of ", keys))
		}
		if few(n - verified) {
			a.Hidden, a.Names = append(a.Hidden, others), append(a.Names, fmt.Sprint("the others of ", keys))
		}
		if figure.Verified != nil {
			if figure.Verified.N != verified || few(verified) || verified > 0 && few(n-verified) {
				t.Fatalf("%v: %d verified respondents are shown, there are %d of %d", keys, figure.Verified.N, verified, n)
			}
			a.Published = append(a.Published, alone)
		}
		switch {
		case figure.Suppressed && few(n):
			a.Hidden, a.Names = append(a.Hidden, sum), append(a.Names, fmt.Sprint(keys))
		case figure.Suppressed:
		case figure.N != n || few(n):
			t.Fatalf("%v: %d respondents are shown, %d answered", keys, figure.N, n)
		default:
			a.Published = append(a.Published, sum)
		}
	}
	if _, there := p.Kinds[tables.ByChannel]; there {
		for atom := range atoms {
			if p.In(atom, map[tables.Dimension]string{tables.ByChannel: string(survey.ChannelPaper)}) {
				same := make([]float64, a.Atoms)
				same[atom], same[atoms+atom] = 1, -1
				a.Published = append(a.Published, same)
			}
		}
	}
	for i := range f.Tables {
		table := &f.Tables[i]
		where := map[tables.Dimension]string{}
		for d, key := range table.Where {
			where[tables.Dimension(d)] = key
		}
		see(table.Overall, where)
		if len(table.By) == 0 || table.By[0] == tables.ByFactor || table.By[0] == tables.ByItem {
			continue
		}
		for _, g := range table.Groups {
			keys := maps.Clone(where)
			keys[table.By[0]] = g.Keys[0]
			see(g.Figure, keys)
		}
	}
	for _, name := range a.Solved() {
		t.Errorf("solved: %s", name)
	}
}
