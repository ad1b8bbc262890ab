package auditlog_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"hailong/survey"
	"hailong/web/servertest"
	"hailong/web/staff/auditlog"
)

func TestAuditPage(t *testing.T) {
	t.Parallel()
	s, boss := servertest.NewWithAdministrator(t)
	for range 120 {
		if err := s.Audit.Record(t.Context(), survey.Actor{Login: "lan"}, "user.edit", "=HYPERLINK(1)", nil, map[string]int{"n": 1}); err != nil {
			t.Fatal(err)
		}
	}
	_, body := boss.Get("/staff/audit?actor=lan")
	doc := servertest.Document(t, body)
	if n := doc.Find("tbody tr").Length(); n != auditlog.PageSize || !strings.Contains(doc.Find("main").Text(), "120 dòng") {
		t.Errorf("%d rows on the first page", n)
	}
	if first := doc.Find("tbody th small").First().Text(); first != "121" {
		t.Errorf("the newest entry is not first but %s", first)
	}
	_, body = boss.Get("/staff/audit?actor=lan&page=3")
	if n := servertest.Document(t, body).Find("tbody tr").Length(); n != 20 {
		t.Errorf("%d rows on the last page", n)
	}
	if _, body := boss.Get("/staff/audit?subject=nothing"); servertest.Document(t, body).Find(".empty").Length() != 1 {
		t.Error("an empty list says nothing")
	}
	resp, body := boss.Get("/staff/audit.csv?actor=lan")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 121 || rows[1][5] != "'=HYPERLINK(1)" || !strings.HasPrefix(resp.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v, %d rows, %q", err, len(rows), rows[1])
	}
	if _, body := boss.Get("/staff/audit?action=audit.export"); servertest.Document(t, body).Find("tbody tr").Length() != 1 {
		t.Error("the export is not in the log")
	}
	if _, err := s.Audit.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}
