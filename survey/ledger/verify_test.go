package ledger_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/ledger"
)

// attack is what somebody does who has the store, and what is found.
type attack struct {
	do   func(f *fixture, kept []survey.Response)
	open func(kept []survey.Response) found // where the day is not closed
	over func(kept []survey.Response) found // where it is
}

// found is a report without its counts.
type found struct {
	Altered, Unknown, Missing []survey.ResponseID
	Points                    map[survey.PointCode]int
	Broken                    bool
}

func foundIn(r *ledger.Discrepancies) found {
	f := found{Altered: r.Altered, Unknown: r.Unknown, Broken: len(r.Broken) > 0}
	for _, m := range r.Missing {
		f.Missing, f.Points = append(f.Missing, m.IDs...), m.Points
	}
	return f
}

func always(f func(kept []survey.Response) found) (open, over func([]survey.Response) found) {
	return f, f
}

// attacks are tried on a day of eight responses, one write each.
func attacks() map[string]attack {
	all := map[string]attack{}
	add := func(name string, do func(*fixture, []survey.Response), open func([]survey.Response) found, over func([]survey.Response) found) {
		all[name] = attack{do, open, over}
	}
	same := func(name string, do func(*fixture, []survey.Response), want func([]survey.Response) found) {
		open, over := always(want)
		add(name, do, open, over)
	}
	same("AnAnswerIsChanged", func(f *fixture, kept []survey.Response) {
		f.edit(survey.Responses, string(kept[2].ID), func(m bson.M) {
			m["answers"] = bson.D{{Key: "overall", Value: int32(5)}, {Key: "more", Value: int32(1)}}
		})
	}, func(kept []survey.Response) found { return found{Altered: []survey.ResponseID{kept[2].ID}} })
	same("TheSaltIsTakenOff", func(f *fixture, kept []survey.Response) {
		f.edit(survey.Responses, string(kept[2].ID), func(m bson.M) { delete(m, "salt") })
	}, func(kept []survey.Response) found { return found{Altered: []survey.ResponseID{kept[2].ID}} })
	same("AResponseIsRemoved", func(f *fixture, kept []survey.Response) {
		f.remove(survey.Responses, string(kept[3].ID))
	}, func(kept []survey.Response) found {
		return found{Missing: []survey.ResponseID{kept[3].ID}, Points: map[survey.PointCode]int{here: 1}}
	})
	same("AResponseIsPutIn", func(f *fixture, kept []survey.Response) {
		r := kept[0]
		r.ID = survey.ResponseIDOf(day, [10]byte{9: 200})
		r.Salt = [survey.SaltSize]byte{1}
		doc, err := r.MarshalBSON()
		f.must(err)
		f.put(survey.Responses, doc)
	}, func([]survey.Response) found {
		return found{Unknown: []survey.ResponseID{survey.ResponseIDOf(day, [10]byte{9: 200})}}
	})
	same("TwoResponsesAreSwapped", func(f *fixture, kept []survey.Response) {
		a, b := f.get(survey.Responses, string(kept[1].ID)), f.get(survey.Responses, string(kept[2].ID))
		for id, content := range map[survey.ResponseID]bson.Raw{kept[1].ID: b, kept[2].ID: a} {
			var d bson.D
			f.must(bson.Unmarshal(content, &d))
			d[0].Value = string(id)
			doc, err := bson.Marshal(d)
			f.must(err)
			f.put(survey.Responses, doc)
		}
	}, func(kept []survey.Response) found { return found{Altered: []survey.ResponseID{kept[1].ID, kept[2].ID}} })
	same("AResponseIsSaidToBeTakenBack", func(f *fixture, kept []survey.Response) {
		doc, err := bson.Marshal(survey.TakenBack{ID: kept[4].ID, Rev: 1, Campaign: kept[4].Campaign, Day: day, Mark: true})
		f.must(err)
		f.put(survey.Responses, doc)
	}, func(kept []survey.Response) found { return found{Altered: []survey.ResponseID{kept[4].ID}} })
	add("AnEntryOrAPartIsRemoved", func(f *fixture, _ []survey.Response) {
		if entries := f.idsOf(survey.Ledger); len(entries) > 2 {
			f.remove(survey.Ledger, entries[2])
			return
		}
		f.remove(survey.LedgerDays, f.idsOf(survey.LedgerDays)[0])
	}, func(kept []survey.Response) found { return found{Broken: true, Unknown: ids(kept[2:3])} },
		func(kept []survey.Response) found { return found{Broken: true, Unknown: ids(kept)} })
	add("AnEntryIsRemovedWithItsResponse", func(f *fixture, kept []survey.Response) {
		if entries := f.idsOf(survey.Ledger); len(entries) > 2 {
			f.remove(survey.Ledger, entries[2])
			f.remove(survey.Responses, string(kept[2].ID))
			return
		}
		f.remove(survey.LedgerDays, f.idsOf(survey.LedgerDays)[0])
		for _, r := range kept {
			f.remove(survey.Responses, string(r.ID))
		}
	}, func([]survey.Response) found { return found{Broken: true} }, func([]survey.Response) found { return found{Broken: true} })
	add("AnEntryOrAPartIsChanged", func(f *fixture, _ []survey.Response) {
		if entries := f.idsOf(survey.Ledger); len(entries) > 2 {
			f.edit(survey.Ledger, entries[2], func(m bson.M) { m["points"] = bson.A{"THERE"} })
			return
		}
		f.edit(survey.LedgerDays, f.idsOf(survey.LedgerDays)[0], func(m bson.M) { m["points"] = bson.A{} })
	}, func(kept []survey.Response) found { return found{Broken: true, Unknown: ids(kept[2:3])} }, func([]survey.Response) found { return found{Broken: true} })
	return all
}

func ids(rs []survey.Response) []survey.ResponseID {
	var all []survey.ResponseID
	for _, r := range rs {
		all = append(all, r.ID)
	}
	return all
}

// Each attack is seen, on the day and when the day is closed.
func TestAttacksAreSeen(t *testing.T) {
	t.Parallel()
	for name, a := range attacks() {
		for when, want := range map[string]func([]survey.Response) found{"OfTheDay": a.open, "WhenItIsClosed": a.over} {
			t.Run(name+when, func(t *testing.T) {
				t.Parallel()
				f := newFixture(t)
				l := f.process()
				kept := f.keep(l, 8)
				f.must(l.Seal(t.Context()))
				if when == "WhenItIsClosed" {
					f.nextDay()
					f.close(l)
				}
				f.whole()
				a.do(f, kept)
				got := f.verify()
				byID := cmpopts.SortSlices(func(a, b survey.ResponseID) bool { return a < b })
				if diff := cmp.Diff(want(kept), foundIn(&got), byID); diff != "" {
					t.Errorf("found (-want +got): %s\n%+v", diff, got.Broken)
				}
			})
		}
	}
}

// A chain that is gone with everything it named, or that lost its end, is missed by the
// one that began after it.
func TestAChainCannotVanish(t *testing.T) {
	t.Parallel()
	for _, whole := range []bool{true, false} {
		f := newFixture(t)
		gone := f.keep(f.process(), 3)
		entries := f.idsOf(survey.Ledger)
		f.keep(f.process(), 1)
		f.whole()
		if !whole {
			entries, gone = entries[2:], gone[2:]
		} else {
			f.remove(survey.Chains, strings.Split(entries[0], "/")[0])
		}
		for i, id := range entries {
			f.remove(survey.Ledger, id)
			f.remove(survey.Responses, string(gone[i].ID))
		}
		if got := f.verify(); len(got.Broken) == 0 {
			t.Errorf("a chain that vanished (as a whole: %v) was not missed", whole)
		}
	}
}

// A response that vanished before its day was closed is missing afterwards too.
func TestClosingHidesNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	l := f.process()
	kept := f.keep(l, 3)
	f.remove(survey.Responses, string(kept[1].ID))
	f.nextDay()
	f.close(l)
	got := f.verify()
	want := []ledger.Missing{{Day: day, IDs: ids(kept[1:2]), Points: map[survey.PointCode]int{here: 1}}}
	if diff := cmp.Diff(want, got.Missing); diff != "" {
		t.Errorf("missing (-want +got): %s", diff)
	}
	entries := f.keep(l, 3)
	f.edit(survey.Ledger, f.idsOf(survey.Ledger)[1], func(m bson.M) { m["day"] = "2026-03-01" })
	f.nextDay()
	f.now = f.now.AddDate(0, 0, 1)
	if _, err := l.Close(context.Background()); !survey.Is(err, survey.Conflict) {
		t.Errorf("an altered entry: error %v, want one of kind %s", err, survey.Conflict)
	}
	if left := f.idsOf(survey.Ledger); len(left) < 2 || len(entries) != 3 {
		t.Errorf("entries %v are left, want the evidence", left)
	}
}

// What changes a response lawfully is no damage, and is counted.
func TestLawfulChanges(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	l := f.process()
	kept := f.keep(l, 4)
	before := f.get(survey.Responses, string(kept[0].ID))
	r := kept[0]
	r.Texts = nil
	plain, err := r.MarshalBSON()
	f.must(err)
	left, err := survey.KeepCommitment(before, plain)
	f.must(err)
	f.must(f.store.Replace(t.Context(), survey.Responses, 0, left))
	mark := survey.TakenBack{ID: kept[1].ID, Rev: 1, Campaign: kept[1].Campaign, Day: day, Mark: true}
	doc, err := bson.Marshal(mark)
	f.must(err)
	f.put(survey.TakenBackMarks, doc)
	f.must(f.store.Replace(t.Context(), survey.Responses, 0, doc))
	f.edit(survey.Responses, string(kept[2].ID), func(m bson.M) { m["received"] = day.Time() })
	got := f.whole()
	if got.TakenBack != 1 || got.Responses != 3 || got.Erased["tthc-2026"] != 1 || len(got.Erased) != 1 {
		t.Errorf("taken back %d, stored %d, erased %v; want 1, 3 and 1 of the campaign", got.TakenBack, got.Responses, got.Erased)
	}
	if stored := f.get(survey.Responses, string(kept[0].ID)); stored.Lookup("salt").Type != 0 {
		t.Error("the salt stayed, so that what was erased can be found by trying")
	}
}

// The memory of a check is bounded: it goes over the responses in as many ranges as it takes.
func TestVerifyInRanges(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	l := f.process()
	var all []survey.Response
	for range 3000 {
		all = append(all, f.response())
	}
	if _, err := l.Keep(t.Context(), nil, all...); err != nil {
		t.Fatal(err)
	}
	f.nextDay()
	f.close(l)
	f.keep(l, 1)
	f.remove(survey.Responses, string(all[7].ID))
	f.edit(survey.Responses, string(all[2900].ID), func(m bson.M) { m["lang"] = "en"; m["answers"] = bson.D{} })
	for _, most := range []int{1, 600, 1 << 20} {
		got, err := ledger.VerifyAtOnce(t.Context(), f.store, most)
		f.must(err)
		want := found{Altered: ids(all[2900:2901]), Missing: ids(all[7:8]), Points: map[survey.PointCode]int{here: 1}}
		if diff := cmp.Diff(want, foundIn(&got)); diff != "" {
			t.Errorf("at most %d at once (-want +got): %s", most, diff)
		}
		if got.Responses != 2999 {
			t.Errorf("at most %d at once: %d responses are whole, want 2999", most, got.Responses)
		}
	}
}

// Others write while the store is checked.
func TestVerifyWhileOthersWrite(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	l := f.process()
	f.keep(l, 5)
	quiet := ledger.New(f.store.Store, f.clock)
	inside := false
	f.store.Before = func(call string, c survey.Collection) {
		if !inside && call == "Scan" {
			inside = true
			f.keep(quiet, 1)
			if _, err := quiet.CloseNow(context.Background()); err != nil {
				t.Error(err)
			}
			inside = false
		}
	}
	got, err := ledger.Verify(t.Context(), f.store, nil)
	if err != nil || !got.Whole() {
		t.Errorf("error %v, found %+v", err, got)
	}
	f.store.Before = nil
}
