package web

import (
	"context"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"

	"hailong/survey"
	"hailong/web/staff/questions"
	"hailong/web/webtest"
)

// comesTrue waits until an expression is true of the page.
func comesTrue(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	for ctx.Err() == nil {
		// An error is a page on its way out.
		if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression)); err == nil && ok {
			return
		}
	}
	t.Fatalf("never held: %s: %v", expression, context.Cause(ctx))
}

// The editor is worked with Tab and Enter alone and without scripts: whoever
// moves a question stays on the button, and after a change goes on where it
// was made.
func TestEditorByKeyboard(t *testing.T) {
	t.Parallel()
	s, current := newEditableServer(t, plainHTTP)
	hire(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := visit(t, s, "lan")
	v.post("/staff/questionnaires/tthc-quick/draft")
	form := serve(t, s) + "/staff/questionnaires/tthc-quick/2"
	ctx := webtest.Browser(t, webtest.WithoutJavaScript())
	steps(t, ctx, signIn(form, v), chromedp.Navigate(form))
	arrived := func(at questions.Place) { // on the page after a change, with the keyboard there
		t.Helper()
		selector := "#" + at.Part + "-" + at.Code + " [value=" + at.Button + "]"
		if at.Button == "" {
			selector = "#item-" + at.Code + " a[href$='/items/" + at.Code + "']"
		}
		comesTrue(t, ctx, `location.search.includes("at=`+at.String()+`") && document.activeElement.matches("`+selector+`")`)
	}
	order := func() string {
		return current.Catalog().Draft("tthc-quick").Sections[1].Items[0].Code
	}
	first := order()
	enter, tab := chromedp.KeyEvent("\r"), chromedp.KeyEvent("\t")

	steps(t, ctx, chromedp.Focus("#item-"+first+" [value=down]"), enter)
	arrived(questions.Place{Part: "item", Code: first, Button: "down"})
	if order() == first {
		t.Fatal("the question did not move down")
	}
	// The way back up is one Shift+Tab away, the way to the removal one Tab.
	steps(t, ctx, chromedp.KeyEvent("\t", chromedp.KeyModifiers(chromedp.ModifierShift)), enter)
	arrived(questions.Place{Part: "item", Code: first, Button: "up"})
	if order() != first {
		t.Fatal("the question did not move up again")
	}
	steps(t, ctx, tab, tab, enter)
	comesTrue(t, ctx, `document.querySelector("main form[action$='/remove']") !== null`)
	steps(t, ctx, chromedp.Focus("main form button"), enter)
	second := current.Catalog().Latest("tthc-quick").Sections[1].Items[1].Code
	arrived(questions.Place{Part: "item", Code: second, Button: ""})
	if order() != second {
		t.Fatal("the question was not removed")
	}

	// From the link that edits it to its fields and back.
	steps(t, ctx, enter, chromedp.WaitVisible(`[name="label.en"]`), chromedp.Focus(`[name="label.en"]`), chromedp.KeyEvent(" (now)\r"))
	arrived(questions.Place{Part: "item", Code: second, Button: ""})
	if outline := ask[string](t, ctx, "getComputedStyle(document.activeElement).outlineStyle"); outline == "none" {
		t.Error("where the keyboard is cannot be seen")
	}

	// More rows for options: typing goes on in the first of them.
	steps(t, ctx, enter, chromedp.WaitVisible("[name=more]"), chromedp.Focus("[name=more]"), enter)
	rows := len(current.Catalog().Draft("tthc-quick").Item(second).Options)
	comesTrue(t, ctx, `document.activeElement.name === "option`+strconv.Itoa(rows)+`.vi"`)
}

// The preview shows the form itself, as wide as a phone, and it can be filled
// in there.
func TestPreviewShowsTheForm(t *testing.T) {
	t.Parallel()
	s, _ := newEditableServer(t, plainHTTP)
	hire(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := visit(t, s, "lan")
	base := serve(t, s)
	ctx := webtest.Browser(t, webtest.Desktop())
	steps(t, ctx, signIn(base, v), chromedp.Navigate(base+"/staff/questionnaires/tthc-quick/1/preview"))
	const inside = "document.querySelector('iframe').contentDocument"
	comesTrue(t, ctx, inside+"?.querySelector('#q-overall .face label')?.checkVisibility() === true")
	if n := ask[int](t, ctx, inside+".querySelectorAll('#q-overall .face svg').length"); n != 5 {
		t.Errorf("%d faces", n)
	}
	if wide := ask[int](t, ctx, inside+".documentElement.clientWidth"); wide < 320 || wide > 412 {
		t.Errorf("the form is %d wide, which is no phone", wide)
	}
	// A poor answer brings up the question for the reasons.
	steps(t, ctx, chromedp.Evaluate[chromedp.Void](inside+".querySelector('#a-overall-1').click()"))
	comesTrue(t, ctx, inside+".querySelector('#q-wrong').checkVisibility()")
}
