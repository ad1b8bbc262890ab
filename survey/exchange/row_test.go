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
)

func TestDefuse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("'=+-@\t\rab "))).Draw(t, "text")
		safe := exchange.Defuse(s)
		if safe != "" && strings.ContainsAny(safe[:1], "=+-@\t\r") {
			t.Errorf("%q is written as %q, which begins a formula", s, safe)
		}
		if back := exchange.Undefuse(safe); back != s {
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
				if survey.KindOf(err) != survey.Invalid {
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
	for i, row := range []struct {
		cells []string
		ok    bool
	}{{[]string{"17", "u1", "9"}, false}, {[]string{"17", "u1", "2"}, true}, {[]string{"17", "u1", "1"}, false}} {
		if _, err := r.Read(2+i, row.cells); (err == nil) != row.ok {
			t.Errorf("row %d: %v", 2+i, err)
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
	if _, _, err := exchange.NewRowReader(c, k, nil, importTime, []string{"Đơn vị", "Tên"}); survey.KindOf(err) != survey.Invalid {
		t.Errorf("error %v", err)
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
			if survey.KindOf(err) != survey.Invalid {
				t.Fatalf("error %v", err)
			}
			return
		}
		// What was read can be written, and is then read as the same.
		l := exchange.NewLayout(c, k)
		cells := make([]string, len(l.Columns))
		if err := l.Row(&got, nil, cells); err != nil {
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
