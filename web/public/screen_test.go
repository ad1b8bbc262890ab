package public_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"hailong/survey/proof"
	"hailong/web/servertest"
	"hailong/web/webtest"
)

// newScreen is an enrolled screen in a browser, with the base address of its
// server.
func newScreen(t *testing.T) (ctx context.Context, s *servertest.Server, base string) {
	t.Helper()
	s = servertest.New(t, servertest.PlainHTTP)
	base = servertest.Serve(t, s)
	ctx = webtest.Browser(t)
	enrol(t, ctx, s, base, proof.Screen)
	webtest.Until(t, ctx, "document.querySelector('#code svg[data-text*=\"?c=\"]')")
	return ctx, s, base
}

// drawn reads the code that the script has drawn, as a camera would.
func drawn(t *testing.T, ctx context.Context) string {
	t.Helper()
	side := webtest.Ask[int](t, ctx, "document.querySelector('#code svg').viewBox.baseVal.width")
	path := webtest.Ask[string](t, ctx, "document.querySelector('#code path').getAttribute('d')")
	const module = 4
	img := image.NewGray(image.Rect(0, 0, side*module, side*module))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	for _, square := range strings.Split(strings.TrimPrefix(path, "M"), "M") {
		var x, y int
		if _, err := fmt.Sscanf(square, "%d %dh1v1h-1z", &x, &y); err != nil {
			t.Fatalf("%q: %v", square, err)
		}
		for i := range module * module {
			img.SetGray(x*module+i%module, y*module+i/module, color.Gray{})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return decode(t, b.Bytes())
}

// The script's codes are read by an independent reader, in every version and at the
// ends of each.
func TestScreenDrawsCodes(t *testing.T) {
	t.Parallel()
	ctx, _, _ := newScreen(t)
	const show = "document.getElementById('code').dataset.address = '%s'"
	alphabet := "https://hailong.muongte.gov.vn/s/6H8363X?x=~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for _, length := range []int{11, 17, 18, 32, 33, 53, 54, 78, 79, 106} {
		address := alphabet[:length-len("?c=12345678")]
		webtest.Ask[string](t, ctx, fmt.Sprintf(show, address))
		const shown = "document.querySelector('#code svg').getAttribute('data-text')"
		webtest.Until(t, ctx, fmt.Sprintf("(text => text.startsWith('%s?c=') && text.length === %d)(%s)", address, length, shown))
		if want, got := webtest.Ask[string](t, ctx, shown), drawn(t, ctx); got != want {
			t.Errorf("%d characters are read as %q, want %q", length, got, want)
		}
	}
}

// Without a network the code goes on changing for a day, also when the page is
// opened again, and it is one that the server takes.
func TestScreenOffline(t *testing.T) {
	t.Parallel()
	ctx, s, base := newScreen(t)
	cookie, _ := servertest.Enrol(t, s, servertest.PointLand, proof.Screen) // another screen, whose codes are its own
	others := codesOf(t, s, cookie)
	kept := webtest.Ask[[]string](t, ctx, "JSON.parse(localStorage.getItem(localStorage.key(0))).codes")
	if len(kept) != 720 || kept[0] == others[0] {
		t.Fatalf("%d codes, the first is %q, that of another screen %q", len(kept), kept[0], others[0])
	}
	const cached = `caches.match(location.href, {ignoreVary: true}).then(hit => !!hit)`
	webtest.Ask[bool](t, ctx, "new Promise(done => { (function look() { "+cached+".then(hit => hit ? done(true) : setTimeout(look, 20)); })(); })")
	webtest.Offline(t, ctx, true)
	address := base + servertest.FormPath(servertest.PointLand)
	at := func(minutes, window int) {
		t.Helper()
		webtest.Ask[string](t, ctx, fmt.Sprintf("(real => { Date.now = () => real + %d * 60000 })(new Date().getTime()) + ''", minutes))
		want := address
		if window >= 0 {
			want += "?c=" + kept[window]
		}
		webtest.Until(t, ctx, fmt.Sprintf("document.querySelector('#code svg').getAttribute('data-text') === '%s'", want))
		if got := drawn(t, ctx); got != want {
			t.Errorf("after %d minutes the code says %q, want %q", minutes, got, want)
		}
	}
	at(0, 0)
	at(2, 1)
	at(20*60, 600)
	webtest.Until(t, ctx, "!document.getElementById('state').hidden")
	at(25*60, -1) // a day without a network: the code of the posters
	webtest.Steps(t, ctx, chromedp.Navigate(base+servertest.ScreenPath(servertest.PointLand)))
	at(4, 2)
	webtest.Axe(t, ctx)
}

func TestScreenLooks(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.PlainHTTP)
	base := servertest.Serve(t, s)
	for name, size := range map[string][2]int64{"Television": {1280, 720}, "Portrait": {800, 1280}, "Telephone": {360, 740}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := webtest.Browser(t, webtest.Viewport(size[0], size[1]))
			enrol(t, ctx, s, base, proof.Screen)
			for _, look := range []string{"light", "dark"} {
				webtest.Steps(t, ctx, webtest.Theme(look), chromedp.Navigate(base+servertest.ScreenPath(servertest.PointLand)+"?lang=en"), chromedp.WaitVisible("#code svg[data-text]"))
				if high := webtest.Ask[int](t, ctx, "document.documentElement.scrollHeight"); high > int(size[1]) {
					t.Errorf("%d high in a window of %d", high, size[1])
				}
				webtest.Axe(t, ctx)
			}
		})
	}
}
