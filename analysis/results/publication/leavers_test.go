package publication

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"hailong/analysis/results/disclosure/disclosuretest"
	"hailong/analysis/results/tables"
	"hailong/survey"
)

// peopleAttacker computes with every number of respondents of all editions, by unit and
// month. An atom is the same people in a unit and month of one part: the verified or the
// others.
type peopleAttacker struct {
	disclosuretest.Exact
	atoms map[string]int
	shown int
}

// group is who is in a group, as a sum over atoms.
func (k *peopleAttacker) group(residents []resident, where map[tables.Dimension]string, verified ...bool) answerSum {
	who := map[string]string{}
	s := answerSum{sum: map[int]int64{}, what: fmt.Sprint(where, verified)}
	for _, r := range residents {
		keys := map[tables.Dimension]string{tables.ByUnit: string(r.response.Unit), tables.ByMonth: r.response.Day.Month()}
		in := true
		for d, key := range where {
			in = in && keys[d] == key
		}
		for _, v := range verified {
			if in && v == (r.response.Proof != "") {
				who[fmt.Sprint(keys, v)] += string(r.response.ID) + " "
				s.n++
			}
		}
	}
	for of, people := range who {
		name := of + people
		if _, known := k.atoms[name]; !known {
			k.atoms[name] = len(k.atoms)
		}
		s.sum[k.atoms[name]] = 1
	}
	return s
}

// read publishes what an edition shows of its respondents.
func (k *peopleAttacker) read(t *testing.T, f *EditionFigures, residents []resident) {
	t.Helper()
	see := func(figure tables.Figure, where map[tables.Dimension]string) {
		all, alone := k.group(residents, where, true, false), k.group(residents, where, true)
		if figure.Suppressed {
			return
		}
		if figure.N != all.n || figure.Verified != nil && figure.Verified.N != alone.n {
			t.Fatalf("%v: %+v is shown, there are %d, %d of them verified", where, figure, all.n, alone.n)
		}
		k.Publish(all.sum)
		if k.shown++; figure.Verified != nil {
			k.Publish(alone.sum)
		}
	}
	for i := range f.Tables {
		table := &f.Tables[i]
		where := map[tables.Dimension]string{}
		for d, key := range table.Where {
			where[tables.Dimension(d)] = key
		}
		see(table.Overall, where)
		if len(table.By) == 0 || table.By[0] != tables.ByUnit && table.By[0] != tables.ByMonth {
			continue
		}
		for _, g := range table.Groups {
			keys := maps.Clone(where)
			keys[table.By[0]] = g.Keys[0]
			see(g.Figure, keys)
		}
	}
}

// Where one takes her response back and another comes, the number is the same and the
// figure is not: who knows of both has both answers. Over three editions nobody computes
// a change by so few, or of so few for others, of all, of the verified and of the others.
func TestAsManyLeaveAsCome(t *testing.T) {
	t.Parallel()
	towns := 20
	if n, err := strconv.Atoi(os.Getenv("HAILONG_TEST_DISTRICTS")); err == nil { // 200 in make faults
		towns = n
	}
	w := newTown(t)
	months, shown, same := []string{"2026-01", "2026-02"}, 0, 0
	parts := [][]bool{{true, false}, {true}, {false}}
	for seed := range towns {
		rng := rand.New(rand.NewPCG(uint64(seed), 23)) // not negative
		k := &peopleAttacker{atoms: map[string]int{}}
		var earlier []Earlier
		var editions [][]resident
		var residents []resident
		for range 3 {
			residents = w.after(rng, residents)
			for i := range residents {
				if len(editions) == 0 || residents[i].response.Day == "2026-03-05" { // new: no day yet
					residents[i].response.Day = survey.Date(months[rng.IntN(len(months))] + "-05")
				}
			}
			f, made := w.publish(t, residents, earlier)
			k.read(t, f, residents)
			earlier, editions = append(earlier, made), append(editions, residents)
		}
		shown += k.shown
		for i, now := range editions {
			for j, before := range editions[:i] {
				for _, unit := range append([]survey.UnitID{""}, w.units...) {
					for _, month := range append([]string{""}, months...) {
						where := map[tables.Dimension]string{tables.ByUnit: string(unit), tables.ByMonth: month}
						maps.DeleteFunc(where, func(_ tables.Dimension, key string) bool { return key == "" })
						for _, part := range parts {
							is, was := k.group(now, where, part...), k.group(before, where, part...)
							change := less(is.sum, was.sum)
							maps.DeleteFunc(change, func(_ int, times int64) bool { return times == 0 })
							if n := max(is.n-was.n, was.n-is.n); len(change) == 0 || n >= w.few {
								continue
							}
							if is.n == was.n {
								same++
							}
							if k.Solves(change) {
								t.Errorf("town %d: from edition %d to %d %s, %d before and %d after, is computed", seed, j+1, i+1, is.what, was.n, is.n)
							}
						}
					}
				}
			}
		}
	}
	t.Logf("numbers shown in three editions: %d, changes of people alone: %d", shown/towns, same)
	if shown == 0 || same == 0 {
		t.Error("nothing is shown, or nobody left as another came")
	}
}
