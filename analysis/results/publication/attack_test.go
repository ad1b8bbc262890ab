package publication

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"hailong/analysis/results/disclosure/disclosuretest"
	"hailong/analysis/results/tables"
	"hailong/survey"
)

// district is schools of several units with the parents who answered, over three
// releases. Of these two editions are made.
type district struct {
	*fixture
	units   []survey.UnitID
	schools []survey.Unit
	months  []string
	forms   map[survey.SchoolLevel]*survey.Questionnaire
}

// attended is the parents of a school who answered about a level in a month by a
// channel, with a proof or without.
type attended struct {
	school   int
	level    survey.SchoolLevel
	month    int
	channel  survey.Channel
	verified bool
}

// newDistrict is a store with so many schools. The last unit alone has a school of
// continuing education, as in life.
func newDistrict(t *testing.T, units, schools int) *district {
	t.Helper()
	d := &district{forms: map[survey.SchoolLevel]*survey.Questionnaire{}, months: []string{"2026-01", "2026-02", "2026-03"}}
	rng := rand.New(rand.NewPCG(7, 41))
	var communes []survey.UnitID
	catalog := newFixture(t).Catalog
	frame := catalog.Campaign(edu).Frame
	for _, u := range catalog.Units {
		if now := catalog.RollUp(u.ID, frame, survey.Commune); u.Kind == survey.Commune && now != nil && now.ID == u.ID {
			communes = append(communes, u.ID)
		}
	}
	d.units = communes[:units]
	levels := []survey.SchoolLevel{survey.Preschool, survey.Primary, survey.LowerSecondary}
	for i := range schools {
		id := survey.UnitID(fmt.Sprintf("school-%02d", i))
		taught := []survey.SchoolLevel{levels[rng.IntN(len(levels))]}
		switch {
		case i == schools-1:
			taught = []survey.SchoolLevel{survey.Continuing}
		case i%9 == 0:
			taught = []survey.SchoolLevel{survey.Primary, survey.LowerSecondary}
		}
		d.schools = append(d.schools, survey.Unit{
			ID: id, Kind: survey.School, Parent: d.units[i*units/schools], Levels: taught,
			Name: survey.Text{"vi": "Trường (mẫu) " + string(id), "en": "School (sample) " + string(id)},
		})
	}
	d.fixture = newFixture(t, d.schools...)
	for level, code := range map[survey.SchoolLevel]survey.FormCode{
		survey.Preschool: "edu-preschool-parent", survey.Primary: "edu-primary-parent", survey.LowerSecondary: "edu-secondary-parent",
		survey.Continuing: "edu-continuing-learner",
	} {
		d.forms[level] = d.Catalog.Latest(code)
	}
	return d
}

// responses of an atom, each with every question about satisfaction answered.
func (d *district) responses(a attended, n int64) (rs []survey.Response) {
	form := d.forms[a.level]
	for range n {
		r := d.Response(4)
		r.Campaign, r.Form, r.Unit, r.Sector = edu, form.Ref(), d.schools[a.school].ID, ""
		r.Day, r.Channel, r.Answers = survey.Date(d.months[a.month]+"-05"), a.channel, nil
		if a.verified {
			r.Proof = survey.VerifiedSlip
		}
		for _, it := range form.Items() {
			if it.Type == survey.ScaleItem && !it.Sensitive {
				r.Answers = append(r.Answers, survey.Answer{Item: it.Code, Codes: []int{4}})
			}
		}
		rs = append(rs, r)
	}
	return rs
}

// answered draws how many more parents of each school answer until a release: at
// each school nobody or at least ten, in the months that are over by then.
func (d *district) answered(rng *rand.Rand, months int) map[attended]int64 {
	counts := map[attended]int64{}
	for i := range d.schools {
		size := []int{0, 0, 1, 3, 6, 9, 12, 12, 25, 40, 80}[rng.IntN(11)]
		slips := []int{0, 1, 5, 5, 9, 10}[rng.IntN(6)] // of ten parents
		if size < 10 && months > 1 {                   // few who come later wait
			continue
		}
		for range size {
			a := attended{school: i, month: rng.IntN(months), channel: survey.Channels[rng.IntN(2)], verified: rng.IntN(10) < slips}
			a.level = d.schools[i].Levels[rng.IntN(len(d.schools[i].Levels))]
			counts[a]++
		}
	}
	return counts
}

// edition makes an edition of what was answered after earlier ones, and what those after
// it must know of it.
func (d *district) edition(t *testing.T, counts map[attended]int64, earlier ...Earlier) (*EditionFigures, Earlier) {
	t.Helper()
	var rs []survey.Response
	for a, n := range counts {
		rs = append(rs, d.responses(a, n)...)
	}
	return editionOf(t, d.ResponseFixture, edu, rs, earlier)
}

// attacker knows what is shown of each edition over atoms that it numbers. It knows
// which levels a school teaches.
type attacker struct {
	disclosuretest.Exact
	d        *district
	atoms    map[string]int
	verified int // figures of verified responses that are shown
}

// part is of whom a number is.
type part string

const (
	ofAll      part = "all"
	ofVerified part = "verified"
)

// sums is the atoms of an edition in a group, of all who answered or of the verified. by
// is the way in which readers divide a unit; a group of the units alone is a sum in
// each of them.
func (k *attacker) sums(of part, edition int, in func(a attended) bool, by string) map[int]int64 {
	sum := map[int]int64{}
	for i := range k.d.schools {
		for _, level := range k.d.schools[i].Levels {
			for month := range k.d.months {
				for _, channel := range survey.Channels[:2] {
					a := attended{school: i, level: level, month: month, channel: channel}
					if !in(a) {
						continue
					}
					var name string
					switch unit := k.d.schools[i].Parent; by {
					case "school":
						name = fmt.Sprint(of, " ", edition, " school ", i, " ", level)
					case "month":
						name = fmt.Sprint(of, " ", edition, " month ", unit, " ", month)
					}
					if _, known := k.atoms[name]; !known {
						k.atoms[name] = len(k.atoms)
					}
					sum[k.atoms[name]] = 1
				}
			}
		}
	}
	return sum
}

// group is who is in a group of a table.
func (k *attacker) group(where map[string]string, by tables.Dimension, key string) (in func(attended) bool, division string) {
	d := k.d
	in = func(a attended) bool {
		unit := string(d.schools[a.school].Parent)
		if w := where[string(tables.ByUnit)]; w != "" && w != unit {
			return false
		}
		switch by {
		case tables.ByUnit:
			return key == unit
		case tables.BySchool:
			return key == string(d.schools[a.school].ID)
		case tables.ByLevel:
			return key == string(a.level)
		case tables.ByMonth:
			return key == d.months[a.month]
		case tables.ByItem:
			return slices.ContainsFunc(d.forms[a.level].Items(), func(it *survey.Item) bool { return it.Code == key })
		case tables.ByForm, tables.ByGroup, tables.BySector, tables.ByChannel, tables.ByFactor: // no edition of schools is divided so
		}
		return by == ""
	}
	if by == tables.ByMonth {
		return in, "month"
	}
	return in, "school"
}

// read publishes every number of an edition, and that both divisions of a unit come
// to the same.
func (k *attacker) read(t *testing.T, edition int, f *EditionFigures, truth map[attended]int64) {
	t.Helper()
	for _, unit := range k.d.units {
		in := func(a attended) bool { return k.d.schools[a.school].Parent == unit }
		for _, of := range []part{ofAll, ofVerified} {
			same := k.sums(of, edition, in, "school")
			for atom := range k.sums(of, edition, in, "month") {
				same[atom] = -1
			}
			k.Publish(same)
		}
	}
	for i := range f.Tables {
		table := &f.Tables[i]
		k.publish(t, edition, table.Where, "", "", table.Overall, truth)
		for _, g := range table.Groups {
			if table.By[0] != tables.ByFactor { // a factor is asked by whoever asks one of its items
				k.publish(t, edition, table.Where, table.By[0], g.Keys[0], g.Figure, truth)
			}
		}
	}
}

func (k *attacker) publish(t *testing.T, edition int, where map[string]string, by tables.Dimension, key string, f tables.Figure, truth map[attended]int64) {
	t.Helper()
	if f.Suppressed {
		return
	}
	in, division := k.group(where, by, key)
	n, verified := count(truth, in)
	if f.N != n {
		t.Fatalf("edition %d, %v by %s %s: %d respondents are shown, %d answered", edition, where, by, key, f.N, n)
	}
	few := func(n int64) bool { return 0 < n && n < thresholdOfSchools }
	if few(n) {
		t.Errorf("edition %d, %v by %s %s: %d respondents are shown", edition, where, by, key, n)
	}
	k.Publish(k.sums(ofAll, edition, in, division))
	if f.Verified == nil {
		return
	}
	k.verified++
	if f.Verified.N != verified {
		t.Fatalf("edition %d, %v by %s %s: %d verified respondents are shown, there are %d", edition, where, by, key, f.Verified.N, verified)
	}
	if few(verified) || few(n-verified) {
		t.Errorf("edition %d, %v by %s %s: %d verified respondents of %d are shown", edition, where, by, key, verified, n)
	}
	k.Publish(k.sums(ofVerified, edition, in, division))
}

// count is how many answered in a group, and how many of them with a proof.
func count(truth map[attended]int64, in func(attended) bool) (n, verified int64) {
	for a, count := range truth {
		if !in(a) {
			continue
		}
		n += count
		if a.verified {
			verified += count
		}
	}
	return n, verified
}

// Over forty-one schools in seven units, in two editions that three releases were cut
// for: nobody computes a group of fewer than ten in either edition, or a difference
// of fewer than ten between them, by subtracting what is shown in any way; nor does
// the office of a unit, which knows everything of its own in every release, of
// another unit. What that costs is told.
func TestEditionsTellNothingSmall(t *testing.T) {
	t.Parallel()
	districts := 4
	if n, err := strconv.Atoi(os.Getenv("HAILONG_TEST_DISTRICTS")); err == nil { // 200 in make faults
		districts = n
	}
	d := newDistrict(t, 7, 41)
	var costs []float64
	verified := 0
	for seed := range districts {
		rng := rand.New(rand.NewPCG(uint64(seed), 8)) // not negative
		first := d.answered(rng, 1)
		second := map[attended]int64{}
		for a, n := range first {
			second[a] += n
		}
		for months := 2; months <= 3; months++ { // two more releases
			for a, n := range d.answered(rng, months) {
				second[a] += n
			}
		}
		ed1, made1 := d.edition(t, first)
		ed2, _ := d.edition(t, second, made1)
		costs = append(costs, cost(ed1, first, d)...)
		for office := range len(d.units) + 1 { // the last is the public
			k := &attacker{d: d, atoms: map[string]int{}}
			k.read(t, 1, ed1, first)
			k.read(t, 2, ed2, second)
			own := survey.UnitID("")
			if office < len(d.units) {
				own = d.units[office]
				k.knows(own)
			}
			k.attack(t, seed, own, first, second)
			verified += k.verified
		}
		if t.Failed() {
			return
		}
	}
	if verified == 0 {
		t.Error("no edition shows a figure of verified responses")
	}
	slices.Sort(costs)
	t.Logf("figures of verified responses in both editions: %d", verified/districts/(len(d.units)+1))
	t.Logf("schools hidden besides each small one: median %.2f, of nine in ten at most %.2f", costs[len(costs)/2], costs[len(costs)*9/10])
	if costs[len(costs)/2] > 1 {
		t.Errorf("median %.2f, want at most 1", costs[len(costs)/2])
	}
}

// cost is how many schools an edition hides for each that is small. (Of a second
// edition it says less: there those stay hidden that would tell of the first.)
func cost(f *EditionFigures, truth map[attended]int64, d *district) []float64 {
	size := map[string]int64{}
	for a, n := range truth {
		size[string(d.schools[a.school].ID)] += n
	}
	small, besides := 0, 0
	for i := range f.Tables {
		if !slices.Equal(f.Tables[i].By, []tables.Dimension{tables.BySchool}) || len(f.Tables[i].Where) > 0 {
			continue
		}
		for _, g := range f.Tables[i].Groups {
			switch n := size[g.Keys[0]]; {
			case g.Figure.Suppressed && 0 < n && n < thresholdOfSchools:
				small++
			case g.Figure.Suppressed && n > 0:
				besides++
			}
		}
	}
	if small == 0 {
		return nil
	}
	return []float64{float64(besides) / float64(small)}
}

// knows adds what the office of a unit is shown of its own in releases: as much as
// everything.
func (k *attacker) knows(unit survey.UnitID) {
	for edition := 1; edition <= 2; edition++ {
		for i := range k.d.schools {
			if k.d.schools[i].Parent != unit {
				continue
			}
			for _, level := range k.d.schools[i].Levels {
				in := func(a attended) bool { return a.school == i && a.level == level }
				k.Publish(k.sums(ofAll, edition, in, "school"))
				k.Publish(k.sums(ofVerified, edition, in, "school"))
			}
		}
		for month := range k.d.months {
			in := func(a attended) bool { return k.d.schools[a.school].Parent == unit && a.month == month }
			k.Publish(k.sums(ofAll, edition, in, "month"))
			k.Publish(k.sums(ofVerified, edition, in, "month"))
		}
	}
}

// attack tries every group outside a unit.
func (k *attacker) attack(t *testing.T, seed int, own survey.UnitID, first, second map[attended]int64) {
	t.Helper()
	try := func(name string, in func(attended) bool, by string) {
		n1, verified1 := count(first, in)
		n2, verified2 := count(second, in)
		all1, all2 := k.sums(ofAll, 1, in, by), k.sums(ofAll, 2, in, by)
		alone1, alone2 := k.sums(ofVerified, 1, in, by), k.sums(ofVerified, 2, in, by)
		rest1, rest2 := less(all1, alone1), less(all2, alone2)
		for _, target := range []struct {
			what string
			n    int64
			sum  map[int]int64
		}{
			{"edition 1", n1, all1},
			{"edition 2", n2, all2},
			{"what came between", n2 - n1, less(all2, all1)},
			{"the verified of edition 1", verified1, alone1},
			{"the verified of edition 2", verified2, alone2},
			{"the verified that came between", verified2 - verified1, less(alone2, alone1)},
			{"the others of edition 1", n1 - verified1, rest1},
			{"the others of edition 2", n2 - verified2, rest2},
			{"the others that came between", n2 - verified2 - n1 + verified1, less(rest2, rest1)},
		} {
			if n := max(target.n, -target.n); 0 < n && n < thresholdOfSchools && k.Solves(target.sum) {
				t.Errorf("district %d, office %q: %s of %s, %d respondents, is computed", seed, own, target.what, name, n)
			}
		}
	}
	for i := range k.d.schools {
		if k.d.schools[i].Parent == own {
			continue
		}
		try(string(k.d.schools[i].ID), func(a attended) bool { return a.school == i }, "school")
		for _, level := range k.d.schools[i].Levels {
			try(fmt.Sprint(k.d.schools[i].ID, " ", level), func(a attended) bool { return a.school == i && a.level == level }, "school")
		}
	}
	for _, unit := range k.d.units {
		if unit == own {
			continue
		}
		for _, level := range survey.SchoolLevels {
			try(fmt.Sprint(unit, " ", level), func(a attended) bool { return k.d.schools[a.school].Parent == unit && a.level == level }, "school")
		}
		for month := range k.d.months {
			try(fmt.Sprint(unit, " ", k.d.months[month]), func(a attended) bool { return k.d.schools[a.school].Parent == unit && a.month == month }, "month")
		}
	}
}

// less is one sum less another.
func less(a, b map[int]int64) map[int]int64 {
	sum := maps.Clone(a)
	for atom, times := range b {
		sum[atom] -= times
	}
	return sum
}
