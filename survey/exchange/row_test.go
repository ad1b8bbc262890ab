package exchange_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hailong/survey"
	"hailong/survey/exchange"
	"hailong/survey/spreadsheet"
	"hailong/survey/surveytest"
)

func TestDefuse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("'=+-@\t\rab "))).Draw(t, "text")
		safe := spreadsheet.Defuse(s)
		if safe != "" && strings.ContainsAny(safe[:1], "=+-@\t\r") {
			t.Errorf("%q is written as %q, which begins a formula", s, safe)
		}
		if back := spreadsheet.Undefuse(safe); back != s {
			t.Errorf("%q is written as %q and read as %q", s, safe, back)
		}
	})
}

// paper is a campaign with one form, for rows of paper forms.
func paper() (*survey.Catalog, *survey.Campaign) {
	text := func(s string) survey.Text { return survey.Text{"vi": s} }
	form := survey.Questionnaire{
		ID: "p@1", Code: "p", Version: 1, Family: survey.Procedures, Title: text("Phiếu giấy"),
		Scales: []survey.Scale{{ID: "s", Satisfied: []int{2}, Points: []survey.Option{{Code: 1, Label: text("Không hài lòng")}, {Code: 2, Label: text("Hài lòng")}}}},
		Sections: []survey.Section{{Code: "a", Items: []survey.Item{
			{Code: "D1", Type: survey.ScaleItem, Scale: "s", Label: text("Nơi ngồi chờ?"), Required: true, NA: text("Không biết")},
			{Code: "E", Type: survey.MultipleItem, Label: text("Mong đợi"), Options: []survey.Option{{Code: 1, Label: text("Nhanh hơn")}, {Code: 12, Label: text("Rẻ hơn, gần hơn")}}},
			{Code: "N", Type: survey.NumberItem, Min: 0, Max: 10, Label: text("Số lần")},
			{Code: "C", Type: survey.ConsentItem, Label: text("Đồng ý")},
			{Code: "T", Type: survey.TextItem, Label: text("Góp ý")},
		}}},
	}
	c := (&survey.Catalog{
		Units:          []survey.Unit{{ID: "u1", Code: "01", Kind: survey.Commune, Name: text("Xã Một")}, {ID: "u2", Kind: survey.Commune, Name: text("Xã Hai")}, {ID: "u3", Kind: survey.Commune, Name: text("Xã Hai")}},
		Questionnaires: []survey.Questionnaire{form},
		Campaigns:      []survey.Campaign{{ID: "k", Family: survey.Procedures, Forms: []survey.FormRef{form.Ref()}, Period: survey.Span{From: "2026-01-01", To: "2026-12-31"}, State: survey.Open}},
	}).Index()
	return c, c.Campaign("k")
}

var importTime = time.Date(2026, 3, 5, 12, 0, 0, 0, survey.Zone)

func TestRowsOfPaperForms(t *testing.T) {
	t.Parallel()
	c, k := paper()
	header := []string{"Đơn vị", "Ngày", "Nơi ngồi chờ", "Mong đợi", "n", "Đồng ý", "Góp ý", "Họ tên"}
	for name, row := range map[string]struct {
		cells []string
		want  []survey.Answer
		day   survey.Date
		bad   []string // columns at fault
	}{
		"Labels":        {[]string{"xã một", "4/3/2026", "hài lòng", "Nhanh hơn; Rẻ hơn, gần hơn", "2,5", "x", "", "A"}, []survey.Answer{{Item: "D1", Codes: []int{2}}, {Item: "E", Codes: []int{1, 12}}, {Item: "N", Number: 2.5}, {Item: "C", Codes: []int{1}}}, "2026-03-04", nil},
		"Codes":         {[]string{"01", "2026-03-04", "1", "12 1", "0"}, []survey.Answer{{Item: "D1", Codes: []int{1}}, {Item: "E", Codes: []int{1, 12}}, {Item: "N"}}, "2026-03-04", nil},
		"ASpreadsheet":  {[]string{"u1", "46085", "2.0", "1, 12"}, []survey.Answer{{Item: "D1", Codes: []int{2}}, {Item: "E", Codes: []int{1, 12}}}, "2026-03-04", nil},
		"DoesNotKnow":   {[]string{"u1", "", "Không biết"}, []survey.Answer{{Item: "D1", Codes: []int{0}}}, "2026-03-05", nil},
		"Ambiguous":     {[]string{"Xã Hai", "", "1"}, nil, "", []string{"unit"}},
		"NoUnit":        {[]string{"", "", "1"}, nil, "", []string{"unit"}},
		"Required":      {[]string{"u1", "", "", "1"}, nil, "", []string{"D1"}},
		"Several":       {[]string{"u9", "2025-12-31", "3", "7", "11"}, nil, "", []string{"D1", "E", "N", "day", "unit"}},
		"OfTheFuture":   {[]string{"u1", "2026-03-06", "1"}, nil, "", []string{"day"}},
		"NothingFilled": {[]string{"u1"}, nil, "", []string{"D1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, ignored, err := exchange.NewRowReader(c, k, nil, importTime, header)
			if err != nil || len(ignored) != 1 || ignored[0] != "Họ tên" {
				t.Fatalf("ignored %q, %v", ignored, err)
			}
			got, err := r.Read(2, row.cells)
			var invalid *survey.Error
			switch {
			case row.bad == nil && err != nil:
				t.Error(err)
			case row.bad == nil:
				if diff := cmp.Diff(row.want, got.Answers); diff != "" || got.Day != row.day || got.Unit != "u1" {
					t.Errorf("day %s, unit %s: %s", got.Day, got.Unit, diff)
				}
			default:
				if !survey.Is(err, survey.Invalid) {
					t.Fatalf("error %v", err)
				}
				invalid = err.(*survey.Error) //nolint:errorlint // it is what was returned
				var bad []string
				for column := range invalid.Fields {
					bad = append(bad, column)
				}
				if diff := cmp.Diff(map[string]bool{}, symmetric(row.bad, bad)); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func symmetric(a, b []string) map[string]bool {
	d := map[string]bool{}
	for _, s := range a {
		d[s] = !d[s]
	}
	for _, s := range b {
		d[s] = !d[s]
	}
	for s, odd := range d {
		if !odd {
			delete(d, s)
		}
	}
	return d
}

// A reason names what is wrong, once, and in the words of the file.
func TestReasonsOfRejectedRows(t *testing.T) {
	t.Parallel()
	c, k := paper()
	second := c.Questionnaires[0]
	second.ID, second.Code = "p2@1", "p2"
	c.Questionnaires = append(c.Questionnaires, second)
	c.Campaigns[0].Forms = append(c.Campaigns[0].Forms, second.Ref())
	c.Index()
	k = c.Campaign(k.ID)
	header := []string{"point", "unit", "form", "D1", "E"}
	for name, row := range map[string]struct {
		cells []string
		want  map[string]string
	}{
		"UnknownWords":      {[]string{"", "u1", "p", "Tuyệt vời"}, map[string]string{"D1": "import.unknown_answer[Tuyệt vời]"}},
		"UnknownCode":       {[]string{"", "u1", "p", "7"}, map[string]string{"D1": "import.unknown_answer[7]"}},
		"LeadingZero":       {[]string{"", "u1", "p", "02"}, map[string]string{"D1": "import.unknown_answer[02]"}},
		"Sign":              {[]string{"", "u1", "p", "+2"}, map[string]string{"D1": "import.unknown_answer[+2]"}},
		"Fraction":          {[]string{"", "u1", "p", "2.5"}, map[string]string{"D1": "import.unknown_answer[2.5]"}},
		"ManyZeros":         {[]string{"", "u1", "p", "2.00"}, map[string]string{"D1": "import.unknown_answer[2.00]"}},
		"SpreadsheetNumber": {[]string{"", "u1", "p", "2.0"}, map[string]string{}},
		"TwoOfOne":          {[]string{"", "u1", "p", "1 2"}, map[string]string{"D1": "answer.one_only"}},
		"UnknownAmongKnown": {[]string{"", "u1", "p", "2", "1; rất đẹp"}, map[string]string{"E": "import.unknown_answer[1; rất đẹp]"}},
		"UnknownPoint":      {[]string{"ZZZZZZZ", "", "", "1"}, map[string]string{"point": "point.unknown"}},
		"AndUnknownUnit":    {[]string{"ZZZZZZZ", "u9", "", "1"}, map[string]string{"point": "point.unknown", "unit": "import.unknown_unit[u9]"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _, err := exchange.NewRowReader(c, k, nil, importTime, header)
			if err != nil {
				t.Fatal(err)
			}
			_, err = r.Read(2, row.cells)
			got := map[string]string{}
			if invalid := (*survey.Error)(nil); errors.As(err, &invalid) {
				for column, m := range invalid.Fields {
					got[column] = m.String()
				}
			} else if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("reasons (-want +got):\n%s", diff)
			}
		})
	}
}

// The id of a row that was rejected is free for the row that mends it.
func TestIDOfARejectedRow(t *testing.T) {
	t.Parallel()
	c, k := paper()
	r, _, err := exchange.NewRowReader(c, k, nil, importTime, []string{"id", "unit", "D1"})
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range []struct{ cells, want []string }{
		{[]string{"17", "u1", "9"}, []string{"D1", "import.unknown_answer[9]"}},
		{[]string{"17", "u1", "2"}, nil},
		{[]string{"17", "u1", "1"}, []string{"id", "import.same_id[3]"}},
	} {
		_, err := r.Read(2+i, row.cells)
		var got []string
		for column, m := range survey.FieldsOf(err) {
			got = append(got, column, m.String())
		}
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("row %d: what is wrong (-want +got):\n%s", 2+i, diff)
		}
	}
}

func TestIDsOfRowsWithoutOne(t *testing.T) {
	t.Parallel()
	c, k := paper()
	read := func(rows ...string) (ids []survey.ResponseID) {
		r, _, err := exchange.NewRowReader(c, k, nil, importTime, []string{"unit", "D1"})
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			response, err := r.Read(2+i, strings.Split(row, " "))
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, response.ID)
		}
		return ids
	}
	first := read("u1 1", "u1 2", "u1 1")
	if first[0] == first[2] || first[0] == first[1] {
		t.Errorf("equal rows are two people: %v", first)
	}
	again := read("u1 2", "u1 1", "u1 1")
	if diff := cmp.Diff([]survey.ResponseID{first[1], first[0], first[2]}, again); diff != "" {
		t.Errorf("the same rows in another order: %s", diff)
	}
}

func TestAHeaderWithoutItems(t *testing.T) {
	t.Parallel()
	c, k := paper()
	_, ignored, err := exchange.NewRowReader(c, k, nil, importTime, []string{"Đơn vị", "Tên"})
	surveytest.WantError(t, err, survey.Invalid, "import.no_items")
	if diff := cmp.Diff([]string{"Tên"}, ignored); diff != "" {
		t.Errorf("headers passed over (-want +got):\n%s", diff)
	}
}

func FuzzRowReader(f *testing.F) {
	f.Add("unit\x00D1\x00E", "u1\x002\x001 12")
	f.Add("Đơn vị\x00Ngày\x00D1", "Xã Một\x0046085\x00Hài lòng")
	f.Add("id\x00na\x00T", "x\x00D1,E\x00=1")
	c, k := paper()
	f.Fuzz(func(t *testing.T, header, row string) {
		r, _, err := exchange.NewRowReader(c, k, nil, importTime, strings.Split(header, "\x00"))
		if err != nil {
			return
		}
		got, err := r.Read(2, strings.Split(row, "\x00"))
		if err != nil {
			if !survey.Is(err, survey.Invalid) {
				t.Fatalf("error %v", err)
			}
			return
		}
		// What was read can be written, and is then read as the same.
		l := exchange.NewLayout(c, k)
		cells := make([]string, len(l.Columns))
		if err := l.Row(&got, string(got.ID), nil, cells); err != nil {
			t.Fatal(err)
		}
		again, _, err := exchange.NewRowReader(c, k, nil, importTime, l.Headers())
		if err != nil {
			t.Fatal(err)
		}
		same, err := again.Read(2, cells)
		if err != nil {
			t.Fatalf("%q: %v", cells, err)
		}
		if diff := cmp.Diff(got, same); diff != "" {
			t.Error(diff)
		}
	})
}

// counterCatalog is paper with sectors, a second form that asks a question
// under a condition, and a point.
func counterCatalog() (*survey.Catalog, *survey.Campaign) {
	c, _ := paper()
	text := func(s string) survey.Text { return survey.Text{"vi": s} }
	dossier := survey.Questionnaire{
		ID: "q@2", Code: "q", Version: 2, Family: survey.Procedures, Title: text("Phiếu hồ sơ"),
		Sections: []survey.Section{{Code: "a", Items: []survey.Item{
			{Code: "S", Type: survey.SectorItem, Label: text("Lĩnh vực")},
			{Code: "Y", Type: survey.SingleItem, Label: text("Bị hẹn lại?"), Options: []survey.Option{{Code: 1, Label: text("Có")}, {Code: 2, Label: text("Không")}}},
			{Code: "H", Type: survey.SingleItem, Label: text("Mấy lần?"), Options: []survey.Option{{Code: 1, Label: text("Một")}, {Code: 2, Label: text("Hai")}}, ShowIf: []survey.When{{Item: "Y", In: []int{1}}}},
			{Code: "W", Type: survey.SingleItem, Label: text("Vì sao?"), Options: []survey.Option{{Code: 1, Label: text("Khác"), Write: true}}},
		}}},
	}
	old := dossier
	old.ID, old.Version = "q@1", 1
	c.Questionnaires = append(c.Questionnaires, dossier, old)
	c.Sectors = []survey.Sector{{ID: "land", Name: survey.Text{"vi": "Đất đai", "en": "Land"}}, {ID: "civil-status", Name: text("Hộ tịch")}}
	c.Points = []survey.Point{{Code: "0000000", Unit: "u1", Form: "q", Sector: "land"}}
	c.Campaigns[0].Forms = append(c.Campaigns[0].Forms, dossier.Ref())
	c.Campaigns[0].Units = []survey.UnitID{"u1", "u2"}
	c.Index()
	return c, c.Campaign("k")
}

// readRow reads one row of a file below its header. reasons are what is wrong,
// by column, nil for nothing.
func readRow(t *testing.T, point *survey.Point, columns, row string) (response survey.Response, reasons map[string]string) {
	t.Helper()
	c, k := counterCatalog()
	r, _, err := exchange.NewRowReader(c, k, point, importTime, strings.Split(columns, "|"))
	if err != nil {
		t.Fatalf("header %q: %v", columns, err)
	}
	response, err = r.Read(2, strings.Split(row, "|"))
	if err == nil {
		return response, nil
	}
	surveytest.WantError(t, err, survey.Invalid, "import.bad_row")
	reasons = map[string]string{}
	for column, m := range survey.FieldsOf(err) {
		reasons[column] = m.String()
	}
	return response, reasons
}

func TestDaysOfRows(t *testing.T) {
	t.Parallel()
	const outside = " 2026-01-01 2026-12-31]"
	for given, want := range map[string]struct {
		day    survey.Date
		reason string
	}{
		"":           {"2026-03-05", ""}, // of the import
		"2026-03-05": {"2026-03-05", ""},
		"1/3/2026":   {"2026-03-01", ""},
		"46023":      {"2026-01-01", ""}, // as a spreadsheet keeps days
		"46022":      {"", "import.day_outside[2025-12-31" + outside},
		"30001":      {"", "import.day_outside[1982-02-19" + outside},
		"46087":      {"", "response.bad_day"}, // tomorrow
		"89999":      {"", "response.bad_day"},
		"30000":      {"", "import.bad_day[30000]"}, // a number, but no day
		"90000":      {"", "import.bad_day[90000]"},
		"100000":     {"", "import.bad_day[100000]"},
		"20260305":   {"", "import.bad_day[20260305]"},
		"hôm qua":    {"", "import.bad_day[hôm qua]"},
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			response, reasons := readRow(t, nil, "unit|form|day|D1", "u1|p|"+given+"|1")
			if response.Day != want.day {
				t.Errorf("day %q, want %q", response.Day, want.day)
			}
			if reasons["day"] != want.reason {
				t.Errorf("reason %q, want %q", reasons["day"], want.reason)
			}
		})
	}
}

func TestFieldsOfRows(t *testing.T) {
	t.Parallel()
	point := &survey.Point{Code: "0000000", Unit: "u1", Form: "q", Sector: "land"}
	base := survey.Response{Campaign: "k", Form: survey.FormRef{Code: "q", Version: 2}, Unit: "u1", Channel: survey.ChannelFile, Lang: "vi", Day: "2026-03-05"}
	for name, tt := range map[string]struct {
		point        *survey.Point
		columns, row string
		change       func(*survey.Response)
		reasons      map[string]string
	}{
		"PointOfTheFile": {point, "Y", "1", func(r *survey.Response) { r.Point, r.Sector = "0000000", "land" }, nil},
		"PointOfTheRow":  {nil, "point|Y", "000-0000|1", func(r *survey.Response) { r.Point, r.Sector = "0000000", "land" }, nil},
		"OtherUnit":      {point, "unit|Y", "u2|1", func(r *survey.Response) { r.Point, r.Sector, r.Unit = "0000000", "land", "u2" }, nil},
		"BadPoint":       {nil, "point|Y", "0000001|1", nil, map[string]string{"point": "point.unknown"}},
		"UnitOutside":    {nil, "unit|form|Y", "u3|q|1", nil, map[string]string{"unit": "import.unit_outside[u3]"}},
		"Sector":         {nil, "unit|form|sector|Y", "u1|q|land|1", func(r *survey.Response) { r.Sector = "land" }, nil},
		"SectorByName":   {nil, "unit|form|lĩnh vực|Y", "u1|q|hộ tịch|1", func(r *survey.Response) { r.Sector = "civil-status" }, nil},
		"SectorUnknown":  {nil, "unit|form|sector|Y", "u1|q|biển|1", nil, map[string]string{"sector": "import.unknown_sector[biển]"}},
		"Channel":        {nil, "unit|form|channel|Y", "u1|q|Kiosk|1", func(r *survey.Response) { r.Channel = survey.ChannelKiosk }, nil},
		"ChannelByName":  {nil, "unit|form|kênh|Y", "u1|q|Phiếu giấy|1", func(r *survey.Response) { r.Channel = survey.ChannelPaper }, nil},
		"ChannelUnknown": {nil, "unit|form|channel|Y", "u1|q|bồ câu|1", nil, map[string]string{"channel": "import.unknown_channel[bồ câu]"}},
		"Lang":           {nil, "unit|form|lang|Y", "u1|q|en|1", func(r *survey.Response) { r.Lang = "en" }, nil},
		"Campaign":       {nil, "unit|form|campaign|Y", "u1|q|k|1", nil, nil},
		"OtherCampaign":  {nil, "unit|form|campaign|Y", "u1|q|x|1", nil, map[string]string{"campaign": "import.other_campaign[x k]"}},
		"Voided":         {nil, "unit|form|voided|Y", "u1|q|nhập nhầm|1", nil, map[string]string{"voided": "import.voided"}},
		"Keyed":          {nil, "unit|form|batch|by|Y", "u1|q|k-001|lan|1", nil, map[string]string{"batch": "import.unknown_batch[k-001 k]", "by": "import.unknown_user[lan]"}},
		"FormByTitle":    {nil, "unit|mẫu phiếu|Y", "u1|phiếu hồ sơ|1", nil, nil},
		"FormUnknown":    {nil, "unit|form|Y", "u1|z|1", nil, map[string]string{"form": "import.unknown_form[z]"}},
		"FormNotNamed":   {nil, "unit|Y", "u1|1", nil, map[string]string{"form": "import.unknown_form[]"}},
		"OlderVersion":   {nil, "unit|form|version|Y", "u1|q|1|1", func(r *survey.Response) { r.Form.Version = 1 }, nil},
		"NoSuchVersion":  {nil, "unit|form|version|Y", "u1|q|9|1", nil, map[string]string{"form": "import.unknown_form[q]"}},
		"VersionInWords": {nil, "unit|form|version|Y", "u1|q|new|1", nil, map[string]string{"form": "import.unknown_form[q]"}},
		"OtherFormsItem": {nil, "unit|form|Y|D1", "u1|q|1|2", nil, map[string]string{"D1": "import.not_in_form[map[vi:Phiếu hồ sơ]]"}},
		"HiddenItem":     {nil, "unit|form|Y|H", "u1|q|2|1", nil, map[string]string{"H": "import.hidden"}},
		"UnknownNA":      {nil, "unit|form|Y|na", "u1|q|1|Q7", nil, map[string]string{"na": "import.unknown_item[Q7]"}},
		"WordsTooLong":   {nil, "unit|form|Y|W|W.text", "u1|q|1|1|" + strings.Repeat("x", survey.MaxText+1), nil, map[string]string{"W": "answer.too_long[1000]"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			response, reasons := readRow(t, tt.point, tt.columns, tt.row)
			if diff := cmp.Diff(tt.reasons, reasons); diff != "" {
				t.Errorf("reasons (-want +got):\n%s", diff)
			}
			if tt.reasons != nil {
				return
			}
			want := base
			if tt.change != nil {
				tt.change(&want)
			}
			want.ID, want.Received, want.Answers = response.ID, importTime.UTC(), []survey.Answer{{Item: "Y", Codes: []int{1}}}
			if diff := cmp.Diff(want, response); diff != "" {
				t.Errorf("response (-want +got):\n%s", diff)
			}
		})
	}
}

// A UUID of the file is kept; a number of a paper form gives a UUID that is the
// same in every file of the campaign, and another one elsewhere.
func TestIDsOfRows(t *testing.T) {
	t.Parallel()
	read := func(campaign survey.CampaignID, given string) survey.ResponseID {
		c, k := paper()
		k.ID = campaign
		r, _, err := exchange.NewRowReader(c, k, nil, importTime, []string{"id", "unit", "D1"})
		if err != nil {
			t.Fatal(err)
		}
		response, err := r.Read(2, []string{given, "u1", "1"})
		if err != nil {
			t.Fatal(err)
		}
		return response.ID
	}
	if got := read("k", strings.ToUpper(surveytest.ResponseID)); got != surveytest.ResponseID {
		t.Errorf("a UUID is read as %s, want %s", got, surveytest.ResponseID)
	}
	if first, again := read("k", "17"), read("k", "17"); first != again {
		t.Errorf("number 17 is %s and %s", first, again)
	}
	if one, other := read("k", "17"), read("k", "18"); one == other {
		t.Errorf("numbers 17 and 18 are both %s", one)
	}
	if here, there := read("k", "17"), read("k2", "17"); here == there {
		t.Errorf("number 17 of two campaigns is %s", here)
	}
}

func TestPlacesOfColumns(t *testing.T) {
	t.Parallel()
	c, k := paper()
	r, _, err := exchange.NewRowReader(c, k, nil, importTime, []string{"note", "Ngày", "nơi ngồi chờ", "tthc.E"})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"day": 1, "D1": 2, "E": 3} {
		if at, ok := r.At(name); !ok || at != want {
			t.Errorf("%s is column %d (%v), want %d", name, at, ok, want)
		}
	}
	if at, ok := r.At("unit"); ok {
		t.Errorf("there is no column of units, but it is column %d", at)
	}
}
