package servertest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"hailong/web/staff"
)

// FormRequest is a form as a browser sends it; pairs are names and values.
func FormRequest(target string, pairs ...string) *http.Request {
	body := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		body.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// Words is the text of a selection as a person reads it.
func Words(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// HiddenFields are the hidden fields of a form but its token.
func HiddenFields(doc *goquery.Document, form string) []string {
	var pairs []string
	doc.Find(form + " input[type=hidden]").Each(func(_ int, f *goquery.Selection) {
		if name := f.AttrOr("name", ""); name != staff.CSRFField {
			pairs = append(pairs, name, f.AttrOr("value", ""))
		}
	})
	return pairs
}

// Get asks for a page without a cookie and returns the response with its body read.
func Get(t testing.TB, s *Server, target string, header ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, http.NoBody)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return Do(t, s, r)
}

// Do answers one request and returns the response with its body read.
func Do(t testing.TB, s *Server, r *http.Request) (*http.Response, string) {
	t.Helper()
	if strings.HasPrefix(r.RequestURI, "http") {
		r.RequestURI = r.URL.RequestURI() // as a browser sends it, with a Host
	}
	resp, err := s.Test(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// Document is the page of a body.
func Document(t testing.TB, body string) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// FilledForm is a form of a page as it stands, with some fields typed over.
func FilledForm(doc *goquery.Document, form string, typed ...string) []string {
	over := map[string]bool{}
	for i := 0; i+1 < len(typed); i += 2 {
		over[typed[i]] = true
	}
	var pairs []string
	add := func(name, value string) {
		if name != "" && name != staff.CSRFField && !over[name] {
			pairs = append(pairs, name, value)
		}
	}
	f := doc.Find(form)
	f.Find("input").Each(func(_ int, in *goquery.Selection) {
		kind := in.AttrOr("type", "text")
		if _, checked := in.Attr("checked"); checked || kind != "checkbox" && kind != "radio" && kind != "file" {
			add(in.AttrOr("name", ""), in.AttrOr("value", ""))
		}
	})
	f.Find("textarea").Each(func(_ int, in *goquery.Selection) { add(in.AttrOr("name", ""), in.Text()) })
	f.Find("select").Each(func(_ int, in *goquery.Selection) {
		add(in.AttrOr("name", ""), in.Find("option[selected]").AttrOr("value", ""))
	})
	return append(pairs, typed...)
}

// AssertRefused asserts that a form came back with a status, a message at a field,
// and what was typed into others.
func AssertRefused(t *testing.T, resp *http.Response, body, field string, kept ...string) {
	t.Helper()
	doc := Document(t, body)
	if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("#f-"+strings.ReplaceAll(field, ".", `\.`)+"-error").Length() != 1 {
		t.Errorf("%d without a message at %s:\n%s", resp.StatusCode, field, Words(doc.Find("main")))
	}
	AssertKeeps(t, doc.Find("main form[method=post]"), kept...)
}

// AssertKeeps asserts that a form holds values: pairs of a field and what was typed,
// ticked or chosen there.
func AssertKeeps(t *testing.T, form *goquery.Selection, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		name, want := pairs[i], pairs[i+1]
		fields := form.Find("[name='" + name + "']")
		held := fields.FilterFunction(func(_ int, field *goquery.Selection) bool {
			switch kind := field.AttrOr("type", ""); {
			case field.Is("select"):
				return field.Find("option[selected]").AttrOr("value", "") == want
			case kind == "checkbox" || kind == "radio":
				_, checked := field.Attr("checked")
				return checked && field.AttrOr("value", "") == want
			}
			return field.AttrOr("value", field.Text()) == want
		})
		if held.Length() != 1 {
			t.Errorf("%s: %q was typed and is lost among %d fields", name, want, fields.Length())
		}
	}
}

// RedirectPath is the path that an answer redirects to.
func RedirectPath(resp *http.Response) string {
	path, _, _ := strings.Cut(resp.Header.Get("Location"), "?")
	return path
}
