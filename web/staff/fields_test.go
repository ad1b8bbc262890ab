package staff_test

import (
	"testing"

	"hailong/survey"
	"hailong/web/servertest"
)

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
