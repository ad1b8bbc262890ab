package campaigns_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/campaigns"
	"hailong/survey/spreadsheet"
)

// Whatever a list holds, each row is counted in a cell that exists or named as
// a problem.
func FuzzPlanTable(f *testing.F) {
	for _, seed := range []string{
		"unit,sector,population\nmotcua,land,1.000\nmotcua,land,5\n", "Đơn vị;Số lượng\nXã Bum Tở;ba\n", "unit\nmotcua\nmotcua\n",
		"unit\tsector\nmotcua\tĐất đai\nxa\n", "unit,population\nmotcua,999999999\nmotcua,999999999\n", "a\nb\n", "\ufeffunit,unit\n\"motcua\n\",x\n", "unit,population\n,\nmotcua,-1\n",
	} {
		f.Add([]byte(seed))
	}
	known := (&survey.Catalog{
		Units: []survey.Unit{
			{ID: "xa", Kind: survey.Commune, Name: survey.Text{"vi": "Xã Bum Tở"}},
			{ID: "motcua", Parent: "xa", Kind: survey.OneStop, Name: survey.Text{"vi": "Trung tâm Phục vụ hành chính công xã Bum Tở"}},
		},
		Campaigns: []survey.Campaign{{ID: "k", Family: survey.Procedures}},
		Sectors:   []survey.Sector{{ID: "land", Name: survey.Text{"vi": "Đất đai"}}},
	}).Index()
	f.Fuzz(func(t *testing.T, content []byte) {
		rows, err := spreadsheet.ReadTable(t.Context(), "list.csv", content, spreadsheet.MaxUploadRows)
		if err != nil || len(rows) < 2 {
			return
		}
		cells, problems := campaigns.ReadPlanCells(known, known.Campaign("k"), rows)
		if len(cells) == 0 && len(problems) == 0 || len(cells)+len(problems) > len(rows)-1 {
			t.Errorf("%d rows give %d cells and %d problems", len(rows)-1, len(cells), len(problems))
		}
		seen := map[string]bool{}
		for _, cell := range cells {
			field := string(cell.Unit) + "|" + string(cell.Sector)
			if seen[field] || cell.Population < 0 || known.Unit(cell.Unit) == nil || cell.Sector != "" && known.Sector(cell.Sector) == nil {
				t.Errorf("the cell %+v", cell)
			}
			seen[field] = true
		}
	})
}

// A list names units and sectors in any of the ways in which lists do, and none
// that the campaign does not ask.
func TestReadPlanCells(t *testing.T) {
	t.Parallel()
	c := (&survey.Catalog{
		Units: []survey.Unit{
			{ID: "bum-to-cu", Kind: survey.Commune, Name: survey.Text{"vi": "Xã Bum Tở"}, Valid: survey.Span{To: "2025-06-30"}},
			{ID: "bum-to", Code: "03433", Kind: survey.Commune, Name: survey.Text{"vi": "Xã Bum Tở", "en": "Bum To commune"}, Valid: survey.Span{From: "2025-07-01"}},
			{ID: "pa-u", Kind: survey.Commune, Name: survey.Text{"vi": "Xã Pa Ủ"}, Valid: survey.Span{From: "2025-07-01"}},
		},
		Sectors:   []survey.Sector{{ID: "land", Name: survey.Text{"vi": "Đất đai", "en": "Land"}}},
		Campaigns: []survey.Campaign{{ID: "k", Family: survey.Procedures, Frame: "2026-01-01", Units: []survey.UnitID{"bum-to"}}},
	}).Index()
	for name, tt := range map[string]struct {
		list     string
		cells    []campaigns.PlanCell
		problems []string
	}{
		"NamesCodesAndFolded": {
			"Đơn vị,Lĩnh vực,Số lượng\nXã Bum Tở,Đất đai,1.000\n03433,dat dai,5\nBum To commune,Land,1\n",
			[]campaigns.PlanCell{{Unit: "bum-to", Sector: "land", Population: 1006}},
			nil,
		},
		"AFrameCountsItsRows": {"UNIT\nbum-to\nbum-to\n", []campaigns.PlanCell{{Unit: "bum-to", Population: 2}}, nil},
		"Problems": {
			"unit,sector,population\nXã Pa Ủ,,5\nnone,,5\nbum-to,none,5\nbum-to,land,ba\n", nil,
			[]string{"plan.row_unit", "plan.row_unit", "plan.row_sector", "plan.row_number"},
		},
		"NoUnitColumn": {"xa,population\nbum-to,5\n", nil, []string{"plan.no_unit_column"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, err := spreadsheet.ReadTable(t.Context(), "list.csv", []byte(tt.list), spreadsheet.MaxUploadRows)
			if err != nil {
				t.Fatal(err)
			}
			cells, problems := campaigns.ReadPlanCells(c, c.Campaign("k"), rows)
			var keys []string
			for _, p := range problems {
				keys = append(keys, p.Key)
			}
			if diff := cmp.Diff(tt.cells, cells); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.problems, keys); diff != "" {
				t.Error(diff)
			}
		})
	}
	many := "unit\n" + strings.Repeat("none\n", 25)
	rows, err := spreadsheet.ReadTable(t.Context(), "list.csv", []byte(many), spreadsheet.MaxUploadRows)
	if err != nil {
		t.Fatal(err)
	}
	if _, problems := campaigns.ReadPlanCells(c, c.Campaign("k"), rows); len(problems) != 21 || problems[20].Args[0] != 5 {
		t.Errorf("25 rows at fault: %d are told, the last %+v", len(problems), problems[len(problems)-1])
	}
}
