package links_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"
	"golang.org/x/sync/errgroup"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/links"
	"hailong/survey/people"
	"hailong/survey/surveytest"
)

const (
	dossier = "H35.14-260305-0001"
	counter = survey.PointCode("0000001") // of an open campaign
	second  = survey.PointCode("0000002") // of the same unit
	school  = survey.PointCode("0000003") // of a form that no campaign asks
	off     = survey.PointCode("0000004")
)

var clerk = survey.Actor{Login: "lan"}

// linkTest is links over a real store, with a clock that a test moves.
type linkTest struct {
	*links.Links
	store *surveytest.Failing
	log   *audit.Log
	now   time.Time
}

func catalog() *survey.Catalog {
	return (&survey.Catalog{
		Units: []survey.Unit{{ID: "province", Kind: survey.Province}, {ID: "centre", Kind: survey.OneStop, Parent: "province"}, {ID: "school", Kind: survey.School, Parent: "province"}},
		Questionnaires: []survey.Questionnaire{
			{Code: "tthc-quick", Version: 1, Family: survey.Procedures}, {Code: "edu-parent", Version: 1, Family: survey.Education},
		},
		Campaigns: []survey.Campaign{{
			ID: "tthc-2026", Family: survey.Procedures, State: survey.Open, Forms: []survey.FormRef{{Code: "tthc-quick", Version: 1}},
			Period: survey.Span{From: "2026-01-01", To: "2026-12-31"},
		}},
		Points: []survey.Point{
			{Code: counter, Unit: "centre", Form: "tthc-quick"},
			{Code: second, Unit: "centre", Form: "tthc-quick"},
			{Code: school, Unit: "school", Form: "edu-parent"},
			{Code: off, Unit: "centre", Form: "tthc-quick", Off: true},
		},
	}).Index()
}

func newLinkTest(t *testing.T) *linkTest {
	t.Helper()
	f := &linkTest{store: &surveytest.Failing{Store: surveytest.Store(t)}, now: time.Date(2026, 3, 5, 9, 30, 0, 0, survey.Zone)}
	clock := func() time.Time { return f.now }
	f.log = audit.New(f.store, clock)
	f.Links = links.New(survey.NewChanges(f.store, f.log, clock), catalog)
	return f
}

func (f *linkTest) issue(t *testing.T, dossier string) links.Issued {
	t.Helper()
	issued, err := f.Issue(t.Context(), clerk, dossier, counter)
	if err != nil {
		t.Fatalf("issue a link of %s: %v", dossier, err)
	}
	return issued
}

func (f *linkTest) open(t *testing.T, secret string) links.Visit {
	t.Helper()
	visit, err := f.Open(t.Context(), secret)
	if err != nil {
		t.Fatalf("open a link: %v", err)
	}
	return visit
}

func (f *linkTest) stored(t *testing.T, id string) links.Link {
	t.Helper()
	link, err := survey.Documents[links.Link]{Store: f.store, Collection: survey.OneTimeLinks}.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return link
}

// actions are what the audit log holds about links, oldest first.
func (f *linkTest) actions(t *testing.T) []survey.Action {
	t.Helper()
	var all []survey.Action
	err := f.log.Each(t.Context(), audit.EntryFilter{Action: "link."}, func(e audit.ChainedEntry) error {
		all = append(all, e.Action)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestIssue(t *testing.T) {
	t.Parallel()
	f := newLinkTest(t)
	issued := f.issue(t, " h35.14-260305 -0001 ")
	if len(issued.Secret) != 32 {
		t.Errorf("a secret of %d characters, want 32: %q", len(issued.Secret), issued.Secret)
	}
	want := links.Link{
		ID: people.HashSecret(issued.Secret), Rev: 1, Dossier: issued.Dossier, Point: counter, By: "lan",
		Issued: f.now.UTC(), Expires: "2026-03-19",
	}
	if diff := cmp.Diff(want, f.stored(t, issued.ID)); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	if issued.Again {
		t.Error("the first link of a dossier is called an old one")
	}
	again := f.issue(t, dossier)
	if again.Secret != issued.Secret {
		t.Errorf("the same dossier has two links: %q and %q", issued.Secret, again.Secret)
	}
	if !again.Again {
		t.Error("a link that is shown again is called new")
	}
	if other := f.issue(t, "H35.14-260305-0002"); other.Secret == issued.Secret {
		t.Error("two dossiers share a link")
	}
	if diff := cmp.Diff([]survey.Action{"link.issue", "link.show", "link.issue"}, withoutRules(f.actions(t))); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
	for _, c := range survey.Collections { // neither the log nor a link leads to the dossier or opens it
		err := f.store.Scan(t.Context(), c, "", "", func(raw bson.Raw) error {
			for _, secret := range []string{"260305", issued.Secret} {
				if strings.Contains(raw.String(), secret) {
					t.Errorf("%s holds %q: %s", c, secret, raw)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// withoutRules leaves out the entry of the first rules.
func withoutRules(all []survey.Action) []survey.Action {
	return slices.DeleteFunc(all, func(a survey.Action) bool { return a == "link.rules" })
}

func TestIssueRefuses(t *testing.T) {
	t.Parallel()
	f := newLinkTest(t)
	for name, tt := range map[string]struct {
		dossier string
		point   survey.PointCode
		fields  survey.Fields
	}{
		"NoDossier":     {"", counter, survey.Fields{"dossier": {Key: "link.bad_dossier"}}},
		"OtherPattern":  {"123", counter, survey.Fields{"dossier": {Key: "link.bad_dossier"}}},
		"TooLong":       {"H35." + strings.Repeat("1", 50) + "-260305-0001", counter, survey.Fields{"dossier": {Key: "link.bad_dossier"}}},
		"NoPoint":       {dossier, "", survey.Fields{"point": {Key: "link.bad_point"}}},
		"PointOutOfUse": {dossier, off, survey.Fields{"point": {Key: "link.bad_point"}}},
		"Both":          {"123", off, survey.Fields{"dossier": {Key: "link.bad_dossier"}, "point": {Key: "link.bad_point"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := f.Issue(t.Context(), clerk, tt.dossier, tt.point)
			surveytest.WantError(t, err, survey.Invalid, "link.invalid")
			if diff := cmp.Diff(tt.fields, survey.FieldsOf(err)); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("NoCampaign", func(t *testing.T) {
		t.Parallel()
		_, err := f.Issue(t.Context(), clerk, dossier, school)
		surveytest.WantError(t, err, survey.Closed, "campaign.none")
	})
}

// A link that ran out is renewed under the same secret, and one of another
// point moves there; one that was used stays as it is.
func TestIssueAgain(t *testing.T) {
	t.Parallel()
	f := newLinkTest(t)
	first := f.issue(t, dossier)
	f.now = f.now.AddDate(0, 0, 20)
	renewed := f.issue(t, dossier)
	if renewed.Secret != first.Secret {
		t.Errorf("renewed under another secret: %q, want %q", renewed.Secret, first.Secret)
	}
	if !renewed.Again {
		t.Error("a renewed link is called new")
	}
	if got := f.stored(t, first.ID).Expires; got != "2026-04-08" {
		t.Errorf("good until %s, want 2026-04-08", got)
	}
	if _, err := f.Issue(t.Context(), clerk, dossier, second); err != nil {
		t.Fatal(err)
	}
	if got := f.stored(t, first.ID).Point; got != second {
		t.Errorf("at point %s, want %s", got, second)
	}
	if diff := cmp.Diff([]survey.Action{"link.issue", "link.renew", "link.renew"}, withoutRules(f.actions(t))); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
	if err := f.MarkUsed(t.Context(), f.open(t, first.Secret)); err != nil {
		t.Fatal(err)
	}
	before := f.stored(t, first.ID)
	_, err := f.Issue(t.Context(), clerk, dossier, counter)
	surveytest.WantError(t, err, survey.Invalid, "link.invalid")
	want := survey.Fields{"dossier": {Key: "link.dossier_answered", Args: []any{survey.Date("2026-03-25")}}}
	if diff := cmp.Diff(want, survey.FieldsOf(err)); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, f.stored(t, first.ID)); diff != "" {
		t.Errorf("a used link was changed (-before +after):\n%s", diff)
	}
}

// Of a link that is used while a clerk renews it, the clerk hears.
func TestIssueWhileItIsUsed(t *testing.T) {
	t.Parallel()
	f := newLinkTest(t)
	issued := f.issue(t, dossier)
	visit := f.open(t, issued.Secret)
	f.now = f.now.AddDate(0, 0, 20)
	used := false
	f.store.Before = func(call string, c survey.Collection) {
		if call == "Replace" && c == survey.OneTimeLinks && !used {
			used = true
			if err := f.MarkUsed(t.Context(), visit); err != nil {
				t.Error(err)
			}
		}
	}
	_, err := f.Issue(t.Context(), clerk, dossier, counter)
	surveytest.WantField(t, err, "dossier", "link.dossier_answered")
}

func TestOpen(t *testing.T) {
	t.Parallel()
	f := newLinkTest(t)
	issued := f.issue(t, dossier)
	for _, secret := range []string{"", "x", strings.Repeat("a", 32), issued.ID, issued.Secret + "a"} {
		_, err := f.Open(t.Context(), secret)
		surveytest.WantError(t, err, survey.NotFound, "link.unknown")
	}
	visit := f.open(t, issued.Secret)
	if got := f.stored(t, issued.ID).Opened; got != "2026-03-05" {
		t.Errorf("opened on %q, want 2026-03-05", got)
	}
	id, err := uuid.Parse(string(visit.Response))
	if err != nil {
		t.Fatal(err)
	}
	if id.Version() != 8 {
		t.Errorf("response %s is of version %d, want 8", id, id.Version())
	}
	if id.Variant() != uuid.RFC4122 {
		t.Errorf("response %s is of variant %v, want %v", id, id.Variant(), uuid.RFC4122)
	}
	f.now = f.now.AddDate(0, 0, 14) // its last day
	if again := f.open(t, issued.Secret); again.Response != visit.Response {
		t.Errorf("opened again it is for response %s, want %s", again.Response, visit.Response)
	}
	if got := f.stored(t, issued.ID).Opened; got != "2026-03-05" {
		t.Errorf("opened for the first time on %s, want 2026-03-05", got)
	}
	if other := f.open(t, f.issue(t, "H35.14-260305-0002").Secret); other.Response == visit.Response {
		t.Error("two links are for one response")
	}

	f.now = f.now.AddDate(0, 0, 1)
	late, err := f.Open(t.Context(), issued.Secret)
	surveytest.WantError(t, err, survey.Closed, "link.expired")
	if late.Response != visit.Response {
		t.Errorf("too late it is for response %q, want %s", late.Response, visit.Response)
	}
	if err := f.MarkUsed(t.Context(), visit); err != nil {
		t.Fatal(err)
	}
	used, err := f.Open(t.Context(), issued.Secret)
	surveytest.WantError(t, err, survey.Closed, "link.used")
	if used.Used != "2026-03-20" {
		t.Errorf("used on %q, want 2026-03-20", used.Used)
	}
	// That the person opened and used it is not in the log: nobody of staff did it.
	if diff := cmp.Diff([]survey.Action{"link.issue", "link.issue"}, withoutRules(f.actions(t))); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	f := newLinkTest(t)
	used, opened := f.issue(t, "H35.14-260305-0001"), f.issue(t, "H35.14-260305-0002")
	f.issue(t, "H35.14-260305-0003")
	if err := f.MarkUsed(t.Context(), f.open(t, used.Secret)); err != nil {
		t.Fatal(err)
	}
	f.open(t, opened.Secret)
	f.now = f.now.AddDate(0, 0, 15)
	if _, err := f.Issue(t.Context(), clerk, "H35.14-260305-0004", second); err != nil {
		t.Fatal(err)
	}
	counts, err := f.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[survey.PointCode]links.LinkCounts{counter: {Issued: 3, Opened: 2, Used: 1, Expired: 2}, second: {Issued: 1}}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	f := newLinkTest(t)
	before, err := f.Rules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := links.LinkRules{ID: "links", Rev: 1, Key: before.Key, Pattern: links.DossierPattern, Days: 14}
	if diff := cmp.Diff(want, before); diff != "" {
		t.Errorf("first rules (-want +got):\n%s", diff)
	}
	for name, tt := range map[string]struct {
		pattern string
		days    int
		fields  survey.Fields
	}{
		"NoPattern":   {"(", 14, survey.Fields{"pattern": {Key: "link.bad_pattern"}}},
		"Empty":       {"", 14, survey.Fields{"pattern": {Key: "link.bad_pattern"}}},
		"LongPattern": {strings.Repeat("x", 201), 14, survey.Fields{"pattern": {Key: "link.bad_pattern"}}},
		"NoDays":      {"x", 0, survey.Fields{"days": {Key: "link.bad_days", Args: []any{1, 365}}}},
		"ManyDays":    {"x", 366, survey.Fields{"days": {Key: "link.bad_days", Args: []any{1, 365}}}},
	} {
		err := f.SetRules(t.Context(), clerk, before.Rev, tt.pattern, tt.days)
		surveytest.WantError(t, err, survey.Invalid, "link.invalid")
		if diff := cmp.Diff(tt.fields, survey.FieldsOf(err)); diff != "" {
			t.Errorf("%s: fields (-want +got):\n%s", name, diff)
		}
	}
	if err := f.SetRules(t.Context(), clerk, before.Rev, `^HS\d+$`, 3); err != nil {
		t.Fatal(err)
	}
	surveytest.WantError(t, f.SetRules(t.Context(), clerk, before.Rev, `^X$`, 3), survey.Conflict, "")
	after, err := f.Rules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(links.LinkRules{ID: "links", Rev: 2, Key: before.Key, Pattern: `^HS\d+$`, Days: 3}, after); diff != "" {
		t.Errorf("rules in force (-want +got):\n%s", diff)
	}
	if issued := f.issue(t, "hs 12"); issued.Expires != "2026-03-08" {
		t.Errorf("good until %s, want 2026-03-08", issued.Expires)
	}
	err = f.log.Each(t.Context(), audit.EntryFilter{Action: "link."}, func(e audit.ChainedEntry) error {
		if strings.Contains(e.Before+e.After, before.Key) {
			t.Errorf("%s holds the key", e.Action)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Two servers that start on one store share the key: a link of one opens at
// the other.
func TestRulesAreMadeOnce(t *testing.T) {
	t.Parallel()
	f := newLinkTest(t)
	var keys [2]string
	var both errgroup.Group
	for i := range keys {
		clock := func() time.Time { return f.now }
		server := links.New(survey.NewChanges(f.store, audit.New(f.store, clock), clock), catalog)
		both.Go(func() error {
			rules, err := server.Rules(t.Context())
			keys[i] = rules.Key
			return err
		})
	}
	if err := both.Wait(); err != nil {
		t.Fatal(err)
	}
	if keys[0] != keys[1] {
		t.Errorf("two keys: %q and %q", keys[0], keys[1])
	}
}

func TestLinksWhileTheStoreFails(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(*testing.T, *linkTest) error{
		"Issue": func(t *testing.T, f *linkTest) error {
			_, err := f.Issue(t.Context(), clerk, dossier, counter)
			return err
		},
		"Renew": func(t *testing.T, f *linkTest) error {
			f.now = f.now.AddDate(0, 0, 1)
			_, err := f.Issue(t.Context(), clerk, dossier, counter)
			return err
		},
		"SetRules": func(t *testing.T, f *linkTest) error {
			return f.SetRules(t.Context(), clerk, survey.AnyRevision, "x", 3)
		},
		"Counts": func(t *testing.T, f *linkTest) error { _, err := f.Counts(t.Context()); return err },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newLinkTest(t)
			f.store.FailEach(t, func() error { return do(t, f) })
		})
	}
	t.Run("Open", func(t *testing.T) {
		t.Parallel()
		f := newLinkTest(t)
		secret := f.issue(t, dossier).Secret
		f.store.FailEach(t, func() error { _, err := f.Open(t.Context(), secret); return err })
		if got := f.stored(t, people.HashSecret(secret)).Opened; got != "2026-03-05" {
			t.Errorf("opened on %q, want 2026-03-05", got)
		}
	})
}

func TestMayLink(t *testing.T) {
	t.Parallel()
	c := catalog()
	for name, tt := range map[string]struct {
		grant survey.Grant
		point survey.PointCode
		want  bool
	}{
		"OneStopOffice":   {survey.Grant{Role: survey.OneStopOffice}, counter, true},
		"ItsUnit":         {survey.Grant{Role: survey.OneStopOffice, Scope: survey.Scope{Units: []survey.UnitID{"centre"}}}, counter, true},
		"AnotherUnit":     {survey.Grant{Role: survey.OneStopOffice, Scope: survey.Scope{Units: []survey.UnitID{"school"}}}, counter, false},
		"NoProcedures":    {survey.Grant{Role: survey.Administrator}, school, false},
		"Viewer":          {survey.Grant{Role: survey.Viewer}, counter, false},
		"EducationOffice": {survey.Grant{Role: survey.EducationOffice}, counter, false},
	} {
		if got := links.MayLink(c, tt.grant, c.Point(tt.point)); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
	if unknown := (&survey.Point{Code: "0000009", Unit: "centre", Form: "gone"}); links.MayLink(c, survey.Grant{Role: survey.Administrator}, unknown) {
		t.Error("a point whose form is gone may have links")
	}
}
