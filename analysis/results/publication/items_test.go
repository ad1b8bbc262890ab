package publication

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"hailong/analysis/results/disclosure/disclosuretest"
	"hailong/analysis/results/tables"
	"hailong/survey"
)

// town is residents of some communes who answered some questions of their form.
type town struct {
	*fixture
	units  []survey.UnitID
	items  []string
	factor map[string]string
	few    int64
}

// resident is one of them, with the items that they answered.
type resident struct {
	response survey.Response
	answered []string
}

func newTown(t *testing.T) *town {
	t.Helper()
	w := &town{fixture: newFixture(t), factor: map[string]string{}, few: 5}
	w.units = []survey.UnitID{"xa-bum-to-2025", "xa-pa-u-2025", "xa-mu-ca", "xa-thu-lum-2025"}
	form := w.Catalog.Questionnaire(w.Catalog.Campaign(sipas).Forms[0])
	perFactor := map[string]int{}
	for _, it := range form.Items() {
		if it.Type == survey.ScaleItem && !it.Sensitive && it.Factor != "" && perFactor[it.Factor] < 3 && (len(perFactor) < 2 || perFactor[it.Factor] > 0) {
			perFactor[it.Factor]++
			w.items, w.factor[it.Code] = append(w.items, it.Code), it.Factor
		}
	}
	return w
}

// come draws who comes newly to a commune: they answer most questions.
func (w *town) come(rng *rand.Rand, unit survey.UnitID, n int) (residents []resident) {
	for range n {
		r := resident{response: w.Response(4)}
		r.response.Campaign, r.response.Form, r.response.Unit, r.response.Sector = sipas, w.Catalog.Campaign(sipas).Forms[0], unit, ""
		r.response.Answers = nil
		if rng.IntN(2) == 0 {
			r.response.Proof = survey.VerifiedSlip
		}
		for _, item := range w.items {
			if rng.IntN(6) > 0 || len(r.answered) == 0 && item == w.items[len(w.items)-1] {
				r.answered = append(r.answered, item)
				r.response.Answers = append(r.response.Answers, survey.Answer{Item: item, Codes: []int{1 + rng.IntN(5)}})
			}
		}
		residents = append(residents, r)
	}
	return residents
}

// after is who is in the next edition: some came, and a few took their response back.
func (w *town) after(rng *rand.Rand, before []resident) (now []resident) {
	for _, unit := range w.units {
		leave, come := []int{0, 0, 0, 1, 2}[rng.IntN(5)], []int{0, 1, 1, 2, 6, 9, 25}[rng.IntN(7)]
		if len(before) == 0 {
			leave, come = 0, []int{0, 3, 12, 20, 40}[rng.IntN(5)]
		}
		for _, r := range before {
			if r.response.Unit == unit && leave > 0 {
				leave--
			} else if r.response.Unit == unit {
				now = append(now, r)
			}
		}
		now = append(now, w.come(rng, unit, come)...)
	}
	return now
}

// publish makes an edition of residents.
func (w *town) publish(t *testing.T, residents []resident, earlier []Earlier) (*EditionFigures, Earlier) {
	t.Helper()
	rs := make([]survey.Response, len(residents))
	for i, r := range residents {
		rs[i] = r.response
	}
	return editionOf(t, w.ResponseFixture, sipas, rs, earlier)
}

// itemAttacker computes with every number by item of all editions. An atom is the same
// people who answered the same in a unit: whoever knows that nobody came or left knows
// that the number is that of before.
type itemAttacker struct {
	disclosuretest.Exact
	w     *town
	atoms map[string]int
	shown int
}

// answerSum is how many answered something, as a sum over atoms, and who they are.
type answerSum struct {
	n    int64
	who  string
	sum  map[int]int64
	what string
}

// of adds up who of some residents answered one of some items, item by item (answers)
// or once (respondents), in a unit or in all.
func (k *itemAttacker) of(residents []resident, what string, unit survey.UnitID, items []string, once bool) answerSum {
	s := answerSum{sum: map[int]int64{}, what: fmt.Sprintf("%s of %q %v", what, unit, items)}
	asked := [][]string{items}
	if !once {
		asked = nil
		for _, item := range items {
			asked = append(asked, []string{item})
		}
	}
	for _, u := range k.w.units {
		if unit != "" && u != unit {
			continue
		}
		for _, some := range asked {
			var who []string
			for _, r := range residents {
				if r.response.Unit == u && slices.ContainsFunc(some, func(item string) bool { return slices.Contains(r.answered, item) }) {
					who = append(who, string(r.response.ID))
				}
			}
			if len(who) == 0 {
				continue // known to be empty
			}
			name := fmt.Sprint(u, some, who)
			if _, known := k.atoms[name]; !known {
				k.atoms[name] = len(k.atoms)
			}
			s.n, s.who = s.n+int64(len(who)), s.who+name
			s.sum[k.atoms[name]]++
		}
	}
	return s
}

// among are the residents of a part: of all, the verified, the others.
func among(residents []resident, verified bool) (some []resident) {
	for _, r := range residents {
		if (r.response.Proof != "") == verified {
			some = append(some, r)
		}
	}
	return some
}

// asked lists the items of a group of a table by item or factor.
func (w *town) asked(by tables.Dimension, key string) (items []string) {
	for _, item := range w.items {
		if by == tables.ByItem && item == key || by == tables.ByFactor && w.factor[item] == key {
			items = append(items, item)
		}
	}
	return items
}

// numbers are all numbers of an edition that are of items, shown or not, of a part.
func (k *itemAttacker) numbers(residents []resident, what string) (list []answerSum) {
	for _, unit := range append([]survey.UnitID{""}, k.w.units...) {
		factors := map[string]bool{}
		for _, item := range k.w.items {
			list = append(list, k.of(residents, what, unit, []string{item}, false))
			if f := k.w.factor[item]; !factors[f] {
				factors[f] = true
				list = append(list, k.of(residents, what, unit, k.w.asked(tables.ByFactor, f), false), k.of(residents, what+" respondents", unit, k.w.asked(tables.ByFactor, f), true))
			}
		}
	}
	return list
}

// read publishes what an edition shows by item. Whoever answered is either verified or
// not, so the others are known where the two are.
func (k *itemAttacker) read(t *testing.T, f *EditionFigures, residents []resident) {
	t.Helper()
	see := func(unit survey.UnitID, by tables.Dimension, key string, figure tables.Figure, of []resident, what string) {
		items := k.w.asked(by, key)
		answers, respondents := k.of(of, what, unit, items, false), k.of(of, what, unit, items, true)
		if figure.Answers != answers.n || figure.N != respondents.n {
			t.Fatalf("%s %s of %q: %d answers of %d respondents are shown, there are %d of %d", what, key, unit, figure.Answers, figure.N, answers.n, respondents.n)
		}
		k.shown++
		k.Publish(answers.sum)
		k.Publish(respondents.sum)
	}
	for i := range f.Tables {
		table := &f.Tables[i]
		if len(table.By) == 0 || table.By[0] != tables.ByItem && table.By[0] != tables.ByFactor {
			continue
		}
		for _, g := range table.Groups {
			unit := survey.UnitID(table.Where[string(tables.ByUnit)])
			if g.Figure.Suppressed {
				continue
			}
			see(unit, table.By[0], g.Keys[0], g.Figure, residents, "all")
			if g.Figure.Verified != nil {
				see(unit, table.By[0], g.Keys[0], *g.Figure.Verified, among(residents, true), "verified")
			}
		}
	}
	// All are the verified and the others.
	all, verified, others := k.numbers(residents, ""), k.numbers(among(residents, true), ""), k.numbers(among(residents, false), "")
	for i := range all {
		k.Publish(less(less(all[i].sum, verified[i].sum), others[i].sum))
	}
}

// attack tries every number by item of every edition and every change of one.
func (k *itemAttacker) attack(t *testing.T, seed int, editions [][]resident) {
	t.Helper()
	parts := map[string]func(rs []resident) []resident{
		"all": func(rs []resident) []resident { return rs }, "verified": func(rs []resident) []resident { return among(rs, true) }, "others": func(rs []resident) []resident { return among(rs, false) },
	}
	for part, of := range parts {
		for i, now := range editions {
			numbers := k.numbers(of(now), part)
			for _, s := range numbers {
				if 0 < s.n && s.n < k.w.few && k.Solves(s.sum) {
					t.Errorf("town %d: edition %d: %s, %d people, is computed", seed, i+1, s.what, s.n)
				}
			}
			for j, before := range editions[:i] {
				for at, was := range k.numbers(of(before), part) {
					s := numbers[at]
					if change := max(s.n-was.n, was.n-s.n); s.who != was.who && change < k.w.few && k.Solves(less(s.sum, was.sum)) {
						t.Errorf("town %d: from edition %d to %d: %s, %d more people, is computed", seed, j+1, i+1, s.what, s.n-was.n)
					}
				}
			}
		}
	}
}

// Over three editions, with people who did not answer every question, who took their
// response back and who came in their place: nobody computes what fewer than five
// answered to an item or factor, or which of them changed by the answers of so few, of
// all, of the verified and of the others.
func TestItemsOfEditionsTellNothingSmall(t *testing.T) {
	t.Parallel()
	towns := 25
	if n, err := strconv.Atoi(os.Getenv("HAILONG_TEST_DISTRICTS")); err == nil { // 200 in make faults
		towns = n
	}
	w := newTown(t)
	shown := 0
	for seed := range towns {
		rng := rand.New(rand.NewPCG(uint64(seed), 15)) // not negative
		k := &itemAttacker{w: w, atoms: map[string]int{}}
		var earlier []Earlier
		var editions [][]resident
		var residents []resident
		for range 3 {
			residents = w.after(rng, residents)
			f, made := w.publish(t, residents, earlier)
			k.read(t, f, residents)
			earlier, editions = append(earlier, made), append(editions, residents)
		}
		k.attack(t, seed, editions)
		shown += k.shown
	}
	t.Logf("numbers by item shown in three editions: %d", shown/towns)
	if shown == 0 {
		t.Error("no edition shows an item")
	}
}

// A unit to which nobody was added hides no item of another one, whether it was kept of
// the edition before who answered, or only its text says how many. Of six who came to one
// commune, one answered the first question.
func TestAnUnchangedUnitHidesNoItem(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	everything := rand.New(rand.NewPCG(1, 1))
	full := func(unit survey.UnitID, n int) (residents []resident) {
		for _, r := range w.come(everything, unit, n) {
			r.answered, r.response.Answers = w.items, nil
			for _, item := range w.items {
				r.response.Answers = append(r.response.Answers, survey.Answer{Item: item, Codes: []int{4}})
			}
			r.response.Proof = ""
			residents = append(residents, r)
		}
		return residents
	}
	var first []resident
	for _, unit := range w.units {
		first = append(first, full(unit, 20)...)
	}
	changed := full(w.units[0], 6)
	for i := range changed[1:] {
		r := &changed[1+i]
		r.answered, r.response.Answers = r.answered[1:], r.response.Answers[1:]
	}
	second := slices.Concat(first, changed, full(w.units[1], 8))
	for name, kept := range map[string]bool{"Kept": true, "OfItsText": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := &itemAttacker{w: w, atoms: map[string]int{}}
			f, made := w.publish(t, first, nil)
			k.read(t, f, first)
			if !kept { // as of an edition of before
				made.counts.Items, made.counts.People = nil, nil
			}
			f, _ = w.publish(t, second, []Earlier{made})
			k.read(t, f, second)
			item := w.items[:1]
			before, now := k.of(first, "all", w.units[0], item, false), k.of(second, "all", w.units[0], item, false)
			if now.n != before.n+1 || k.Solves(less(now.sum, before.sum)) {
				t.Errorf("the answer of one is computed from %d and %d", before.n, now.n)
			}
			if k.shown < 60 {
				t.Errorf("%d numbers are shown", k.shown)
			}
		})
	}
}
