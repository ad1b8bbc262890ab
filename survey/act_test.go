package survey_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/surveytest"
)

// session stands for documents that no log knows.
type session struct {
	ID  string `bson:"_id"`
	Rev int64  `bson:"rev"`
}

func unitOf(id, name string) survey.Unit {
	return survey.Unit{ID: survey.UnitID(id), Name: survey.Text{survey.Vietnamese: name}}
}

// actOffice is an office with three units, two sessions and a contact, and with
// a log that has a baseline.
func actOffice(t *testing.T) *office {
	t.Helper()
	o := newOffice(t)
	for _, id := range []string{"a", "b", "c"} {
		o.make(id)
	}
	for _, c := range []survey.Collection{survey.Sessions, survey.Contacts} {
		if _, err := survey.InsertAll(t.Context(), o.store, c, []session{{ID: "s1", Rev: 4}, {ID: "s2", Rev: 1}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.log.Baseline(t.Context(), lan); err != nil {
		t.Fatal(err)
	}
	return o
}

// acts are acts over the documents of actOffice, with what the store holds after
// each: every unit and its revision, sessions and contacts.
var acts = map[string]struct {
	build func(o *office) *survey.Act
	after string
	told  []string
}{
	"Merge": {
		func(o *office) *survey.Act {
			act := o.Begin(lan).Entry("unit.create", "units/new", nil, "new")
			survey.Create(act, survey.Units, unitOf("new", "new"))
			for _, id := range []string{"a", "b"} {
				act.Entry("unit.merge", "units/"+id, id, "ended")
				survey.Update(act, survey.Units, 1, unitOf(id, "ended"))
			}
			return act
		},
		"a2 b2 c1 new1 | s1 s2 | s1 s2",
		[]string{"unit.create units/new", "unit.merge units/a", "unit.merge units/b"},
	},
	"Remove": {
		func(o *office) *survey.Act {
			act := o.Begin(lan).Entry("unit.discard", "units", nil, nil)
			act.Remove(survey.Units, "a", 1)
			act.Remove(survey.Units, "c", 1)
			return act
		},
		"b1 | s1 s2 | s1 s2",
		[]string{"unit.discard units"},
	},
	"SignOut": {
		func(o *office) *survey.Act {
			act := o.Begin(lan).Entry("user.reset", "units/a", nil, nil)
			survey.Update(act, survey.Units, 1, unitOf("a", "reset"))
			act.RemoveAny(survey.Sessions, "s1")
			act.RemoveAny(survey.Sessions, "s2")
			act.RemoveAny(survey.Sessions, "gone")
			act.Remove(survey.Contacts, "s2", 1)
			survey.Create(act, survey.Contacts, session{ID: "s3", Rev: 1})
			return act
		},
		"a2 b1 c1 |  | s1 s3",
		[]string{"user.reset units/a"},
	},
	// An intent of several documents.
	"Large": {
		func(o *office) *survey.Act {
			act := o.Begin(lan).Entry("unit.import", "units", nil, nil)
			for i := range 2 {
				survey.Create(act, survey.Units, unitOf(fmt.Sprint("l", i), strings.Repeat("x", 5<<19)))
			}
			survey.Update(act, survey.Units, 1, unitOf("a", "x"))
			return act
		},
		"a2 b1 c1 l01 l11 | s1 s2 | s1 s2",
		[]string{"unit.import units"},
	},
}

const actBefore = "a1 b1 c1 | s1 s2 | s1 s2"

// state is what the store holds.
func (o *office) state() string {
	o.t.Helper()
	list := func(c survey.Collection, one func(id string, rev int64) string) string {
		var all []string
		err := o.store.Scan(o.t.Context(), c, "", "", func(raw bson.Raw) error {
			id, err := survey.DocumentID(raw)
			all = append(all, one(id, survey.DocumentRev(raw)))
			return err
		})
		if err != nil {
			o.t.Fatal(err)
		}
		return strings.Join(all, " ")
	}
	name := func(id string, _ int64) string { return id }
	return list(survey.Units, func(id string, rev int64) string { return fmt.Sprint(id, rev) }) +
		" | " + list(survey.Sessions, name) + " | " + list(survey.Contacts, name)
}

// whole holds that the log knows every document, and that no intent is left.
func (o *office) whole() {
	o.t.Helper()
	report, err := o.log.Verify(o.t.Context())
	if err != nil {
		o.t.Errorf("the log: %v", err)
	}
	if len(report.Waiting) > 0 {
		o.t.Errorf("%d documents wait for their entry", len(report.Waiting))
	}
	if err := o.store.Scan(o.t.Context(), survey.Intents, "", "", func(raw bson.Raw) error {
		o.t.Errorf("an intent is left: %s", raw.Lookup("_id"))
		return nil
	}); err != nil {
		o.t.Fatal(err)
	}
}

func TestAct(t *testing.T) {
	t.Parallel()
	for name, tt := range acts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := actOffice(t)
			before := len(o.entries())
			if err := tt.build(o).Do(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := o.state(); got != tt.after {
				t.Errorf("the store holds %s, want %s", got, tt.after)
			}
			var told []string
			for _, e := range o.entries()[before:] {
				told = append(told, string(e.Action)+" "+e.Subject)
			}
			if !slices.Equal(told, tt.told) {
				t.Errorf("the log says %q, want %q", told, tt.told)
			}
			o.whole()
		})
	}
	t.Run("Nothing", func(t *testing.T) {
		t.Parallel()
		o := actOffice(t)
		before := len(o.entries())
		if err := o.Begin(lan).Entry("unit.import", "units", nil, nil).Do(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(o.entries()) - before; n != 1 {
			t.Errorf("%d entries, want 1", n)
		}
	})
	t.Run("Refused", func(t *testing.T) {
		t.Parallel()
		o := actOffice(t)
		before := len(o.entries())
		for name, add := range map[string]func(*survey.Act){
			"Overtaken": func(act *survey.Act) { survey.Update(act, survey.Units, 2, unitOf("b", "x")) },
			"Taken":     func(act *survey.Act) { survey.Create(act, survey.Units, unitOf("b", "x")) },
			"Removed":   func(act *survey.Act) { act.Remove(survey.Units, "b", 7) },
		} {
			act := o.Begin(lan).Entry("unit.import", "units", nil, nil)
			survey.Update(act, survey.Units, 1, unitOf("a", "x"))
			add(act)
			err := act.Do(t.Context())
			if !survey.Is(err, survey.Conflict) {
				t.Errorf("%s: %v, want a conflict", name, err)
			}
		}
		missing := o.Begin(lan).Entry("unit.import", "units", nil, nil)
		survey.Update(missing, survey.Units, 1, unitOf("none", "x"))
		surveytest.WantKind(t, missing.Do(t.Context()), survey.NotFound)
		norev := o.Begin(lan).Entry("unit.import", "units", nil, nil)
		survey.Create(norev, survey.Units, bson.D{{Key: "_id", Value: "x"}})
		surveytest.WantKind(t, norev.Do(t.Context()), survey.Internal)
		noJSON := o.Begin(lan).Entry("unit.import", "units", func() {}, func() {})
		surveytest.WantKind(t, noJSON.Do(t.Context()), survey.Internal)
		large := o.Begin(lan).Entry("unit.import", "units", nil, strings.Repeat("x", survey.MaxDocument))
		surveytest.WantKind(t, large.Do(t.Context()), survey.Invalid)
		if got := o.state(); got != actBefore {
			t.Errorf("the store holds %s, want what it held", got)
		}
		if n := len(o.entries()) - before; n != 0 {
			t.Errorf("%d entries of acts that were refused", n)
		}
		o.whole()
	})
}

// Killed after any of its writes, an act is done as a whole after the next start
// or not at all, with its entries, also when that start is killed after any of
// its own writes.
func TestActKilledAtEachWrite(t *testing.T) {
	t.Parallel()
	for name, tt := range acts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for writes, done := 0, false; !done; writes++ {
				o := actOffice(t)
				before := len(o.entries())
				o.store.allow(writes)
				done = tt.build(o).Do(t.Context()) == nil
				for again := 0; ; again++ {
					o.store.allow(again)
					_, _, err := officeOn(t, o.store).Recover(t.Context())
					if err == nil {
						break
					}
				}
				o.store.allow(-1)
				entries := len(o.entries()) - before
				switch got := o.state(); {
				case got == actBefore && !done:
					if entries != 0 {
						t.Errorf("killed after %d writes: nothing was done, and the log has %d entries", writes, entries)
					}
				case got == tt.after:
					if entries != len(tt.told) {
						t.Errorf("killed after %d writes: it was done, and the log has %d entries, want %d", writes, entries, len(tt.told))
					}
				default:
					t.Errorf("killed after %d writes: half done: %s", writes, got)
				}
				o = officeOn(t, o.store)
				// What is left of an intent that was never whole goes after an hour.
				parts := 0
				if err := o.store.Scan(t.Context(), survey.Intents, "", "", func(bson.Raw) error { parts++; return nil }); err != nil {
					t.Fatal(err)
				}
				if parts > 0 {
					if o.state() != actBefore {
						t.Errorf("killed after %d writes: %d parts of an intent that was carried out", writes, parts)
					}
					o.later(2)
					if _, _, err := o.Recover(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				o.whole()
			}
		})
	}
}

// A change that is killed after any of its writes is there with its entry or not
// at all.
func TestChangeKilledAtEachWrite(t *testing.T) {
	t.Parallel()
	for writes, done := 0, false; !done; writes++ {
		o := actOffice(t)
		before := len(o.entries())
		o.store.allow(writes)
		_, err := survey.Change(t.Context(), o.Changes, edit("a", 1, "x"))
		done = err == nil && writes > 1
		o.store.allow(-1)
		o = officeOn(t, o.store)
		if _, _, err := o.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		if changed, told := o.stored("a").Rev == 2, len(o.entries()) > before; changed != told {
			t.Errorf("killed after %d writes: changed %v, in the log %v", writes, changed, told)
		}
		o.whole()
	}
}

// The store fails in the middle of an act and comes back: the process finishes
// the act before it changes anything else.
func TestActIsFinishedBeforeTheNextChange(t *testing.T) {
	t.Parallel()
	for name, tt := range acts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for writes, done := 0, false; !done; writes++ {
				o := actOffice(t)
				o.store.allow(writes)
				done = tt.build(o).Do(t.Context()) == nil
				o.store.allow(-1)
				if _, err := survey.Change(t.Context(), o.Changes, edit("z", 0, "z")); err != nil {
					t.Fatal(err)
				}
				got := strings.Replace(o.state(), " z1", "", 1)
				if got != tt.after && got != actBefore {
					t.Errorf("stopped after %d writes: half done: %s", writes, got)
				}
				if report, err := o.log.Verify(t.Context()); err != nil || len(report.Waiting) > 0 {
					t.Errorf("stopped after %d writes: %d wait, %v", writes, len(report.Waiting), err)
				}
			}
		})
	}
}

// Another process changes one of the documents between the check and the write:
// that document stays as it is, and the log says what the act did.
func TestActOvertakenByAnotherProcess(t *testing.T) {
	t.Parallel()
	for name, overtake := range map[string]struct {
		edits []survey.Edit[survey.Unit]
		want  string
	}{
		"Changed":       {[]survey.Edit[survey.Unit]{edit("b", 1, "theirs")}, "a2 b2 c1 new1 | s1 s2 | s1 s2"},
		"ChangedTwice":  {[]survey.Edit[survey.Unit]{edit("b", 1, "x"), edit("b", 2, "theirs")}, "a2 b3 c1 new1 | s1 s2 | s1 s2"},
		"Made":          {[]survey.Edit[survey.Unit]{edit("new", 0, "theirs")}, "a2 b2 c1 new1 | s1 s2 | s1 s2"},
		"MadeAndEdited": {[]survey.Edit[survey.Unit]{edit("new", 0, "x"), edit("new", 1, "theirs")}, "a2 b2 c1 new2 | s1 s2 | s1 s2"},
	} {
		subject := overtake.edits[0].ID
		overtaking := func(t *testing.T, by *survey.Changes) {
			for _, e := range overtake.edits {
				if _, err := survey.Change(t.Context(), by, e); err != nil {
					t.Error(err)
				}
			}
		}
		t.Run(name+"WhileDown", func(t *testing.T) {
			t.Parallel()
			o := actOffice(t)
			o.store.allow(1) // the intent
			surveytest.WantKind(t, acts["Merge"].build(o).Do(t.Context()), survey.Unavailable)
			o.store.allow(-1)
			overtaking(t, officeOn(t, &stopping{Store: o.store.Store, left: -1}).Changes)
			o = officeOn(t, o.store) // another process
			if _, _, err := o.Recover(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := o.state(); got != overtake.want {
				t.Errorf("the store holds %s, want %s", got, overtake.want)
			}
			if u := o.stored(subject); u.Name[survey.Vietnamese] != "theirs" {
				t.Errorf("what the other wrote is %q", u.Name)
			}
			o.whole()
		})
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := actOffice(t)
			other := officeOn(t, &stopping{Store: o.store.Store, left: -1})
			o.store.before = func(c survey.Collection) {
				if c == survey.Intents && o.stored(subject).Name[survey.Vietnamese] != "theirs" {
					overtaking(t, other.Changes)
				}
			}
			surveytest.WantKind(t, acts["Merge"].build(o).Do(t.Context()), survey.Conflict)
			if got := o.state(); got != overtake.want {
				t.Errorf("the store holds %s, want %s", got, overtake.want)
			}
			if u := o.stored(subject); u.Name[survey.Vietnamese] != "theirs" {
				t.Errorf("what the other wrote is %q", u.Name)
			}
			o.whole()
		})
	}
	t.Run("Removed", func(t *testing.T) {
		t.Parallel()
		o := actOffice(t)
		other := officeOn(t, &stopping{Store: o.store.Store, left: -1})
		o.store.before = func(c survey.Collection) {
			if c == survey.Intents && o.stored("b").Rev > 0 {
				act := other.Begin(hoa).Entry("unit.discard", "units/b", nil, nil)
				act.Remove(survey.Units, "b", 1)
				if err := act.Do(t.Context()); err != nil {
					t.Error(err)
				}
			}
		}
		surveytest.WantKind(t, acts["Merge"].build(o).Do(t.Context()), survey.Conflict)
		if got := o.state(); got != "a2 c1 new1 | s1 s2 | s1 s2" {
			t.Errorf("the store holds %s", got)
		}
		o.whole()
	})
}

// A document of an act that another process has not finished changes only after
// that act is done.
func TestChangeFinishesTheActBefore(t *testing.T) {
	t.Parallel()
	o := actOffice(t)
	for writes := 1; o.stored("a").Rev < 2; writes++ {
		o = actOffice(t)
		o.store.allow(writes)
		surveytest.WantKind(t, acts["Merge"].build(o).Do(t.Context()), survey.Unavailable)
	}
	o.store.allow(-1)
	o = officeOn(t, o.store) // another process
	if _, err := survey.Change(t.Context(), o.Changes, edit("a", 2, "later")); err != nil {
		t.Fatal(err)
	}
	if got := o.state(); got != "a3 b2 c1 new1 | s1 s2 | s1 s2" {
		t.Errorf("the store holds %s", got)
	}
	o.whole()
}

// A backup that was made while an act was going on may hold documents of it
// without its intent: the log gets an entry for each.
func TestRecoverWithoutIntent(t *testing.T) {
	t.Parallel()
	o := actOffice(t)
	for writes := 1; o.stored("a").Rev < 2 || o.stored("b").Rev < 2; writes++ {
		o = actOffice(t)
		o.store.allow(writes)
		surveytest.WantKind(t, acts["Merge"].build(o).Do(t.Context()), survey.Unavailable)
	}
	o.store.allow(-1)
	var ids []string
	if err := o.store.Scan(t.Context(), survey.Intents, "", "", func(raw bson.Raw) error {
		id, err := survey.DocumentID(raw)
		ids = append(ids, strings.Clone(id))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if err := o.store.Delete(t.Context(), survey.Intents, id, 0); err != nil {
			t.Fatal(err)
		}
	}
	o = officeOn(t, o.store)
	before := len(o.entries())
	for range 2 { // once is enough
		if _, _, err := o.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(o.entries()) - before; n != 3 {
		t.Errorf("%d entries for 3 documents", n)
	}
	o.whole()
}

// What a change costs: every write is one wait for the disk. An act adds its
// intent and the end of it.
func TestWrites(t *testing.T) {
	t.Parallel()
	o := actOffice(t)
	count := 0
	o.store.before = func(survey.Collection) { count++ }
	if _, err := survey.Change(t.Context(), o.Changes, edit("a", 1, "x")); err != nil {
		t.Fatal(err)
	}
	if count != 2 {
		t.Errorf("a change makes %d writes, want the document and its entry", count)
	}
	count = 0
	act := o.Begin(lan).Entry("unit.discard", "units/b", nil, nil)
	act.Remove(survey.Units, "b", 1)
	if err := act.Do(t.Context()); err != nil {
		t.Fatal(err)
	}
	if count != 4 {
		t.Errorf("an act over one document makes %d writes, want the intent, the document, the entry and the end of the intent", count)
	}
}
