package survey_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
)

func TestTextFallsBackToVietnamese(t *testing.T) {
	t.Parallel()
	text := survey.Text{"vi": "Chào", "en": "Hello", "hni": ""}
	for lang, want := range map[survey.Lang]string{"vi": "Chào", "en": "Hello", "hni": "Chào", "fr": "Chào"} {
		if got := text.In(lang); got != want {
			t.Errorf("in %s: %q, want %q", lang, got, want)
		}
	}
	missing := survey.Text{"vi": " "}.Missing(survey.Vietnamese, survey.English)
	if diff := cmp.Diff([]survey.Lang{"vi", "en"}, missing); diff != "" {
		t.Errorf("missing languages (-want +got):\n%s", diff)
	}
}

func TestLangValid(t *testing.T) {
	t.Parallel()
	for lang, want := range map[survey.Lang]bool{
		"vi": true, "en": true, "hni": true, "en-GB": true, "zh-Hant-TW": true,
		"": false, "v": false, "1x": false, "vi\x00": false, "tiếng": false, "a-very-long-tag": false,
	} {
		if got := lang.Valid(); got != want {
			t.Errorf("%q valid: %t", lang, got)
		}
	}
}
