package results

import (
	"testing"

	"hailong/survey"
	"hailong/survey/surveytest"
)

func TestNamesOfGroups(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	layout := newItemLayout(w.Catalog, w.Catalog.Campaign(sipas))
	for _, c := range []struct {
		campaign survey.CampaignID
		by       Dimension
		key      string
		want     survey.Text
	}{
		{tthc, ByUnit, "xa-bum-to-2025", w.Catalog.Unit("xa-bum-to-2025").Name},
		{tthc, BySector, "land", w.Catalog.Sector("land").Name},
		{tthc, ByForm, "tthc-quick", w.Catalog.Latest("tthc-quick").Title},
		{sipas, ByFactor, layout.factors[0].code, layout.factors[0].name},
		{sipas, ByItem, layout.items[0].code, layout.items[0].label},
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

func TestMemoryIsWhatIsHeld(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	if responses, bytes := w.live.Memory(); responses != 0 || bytes != 0 {
		t.Errorf("before the load: %d responses in %d bytes", responses, bytes)
	}
	w.Insert(surveytest.Times(30, func(int) survey.Response { return w.Response(5) })...)
	if err := w.live.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.live.Add(w.Response(4))
	responses, bytes := w.live.Memory()
	if responses != 31 {
		t.Errorf("%d responses are held, want 31", responses)
	}
	if bytes < 31*16 {
		t.Errorf("%d bytes, which do not hold the ids alone", bytes)
	}
}
