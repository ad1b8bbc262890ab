package campaigns_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"hailong/survey"
	"hailong/survey/paper"
	"hailong/web/servertest"
	"hailong/web/staff"
)

// addDrawnForm gives a living server a paper point and a batch of lan's with one
// form entered and drawn.
func addDrawnForm(t *testing.T, w *servertest.StaffServer) paper.FormName {
	t.Helper()
	point := survey.Point{Code: servertest.PointPaper, Rev: 1, Unit: "motcua", Form: "quick", Channel: survey.ChannelPaper, Order: 9}
	servertest.InsertAll(t, w.Store, survey.Points, []survey.Point{point})
	if err := w.Current.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.Surveyor})
	servertest.AddUser(t, w.Server, "noi-vu", survey.Grant{Role: survey.HomeAffairs})
	_, form := servertest.AddBatch(t, w.Server, "lan")
	return form
}

// Closing and publishing go on over open or bad re-checks only if they were
// seen.
func TestRechecksAreSeenBeforeClosingAndPublishing(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	form := addDrawnForm(t, w)
	v := servertest.SignIn(t, w.Server, "noi-vu")
	path := staff.CampaignPath("tthc-2026")
	if _, body := v.Get(path + "/close"); !strings.Contains(servertest.Document(t, body).Find("main").Text(), "còn 1 phiếu chưa phúc tra") {
		t.Error("closing does not say what is still to be re-checked")
	}
	err := w.Rechecks.Record(t.Context(), survey.Actor{Login: "mat-tran"}, "tthc-2026", form, paper.RecheckReport{Outcome: paper.RecheckWrong})
	if err != nil {
		t.Fatal(err)
	}
	exclude := "a[href='" + servertest.BatchPath + "/exclude?serial=1']"
	for _, step := range []string{"/close", "/publish"} {
		resp, body := w.Step(t, v, path+step)
		doc := servertest.Document(t, body)
		if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("#f-seen-error").Length() != 1 || doc.Find(exclude).Length() != 1 {
			t.Errorf("%s without a look: %d %s", step, resp.StatusCode, doc.Find("main").Text())
		}
		if resp, _ := w.Step(t, v, path+step, "seen", "1"); resp.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %d", step, resp.StatusCode)
		}
	}
	servertest.AddUser(t, w.Server, "quan-tri", survey.Grant{Role: survey.Administrator})
	if _, body := servertest.SignIn(t, w.Server, "quan-tri").Get("/staff/rechecks/tthc-2026/" + string(form)); servertest.Document(t, body).Find(exclude).Length() != 1 {
		t.Error("a bad form does not lead to excluding it")
	}
	w.Time = w.Time.Add(time.Minute)
	// Voiding now changes nothing that is published, and both pages say so.
	resp, _ := v.Post(servertest.BatchPath+"/exclude", "serial", "1", "take", "1", "reason", "sai khi phúc tra")
	if to := resp.Header.Get("Location"); to != servertest.BatchPath+"/edit?done=void_late" {
		t.Errorf("voided: to %q", to)
	}
	if _, body := v.Get(path); !strings.Contains(servertest.Document(t, body).Find("main .note").Text(), "1 phiếu bị hủy sau khi công bố") {
		t.Error("the campaign does not say that a form was voided after publication")
	}
}
