package exchange_test

import (
	"testing"

	"hailong/survey"
	"hailong/survey/exchange"
)

func TestFinder(t *testing.T) {
	t.Parallel()
	text := func(s string) survey.Text { return survey.Text{"vi": s} }
	c := (&survey.Catalog{
		Units: []survey.Unit{
			{ID: "one", Code: "01", Kind: survey.Commune, Name: text("Xã Một")},
			{ID: "two", Kind: survey.Commune, Name: text("Xã Hai")},
			{ID: "two-east", Kind: survey.Commune, Name: text("Xã Hai")},
			{ID: "old", Code: "09", Kind: survey.Commune, Name: text("Xã Cũ"), Valid: survey.Span{To: "2025-06-30"}},
			{ID: "school", Kind: survey.School, Name: text("Trường Một"), Parent: "one"},
		},
		Sectors: []survey.Sector{{ID: "land", Name: survey.Text{"vi": "Đất đai", "en": "Land"}}},
	}).Index()
	campaign := &survey.Campaign{ID: "k", Family: survey.Procedures, Frame: "2026-01-01", Units: []survey.UnitID{"one", "two"}}
	find := exchange.Finder{Catalog: c, Campaign: campaign}
	for name, tt := range map[string]struct {
		given  string
		unit   survey.UnitID
		reason string
	}{
		"ID":        {"one", "one", ""},
		"Code":      {"01", "one", ""},
		"Name":      {"xa mot", "one", ""},
		"Nothing":   {"", "", "import.no_unit"},
		"Unknown":   {"Xã Ba", "", "import.unknown_unit[Xã Ba]"},
		"Ambiguous": {"Xã Hai", "", "import.ambiguous_unit[Xã Hai two two-east]"},
		"GoneCode":  {"09", "", "import.unknown_unit[09]"},
		"GoneID":    {"old", "old", "import.unit_outside[old]"},
		"Outside":   {"two-east", "two-east", "import.unit_outside[two-east]"},
	} {
		t.Run("Unit"+name, func(t *testing.T) {
			t.Parallel()
			unit, wrong := find.Unit(tt.given)
			if unit != tt.unit {
				t.Errorf("unit %q, want %q", unit, tt.unit)
			}
			wantMessage(t, wrong, tt.reason)
		})
	}
	for name, tt := range map[string]struct {
		given  string
		sector survey.SectorID
		reason string
	}{
		"ID":      {"land", "land", ""},
		"Name":    {"ĐẤT ĐAI", "land", ""},
		"English": {"land ", "land", ""},
		"Nothing": {"", "", ""},
		"Unknown": {"Biển", "", "import.unknown_sector[Biển]"},
	} {
		t.Run("Sector"+name, func(t *testing.T) {
			t.Parallel()
			sector, wrong := find.Sector(tt.given)
			if sector != tt.sector {
				t.Errorf("sector %q, want %q", sector, tt.sector)
			}
			wantMessage(t, wrong, tt.reason)
		})
	}
}

// wantMessage asks for a message in the shape of Message.String; "" for none.
func wantMessage(t *testing.T, got *survey.Message, want string) {
	t.Helper()
	said := ""
	if got != nil {
		said = got.String()
	}
	if said != want {
		t.Errorf("message %q, want %q", said, want)
	}
}
