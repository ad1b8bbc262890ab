package servertest

import (
	"testing"
	"time"

	"hailong/survey"
	"hailong/survey/catalog"
)

// AddPaperPoint gives a catalogue the point of paper forms.
func AddPaperPoint(catalog *survey.Catalog) *survey.Catalog {
	catalog.Points = append(catalog.Points, survey.Point{Code: PointPaper, Unit: "motcua", Form: "quick", Channel: survey.ChannelPaper, Order: 9})
	return catalog.Index()
}

// CatalogWithTargets is Catalog with the two targets of procedures.
func CatalogWithTargets(t testing.TB) *survey.Catalog {
	t.Helper()
	shipped, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	c := Catalog()
	c.Targets = shipped.Targets
	return c.Index()
}

// The points of Catalog by name; Code is what stands in an address.
const (
	PointOpen   survey.PointCode = "open"   // the form asks the sector
	PointLand   survey.PointCode = "land"   // the point fixes the sector
	PointClosed survey.PointCode = "closed" // its campaign has ended
	PointOff    survey.PointCode = "off"    // taken out of use
)

// PointPaper is where the paper forms belong, once AddPaperPoint has made it.
const PointPaper survey.PointCode = "PAPER01"

// Now is when the tests take place.
var Now = time.Date(2026, 3, 5, 9, 30, 0, 0, survey.Zone)

// ViEn is a text in both languages.
func ViEn(vi, en string) survey.Text { return survey.Text{"vi": vi, "en": en} }

// Code turns the name of a point of Catalog into a real code.
func Code(p survey.PointCode) survey.PointCode {
	codes := map[survey.PointCode]string{PointOpen: "HA1L0N", PointLand: "DATDA1", PointClosed: "CXSEDD", PointOff: "0FF0FF"}
	for _, check := range "0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
		if c, err := survey.ParsePointCode(codes[p] + string(check)); err == nil {
			return c
		}
	}
	panic("no check character fits " + p)
}

// Form is a questionnaire that has every type of item.
func Form() survey.Questionnaire {
	return survey.Questionnaire{
		ID: "quick@2", Code: "quick", Version: 2, Family: survey.Procedures,
		Title: ViEn("Phiếu nhanh", "Quick form"), Intro: ViEn("Trả lời là tự nguyện.", "Answering is voluntary."),
		Scales: []survey.Scale{{ID: "satisfaction5", Satisfied: []int{4, 5}, Points: []survey.Option{
			{Code: 1, Label: ViEn("Rất không hài lòng", "Very dissatisfied")},
			{Code: 2, Label: ViEn("Không hài lòng", "Dissatisfied")},
			{Code: 3, Label: ViEn("Bình thường", "Neutral")},
			{Code: 4, Label: ViEn("Hài lòng", "Satisfied")},
			{Code: 5, Label: ViEn("Rất hài lòng", "Very satisfied")},
		}}},
		Sections: []survey.Section{
			{Code: "a", Title: ViEn("Lần phục vụ này", "This visit"), Items: []survey.Item{
				{Code: "sector", Type: survey.SectorItem, Label: ViEn("Việc gì?", "What about?"), Required: true},
				{Code: "overall", Type: survey.ScaleItem, Scale: "satisfaction5", Label: ViEn("Ông/Bà có hài lòng không?", "Are you satisfied?"), Required: true, Overall: true},
				{
					Code: "bad", Type: survey.MultipleItem, Max: 2, Label: ViEn("Điều gì chưa tốt?", "What was not good?"),
					ShowIf:  []survey.When{{Item: "overall", In: []int{1, 2, 3}}},
					Options: []survey.Option{{Code: 1, Label: ViEn("Chờ lâu", "Long wait")}, {Code: 2, Label: ViEn("Thái độ", "Manners")}, {Code: 9, Label: ViEn("Khác", "Other"), Write: true}},
				},
				{Code: "polite", Type: survey.ScaleItem, Scale: "satisfaction5", Label: ViEn("Thái độ", "Manners"), NA: ViEn("Không biết", "Don't know")},
			}},
			{Code: "b", Title: ViEn("Thêm", "More"), Items: []survey.Item{
				{Code: "visits", Type: survey.NumberItem, Min: 1, Max: 20, Label: ViEn("Mấy lần đến?", "How many visits?")},
				{Code: "consent", Type: survey.ConsentItem, Label: ViEn("Tôi đồng ý cho biết dân tộc", "I agree to give my ethnicity")},
				{
					Code: "ethnicity", Type: survey.SingleItem, Sensitive: true, Label: ViEn("Dân tộc", "Ethnicity"),
					ShowIf:  []survey.When{{Item: "consent", In: []int{1}}},
					Options: []survey.Option{{Code: 1, Label: ViEn("La Hủ", "La Hu")}, {Code: 2, Label: ViEn("Thái", "Thai")}},
				},
				{Code: "words", Type: survey.TextItem, Label: ViEn("Góp ý", "Comment")},
			}},
		},
	}
}

// Catalog is a small catalogue: a commune with its one-stop shop, one form, a
// campaign that is open and one that has ended, and points of every kind.
func Catalog() *survey.Catalog {
	form := Form()
	method := survey.Method{Formula: survey.Top2, Pooling: survey.PoolOverall, Version: "1", Confidence: 0.95, MinN: 30}
	return (&survey.Catalog{
		Units: []survey.Unit{
			{ID: "xa", Kind: survey.Commune, Name: ViEn("Xã Bum Tở", "Bum To commune")},
			{ID: "motcua", Parent: "xa", Kind: survey.OneStop, Name: ViEn("Trung tâm Phục vụ hành chính công xã Bum Tở", "Bum To one-stop shop")},
			{ID: "cu", Kind: survey.OneStop, Name: ViEn("Bộ phận Một cửa cũ", "Former one-stop shop")},
		},
		Sectors: []survey.Sector{
			{ID: "land", Name: ViEn("Đất đai", "Land"), Group: survey.LandBuildInvest, Short: true, Order: 1},
			{ID: "civil", Name: ViEn("Hộ tịch", "Civil status"), Short: true, Order: 2},
			{ID: "forestry", Name: ViEn("Lâm nghiệp", "Forestry"), Order: 3},
			{ID: survey.OtherSector, Name: ViEn("Việc khác", "Something else"), Short: true, Order: 4},
		},
		Questionnaires: []survey.Questionnaire{form},
		Campaigns: []survey.Campaign{
			{ID: "tthc-2026", Title: ViEn("Đợt 2026", "2026"), Family: survey.Procedures, Forms: []survey.FormRef{form.Ref()}, Units: []survey.UnitID{"xa"}, Period: survey.Span{From: "2026-01-01", To: "2026-12-31"}, State: survey.Open, Method: method},
			{ID: "tthc-2025", Title: ViEn("Đợt 2025", "2025"), Family: survey.Procedures, Forms: []survey.FormRef{form.Ref()}, Units: []survey.UnitID{"cu"}, Period: survey.Span{From: "2025-01-01", To: "2025-06-30"}, State: survey.Open, Method: method},
		},
		Points: []survey.Point{
			{Code: Code(PointOpen), Unit: "motcua", Form: "quick", Channel: survey.ChannelQR},
			{Code: Code(PointLand), Unit: "motcua", Form: "quick", Sector: "land", Channel: survey.ChannelQR, Label: ViEn("Quầy đất đai", "Land counter")},
			{Code: Code(PointClosed), Unit: "cu", Form: "quick", Channel: survey.ChannelQR},
			{Code: Code(PointOff), Unit: "motcua", Form: "quick", Channel: survey.ChannelQR, Off: true},
		},
	}).Index()
}

// PointsByForm returns a point of each questionnaire.
func PointsByForm(c *survey.Catalog) map[survey.FormCode]survey.PointCode {
	points := map[survey.FormCode]survey.PointCode{}
	for _, p := range c.Points {
		if _, known := points[p.Form]; !known {
			points[p.Form] = p.Code
		}
	}
	return points
}
