package webtest

import (
	"context"
	"net/url"
	"slices"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// window is a tab with a profile of its own. To open one, Chromium starts new
// processes, which takes longer than most tests; so a window is emptied after a
// test and given to the next.
type window struct {
	browser    *process
	ctx        context.Context
	close      func()
	device     device
	complaints complaints
	workers    map[target.ID]context.Context // sessions to service workers, nil unless Offline was called

	mu      sync.Mutex
	origins []string // that anything was asked of
}

type windowKey struct{}

// windowOf returns the window of a context that Browser returned.
func windowOf(ctx context.Context) *window {
	return ctx.Value(windowKey{}).(*window)
}

// openWindow returns an empty window that no other test has.
func openWindow(browser *process) (*window, error) {
	if w := browser.freeWindow(); w != nil {
		return w, nil
	}
	w := &window{browser: browser}
	w.ctx, w.close = chromedp.NewContext(browser.ctx, chromedp.WithNewBrowserContext(),
		chromedp.WithListener(w.complaints.listen), chromedp.WithListener(w.listen))
	if err := chromedp.Do(w.ctx); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

// freeWindow takes a window that was used before, nil if there is none.
func (p *process) freeWindow() *window {
	processes.Lock()
	defer processes.Unlock()
	last := len(p.free) - 1
	if last < 0 {
		return nil
	}
	w := p.free[last]
	p.free = p.free[:last]
	return w
}

// listen is called by chromedp for every event of the window, in order.
func (w *window) listen(event any) {
	sent, ok := event.(*network.EventRequestWillBeSent)
	if !ok {
		return
	}
	u, err := url.Parse(sent.Request.URL)
	if err != nil || u.Host == "" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if origin := u.Scheme + "://" + u.Host; !slices.Contains(w.origins, origin) {
		w.origins = append(w.origins, origin)
	}
}

// release takes a window back from a test. The next test gets it only if it is
// certain to be as a new one: a test that failed may have left it anyhow, and one
// that was offline has sessions to workers.
func (w *window) release(ctx context.Context, failed bool) {
	if failed || w.workers != nil || w.empty(ctx) != nil {
		w.close()
		return
	}
	processes.Lock()
	defer processes.Unlock()
	w.browser.free = append(w.browser.free, w)
}

// empty leaves the page and removes everything that the pages so far have left
// in the profile.
func (w *window) empty(ctx context.Context) error {
	// Led there by its own script, the page leaves its process to the next one.
	if _, err := chromedp.RunResponse(ctx, chromedp.Evaluate[chromedp.Void]("sessionStorage.clear(); location.replace('about:blank')")); err != nil {
		return err
	}
	w.mu.Lock()
	origins := w.origins
	w.origins = nil
	w.mu.Unlock()
	return chromedp.Do(ctx, func(ctx context.Context, t *chromedp.Target) (none chromedp.Void, err error) {
		for _, origin := range origins {
			if _, err := cdp.Call(ctx, t, storage.ClearDataForOrigin, storage.ClearDataForOriginParams{Origin: origin, StorageTypes: "all"}); err != nil {
				return none, err
			}
		}
		if _, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{}); err != nil {
			return none, err
		}
		for _, command := range []cdp.Command[cdp.Empty, cdp.Empty]{network.ClearBrowserCookies, network.ClearBrowserCache, page.ResetNavigationHistory, log.Enable} {
			if _, err := cdp.Call(ctx, t, command, cdp.Empty{}); err != nil {
				return none, err
			}
		}
		w.complaints.forget()
		return none, nil
	})
}
