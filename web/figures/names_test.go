package figures_test

import (
	"strings"
	"testing"

	"hailong/analysis/results/tables"
	"hailong/web/figures"
	"hailong/web/page"
	"hailong/web/servertest"
)

// A group without a name, and one whose key the catalogue no longer knows, must
// not pick up a sentence that another page has under a similar key.
func TestGroupsWithoutAName(t *testing.T) {
	t.Parallel()
	catalog := servertest.Catalog()
	campaign := &catalog.Campaigns[0]
	locales, err := page.LoadLocales()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range locales {
		for _, d := range tables.Dimensions {
			name := figures.NameGroup(l, catalog, campaign, d, tables.None)
			if key := "group.none." + string(d); name == key || name != l.T(key) || strings.HasSuffix(name, ".") {
				t.Errorf("%s: nothing of %s is called %q", l.Lang, d, name)
			}
			for _, gone := range []string{"list", "new", "gone"} {
				if name := figures.NameGroup(l, catalog, campaign, d, gone); name != gone {
					t.Errorf("%s: %s %q is called %q", l.Lang, d, gone, name)
				}
			}
		}
	}
}
