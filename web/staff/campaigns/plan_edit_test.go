package campaigns

import (
	"testing"

	"hailong/survey"
	"hailong/survey/exchange"
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
		Sectors: []survey.Sector{{ID: "land", Name: survey.Text{"vi": "Đất đai"}}},
	}).Index()
	f.Fuzz(func(t *testing.T, content []byte) {
		rows, err := exchange.ReadTable("list.csv", content)
		if err != nil || len(rows) < 2 {
			return
		}
		cells, problems := planCells(known, rows)
		if len(cells) == 0 && len(problems) == 0 || len(cells)+len(problems) > len(rows)-1 {
			t.Errorf("%d rows give %d cells and %d problems", len(rows)-1, len(cells), len(problems))
		}
		seen := map[string]bool{}
		for _, cell := range cells {
			field := cellField(cell)
			if seen[field] || cell.Population < 0 || known.Unit(cell.Unit) == nil || cell.Sector != "" && known.Sector(cell.Sector) == nil {
				t.Errorf("the cell %+v", cell)
			}
			seen[field] = true
		}
	})
}
