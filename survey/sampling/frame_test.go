package sampling_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/sampling"
	"hailong/survey/surveytest"
)

func TestFrameWithoutUnits(t *testing.T) {
	t.Parallel()
	c, campaign := frameCatalog()
	_, _, err := sampling.NewFrameReader(c, campaign, []string{"Họ tên", "Bản"})
	surveytest.WantError(t, err, survey.Invalid, "sample.no_unit_column")
}

// Rows of a list that came with its draw made: each row, and what is said of
// its cells.
func TestListAlreadyDrawn(t *testing.T) {
	t.Parallel()
	header := []string{"unit", "sector", "name", "code", "size", "draw_list", "draw_order", "draw_stratum", "draw_probability", "draw_weight"}
	place := sampling.Place{Unit: "a"}
	long := strings.Repeat("x", sampling.MaxContact+1)
	for name, tt := range map[string]struct {
		rows []string // cells separated by "|"
		want []sampling.FrameRow
		says map[string]string // of the last row, by column
	}{
		"Main":           {[]string{"a|land||7|3|Chính thức|2|x|0,25|4"}, []sampling.FrameRow{{Place: place, Sector: "land", Contact: "7", Size: 3, List: sampling.MainList, Order: 2, Stratum: "x", Probability: 0.25}}, nil},
		"Reserve":        {[]string{"a||||3|dự phòng|1|x|1"}, []sampling.FrameRow{{Place: place, Size: 3, List: sampling.ReserveList, Order: 1, Stratum: "x", Probability: 1}}, nil},
		"NotDrawn":       {[]string{"a||||3||9||"}, []sampling.FrameRow{{Place: place, Size: 3}}, nil},
		"NoOrder":        {[]string{"a||||3|sample"}, []sampling.FrameRow{{Place: place, Size: 3, List: sampling.MainList}}, nil},
		"UnknownList":    {[]string{"a||||3|maybe|1"}, nil, map[string]string{"list": "sample.bad_list[maybe]"}},
		"OrderOfNothing": {[]string{"a||||3|sample|0"}, nil, map[string]string{"order": "sample.bad_order[0]"}},
		"OrderTooHigh":   {[]string{"a||||3|sample|50001"}, nil, map[string]string{"order": "sample.bad_order[50001]"}},
		"OrderInWords":   {[]string{"a||||3|sample|first"}, nil, map[string]string{"order": "sample.bad_order[first]"}},
		"Probability":    {[]string{"a||||3|sample|1|x|1.1"}, nil, map[string]string{"probability": "sample.bad_probability[1.1]"}},
		"NotANumber":     {[]string{"a||||3|sample|1|x|NaN"}, nil, map[string]string{"probability": "sample.bad_probability[NaN]"}},
		"SameOrder":      {[]string{"a||||3|reserve|1|x", "a||||3|reserve|1|x"}, nil, map[string]string{"order": "sample.same_order[1 2]"}},
		"OtherStratum":   {[]string{"a||||3|reserve|1|x", "a||||3|reserve|1|y"}, []sampling.FrameRow{{Place: place, Size: 3, List: sampling.ReserveList, Order: 1, Stratum: "x"}, {Place: place, Size: 3, List: sampling.ReserveList, Order: 1, Stratum: "y"}}, nil},
		"OtherList":      {[]string{"a||||3|sample|1|x", "a||||3|reserve|1|x"}, []sampling.FrameRow{{Place: place, Size: 3, List: sampling.MainList, Order: 1, Stratum: "x"}, {Place: place, Size: 3, List: sampling.ReserveList, Order: 1, Stratum: "x"}}, nil},
		"UnitsAsStrata":  {[]string{"a||||3|reserve|1|", "b||||3|reserve|1|"}, []sampling.FrameRow{{Place: place, Size: 3, List: sampling.ReserveList, Order: 1}, {Place: sampling.Place{Unit: "b"}, Size: 3, List: sampling.ReserveList, Order: 1}}, nil},
		"SameUnit":       {[]string{"a||||3|reserve|1|", "xã a||||3|reserve|1|"}, nil, map[string]string{"order": "sample.same_order[1 2]"}},
		"SameCode":       {[]string{"a|||7|3", "a|||7|3"}, nil, map[string]string{"code": "sample.same_code[7 2]"}},
		"LongContact":    {[]string{"a||" + long + "||3"}, nil, map[string]string{"name": "sample.long_contact[500]"}},
		"NoSize":         {[]string{"a||||"}, nil, map[string]string{"size": "sample.bad_size[]"}},
		"SizeBelowZero":  {[]string{"a||||-1"}, nil, map[string]string{"size": "sample.bad_size[-1]"}},
		"UnknownPlace":   {[]string{"nowhere|sea|||3"}, nil, map[string]string{"unit": "import.unknown_unit[nowhere]", "sector": "import.unknown_sector[sea]"}},
		"OutsideFrame":   {[]string{"out||||3"}, nil, map[string]string{"unit": "import.unit_outside[out]"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, campaign := frameCatalog()
			r, ignored, err := sampling.NewFrameReader(c, campaign, header)
			if err != nil {
				t.Fatal(err)
			}
			if len(ignored) != 0 {
				t.Errorf("columns %q are passed over, want none", ignored)
			}
			if !r.Drawn() {
				t.Error("a list with a column of lists is taken for one to draw from")
			}
			var rows []sampling.FrameRow
			var says map[string]string
			for i, cells := range tt.rows {
				row, problems := r.Read(2+i, strings.Split(cells, "|"))
				row.Row -= 2 + i
				rows = append(rows, row)
				says = nil
				for _, p := range problems {
					if says == nil {
						says = map[string]string{}
					}
					says[p.Column] = p.String()
					if p.Row != 2+i {
						t.Errorf("a problem of row %d is shown at row %d", 2+i, p.Row)
					}
				}
			}
			if diff := cmp.Diff(tt.says, says); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.want, rows); tt.want != nil && diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}
