package survey_test

import (
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/surveytest"
)

type futureItem struct {
	Code string `bson:"code,omitempty"`
	Text string `bson:"text"`
}

type futureInner struct {
	A int `bson:"a,omitempty"`
}

type futureUnit struct {
	ID          string `bson:"_id"`
	Rev         int64  `bson:"rev"`
	Name        string `bson:"name,omitempty"`
	Gone        string `bson:"gone,omitempty"`
	futureInner `bson:",inline"`
	Inner       *futureInner           `bson:"inner,omitempty"`
	Items       []futureItem           `bson:"items,omitempty"`
	Plain       []futureItem           `bson:"plain,omitempty"`
	Named       map[string]futureInner `bson:"named,omitempty"`
}

// TestUnknownFieldsAreKept changes a document in each of the ways there are, by a type
// that lacks fields which a newer program wrote.
func TestUnknownFieldsAreKept(t *testing.T) {
	t.Parallel()
	future := bson.E{Key: "future", Value: "kept"}
	stored, err := bson.Marshal(bson.D{
		{Key: "_id", Value: "a"},
		{Key: "rev", Value: int64(1)},
		future,
		{Key: "name", Value: "before"},
		{Key: "gone", Value: "x"},
		{Key: "a", Value: 7},
		{Key: "inner", Value: bson.D{{Key: "a", Value: 1}, future}},
		{Key: "items", Value: bson.A{bson.D{{Key: "code", Value: "1"}, {Key: "text", Value: "one"}, future}, bson.D{{Key: "code", Value: "2"}, {Key: "text", Value: "two"}}}},
		{Key: "plain", Value: bson.A{bson.D{{Key: "text", Value: "drop"}, {Key: "future", Value: "lost"}}, bson.D{{Key: "text", Value: "stay"}, future}}},
		{Key: "named", Value: bson.D{{Key: "k", Value: bson.D{{Key: "a", Value: 1}, future}}, {Key: "out", Value: bson.D{future}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	edit := func(u *futureUnit) {
		u.Name, u.Gone, u.A = "after", "", 0
		if u.Inner != nil {
			u.Inner.A = 2
		}
		u.Items = []futureItem{{Code: "2", Text: "two"}, {Code: "1", Text: "one, but longer"}, {Code: "3", Text: "new"}}
		u.Plain = []futureItem{{Text: "stay"}, {Text: "other"}}
		u.Named = map[string]futureInner{"k": {A: 2}}
	}
	for name, change := range map[string]func(by *survey.Changes) error{
		"Change": func(by *survey.Changes) error {
			_, err := survey.Change(t.Context(), by, survey.Edit[futureUnit]{Collection: survey.Units, ID: "a", Seen: 1, Action: "unit.edit", Do: func(u *futureUnit) error {
				edit(u)
				return nil
			}})
			return err
		},
		"Mark": func(by *survey.Changes) error {
			return survey.Mark(t.Context(), by, survey.Units, "a", func(u *futureUnit) bool {
				edit(u)
				return u.Rev == 1
			})
		},
		"Act": func(by *survey.Changes) error {
			u, err := survey.Documents[futureUnit]{Store: by.Store, Collection: survey.Units}.Get(t.Context(), "a")
			if err != nil {
				return err
			}
			edit(&u)
			act := by.Begin(survey.Actor{Shell: "test"}).Entry("unit.edit", "units", nil, nil)
			survey.Update(act, survey.Units, 1, u)
			return act.Do(t.Context())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := surveytest.Store(t)
			if _, err := store.Insert(t.Context(), survey.Units, stored); err != nil {
				t.Fatal(err)
			}
			log := audit.New(store, time.Now)
			if err := change(survey.NewChanges(store, log, time.Now)); err != nil {
				t.Fatal(err)
			}
			doc, err := store.Get(t.Context(), survey.Units, "a")
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range [][]string{{"future"}, {"inner", "future"}, {"items", "1", "future"}, {"plain", "0", "future"}, {"named", "k", "future"}} {
				if got := survey.DocumentText(doc, "future"); len(path) == 1 && got != "kept" {
					t.Errorf("%v is %q", path, got)
				} else if v, err := doc.LookupErr(path...); err != nil || v.StringValue() != "kept" {
					t.Errorf("%v is %v, error %v", path, v, err)
				}
			}
			for _, path := range [][]string{{"gone"}, {"a"}, {"items", "0", "future"}, {"items", "2", "future"}, {"plain", "1", "future"}, {"named", "out"}} {
				if v, err := doc.LookupErr(path...); err == nil {
					t.Errorf("%v is still there: %v", path, v)
				}
			}
			if survey.DocumentText(doc, "name") != "after" || survey.DocumentRev(doc) != 2 {
				t.Errorf("changed to %v", doc)
			}
			if name != "Mark" { // which may change no field that the log vouches for
				if _, err := log.Verify(t.Context()); err != nil {
					t.Errorf("the log does not fit: %v", err)
				}
			}
		})
	}
}

type futureDevice struct {
	ID   string     `bson:"_id"`
	Rev  int64      `bson:"rev"`
	Name string     `bson:"name"`
	Last *futureAct `bson:"last,omitempty"`
	Seen string     `bson:"seen,omitempty"` // may change by a mark
}

type futureAct struct {
	At string `bson:"at"`
	N  int    `bson:"n"`
}

// TestUnknownFieldsKeepTheirPlace marks a document that the log vouches for: what it holds
// beside the mark has to read as before, order included.
func TestUnknownFieldsKeepTheirPlace(t *testing.T) {
	t.Parallel()
	future := bson.E{Key: "future", Value: "kept"}
	stored, err := bson.Marshal(bson.D{
		{Key: "_id", Value: "a"},
		future,
		{Key: "rev", Value: int64(1)},
		{Key: "seen", Value: "1"},
		{Key: "name", Value: "before"},
		{Key: "last", Value: bson.D{future, {Key: "at", Value: "monday"}, {Key: "n", Value: 1}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	store := surveytest.Store(t)
	if _, err := store.Insert(t.Context(), survey.Devices, stored); err != nil {
		t.Fatal(err)
	}
	log := audit.New(store, time.Now)
	by := survey.NewChanges(store, log, time.Now)
	change := func(do func(*futureDevice)) {
		_, err := survey.Change(t.Context(), by, survey.Edit[futureDevice]{Collection: survey.Devices, ID: "a", Seen: survey.AnyRevision, Action: "device.edit", Do: func(d *futureDevice) error {
			do(d)
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	change(func(d *futureDevice) { d.Name = "after" })
	for _, seen := range []string{"2", ""} {
		if err := survey.Mark(t.Context(), by, survey.Devices, "a", func(d *futureDevice) bool {
			d.Seen = seen
			return true
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := log.Verify(t.Context()); err != nil {
			t.Errorf("marked %q, the log does not fit: %v", seen, err)
		}
	}

	doc, err := store.Get(t.Context(), survey.Devices, "a")
	if err != nil {
		t.Fatal(err)
	}
	if v, err := doc.LookupErr("last", "future"); err != nil || v.StringValue() != "kept" {
		t.Errorf("the last act lost %v, error %v", v, err)
	}
	change(func(d *futureDevice) { d.Last = &futureAct{At: "tuesday", N: 2} })
	if doc, err = store.Get(t.Context(), survey.Devices, "a"); err != nil {
		t.Fatal(err)
	}
	if v, err := doc.LookupErr("last", "future"); err == nil {
		t.Errorf("another act has %v of the one before", v)
	}
	if got := survey.DocumentText(doc, "future"); got != "kept" {
		t.Errorf("the document has %q", got)
	}
}
