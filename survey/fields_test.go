package survey_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/surveytest"
)

func TestErrorText(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"internal": &survey.Error{},
		"submit response: closed: campaign.closed[2026-12-31]": &survey.Error{
			Kind: survey.Closed, Op: "submit response", Key: "campaign.closed", Args: []any{survey.Date("2026-12-31")},
		},
		"check user: invalid: user.invalid map[login:user.bad_login]": &survey.Error{
			Kind: survey.Invalid, Op: "check user", Key: "user.invalid", Fields: survey.Fields{"login": {Key: "user.bad_login"}},
		},
		"write: unavailable: disk full": survey.NewError(survey.Unavailable, "write", errors.New("disk full")),
	} {
		if got := err.Error(); got != want {
			t.Errorf("error reads %q, want %q", got, want)
		}
	}
	names := map[survey.Kind]string{
		survey.Internal: "internal", survey.Invalid: "invalid", survey.NotFound: "not_found", survey.Conflict: "conflict",
		survey.Unauthenticated: "unauthenticated", survey.Forbidden: "forbidden", survey.Closed: "closed", survey.RateLimited: "rate_limited",
		survey.Unavailable: "unavailable", 99: "internal",
	}
	for kind, want := range names {
		if got := kind.String(); got != want {
			t.Errorf("kind %d is called %q, want %q", kind, got, want)
		}
	}
}

func TestKindOf(t *testing.T) {
	t.Parallel()
	cause := errors.New("disk full")
	wrapped := fmt.Errorf("load: %w", survey.NewError(survey.Unavailable, "read", cause))
	if got := survey.KindOf(wrapped); got != survey.Unavailable {
		t.Errorf("kind %s, want %s", got, survey.Unavailable)
	}
	if !errors.Is(wrapped, cause) {
		t.Error("the cause is lost")
	}
	if got := survey.KindOf(cause); got != survey.Internal {
		t.Errorf("an error of somebody else is of kind %s, want %s", got, survey.Internal)
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	fields := survey.Fields{}
	if err := fields.Err("check", "unit.invalid"); err != nil {
		t.Errorf("nothing is wrong: error %v, want none", err)
	}
	fields.Add("name", "unit.no_name")
	fields.Add("name", "unit.long_name", 200)
	err := fields.Err("check", "unit.invalid")
	surveytest.WantError(t, err, survey.Invalid, "unit.invalid")
	if diff := cmp.Diff(survey.Fields{"name": {Key: "unit.long_name", Args: []any{200}}}, survey.FieldsOf(err)); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if got := survey.FieldsOf(errors.New("x")); got != nil {
		t.Errorf("an error of somebody else has fields %v", got)
	}
	one := survey.InvalidField("check", "unit.invalid", "name", "unit.long_name", 200)
	if diff := cmp.Diff(err.Error(), one.Error()); diff != "" {
		t.Errorf("the error of one field (-want +got):\n%s", diff)
	}
}

func TestActorName(t *testing.T) {
	t.Parallel()
	for want, actor := range map[string]survey.Actor{
		"lan": {Login: "lan", Session: "0a1b"}, "token:0a1b": {Token: "0a1b"}, "shell:root": {Shell: "root"}, "-": {},
	} {
		if got := actor.String(); got != want {
			t.Errorf("%+v is called %q, want %q", actor, got, want)
		}
	}
}

func TestNormalLogin(t *testing.T) {
	t.Parallel()
	if got := survey.NormalLogin(" Lan.NT\t"); got != "lan.nt" {
		t.Errorf("login %q, want lan.nt", got)
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"": "", "  Xã   MƯỜNG\tTè ": "xa muong te", "Đất đai": "dat dai", "Te\u0302n": "ten", "Phường 5": "phuong 5",
	} {
		if got := survey.Fold(s); got != want {
			t.Errorf("%q is folded to %q, want %q", s, got, want)
		}
	}
}

func TestLangValid(t *testing.T) {
	t.Parallel()
	for lang, want := range map[survey.Lang]bool{
		"vi": true, "hni": true, "zh-Hant": true, "es-419": true, "": false, "v": false, "1i": false, "-vi": false, "vi_VN": false, "vi VN": false, "abcdefghijklm": false,
	} {
		if got := lang.Valid(); got != want {
			t.Errorf("%q: %v, want %v", lang, got, want)
		}
	}
}

func TestTextClean(t *testing.T) {
	t.Parallel()
	got := survey.Text{"vi": " Tên\u200b\u00a0xã ", "en": "Name"}
	got.Clean()
	if diff := cmp.Diff(survey.Text{"vi": survey.CleanText(" Tên\u200b\u00a0xã "), "en": "Name"}, got); diff != "" {
		t.Errorf("cleaned (-want +got):\n%s", diff)
	}
}

func TestSpansMeet(t *testing.T) {
	t.Parallel()
	span := func(from, to survey.Date) survey.Span { return survey.Span{From: from, To: to} }
	for _, tt := range []struct {
		a, b survey.Span
		want bool
	}{
		{span("2026-01-01", "2026-06-30"), span("2026-06-30", "2026-12-31"), true},
		{span("2026-01-01", "2026-06-29"), span("2026-06-30", "2026-12-31"), false},
		{span("", "2026-06-29"), span("2026-06-30", ""), false},
		{span("", ""), span("2026-06-30", ""), true},
		{span("", "2026-06-30"), span("", "2020-01-01"), true},
	} {
		if got := tt.a.Meets(tt.b); got != tt.want {
			t.Errorf("%v and %v meet: %v, want %v", tt.a, tt.b, got, tt.want)
		}
		if got := tt.b.Meets(tt.a); got != tt.want {
			t.Errorf("%v and %v meet: %v, want %v", tt.b, tt.a, got, tt.want)
		}
	}
}

func TestGrantCheck(t *testing.T) {
	t.Parallel()
	units := survey.Scope{Units: []survey.UnitID{"a"}}
	families := func(all ...survey.Family) survey.Scope { return survey.Scope{Families: all} }
	for name, tt := range map[string]struct {
		grant      survey.Grant
		field, key string
	}{
		"Administrator":  {survey.Grant{Role: survey.Administrator}, "", ""},
		"Commune":        {survey.Grant{Role: survey.CommuneCommittee, Scope: units}, "", ""},
		"OwnFamily":      {survey.Grant{Role: survey.EducationOffice, Scope: families(survey.Education)}, "", ""},
		"NoRole":         {survey.Grant{}, "role", "user.bad_role"},
		"BoundAdmin":     {survey.Grant{Role: survey.Administrator, Scope: units}, "role", "user.administrator_scope"},
		"CommuneOfNone":  {survey.Grant{Role: survey.CommuneCommittee}, "units", "user.commune_scope"},
		"UnknownFamily":  {survey.Grant{Role: survey.Viewer, Scope: families("none")}, "families", "user.bad_family"},
		"FamilyOfOthers": {survey.Grant{Role: survey.EducationOffice, Scope: families(survey.Procedures)}, "families", "user.role_family"},
	} {
		fields := survey.Fields{}
		tt.grant.Check(fields)
		want := survey.Fields{}
		if tt.key != "" {
			want.Add(tt.field, tt.key)
		}
		if diff := cmp.Diff(want, fields); diff != "" {
			t.Errorf("%s: fields (-want +got):\n%s", name, diff)
		}
	}
}

func TestClone(t *testing.T) {
	t.Parallel()
	unit := survey.Unit{ID: "a", Name: text("x"), Successors: []survey.UnitID{"b"}}
	copied, err := survey.Clone(unit)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(unit, copied); diff != "" {
		t.Errorf("copy (-original +copy):\n%s", diff)
	}
	copied.Successors[0] = "c"
	if unit.Successors[0] != "b" {
		t.Error("a change of the copy reaches the original")
	}
	_, err = survey.Clone(make(chan int))
	surveytest.WantError(t, err, survey.Internal, "")
}

func TestDocumentText(t *testing.T) {
	t.Parallel()
	doc, err := bson.Marshal(bson.M{"unit": "a", "rev": 5})
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"unit": "a", "rev": "", "none": ""} {
		if got := survey.DocumentText(doc, key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
}
