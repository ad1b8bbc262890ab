package tables

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hailong/analysis/results/disclosure/disclosuretest"
	"hailong/survey"
)

// Nobody who reads every table of procedures by one and two dimensions, asked one by one,
// computes a group that is hidden. Package publication attacks those of an edition, and
// figures of the verified beside them.
func TestProceduresCannotBeSolved(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	units := []survey.UnitID{"xa-bum-to-2025", "xa-pa-u-2025", "xa-mu-ca"}
	sectors := []survey.SectorID{"land", "investment", "certification"}
	months := []string{"2026-01", "2026-02"}
	channels := []survey.Channel{survey.ChannelQR, survey.ChannelPaper}
	rapid.Check(t, func(t *rapid.T) {
		p := &disclosuretest.People[Dimension]{
			Dimensions: []Dimension{ByUnit, BySector, ByGroup, ByMonth, ByChannel},
			Kinds:      map[Dimension]int{ByUnit: 0, BySector: 1, ByGroup: 1, ByMonth: 2, ByChannel: 3},
			Sizes:      []int{len(units), len(sectors), len(months), len(channels)},
			Group: func(d Dimension, v int) string {
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
		var rs []survey.Response
		for atom := range p.Atoms() {
			p.Count = append(p.Count, smallCounts.Draw(t, "n"))
			verified := rapid.SampledFrom([]int{0, 0, p.Count[atom], p.Count[atom] / 2}).Draw(t, "verified")
			for i := range p.Count[atom] {
				r := w.Response(1 + i%5)
				if i < verified {
					r.Proof = survey.VerifiedSlip
				}
				r.Unit, r.Sector = units[p.Value(atom, 0)], sectors[p.Value(atom, 1)]
				r.Day, r.Channel = survey.Date(months[p.Value(atom, 2)]+"-05"), channels[p.Value(atom, 3)]
				rs = append(rs, r)
			}
		}
		attack(t, over(w.ResponseFixture, w.Holding(t, rs...)), tthc, p)
	})
}

// attack reads every table over one and two of the dimensions and solves.
func attack(t *rapid.T, w *fixture, campaign survey.CampaignID, p *disclosuretest.People[Dimension]) {
	atoms := p.Atoms()
	a := disclosuretest.Attacker{Atoms: atoms}
	tables := [][]Dimension{nil}
	for i, d := range p.Dimensions {
		tables = append(tables, []Dimension{d})
		for _, e := range p.Dimensions[:i] {
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
				keys = append(keys, p.Group(d, p.Value(atom, p.Kinds[d])))
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
			case f.Suppressed && p.Among(sum) == 0:
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
