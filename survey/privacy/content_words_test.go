package privacy

import (
	"testing"

	"hailong/survey"
)

// No collection is stored that the record of processing does not explain.
func TestEveryCollectionIsExplained(t *testing.T) {
	t.Parallel()
	for _, c := range survey.Collections {
		for _, lang := range []survey.Lang{survey.Vietnamese, survey.English} {
			if contentWords[c][lang] == "" {
				t.Errorf("say in contentWords, in %q, what is in %s and whether it tells of people", lang, c)
			}
		}
	}
}
