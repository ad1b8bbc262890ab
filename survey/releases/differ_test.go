package releases_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"pgregory.net/rapid"

	"hailong/survey"
	"hailong/survey/releases"
	"hailong/survey/verification"
)

// Whatever happens, and whichever two moments somebody compares: what is held of the
// verified and of the open responses of a unit differs by nobody, or at least five
// entered, or nobody entered and at least five left. That is so for releases, and for
// what any process loads under one when somebody took a response back since. Before an
// edition what is void leaves whatever its number, and nothing else changes by few.
func TestReleasesDifferByEnough(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	since := &sinceStore{Store: f.Store}
	f.over(since)
	rapid.Check(t, func(rt *rapid.T) {
		u := f.watch()
		since.first = string(f.ID())
		for range rapid.IntRange(1, 20).Draw(rt, "steps") {
			switch step := rapid.SampledFrom([]string{"receive", "receive", "void", "take back", "take back", "load", "cut", "cut", "edition"}).Draw(rt, "step"); step {
			case "receive":
				for _, proof := range []survey.Proof{survey.Unverified, survey.VerifiedSlip, survey.VerifiedDevice} {
					u.stored = append(u.stored, f.receiveProven(u.id, proof, rapid.IntRange(0, 6).Draw(rt, "new"))...)
				}
			case "void":
				u.leave(rt, step, rapid.IntRange(0, 5).Draw(rt, "voids"))
			case "take back":
				u.leave(rt, step, rapid.IntRange(0, 2).Draw(rt, "taken back"))
			case "load":
				u.look(rt, step, f.storedRelease(tthc))
			default:
				release := f.cutOf(step == "edition")
				u.look(rt, step, release)
				u.look(rt, step+" and load", f.storedRelease(tthc))
			}
		}
	})
}

// What the random steps rarely come to: each of these told of one before those who
// entered together stood back together.
func TestWhoEnteredTogetherStandsBackTogether(t *testing.T) {
	t.Parallel()
	t.Run("WhenTheNextNewcomersLeave", func(t *testing.T) {
		t.Parallel()
		u := newFixture(t).watch()
		first := u.enter(t, 12)
		u.leaveBy(t, u.takeBack, first[0])
		second := u.enter(t, 5)
		u.leaveBy(t, u.takeBack, second[2])
		if held := u.seen[len(u.seen)-1]; len(held) != 0 {
			t.Errorf("%d are held, want none: eleven would tell of the twelfth", len(held))
		}
		if third := u.enter(t, 5); len(u.seen[len(u.seen)-1]) != 11+4+5 || len(third) != 5 {
			t.Errorf("with five new ones %d are held, want all that are left", len(u.seen[len(u.seen)-1]))
		}
	})
	t.Run("WhenNewcomersAmongOthersAreVoid", func(t *testing.T) {
		t.Parallel()
		u := newFixture(t).watch()
		first := u.enter(t, 12)
		u.leaveBy(t, u.takeBack, first[0])
		second := u.enter(t, 9)
		u.leaveBy(t, u.markVoid, second[:8]...)
		u.look(t, "cut", u.cutOf(false))
	})
	t.Run("WhenFewAreLeftBeforeAnEdition", func(t *testing.T) {
		t.Parallel()
		u := newFixture(t).watch()
		first := u.enter(t, 5)
		u.enter(t, 5)
		u.leaveBy(t, u.markVoid, first[0])
		u.look(t, "edition", u.cutOf(true))
		u.leaveBy(t, u.takeBack, first[1])
		u.enter(t, 5)
	})
}

// sinceStore is a store of which nobody reads responses and voids before one: what other
// draws left there makes a scan long.
type sinceStore struct {
	survey.Store
	first string
}

func (s *sinceStore) Scan(ctx context.Context, c survey.Collection, from, to string, visit func(bson.Raw) error) error {
	if c == survey.Responses || c == survey.Voids {
		from = max(from, s.first)
	}
	return s.Store.Scan(ctx, c, from, to, visit)
}

// watchedUnit is a unit whose figures somebody keeps.
type watchedUnit struct {
	*fixture
	id     survey.UnitID
	stored []survey.Response
	voids  map[survey.ResponseID]time.Time
	gone   map[survey.ResponseID]bool // taken back
	forced map[survey.ResponseID]bool // void, and left for an edition
	seen   []map[survey.ResponseID]bool
}

func (f *fixture) watch() *watchedUnit {
	return &watchedUnit{
		fixture: f, id: survey.UnitID("unit-" + string(f.ID())),
		voids: map[survey.ResponseID]time.Time{}, gone: map[survey.ResponseID]bool{}, forced: map[survey.ResponseID]bool{},
	}
}

// enter has new responses enter a release.
func (u *watchedUnit) enter(t fataler, n int) []survey.Response {
	rs := u.receive(u.id, n)
	u.stored = append(u.stored, rs...)
	u.look(t, "cut", u.cutOf(false))
	return rs
}

// leaveBy has responses leave, and looks at what is loaded then.
func (u *watchedUnit) leaveBy(t fataler, by func(...survey.Response), rs ...survey.Response) {
	by(rs...)
	u.look(t, "load", u.storedRelease(tthc))
}

func (u *watchedUnit) markVoid(rs ...survey.Response) {
	u.void(rs...)
	for _, r := range rs {
		u.voids[r.ID] = u.now
	}
}

// takeBack has the senders of responses take them back.
func (u *watchedUnit) takeBack(rs ...survey.Response) {
	u.fixture.takeBack(rs...)
	for _, r := range rs {
		u.gone[r.ID] = true
	}
}

type fataler interface{ Fatalf(string, ...any) }

// leave has some of the responses leave that are still there.
func (u *watchedUnit) leave(rt *rapid.T, step string, n int) {
	for range n {
		if len(u.stored) == 0 {
			return
		}
		r := rapid.SampledFrom(u.stored).Draw(rt, "leaves")
		if _, void := u.voids[r.ID]; u.gone[r.ID] || void && step == "void" {
			continue
		}
		if step == "void" {
			u.markVoid(r)
		} else {
			u.takeBack(r)
		}
	}
}

// look compares what is held now with all that was held before.
func (u *watchedUnit) look(t fataler, step string, release releases.Release) {
	places, held := release.ByUnit(), map[survey.ResponseID]bool{}
	for _, mark := range u.marks() {
		places.TakeBack(mark, verification.Exclusion{From: u.voids[mark.ID]})
	}
	for _, r := range u.stored {
		if !u.gone[r.ID] && places.Holds(u.id, verification.ClassOf(r.Proof, r.Batch), r.Received, verification.Exclusion{From: u.voids[r.ID]}) {
			held[r.ID] = true
		}
	}
	if step == "edition" {
		for id := range u.voids {
			if held[id] {
				t.Fatalf("a void response is in the release of an edition")
			}
			u.forced[id] = true
		}
	}
	for before, earlier := range u.seen {
		for _, class := range []verification.Class{verification.Open, verification.Verified} {
			if told := u.compare(class, earlier, held); told != "" {
				t.Fatalf("%s (%d): of class %q, against what was seen %d before: %s", step, len(u.seen), class, len(u.seen)-before, told)
			}
		}
	}
	u.seen = append(u.seen, held)
}

// compare says what two held sets tell of few, if they do.
func (u *watchedUnit) compare(class verification.Class, before, after map[survey.ResponseID]bool) string {
	var entered, left, forced, forcedIn, all int
	for _, r := range u.stored {
		if verification.ClassOf(r.Proof, r.Batch) != class {
			continue
		}
		switch {
		case after[r.ID] && !before[r.ID]:
			entered++
		case before[r.ID] && !after[r.ID] && u.forced[r.ID]:
			left++
			forced++
		case before[r.ID] && !after[r.ID]:
			left++
		case u.forced[r.ID] && !before[r.ID]:
			forcedIn++
		}
		if after[r.ID] {
			all++
		}
	}
	switch {
	case 0 < entered && entered+forcedIn < 5:
		return fmt.Sprintf("%d entered and %d left", entered, left)
	case entered == 0 && forced < left && left < 5 && all > 0: // forced ones may leave alone
		return fmt.Sprintf("%d left, of them %d for an edition", left, forced)
	}
	return ""
}

// takeBack puts a mark in the place of a response, as package takeback does.
func (f *fixture) takeBack(rs ...survey.Response) {
	f.Helper()
	f.now = f.now.Add(time.Second)
	for _, r := range rs {
		mark := survey.TakenBack{
			ID: r.ID, Rev: 1, Campaign: r.Campaign, Day: r.Day, Mark: true,
			Counted: &survey.TakenBackCount{Unit: r.Unit, Verified: verification.ClassOf(r.Proof, r.Batch) == verification.Verified, Received: r.Received},
		}
		if err := (survey.Documents[survey.TakenBack]{Store: f.Store, Collection: survey.Responses}).Replace(f.Context(), 0, mark); err != nil {
			f.Fatal(err)
		}
	}
}

// marks are those in the place of responses.
func (f *fixture) marks() (all []survey.TakenBack) {
	f.Helper()
	err := f.Store.Scan(f.Context(), survey.Responses, "", "", func(doc bson.Raw) error {
		var mark survey.TakenBack
		if !survey.IsTakenBack(doc) {
			return nil
		}
		err := bson.Unmarshal(doc, &mark)
		all = append(all, mark)
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	return all
}

// storedRelease is the release of a campaign as it is in the store.
func (f *fixture) storedRelease(campaign survey.CampaignID) releases.Release {
	f.Helper()
	all, err := releases.Stored(f.Context(), f.Store)
	if err != nil {
		f.Fatal(err)
	}
	return all[campaign]
}

// cutOf cuts the release of the procedures' campaign, for an edition or not.
func (f *fixture) cutOf(edition bool) releases.Release {
	f.Helper()
	if !edition {
		return f.cut(tthc).Release
	}
	f.now = f.now.Add(time.Second)
	cut, err := f.CutForEdition(f.Context(), boss, tthc)
	if err != nil {
		f.Fatal(err)
	}
	return cut.Release
}
