package slips_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/slips"
	"hailong/survey/surveytest"
)

const dossierCode = "H35.14-260305-0001"

func TestIssue(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	r := request(24)
	issued := f.issue(t, r)
	if len(issued.Codes) != 24 || issued.Until != "2026-04-05" || issued.Again {
		t.Errorf("issued %+v", issued)
	}
	all, in := f.bytes(t)
	for i, code := range issued.Codes {
		if _, err := slips.ParseSlipCode(string(code)); err != nil {
			t.Errorf("%s is no code: %v", code, err)
		}
		if slices.Contains(issued.Codes[:i], code) {
			t.Errorf("%s was issued twice", code)
		}
		if strings.Contains(all, string(code)) || strings.Contains(all, code.Grouped()) {
			t.Errorf("the store holds %s", code)
		}
	}
	if in[survey.SlipCodes] != 24 {
		t.Errorf("%d slips are stored, want 24", in[survey.SlipCodes])
	}
	other := f.issue(t, request(24))
	for _, code := range other.Codes {
		if slices.Contains(issued.Codes, code) {
			t.Errorf("%s is of two batches", code)
		}
	}
}

// A program that heard no answer asks again: it gets the same slips, and no others
// are issued; also at another server, and also after midnight.
func TestIssueAgain(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	r := request(3, dossierCode)
	first := f.issue(t, r)
	_, before := f.bytes(t)
	f.now = f.now.Add(15 * time.Hour) // the next day
	again, err := f.another().Issue(t.Context(), clerk, r)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.Codes, again.Codes); diff != "" || !again.Again || again.Until != first.Until {
		t.Errorf("asked again it got other slips (again %v, until %s):\n%s", again.Again, again.Until, diff)
	}
	if _, after := f.bytes(t); cmp.Diff(before, after) != "" {
		t.Errorf("asking again changed the store:\n%s", cmp.Diff(before, after))
	}
	r.Count = 4
	_, err = f.Issue(t.Context(), clerk, r)
	surveytest.WantField(t, err, "request", "slip.request_taken")
}

// Whatever call of the store fails, the same request gets its slips in the end, and
// once.
func TestIssueWhileTheStoreFails(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	r := request(5, dossierCode, "H35.14-260305-0002")
	f.store.FailEach(t, func() error { _, err := f.Issue(t.Context(), clerk, r); return err })
	_, in := f.bytes(t)
	if in[survey.SlipCodes] != 5 || in[survey.SlipIssues] != 1 || in[survey.SlipDossiers] != 2 {
		t.Errorf("stored %v, want 5 slips of one issue and 2 applications", in)
	}
	days, err := f.Compare(t.Context(), "2026-03-05", "2026-03-05")
	if err != nil || len(days[counter]) != 1 || days[counter][0].Issued != 5 {
		t.Errorf("counted %+v, %v", days, err)
	}
}

// Killed after each write in turn, and never resumed but by the same request.
func TestIssueKilledBetweenWrites(t *testing.T) {
	t.Parallel()
	for _, after := range []survey.Collection{survey.SlipDossiers, survey.SlipIssues, survey.SlipCodes} {
		t.Run(string(after), func(t *testing.T) {
			t.Parallel()
			f := newSlipTest(t)
			r := request(2, dossierCode)
			killed := false
			f.store.Before = func(call string, c survey.Collection) {
				if killed || c != after || call != "Insert" {
					return
				}
				killed = true
				f.store.FailNext() // this write does not happen, and nothing after it
			}
			if _, err := f.Issue(t.Context(), clerk, r); err == nil {
				t.Fatal("the kill was not noticed")
			}
			issued, err := f.another().Issue(t.Context(), clerk, r)
			if err != nil || len(issued.Codes) != 2 {
				t.Fatalf("asked again: %+v, %v", issued, err)
			}
			if !f.spend(t, string(issued.Codes[1]), responseID(t)) {
				t.Error("a slip of it is not good")
			}
			_, err = f.Issue(t.Context(), clerk, request(1, dossierCode))
			surveytest.WantField(t, err, "dossiers", "slip.dossier_taken")
		})
	}
}

func TestIssueRefuses(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	if err := f.SetRules(t.Context(), clerk, 0, slips.Rules{Days: 31, Most: 1000, Pattern: slips.DossierPattern}); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		change     func(*slips.IssueRequest)
		field, key string
	}{
		"NoRequest":       {func(r *slips.IssueRequest) { r.ID = "" }, "request", "slip.bad_request"},
		"DossierAsID":     {func(r *slips.IssueRequest) { r.ID = dossierCode }, "request", "slip.bad_request"},
		"NoPoint":         {func(r *slips.IssueRequest) { r.Point = "" }, "point", "slip.bad_point"},
		"PointOutOfUse":   {func(r *slips.IssueRequest) { r.Point = off }, "point", "slip.bad_point"},
		"PaperPoint":      {func(r *slips.IssueRequest) { r.Point = "0000006" }, "point", "slip.bad_point"},
		"None":            {func(r *slips.IssueRequest) { r.Count = 0 }, "count", "slip.bad_number"},
		"TooManyAtOnce":   {func(r *slips.IssueRequest) { r.Count = slips.MostAtOnce + 1 }, "count", "slip.bad_number"},
		"BadDossier":      {func(r *slips.IssueRequest) { r.Dossiers = []string{"123"} }, "dossiers", "slip.bad_dossier"},
		"LongDossier":     {func(r *slips.IssueRequest) { r.Dossiers = []string{"H35." + strings.Repeat("1", 50) + "-260305-0001"} }, "dossiers", "slip.bad_dossier"},
		"SameDossier":     {func(r *slips.IssueRequest) { r.Dossiers = []string{dossierCode, " h35.14-260305-0001"} }, "dossiers", "slip.bad_dossier"},
		"MoreDossiers":    {func(r *slips.IssueRequest) { r.Count, r.Dossiers = 1, []string{dossierCode, "H35.14-260305-0002"} }, "dossiers", "slip.many_dossiers"},
		"DossierIsSecret": {func(r *slips.IssueRequest) { r.Dossiers = []string{"H35.14-260305-0001x"} }, "dossiers", "slip.bad_dossier"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request(2)
			tt.change(&r)
			_, err := f.Issue(t.Context(), clerk, r)
			surveytest.WantError(t, err, survey.Invalid, "slip.invalid")
			surveytest.WantField(t, err, tt.field, tt.key)
			if err != nil && strings.Contains(err.Error(), "260305") {
				t.Errorf("the error names an application: %v", err)
			}
		})
	}
	r := request(1)
	r.Point = school
	_, err := f.Issue(t.Context(), clerk, r)
	surveytest.WantError(t, err, survey.Closed, "campaign.none")
}

// Nobody issues more for a point on a day than the rules say, however many requests
// come at once; the next day, and another person, begin anew.
func TestIssueIsLimited(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	if err := f.SetRules(t.Context(), clerk, 0, slips.Rules{Days: 31, Most: 10, Pattern: slips.DossierPattern}); err != nil {
		t.Fatal(err)
	}
	servers := []*slips.Slips{f.Slips, f.another()}
	var group errgroup.Group
	results := make([]error, 8)
	for i := range results {
		group.Go(func() error {
			_, results[i] = servers[i%2].Issue(t.Context(), clerk, request(3))
			return nil
		})
	}
	_ = group.Wait()
	good := 0
	for _, err := range results {
		if err == nil {
			good++
		} else {
			surveytest.WantField(t, err, "count", "slip.too_many")
		}
	}
	if _, in := f.bytes(t); good != 3 || in[survey.SlipCodes] != 9 {
		t.Errorf("%d requests of 3 were granted and %d slips stored; 10 are allowed", good, in[survey.SlipCodes])
	}
	if _, err := f.Issue(t.Context(), survey.Actor{Login: "hoa"}, request(10)); err != nil {
		t.Errorf("another person: %v", err)
	}
	f.now = f.now.AddDate(0, 0, 1)
	f.issue(t, request(10))
}

// An application gets one slip, whoever asks and however often at once, and what is
// refused takes none of the others.
func TestDossiersGetOneSlip(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	f.issue(t, request(1, dossierCode))
	_, err := f.Issue(t.Context(), survey.Actor{Token: "t"}, request(2, "H35.14-260305-0002", " h35.14-260305 -0001"))
	surveytest.WantField(t, err, "dossiers", "slip.dossier_taken")
	f.issue(t, request(1, "H35.14-260305-0002"))

	servers := []*slips.Slips{f.Slips, f.another()}
	var group errgroup.Group
	results := make([]error, 6)
	for i := range results {
		group.Go(func() error {
			_, results[i] = servers[i%2].Issue(t.Context(), clerk, request(1, "H35.14-260305-0003"))
			return nil
		})
	}
	_ = group.Wait()
	good := len(slices.DeleteFunc(slices.Clone(results), func(err error) bool { return err != nil }))
	if good != 1 {
		t.Errorf("%d slips for one application", good)
	}
	// A claim that a kill left behind is settled after a day: then it joins nothing.
	f.now = f.now.Add(26 * time.Hour)
	f.forget(t)
	if all, _ := f.bytes(t); strings.Contains(all, "claim") {
		t.Error("a claim is still there")
	}
}

func TestPrint(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	issued := f.issue(t, request(3))
	printed, err := f.Print(t.Context(), clerk, counter, issued.Day, issued.ID)
	if diff := cmp.Diff(issued.Codes, printed.Codes); diff != "" || err != nil {
		t.Errorf("printed (-issued +printed), error %v:\n%s", err, diff)
	}
	for name, ask := range map[string]func() error{
		"AnotherPerson": func() error {
			_, err := f.Print(t.Context(), survey.Actor{Login: "hoa"}, counter, issued.Day, issued.ID)
			return err
		},
		"AnotherPoint": func() error { _, err := f.Print(t.Context(), clerk, second, issued.Day, issued.ID); return err },
		"AnotherBatch": func() error { _, err := f.Print(t.Context(), clerk, counter, issued.Day, "x"); return err },
	} {
		t.Run(name, func(t *testing.T) { surveytest.WantKind(t, ask(), survey.NotFound) })
	}
	mine, err := f.Mine(t.Context(), clerk, issued.Day)
	if err != nil || len(mine) != 1 || mine[0].Point != counter || mine[0].Total() != 3 || mine[0].Batches[0] != issued.SlipBatch {
		t.Errorf("issued by the clerk: %+v, %v", mine, err)
	}
	if theirs, err := f.Mine(t.Context(), survey.Actor{Login: "hoa"}, issued.Day); err != nil || len(theirs) != 0 {
		t.Errorf("issued by another person: %+v, %v", theirs, err)
	}
	f.now = f.now.AddDate(0, 0, 40)
	_, err = f.Print(t.Context(), clerk, counter, issued.Day, issued.ID)
	surveytest.WantKind(t, err, survey.NotFound)
	var actions []string
	if err := f.log.Each(t.Context(), audit.EntryFilter{Action: "slip."}, func(e audit.ChainedEntry) error {
		actions = append(actions, string(e.Action)+" "+e.After)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := []string{`slip.issue {"day":"2026-03-05","point":"0000001","by":"lan","issued":3}`, `slip.print {"count":3}`}
	if diff := cmp.Diff(want, actions); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	for name, tt := range map[string]struct {
		rules slips.Rules
		field string
	}{
		"NoPattern":   {slips.Rules{Days: 1, Most: 1, Pattern: "("}, "pattern"},
		"Empty":       {slips.Rules{Days: 1, Most: 1}, "pattern"},
		"LongPattern": {slips.Rules{Days: 1, Most: 1, Pattern: strings.Repeat("x", 201)}, "pattern"},
		"NoDays":      {slips.Rules{Most: 1, Pattern: "x"}, "days"},
		"ManyDays":    {slips.Rules{Days: 366, Most: 1, Pattern: "x"}, "days"},
		"NoSlips":     {slips.Rules{Days: 1, Pattern: "x"}, "most"},
		"Most":        {slips.Rules{Days: 1, Most: slips.MaxMost + 1, Pattern: "x"}, "most"},
	} {
		err := f.SetRules(t.Context(), clerk, 0, tt.rules)
		if fields := survey.FieldsOf(err); len(fields) != 1 || fields[tt.field].Key == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := f.SetRules(t.Context(), clerk, 0, slips.Rules{Days: 3, Most: 50, Pattern: `^HS\d+$`}); err != nil {
		t.Fatal(err)
	}
	surveytest.WantKind(t, f.SetRules(t.Context(), clerk, 0, slips.Rules{Days: 4, Most: 50, Pattern: "x"}), survey.Conflict)
	rules, err := f.Rules(t.Context())
	if diff := cmp.Diff(slips.Rules{ID: "slips", Rev: 1, Days: 3, Most: 50, Pattern: `^HS\d+$`}, rules); diff != "" || err != nil {
		t.Errorf("rules in force, error %v (-want +got):\n%s", err, diff)
	}
	if issued := f.issue(t, request(1, "hs 12")); issued.Until != "2026-03-08" {
		t.Errorf("good until %s, want 2026-03-08", issued.Until)
	}
}
