package webtest

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

//go:embed testdata/axe.min.js
var axeScript string

// Axe checks the page of ctx, as it stands, with axe-core against WCAG 2.2,
// levels A and AA, and fails the test for each rule that is broken.
func Axe(t testing.TB, ctx context.Context) {
	t.Helper()
	violations, err := check(ctx)
	if err != nil {
		t.Fatalf("axe: %v", err)
	}
	for _, v := range violations {
		t.Error(v)
	}
}

// violation is a rule of axe-core with the elements that break it.
type violation struct {
	ID, Impact, Help, HelpURL string
	Nodes                     []struct {
		Target         []any // selectors, outer frames and shadow roots first
		HTML           string
		FailureSummary string
	}
}

func (v violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "axe %s (%s): %s\n  %s", v.ID, v.Impact, v.Help, v.HelpURL)
	for _, n := range v.Nodes {
		fmt.Fprintf(&b, "\n  at %v\n     %s\n     %s", n.Target, n.HTML, strings.ReplaceAll(n.FailureSummary, "\n", "\n     "))
	}
	return b.String()
}

const runAxe = `axe.run(document, {
	resultTypes: ['violations'],
	runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'],
}).then(result => result.violations)`

// check runs axe-core in a world of its own beside the page, where it meets
// neither the page's scripts nor its content security policy.
func check(ctx context.Context) ([]violation, error) {
	return chromedp.Run(ctx, func(ctx context.Context, t *chromedp.Target) ([]violation, error) {
		tree, err := cdp.Call(ctx, t, page.GetFrameTree, cdp.Empty{})
		if err != nil {
			return nil, err
		}
		world, err := cdp.Call(ctx, t, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{
			FrameID: tree.FrameTree.Frame.ID, WorldName: "axe",
		})
		if err != nil {
			return nil, err
		}
		inWorld := func(p *runtime.EvaluateParams) { p.ContextID = world.ExecutionContextID }
		if _, err := chromedp.Evaluate[chromedp.Void](axeScript, inWorld)(ctx, t); err != nil {
			return nil, fmt.Errorf("loading axe-core: %w", err)
		}
		// Without scripts no timer fires, and axe-core waits for some. A page that
		// was loaded without them stays as it is when they are allowed for a while.
		script := windowOf(ctx).device.script
		if err := allowScript(ctx, t, true); err != nil {
			return nil, err
		}
		violations, err := chromedp.Evaluate[[]violation](runAxe, inWorld, awaitPromise)(ctx, t)
		return violations, errors.Join(err, allowScript(ctx, t, script))
	})
}

func awaitPromise(p *runtime.EvaluateParams) { p.AwaitPromise = new(true) }
