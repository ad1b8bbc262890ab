package webtest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

var pictures = flag.String("pictures", "", "a directory to write pictures of the pages to")

// Pictures writes a page as a phone and as a large screen show it into the
// directory that -pictures names; without one it does nothing.
func Pictures(t testing.TB, ctx context.Context, name string) {
	t.Helper()
	if *pictures == "" {
		return
	}
	for _, width := range []int64{360, 1440} {
		Screenshot(t, ctx, filepath.Join(*pictures, fmt.Sprintf("%s.%d.png", name, width)), width)
	}
}

// Screenshot writes the whole page of ctx, as it looks in a window of the given
// width, to a PNG file. The window has its own size again afterwards.
func Screenshot(t testing.TB, ctx context.Context, file string, width int64) {
	t.Helper()
	before := windowOf(ctx).device
	wide := before
	wide.width = width
	if err := chromedp.Do(ctx, wide.emulate); err != nil {
		t.Fatalf("screenshot: %v", err)
	}
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatalf("screenshot: %v", err)
	}
	if err := chromedp.Do(ctx, before.emulate); err != nil {
		t.Fatalf("screenshot: %v", err)
	}
	if err := os.WriteFile(file, png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// A TouchTarget is something to tap, as large as it is on the screen.
type TouchTarget struct {
	Name                string  // what it says: label, text or accessible name
	X, Y, Width, Height float64 // CSS pixels, from the top left of the page
}

func (t TouchTarget) String() string {
	return fmt.Sprintf("%q %g×%g at %g,%g", t.Name, t.Width, t.Height, t.X, t.Y)
}

// Targets measures the visible elements that match a CSS selector, in document
// order. A field with a label can be tapped on either, so it is measured as the
// larger of the two.
func Targets(t testing.TB, ctx context.Context, selector string) []TouchTarget {
	t.Helper()
	targets, err := chromedp.Run(ctx, chromedp.Evaluate[[]TouchTarget](fmt.Sprintf(targetsScript, selector)))
	if err != nil {
		t.Fatalf("measuring %s: %v", selector, err)
	}
	return targets
}

const targetsScript = `Array.from(document.querySelectorAll(%q), element => {
	const round = n => Math.round(n * 100) / 100;
	const area = r => r.width * r.height;
	const label = element.labels?.[0];
	let box = element.getBoundingClientRect();
	if (label && area(label.getBoundingClientRect()) > area(box)) box = label.getBoundingClientRect();
	const name = element.getAttribute('aria-label') || label?.innerText || element.innerText || element.value || '';
	return {
		Name: name.trim().replace(/\s+/g, ' '),
		X: round(box.x + scrollX), Y: round(box.y + scrollY), Width: round(box.width), Height: round(box.height),
		seen: area(box) > 0 && (label ?? element).checkVisibility({ visibilityProperty: true }),
	};
}).filter(target => target.seen)`
