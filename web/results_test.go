package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/chromedp"

	"hailong/analysis/results"
	"hailong/survey"
	"hailong/survey/catalog"
	"hailong/survey/intake"
	"hailong/web/figures"
	"hailong/web/page"
	"hailong/web/webtest"
)

// answerTimes submits n answers to the overall question of the test form.
func answerTimes(t *testing.T, s *Server, n int, answer string) {
	t.Helper()
	for range n {
		id, err := survey.NewResponseID()
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.services.Intake.Submit(t.Context(), intake.Submission{
			ID: string(id), Point: code(pointLand), Lang: "vi", Given: survey.Given{Codes: map[string][]string{"overall": {answer}}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// withTargets gives the test world the two targets of procedures.
func withTargets(t testing.TB) *survey.Catalog {
	t.Helper()
	shipped, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	c := testCatalog()
	c.Targets = shipped.Targets
	return c.Index()
}

func newResultsServer(t testing.TB, change ...func(*Config)) *Server {
	t.Helper()
	return newServerOn(t, openStore(t), withTargets(t), change...)
}

// words is the text of a selection as a person reads it.
func words(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

func TestResultsSayWhatWasMeasured(t *testing.T) {
	t.Parallel()
	s := newResultsServer(t)
	steps := []struct {
		name       string
		satisfied  int
		others     int
		has, hasnt []string
	}{
		{"NobodyYet", 0, 0, []string{"Chưa có ai trả lời."}, []string{"người hài lòng."}},
		{"TooFewToShow", 3, 0, []string{"Không công bố: dưới 5 người trả lời, hoặc"}, []string{"100,0", "người hài lòng."}},
		{"TooFewForAVerdict", 7, 0, []string{"Cứ 10 người trả lời thì 10 người hài lòng.", "Chưa đủ phiếu để kết luận", "10 người trả lời"}, []string{"Đạt chỉ tiêu"}},
		{"NotCertain", 20, 1, []string{"Cứ 31 người trả lời thì 30 người hài lòng.", "Có vẻ đạt, cần thêm ý kiến", "31 người trả lời"}, []string{"Chưa đủ phiếu"}},
		{"Missed", 0, 9, []string{"Cứ 40 người trả lời thì 30 người hài lòng.", "Chưa đạt chỉ tiêu", "40 người trả lời", "Chỉ tiêu: từ 95 % trở lên, mốc 2030."}, []string{"Có vẻ"}},
	}
	for _, step := range steps {
		answerTimes(t, s, step.satisfied, "4")
		answerTimes(t, s, step.others, "2")
		resp, body := get(t, s, "/results")
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: status %d\n%s", step.name, resp.StatusCode, body)
		}
		card := words(document(t, body).Find("section:has(#goal-TTHC)"))
		for _, want := range step.has {
			if !strings.Contains(strings.ReplaceAll(card, "\u00a0", " "), want) {
				t.Errorf("%s: %q is missing in %q", step.name, want, card)
			}
		}
		for _, not := range step.hasnt {
			if strings.Contains(card, not) {
				t.Errorf("%s: %q must not be in %q", step.name, not, card)
			}
		}
	}
	_, body := get(t, s, "/results")
	doc := document(t, body)
	if all := words(doc.Find("main")); !strings.Contains(all, "Công thức do cơ quan cài đặt chọn; cần đối chiếu QĐ 1001/QĐ-BNV trước khi công bố chính thức.") {
		t.Error("the caution about the formula is missing")
	}
	if n := doc.Find("[style], style, script:not([src])").Length(); n > 0 {
		t.Errorf("%d inline styles or scripts", n)
	}
	if label, _ := doc.Find("section:has(#goal-TTHC) svg.bar").Attr("aria-label"); !strings.Contains(label, "75,0") || !strings.Contains(label, "Chỉ tiêu") {
		t.Errorf("the bar says %q", label)
	}
	if !strings.Contains(words(doc.Find("main")), "Chỉ số cải cách hành chính") {
		t.Error("targets that no survey measures are not named")
	}
}

func TestCampaignPage(t *testing.T) {
	t.Parallel()
	s := newResultsServer(t)
	answerTimes(t, s, 40, "5")
	for target, want := range map[string]struct {
		status int
		text   string
	}{
		"/results/tthc-2026":                    {200, "Xã Bum Tở"},
		"/results/tthc-2026?by=sector":          {200, "Đất đai"},
		"/results/tthc-2026?by=month":           {200, "Tháng 03/2026"},
		"/results/tthc-2026?by=month&lang=en":   {200, "03/2026"},
		"/results/tthc-2026?by=channel&unit=xa": {200, "Quét mã QR"},
		"/results/tthc-2026?by=nonsense":        {200, "Xã Bum Tở"},
		"/results/tthc-2026?unit=nowhere":       {404, "Không có xã hay cơ quan “nowhere”"},
		"/results/tthc-2025":                    {200, "Chưa có ai trả lời."},
		"/results/none":                         {404, "Không có đợt khảo sát “none”."},
	} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			resp, body := get(t, s, target)
			if text := words(document(t, body).Find("main")); resp.StatusCode != want.status || !strings.Contains(text, want.text) {
				t.Errorf("status %d, want %d and %q in %q", resp.StatusCode, want.status, want.text, text)
			}
		})
	}
}

// Rounding must not put a figure on the other side of its target.
func TestOutOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rate      float64
		all       int64 // who answered
		n         int
		satisfied int
	}{
		{0.93, 20_000, 100, 93},
		{0.946, 20_000, 1000, 946},
		{0.9496, 20_000, 10000, 9496},
		{0.95, 20_000, 100, 95},
		{0.954, 20_000, 100, 95},
		{271.6 / 287, 287, 287, 272}, // never of more than there are
		{271.0 / 287, 287, 100, 94},
		{38.0 / 40, 40, 40, 38},
	} {
		j := figures.Judgement{Target: 0.95, Method: survey.Method{Pooling: survey.PoolOverall}}
		j.Figure.Rate, j.Figure.N = c.rate, c.all
		if n := j.OutOf(); n != c.n || j.Satisfied(n) != c.satisfied {
			t.Errorf("%v is told as %d of %d, want %d of %d", c.rate, j.Satisfied(n), n, c.satisfied, c.n)
		}
	}
}

func TestResultsAreAccessible(t *testing.T) {
	t.Parallel()
	s := newResultsServer(t)
	answerTimes(t, s, 60, "5")
	answerTimes(t, s, 3, "1")
	base := serve(t, s)
	for _, target := range []string{"/results", "/results/tthc-2026", "/results/tthc-2026?by=sector&contrast=high", "/results/tthc-2025?lang=en"} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			for _, width := range []int64{320, 1280} {
				ctx := webtest.Browser(t, webtest.Viewport(width, 800))
				steps(t, ctx, chromedp.Navigate(base+target))
				overflow, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > innerWidth`))
				if err != nil {
					t.Fatal(err)
				}
				if overflow {
					t.Errorf("at %d px the page scrolls sideways", width)
				}
				webtest.Axe(t, ctx)
			}
		})
	}
}

// A group without a name, and one whose key the catalogue no longer knows, must
// not pick up a sentence that another page has under a similar key.
func TestGroupsWithoutAName(t *testing.T) {
	t.Parallel()
	catalog := testCatalog()
	campaign := &catalog.Campaigns[0]
	locales, err := page.LoadLocales()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range locales {
		for _, d := range results.Dimensions {
			name := figures.NameGroup(l, catalog, campaign, d, results.None)
			if key := "group.none." + string(d); name == key || name != l.T(key) || strings.HasSuffix(name, ".") {
				t.Errorf("%s: nothing of %s is called %q", l.Lang, d, name)
			}
			for _, gone := range []string{"list", "new", "gone"} {
				if name := figures.NameGroup(l, catalog, campaign, d, gone); name != gone {
					t.Errorf("%s: %s %q is called %q", l.Lang, d, gone, name)
				}
			}
		}
	}
}
