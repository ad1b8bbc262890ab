package check_test

import (
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/bolt"
	"hailong/survey/check"
	"hailong/survey/ledger"
	"hailong/survey/retention"
	"hailong/survey/storetest"
	"hailong/survey/surveytest"
	"hailong/survey/takeback"
)

const day survey.Date = "2026-03-05"

var boss = survey.Actor{Login: "lan"}

// fixture is a store with a few responses and documents, all of them as they should be.
type fixture struct {
	*testing.T
	store   *bolt.Store
	changes *survey.Changes
	ids     []survey.ResponseID
}

func clock() time.Time { return day.Time().Add(9 * time.Hour) }

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{T: t, store: surveytest.Store(t)}
	log := audit.New(f.store, clock)
	f.changes = survey.NewChanges(f.store, log, clock)
	f.must(log.Baseline(t.Context(), boss))
	process := ledger.New(f.store, clock)
	for i := range 4 {
		r := survey.Response{
			ID: survey.ResponseIDOf(day, [10]byte{9: byte(i)}), Campaign: "tthc-2026", Point: "QH7K2M3", Day: day, Received: clock(),
			Answers: []survey.Answer{{Item: "overall", Codes: []int{1 + i}}}, Texts: []survey.Words{{Item: "comment", Text: "tốt"}},
		}
		_, err := process.Keep(t.Context(), nil, r)
		f.must(err)
		f.ids = append(f.ids, r.ID)
	}
	f.must(process.Seal(t.Context()))
	f.unit("muong-te")
	return f
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

type unit struct {
	ID   string `bson:"_id"`
	Rev  int64  `bson:"rev"`
	Name string `bson:"name"`
}

func (f *fixture) unit(id string) {
	f.Helper()
	_, err := survey.Change(f.Context(), f.changes, survey.Edit[unit]{Collection: survey.Units, ID: id, Actor: boss, Action: "unit.create", Do: func(u *unit) error {
		u.ID, u.Name = id, id
		return nil
	}})
	f.must(err)
}

func (f *fixture) get(c survey.Collection, id string) bson.Raw {
	f.Helper()
	doc, err := f.store.Get(f.Context(), c, id)
	f.must(err)
	return doc
}

// altered is a document with another value of a field, in its next revision.
func (f *fixture) altered(doc bson.Raw, key string, value any) bson.Raw {
	f.Helper()
	var fields bson.D
	f.must(bson.Unmarshal(doc, &fields))
	hasRev := false
	for i := range fields {
		switch fields[i].Key {
		case key:
			fields[i].Value = value
		case "rev":
			fields[i].Value, hasRev = survey.DocumentRev(doc)+1, true
		}
	}
	if !hasRev {
		fields = append(fields, bson.E{Key: "rev", Value: int64(1)})
	}
	raw, err := bson.Marshal(fields)
	f.must(err)
	return raw
}

// markTakenBack puts the marks of a take-back that nobody asked for.
func (f *fixture) markTakenBack(id survey.ResponseID) {
	f.Helper()
	rev := survey.DocumentRev(f.get(survey.Responses, string(id)))
	mark := survey.TakenBack{ID: id, Campaign: "tthc-2026", Day: day, Mark: true, Rev: 1}
	f.must(survey.Documents[survey.TakenBack]{Store: f.store, Collection: survey.TakenBackMarks}.Insert(f.Context(), mark))
	mark.Rev = rev + 1
	f.must(survey.Documents[survey.TakenBack]{Store: f.store, Collection: survey.Responses}.Replace(f.Context(), rev, mark))
}

// remove removes a document behind the program's back.
func (f *fixture) remove(c survey.Collection, id string) {
	f.Helper()
	f.must(f.store.Delete(f.Context(), c, id, survey.DocumentRev(f.get(c, id))))
}

// report is that of a check of the whole store.
func (f *fixture) report() check.Findings {
	f.Helper()
	report, err := check.Data(func(found func(survey.Damage)) (survey.Inspected, error) {
		return f.store.Check(f.Context(), func(int) error { return nil }, found)
	})
	f.must(err)
	f.must(report.Rest(f.Context(), f.store))
	return report
}

// part returns a part of a report.
func part(t *testing.T, report check.Findings, name string) check.CheckedPart {
	t.Helper()
	for _, p := range report.Parts {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("the report has no part %s: %+v", name, report)
	return check.CheckedPart{}
}

func TestEachFaultIsNamedInItsPart(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		do   func(f *fixture)
		part string // "" where nothing is wrong
		says string
		id   string
	}{
		"Nothing":                 {func(*fixture) {}, "", "", ""},
		"AResponseThatWasRemoved": {func(f *fixture) { f.remove(survey.Responses, string(f.ids[1])) }, check.Ledger, "it is not there", "0"},
		"AResponseThatWasChanged": {func(f *fixture) {
			doc := f.get(survey.Responses, string(f.ids[1]))
			f.must(f.store.Replace(f.Context(), survey.Responses, survey.DocumentRev(doc), f.altered(doc, "point", "QH7K2M4")))
		}, check.Ledger, "not as the ledger says", "0"},
		"AResponseThatWasMarkedAsTakenBack": {func(f *fixture) {
			f.markTakenBack(f.ids[1])
		}, check.Ledger, "the audit log knows nothing: 1", "campaigns/tthc-2026"},
		"AResponseThatWasTakenBack": {func(f *fixture) {
			f.markTakenBack(f.ids[1])
			f.must(f.changes.Log.Record(f.Context(), survey.Actor{}, takeback.TakeBackAction, "campaigns/tthc-2026", nil, map[string]any{"day": day}))
		}, "", "", ""},
		"AResponseThatWasPutIn": {func(f *fixture) {
			doc := storetest.Document(f, string(survey.ResponseIDOf(day, [10]byte{9: 99})), 1, "x")
			_, err := f.store.Insert(f.Context(), survey.Responses, doc)
			f.must(err)
		}, check.Ledger, "does not know it", ""},
		"AnEntryOfTheLedgerThatWasRemoved": {func(f *fixture) {
			var first string
			f.must(f.store.Scan(f.Context(), survey.Ledger, "", "", func(doc bson.Raw) error {
				if first == "" {
					first = strings.Clone(survey.DocumentText(doc, "_id"))
				}
				return nil
			}))
			f.remove(survey.Ledger, first)
		}, check.Ledger, "before it are missing", ""},
		"AnEntryOfTheLogThatWasRemoved": {func(f *fixture) { f.remove(survey.Audit, "000000000001") }, check.Audit, "entry 1", ""},
		"ADocumentThatWasChanged": {func(f *fixture) {
			doc := f.get(survey.Units, "muong-te")
			f.must(f.store.Replace(f.Context(), survey.Units, 1, f.altered(doc, "name", "other")))
		}, check.Audit, "units/muong-te", ""},
		"ADocumentThatWasRemoved":        {func(f *fixture) { f.remove(survey.Units, "muong-te") }, check.Audit, "units/muong-te", ""},
		"AnErasureThatTheLogDoesNotKnow": {func(f *fixture) { f.erase(f.ids[2]) }, check.Ledger, "the audit log says that it was 0", "campaigns/tthc-2026"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			test.do(f)
			report := f.report()
			if report.Whole() != (test.part == "") {
				t.Errorf("the report says whole: %v, want %v: %+v", report.Whole(), test.part == "", report)
			}
			for _, p := range report.Parts {
				if p.Name != test.part && len(p.Wrong) > 0 {
					t.Errorf("in %s is wrong %+v, and it should be in %q", p.Name, p.Wrong, test.part)
				}
			}
			if test.part == "" {
				return
			}
			p := part(t, report, test.part)
			if len(p.Wrong) == 0 || !strings.Contains(p.Wrong[0].What+" "+p.Wrong[0].ID, test.says) || !strings.Contains(p.Wrong[0].ID, test.id) {
				t.Errorf("the report says %+v, want %q", p.Wrong, test.says)
			}
		})
	}
}

// erase erases the texts of a response as package retention does, without a word of it.
func (f *fixture) erase(id survey.ResponseID) {
	f.Helper()
	doc := f.get(survey.Responses, string(id))
	var r survey.Response
	f.must(r.UnmarshalBSON(doc))
	r.Texts, r.Salt = nil, [survey.SaltSize]byte{}
	plain, err := r.MarshalBSON()
	f.must(err)
	left, err := survey.KeepCommitment(doc, plain)
	f.must(err)
	f.must(f.store.Replace(f.Context(), survey.Responses, survey.DocumentRev(doc), left))
}

// What the log says was erased is lawful, and no response more.
func TestErasuresAreHeldAgainstTheLog(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.erase(f.ids[0])
	said := []retention.Erasure{{Part: retention.Texts, Day: day, Responses: 1, Total: 1}}
	f.must(f.changes.Log.Record(t.Context(), boss, retention.EraseAction, "campaigns/tthc-2026", nil, said))
	if report := f.report(); !report.Whole() {
		t.Errorf("what the log says was erased is wrong: %+v", report)
	}
	f.erase(f.ids[1])
	if p := part(t, f.report(), check.Ledger); len(p.Wrong) != 1 || !strings.Contains(p.Wrong[0].What, "was erased: 2; the audit log says that it was 1") {
		t.Errorf("a second response was erased, and the report says %+v", p.Wrong)
	}
}

// What a salvage stated as lost is passed over, and nothing else.
func TestStatedLossesArePassedOver(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.remove(survey.Responses, string(f.ids[1]))
	_, err := survey.Change(t.Context(), f.changes, survey.Edit[survey.Losses]{
		Collection: survey.Settings, ID: survey.LossesID(1), Actor: boss, Action: "store.lost", Do: func(l *survey.Losses) error {
			*l, _ = survey.NewLosses(1, clock(), f.ids[1:2])
			return nil
		},
	})
	f.must(err)
	report := f.report()
	if p := part(t, report, check.Ledger); !report.Whole() || p.Stated != 1 {
		t.Errorf("a response that is stated as lost: %+v", report)
	}
	f.remove(survey.Responses, string(f.ids[2]))
	if p := part(t, f.report(), check.Ledger); len(p.Wrong) == 0 || p.Wrong[0].ID != string(f.ids[2]) || p.Stated != 1 {
		t.Errorf("another one that went: %+v", p)
	}
}

// Where data are damaged nothing is read from them, and the report says so; it lists the
// first of many.
func TestDamagedDataAreNotReadOn(t *testing.T) {
	t.Parallel()
	report, err := check.Data(func(found func(survey.Damage)) (survey.Inspected, error) {
		for range 130 {
			found(survey.Damage{Collection: survey.Units, ID: "a", What: "its content does not fit its checksum"})
		}
		found(survey.Damage{What: "page 3: it is in two places"})
		return survey.Inspected{Pages: 9, Documents: 8, Format: survey.NewStoreFormat(survey.CurrentFormat, "")}, nil
	})
	if err == nil {
		err = report.Rest(t.Context(), surveytest.Store(t))
	}
	if err != nil {
		t.Fatal(err)
	}
	if p := part(t, report, check.Documents); p.Looked != 8 || len(p.Wrong) != 100 || p.More != 30 {
		t.Errorf("documents: %d looked at, %d listed and %d more, want 8, 100 and 30", p.Looked, len(p.Wrong), p.More)
	}
	if p := part(t, report, check.Pages); p.Looked != 9 || len(p.Wrong) != 1 {
		t.Errorf("pages: %+v, want 9 looked at and one damage", p)
	}
	for _, name := range []string{check.Ledger, check.Audit, check.Acts} {
		if p := part(t, report, name); !p.Skipped {
			t.Errorf("%s was looked at in damaged data: %+v", name, p)
		}
	}
}

func TestFormatsAreNamed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		version int
		says    string
	}{
		"Older": {survey.CurrentFormat - 1, "start the program once"},
		"Newer": {survey.CurrentFormat + 1, "a newer version"},
	} {
		report, err := check.Data(func(func(survey.Damage)) (survey.Inspected, error) {
			return survey.Inspected{Format: survey.NewStoreFormat(test.version, "")}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if p := part(t, report, check.Format); len(p.Wrong) != 1 || !strings.Contains(p.Wrong[0].What, test.says) {
			t.Errorf("%s: %+v, want %q", name, p, test.says)
		}
	}
}
