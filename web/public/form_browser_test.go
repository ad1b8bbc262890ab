package public_test

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"hailong/survey"
	"hailong/survey/takeback"
	"hailong/web/servertest"
	"hailong/web/webtest"
)

const (
	faceBad    = "label[for=a-overall-1]"
	faceGood   = "label[for=a-overall-5]"
	onReceipt  = ".receipt code"
	sendButton = "#send"
)

// scan reads the address from a code as a phone's camera would.
func scan(t *testing.T, s *servertest.Server, path string) string {
	t.Helper()
	resp, body := servertest.Get(t, s, path)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d", path, resp.StatusCode)
	}
	return decode(t, []byte(body))
}

// decode reads the code in a PNG.
func decode(t *testing.T, picture []byte) string {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_CHARACTER_SET: "UTF-8"})
	if err != nil {
		t.Fatal(err)
	}
	return result.GetText()
}

func TestScanFillSendReceipt(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]webtest.DeviceOption{"Script": nil, "NoScript": {webtest.WithoutJavaScript()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := servertest.New(t, servertest.PlainHTTP) // codes lead to the address that was asked
			base := servertest.Serve(t, s)
			ctx := webtest.Browser(t, options...)
			webtest.Steps(t, ctx,
				chromedp.Navigate(scan(t, s, base+"/qr/"+string(servertest.Code(servertest.PointOpen))+".png")),
				chromedp.WaitNotVisible("#q-bad"),
				chromedp.WaitNotVisible("#q-ethnicity"),
				webtest.Tap("label[for=a-sector-land]"),
				webtest.Tap(faceBad),
				chromedp.WaitVisible("#q-bad"),
				chromedp.WaitNotVisible("[name='t.bad']"),
				webtest.Tap("label[for=a-bad-9]"),
				chromedp.SendKeys("[name='t.bad']", "mất điện"),
				chromedp.SendKeys("[name='a.visits']", "2"),
				chromedp.SendKeys("textarea", "Cảm ơn cán bộ"),
				webtest.Tap(sendButton),
				chromedp.WaitVisible(onReceipt),
			)
			all := servertest.Stored(t, s)
			if len(all) != 1 {
				t.Fatalf("%d responses", len(all))
			}
			code := webtest.Ask[string](t, ctx, "document.querySelector('.receipt code').textContent")
			if read, err := takeback.ParseReceiptCode(code); err != nil {
				t.Errorf("receipt %q: %v", code, err)
			} else if doc, err := s.Receipts.Stored(t.Context(), read, all[0].ID.Day()); err != nil || survey.DocumentText(doc, "_id") != string(all[0].ID) {
				t.Errorf("the receipt %q is not that of the response: %v", code, err)
			}
			if r := all[0]; r.Sector != "land" || len(r.Answers) != 3 || len(r.Texts) != 2 || r.Texts[0].Text != "mất điện" {
				t.Errorf("stored %+v", r)
			}
			if got := webtest.Ask[string](t, ctx, "document.cookie"); got != "" {
				t.Errorf("a cookie: %q", got)
			}
		})
	}
}

// Whoever reads the public pages before and after a citizen answers learns nothing of
// the answer: nothing on them moves. What the citizen is told is when results come.
func TestNoPublicPageMovesWithAResponse(t *testing.T) {
	t.Parallel()
	s := servertest.NewWithTargets(t, servertest.PlainHTTP) // codes lead to the address that was asked
	base := servertest.Serve(t, s)
	servertest.SubmitOverall(t, s, 31, "5")
	servertest.SubmitOverall(t, s, 1, "2")
	pages := []string{"/results", "/results/tthc-2026", "/results/tthc-2026?by=month", "/results/tthc-2026?by=channel&unit=xa"}
	read := func() (all []string) {
		for _, target := range pages {
			_, body := servertest.Get(t, s, target)
			all = append(all, servertest.Words(servertest.Document(t, body).Find("main")))
		}
		return all
	}
	ctx := webtest.Browser(t)
	for _, published := range []bool{false, true} {
		after := "31/12/2026"
		if published {
			servertest.Publish(t, s, "tthc-2026")
			after = "31/03/2026" // it publishes by month now
		}
		before := read()
		for _, answer := range []string{"2", "5", "4", "1"} { // five citizens, with the one at the browser
			servertest.SubmitOverall(t, s, 1, answer)
		}
		webtest.Steps(t, ctx, chromedp.Navigate(scan(t, s, base+"/qr/"+string(servertest.Code(servertest.PointLand))+".png")),
			webtest.Tap(faceBad), webtest.Tap(sendButton), chromedp.WaitVisible(onReceipt))
		if thanks := webtest.Ask[string](t, ctx, "document.querySelector('.thanks').textContent"); !strings.Contains(thanks, "Kết quả chung được công bố sau ngày "+after+".") {
			t.Errorf("the receipt does not say when results come: %q", thanks)
		}
		if diff := cmp.Diff(before, read()); diff != "" {
			t.Errorf("published %v: pages moved (-before +after):\n%s", published, diff)
		}
	}
	// Who answered in the browser waits: nobody else did without a slip.
	if text := read()[1]; !strings.Contains(text, "36 người trả lời") {
		t.Errorf("the edition does not hold what there was: %q", text)
	}
}

// A change of mind hides the follow-up question again; what was ticked there is
// not sent.
func TestHiddenAnswersAreNotSent(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	ctx := webtest.Browser(t)
	webtest.Steps(t, ctx,
		chromedp.Navigate(servertest.Serve(t, s)+servertest.FormPath(servertest.PointLand)),
		webtest.Tap(faceBad), webtest.Tap("label[for=a-bad-1]"), webtest.Tap(faceGood),
		chromedp.WaitNotVisible("#q-bad"),
		webtest.Tap(faceBad),
	)
	if !webtest.Ask[bool](t, ctx, "document.getElementById('a-bad-1').checked") {
		t.Error("hiding a question emptied it")
	}
	webtest.Steps(t, ctx, webtest.Tap(faceGood), webtest.Tap(sendButton), chromedp.WaitVisible(onReceipt))
	if r := servertest.Stored(t, s)[0]; len(r.Answers) != 1 {
		t.Errorf("stored %+v", r.Answers)
	}
}

func TestErrorsAreShownAndNothingIsLost(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]webtest.DeviceOption{"Script": nil, "NoScript": {webtest.WithoutJavaScript()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := servertest.New(t)
			ctx := webtest.Browser(t, options...)
			webtest.Steps(t, ctx,
				chromedp.Navigate(servertest.Serve(t, s)+servertest.FormPath(servertest.PointLand)),
				chromedp.SendKeys("textarea", "dòng một"),
				chromedp.SendKeys("[name='a.visits']", "99"),
				webtest.Tap(sendButton),
				chromedp.WaitVisible(".errors"),
			)
			if got := webtest.Ask[string](t, ctx, "document.querySelector('textarea').value + document.querySelector('[name=\"a.visits\"]').value"); got != "dòng một99" {
				t.Errorf("kept %q", got)
			}
			if got := webtest.Ask[string](t, ctx, "document.activeElement.id"); got != "errors" {
				t.Errorf("the focus is on %q", got)
			}
			webtest.Steps(t, ctx, webtest.Tap(".errors a[href='#q-overall']"), webtest.Tap(faceGood),
				chromedp.SetValue("[name='a.visits']", "3"), webtest.Tap(sendButton), chromedp.WaitVisible(onReceipt))
			if n := len(servertest.Stored(t, s)); n != 1 {
				t.Errorf("%d responses", n)
			}
		})
	}
}

func TestDraftSurvivesReloadAndIsClearedAfterSending(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	ctx := webtest.Browser(t)
	address := servertest.Serve(t, s) + servertest.FormPath(servertest.PointLand)
	const state = "[document.querySelector('input[name=id]').value, document.getElementById('a-overall-1').checked, document.getElementById('a-bad-2').checked, document.querySelector('textarea').value].join()"
	webtest.Steps(t, ctx, chromedp.Navigate(address), webtest.Tap(faceBad), webtest.Tap("label[for=a-bad-2]"), chromedp.SendKeys("textarea", "đang viết"))
	before := webtest.Ask[string](t, ctx, state)
	webtest.Steps(t, ctx, chromedp.Navigate("about:blank"), chromedp.Navigate(address), chromedp.WaitVisible("#note"))
	if after := webtest.Ask[string](t, ctx, state); after != before || !strings.HasSuffix(after, "true,true,đang viết") {
		t.Errorf("before %q, after %q", before, after)
	}
	// Another language keeps it too.
	webtest.Steps(t, ctx, webtest.Tap("[data-tool=lang]"), chromedp.WaitVisible("html[lang=en] #q-bad"))
	if after := webtest.Ask[string](t, ctx, state); after != before {
		t.Errorf("in English %q", after)
	}
	webtest.Steps(t, ctx, webtest.Tap(sendButton), chromedp.WaitVisible(onReceipt), chromedp.Navigate(address), chromedp.WaitNotVisible("#note"))
	if after := webtest.Ask[string](t, ctx, state); !strings.HasSuffix(after, ",false,false,") || strings.HasPrefix(after, before[:36]) {
		t.Errorf("after sending %q", after)
	}
	if left := webtest.Ask[int](t, ctx, "localStorage.length"); left != 0 {
		t.Errorf("%d things are left on the device", left)
	}
}

func TestStartAgain(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	ctx := webtest.Browser(t)
	address := servertest.Serve(t, s) + servertest.FormPath(servertest.PointLand)
	webtest.Steps(t, ctx, chromedp.Navigate(address), webtest.Tap(faceGood), chromedp.Navigate(address), webtest.Tap("#note button"), chromedp.WaitNotVisible("#note"))
	if webtest.Ask[bool](t, ctx, "document.getElementById('a-overall-5').checked") || webtest.Ask[int](t, ctx, "localStorage.length") != 0 {
		t.Error("the draft is still there")
	}
}

func TestOfflineThenOnline(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	ctx := webtest.Browser(t)
	address := servertest.Serve(t, s) + servertest.FormPath(servertest.PointLand)
	webtest.Steps(t, ctx, chromedp.Navigate(address))
	waitUntilKept(t, ctx)
	first := webtest.Ask[string](t, ctx, "document.querySelector('input[name=id]').value")

	webtest.Offline(t, ctx, true)
	webtest.Steps(t, ctx, chromedp.Navigate(address), chromedp.WaitVisible("#q-overall"))
	if again := webtest.Ask[string](t, ctx, "document.querySelector('input[name=id]').value"); again == first || len(again) != 36 {
		t.Errorf("the kept form must be for a new response: %q, %q", first, again)
	}
	webtest.Steps(t, ctx, webtest.Tap(faceGood), webtest.Tap(sendButton), chromedp.WaitVisible("#note"))
	if got := webtest.Ask[string](t, ctx, "document.getElementById('note').textContent"); !strings.Contains(got, "Chưa gửi được: mất mạng") {
		t.Errorf("the note says %q", got)
	}
	if n := len(servertest.Stored(t, s)); n != 0 {
		t.Fatalf("%d responses while offline", n)
	}
	// The page may be left and opened again meanwhile.
	webtest.Steps(t, ctx, chromedp.Evaluate[chromedp.Void]("setTimeout(() => location.reload())"), chromedp.WaitNotPresent("input:checked"), chromedp.WaitVisible("#note"))
	webtest.Offline(t, ctx, false)
	webtest.Steps(t, ctx, chromedp.WaitVisible("#note button"))
	if got := webtest.Ask[string](t, ctx, "document.getElementById('note').textContent"); !strings.Contains(got, "đã được gửi") {
		t.Errorf("the note says %q", got)
	}
	if n := len(servertest.Stored(t, s)); n != 1 {
		t.Errorf("%d responses", n)
	}

	// And with the page open it is sent by itself, and leads to the receipt.
	webtest.Steps(t, ctx, webtest.Tap(faceBad))
	webtest.Offline(t, ctx, true)
	webtest.Steps(t, ctx, webtest.Tap(sendButton), chromedp.WaitVisible("#note"))
	webtest.Offline(t, ctx, false)
	webtest.Steps(t, ctx, chromedp.WaitVisible(onReceipt))
	if n := len(servertest.Stored(t, s)); n != 2 {
		t.Errorf("%d responses", n)
	}
}

// A double tap, the back button and a second sending are one response; a form
// opened anew is another.
func TestOnce(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]webtest.DeviceOption{"Script": nil, "NoScript": {webtest.WithoutJavaScript()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := servertest.New(t)
			// As on a phone, the back button returns to the page that was left.
			ctx := webtest.Browser(t, append(options, webtest.Whole())...)
			address := servertest.Serve(t, s) + servertest.FormPath(servertest.PointLand)
			count := func(when string, want int) {
				t.Helper()
				if n := len(servertest.Stored(t, s)); n != want {
					t.Fatalf("%d responses after %s", n, when)
				}
			}
			webtest.Steps(t, ctx, chromedp.Navigate(address), webtest.Tap(faceGood), chromedp.DoubleClick(sendButton))
			arrive(t, ctx, ".notice") // without script the answer to the second tap may come in the place of the first one's
			count("a double tap", 1)
			if name == "NoScript" { // with script the receipt stands in the form's place in the history
				webtest.Steps(t, ctx, back)
				arrive(t, ctx, "#q-overall")
				webtest.Ask[chromedp.Void](t, ctx, "document.getElementById('a-overall-1').click(); document.getElementById('send').click()")
				arrive(t, ctx, ".notice form")
				count("the back button", 1)
				if said := webtest.Ask[string](t, ctx, "document.querySelector('h1').textContent"); said != "Phiếu này đã được nhận" {
					t.Errorf("the back button: %q", said)
				}
			} else if webtest.Ask[string](t, ctx, "document.querySelector('.receipt code').textContent") == "" {
				t.Error("after a double tap the receipt shows no code")
			}
			webtest.Steps(t, ctx, chromedp.Navigate(address), chromedp.WaitVisible("#q-overall"), webtest.Tap(faceBad), webtest.Tap(sendButton), chromedp.WaitVisible(onReceipt))
			count("a new form", 2)
		})
	}
}

// back presses the back button. It does not wait for the page to load, because
// one from the browser's cache is not loaded again.
func back(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
	history, err := cdp.Call(ctx, t, page.GetNavigationHistory, cdp.Empty{})
	if err == nil {
		_, err = cdp.Call(ctx, t, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: history.Entries[history.CurrentIndex-1].ID})
	}
	return chromedp.Void{}, err
}

// arrive waits for a page that holds an element, whichever way it comes.
func arrive(t *testing.T, ctx context.Context, selector string) {
	t.Helper()
	for ctx.Err() == nil {
		// An error is a page on its way out.
		there, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf("document.querySelector(%q) !== null", selector)))
		if err == nil && there {
			return
		}
	}
	t.Fatalf("%s never came: %v", selector, context.Cause(ctx))
}

// Small screens: nothing to scroll sideways, everything large enough to tap.
func TestSmallScreens(t *testing.T) {
	t.Parallel()
	s, catalog := servertest.NewShipped(t)
	base := servertest.Serve(t, s)
	paths := []string{"/", "/s?code=ABC", "/nothing"}
	for _, point := range servertest.PointsByForm(catalog) {
		paths = append(paths, "/s/"+string(point))
	}
	for _, width := range []int64{320, 180} { // 180: a phone of 360 at 200 % zoom
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			t.Parallel()
			ctx := webtest.Browser(t, webtest.Viewport(width, 640))
			for _, path := range paths {
				for _, query := range []string{"zoom=0", "lang=en", "lang=en&zoom=3"} {
					sep := "?"
					if strings.Contains(path, "?") {
						sep = "&"
					}
					webtest.Steps(t, ctx, chromedp.Navigate(base+path+sep+query))
					if wide := webtest.Ask[int](t, ctx, "document.documentElement.scrollWidth"); wide > int(width) {
						t.Errorf("%s %s: %d wide in a window of %d", path, query, wide, width)
					}
					for _, target := range webtest.Targets(t, ctx, "main input:not([type=hidden]), main button, main textarea, main summary, .tools a, .brand") {
						if target.Width < 44 || target.Height < 44 {
							t.Errorf("%s %s: too small to tap: %s", path, query, target)
						}
					}
				}
			}
		})
	}
}

func TestAccessible(t *testing.T) {
	t.Parallel()
	s, catalog := servertest.NewShipped(t)
	base := servertest.Serve(t, s)
	small := servertest.New(t)
	other := servertest.Serve(t, small)
	servertest.SendForm(t, small, servertest.PointLand, "id", servertest.ResponseID, "a.overall", "5")
	pages := map[string]string{
		"Home": base + "/", "Mistyped": base + "/s?code=ABC", "NotFound": base + "/nothing",
		"Closed": other + servertest.FormPath(servertest.PointClosed), "Receipt": other + servertest.FormPath(servertest.PointLand) + "/thanks",
		"EveryType": other + servertest.FormPath(servertest.PointOpen),
	}
	for form, point := range servertest.PointsByForm(catalog) {
		pages[string(form)] = base + "/s/" + string(point)
	}
	for name, address := range pages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := webtest.Browser(t)
			for _, look := range []string{"light", "dark"} {
				webtest.Steps(t, ctx, webtest.Theme(look), chromedp.Navigate(address))
				webtest.Axe(t, ctx)
			}
		})
	}
	t.Run("Contrast", func(t *testing.T) {
		t.Parallel()
		ctx := webtest.Browser(t)
		for _, address := range []string{base + "/", other + servertest.FormPath(servertest.PointOpen)} {
			webtest.Steps(t, ctx, webtest.Theme("dark"), chromedp.Navigate(address+"?contrast=high&lang=en&zoom=2"))
			webtest.Axe(t, ctx)
		}
	})
	t.Run("Errors", func(t *testing.T) {
		t.Parallel()
		ctx := webtest.Browser(t)
		webtest.Steps(t, ctx, chromedp.Navigate(other+servertest.FormPath(servertest.PointOpen)), chromedp.SendKeys("[name='a.visits']", "99"), webtest.Tap(sendButton), chromedp.WaitVisible(".errors"))
		webtest.Axe(t, ctx)
		webtest.Steps(t, ctx, webtest.Theme("dark"))
		webtest.Axe(t, ctx)
	})
}
