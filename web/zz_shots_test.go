package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/catalog"
	"hailong/web/webtest"
)

func TestShots(t *testing.T) {
	dir := os.Getenv("SHOTS")
	if dir == "" {
		t.Skip("no SHOTS")
	}
	store, err := bolt.Open(filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (survey.Seed{Catalog: cat, Today: survey.DateOf(testNow), Random: rand.Reader}).Plant(context.Background(), store); err != nil {
		t.Fatal(err)
	}
	c, err := survey.LoadCatalog(context.Background(), store)
	if err != nil {
		t.Fatal(err)
	}
	s := newServerOn(t, store, c)
	base := serve(t, s)
	pages := map[string]string{"home": "/", "code": "/s?code=4K7-M2QX", "unknown": "/nothing"}
	for _, p := range c.Points {
		name := "form-" + string(p.Form)
		if _, ok := pages[name]; !ok {
			pages[name] = "/s/" + string(p.Code)
		}
	}
	only := os.Getenv("ONLY")
	for name, path := range pages {
		if only != "" && only != name {
			continue
		}
		for _, theme := range []string{"light", "dark"} {
			ctx := webtest.Browser(t)
			err := chromedp.Do(ctx, func(ctx context.Context, tg *chromedp.Target) (chromedp.Void, error) {
				_, err := cdp.Call(ctx, tg, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}})
				return chromedp.Void{}, err
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := chromedp.Do(ctx, chromedp.Navigate(base+path)); err != nil {
				t.Fatal(err)
			}
			for _, w := range []int64{360, 768, 1440} {
				if theme == "dark" && w != 360 {
					continue
				}
				webtest.Screenshot(t, ctx, fmt.Sprintf("%s/%s-%s-%d.png", dir, name, theme, w), w)
			}
		}
	}
}
