package staff_test

import (
	"testing"

	"hailong/survey"
	"hailong/web/servertest"
	"hailong/web/staff"
)

func TestWholeNumbersAsTyped(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]int{
		"0": 0, " 286 ": 286, "0286": 286, "1.000": 1000, "1,000": 1000, "12 000": 12000, "12\u00a0000": 12000, "1.234.567": 1234567, "999999999": 999999999,
		"": -1, "1.5": -1, "12,50": -1, "286.0": -1, "1000.000": -1, "1..000": -1, "-5": -1, "+5": -1, "1e3": -1, "ba": -1, "12345678901": -1, "1.000.000.000": -1,
	} {
		if got := staff.WholeNumber(typed); got != want {
			t.Errorf("%q is read as %d, want %d", typed, got, want)
		}
	}
}

// A day in an address that is none is not passed over in silence.
func TestListsSayThatADayIsNone(t *testing.T) {
	t.Parallel()
	s, _ := servertest.NewEditable(t)
	servertest.AddUser(t, s, "chi", survey.Grant{Role: survey.Administrator})
	v := servertest.SignIn(t, s, "chi")
	for path, field := range map[string]string{"/staff/audit?from=zzz": "#f-from-error", "/staff/audit?to=32/13/2026": "#f-to-error", "/staff/units?on=zzz": "#f-on-error"} {
		if _, body := v.Get(path); servertest.Document(t, body).Find(field).Length() != 1 {
			t.Errorf("%s says nothing of the day", path)
		}
	}
	if _, body := v.Get("/staff/audit?from=2026-03-01"); servertest.Document(t, body).Find(".field.wrong").Length() != 0 {
		t.Error("a day is called none")
	}
}
