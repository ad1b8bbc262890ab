package slips_test

import (
	"testing"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/people"
)

var job = survey.Actor{Shell: "serve"}

func (f *slipTest) count(t *testing.T, c survey.Collection) int {
	t.Helper()
	n := 0
	if err := f.store.Store.Scan(t.Context(), c, "", "", func(bson.Raw) error { n++; return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

// forgetSlips lets the jobs do what is due.
func (f *slipTest) forgetSlips(t *testing.T) int {
	t.Helper()
	if err := f.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	n, err := f.ForgetSlips(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// As long as a slip could be presented a spent one is refused; a month after its last
// day nothing is left of it but that it was issued.
func TestSlipsAreForgotten(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	codes := f.issue(t, request(3, "H56.14-260305-0001")).Codes // good for 31 days, until 5 April
	for _, code := range codes[:2] {
		if verified, err := f.Spend(t.Context(), string(code), counter, responseID(t)); err != nil || !verified {
			t.Fatalf("%s proves: %t, %v", code, verified, err)
		}
	}
	for _, day := range []survey.Date{"2026-03-07", "2026-04-05", "2026-05-06"} {
		f.now = day.Time().Add(9 * 60 * 60e9)
		if n := f.forgetSlips(t); n != 0 || f.count(t, survey.SlipCodes) != 3 || f.count(t, survey.SpentSlips) != 2 {
			t.Errorf("%s: %d forgotten, %d slips and %d spent are left", day, n, f.count(t, survey.SlipCodes), f.count(t, survey.SpentSlips))
		}
		if verified, err := f.Spend(t.Context(), string(codes[0]), counter, responseID(t)); err != nil || verified {
			t.Errorf("%s: a spent slip proves: %t, %v", day, verified, err)
		}
	}
	f.now = survey.Date("2026-05-07").Time()
	if n := f.forgetSlips(t); n != 3 || f.count(t, survey.SlipCodes) != 0 || f.count(t, survey.SpentSlips) != 0 {
		t.Errorf("%d forgotten, %d slips and %d spent are left", n, f.count(t, survey.SlipCodes), f.count(t, survey.SpentSlips))
	}
	if n := f.forgetSlips(t); n != 0 {
		t.Errorf("%d forgotten a second time", n)
	}
	for _, code := range codes { // also one that never was spent
		if verified, err := f.Spend(t.Context(), string(code), counter, responseID(t)); err != nil || verified {
			t.Errorf("a forgotten slip proves: %t, %v", verified, err)
		}
	}
	days, err := f.Compare(t.Context(), "2026-03-05", "2026-03-05")
	if err != nil || len(days[counter]) != 1 || days[counter][0].Issued != 3 {
		t.Errorf("issued were %+v, %v; want 3", days, err)
	}
	if _, err := f.log.Verify(t.Context()); err != nil {
		t.Errorf("the audit log: %v", err)
	}
	if f.count(t, survey.SlipDossiers) != 1 {
		t.Error("the application may get a second slip")
	}
	f.now = survey.Date("2028-04-01").Time()
	if n, err := f.ForgetDossiers(t.Context()); err != nil || n != 1 || f.count(t, survey.SlipDossiers) != 0 {
		t.Errorf("after two years %d applications were forgotten, %v", n, err)
	}
}

// Whatever call of the store fails: the next run does the rest.
func TestForgettingSlipsGoesOnAfterAFailure(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	day := f.now
	f.store.FailEach(t, func() error {
		day = day.AddDate(0, 0, 1)
		f.now = day
		issued, err := f.Issue(t.Context(), clerk, request(2))
		if err != nil {
			return err
		}
		if _, err := f.Spend(t.Context(), string(issued.Codes[0]), counter, responseID(t)); err != nil {
			return err
		}
		f.now = day.AddDate(0, 3, 0)
		if err := f.Forget(t.Context()); err != nil {
			return err
		}
		if _, err = f.ForgetSlips(t.Context()); err != nil {
			if _, again := f.ForgetSlips(t.Context()); again != nil {
				t.Error(again)
			}
		}
		if codes, used := f.count(t, survey.SlipCodes), f.count(t, survey.SpentSlips); codes != 0 || used != 0 {
			t.Errorf("%d slips and %d spent are left", codes, used)
		}
		return err
	})
}

// Of a link of an older version nothing is left a month after its last day; before, it
// tells no day on which somebody answered, and a used one stays used.
func TestLinksAreForgotten(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	const used = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	f.addLink(t, secret, "")
	f.addLink(t, used, "2026-03-04")
	if err := f.log.Baseline(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	forget := func() int {
		n, err := f.ForgetLinks(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := forget(); n != 0 || f.count(t, survey.OneTimeLinks) != 2 {
		t.Errorf("%d links were forgotten that are good", n)
	}
	raw, err := f.store.Get(t.Context(), survey.OneTimeLinks, people.HashSecret(used))
	if err != nil {
		t.Fatal(err)
	}
	if _, there := raw.Lookup("opened").StringValueOK(); there || survey.DocumentText(raw, "used") == "2026-03-04" || survey.DocumentText(raw, "dossier") == "" {
		t.Errorf("left is %s", raw)
	}
	for link, want := range map[string]bool{secret: true, used: false} {
		if verified, err := f.Spend(t.Context(), link, counter, responseID(t)); err != nil || verified != want {
			t.Errorf("%s proves: %t, %v; want %t", link, verified, err, want)
		}
	}
	rev := survey.DocumentRev(raw)
	if forget(); f.count(t, survey.OneTimeLinks) != 2 {
		t.Error("a link is gone")
	}
	if raw, err = f.store.Get(t.Context(), survey.OneTimeLinks, people.HashSecret(used)); err != nil || survey.DocumentRev(raw) != rev {
		t.Errorf("blurred again: %s, %v", raw, err)
	}
	f.now = survey.Date("2026-04-20").Time() // good until 19 March
	if n := forget(); n != 2 || f.count(t, survey.OneTimeLinks) != 0 {
		t.Errorf("%d links were forgotten, want 2", n)
	}
	entries, err := survey.Documents[audit.ChainedEntry]{Store: f.store, Collection: survey.Audit}.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	last := entries[len(entries)-1]
	if last.Action != "link.forget" || last.After != `{"links":2}` {
		t.Errorf("the log says %+v", last)
	}
	if _, err := f.log.Verify(t.Context()); err != nil {
		t.Errorf("the audit log: %v", err)
	}
}
