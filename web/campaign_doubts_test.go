package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"hailong/survey"
	"hailong/survey/paper"
	"hailong/web/staff"
)

// plantField gives a living server a paper point and a batch of lan's with one
// form keyed in and drawn.
func plantField(t *testing.T, w *living) survey.ResponseID {
	t.Helper()
	paper := survey.Point{Code: pointPaper, Rev: 1, Unit: "motcua", Form: "quick", Channel: survey.ChannelPaper, Order: 9}
	keep(t, w.services.Store, survey.Points, []survey.Point{paper})
	if err := w.current.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	hire(t, w.Server, "lan", survey.Grant{Role: survey.Surveyor})
	hire(t, w.Server, "noi-vu", survey.Grant{Role: survey.HomeAffairs})
	_, response := plantBatch(t, w.Server, "lan")
	return response
}

// Closing and publishing go on over open or bad re-checks only if they were
// seen.
func TestRechecksAreSeenBeforeClosingAndPublishing(t *testing.T) {
	t.Parallel()
	w := newLiving(t)
	response := plantField(t, w)
	v := visit(t, w.Server, "noi-vu")
	path := staff.CampaignPath("tthc-2026")
	if _, body := v.get(path + "/close"); !strings.Contains(document(t, body).Find("main").Text(), "còn 1 phiếu chưa phúc tra") {
		t.Error("closing does not say what is still to be re-checked")
	}
	err := w.services.Rechecks.Record(t.Context(), survey.Actor{Login: "mat-tran"}, "tthc-2026", response, paper.RecheckReport{Outcome: paper.RecheckWrong})
	if err != nil {
		t.Fatal(err)
	}
	exclude := "a[href='" + batchAddress + "/exclude?serial=1']"
	for _, step := range []string{"/close", "/publish"} {
		resp, body := w.step(t, v, path+step)
		doc := document(t, body)
		if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("#f-seen-error").Length() != 1 || doc.Find(exclude).Length() != 1 {
			t.Errorf("%s without a look: %d %s", step, resp.StatusCode, doc.Find("main").Text())
		}
		if resp, _ := w.step(t, v, path+step, "seen", "1"); resp.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %d", step, resp.StatusCode)
		}
	}
	hire(t, w.Server, "quan-tri", survey.Grant{Role: survey.Administrator})
	if _, body := visit(t, w.Server, "quan-tri").get("/staff/rechecks/tthc-2026/" + string(response)); document(t, body).Find(exclude).Length() != 1 {
		t.Error("a bad form does not lead to excluding it")
	}
	w.now = w.now.Add(time.Minute)
	// Voiding now changes nothing that is published, and both pages say so.
	resp, _ := v.post(batchAddress+"/exclude", "serial", "1", "take", "1", "reason", "sai khi phúc tra")
	if to := resp.Header.Get("Location"); to != batchAddress+"/edit?done=void_late" {
		t.Errorf("voided: to %q", to)
	}
	if _, body := v.get(path); !strings.Contains(document(t, body).Find("main .note").Text(), "1 phiếu bị hủy sau khi công bố") {
		t.Error("the campaign does not say that a form was voided after publication")
	}
}
