package tables

import (
	"testing"

	"hailong/analysis/results/columns"
	"hailong/survey"
)

func TestNamesOfGroups(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	layout := columns.NewItemLayout(w.Catalog, w.Catalog.Campaign(sipas))
	for _, c := range []struct {
		campaign survey.CampaignID
		by       Dimension
		key      string
		want     survey.Text
	}{
		{tthc, ByUnit, "xa-bum-to-2025", w.Catalog.Unit("xa-bum-to-2025").Name},
		{tthc, BySector, "land", w.Catalog.Sector("land").Name},
		{tthc, ByForm, "tthc-quick", w.Catalog.Latest("tthc-quick").Title},
		{sipas, ByFactor, layout.Factors[0].Code, layout.Factors[0].Name},
		{sipas, ByItem, layout.Items[0].Code, layout.Items[0].Label},
		{tthc, ByUnit, "none-such", nil},
		{tthc, BySector, "none-such", nil},
		{tthc, ByForm, "none-such", nil},
		{sipas, ByItem, "none-such", nil},
		{sipas, ByFactor, "none-such", nil},
		{tthc, ByMonth, "2026-03", nil},
		{tthc, ByChannel, string(survey.ChannelQR), nil},
	} {
		got := Name(w.Catalog, w.Catalog.Campaign(c.campaign), c.by, c.key)
		if got.In(survey.Vietnamese) != c.want.In(survey.Vietnamese) {
			t.Errorf("%s %s is called %q, want %q", c.by, c.key, got.In(survey.Vietnamese), c.want.In(survey.Vietnamese))
		}
		if (got == nil) != (c.want == nil) {
			t.Errorf("%s %s has a name: %v, want %v", c.by, c.key, got != nil, c.want != nil)
		}
	}
}
