package registry

import (
	"context"

	"hailong/survey"
	"hailong/survey/spreadsheet"
)

var (
	schoolColumns = []spreadsheet.ListColumn{
		{Name: "name", Title: survey.Text{"vi": "tên trường", "en": "name"}, Headers: []string{"name", "tên trường", "tên", "trường"}},
		{Name: "level", Title: survey.Text{"vi": "cấp học", "en": "level"}, Headers: []string{"level", "cấp học", "cấp"}},
		{Name: "unit", Title: survey.Text{"vi": "xã", "en": "unit"}, Headers: []string{"unit", "xã", "xã, thị trấn", "đơn vị"}},
		{Name: "code", Title: survey.Text{"vi": "mã", "en": "code"}, Headers: []string{"code", "mã", "mã trường"}},
	}
	unitColumns = []spreadsheet.ListColumn{
		{Name: "name", Title: survey.Text{"vi": "tên đơn vị", "en": "name"}, Headers: []string{"name", "tên đơn vị", "tên", "đơn vị"}},
		{Name: "kind", Title: survey.Text{"vi": "loại", "en": "kind"}, Headers: []string{"kind", "loại", "loại đơn vị"}},
		{Name: "parent", Title: survey.Text{"vi": "trực thuộc", "en": "parent"}, Headers: []string{"parent", "trực thuộc", "đơn vị cấp trên", "thuộc"}},
		{Name: "code", Headers: []string{"code", "mã", "mã đơn vị", "mã số"}, Optional: true},
		{Name: "name_en", Headers: []string{"name_en", "english", "tên tiếng anh"}, Optional: true},
		{Name: "from", Headers: []string{"from", "từ ngày", "ngày bắt đầu"}, Optional: true},
	}
	sectorColumns = []spreadsheet.ListColumn{
		{Name: "name", Title: survey.Text{"vi": "tên lĩnh vực", "en": "name"}, Headers: []string{"name", "tên lĩnh vực", "tên", "lĩnh vực"}},
		{Name: "name_en", Headers: []string{"name_en", "english", "tên tiếng anh"}, Optional: true},
		{Name: "group", Headers: []string{"group", "nhóm"}, Optional: true},
		{Name: "short", Headers: []string{"short", "danh sách ngắn"}, Optional: true},
	}
)

// ReadSchools reads a list of schools; errors are those of ReadList.
func ReadSchools(ctx context.Context, name string, content []byte) ([]SchoolRow, error) {
	list, err := spreadsheet.ReadList(ctx, name, content, schoolColumns)
	rows := make([]SchoolRow, len(list))
	for i, r := range list {
		rows[i] = SchoolRow{Row: r.Row, Name: r.Cells["name"], Level: r.Cells["level"], Unit: r.Cells["unit"], Code: r.Cells["code"]}
	}
	return rows, err
}

// ReadUnits reads a list of units that are no schools; errors are those of
// ReadList.
func ReadUnits(ctx context.Context, name string, content []byte) ([]UnitRow, error) {
	list, err := spreadsheet.ReadList(ctx, name, content, unitColumns)
	rows := make([]UnitRow, len(list))
	for i, r := range list {
		rows[i] = UnitRow{
			Row: r.Row, Name: r.Cells["name"], English: r.Cells["name_en"], Kind: r.Cells["kind"], Parent: r.Cells["parent"],
			Code: r.Cells["code"], From: r.Cells["from"],
		}
	}
	return rows, err
}

// ReadSectors reads a list of sectors; errors are those of ReadList.
func ReadSectors(ctx context.Context, name string, content []byte) ([]SectorRow, error) {
	list, err := spreadsheet.ReadList(ctx, name, content, sectorColumns)
	rows := make([]SectorRow, len(list))
	for i, r := range list {
		rows[i] = SectorRow{Row: r.Row, Name: r.Cells["name"], English: r.Cells["name_en"], Group: r.Cells["group"], Short: r.Cells["short"]}
	}
	return rows, err
}
