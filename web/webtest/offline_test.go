package webtest

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// A page kept by a service worker opens without network; what has to reach the
// server does not, neither from the page nor through the worker.
func TestOffline(t *testing.T) {
	t.Parallel()
	url := serve(t, map[string]string{
		"/": html(`<p>Phiếu</p><script src="/app.js"></script>`),
		"/app.js": `window.told = [];
			for (const name of ['offline', 'online']) addEventListener(name, () => told.push(name));
			window.reach = path => fetch(path).then(r => r.text(), () => 'unreachable');`,
		"/worker.js": `const pages = ['/', '/app.js'];
			self.addEventListener('install', e => e.waitUntil(caches.open('v1').then(c => c.addAll(pages))));
			self.addEventListener('activate', e => e.waitUntil(clients.claim()));
			self.addEventListener('fetch', e => e.respondWith(
				caches.match(e.request).then(hit => hit || fetch(e.request))));`,
		"/server": "answer",
	})
	for _, test := range []struct {
		name   string
		worker bool
	}{
		{"Page", false},
		{"ServiceWorker", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx := Browser(t)
			if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
				t.Fatal(err)
			}
			if test.worker {
				const register = `navigator.serviceWorker.register('/worker.js').then(() => new Promise(done =>
					navigator.serviceWorker.controller ? done() : navigator.serviceWorker.oncontrollerchange = () => done()))`
				if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](register, awaitPromise)); err != nil {
					t.Fatal(err)
				}
			}
			reach := func(want string) {
				t.Helper()
				got := run(t, func() (string, error) {
					return chromedp.Run(ctx, chromedp.Evaluate[string](`reach('/server')`, awaitPromise))
				})
				if got != want {
					t.Errorf("reaching the server: %q, want %q", got, want)
				}
			}
			online := func(want bool) {
				t.Helper()
				if got := run(t, func() (bool, error) { return chromedp.Run(ctx, chromedp.Evaluate[bool]("navigator.onLine")) }); got != want {
					t.Errorf("navigator.onLine is %t, want %t", got, want)
				}
			}

			reach("answer")
			online(true)

			Offline(t, ctx, true)
			online(false)
			reach("unreachable")
			err := chromedp.Do(ctx, chromedp.Navigate(url))
			if opens := err == nil; opens != test.worker {
				t.Errorf("without network the page opens: %t (%v), want %t", opens, err, test.worker)
			}
			if test.worker {
				reach("unreachable")
			}

			Offline(t, ctx, false)
			online(true)
			if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
				t.Fatal(err)
			}
			reach("answer")
		})
	}

	t.Run("Events", func(t *testing.T) {
		t.Parallel()
		ctx := Browser(t)
		if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
			t.Fatal(err)
		}
		Offline(t, ctx, true)
		Offline(t, ctx, false)
		// Not by chromedp.Poll: once Axe has run in a window, it asks in the world of Axe.
		Until(t, ctx, "told.length == 2")
		told := Ask[string](t, ctx, "told.join()")
		if told != "offline,online" {
			t.Errorf("the page was told %q, want offline, then online", told)
		}
	})
}
