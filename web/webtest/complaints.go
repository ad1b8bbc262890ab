package webtest

import (
	"context"
	"net/url"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// complaints collects what a page does wrong while a test looks elsewhere.
type complaints struct {
	mu  sync.Mutex
	all []string
}

// listen is called by chromedp for every event of the window, in order.
func (c *complaints) listen(event any) {
	var complaint string
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		complaint = "uncaught exception: " + e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			complaint += " " + e.ExceptionDetails.Exception.Description
		}
	case *log.EventEntryAdded:
		// A response of 404 or 422 is an entry too; whether it was meant is
		// for the test to say.
		if e.Entry.Source != log.EntrySourceSecurity || e.Entry.Level != log.EntryLevelError {
			return
		}
		complaint = e.Entry.Text
	case *network.EventRequestWillBeSent:
		if !foreign(e.Request.URL) {
			return
		}
		complaint = "request to another machine: " + e.Request.URL
	default:
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, complaint)
}

// heard returns what has been collected when the browser has nothing more to
// say: it answers a command after the events that came before it.
func (c *complaints) heard(ctx context.Context) []string {
	_, _ = chromedp.Call(ctx, log.Disable, cdp.Empty{}) // a dead browser has said all it will
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all
}

// forget makes room for those of another test.
func (c *complaints) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = nil
}

// foreign says whether an address leads to another machine than this one.
func foreign(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return true
	}
	switch u.Scheme {
	case "http", "https", "ws", "wss":
		return u.Hostname() != "127.0.0.1" && u.Hostname() != "localhost"
	default: // data:, blob:, about:
		return false
	}
}
