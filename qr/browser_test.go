package qr

import (
	"bytes"
	"context"
	"encoding/base64"
	"image/png"
	"os"
	"os/exec"
	"testing"

	"github.com/chromedp/chromedp"
)

// A browser draws the SVG as our own rasteriser assumes.
func TestSVGReadsBackFromBrowser(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium is missing: apt-get install chromium")
		}
		t.Skip("needs chromium to draw an SVG: apt-get install chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("chromium"), chromedp.NoSandbox, chromedp.WindowSize(700, 700))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	ctx, stop = chromedp.NewContext(ctx)
	defer stop()
	if err := chromedp.Do(ctx); err != nil { // starts the browser
		t.Fatal(err)
	}
	for _, tt := range []struct {
		content string
		opt     Options
	}{
		{address, Options{}},
		{address, Options{Size: 200, Level: High}},
		{"Ủy ban nhân dân <xã> & \"Mường Tè\"", Options{Module: 4, Quiet: 2}},
	} {
		data, err := SVG(tt.content, tt.opt)
		if err != nil {
			t.Fatal(err)
		}
		if err := chromedp.Do(ctx, chromedp.Navigate("data:image/svg+xml;base64,"+base64.StdEncoding.EncodeToString(data))); err != nil {
			t.Fatal(err)
		}
		shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(shot))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := read(img, false); err != nil || got != tt.content {
			t.Errorf("%+v reads %q, %v; want %q", tt.opt, got, err, tt.content)
		}
	}
}
