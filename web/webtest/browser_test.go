package webtest

import (
	"context"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

func TestMain(m *testing.M) { Main(m) }

// serve serves the pages given by path, HTML unless the path ends in .js.
func serve(t *testing.T, pages map[string]string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if strings.HasSuffix(r.URL.Path, ".js") {
			w.Header().Set("Content-Type", "text/javascript")
		}
		w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src * data:; style-src 'unsafe-inline'")
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// html is a document without accessibility faults around a body.
func html(body string) string {
	return `<!doctype html><html lang="vi"><head><title>Trang thử</title>` +
		`<meta name="viewport" content="width=device-width,initial-scale=1"></head><body>` + body + `</body></html>`
}

func run[T any](t *testing.T, action func() (T, error)) T {
	t.Helper()
	value, err := action()
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// recorder is a test that may fail without failing the test that holds it.
type recorder struct {
	testing.TB
	failures []string
	cleanups []func()
}

func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func (r *recorder) Error(args ...any) {
	r.failures = append(r.failures, fmt.Sprint(args...))
}

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *recorder) end() {
	for _, f := range slices.Backward(r.cleanups) {
		f()
	}
	r.cleanups = nil
}

func TestBrowserIsAPhoneInVietNam(t *testing.T) {
	t.Parallel()
	const device = `({width: innerWidth, height: innerHeight, touch: matchMedia('(pointer: coarse)').matches,
		language: navigator.language, zone: -new Date().getTimezoneOffset() / 60})`
	type looks struct {
		Width, Height int
		Touch         bool
		Language      string
		Zone          int // hours ahead of UTC
	}
	url := serve(t, map[string]string{"/": html("<p>Xin chào</p>")})
	for _, test := range []struct {
		name    string
		options []DeviceOption
		want    looks
	}{
		{"Phone", nil, looks{360, 740, true, "vi", 7}},
		{"Narrow", []DeviceOption{Viewport(320, 640)}, looks{320, 640, true, "vi", 7}},
		{"Desktop", []DeviceOption{Desktop()}, looks{1280, 800, false, "vi", 7}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx := Browser(t, test.options...)
			if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
				t.Fatal(err)
			}
			got := run(t, func() (looks, error) { return chromedp.Run(ctx, chromedp.Evaluate[looks](device)) })
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("device (-want +got):\n%s", diff)
			}
		})
	}
}

// Tests share a process, and one window after the other, never a profile.
func TestBrowserProfileIsEmpty(t *testing.T) {
	t.Parallel()
	const worker = "self.addEventListener('install', e => e.waitUntil(self.skipWaiting()));"
	url := serve(t, map[string]string{"/": html("<p>Xin chào</p>"), "/worker.js": worker})
	const leave = `(async () => {
		localStorage.visited = sessionStorage.visited = document.cookie = 'visited=yes';
		await (await caches.open('visited')).put('/', new Response('yes'));
		await navigator.serviceWorker.register('/worker.js');
		await new Promise(done => { indexedDB.open('visited').onsuccess = e => { e.target.result.close(); done() } });
		history.pushState({}, '', '/#visited');
	})()`
	const look = `(async () => ({
		Cookie: document.cookie, Local: localStorage.length, Session: sessionStorage.length, Caches: (await caches.keys()).length,
		Workers: (await navigator.serviceWorker.getRegistrations()).length, Databases: (await indexedDB.databases()).length,
		History: history.length, Dark: matchMedia('(prefers-color-scheme: dark)').matches,
	}))()`
	type traces struct {
		Cookie                                              string
		Local, Session, Caches, Workers, Databases, History int
		Dark                                                bool
	}
	visit := func(ctx context.Context) traces {
		Steps(t, ctx, chromedp.Navigate(url))
		return Ask[traces](t, ctx, look)
	}
	first := visit(Browser(t))
	if first != (traces{History: first.History}) {
		t.Errorf("a window just opened holds %+v", first)
	}
	ctx := Browser(t)
	visit(ctx)
	Ask[chromedp.Void](t, ctx, leave)
	Steps(t, ctx, Theme("dark"))
	if left := Ask[traces](t, ctx, look); left != (traces{"visited=yes", 1, 1, 1, 1, 1, left.History, true}) || left.History <= first.History {
		t.Fatalf("the visit left %+v: nothing is tried", left)
	}
	if err := windowOf(ctx).empty(ctx); err != nil {
		t.Fatal(err)
	}
	if again := visit(ctx); again != first {
		t.Errorf("after a visit a window holds %+v, want %+v as when just opened", again, first)
	}
}

// The window of a test that failed, or was offline, goes to no other.
func TestWindowIsUsedAgain(t *testing.T) {
	t.Parallel()
	url := serve(t, map[string]string{"/": html("<p>Xin chào</p>")})
	for _, test := range []struct {
		name          string
		failed, again bool
		offline       bool
	}{{"Passed", false, true, false}, {"Failed", true, false, false}, {"Offline", false, false, true}} {
		ctx := Browser(&recorder{TB: t})
		Steps(t, ctx, chromedp.Navigate(url))
		if test.offline {
			Offline(t, ctx, true)
		}
		w := windowOf(ctx)
		w.release(ctx, test.failed)
		if again := w.ctx.Err() == nil; again != test.again {
			t.Errorf("%s: used again %t, want %t", test.name, again, test.again)
		}
	}
}

func TestWithoutJavaScript(t *testing.T) {
	t.Parallel()
	url := serve(t, map[string]string{
		"/":       html(`<p id="state">plain</p><noscript>không có JavaScript</noscript><form action="/sent"><input name="a" id="a"><button>Gửi</button></form><script src="/app.js"></script>`),
		"/app.js": "document.getElementById('state').textContent = 'scripted'",
		"/sent":   html("<p>Cảm ơn</p>"),
	})
	for _, test := range []struct {
		name     string
		options  []DeviceOption
		state    string
		noscript bool
	}{
		{"On", nil, "scripted", false},
		{"Off", []DeviceOption{WithoutJavaScript()}, "plain", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx := Browser(t, test.options...)
			if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
				t.Fatal(err)
			}
			text := run(t, func() (string, error) { return chromedp.Run(ctx, chromedp.Text(chromedp.CSS("body"))) })
			if !strings.Contains(text, test.state) || strings.Contains(text, "không có JavaScript") != test.noscript {
				t.Errorf("page reads %q, want %q and noscript shown: %t", text, test.state, test.noscript)
			}
			response, err := chromedp.RunResponse(ctx,
				chromedp.SendKeys(chromedp.CSS("#a"), "ư"), chromedp.Click(chromedp.CSS("button")))
			if err != nil {
				t.Fatal(err)
			}
			if want := url + "/sent?a=%C6%B0"; response.URL != want {
				t.Errorf("form went to %s, want %s", response.URL, want)
			}
		})
	}
}

func TestBrowserComplains(t *testing.T) {
	t.Parallel()
	url := serve(t, map[string]string{
		"/clean":     html(`<img alt="" src="/missing.png"><img alt="" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">`),
		"/exception": html(`<script src="/throw.js"></script>`),
		"/throw.js":  "throw new Error('hỏng rồi')",
		"/inline":    html(`<script>document.title = 'inline'</script>`),
		"/foreign":   html(`<img alt="" src="http://tracker.example/pixel.gif">`),
	})
	for _, test := range []struct{ path, want string }{
		{"/clean", ""},
		{"/exception", "hỏng rồi"},
		{"/inline", "Content Security Policy"},
		{"/foreign", "request to another machine: http://tracker.example/pixel.gif"},
	} {
		t.Run(test.path, func(t *testing.T) {
			t.Parallel()
			r := &recorder{TB: t}
			ctx := Browser(r)
			if err := chromedp.Do(ctx, chromedp.Navigate(url+test.path)); err != nil {
				t.Error(err)
			}
			r.end()
			if test.want == "" && len(r.failures) > 0 || test.want != "" && len(r.failures) != 1 {
				t.Fatalf("complaints %q", r.failures)
			}
			if test.want != "" && !strings.Contains(r.failures[0], test.want) {
				t.Errorf("complaint %q does not name %q", r.failures[0], test.want)
			}
		})
	}
}

func TestScreenshotIsTheWholePage(t *testing.T) {
	t.Parallel()
	url := serve(t, map[string]string{"/": html(`<div style="height:3000px">dài</div>`)})
	ctx := Browser(t)
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "page.png")
	Screenshot(t, ctx, file, 500)
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture, err := png.DecodeConfig(f)
	if err != nil {
		t.Fatal(err)
	}
	if picture.Width != 1000 || picture.Height < 6000 {
		t.Errorf("picture of %d×%d pixels, want 1000 wide (500 at scale 2) and at least 6000 high", picture.Width, picture.Height)
	}
	width := run(t, func() (int, error) { return chromedp.Run(ctx, chromedp.Evaluate[int]("innerWidth")) })
	if width != 360 {
		t.Errorf("the window is %d wide afterwards, want 360 as before", width)
	}
}

func TestTargets(t *testing.T) {
	t.Parallel()
	url := serve(t, map[string]string{"/": html(`<style>* { margin: 0; padding: 0; border: 0; box-sizing: border-box }
		button { display: block; width: 100px; height: 44px } label { display: block; width: 200px; height: 48px }</style>
		<button>Gửi
		đi</button><button style="width:20px;height:20.5px" aria-label="Đóng">×</button>
		<label><input type="radio" name="r"> Hài lòng</label>
		<button style="display:none">ẩn</button><button style="visibility:hidden">ẩn</button>`)})
	ctx := Browser(t)
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
	want := []TouchTarget{
		{"Gửi đi", 0, 0, 100, 44},
		{"Đóng", 0, 44, 20, 20.5},
		{"Hài lòng", 0, 64.5, 200, 48},
	}
	if diff := cmp.Diff(want, Targets(t, ctx, "button, input")); diff != "" {
		t.Errorf("targets (-want +got):\n%s", diff)
	}
	if got := Targets(t, ctx, `a[href="x"]`); len(got) != 0 {
		t.Errorf("targets %v, want none", got)
	}
}

func TestForeign(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"http://127.0.0.1:8080/s/X":        false,
		"http://localhost/":                false,
		"data:text/plain,x":                false,
		"blob:http://127.0.0.1/1":          false,
		"about:blank":                      false,
		"https://fonts.example/a.woff2":    true,
		"wss://127.0.0.1.example/":         true,
		"http://127.0.0.1@tracker.example": true,
		"http://%zz":                       true,
	} {
		if got := foreign(address); got != want {
			t.Errorf("foreign(%q) = %t, want %t", address, got, want)
		}
	}
}
