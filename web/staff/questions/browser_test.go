package questions_test

import (
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"

	"hailong/survey"
	"hailong/web/servertest"
	"hailong/web/staff/questions"
	"hailong/web/webtest"
)

// The editor is worked with Tab and Enter alone and without scripts: whoever
// moves a question stays on the button, and after a change goes on where it
// was made.
func TestEditorByKeyboard(t *testing.T) {
	t.Parallel()
	s, current := servertest.NewEditable(t, servertest.PlainHTTP)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := servertest.SignIn(t, s, "lan")
	v.Post("/staff/questionnaires/tthc-quick/draft")
	form := servertest.Serve(t, s) + "/staff/questionnaires/tthc-quick/2"
	ctx := webtest.Browser(t, webtest.WithoutJavaScript())
	webtest.Steps(t, ctx, webtest.SetCookie(form, v.Cookie), chromedp.Navigate(form))
	arrived := func(at questions.Focus) { // on the page after a change, with the keyboard there
		t.Helper()
		selector := "#" + at.Part + "-" + at.Code + " [value=" + at.Button + "]"
		if at.Button == "" {
			selector = "#item-" + at.Code + " a[href$='/items/" + at.Code + "']"
		}
		webtest.WaitTrue(t, ctx, `location.search.includes("at=`+at.String()+`") && document.activeElement.matches("`+selector+`")`)
	}
	order := func() string {
		return current.Catalog().Draft("tthc-quick").Sections[1].Items[0].Code
	}
	first := order()
	enter, tab := chromedp.KeyEvent("\r"), chromedp.KeyEvent("\t")

	webtest.Steps(t, ctx, chromedp.Focus("#item-"+first+" [value=down]"), enter)
	arrived(questions.Focus{Part: "item", Code: first, Button: "down"})
	if order() == first {
		t.Fatal("the question did not move down")
	}
	// The way back up is one Shift+Tab away, the way to the removal one Tab.
	webtest.Steps(t, ctx, chromedp.KeyEvent("\t", chromedp.KeyModifiers(chromedp.ModifierShift)), enter)
	arrived(questions.Focus{Part: "item", Code: first, Button: "up"})
	if order() != first {
		t.Fatal("the question did not move up again")
	}
	webtest.Steps(t, ctx, tab, tab, enter)
	webtest.WaitTrue(t, ctx, `document.querySelector("main form[action$='/remove']") !== null`)
	webtest.Steps(t, ctx, chromedp.Focus("main form button"), enter)
	second := current.Catalog().Latest("tthc-quick").Sections[1].Items[1].Code
	arrived(questions.Focus{Part: "item", Code: second, Button: ""})
	if order() != second {
		t.Fatal("the question was not removed")
	}

	// From the link that edits it to its fields and back.
	webtest.Steps(t, ctx, enter, chromedp.WaitVisible(`[name="label.en"]`), chromedp.Focus(`[name="label.en"]`), chromedp.KeyEvent(" (now)\r"))
	arrived(questions.Focus{Part: "item", Code: second, Button: ""})
	if outline := webtest.Ask[string](t, ctx, "getComputedStyle(document.activeElement).outlineStyle"); outline == "none" {
		t.Error("where the keyboard is cannot be seen")
	}

	// More rows for options: typing goes on in the first of them.
	webtest.Steps(t, ctx, enter, chromedp.WaitVisible("[name=more]"), chromedp.Focus("[name=more]"), enter)
	rows := len(current.Catalog().Draft("tthc-quick").Item(second).Options)
	webtest.WaitTrue(t, ctx, `document.activeElement.name === "option`+strconv.Itoa(rows)+`.vi"`)
}

// The preview shows the form itself, as wide as a phone, and it can be filled
// in there.
func TestPreviewShowsTheForm(t *testing.T) {
	t.Parallel()
	s, _ := servertest.NewEditable(t, servertest.PlainHTTP)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := servertest.SignIn(t, s, "lan")
	base := servertest.Serve(t, s)
	ctx := webtest.Browser(t, webtest.Desktop())
	webtest.Steps(t, ctx, webtest.SetCookie(base, v.Cookie), chromedp.Navigate(base+"/staff/questionnaires/tthc-quick/1/preview"))
	const inside = "document.querySelector('iframe').contentDocument"
	webtest.WaitTrue(t, ctx, inside+"?.querySelector('#q-overall .face label')?.checkVisibility() === true")
	if n := webtest.Ask[int](t, ctx, inside+".querySelectorAll('#q-overall .face svg').length"); n != 5 {
		t.Errorf("%d faces", n)
	}
	if wide := webtest.Ask[int](t, ctx, inside+".documentElement.clientWidth"); wide < 320 || wide > 412 {
		t.Errorf("the form is %d wide, which is no phone", wide)
	}
	// A poor answer brings up the question for the reasons.
	webtest.Steps(t, ctx, chromedp.Evaluate[chromedp.Void](inside+".querySelector('#a-overall-1').click()"))
	webtest.WaitTrue(t, ctx, inside+".querySelector('#q-wrong').checkVisibility()")
}
