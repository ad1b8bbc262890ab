package webtest

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdpnetwork "github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Until waits on one page for an expression to hold.
func Until(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	Ask[bool](t, ctx, "new Promise(done => { (function look() { ("+expression+") ? done(true) : setTimeout(look, 20); })(); })")
}

// Press presses keys one after the other, as a keyboard does: a key whose press
// the page takes for itself types nothing. chromedp.KeyEvent types it anyway,
// into whatever has the focus by then.
func Press(keys string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		for _, r := range keys {
			down := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: string(r), Text: string(r), WindowsVirtualKeyCode: int64(r)}
			if r == '\r' {
				down.Key = "Enter"
			}
			up := down
			up.Type, up.Text = input.DispatchKeyEventTypeKeyUp, ""
			for _, event := range []input.DispatchKeyEventParams{down, up} {
				if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, event); err != nil {
					return chromedp.Void{}, err
				}
			}
		}
		return chromedp.Void{}, nil
	}
}

// Steps runs browser actions and fails the test with the name of the one that
// failed.
func Steps(t *testing.T, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	for i, action := range actions {
		if err := chromedp.Do(ctx, action); err != nil {
			t.Fatalf("step %d: %v", i+1, err)
		}
	}
}

// Ask evaluates an expression in the page.
func Ask[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// Tap presses the element of a selector.
func Tap(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Click(selector)
}

// Theme is what the browser tells pages that the person prefers: "light" or "dark".
func Theme(name string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
		})
		return chromedp.Void{}, err
	}
}

// WaitTrue waits until an expression holds, also on the page that the browser is
// on its way to.
func WaitTrue(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	for ctx.Err() == nil {
		// An error is a page on its way out.
		if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression)); err == nil && ok {
			return
		}
	}
	t.Fatalf("never held: %s: %v", expression, context.Cause(ctx))
}

// SetCookie gives a browser a cookie, "name=value", of the server at an address.
func SetCookie(base, cookie string) chromedp.Action[chromedp.Void] {
	name, value, _ := strings.Cut(cookie, "=")
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, cdpnetwork.SetCookie, cdpnetwork.SetCookieParams{Name: name, Value: value, URL: base})
		return chromedp.Void{}, err
	}
}

// AssertFitsAPhone holds a page in a window of 360 to what everybody can read and press.
func AssertFitsAPhone(t *testing.T, ctx context.Context) {
	t.Helper()
	Axe(t, ctx)
	// The window widens for what overflows it, hence the width that was asked for.
	if wide := Ask[int](t, ctx, "document.documentElement.scrollWidth"); wide > 360 {
		t.Errorf("%d wide in a window of 360", wide)
	}
	// Links within a sentence or a cell are as high as their line.
	for _, target := range Targets(t, ctx, "main button:not([tabindex='-1']), main .button, main input:not([type=hidden]), main select, main textarea, main summary, .menu a, .menu button, .tools a, .brand, .to-menu") {
		if target.Width < 44 || target.Height < 44 {
			t.Errorf("too small to tap: %s", target)
		}
	}
}
