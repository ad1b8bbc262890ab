// Package webtest drives a real browser in tests: Chromium, headless, as a
// phone unless told otherwise.
//
// It owns the browser process, what a test sees of it, and the accessibility
// check. It must not know the application: a test gives it the address of a
// server it started itself.
//
// A package that uses it starts its tests with
//
//	func TestMain(m *testing.M) { webtest.Main(m) }
//
// and each test then asks for a browser of its own:
//
//	ctx := webtest.Browser(t)
//	err := chromedp.Do(ctx, chromedp.Navigate(server.URL))
package webtest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// hang is when a test gives up on a browser that does not answer. It decides
// nothing else: no step of a test is expected to come near it.
const hang = 2 * time.Minute

// processes are the browsers of a test binary, by the path of their program.
// Starting one takes longer than most tests, and package testing offers no other
// place that outlives a test, hence the variable.
var processes struct {
	sync.Mutex
	managed bool // Main will stop them
	running map[string]*process
}

// process is a running browser.
type process struct {
	ctx  context.Context
	stop func()
	free []*window // empty, and no test has them
}

// Main runs the tests of a package, then stops the browser they shared and
// removes its profile. Call it from TestMain.
func Main(m *testing.M) {
	flag.Parse()
	// To fuzz, go test first runs every test: with browsers that takes minutes,
	// in which nothing seems to happen. Unless tests are asked for, it is the
	// seeds of the fuzz targets alone.
	if run := flag.Lookup("test.run"); flag.Lookup("test.fuzz").Value.String() != "" && run.Value.String() == "" {
		_ = run.Value.Set("^Fuzz") // any text is one
	}
	processes.managed = true
	m.Run()
	processes.Lock()
	defer processes.Unlock()
	for _, p := range processes.running {
		p.stop()
	}
}

// Browser opens a window for one test, with a profile as empty as that of a
// browser just installed, and returns its chromedp context. It ends with the
// test.
//
// The test also fails, when it ends, on what a visitor's browser would have
// complained about: an uncaught exception, a violation of the content security
// policy, a request to any machine but this one.
//
// Where there is no Chromium the test is skipped, on a build server (CI=true)
// it fails.
func Browser(t testing.TB, options ...DeviceOption) context.Context {
	t.Helper()
	onto := device{width: 360, height: 740, touch: true, script: true}
	for _, option := range options {
		option(&onto)
	}
	browser, err := start(onto.whole)
	if errors.Is(err, exec.ErrNotFound) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}

	w, err := openWindow(browser)
	if err != nil {
		t.Fatalf("opening a browser window: %v", err)
	}
	ctx, cancel := context.WithTimeoutCause(w.ctx, hang, fmt.Errorf("the browser was not done after %v", hang))
	ctx = context.WithValue(ctx, windowKey{}, w)
	t.Cleanup(func() {
		defer cancel()
		for _, complaint := range w.complaints.heard(ctx) {
			t.Errorf("the browser complains: %s", complaint)
		}
		w.release(ctx, t.Failed())
	})
	w.device = onto
	if err := chromedp.Do(ctx, w.device.emulate); err != nil {
		t.Fatalf("opening a browser window: %v", err)
	}
	return ctx
}

// start returns the running browser, started on the first call. The error is
// exec.ErrNotFound where no Chromium is installed.
func start(whole bool) (*process, error) {
	processes.Lock()
	defer processes.Unlock()
	if !processes.managed {
		return nil, errors.New("nobody would stop the browser: add func TestMain(m *testing.M) { webtest.Main(m) } to the package")
	}
	path, err := find(whole)
	if err != nil {
		return nil, err
	}
	if p := processes.running[path]; p != nil {
		return p, nil
	}
	flags := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		// Root, as on a build server, has no sandbox; the pages are our own.
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
		// What a page asks of another machine does not leave this one.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"),
		chromedp.Flag("accept-lang", "vi"),
		// Nothing moves while it is measured or pictured.
		chromedp.Flag("force-prefers-reduced-motion", true),
	)
	allocator, release := chromedp.NewExecAllocator(context.Background(), flags...)
	ctx, stop := chromedp.NewContext(allocator)
	p := &process{ctx: ctx, stop: func() { stop(); release() }}
	if err := chromedp.Do(ctx); err != nil {
		p.stop()
		return nil, fmt.Errorf("starting %s: %w", path, err)
	}
	if processes.running == nil {
		processes.running = map[string]*process{}
	}
	processes.running[path] = p
	return p, nil
}

// find returns the path of an installed Chromium, or of Chrome: unless the whole
// of it is needed, of its headless shell, where that is installed.
func find(whole bool) (string, error) {
	names := []string{"chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome"}
	if whole {
		names = names[2:]
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no Chromium, and its tests need one: on Debian, apt-get install chromium chromium-headless-shell: %w", exec.ErrNotFound)
}

// A DeviceOption changes the device that Browser opens a window on.
type DeviceOption func(*device)

// Viewport sets the size of the window in CSS pixels. A phone at 200 % zoom is
// a viewport of half the size.
func Viewport(width, height int64) DeviceOption {
	return func(d *device) { d.width, d.height = width, height }
}

// Desktop makes the device that of a desk: 1280 × 800, with a mouse.
func Desktop() DeviceOption {
	return func(d *device) { d.width, d.height, d.touch = 1280, 800, false }
}

// WithoutJavaScript switches the scripts of pages off. Selectors, clicks, keys
// and chromedp.Evaluate keep working.
func WithoutJavaScript() DeviceOption {
	return func(d *device) { d.script = false }
}

// Whole shows the page in the whole of Chromium. Otherwise it is the headless
// shell, which shows and runs pages alike in half the processor time, but loads a
// page anew that the back button returns to.
func Whole() DeviceOption {
	return func(d *device) { d.whole = true }
}

// device is what a page can see of the machine it is shown on.
type device struct {
	width, height int64 // CSS pixels
	touch         bool  // a phone or tablet: touch events, mobile layout
	script        bool
	whole         bool // not the headless shell
}

// emulate is a chromedp action.
func (d device) emulate(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
	options := []chromedp.EmulateViewportOption{chromedp.EmulatePortrait}
	if d.touch {
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulateScale(2))
	}
	if _, err := chromedp.EmulateViewport(d.width, d.height, options...)(ctx, t); err != nil {
		return chromedp.Void{}, err
	}
	// Of many windows only one has the focus, and only there keys arrive.
	if _, err := cdp.Call(ctx, t, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		return chromedp.Void{}, err
	}
	_, err := cdp.Call(ctx, t, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "Asia/Ho_Chi_Minh"})
	if err != nil {
		return chromedp.Void{}, err
	}
	return chromedp.Void{}, allowScript(ctx, t, d.script)
}

func allowScript(ctx context.Context, t *chromedp.Target, allow bool) error {
	_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !allow})
	return err
}
