package webtest

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// Offline cuts the window of ctx, and the service workers that run for it, off
// the network, or connects them again. The page is told as by a phone that lost
// its signal: by navigator.onLine and the events offline and online.
func Offline(t testing.TB, ctx context.Context, offline bool) {
	t.Helper()
	if err := setOffline(ctx, offline); err != nil {
		t.Fatalf("offline %t: %v", offline, err)
	}
}

func setOffline(ctx context.Context, offline bool) error {
	if err := attachWorkers(ctx); err != nil {
		return fmt.Errorf("finding service workers: %w", err)
	}
	conditions := network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{
			Offline: offline, DownloadThroughput: -1, UploadThroughput: -1,
		}},
	}
	if _, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, conditions); err != nil {
		return err
	}
	for _, worker := range windowOf(ctx).workers {
		if _, err := chromedp.Call(worker, network.EmulateNetworkConditionsByRule, conditions); err != nil {
			return fmt.Errorf("service worker: %w", err)
		}
	}
	_, err := chromedp.Call(ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{
		Offline: offline, DownloadThroughput: -1, UploadThroughput: -1,
	})
	return err
}

// attachWorkers opens a session to each service worker of the window that has
// none yet. A worker loads over a network of its own, apart from the page's;
// what is emulated for it lasts as long as the session.
func attachWorkers(ctx context.Context) error {
	targets, err := chromedp.Targets(ctx)
	if err != nil {
		return err
	}
	w := windowOf(ctx)
	running := map[target.ID]context.Context{}
	for _, info := range targets {
		if info.Type != "service_worker" || info.BrowserContextID != chromedp.FromContext(ctx).BrowserContextID {
			continue
		}
		worker, ok := w.workers[info.TargetID]
		if !ok {
			// Ends with ctx; the window then takes its workers with it.
			worker, _ = chromedp.NewContext(ctx, chromedp.WithTargetID(info.TargetID), chromedp.WithDetachOnCancel())
			if _, err := chromedp.Call(worker, network.Enable, network.EnableParams{}); err != nil {
				return err
			}
		}
		running[info.TargetID] = worker
	}
	w.workers = running
	return nil
}
