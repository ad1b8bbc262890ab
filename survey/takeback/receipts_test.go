package takeback_test

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hailong/survey"
	"hailong/survey/takeback"
)

const nonce = "00112233445566778899aabbccddeeff"

// What follows from a form follows from it alone: at another server and on another day
// it is the same response. The form does not lead to it: neither the id nor the code
// holds any of what was drawn.
func TestReceiptFollowsFromTheForm(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	drawn, err := f.receipts.Draw()
	if err != nil {
		t.Fatal(err)
	}
	form := takeback.SentForm{Point: point, Drawn: drawn, Nonce: nonce}
	first := f.of(form)
	f.now = f.now.AddDate(0, 0, 9)
	f.receipts = f.server()
	if again := f.of(form); again != first {
		t.Errorf("sent again at another server it is %+v, want %+v", again, first)
	}
	if first.ID == drawn || first.ID[14:] == drawn[14:] || first.ID.Day() != "2026-03-05" || first.Code == "" || first.Retry == 0 {
		t.Errorf("of %s follows %+v", drawn, first)
	}
	if _, err := survey.ParseResponseID(string(first.ID)); err != nil || first.ID[14] != '7' {
		t.Errorf("the id %s is no UUIDv7: %v", first.ID, err)
	}
	for name, other := range map[string]takeback.SentForm{
		"Kiosk": {Point: point, Drawn: drawn, Nonce: nonce, Kiosk: true}, "AnotherPoint": {Point: "ABD", Drawn: drawn, Nonce: nonce},
	} {
		if got := f.of(other); got.ID == first.ID || got.Code == first.Code || (name == "Kiosk") != (got.Code == "") {
			t.Errorf("%s: %+v, want another response than %+v; a kiosk gives no code", name, got, first)
		}
	}
	if stranger := newFixture(t).of(form); stranger.ID == first.ID || stranger.Code == first.Code || stranger.Retry == first.Retry {
		t.Error("an installation with another key knows what follows")
	}
}

// Attack: who had the form first knows what it carries, and nothing that follows
// without the key; and the nonce changes neither the id nor the code, so that a form is
// one response with it and without.
func TestNonceIsOfTheSenderAlone(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	rapid.Check(t, func(t *rapid.T) {
		drawn, err := takeback.DrawFor("2026-03-05", bytes.NewReader(rapid.SliceOfN(rapid.Byte(), 10, 10).Draw(t, "drawn")))
		if err != nil {
			t.Fatal(err)
		}
		draw := rapid.StringMatching(`[0-9a-f]{32}`)
		one, two := draw.Draw(t, "one"), draw.Draw(t, "two")
		a, b, none := f.of(takeback.SentForm{Point: point, Drawn: drawn, Nonce: one}), f.of(takeback.SentForm{Point: point, Drawn: drawn, Nonce: two}), f.of(takeback.SentForm{Point: point, Drawn: drawn})
		if a.ID != b.ID || a.Code != b.Code || a.ID != none.ID {
			t.Errorf("%s and %s make two responses", one, two)
		}
		if none.Retry != 0 || a.Retry == 0 || (a.Retry == b.Retry) != (one == two) {
			t.Errorf("known again by %d, %d and %d", none.Retry, a.Retry, b.Retry)
		}
	})
	drawn, err := f.receipts.Draw()
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"short", strings.Repeat("a", 65)} {
		if got := f.of(takeback.SentForm{Point: point, Drawn: drawn, Nonce: bad}); got.Retry != 0 {
			t.Errorf("%q is taken for a nonce", bad)
		}
	}
}

// A form that a device kept carries an id that the device drew, of no day. It is taken
// back like any other.
func TestKeptFormIsTakenBack(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	drawn, err := takeback.DrawFor("", strings.NewReader("0123456789"))
	if err != nil {
		t.Fatal(err)
	}
	receipt := f.of(takeback.SentForm{Point: point, Drawn: drawn})
	response, _ := f.answer()
	response.ID = receipt.ID
	f.insert(response)
	f.now = f.now.AddDate(0, 0, 3)
	if err := f.takeBack(receipt.Code); err != nil {
		t.Fatal(err)
	}
	wantKind(t, f.takeBack(receipt.Code), survey.NotFound, "takeback.unknown")
	if doc, err := f.receipts.Stored(t.Context(), receipt.Code, receipt.ID.Day()); err != nil || !survey.IsTakenBack(doc) {
		t.Errorf("what is left of it is %s, %v", doc, err)
	}
}

// What older versions stored is found by the codes that people hold, and what they showed
// is stored as they would have stored it.
func TestFormsOfOlderVersions(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	response, _ := f.answer()
	code := unknownCode(t)
	bits, err := f.receipts.Bits(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	shown := survey.ResponseIDOf(survey.DateOf(f.now), bits) // what the older version showed
	const ofLink survey.ResponseID = "ee9ea6b9-bd7f-8510-bc8d-8649ebdd83c4"
	for name, tt := range map[string]struct {
		form takeback.SentForm
		want takeback.IssuedReceipt
	}{
		"WithItsCode":     {takeback.SentForm{Point: point, Drawn: shown, Kept: string(code)}, takeback.IssuedReceipt{ID: shown, Code: code}},
		"WithoutACode":    {takeback.SentForm{Point: point, Drawn: shown}, takeback.IssuedReceipt{ID: shown}},
		"OfAKiosk":        {takeback.SentForm{Point: point, Drawn: shown, Kiosk: true}, takeback.IssuedReceipt{ID: shown}},
		"OfAnOldLink":     {takeback.SentForm{Point: point, Drawn: ofLink}, takeback.IssuedReceipt{ID: ofLink}},
		"WithAMadeUpCode": {takeback.SentForm{Point: point, Drawn: shown, Kept: "x"}, takeback.IssuedReceipt{ID: shown}},
	} {
		if got := f.of(tt.form); got != tt.want {
			t.Errorf("%s: %+v, want %+v", name, got, tt.want)
		}
	}
	response.ID = shown
	f.insert(response)
	if err := f.takeBack(code); err != nil {
		t.Errorf("a code that an older version gave out: %v", err)
	}

	// A page that was kept: the device drew the id, by its clock.
	const drawn survey.ResponseID = "0c6d7a52-1f0e-4a53-9d2e-3f1b0a9c8d7e"
	kept := takeback.SentForm{Point: point, Drawn: drawn, Kept: string(code)}
	receipt := f.of(kept)
	f.now = f.now.AddDate(0, 0, 3)
	f.receipts = f.server()
	if again := f.of(kept); again != receipt || receipt.ID == drawn || receipt.Code == code {
		t.Errorf("%+v, sent again later %+v", receipt, again)
	}
	kept.Kept = string(unknownCode(t))
	if other := f.of(kept); other.ID == receipt.ID || other.Code == receipt.Code {
		t.Error("who knows the drawn id alone has the code made")
	}
	response.ID = receipt.ID
	f.insert(response)
	if err := f.takeBack(receipt.Code); err != nil {
		t.Errorf("a response of a kept page: %v", err)
	}
}
