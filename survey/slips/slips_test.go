package slips_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/keys"
	"hailong/survey/slips"
	"hailong/survey/surveytest"
)

const (
	counter = survey.PointCode("0000001") // of an open campaign
	second  = survey.PointCode("0000002") // of the same unit
	school  = survey.PointCode("0000003") // of a form that no campaign asks
	off     = survey.PointCode("0000004")
	ended   = survey.PointCode("0000005") // of a campaign that is over
)

var clerk = survey.Actor{Login: "lan", Session: "s"}

// slipTest is slips over a real store and real keys, with a clock that a test moves.
type slipTest struct {
	*slips.Slips
	store *surveytest.Failing
	keys  *keys.Keys
	log   *audit.Log
	now   time.Time
}

func catalog() *survey.Catalog {
	return (&survey.Catalog{
		Units: []survey.Unit{{ID: "province", Kind: survey.Province}, {ID: "centre", Kind: survey.OneStop, Parent: "province"}, {ID: "old", Kind: survey.OneStop, Parent: "province"}, {ID: "school", Kind: survey.School, Parent: "province"}},
		Questionnaires: []survey.Questionnaire{
			{Code: "tthc-quick", Version: 1, Family: survey.Procedures}, {Code: "edu-parent", Version: 1, Family: survey.Education},
		},
		Campaigns: []survey.Campaign{
			{
				ID: "tthc-2026", Family: survey.Procedures, State: survey.Open, Forms: []survey.FormRef{{Code: "tthc-quick", Version: 1}},
				Units: []survey.UnitID{"centre"}, Period: survey.Span{From: "2026-01-01"},
			},
			{
				ID: "tthc-2025", Family: survey.Procedures, State: survey.Open, Forms: []survey.FormRef{{Code: "tthc-quick", Version: 1}},
				Units: []survey.UnitID{"old"}, Period: survey.Span{From: "2025-01-01", To: "2025-12-31"},
			},
		},
		Points: []survey.Point{
			{Code: counter, Unit: "centre", Form: "tthc-quick"},
			{Code: second, Unit: "centre", Form: "tthc-quick"},
			{Code: school, Unit: "school", Form: "edu-parent"},
			{Code: off, Unit: "centre", Form: "tthc-quick", Off: true},
			{Code: ended, Unit: "old", Form: "tthc-quick"},
			{Code: "0000006", Unit: "centre", Form: "tthc-quick", Channel: survey.ChannelPaper},
		},
	}).Index()
}

func newSlipTest(t *testing.T) *slipTest {
	t.Helper()
	f := &slipTest{store: &surveytest.Failing{Store: surveytest.Store(t)}, now: time.Date(2026, 3, 5, 9, 30, 0, 0, survey.Zone)}
	var err error
	if f.keys, err = keys.Open(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return f.now }
	f.log = audit.New(f.store, clock)
	f.Slips = f.another()
	return f
}

// another is the slips of another server on the same store and keys.
func (f *slipTest) another() *slips.Slips {
	clock := func() time.Time { return f.now }
	return slips.New(survey.NewChanges(f.store, f.log, clock), catalog, f.keys)
}

// request asks for slips of the counter.
func request(count int, dossiers ...string) slips.IssueRequest {
	return slips.IssueRequest{ID: uuid.NewString(), Point: counter, Count: count, Dossiers: dossiers}
}

func (f *slipTest) issue(t *testing.T, r slips.IssueRequest) slips.Issued {
	t.Helper()
	issued, err := f.Issue(t.Context(), clerk, r)
	if err != nil {
		t.Fatalf("issue %d slips: %v", r.Count, err)
	}
	return issued
}

// slip issues one slip.
func (f *slipTest) slip(t *testing.T) string {
	t.Helper()
	return string(f.issue(t, request(1)).Codes[0])
}

func responseID(t *testing.T) survey.ResponseID {
	t.Helper()
	id, err := survey.NewResponseID()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (f *slipTest) spend(t *testing.T, token string, response survey.ResponseID) bool {
	t.Helper()
	verified, err := f.Spend(t.Context(), token, counter, response)
	if err != nil {
		t.Fatalf("spend a slip: %v", err)
	}
	return verified
}

func (f *slipTest) forget(t *testing.T) {
	t.Helper()
	if err := f.Forget(t.Context()); err != nil {
		t.Fatalf("forget: %v", err)
	}
}

// bytes is every byte of every document, and their number by collection.
func (f *slipTest) bytes(t *testing.T) (all string, in map[survey.Collection]int) {
	t.Helper()
	var b strings.Builder
	in = map[survey.Collection]int{}
	for _, c := range survey.Collections {
		err := f.store.Scan(context.Background(), c, "", "", func(raw bson.Raw) error {
			b.Write(raw)
			in[c]++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return b.String(), in
}

func TestMayIssue(t *testing.T) {
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
		if got := slips.MayIssue(c, tt.grant, c.Point(tt.point)); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
	if unknown := (&survey.Point{Code: "0000009", Unit: "centre", Form: "gone"}); slips.MayIssue(c, survey.Grant{Role: survey.Administrator}, unknown) {
		t.Error("a point whose form is gone may have slips")
	}
}
