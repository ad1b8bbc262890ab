package public_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/surveytest"
	"hailong/web"
	"hailong/web/formview"
	"hailong/web/servertest"
)

func TestFormShows(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	resp, body := servertest.Get(t, s, servertest.FormPath(servertest.PointOpen))
	doc := servertest.Document(t, body)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("status %d", resp.StatusCode)
	}
	for _, c := range []struct {
		name, selector string
		count          int
	}{
		{"Questions", "fieldset", 8},
		{"Faces", "#q-overall .face input[type=radio]", 5},
		{"NotKnownApart", "#q-polite .notknown input[value=na]", 1},
		{"NoNotKnownWhereNotOffered", "#q-overall input[value=na]", 0},
		{"NothingChosenBeforehand", "[checked]", 0},
		{"GroupFirst", "#q-sector .opts:not(.more .opts) .opt:nth-of-type(1) input[value=land]", 1},
		{"OtherLast", "#q-sector > .opts > .opt:last-child input[value=other]", 1},
		{"LongListApart", "#q-sector details input[value=forestry]", 1},
		{"WriteIn", "#q-bad input[name='t.bad']", 1},
		{"Number", "input[name='a.visits'][inputmode=decimal]", 1},
		{"Text", "textarea[name='t.words'][maxlength='1000']", 1},
		{"ConditionInWords", "#q-bad .when", 1},
		{"ConditionForScript", "#q-bad[data-if='overall:1,2,3']", 1},
		{"Version", "input[name=form][value='quick@2']", 1},
		{"NoErrors", ".errors, .error", 0},
	} {
		if n := doc.Find(c.selector).Length(); n != c.count {
			t.Errorf("%s: %q is there %d times, want %d", c.name, c.selector, n, c.count)
		}
	}
	if doc.Find("#q-bad .when").Text() != "Chỉ trả lời nếu ở câu 2 đã chọn: “Rất không hài lòng”, “Không hài lòng”, “Bình thường”. " {
		t.Errorf("condition reads %q", doc.Find("#q-bad .when").Text())
	}
	id, _ := doc.Find("input[name=id]").Attr("value")
	if _, err := survey.ParseResponseID(id); err != nil {
		t.Errorf("id %q: %v", id, err)
	}
	_, again := servertest.Get(t, s, servertest.FormPath(servertest.PointOpen))
	if next, _ := servertest.Document(t, again).Find("input[name=id]").Attr("value"); next == id {
		t.Error("two visits got the same id")
	}
	if resp.Header.Get("Set-Cookie") != "" {
		t.Error("the form sets a cookie")
	}
}

func TestNumbersHaveNoGaps(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	_, body := servertest.Get(t, s, servertest.FormPath(servertest.PointOpen))
	var numbers []string
	servertest.Document(t, body).Find("legend .n").Each(func(_ int, n *goquery.Selection) { numbers = append(numbers, n.Text()) })
	if diff := cmp.Diff([]string{"1.", "2.", "2a.", "3.", "4.", "5.", "5a.", "6."}, numbers); diff != "" {
		t.Error(diff)
	}
}

func TestFormInEnglish(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	_, body := servertest.Get(t, s, servertest.FormPath(servertest.PointOpen)+"?lang=en&zoom=2&contrast=high")
	doc := servertest.Document(t, body)
	for _, want := range []string{"html[lang=en].z2.contrast", "input[name=lang][value=en]", "form[action='" + servertest.FormPath(servertest.PointOpen) + "?contrast=high&lang=en&zoom=2']"} {
		if doc.Find(want).Length() != 1 {
			t.Errorf("no %s", want)
		}
	}
	if !strings.Contains(body, "Are you satisfied?") || strings.Contains(doc.Find("main").Text(), "hài lòng") {
		t.Error("the page is not wholly in English")
	}
}

func TestFormOfAFixedSectorDoesNotAskForIt(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	_, body := servertest.Get(t, s, servertest.FormPath(servertest.PointLand))
	if doc := servertest.Document(t, body); doc.Find("[name='a.sector']").Length() != 0 || !strings.Contains(doc.Find(".place").Text(), "Quầy đất đai") {
		t.Error("the form asks for the sector that its point fixes, or does not say which point it is")
	}
	resp, _ := servertest.SendForm(t, s, servertest.PointLand, "id", servertest.ResponseID, "a.overall", "5", "a.sector", "civil")
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d", resp.StatusCode)
	}
	if got := servertest.Stored(t, s)[0].Sector; got != "land" {
		t.Errorf("sector %q was stored", got)
	}
}

func TestFormCompressedIsTheSamePage(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	id := blankID(t)
	_, plain := servertest.Get(t, s, servertest.FormPath(servertest.PointOpen))
	resp, packed := servertest.Get(t, s, servertest.FormPath(servertest.PointOpen), "Accept-Encoding", "gzip, deflate")
	if resp.Header.Get("Content-Encoding") != "gzip" || !strings.Contains(resp.Header.Get("Vary"), "Accept-Encoding") {
		t.Fatalf("headers %v", resp.Header)
	}
	z, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(z) // checks length and checksum
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(id(plain), id(string(unpacked))); diff != "" {
		t.Error(diff)
	}
}

// blankID returns a function that blanks out the id that a page carries, and the ticket
// that goes with it.
func blankID(t *testing.T) func(string) string {
	t.Helper()
	return func(page string) string {
		id, _ := servertest.Document(t, page).Find("input[name=id]").Attr("value")
		if strings.Count(page, id) != 1 {
			t.Errorf("the id %q is in the page %d times", id, strings.Count(page, id))
		}
		ticket, _ := servertest.Document(t, page).Find("input[name=ticket]").Attr("value")
		if strings.Count(page, ticket) != 1 {
			t.Errorf("the ticket %q is in the page %d times", ticket, strings.Count(page, ticket))
		}
		return strings.NewReplacer(id, "ID", ticket, "TICKET").Replace(page)
	}
}

func TestSubmit(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	answers := []string{"id", servertest.ResponseID, "form", "quick@2", "lang", "en", "a.sector", "land", "a.overall", "2", "a.bad", "1", "a.bad", "9", "t.bad", "khói thuốc", "a.polite", "na", "a.visits", "2,5", "t.words", "Cảm ơn", "a.ethnicity", "1", "unknown", "x", "nonce", testNonce}
	resp, _ := servertest.SendForm(t, s, servertest.PointOpen, answers...)
	receipt := servertest.FormPath(servertest.PointOpen) + "/thanks?lang=en"
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != receipt {
		t.Fatalf("%d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	want := []survey.Response{{
		ID: servertest.ResponseID, Campaign: "tthc-2026", Form: survey.FormRef{Code: "quick", Version: 2}, Point: servertest.Code(servertest.PointOpen), Unit: "motcua",
		Sector: "land", Channel: survey.ChannelQR, Lang: "en", Day: "2026-03-05", Received: servertest.Now.UTC(),
		Doubt: survey.DoubtUnticketed,
		// No ethnicity: without the consent the question was not shown.
		Answers: []survey.Answer{{Item: "overall", Codes: []int{2}}, {Item: "bad", Codes: []int{1, 9}}, {Item: "polite", Codes: []int{0}}, {Item: "visits", Number: 2.5}},
		Texts:   []survey.Words{{Item: "bad", Text: "khói thuốc"}, {Item: "words", Text: "Cảm ơn"}},
	}}
	if diff := cmp.Diff(want, servertest.Stored(t, s)); diff != "" {
		t.Error(diff)
	}

	// The same again, and with the id in capitals, is the same response.
	for _, id := range []string{servertest.ResponseID, strings.ToUpper(servertest.ResponseID)} {
		answers[1] = id
		if resp, _ := servertest.SendForm(t, s, servertest.PointOpen, answers...); resp.Header.Get("Location") != receipt {
			t.Errorf("a repeat leads to %q", resp.Header.Get("Location"))
		}
	}
	if n := len(servertest.Stored(t, s)); n != 1 {
		t.Errorf("%d responses after repeats", n)
	}

	resp, body := servertest.Get(t, s, receipt, "Cookie", cookieOf(t, resp))
	if resp.StatusCode != http.StatusOK || servertest.Document(t, body).Find(".receipt").Length() != 0 || !strings.Contains(body, "has been saved") {
		t.Errorf("receipt of a page without a code: %d", resp.StatusCode)
	}
	for _, secret := range []string{"khói thuốc", "Cảm ơn", "land", "Dissatisfied"} {
		if strings.Contains(servertest.Document(t, body).Find("main").Text(), secret) {
			t.Errorf("the receipt shows %q", secret)
		}
	}
}

func TestSubmitLate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, day, want string }{
		{"Yesterday", "2026-03-04", "2026-03-04"},
		{"TooLongAgo", "2025-12-31", "2026-03-05"},
		{"Tomorrow", "2026-03-06", "2026-03-05"},
		{"Nonsense", "hôm qua", "2026-03-05"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := servertest.New(t)
			resp, _ := servertest.SendForm(t, s, servertest.PointLand, "id", servertest.ResponseID, "a.overall", "5", "day", c.day)
			if resp.StatusCode != http.StatusSeeOther {
				t.Fatalf("status %d", resp.StatusCode)
			}
			if got := servertest.Stored(t, s)[0].Day; string(got) != c.want {
				t.Errorf("day %q, want %q", got, c.want)
			}
		})
	}
}

func TestSubmitWrong(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	long := strings.Repeat("ư", survey.MaxText+1)
	for _, c := range []struct {
		name    string
		pairs   []string
		status  int
		problem map[string]string // message by item
		kept    []string          // selectors that hold what was typed
	}{
		{
			"RequiredMissing",
			[]string{"id", servertest.ResponseID, "a.sector", "forestry", "a.polite", "4", "t.words", `"><script>`},
			http.StatusUnprocessableEntity,
			map[string]string{"overall": "Xin trả lời câu này."},
			[]string{"details[open] input[value=forestry][checked]", "#a-polite-4[checked]", "input[name=id][value='" + servertest.ResponseID + "']"},
		},
		{
			"EveryTypeWrong",
			[]string{"id", servertest.ResponseID, "a.sector", "nowhere", "a.overall", "3", "a.bad", "1", "a.bad", "2", "a.bad", "9", "t.bad", "ồn", "a.visits", "nhiều", "a.polite", "7", "t.words", long},
			http.StatusUnprocessableEntity,
			map[string]string{
				"sector": "Xin chọn lại: câu trả lời đã gửi không có trong danh sách.", "bad": "Xin chọn nhiều nhất 2 câu trả lời.",
				"visits": "Xin nhập một số.", "polite": "Xin chọn lại: câu trả lời đã gửi không có trong danh sách.", "words": "Xin viết ngắn hơn: nhiều nhất 1.000 ký tự.",
			},
			[]string{"#a-bad-1[checked]", "#a-bad-2[checked]", "#a-bad-9[checked]", "input[name='t.bad'][value='ồn']", "input[name='a.visits'][value='nhiều'][aria-invalid=true]"},
		},
		{"OutOfRange", []string{"id", servertest.ResponseID, "a.sector", "land", "a.overall", "5", "a.visits", "21"}, http.StatusUnprocessableEntity, map[string]string{"visits": "Xin nhập một số từ 1 đến 20."}, []string{"input[value='21']"}},
		{"TwoFaces", []string{"id", servertest.ResponseID, "a.sector", "land", "a.overall", "5", "a.overall", "1"}, http.StatusUnprocessableEntity, map[string]string{"overall": "Câu này chỉ chọn một câu trả lời."}, nil},
		{"BadID", []string{"id", "1", "a.sector", "land", "a.overall", "5"}, http.StatusUnprocessableEntity, nil, []string{"#a-overall-5[checked]"}},
		{"NoID", []string{"a.sector", "land", "a.overall", "5"}, http.StatusUnprocessableEntity, nil, []string{"#a-overall-5[checked]"}},
		{"OldVersionThatIsGone", []string{"id", servertest.ResponseID, "form", "quick@1", "a.sector", "land", "a.overall", "5"}, http.StatusUnprocessableEntity, nil, []string{"#a-overall-5[checked]"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			resp, body := servertest.SendForm(t, s, servertest.PointOpen, c.pairs...)
			doc := servertest.Document(t, body)
			if resp.StatusCode != c.status {
				t.Fatalf("status %d", resp.StatusCode)
			}
			got := map[string]string{}
			doc.Find(".q.wrong").Each(func(_ int, q *goquery.Selection) {
				item := strings.TrimPrefix(q.AttrOr("id", ""), "q-")
				got[item] = q.Find(".error").Text()
				if !strings.Contains(q.AttrOr("aria-describedby", ""), "e-"+item) {
					t.Errorf("%s: the message is not tied to its question", item)
				}
				if doc.Find(".errors a[href='#q-"+item+"']").Length() != 1 {
					t.Errorf("%s is not in the summary", item)
				}
			})
			if diff := cmp.Diff(c.problem, got); diff != "" && len(c.problem)+len(got) > 0 {
				t.Error(diff)
			}
			for _, selector := range c.kept {
				if doc.Find(selector).Length() != 1 {
					t.Errorf("%s is not there", selector)
				}
			}
			if doc.Find(".errors").Length() != 1 || doc.Find("form[data-fresh]").Length() != 0 {
				t.Error("no summary, or the form claims to be fresh")
			}
			if id := doc.Find("input[name=id]").AttrOr("value", ""); len(id) != 36 {
				t.Errorf("id %q", id)
			}
			for i := 0; i+1 < len(c.pairs); i += 2 {
				if strings.HasPrefix(c.pairs[i], "t.words") && doc.Find("textarea").Text() != c.pairs[i+1] {
					t.Error("the text is not kept as typed")
				}
			}
		})
	}
	if n := len(servertest.Stored(t, s)); n != 0 {
		t.Errorf("%d wrong responses were stored", n)
	}
}

// failingStore is a real store whose writes fail as on a full disk.
type failingStore struct {
	survey.Store
	err error
}

func (s failingStore) Insert(context.Context, survey.Collection, ...bson.Raw) ([]bool, error) {
	return nil, s.err
}

func (s failingStore) InsertInOrder(context.Context, ...survey.InsertGroup) ([][]bool, error) {
	return nil, s.err
}

func TestSubmitNotStored(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		err    error
		status int
	}{
		{"Unavailable", survey.NewError(survey.Unavailable, "insert", errors.New("no space left on device")), http.StatusServiceUnavailable},
		{"Internal", errors.New("the disk is on fire"), http.StatusInternalServerError},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var log strings.Builder
			s := servertest.NewOn(t, failingStore{Store: surveytest.Store(t), err: c.err}, servertest.Catalog(), func(config *web.Config) { config.Log = servertest.NewLog(&log) })
			resp, body := servertest.SendForm(t, s, servertest.PointOpen, "id", servertest.ResponseID, "a.sector", "land", "a.overall", "4", "t.words", "giữ lại nhé")
			doc := servertest.Document(t, body)
			if resp.StatusCode != c.status || resp.Header.Get("Retry-After") == "" {
				t.Errorf("status %d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
			}
			for _, selector := range []string{"#a-overall-4[checked]", "#a-sector-land[checked]", "input[name=id][value='" + servertest.ResponseID + "']"} {
				if doc.Find(selector).Length() != 1 {
					t.Errorf("%s is not kept", selector)
				}
			}
			if doc.Find("textarea").Text() != "giữ lại nhé" || !strings.Contains(doc.Find(".errors").Text(), "Chưa lưu được") {
				t.Error("the text is not kept, or nothing is said")
			}
			if strings.Contains(body, c.err.Error()) || strings.Contains(log.String(), "giữ lại nhé") {
				t.Error("the cause is shown, or an answer is logged")
			}
			if strings.Count(log.String(), c.err.Error()) != 1 {
				t.Errorf("the cause must be logged once:\n%s", log.String())
			}
			if len(resp.Cookies()) != 0 {
				t.Errorf("a receipt for what was not stored: %v", resp.Cookies())
			}
		})
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	open := string(servertest.Code(servertest.PointOpen))
	mistyped := "H" + open[1:3] + "Z" + open[4:]
	for _, c := range []struct {
		name, target string
		status       int
		location     string
		contains     string
	}{
		{"Found", "/s?code=" + open, 303, "/s/" + open, ""},
		{"FoundKeepsLanguage", "/s?lang=en&code=" + open, 303, "/s/" + open + "?lang=en", ""},
		{"AsTyped", "/s?code=" + url.QueryEscape(strings.ToLower(open[:3]+"-"+open[3:]+" ")), 303, "/s/" + open, ""},
		{"InThePathAsTyped", "/s/" + strings.ToLower(open), 303, "/s/" + open, ""},
		{"Empty", "/s", 303, "/", ""},
		{"Mistyped", "/s/" + mistyped, 422, "", "một ký tự sai"},
		{"MistypedInField", "/s?code=" + mistyped, 422, "", "một ký tự sai"},
		{"TooShort", "/s/ABC", 422, "", "đúng 7 ký tự"},
		{"Escaped", "/s/%E2%82%AC", 422, "", "Ký tự “€”"},
		{"Unknown", "/s/" + string(mustCode(t)), 404, "", "Không tìm thấy điểm khảo sát"},
		{"OutOfUse", servertest.FormPath(servertest.PointOff), 404, "", "Không tìm thấy điểm khảo sát"},
		{"Closed", servertest.FormPath(servertest.PointClosed), 410, "", "kết thúc ngày 30/06/2025"},
		{"ClosedInEnglish", servertest.FormPath(servertest.PointClosed) + "?lang=en", 410, "", "ended on 30 June 2025"},
		{"NoSuchPage", "/nothing", 404, "", "Không tìm thấy trang này"},
		{"ReceiptOfNothing", servertest.FormPath(servertest.PointOpen) + "/thanks", 200, "", "Mã phiếu chỉ hiện cho người gửi"},
		{"ReceiptOfAnOldAddress", servertest.FormPath(servertest.PointOpen) + "/thanks/" + servertest.ResponseID, 200, "", "Mã phiếu chỉ hiện cho người gửi"},
		{"ReceiptOfNonsense", servertest.FormPath(servertest.PointOpen) + "/thanks/42", 200, "", "Mã phiếu chỉ hiện cho người gửi"},
		{"ReceiptOfNoPoint", "/s/ABC/thanks", 422, "", "đúng 7 ký tự"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			resp, body := servertest.Get(t, s, c.target)
			if resp.StatusCode != c.status || resp.Header.Get("Location") != c.location || !strings.Contains(body, c.contains) {
				t.Errorf("%d to %q: %s", resp.StatusCode, resp.Header.Get("Location"), body)
			}
			if c.status == 422 || c.status == 404 && strings.Contains(c.contains, "điểm") {
				typed := servertest.Document(t, body).Find("form input[name=code]").AttrOr("value", "")
				if typed == "" || !strings.Contains(c.target, url.PathEscape(typed)) {
					t.Errorf("the code is not kept: %q", typed)
				}
			}
		})
	}
}

// mustCode returns a right code that no point has.
func mustCode(t *testing.T) survey.PointCode {
	t.Helper()
	c, err := survey.NewPointCode(strings.NewReader("abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSubmitToWhatIsNotOpen(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	for point, want := range map[survey.PointCode]int{servertest.PointClosed: http.StatusGone, servertest.PointOff: http.StatusNotFound} {
		if resp, _ := servertest.SendForm(t, s, point, "id", servertest.ResponseID, "a.overall", "5"); resp.StatusCode != want {
			t.Errorf("%s: %d", point, resp.StatusCode)
		}
	}
	if n := len(servertest.Stored(t, s)); n != 0 {
		t.Errorf("%d responses were stored", n)
	}
}

func TestSubmitTooLarge(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	resp, body := servertest.SendForm(t, s, servertest.PointOpen, "id", servertest.ResponseID, "t.words", strings.Repeat("x", formview.BodyLimit))
	if resp.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(servertest.Document(t, body).Find("main").Text(), "viết ngắn bớt") {
		t.Errorf("status %d, or nothing says what to do", resp.StatusCode)
	}
}

// A form that staff made may have many questions to write to, and each may be
// answered at its longest.
func TestLongestAnswersFit(t *testing.T) {
	t.Parallel()
	c := servertest.Catalog()
	form := &c.Questionnaires[0]
	answers := []string{"id", servertest.ResponseID, "a.overall", "5"}
	for i := range 100 {
		item := survey.Item{Code: "w" + strconv.Itoa(i), Type: survey.TextItem, Label: servertest.ViEn("Góp ý", "Comment")}
		form.Sections[1].Items = append(form.Sections[1].Items, item)
		answers = append(answers, "t."+item.Code, strings.Repeat("ự", survey.MaxText))
	}
	s := servertest.NewOn(t, servertest.New(t).Store, c.Index())
	if resp, _ := servertest.SendForm(t, s, servertest.PointLand, answers...); resp.StatusCode != http.StatusSeeOther || len(servertest.Stored(t, s)[0].Texts) != 100 {
		t.Errorf("status %d", resp.StatusCode)
	}
}

// A changed catalogue shows at the next visit, whatever was kept.
func TestFormFollowsTheCatalogue(t *testing.T) {
	t.Parallel()
	catalog := servertest.Catalog()
	s := servertest.New(t, func(c *web.Config) {
		get := func() *survey.Catalog { return catalog }
		c.Catalog = get
	})
	_, before := servertest.Get(t, s, servertest.FormPath(servertest.PointOpen))
	catalog = servertest.Catalog()
	catalog.Unit("motcua").Name = servertest.ViEn("Tên mới", "New name")
	_, after := servertest.Get(t, s, servertest.FormPath(servertest.PointOpen))
	if strings.Contains(before, "Tên mới") || !strings.Contains(after, "Tên mới") {
		t.Error("the form is not that of the catalogue in force")
	}
}

func TestDemoBand(t *testing.T) {
	t.Parallel()
	demo := servertest.New(t, func(c *web.Config) { c.Demo = true })
	plain := servertest.New(t)
	for _, target := range []string{"/", servertest.FormPath(servertest.PointOpen), servertest.FormPath(servertest.PointClosed), "/nothing", "/s/ABC"} {
		if _, body := servertest.Get(t, demo, target); !strings.Contains(body, "Dữ liệu minh họa") {
			t.Errorf("%s does not say that the data are invented", target)
		}
		if _, body := servertest.Get(t, plain, target); strings.Contains(body, "Dữ liệu minh họa") {
			t.Errorf("%s calls real data invented", target)
		}
	}
}

// Every shipped questionnaire can be shown in both languages and answered from
// top to bottom.
func TestEveryQuestionnaireCanBeAnswered(t *testing.T) {
	t.Parallel()
	s, catalog := servertest.NewShipped(t)
	for form, point := range servertest.PointsByForm(catalog) {
		t.Run(string(form), func(t *testing.T) {
			t.Parallel()
			_, english := servertest.Get(t, s, "/s/"+string(point)+"?lang=en")
			if strings.Contains(english, "Ông/Bà") {
				t.Error("the English form holds Vietnamese")
			}
			_, body := servertest.Get(t, s, "/s/"+string(point))
			doc := servertest.Document(t, body)
			pairs := []string{"id", doc.Find("input[name=id]").AttrOr("value", ""), "form", doc.Find("input[name=form]").AttrOr("value", ""), "lang", "vi"}
			answered := 0
			doc.Find("fieldset").Each(func(_ int, q *goquery.Selection) {
				choice := q.Find("input[type=radio], input[type=checkbox]").First()
				if choice.Length() == 1 {
					pairs = append(pairs, choice.AttrOr("name", ""), choice.AttrOr("value", ""))
				}
				q.Find("textarea").Each(func(_ int, text *goquery.Selection) { pairs = append(pairs, text.AttrOr("name", ""), "Tốt") })
				if q.Find("input, textarea").Length() == 0 {
					t.Errorf("%s has nothing to answer with", q.AttrOr("id", ""))
				}
				answered++
			})
			resp, page := servertest.Do(t, s, servertest.FormRequest("/s/"+string(point), pairs...))
			if resp.StatusCode != http.StatusSeeOther {
				t.Fatalf("%d: %s", resp.StatusCode, servertest.Document(t, page).Find(".errors").Text())
			}
			if answered < 4 {
				t.Errorf("only %d questions", answered)
			}
		})
	}
}
