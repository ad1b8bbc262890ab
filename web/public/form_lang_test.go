package public_test

import (
	"net/http"
	"strings"
	"testing"

	"hailong/survey"
	"hailong/web/servertest"
)

// A form is shown in the languages that its campaign names, whatever the
// address or the browser asks for.
func TestFormInTheCampaignsLanguages(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		langs   []survey.Lang
		query   string
		want    string // language of the page
		switchy int    // links to another language
	}{
		"AllByDefault":      {nil, "", "vi", 1},
		"AllInEnglish":      {nil, "?lang=en", "en", 1},
		"OnlyVietnamese":    {[]survey.Lang{"vi"}, "", "vi", 0},
		"RefusesEnglish":    {[]survey.Lang{"vi"}, "?lang=en", "vi", 0},
		"OnlyEnglish":       {[]survey.Lang{"en"}, "", "en", 0},
		"RefusesVietnamese": {[]survey.Lang{"en"}, "?lang=vi", "en", 0},
		"EnglishFirst":      {[]survey.Lang{"en", "vi"}, "", "en", 1},
		"VietnameseSecond":  {[]survey.Lang{"en", "vi"}, "?lang=vi", "vi", 1},
		"NoneThatPagesHave": {[]survey.Lang{"th"}, "?lang=th", "vi", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := servertest.New(t)
			s.Catalog().Campaigns[0].Langs = tt.langs
			for _, path := range []string{"/s/", "/k/"} {
				_, body := servertest.Get(t, s, path+string(servertest.Code(servertest.PointLand))+tt.query)
				doc := servertest.Document(t, body)
				if got := doc.Find("html").AttrOr("lang", ""); got != tt.want {
					t.Errorf("%s is in %q, want %q", path, got, tt.want)
				}
				if got := doc.Find("[name=lang]").AttrOr("value", ""); got != tt.want {
					t.Errorf("%s sends %q, want %q", path, got, tt.want)
				}
				if n := doc.Find("[data-tool=lang]").Length(); path == "/s/" && n != tt.switchy {
					t.Errorf("%d links to another language, want %d", n, tt.switchy)
				}
			}
			// Leading on in the language of the page.
			_, body := servertest.Get(t, s, "/s/"+string(servertest.Code(servertest.PointLand))+tt.query)
			action := servertest.Document(t, body).Find("#form").AttrOr("action", "")
			_, again := servertest.Get(t, s, action)
			if got := servertest.Document(t, again).Find("html").AttrOr("lang", ""); got != tt.want {
				t.Errorf("the form's own address %q is in %q", action, got)
			}
		})
	}
}

// What comes back with a mistake stays in a language that is offered, and what
// is stored claims no other.
func TestSubmitInAnotherLanguage(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	s.Catalog().Campaigns[0].Langs = []survey.Lang{"vi"}
	resp, body := servertest.SendForm(t, s, servertest.PointLand, "id", servertest.ResponseID, "lang", "en", "a.polite", "4")
	if got := servertest.Document(t, body).Find("html").AttrOr("lang", ""); resp.StatusCode != http.StatusUnprocessableEntity || got != "vi" {
		t.Errorf("with a mistake: %d in %q", resp.StatusCode, got)
	}
	if resp, _ := servertest.SendForm(t, s, servertest.PointLand, "id", servertest.ResponseID, "lang", "en", "a.overall", "4"); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d", resp.StatusCode)
	}
	doc, err := s.Store.Get(t.Context(), survey.Responses, servertest.ResponseID)
	if err != nil {
		t.Fatal(err)
	}
	if lang, _ := doc.Lookup("lang").StringValueOK(); strings.Contains(lang, "en") {
		t.Errorf("stored as answered in %q", lang)
	}
}
