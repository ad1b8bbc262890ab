package public_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"hailong/web/servertest"
	"hailong/web/webtest"
)

func TestResultsSayWhatWasMeasured(t *testing.T) {
	t.Parallel()
	s := servertest.NewWithTargets(t)
	steps := []struct {
		name       string
		satisfied  int
		others     int
		has, hasnt []string
	}{
		{"NobodyYet", 0, 0, []string{"Chưa có ai trả lời."}, []string{"người hài lòng."}},
		{"TooFewToCount", 3, 0, []string{"Chưa có ai trả lời."}, []string{"100,0", "người hài lòng."}},
		{"TooFewForAVerdict", 7, 0, []string{"Cứ 10 người trả lời thì 10 người hài lòng.", "Chưa đủ phiếu để kết luận", "10 người trả lời"}, []string{"Đạt chỉ tiêu"}},
		{"NotCertain", 20, 1, []string{"Cứ 31 người trả lời thì 30 người hài lòng.", "Có vẻ đạt, cần thêm ý kiến", "31 người trả lời"}, []string{"Chưa đủ phiếu"}},
		{"Missed", 0, 9, []string{"Cứ 40 người trả lời thì 30 người hài lòng.", "Chưa đạt chỉ tiêu", "40 người trả lời", "Chỉ tiêu: từ 95 % trở lên, mốc 2030."}, []string{"Có vẻ"}},
	}
	_, body := servertest.Get(t, s, "/results")
	if card := servertest.Words(servertest.Document(t, body).Find("section:has(#goal-TTHC)")); !strings.Contains(card, "Kết quả được công bố sau ngày 31/12/2026.") {
		t.Errorf("before anything is published: %q", card)
	}
	for _, step := range steps {
		servertest.SubmitOverall(t, s, step.satisfied, "4")
		servertest.SubmitOverall(t, s, step.others, "2")
		servertest.Publish(t, s, "tthc-2026")
		resp, body := servertest.Get(t, s, "/results")
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: status %d\n%s", step.name, resp.StatusCode, body)
		}
		card := servertest.Words(servertest.Document(t, body).Find("section:has(#goal-TTHC)"))
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
	_, body = servertest.Get(t, s, "/results")
	doc := servertest.Document(t, body)
	if all := servertest.Words(doc.Find("main")); !strings.Contains(all, "Công thức do cơ quan cài đặt chọn; cần đối chiếu QĐ 1001/QĐ-BNV trước khi công bố chính thức.") {
		t.Error("the caution about the formula is missing")
	}
	if n := doc.Find("[style], style, script:not([src])").Length(); n > 0 {
		t.Errorf("%d inline styles or scripts", n)
	}
	if label, _ := doc.Find("section:has(#goal-TTHC) svg.bar").Attr("aria-label"); !strings.Contains(label, "75,0") || !strings.Contains(label, "Chỉ tiêu") {
		t.Errorf("the bar says %q", label)
	}
	if !strings.Contains(servertest.Words(doc.Find("main")), "Chỉ số cải cách hành chính") {
		t.Error("targets that no survey measures are not named")
	}
}

// Who answers many times without a proof makes no verdict firm, and both figures are
// shown once they differ.
func TestVerdictsAreFirmWithTheVerifiedAlone(t *testing.T) {
	t.Parallel()
	s := servertest.NewWithTargets(t)
	card := func() string {
		servertest.Publish(t, s, "tthc-2026")
		_, body := servertest.Get(t, s, "/results")
		words := servertest.Words(servertest.Document(t, body).Find("section:has(#goal-TTHC)"))
		return strings.ReplaceAll(words, "\u00a0", " ")
	}
	for _, step := range []struct {
		name       string
		slip       bool
		n          int
		answer     string
		has, hasnt string
	}{
		{"NobodyIsVerified", false, 200, "4", "Có vẻ đạt, chưa chắc chắn", "Đạt chỉ tiêu"},
		{"TheVerifiedSayNo", true, 20, "2", "Riêng 20 phiếu đã xác thực: 0,0 % (từ 0,0 % đến", "Có vẻ"},
		{"Stuffed", false, 800, "5", "Chưa thể kết luận Mọi phiếu và riêng 20 phiếu đã xác thực nói ngược nhau: riêng phiếu đã xác thực là 0,0 %", "Đạt chỉ tiêu"},
	} {
		servertest.SubmitWith(t, s, step.slip, step.n, step.answer)
		if words := card(); !strings.Contains(words, step.has) || strings.Contains(words, step.hasnt) {
			t.Errorf("%s: %q is missing in %q, or %q stands there", step.name, step.has, words, step.hasnt)
		}
	}
	_, body := servertest.Get(t, s, "/results/tthc-2026")
	if line := servertest.Words(servertest.Document(t, body).Find("table.lines .alone")); !strings.Contains(line, "đã xác thực: 0,0") {
		t.Errorf("the line of the unit says %q of its verified responses", line)
	}
}

func TestCampaignPage(t *testing.T) {
	t.Parallel()
	s := servertest.NewWithTargets(t)
	servertest.SubmitOverall(t, s, 40, "5")
	servertest.Publish(t, s, "tthc-2026")
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
		"/results/tthc-2025":                    {200, "Đã thôi nhận ý kiến. Kết quả đến hết ngày 30/06/2025 sắp được công bố."},
		"/results/none":                         {404, "Không có đợt khảo sát “none”."},
	} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			resp, body := servertest.Get(t, s, target)
			if text := servertest.Words(servertest.Document(t, body).Find("main")); resp.StatusCode != want.status || !strings.Contains(text, want.text) {
				t.Errorf("status %d, want %d and %q in %q", resp.StatusCode, want.status, want.text, text)
			}
		})
	}
}

func TestResultsAreAccessible(t *testing.T) {
	t.Parallel()
	s := servertest.NewWithTargets(t)
	servertest.SubmitOverall(t, s, 60, "5")
	servertest.SubmitOverall(t, s, 3, "1")
	servertest.Publish(t, s, "tthc-2026")
	base := servertest.Serve(t, s)
	for _, target := range []string{"/results", "/results/tthc-2026", "/results/tthc-2026?by=sector&contrast=high", "/results/tthc-2025?lang=en"} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			for _, width := range []int64{320, 1280} {
				ctx := webtest.Browser(t, webtest.Viewport(width, 800))
				webtest.Steps(t, ctx, chromedp.Navigate(base+target))
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
