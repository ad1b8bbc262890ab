package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/disclosure/disclosuretest"
	"hailong/analysis/results/publication"
	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/catalog/demo"
	"hailong/survey/editions"
	"hailong/survey/surveytest"
)

// demoAnswers is who answered an edition by item and unit, as it is kept for the next.
type demoAnswers struct {
	Atoms  map[tables.GroupName]int64  `json:"atoms"`
	People map[tables.GroupName]uint64 `json:"people"`
	keys   map[tables.GroupName]tables.GroupKeys
}

// read notes the keys of each name once.
func (a *demoAnswers) read() {
	a.keys = map[tables.GroupName]tables.GroupKeys{}
	for name := range a.Atoms {
		a.keys[name] = name.Keys()
	}
}

// demoEdition is an edition of the demonstration with the truth behind it.
type demoEdition struct {
	figures       *publication.EditionFigures
	all, verified demoAnswers
}

// demoAttack computes with what neighbouring editions show by item.
type demoAttack struct {
	disclosuretest.Exact
	factorOf map[string]string
	atoms    map[string]int
}

// number is how many answered, as a sum over the same people.
type number struct {
	n   int64
	sum map[int]int64
}

// of adds up who answered an item or factor, in a unit or in all; once: who answered
// the factor at all.
func (k *demoAttack) of(part string, answers demoAnswers, unit string, by tables.Dimension, key string, once bool) number {
	s := number{sum: map[int]int64{}}
	for name, n := range answers.Atoms {
		keys := answers.keys[name]
		item, isItem := keys[tables.ByItem]
		in := by == tables.ByItem && isItem && item == key || by == tables.ByFactor && isItem && !once && k.factorOf[item] == key || once && keys[tables.ByFactor] == key
		if !in || unit != "" && keys[tables.ByUnit] != unit {
			continue
		}
		atom := fmt.Sprint(part, name, n, answers.People[name])
		if _, known := k.atoms[atom]; !known {
			k.atoms[atom] = len(k.atoms)
		}
		s.n += n
		s.sum[k.atoms[atom]]++
	}
	return s
}

// read publishes what an edition shows by item and factor, and returns how many figures.
func (k *demoAttack) read(t *testing.T, e *demoEdition) (shown int) {
	t.Helper()
	for i := range e.figures.Tables {
		table := &e.figures.Tables[i]
		if len(table.By) == 0 || table.By[0] != tables.ByItem && table.By[0] != tables.ByFactor {
			continue
		}
		for _, g := range table.Groups {
			for part, answers := range map[string]demoAnswers{"all": e.all, "verified": e.verified} {
				figure := &g.Figure
				if part == "verified" {
					figure = g.Figure.Verified
				}
				if figure == nil || figure.Suppressed {
					continue
				}
				unit := table.Where[string(tables.ByUnit)]
				s := k.of(part, answers, unit, table.By[0], g.Keys[0], false)
				if figure.Answers != s.n {
					t.Fatalf("%s %s of %q: %d answers are shown, there are %d", part, g.Keys[0], unit, figure.Answers, s.n)
				}
				k.Publish(s.sum)
				if table.By[0] == tables.ByFactor {
					k.Publish(k.of(part, answers, unit, tables.ByFactor, g.Keys[0], true).sum)
				}
				shown++
			}
		}
	}
	return shown
}

// attack tries every change of an item between two editions, in a unit and in all, of
// all, of the verified and of the others.
func (k *demoAttack) attack(t *testing.T, before, now *demoEdition) {
	t.Helper()
	units := map[string]bool{"": true}
	for name := range now.all.Atoms {
		units[name.Keys()[tables.ByUnit]] = true
	}
	for unit := range units {
		for item := range k.factorOf {
			of := func(e *demoEdition) [3]number {
				all, alone := k.of("all", e.all, unit, tables.ByItem, item, false), k.of("verified", e.verified, unit, tables.ByItem, item, false)
				return [3]number{all, alone, lessOf(all, alone)}
			}
			is, was := of(now), of(before)
			for i, part := range []string{"all", "the verified", "the others"} {
				change := lessOf(is[i], was[i])
				if n := max(change.n, -change.n); n < now.figures.Threshold && len(change.sum) > 0 && k.Solves(change.sum) && (i < 2 || n > 0) {
					t.Errorf("edition %d: %s of %s in %q: a change by %d is computed", now.figures.Edition, part, item, unit, change.n)
				}
			}
		}
	}
}

// lessOf is a number less another one.
func lessOf(a, b number) number {
	s := number{n: a.n - b.n, sum: map[int]int64{}}
	for atom, times := range a.sum {
		s.sum[atom] += times
	}
	for atom, times := range b.sum {
		if s.sum[atom] -= times; s.sum[atom] == 0 {
			delete(s.sum, atom)
		}
	}
	return s
}

// Neighbouring editions of the demonstration tell no change of an item by fewer than the
// threshold, however they are subtracted.
func TestDemoEditionsTellNoItemOfFew(t *testing.T) {
	t.Parallel()
	const today survey.Date = "2026-11-27"
	d := demo.Demo{Seed: 1, Today: today, Responses: 6000}
	if n, err := strconv.Atoi(os.Getenv("HAILONG_TEST_DEMO")); err == nil { // 20000 in make faults
		d.Responses = n
	}
	store, err := bolt.Open(filepath.Join(t.TempDir(), "demo.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := d.Fill(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	if err := publishDemo(t.Context(), store, surveytest.Keys(t), today, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	const campaign survey.CampaignID = "edu-2026"
	factorOf, shown := factorsOf(t, store, campaign), 0
	made := demoEditionsOf(t, store, campaign)
	for i := 1; i < len(made); i++ {
		k := &demoAttack{factorOf: factorOf, atoms: map[string]int{}}
		shown += k.read(t, &made[i-1]) + k.read(t, &made[i])
		k.attack(t, &made[i-1], &made[i])
	}
	t.Logf("%d editions, %d figures of items and factors", len(made), shown)
	if len(made) < 3 || shown < 1000 {
		t.Errorf("%d editions show %d figures, want a year", len(made), shown)
	}
}

// factorsOf are the items of a campaign with their factors.
func factorsOf(t *testing.T, store survey.Store, campaign survey.CampaignID) map[string]string {
	t.Helper()
	current, err := survey.OpenCatalog(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	layout := columns.NewItemLayout(current.Catalog(), current.Catalog().Campaign(campaign))
	factorOf := map[string]string{}
	for col, item := range layout.Items {
		factorOf[item.Code] = layout.FactorOf(col)
	}
	return factorOf
}

// demoEditionsOf reads the editions of a campaign, the oldest first.
func demoEditionsOf(t *testing.T, store survey.Store, campaign survey.CampaignID) (made []demoEdition) {
	t.Helper()
	err := store.Scan(t.Context(), survey.Snapshots, "", "", func(doc bson.Raw) error {
		var s editions.Snapshot
		if err := bson.Unmarshal(doc, &s); err != nil || s.Campaign != campaign {
			return err
		}
		var counts struct {
			Items    demoAnswers `json:"items"`
			Verified struct {
				Items demoAnswers `json:"items"`
			} `json:"verified"`
		}
		if err := json.Unmarshal([]byte(s.Counts), &counts); err != nil {
			return err
		}
		counts.Items.read()
		counts.Verified.Items.read()
		figures, err := publication.Read(s.Body)
		made = append(made, demoEdition{figures, counts.Items, counts.Verified.Items})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(made, func(a, b demoEdition) int { return a.figures.Edition - b.figures.Edition })
	return made
}
