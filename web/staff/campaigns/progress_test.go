package campaigns_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"hailong/survey"
	"hailong/survey/transactions"
	"hailong/web/servertest"
)

// progressOf is the words of the page of progress, two minutes later: what was received,
// what the release says, and the rest.
func progressOf(t *testing.T, w *servertest.StaffServer, v *servertest.Client) (received, released string) {
	t.Helper()
	w.Time = w.Time.Add(2 * time.Minute) // counts are a minute old
	resp, body := v.Get("/staff/campaigns/tthc-2026/progress")
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("progress: %d", resp.StatusCode)
	}
	words := servertest.Words(servertest.Document(t, body).Find("main"))
	received, released, _ = strings.Cut(words, "Theo bản chốt số liệu")
	released, _, _ = strings.Cut(released, "Hai tuần gần nhất")
	return received, released
}

// Whoever looks before and after one citizen leaves the counter, at everything that the
// page tells, learns that somebody of the unit answered: not her sector, nor her channel,
// nor her point.
func TestProgressBeforeAndAfterACitizen(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
	servertest.AddUser(t, w.Server, "giam-sat", survey.Grant{Role: survey.Supervisor})
	v := servertest.OpenSession(t, w.Server, "lan")
	plan := slices.Concat(planPairs, []string{"cell|motcua|land", "500", "cell|motcua|civil", "500", "quota|link|", "200", "rev", "0"})
	if resp, body := v.Post("/staff/campaigns/tthc-2026/plan", plan...); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("plan: %d %s", resp.StatusCode, servertest.Document(t, body).Find(".error").Text())
	}
	if _, err := w.Transactions.State(t.Context(), survey.Actor{}, []transactions.Count{{Point: servertest.Code(servertest.PointLand), Day: "2026-03-05", Number: 40}}); err != nil {
		t.Fatal(err)
	}
	servertest.SubmitOverall(t, w.Server, 6, "4")
	received, released := progressOf(t, w, v)
	if !strings.Contains(received, "Đã nhận6") || !strings.Contains(released, "Chưa có bản chốt số liệu") || strings.Contains(released, "Đất đai") || strings.Contains(released, "Quét mã QR") {
		t.Errorf("before a release: %s | %s", received, released)
	}
	w.Time = w.Time.AddDate(0, 0, 1)
	servertest.Release(t, w.Server)
	for _, login := range []survey.Login{"lan", "giam-sat"} {
		reader := servertest.OpenSession(t, w.Server, login)
		receivedBefore, before := progressOf(t, w, reader)
		if !strings.Contains(before, "Bản chốt số liệu số 1, lúc 09:3") || !strings.Contains(before, "Quét mã QR6") {
			t.Fatalf("of the release: %s", before)
		}
		send := []string{"id", string(newResponseID(t)), "slip", string(servertest.IssueSlips(t, w.Server, 1)[0]), "a.overall", "1", "sector", "land", "a.sector", "land"}
		if resp, _ := servertest.SendForm(t, w.Server, servertest.PointLand, send...); resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("sent: %d", resp.StatusCode)
		}
		receivedAfter, after := progressOf(t, w, reader)
		if before != after {
			t.Errorf("one citizen moves\n%s\nto\n%s", before, after)
		}
		if receivedBefore == receivedAfter {
			t.Errorf("what was received stays: %s", receivedAfter)
		}
	}
}

// A sector of which few are in the release is shown without their number.
func TestProgressHidesFew(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := servertest.OpenSession(t, w.Server, "lan")
	plan := slices.Concat(planPairs, []string{"cell|motcua|land", "500", "cell|motcua|civil", "500", "rev", "0"})
	if resp, body := v.Post("/staff/campaigns/tthc-2026/plan", plan...); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("plan: %d %s", resp.StatusCode, servertest.Document(t, body).Find(".error").Text())
	}
	for sector, n := range map[string]int{"land": 7, "civil": 3} {
		for range n {
			servertest.SubmitAt(t, w.Server, servertest.Code(servertest.PointOpen), "4", sector)
		}
	}
	servertest.Release(t, w.Server)
	_, released := progressOf(t, w, v)
	if !strings.Contains(released, "Hộ tịch") || !strings.Contains(released, "dưới 5") || !strings.Contains(released, "trên ") {
		t.Errorf("few of a sector: %s", released)
	}
	_, body := v.Get("/staff/campaigns/tthc-2026/progress")
	few := servertest.Document(t, body).Find("tr:contains('Hộ tịch')")
	if few.Find("progress").Length() != 0 || strings.Contains(servertest.Words(few), "dưới 53") {
		t.Errorf("the row tells more: %s", servertest.Words(few))
	}
}

func newResponseID(t *testing.T) survey.ResponseID {
	t.Helper()
	id, err := survey.NewResponseID()
	if err != nil {
		t.Fatal(err)
	}
	return id
}
