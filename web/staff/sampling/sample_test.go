package sampling_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/sync/errgroup"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/campaigns"
	"hailong/survey/sampling"
	"hailong/web/servertest"
)

const samplePathTest = "/staff/campaigns/tthc-2026/sample"

// households is a list of n households in two villages.
func households(n int) string {
	var b strings.Builder
	b.WriteString("STT;Đơn vị;Bản;Họ và tên;Địa chỉ;Ngày sinh\n")
	for i := range n {
		village := "Nậm Xả"
		if i%2 == 1 {
			village = "Phìn Khò"
		}
		fmt.Fprintf(&b, "%d;motcua;%s;Lò Văn %c%d;số nhà %d;1980\n", i+1, village, 'A'+rune(i%26), i, i+1)
	}
	return b.String()
}

// newSampleServer is a server with a plan for 20 answers of one unit, half in reserve.
func newSampleServer(t *testing.T) (s *servertest.Server, lan, boRa *servertest.Client) {
	t.Helper()
	s = servertest.New(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	servertest.AddUser(t, s, "boa", survey.Grant{Role: survey.Surveyor})
	plan := campaigns.Plan{ID: "tthc-2026", Rev: 1, Size: campaigns.PlanSize{Reserve: 0.5}, Cells: []campaigns.PlanCell{{Unit: "motcua", Population: 60, Required: 20, Reserve: 10}}}
	if err := (survey.Documents[campaigns.Plan]{Store: s.Store, Collection: survey.Plans}).Insert(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	return s, servertest.OpenSession(t, s, "lan"), servertest.OpenSession(t, s, "boa")
}

// draw brings a list and has it drawn.
func draw(t *testing.T, v *servertest.Client, list string, pairs ...string) {
	t.Helper()
	resp, body := v.Upload(samplePathTest+"/draw", "file", "ho.csv", list, pairs...)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("preview: %d %s", resp.StatusCode, servertest.Document(t, body).Find(".errors, .error").Text())
	}
	resp, body = v.Post(samplePathTest+"/draw/apply", servertest.HiddenFields(servertest.Document(t, body), "main form")...)
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("draw: %d %s", resp.StatusCode, servertest.Document(t, body).Find(".errors, .error").Text())
	}
}

func rowsIn(t *testing.T, s *servertest.Server) []sampling.Drawn {
	t.Helper()
	rows, err := s.Samples.Rows(t.Context(), "tthc-2026")
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func rowPath(number int) string { return "/staff/visits/" + sampling.DrawnID("tthc-2026", number) }

// mark records a visit as the row stands now.
func mark(t *testing.T, s *servertest.Server, v *servertest.Client, number int, outcome sampling.Outcome, more ...string) *http.Response {
	t.Helper()
	row, err := s.Samples.Row(t.Context(), sampling.DrawnID("tthc-2026", number))
	if err != nil {
		t.Fatal(err)
	}
	resp, _ := v.Post(rowPath(number), append([]string{"rev", strconv.FormatInt(row.Rev, 10), "outcome", string(outcome)}, more...)...)
	return resp
}

// assign gives all rows to boa.
func assign(t *testing.T, lan *servertest.Client) {
	t.Helper()
	_, body := lan.Get(samplePathTest + "/work")
	pairs := servertest.HiddenFields(servertest.Document(t, body), "main form")
	servertest.Document(t, body).Find("select[name^='place|']").Each(func(_ int, f *goquery.Selection) {
		pairs = append(pairs, f.AttrOr("name", ""), "")
	})
	if resp, body := lan.Post(samplePathTest+"/work", append(pairs, "all|motcua", "boa")...); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("assign: %d %s", resp.StatusCode, servertest.Document(t, body).Find(".errors, .error").Text())
	}
}

func TestSampleIsDrawn(t *testing.T) {
	t.Parallel()
	s, lan, _ := newSampleServer(t)
	resp, body := lan.Upload(samplePathTest+"/draw", "file", "ho.csv", households(60), "method", "random", "seed", "20260305")
	doc := servertest.Document(t, body)
	if text := doc.Find("main").Text(); resp.StatusCode != http.StatusOK || !strings.Contains(text, "Sẽ rút 20 nơi và 10 nơi dự phòng") || !strings.Contains(text, "Ngày sinh") {
		t.Fatalf("preview: %d %s", resp.StatusCode, text)
	}
	if strings.Contains(doc.Find("main").Text(), "Lò Văn") {
		t.Error("the preview tells who will be drawn, or who is in the list")
	}
	if n := len(rowsIn(t, s)); n != 0 {
		t.Fatalf("the preview stored %d rows", n)
	}
	if resp, _ := lan.Post(samplePathTest+"/draw/apply", servertest.HiddenFields(doc, "main form")...); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("draw: %d", resp.StatusCode)
	}
	rows := rowsIn(t, s)
	reserve := 0
	for _, d := range rows {
		if d.Reserve {
			reserve++
		}
		if d.Probability != 20.0/60 || d.Stratum != "motcua" || d.Village == "" {
			t.Errorf("row %+v", d)
		}
	}
	if len(rows) != 30 || reserve != 10 {
		t.Errorf("%d rows, %d in reserve", len(rows), reserve)
	}
	sample, err := s.Samples.Sample(t.Context(), "tthc-2026")
	if err != nil || len(sample.Draws) != 1 || sample.Draws[0].Seed != "20260305" || sample.Draws[0].Listed != 60 || len(sample.Draws[0].Hash) != 64 {
		t.Errorf("record: %+v (%v)", sample.Draws, err)
	}
	_, body = lan.Get(samplePathTest)
	if text := servertest.Document(t, body).Find("main").Text(); !strings.Contains(text, "20260305") || !strings.Contains(text, "20 nơi chưa giao") {
		t.Errorf("overview: %s", text)
	}
	// A stratum is not drawn twice: nobody draws until they like what comes.
	resp, body = lan.Upload(samplePathTest+"/draw", "file", "ho.csv", households(60), "method", "random")
	if text := servertest.Document(t, body).Find(".error").Text(); resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text, "đã rút rồi") {
		t.Errorf("the same stratum again: %d %s", resp.StatusCode, text)
	}
}

// The same list, seed and numbers give the same sample.
func TestSampleCanBeRepeated(t *testing.T) {
	t.Parallel()
	var drawn [2][]sampling.Drawn
	for i := range drawn {
		s, lan, _ := newSampleServer(t)
		draw(t, lan, households(60), "method", "systematic", "seed", "7")
		drawn[i] = rowsIn(t, s)
	}
	if diff := cmp.Diff(drawn[0], drawn[1]); diff != "" {
		t.Error(diff)
	}
}

func TestSampleListRefused(t *testing.T) {
	t.Parallel()
	s, lan, _ := newSampleServer(t)
	servertest.AddUser(t, s, "hoa", survey.Grant{Role: survey.HomeAffairs, Scope: survey.Scope{Units: []survey.UnitID{"cu"}}})
	for name, tt := range map[string]struct {
		list  string
		pairs []string
		want  []string
	}{
		"NoUnitColumn":  {"Họ tên;Bản\nA;B\n", nil, []string{"đơn vị"}},
		"Empty":         {"Đơn vị\n", nil, []string{"dòng tiêu đề"}},
		"BadRows":       {"Đơn vị;Mã;Số hộ;Lĩnh vực\nkhông có;1;5;\nmotcua;2;nhiều;\nmotcua;2;5;Ma thuật\ncu;4;1;\n", nil, []string{"Dòng 2", "Dòng 3", "Dòng 4", "Dòng 5"}},
		"NotPlanned":    {"Đơn vị\nmotcua\nxa\n", nil, []string{"Dòng 3", "Kế hoạch không có"}},
		"BadSeed":       {households(9), []string{"seed", "mười"}, []string{"Số khởi tạo"}},
		"BadEach":       {households(9), []string{"each", "0"}, []string{"số nguyên"}},
		"NoSizes":       {households(9), []string{"method", "pps"}, []string{"số hộ"}},
		"UnknownMethod": {households(9), []string{"method", "guess"}, []string{"Không rút được"}},
		"DrawnTwice":    {"unit,draw_list,draw_order\nmotcua,reserve,1\nmotcua,reserve,1\n", nil, []string{"Dòng 3", "Thứ tự 1"}},
		"DrawnWrong":    {"unit,draw_list,draw_probability\nmotcua,maybe,1\nmotcua,sample,2\n", nil, []string{"Dòng 2", "Dòng 3"}},
	} {
		pairs := tt.pairs
		if !strings.Contains(strings.Join(pairs, " "), "method") {
			pairs = append(pairs, "method", "random")
		}
		resp, body := lan.Upload(samplePathTest+"/draw", "file", "x.csv", tt.list, pairs...)
		doc := servertest.Document(t, body)
		text := doc.Find(".errors, .error").Text()
		for _, want := range tt.want {
			if resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text, want) {
				t.Errorf("%s: %d, %q is not in: %s", name, resp.StatusCode, want, text)
			}
		}
		if seed := doc.Find("[name=seed]").AttrOr("value", ""); name == "BadSeed" && seed != "mười" {
			t.Errorf("what was typed as a seed is lost: %q", seed)
		}
	}
	v := servertest.OpenSession(t, s, "hoa")
	if resp, body := v.Upload(samplePathTest+"/draw", "file", "x.csv", households(3), "method", "random"); resp.StatusCode != http.StatusForbidden && resp.StatusCode != http.StatusNotFound || strings.Contains(body, "[name=seed]") {
		t.Errorf("a draw that reaches beyond the scope: %d", resp.StatusCode)
	}
	if n := len(rowsIn(t, s)); n != 0 {
		t.Errorf("%d rows stored", n)
	}
}

func TestSampleWithoutPlan(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	lan := servertest.OpenSession(t, s, "lan")
	if resp, body := lan.Upload(samplePathTest+"/draw", "file", "x.csv", households(9), "method", "random"); resp.StatusCode != http.StatusUnprocessableEntity || servertest.Document(t, body).Find("#f-each-error").Length() != 1 {
		t.Errorf("without a plan: %d", resp.StatusCode)
	}
	villages := "unit,village,households\nmotcua,A,100\nmotcua,B,1\nmotcua,C,1\nmotcua,D,0\n"
	draw(t, lan, villages, "method", "pps", "each", "2", "seed", "1")
	var names []string
	for _, d := range rowsIn(t, s) {
		if !d.Reserve {
			names = append(names, d.Village)
		}
	}
	if len(names) != 2 || names[0] != "A" { // so large that it is certain
		t.Errorf("drawn by size: %v", names)
	}
}

// What "hailong sample" writes comes in as it was drawn.
func TestSampleDrawnElsewhere(t *testing.T) {
	t.Parallel()
	s, lan, _ := newSampleServer(t)
	draw(t, lan, "draw_list,draw_order,draw_stratum,draw_probability,draw_weight,draw_number,xa,ten\n"+
		"sample,1,Bum Tở,0.25,4,0x1,motcua,Lò A\nsample,2,Bum Tở,0.25,4,0x2,motcua,Lò B\nreserve,2,Bum Tở,0.25,4,0x5,motcua,Lò D\nreserve,1,Bum Tở,0.25,4,0x3,motcua,Lò C\n,,Bum Tở,0.25,4,0x6,motcua,Lò E\n")
	var got []string
	for _, d := range rowsIn(t, s) {
		got = append(got, fmt.Sprintf("%d %s %v %d %v", d.Number, d.Stratum, d.Reserve, d.Order, d.Probability))
	}
	if diff := cmp.Diff([]string{"1 Bum Tở false 1 0.25", "2 Bum Tở false 2 0.25", "3 Bum Tở true 2 0.25", "4 Bum Tở true 1 0.25"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestVisits(t *testing.T) {
	t.Parallel()
	s, lan, boa := newSampleServer(t)
	servertest.AddUser(t, s, "kim", survey.Grant{Role: survey.Surveyor})
	servertest.AddUser(t, s, "giam", survey.Grant{Role: survey.Supervisor})
	kim, giam := servertest.OpenSession(t, s, "kim"), servertest.OpenSession(t, s, "giam")
	draw(t, lan, households(60), "method", "random", "seed", "1")
	if _, body := boa.Get("/staff/visits"); !strings.Contains(body, "Chưa có nơi nào") {
		t.Error("a surveyor without work sees some")
	}
	assign(t, lan)
	_, body := boa.Get("/staff/visits")
	if n := servertest.Document(t, body).Find(".tasks li").Length(); n != 20 {
		t.Errorf("%d rows to visit, want the 20 of the sample and none of the reserve", n)
	}
	if !strings.Contains(body, "Lò Văn") {
		t.Error("the surveyor does not see whom to visit")
	}

	// Nobody else sees a row, nor does its own surveyor see a reserve before it is called.
	for _, path := range []string{rowPath(1), rowPath(25)} {
		if resp, _ := kim.Get(path); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s for another surveyor: %d", path, resp.StatusCode)
		}
	}
	if resp, _ := boa.Get(rowPath(25)); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a reserve not called: %d", resp.StatusCode)
	}
	if resp := mark(t, s, kim, 1, sampling.Answered); resp.StatusCode != http.StatusNotFound {
		t.Errorf("another surveyor marks: %d", resp.StatusCode)
	}
	// A supervisor sees how it goes, without names, and changes nothing.
	for _, path := range []string{samplePathTest, samplePathTest + "/list", samplePathTest + "/list?contacts=1"} {
		if resp, body := giam.Get(path); resp.StatusCode != http.StatusOK || strings.Contains(body, "Lò Văn") {
			t.Errorf("%s for a supervisor: %d, or with names", path, resp.StatusCode)
		}
	}
	if resp := mark(t, s, giam, 1, sampling.Answered); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a supervisor marks: %d", resp.StatusCode)
	}

	if resp := mark(t, s, boa, 1, sampling.Answered); resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(resp.Header.Get("Location"), "/staff/visits?") {
		t.Errorf("answered: %d to %s", resp.StatusCode, resp.Header.Get("Location"))
	}
	for name, tt := range map[string]struct {
		number  int
		outcome sampling.Outcome
		pairs   []string
	}{
		"AnsweredAlready":    {1, sampling.Refused, nil},
		"NoOutcome":          {2, "", nil},
		"UnknownOutcome":     {2, "slept", nil},
		"Tomorrow":           {2, sampling.Away, []string{"day", "2026-03-06"}},
		"BeforeCampaign":     {2, sampling.Away, []string{"day", "2025-12-31"}},
		"NoDay":              {2, sampling.Away, []string{"day", "hôm qua"}},
		"NothingToCorrect":   {2, sampling.Away, []string{"corrects", "1"}},
		"ReserveOfThoseHome": {2, sampling.Refused, []string{"day", "2027-01-01"}},
	} {
		if resp := mark(t, s, boa, tt.number, tt.outcome, tt.pairs...); resp.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, resp.StatusCode)
		}
	}
	if resp := mark(t, s, boa, 1, sampling.Refused, "corrects", "1"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("correction: %d", resp.StatusCode)
	}
	row := rowsIn(t, s)[0]
	if row.Visits() != 1 || len(row.Attempts) != 2 || row.Outcome() != sampling.Refused || row.Attempts[0].Outcome != sampling.Answered {
		t.Errorf("after a correction: %+v", row)
	}
}

// A row that ends without an answer is replaced by the next of its stratum, once.
func TestReserve(t *testing.T) {
	t.Parallel()
	s, lan, boa := newSampleServer(t)
	draw(t, lan, households(60), "method", "random", "seed", "1")
	assign(t, lan)
	if resp, body := boa.Post(rowPath(3) + "/reserve"); resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "chưa có kết quả cuối") {
		t.Errorf("a reserve for a row that still waits: %d", resp.StatusCode)
	}
	for range sampling.AwayVisits {
		mark(t, s, boa, 3, sampling.Away)
	}
	_, body := boa.Get(rowPath(3))
	if servertest.Document(t, body).Find("form[action$='/reserve']").Length() != 1 {
		t.Fatal("no reserve is offered after the last visit in vain")
	}
	for range 2 { // tapped twice
		if resp, _ := boa.Post(rowPath(3) + "/reserve"); resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(resp.Header.Get("Location"), rowPath(21)) {
			t.Errorf("reserve: %d to %s", resp.StatusCode, resp.Header.Get("Location"))
		}
	}
	mark(t, s, boa, 5, sampling.WrongAddress)
	boa.Post(rowPath(5) + "/reserve")
	rows := rowsIn(t, s)
	if rows[20].For != 3 || rows[2].Substitute != 21 || rows[21].For != 5 || rows[22].For != 0 {
		t.Errorf("21 for %d, 3 by %d, 22 for %d, 23 for %d", rows[20].For, rows[2].Substitute, rows[21].For, rows[22].For)
	}
	mark(t, s, boa, 21, sampling.Answered)

	// 22 in force, one at no such address, one answered: 1 of 21.
	_, body = lan.Get(samplePathTest)
	doc := servertest.Document(t, body)
	cells := doc.Find(".counts").First().Find("tbody tr").First().Find("td").Map(func(_ int, td *goquery.Selection) string { return td.Text() })
	if diff := cmp.Diff([]string{"22", "1", "1", "0", "0", "1", "19", "4,8\u00a0%"}, cells); diff != "" {
		t.Error(diff)
	}
	if text := doc.Find("main").Text(); !strings.Contains(text, "33,3\u00a0%") || !strings.Contains(text, "50\u00a0% không trả lời") {
		t.Errorf("expected against real: %s", doc.Find(".note").Text())
	}
}

// Surveyors who call reserves at once get one each, and none gets two.
func TestReservesAreCalledOnce(t *testing.T) {
	t.Parallel()
	s, lan, boa := newSampleServer(t)
	draw(t, lan, households(60), "method", "random", "seed", "1")
	assign(t, lan)
	const lost = 12 // more than the 10 in reserve
	for n := range lost {
		mark(t, s, boa, n+1, sampling.Refused)
	}
	var group errgroup.Group
	for n := range 2 * lost { // each row is asked for twice
		group.Go(func() error {
			_, err := s.Samples.CallReserve(t.Context(), survey.Actor{Login: "boa"}, sampling.DrawnID("tthc-2026", n%lost+1))
			if err != nil && !survey.Is(err, survey.Invalid) {
				return err
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	called, by := map[int]int{}, map[int]int{}
	rows := rowsIn(t, s)
	for _, d := range rows {
		if d.For != 0 {
			called[d.For]++
			if rows[d.For-1].Substitute != d.Number {
				t.Errorf("%d stands in for %d, which names %d", d.Number, d.For, rows[d.For-1].Substitute)
			}
		}
		if d.Substitute != 0 {
			by[d.Substitute]++
			if rows[d.Substitute-1].For != d.Number {
				t.Errorf("%d names %d, which stands in for %d", d.Number, d.Substitute, rows[d.Substitute-1].For)
			}
		}
	}
	if len(called) != 10 || len(by) != 10 {
		t.Errorf("%d rows have a reserve and %d reserves were called, want all 10", len(called), len(by))
	}
}

// Two who mark the same row: the second sees what the first wrote.
func TestVisitConflict(t *testing.T) {
	t.Parallel()
	s, lan, boa := newSampleServer(t)
	draw(t, lan, households(60), "method", "random", "seed", "1")
	assign(t, lan)
	if resp, _ := boa.Post(rowPath(1), "rev", "1", "outcome", "away"); resp.StatusCode != http.StatusSeeOther {
		t.Fatal(resp.StatusCode)
	}
	resp, body := lan.Post(rowPath(1), "rev", "1", "outcome", "refused")
	doc := servertest.Document(t, body)
	if text := doc.Find(".conflict").Text(); resp.StatusCode != http.StatusConflict || !strings.Contains(text, "Đi vắng") || !strings.Contains(text, "Từ chối") {
		t.Errorf("%d %s", resp.StatusCode, text)
	}
	if resp, _ := lan.Post(rowPath(1), "rev", doc.Find("form.visit [name=rev]").AttrOr("value", ""), "outcome", "refused"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("chosen again: %d", resp.StatusCode)
	}
	if n := len(rowsIn(t, s)[0].Attempts); n != 2 {
		t.Errorf("%d attempts", n)
	}
}

func TestSampleConflicts(t *testing.T) {
	t.Parallel()
	s, lan, _ := newSampleServer(t)
	_, body := lan.Upload(samplePathTest+"/draw", "file", "ho.csv", households(60), "method", "random")
	preview := servertest.HiddenFields(servertest.Document(t, body), "main form")
	draw(t, lan, "unit,draw_list,draw_stratum\nmotcua,sample,khác\n")
	resp, body := lan.Post(samplePathTest+"/draw/apply", preview...)
	doc := servertest.Document(t, body)
	if resp.StatusCode != http.StatusConflict || !strings.Contains(doc.Find(".errors, .error").Text(), "vừa thay đổi") {
		t.Errorf("a draw over another: %d %s", resp.StatusCode, doc.Find("main").Text())
	}
	if resp, _ := lan.Post(samplePathTest+"/draw/apply", servertest.HiddenFields(doc, "main form")...); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("the same draw after a look: %d", resp.StatusCode)
	}
	assign(t, lan)
	resp, body = lan.Post(samplePathTest+"/work", "rev", "1", "place|motcua|Nậm Xả", "")
	if text := servertest.Document(t, body).Find(".conflict").Text(); resp.StatusCode != http.StatusConflict || !strings.Contains(text, "boa") {
		t.Errorf("work given out twice: %d %s", resp.StatusCode, text)
	}
	if resp, body := lan.Post(samplePathTest+"/keep", "rev", "1", "keep_days", "10"); resp.StatusCode != http.StatusConflict || !strings.Contains(body, "30 ngày") {
		t.Errorf("days decided twice: %d", resp.StatusCode)
	}
	if resp, _ := lan.Post(samplePathTest+"/draws/1/discard", "rev", "1"); resp.StatusCode != http.StatusConflict {
		t.Errorf("discarded over a change: %d", resp.StatusCode)
	}
	_, body = lan.Get(samplePathTest + "/draws/1/discard")
	if resp, _ := lan.Post(samplePathTest+"/draws/1/discard", servertest.HiddenFields(servertest.Document(t, body), "main form")...); resp.StatusCode != http.StatusSeeOther || len(rowsIn(t, s)) != 30 {
		t.Errorf("discarded: %d, %d rows left", resp.StatusCode, len(rowsIn(t, s)))
	}
	if resp, _ := lan.Post(samplePathTest+"/work", "rev", "9", "place|motcua|", "nobody"); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("work for somebody who visits nobody: %d", resp.StatusCode)
	}
}

func TestSampleExport(t *testing.T) {
	t.Parallel()
	s, lan, _ := newSampleServer(t)
	draw(t, lan, "unit,draw_list,draw_probability,village,name\nmotcua,sample,0.5,=1+1,Lò Bí Mật\nmotcua,reserve,0.5,B,Tòng\n")
	_, body := lan.Get(samplePathTest + "/list.csv")
	if strings.Contains(body, "Bí Mật") {
		t.Error("contacts are in a file that was not asked for them")
	}
	records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	if err != nil || len(records) != 3 || records[1][7] != "'=1+1" || records[1][4] != "0.5" {
		t.Errorf("%v %q", err, records)
	}
	_, body = lan.Get(samplePathTest + "/list.xlsx?contacts=1")
	book, err := excelize.OpenReader(bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if cell, err := book.GetCellValue(book.GetSheetName(0), "O2"); err != nil || cell != "Lò Bí Mật" {
		t.Errorf("contact in the workbook: %q %v", cell, err)
	}
	if formula, err := book.GetCellFormula(book.GetSheetName(0), "H2"); err != nil || formula != "" {
		t.Errorf("a formula in the workbook: %q %v", formula, err)
	}
	lan.Get(samplePathTest + "/list?contacts=1")
	lan.Get(rowPath(1))
	var read []string
	if err := s.Audit.Each(t.Context(), audit.EntryFilter{Action: "sample."}, func(e audit.ChainedEntry) error {
		read = append(read, string(e.Action)+" "+e.After)
		if strings.Contains(e.Before+e.After, "Lò") {
			t.Errorf("a name is in the audit log: %s", e.After)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := []string{`sample.export {"contacts":false,"rows":2}`, `sample.export {"contacts":true,"rows":2}`, `sample.contacts {"contacts":true,"rows":2}`, "sample.contacts "}
	if diff := cmp.Diff(want, read[1:]); diff != "" {
		t.Error(diff)
	}
}

func TestContactsAreErased(t *testing.T) {
	t.Parallel()
	s, lan, boa := newSampleServer(t)
	draw(t, lan, households(60), "method", "random", "seed", "1")
	assign(t, lan)
	mark(t, s, boa, 1, sampling.Answered)
	contacts := func() int {
		all, err := (survey.Documents[sampling.Contact]{Store: s.Store, Collection: survey.Contacts}).All(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	if n := contacts(); n != 30 {
		t.Fatalf("%d contacts", n)
	}
	if erased, err := s.Samples.EraseDue(t.Context(), survey.Actor{Shell: "test"}); err != nil || len(erased) != 0 || contacts() != 30 {
		t.Errorf("erased too early: %v %v", erased, err)
	}
	// A draw of which a row was visited is a fact.
	_, body := lan.Get(samplePathTest + "/draws/1/discard")
	if resp, _ := lan.Post(samplePathTest+"/draws/1/discard", servertest.HiddenFields(servertest.Document(t, body), "main form")...); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a visited draw discarded: %d", resp.StatusCode)
	}
	if resp, _ := lan.Post(samplePathTest + "/erase"); resp.StatusCode != http.StatusSeeOther || contacts() != 0 {
		t.Errorf("erase: %d, %d contacts left", resp.StatusCode, contacts())
	}
	if _, body := boa.Get(rowPath(2)); strings.Contains(body, "Lò Văn") || !strings.Contains(body, "đã được xóa") {
		t.Error("the row does not say that its contact was erased")
	}
	if rows := rowsIn(t, s); len(rows) != 30 || rows[0].Outcome() != sampling.Answered {
		t.Error("rows are gone with their contacts")
	}
}
